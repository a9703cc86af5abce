"""Drafts: claims read from the tables of a paper, of spreadsheets and of registries."""
