"""The page of what changed since an earlier state, where the project has it written down.

``kb diff OLD NEW --json site/changes.json`` writes it: a build asks neither a clock nor git.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from kb.export.changes import changes_body, read_changes
from kb.site.context import PageContext
from kb.site.page import OutputFile, Page, Values

FILE: Final = "changes.json"
_MOST: Final = 25
"""Lines of a study and kind that the page shows; the file beside it has all."""


def change_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page, if there is a file of changes."""
    path = site.base.root / "site" / FILE
    if not path.is_file():
        return

    def values() -> Values:
        old, new, changes, answers = read_changes(path)
        named = [replace(one, text=site.named_sources(one.text)) for one in changes]
        return {"body": changes_body(old, new, named, answers, _MOST)}

    yield Page(
        "what-changed",
        "what-changed.html.j2",
        "What changed",
        values,
        "What changed in the evidence since an earlier state of it, study by study.",
        files=lambda: [OutputFile("what-changed/changes.json", path.read_bytes())],
    )
