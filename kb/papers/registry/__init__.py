"""Entries of registries of trials: ClinicalTrials.gov's API v2, read as papers are."""
