"""The static site: Markdown written from the evidence, then built into pages by mkdocs."""

from kb.site.front import front_folder
from kb.site.output import Last
from kb.site.writer import build_site, building_site, site_folder

__all__ = ["Last", "build_site", "building_site", "front_folder", "site_folder"]
