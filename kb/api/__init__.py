"""The Python lookup and its typed results."""
