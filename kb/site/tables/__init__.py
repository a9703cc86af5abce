"""The tables on pages."""
