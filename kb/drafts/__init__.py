"""Drafts of claims, made from papers and tables that people bring; never in a dataset."""
