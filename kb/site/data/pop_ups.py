"""What the pop-ups of figures show, for the programs of pages to load when one is opened.

A page with its pop-ups written into it would be twice as large, for text that few readers open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kb.api.results import ClaimView
from kb.model import measure_key
from kb.site.context import PageContext
from kb.site.data.claim_citations import ClaimCitations
from kb.site.page import OutputFile
from kb.site.tables.figures import DisplayedFigure


def pop_up_files(site: PageContext, macros: Any) -> Iterator[OutputFile]:
    """Yield for each study what is behind its figures, claim by claim.

    Args:
        site: the evidence base with its indexes.
        macros: those of the template ``prints.html.j2``.
    """
    citations = ClaimCitations(site)
    for study, views in site.by_study.items():
        concerns = {f.id: f for view in views for f in _concerns(view)}
        origins = {view.claim.id: citations.origin(view) for view in views}
        texts = list(dict.fromkeys(origins.values()))
        content = {
            "claims": {
                view.claim.id: _claim(view, macros)
                | {"copy": [citations.figure(view), texts.index(origins[view.claim.id])]}
                for view in views
            },
            "concerns": {name: str(macros.concern(one)) for name, one in concerns.items()},
            "origins": texts,
            "iri": f"{site.base.iris.base}study/{study}#",
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        yield OutputFile(f"study/{study}/prints.json", text.encode())


def _claim(view: ClaimView, macros: Any) -> dict[str, Any]:
    return {
        "measure": measure_key(view.claim.measure),
        "head": str(macros.head(view)).strip(),
        "also": str(macros.also(view)).strip(),
        "html": str(macros.claim(view)),
        "concerns": [one.id for one in _concerns(view)],
    }


def _concerns(view: ClaimView) -> tuple[Any, ...]:
    return DisplayedFigure((), (view,)).concerns
