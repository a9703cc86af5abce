"""Safety at a glance: adverse events by regimen, with grade, denominator and exact interval."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from kb.analysis.intervals import EXACT
from kb.export.csv import table_csv
from kb.site.context import PageContext
from kb.site.counts import reports
from kb.site.labels import bounds_text, short_citation
from kb.site.page import OutputFile, Page, SearchEntry, Values
from kb.site.tables.marks import mark
from kb.site.tables.safety import PATH, TITLE, Safety
from kb.site.tables.safety_rows import SafetyCell, SafetyKind, SafetyPart, SafetyRow

TABLE: Final = f"{PATH}.csv"
COLUMNS: Final = (
    *("kind", "study", "study_name", "endpoint", "endpoint_label", "grade", "detail"),
    *("analysis", "regimen", "regimen_label", "group", "group_label", "figure", "number", "of"),
    *("of_is_group_size", "percent", "interval_printed", "low_derived", "high_derived"),
    *("method_derived", "report", "cited_by", "check", "standing", "is_folded", "claims"),
)
"""The columns of the table as CSV."""


def safety_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page, where the evidence base has a figure for it, and those that divide it."""
    safety = Safety.of(site)
    if not safety.parts:
        return
    titles = [part.kind.title for part in safety.parts]
    yield Page(
        PATH,
        "safety.html.j2",
        TITLE,
        lambda: {
            "links": safety.links(),
            "parts": [] if safety.is_divided else safety.parts,
            "studies": {part.kind.title: len(part.studies) for part in safety.parts},
        },
        f"Adverse events by regimen, with grade, denominator and source: {', '.join(titles)}.",
        hide=("navigation",),
        search=lambda: SearchEntry(
            names=("Safety", "Adverse events", "Toxicity"),
            parts=tuple(
                (part.kind.id, part.kind.title) for part in safety.parts if not safety.is_divided
            ),
        ),
        files=lambda: [OutputFile.csv(TABLE, safety_csv(site))],
    )
    for part in safety.parts if safety.is_divided else ():
        yield Page(
            path := f"{PATH}/{part.kind.id}",
            "safety.html.j2",
            safety.titles()[path],
            partial(_values_of_kind, safety, part),
            f"{part.kind.title} by regimen, with grade, denominator and source.",
            hide=("navigation",),
        )


def _values_of_kind(safety: Safety, part: SafetyPart) -> Values:
    return {"links": safety.links(), "parts": [part]}


def safety_csv(site: PageContext) -> str:
    """Return all figures as a table, a row for each group, those that are folded too."""
    return table_csv(COLUMNS, _rows(site))


def _rows(site: PageContext) -> Iterator[list[object]]:
    for part in Safety.of(site).parts:
        for row in part.rows:
            for one in (row, *row.others):
                for cell in one.cells:
                    cells = _cells(site, part.kind, one, cell) | {"is_folded": one is not row}
                    yield [cells[name] for name in COLUMNS]


def _cells(
    site: PageContext, kind: SafetyKind, row: SafetyRow, cell: SafetyCell
) -> dict[str, object]:
    views = cell.figure.claims
    figures = [view.claim.figure for view in views]
    numbers = {one.numerator for one in figures} - {None}
    derived = cell.interval
    percents = (f"{f.operator}{f.digits}" for f in figures if f.unit == "%" and f.digits)
    return {
        "kind": kind.title,
        "study": row.study,
        "study_name": site.studies[row.study].name,
        "endpoint": row.endpoint.notation,
        "endpoint_label": row.endpoint.label,
        "grade": row.grade,
        "detail": row.detail,
        "analysis": row.context,
        "regimen": cell.regimen,
        "regimen_label": site.labels.label("regimen", cell.regimen),
        "group": cell.group.id,
        "group_label": cell.group.label,
        "figure": cell.figure.text,
        "number": numbers.pop() if len(numbers) == 1 else None,
        "of": cell.of,
        "of_is_group_size": cell.of is not None and cell.printed_of is None,
        "percent": next(percents, ""),
        "interval_printed": next((bounds_text(one) for one in figures if one.bounds), ""),
        "low_derived": None if derived is None else round(100 * derived.low, 2),
        "high_derived": None if derived is None else round(100 * derived.high, 2),
        "method_derived": "" if derived is None else EXACT,
        "report": _cited(site, (name for view in views for name in sorted(reports(view)))),
        "cited_by": _cited(site, (v.source.publication for v in views if v.claim.is_second_hand)),
        "check": mark(cell.figure).text,
        "standing": cell.figure.standing.value,
        "claims": " ".join(view.claim.id for view in views),
    }


def _cited(site: PageContext, names: Iterable[str]) -> str:
    publications = (site.publications[name] for name in dict.fromkeys(names))
    return "; ".join(map(short_citation, publications))
