"""Tables for other programs: one row for each claim, in columns with fixed names.

The columns are described in ``COLUMNS``; the command line, the site and the tests use them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from kb.model import Claim, DoseStep, Evidence, Group
from kb.sources.match import lexical

COLUMNS: Final[Mapping[str, str]] = {
    "claim": "id of the claim; with the study's page it makes the IRI",
    "kind": "result, comparison, dose, design, definition or approval",
    "study": "id of the study",
    "group": "id of the group the figure describes; 'all' is the whole study",
    "comparator": "the group it is compared with in the same print",
    "population": "notation of the population of the group",
    "endpoint": "notation of the endpoint",
    "category": "part of the endpoint; for a dose the drug, for a definition what is defined",
    "statistic": "median, percentage, count, hazard-ratio …",
    "timepoint": "when, as a phrase: at 2 years; within 2 cycles; after relapse",
    "operator": "<, ≤, >, ≥ or ~ where one is printed",
    "value": "the figure as printed, or a word such as not-reached",
    "unit": "unit of the value",
    "numerator": "count as printed",
    "denominator": "denominator as printed",
    "low": "lower bound",
    "high": "upper bound",
    "bounds": "kind of the bounds: range, iqr, interval, ci95 …",
    "p_value": "p-value of the comparison, with its operator, or ns",
    "printed": "the print, as far as needed to read the figures",
    "source": "id of the source that prints it",
    "section": "section, table or figure of the source",
    "cites": "reference numbers that the source gives for it",
    "publication": "ids of the publications those numbers lead to",
    "verification": "verified, failed, not_checked or source_unavailable",
    "standing": "preferred, set-aside or disputed, where a discrepancy is about the claim",
    "discrepancies": "ids of the discrepancies that the claim is part of",
}

Row = dict[str, str]
Key = tuple[str, str]
_FORMULA: Final = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""Spreadsheets begin a formula at these: signs, their full-width forms, and what they skip."""
_PLAIN: Final = re.compile(r"=?-?[0-9]+(?:\.[0-9]+)?")


def claim_rows(
    evidence: Evidence,
    states: Mapping[Key, str],
    standings: Mapping[Key, str],
    discrepancies: Mapping[Key, str],
) -> Iterator[Row]:
    """Yield a row for each claim and, for doses, for each step of the schedule.

    The mappings hold what is known about claims, by study and claim id. A result that is
    compared in the same print names its comparator and that comparison's p-value.
    """
    groups = {(group.study, group.id): group for group in evidence.groups}
    references = {source.id: dict(source.references) for source in evidence.sources}
    compared = _comparisons(evidence.claims)
    for claim in evidence.claims:
        row = _row(claim, groups[claim.study, claim.measure.group])
        row["publication"] = " ".join(references[claim.source][n] for n in claim.cites)
        key = (claim.study, claim.id)
        row["verification"] = states.get(key, "not_checked")
        row["standing"] = standings.get(key, "")
        row["discrepancies"] = discrepancies.get(key, "")
        row |= (
            compared.get((claim.study, claim.block), {}).get(claim.measure.group, {})
            if not row["comparator"]
            else {}
        )
        yield from _steps(claim, row) if claim.steps else (row,)


def _comparisons(claims: Iterable[Claim]) -> dict[tuple[str, str], dict[str, Row]]:
    """Find, for each block with a comparison, what its two groups are compared with."""
    found: dict[tuple[str, str], dict[str, Row]] = {}
    for claim in claims:
        measure, p = claim.measure, claim.result.p_printed
        if measure.comparator:
            sides = found.setdefault((claim.study, claim.block), {})
            sides[measure.group] = {"comparator": measure.comparator, "p_value": p}
            sides[measure.comparator] = {"comparator": measure.group, "p_value": p}
    return found


def _row(claim: Claim, group: Group) -> Row:
    measure, figure = claim.measure, claim.figure
    return {
        "claim": claim.id,
        "kind": claim.kind,
        "study": claim.study,
        "group": measure.group,
        "comparator": measure.comparator,
        "population": measure.population or group.population,
        "endpoint": measure.endpoint,
        "category": measure.category,
        "statistic": claim.statistic,
        "timepoint": str(measure.time),
        "operator": figure.operator,
        "value": _value(claim),
        "unit": figure.unit,
        "numerator": _number(figure.numerator),
        "denominator": _number(figure.denominator),
        "low": _bound(claim, figure.low) or figure.date_from,
        "high": _bound(claim, figure.high) or figure.date_to,
        "bounds": figure.bounds,
        "p_value": claim.result.p_printed,
        "printed": claim.printed,
        "source": claim.source,
        "section": claim.section,
        "cites": " ".join(map(str, claim.cites)),
    }


def _value(claim: Claim) -> str:
    figure, result = claim.figure, claim.result
    words = " ".join(filter(None, (result.direction, result.significance)))
    return figure.digits or figure.text_value or figure.date or words


def _bound(claim: Claim, value: Decimal | None) -> str:
    """Give a bound with its digits as printed, as the value has them."""
    return "" if value is None else lexical(claim.printed, value)


def _number(value: Decimal | int | None) -> str:
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def _steps(claim: Claim, row: Row) -> Iterator[Row]:
    for step in claim.steps:
        amounts = sorted(step.amounts)
        yield row | {
            "category": " ".join(filter(None, (step.drug, row["category"]))),
            "value": _number(step.amount) or "/".join(map(_number, step.amounts)),
            "unit": step.unit,
            "low": _number(amounts[0]) if amounts else "",
            "high": _number(amounts[-1]) if amounts else "",
            "bounds": "interval" if amounts else "",
            "timepoint": ", ".join(filter(None, (row["timepoint"], schedule(step)))),
        }


def schedule(step: DoseStep) -> str:
    """Say how a step is given, in one line.

    >>> schedule(DoseStep(1, "blinatumomab", for_="7 days", cycles="1"))
    'for 7 days; cycles 1'
    """
    parts = (
        ("for", step.for_),
        ("on", step.on),
        ("over", step.over),
        ("every", step.every),
        ("rest", step.rest),
        ("cycles", step.cycles),
        ("cycle length", step.length),
        ("doses", step.times),
        ("", step.frequency),
        ("reduced by", f"{step.reduction}%" if step.reduction is not None else ""),
        ("", step.route),
    )
    return "; ".join(f"{word} {what}".strip() for word, what in parts if what)


def to_csv(rows: Iterable[Row]) -> str:
    """Write rows as CSV with the columns of ``COLUMNS``, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: escape_formula(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue()


def escape_formula(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run as a formula, but for a number.

    ``=0.03`` is a p-value with its sign, and a formula that gives the same number. Whoever reads
    the table with a program takes one apostrophe off the beginning of a text; JSON and RDF, which
    nothing runs, have texts as they are.

    >>> [escape_formula(cell) for cell in ("=0.03", "-1.5", "=1+1", "@SUM(A1)")]
    ['=0.03', '-1.5', "'=1+1", "'@SUM(A1)"]
    """
    if _PLAIN.fullmatch(cell):
        return cell
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
