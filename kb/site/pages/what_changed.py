"""The page of what changed since an earlier state, where the project has it written down.

``kb diff OLD NEW --json site/changes.json`` writes it: a build asks neither a clock nor git.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from kb.analysis.change import MovedAnswer, Row
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
        shown = [_readable(site, one) for one in answers]
        return {"body": changes_body(old, new, named, shown, _MOST), "most": _MOST, "file": FILE}

    yield Page(
        "what-changed",
        "what-changed.html.j2",
        "What changed",
        values,
        "What changed in the evidence since an earlier state of it, study by study.",
        files=lambda: [OutputFile(f"what-changed/{FILE}", path.read_bytes())],
    )


def _readable(site: PageContext, answer: MovedAnswer) -> MovedAnswer:
    """Return an answer with names for ids, without the columns of claims and places."""
    rows = (*answer.gone, *answer.come)
    kept = [at for at in range(len(answer.columns)) if not any("#" in row[at] for row in rows)]

    def named(some: Sequence[Row]) -> list[Row]:
        return [tuple(site.named_sources(row[at]) for at in kept) for row in some]

    return replace(
        answer,
        parameters={name: site.named_sources(text) for name, text in answer.parameters.items()},
        columns=tuple(answer.columns[at] for at in kept),
        gone=named(answer.gone),
        come=named(answer.come),
    )
