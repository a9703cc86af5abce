"""The papers' texts: sections, numbers, and the matcher that finds a figure in them."""
