"""Engines that hold the dataset and answer queries, and the tested queries."""
