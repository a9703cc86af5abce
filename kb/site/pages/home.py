"""The first page, and the page of downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import compress
from typing import Final

from kb.analysis.derived import derived_csv, derived_nquads
from kb.export.csv import COLUMNS, to_csv
from kb.model import Study
from kb.rdf.writer import GraphWriter
from kb.site.context import PageContext, collect
from kb.site.page import OutputFile, Page
from kb.site.pages.discrepancies import newest
from kb.site.tables.evidence_map import evidence_map
from kb.site.tables.study import Row, StudyTables, Table
from kb.sources.verify import VerificationState

_NEWEST: Final = 5
"""So many findings stand on the first page."""


def home_pages(site: PageContext) -> Iterator[Page]:
    """Yield the first page, and the page of downloads."""
    pivotal = [(s, table) for s in _pivotal(site) if (table := StudyTables(site, s.id).main())]
    states = collect((found.check.state, found) for found in site.claims)
    values = {
        "site": site,
        "counts": site.base.counts(),
        "states": {state: len(states.get(state, [])) for state in VerificationState},
        "pivotal": [(study, _short(site, table)) for study, table in pivotal],
        "map": evidence_map(site),
        "by_design": collect((s.kind, s) for s in site.studies.values()),
        "columns": COLUMNS,
        "newest": newest(site, _NEWEST),
        "discrepancies": len(site.base.curated.findings),
        "size": len(site.base.nquads),
        "examples": _examples(site, [study for study, _ in pivotal]),
    }
    description = site.evidence.dataset.description
    yield Page(
        "index",
        "home.html.j2",
        site.evidence.dataset.title,
        values,
        description,
        ("navigation", "toc"),
    )
    yield Page("data", "data.html.j2", "Data", values, "The dataset as files.")


def data_files(site: PageContext) -> Iterator[OutputFile]:
    """Yield the downloads of the whole dataset."""
    yield OutputFile("data/kb.nq", site.base.nquads)
    derived = site.base.derived()
    yield OutputFile("data/derived.csv", derived_csv(derived).encode())
    yield OutputFile("data/derived.nq", derived_nquads(derived, GraphWriter(site.vocabulary)))
    yield OutputFile("data/claims.csv", to_csv(site.base.claims().rows()).encode())


def _pivotal(site: PageContext) -> list[Study]:
    """So many studies of each design as the arrangement says, those with most claims first."""
    wanted: dict[str, int] = site.settings["pivotal"]["designs"]
    own = [s for s in site.studies.values() if not s.analysis_of]
    own.sort(key=lambda s: -len(site.by_study.get(s.id, [])))
    return [s for kind, most in wanted.items() for s in [s for s in own if s.kind == kind][:most]]


def _examples(site: PageContext, studies: Sequence[Study]) -> list[str]:
    """What may be typed into the search: a name, an endpoint, a registry number and a DOI."""
    named = [study.name for study in studies[:1]]
    endpoints = site.settings["pivotal"]["endpoints"]
    words = [site.words.label("endpoint", e) for e in endpoints if e in site.endpoint_order]
    numbers = [number for study in studies[1:] for number in study.registry]
    dois = [site.publications[p].doi for study in studies for p in study.publications]
    return [*named, *words[-1:], *numbers[-1:], *list(filter(None, dois))[:1]]


def _short(site: PageContext, table: Table) -> Table:
    """Keep the endpoints that the first page shows, with the rows that say most of each."""
    kept = [
        replace(block, rows=_telling(block.rows))
        for block in table.blocks
        if block.endpoint.notation in site.settings["pivotal"]["endpoints"]
    ]
    return _without_empty_columns(replace(table, blocks=tuple(kept)))


def _without_empty_columns(table: Table) -> Table:
    rows = [row for block in table.blocks for row in block.rows]
    used = [any(row.cells[at].shown for row in rows) for at in range(len(table.columns))]
    blocks = (
        replace(
            block,
            rows=tuple(replace(row, cells=tuple(compress(row.cells, used))) for row in block.rows),
        )
        for block in table.blocks
    )
    return replace(table, columns=tuple(compress(table.columns, used)), blocks=tuple(blocks))


def _telling(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    """The first row and, when it compares nothing, the first that does."""
    compared = [row for row in rows if row.compared]
    return rows[:1] if rows[0].compared else (*rows[:1], *compared[:1])
