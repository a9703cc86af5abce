"""The static site: Markdown written from the evidence, then built into pages by mkdocs."""

from kb.site.writing import build_site

__all__ = ["build_site"]
