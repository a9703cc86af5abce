"""Claims as tables for other programs."""
