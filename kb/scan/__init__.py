"""Scans: the checks run on a paper itself, with nothing transcribed."""
