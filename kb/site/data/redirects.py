"""Former addresses: a page that redirects, RDF for programs, and a table for ``kb serve``."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from html import escape
from typing import Final

from kb.site.context import PageContext
from kb.site.page import OutputFile

TABLE: Final = "redirects.json"
"""The path of the table of former addresses, each with the one that replaces it."""

_REPLACED: Final = "http://purl.org/dc/terms/isReplacedBy"
_PAGE: Final = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src '{digest}'">
<meta name="robots" content="noindex">
<link rel="canonical" href="{canonical}">
<title>Moved to {new}</title>
<script>{script}</script>
<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript>
</head>
<body>
<h1>This page has moved</h1>
<p>It is now at <a href="{target}">{new}</a>.</p>
</body>
</html>
"""


def redirect_files(site: PageContext) -> Iterator[OutputFile]:
    """Yield for each former address a page, Turtle and JSON-LD that name its replacement."""
    formerly = site.base.records.formerly
    yield OutputFile(TABLE, json.dumps(formerly, indent=1, sort_keys=True).encode())
    base = site.base.iris.base
    for old, new in formerly.items():
        yield OutputFile(f"{old}/index.html", _page(base, new).encode())
        yield OutputFile(f"{old}.ttl", f"<{base}{old}> <{_REPLACED}> <{base}{new}> .\n".encode())
        linked = {"@id": f"{base}{old}", _REPLACED: {"@id": f"{base}{new}"}}
        yield OutputFile(f"{old}.jsonld", json.dumps(linked).encode())


def _page(base: str, new: str) -> str:
    # A script keeps the fragment, which names a claim; without scripts, the page refreshes.
    target = f"../../{new}/"
    script = f"location.replace({json.dumps(target)} + location.hash)"
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    names = {"target": target, "new": new, "canonical": f"{base}{new}/"}
    escaped = {name: escape(value) for name, value in names.items()}
    return _PAGE.format(script=script, digest=f"sha256-{digest}", **escaped)
