"""Helpers without domain knowledge: atomic replacement, child processes, hashes."""
