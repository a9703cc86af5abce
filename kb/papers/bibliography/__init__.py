"""Bibliographies that reference managers and PubMed write, read into publications."""
