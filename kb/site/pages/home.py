"""The home page, and the page of downloads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import compress
from typing import Final

from kb.analysis.derived import derived_csv, derived_nquads
from kb.checks.adjudication import ClaimStatus
from kb.export.csv import COLUMNS, to_csv
from kb.export.datapackage import claims_resource, datapackage
from kb.model import Study
from kb.rdf.writer import GraphWriter
from kb.site.context import PageContext, collect
from kb.site.page import OutputFile, Page, Values
from kb.site.pages.discrepancies import newest
from kb.site.tables.evidence_map import evidence_map
from kb.site.tables.figures import count_states
from kb.site.tables.study import StudyRow, StudyTable, StudyTables

_NEWEST: Final = 5
"""How many discrepancies the home page lists."""


def home_pages(site: PageContext) -> Iterator[Page]:
    """Yield the home page, and the page of downloads."""
    dataset = site.evidence.dataset
    hidden, values = ("navigation", "toc"), partial(_home_values, site)
    yield Page("index", "home.html.j2", dataset.title, values, dataset.description, hidden)
    values = partial(_data_values, site)
    yield Page("data", "data.html.j2", "Data", values, "The dataset as files.")


def _data_values(site: PageContext) -> Values:
    return {"counts": site.base.counts(), "columns": COLUMNS, "size": len(site.base.nquads)}


def _home_values(site: PageContext) -> Values:
    pivotal = [(s, table) for s in _pivotal(site) if (table := StudyTables(site, s.id).main())]
    return {
        "counts": site.base.counts(),
        "states": count_states(site.claims),
        "in_text": sum(not view.source.read_in for view in site.claims),
        "pivotal": [(study, _short(site, table)) for study, table in pivotal],
        "map": evidence_map(site),
        "by_design": collect((s.kind, s) for s in site.studies.values()),
        "newest": newest(site, _NEWEST),
        "discrepancies": len(site.base.curated.discrepancies),
        "examples": _examples(site, [study for study, _ in pivotal]),
    }


def data_files(site: PageContext) -> Iterator[OutputFile]:
    """Yield the downloads of the whole dataset."""
    yield OutputFile("data/kb.nq", site.base.nquads)
    derived = site.base.derived()
    yield OutputFile.csv("data/derived.csv", derived_csv(derived))
    yield OutputFile("data/derived.nq", derived_nquads(derived, GraphWriter(site.vocabulary)))
    package = datapackage([claims_resource()], site.evidence.dataset)
    yield OutputFile("data/datapackage.json", package.encode())
    yield OutputFile.csv("data/claims.csv", to_csv(site.base.claims().rows()))


def _pivotal(site: PageContext) -> list[Study]:
    """The studies with most claims, as many of each design as the settings ask for."""
    wanted: dict[str, int] = site.settings["pivotal"]["designs"]
    studies = [study for study in site.studies.values() if not study.analysis_of]
    studies.sort(key=lambda study: -len(site.by_study.get(study.id, [])))
    by_design = collect((study.kind, study) for study in studies)
    return [study for kind, most in wanted.items() for study in by_design.get(kind, [])[:most]]


def _examples(site: PageContext, studies: Sequence[Study]) -> list[str]:
    """What may be typed into the search: a name, an endpoint, a registry number and a DOI."""
    endpoints = [e for e in site.settings["pivotal"]["endpoints"] if e in site.endpoint_order]
    numbers = [number for study in studies[1:] for number in study.registry]
    dois = [site.publications[p].doi for study in studies for p in study.publications]
    return [
        *(study.name for study in studies[:1]),
        *(site.labels.label("endpoint", endpoint) for endpoint in endpoints[-1:]),
        *numbers[-1:],
        *list(filter(None, dois))[:1],
    ]


def _short(site: PageContext, table: StudyTable) -> StudyTable:
    """Keep the endpoints of the home page, with one or two rows of each, and used columns."""
    endpoints = site.settings["pivotal"]["endpoints"]
    chosen = {
        block.endpoint.notation: _chosen_rows(block.rows)
        for block in table.blocks
        if block.endpoint.notation in endpoints
    }
    rows = [row for block in chosen.values() for row in block]
    used = [any(row.cells[at].figures for row in rows) for at in range(len(table.columns))]

    def shortened(row: StudyRow) -> StudyRow:
        return replace(row, cells=tuple(compress(row.cells, used)))

    return replace(
        table,
        columns=tuple(compress(table.columns, used)),
        blocks=tuple(
            replace(block, rows=tuple(map(shortened, chosen[block.endpoint.notation])))
            for block in table.blocks
            if chosen.get(block.endpoint.notation)
        ),
    )


def _chosen_rows(rows: tuple[StudyRow, ...]) -> list[StudyRow]:
    """Return the preferred row, else the fullest, and where it compares nothing one that does.

    Rows with a figure that a judgement set aside are on the page of the study only.
    """

    def rank(row: StudyRow) -> tuple[object, ...]:
        cells = sum(bool(cell.figures) for cell in row.cells)
        return row.standing is not ClaimStatus.PREFERRED, not row.compared, -cells

    kept = [row for row in rows if row.standing is not ClaimStatus.SET_ASIDE]
    ranked = sorted((row for row in kept if any(cell.figures for cell in row.cells)), key=rank)
    ranked = ranked or kept[:1]
    compared = [row for row in kept if row.compared and row not in ranked[:1]]
    return ranked[:1] if not ranked or ranked[0].compared else [*ranked[:1], *compared[:1]]
