"""The table of claims as CSV: one row for each claim, and one for each step of a schedule."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from kb.checks.citations import cite
from kb.model import Claim, DoseStep, Evidence, Group, claim_outputs
from kb.sources.match import digits_of

if TYPE_CHECKING:
    from kb.checks.adjudication import CuratedDiscrepancies

_FIXED: Final = {
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
    "printed": "the figures as printed, with the words needed to read them",
    "source": "id of the source that prints it",
    "section": "section, table or figure of the source",
    "cites": "reference numbers that the source gives for it",
    "publication": "ids of the publications cited: those meant, where a number is misprinted",
    "verification": "verified, failed, not_checked, source_unavailable or noted",
    "standing": "preferred, set-aside or disputed, where a discrepancy is about the claim",
    "discrepancies": "ids of the discrepancies that the claim is part of",
    "level": "level of a confidence or credible interval in percent; empty: not stated",
    "dispersion": "a measure of spread printed beside the value",
    "dispersion_kind": "sd or se; empty: the source does not state it",
    "p_sides": "1 or 2: sides of the test of the p-value, where printed",
    "p_for": "what the p-value tests, if not that two groups differ",
    "margin": "margin of non-inferiority or equivalence of the comparison",
    "adjustment": "adjusted or unadjusted, where the source tells",
    "adjusted_for": "what the figure is adjusted for, as printed",
    "analysis_set": "analysis set that the source names for the figure",
    "data_cut": "date of the data, where printed",
    "noted": "in place of printed, what was noted from a summary of the source, in own words",
    "read_in": "the summary from which it was noted; empty: read in the source's own text",
    "imputation": "how missing data were filled in, as printed",
    "cites_meant": "the reference numbers that were meant, where those printed lead elsewhere",
}
_OUTPUTS: Final = tuple(output for output in claim_outputs() if output.csv)
COLUMNS: Final[Mapping[str, str]] = _FIXED | {
    output.csv: output.label for output in _OUTPUTS if output.csv not in _FIXED
}
"""What each column holds, in order. Programs rely on the order: a new column comes last."""

Row = dict[str, str]
Key = tuple[str, str]
_FORMULA: Final = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""What starts a formula in a spreadsheet: signs, their full-width forms, skipped whitespace."""
_PLAIN: Final = re.compile(r"=?-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?")


def claim_rows(
    evidence: Evidence,
    states: Mapping[Key, str] = MappingProxyType({}),
    curated: CuratedDiscrepancies | None = None,
) -> Iterator[Row]:
    """Yield a row for each claim and, for doses, for each step of the schedule.

    ``states`` are the states of verification, by study and claim id. The row of a result that the
    same block compares has the other group as its comparator and the p-value of that comparison.
    """
    groups = {(group.study, group.id): group for group in evidence.groups}
    references = {source.id: dict(source.references) for source in evidence.sources}
    compared = _comparisons(evidence.claims)
    meant = curated.numbers_meant if curated else {}
    for claim in evidence.claims:
        row = _row(claim, groups[claim.study, claim.measure.group])
        citation = cite(claim, references[claim.source], meant)
        row["publication"] = " ".join(name for _, name in citation.meant)
        if citation.is_misprinted:
            row["cites_meant"] = " ".join(str(n) for n, _ in citation.meant) or "unknown"
        key = (claim.study, claim.id)
        row["verification"] = states.get(key, "not_checked")
        if curated is not None:
            row["standing"] = curated.standings.get(key, "")
            row["discrepancies"] = " ".join(one.id for one in curated.by_claim.get(key, ()))
        if not row["comparator"]:
            sides = compared.get((claim.study, claim.block), {})
            row |= sides.get(claim.measure.group, {})
        yield from _steps(claim, row) if claim.steps else (row,)


def _comparisons(claims: Iterable[Claim]) -> dict[Key, dict[str, Row]]:
    """Return, by study and block, the comparator and the p-value of each group compared."""
    comparisons: dict[Key, dict[str, Row]] = {}
    for claim in claims:
        measure, p = claim.measure, claim.result.p_printed
        if measure.comparator:
            sides = comparisons.setdefault((claim.study, claim.block), {})
            sides[measure.group] = {"comparator": measure.comparator, "p_value": p}
            sides[measure.comparator] = {"comparator": measure.group, "p_value": p}
    return comparisons


def _row(claim: Claim, group: Group) -> Row:
    row = dict.fromkeys(COLUMNS, "") | {output.csv: output.text(claim) for output in _OUTPUTS}
    return row | {
        "population": claim.measure.population or group.population,
        "value": _value(claim),
        "low": _bound(claim, claim.figure.low) or claim.figure.date_from,
        "high": _bound(claim, claim.figure.high) or claim.figure.date_to,
    }


def _value(claim: Claim) -> str:
    figure, result = claim.figure, claim.result
    words = " ".join(filter(None, (result.direction, result.significance)))
    return figure.digits or figure.text_value or figure.date or words


def _bound(claim: Claim, value: Decimal | None) -> str:
    """Return a bound with its digits as printed: a record may have 0.8 where 0.80 is printed."""
    return "" if value is None else digits_of(claim.wording, value, claim.figure.unit)


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


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
    """Return how a step is given, on one line.

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
    return "; ".join(f"{word} {text}".strip() for word, text in parts if text)


def to_csv(rows: Iterable[Row]) -> str:
    """Write rows as CSV with the columns of ``COLUMNS``, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: escape_formula(cell) for name, cell in row.items()} for row in rows)
    return out.getvalue()


def escape_formula(cell: str) -> str:
    """Return a cell with an apostrophe before what a spreadsheet would run as a formula.

    A number stays as it is: ``=0.03`` is a p-value with its sign, and as a formula gives the same
    number. Programs that read the table remove one leading apostrophe. JSON and RDF are not
    escaped, because nothing runs their text.

    >>> [escape_formula(cell) for cell in ("=0.03", "-1.5", "=1+1", "@SUM(A1)")]
    ['=0.03', '-1.5', "'=1+1", "'@SUM(A1)"]
    """
    if _PLAIN.fullmatch(cell):
        return cell
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
