"""The table of claims as CSV: one row for each claim and, for doses, for each step."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from kb.checks.citations import cite
from kb.checks.groups import PEOPLE, Groups
from kb.model import Claim, DoseStep, Evidence, Group, claim_outputs
from kb.sources.match import digits_of

if TYPE_CHECKING:
    from kb.checks.adjudication import CuratedDiscrepancies
    from kb.records.vocabulary import Vocabulary

_FIXED: Final = {
    "claim": "id of the claim; its IRI is <base>study/<study>#<claim>",
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
    "value": "the figure as a number, with the digits that are printed; 0 for the word none",
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
    "value_text": "a word in place of the figure, such as not-reached, or several amounts",
    "date": "date of the fact, as exact as it is printed",
    "date_from": "beginning of a period",
    "date_to": "end of a period",
    "direction": "the word by which the source compares the group with the comparator",
    "significance": "the word by which the source judges the difference",
    "favours": "the group for which the result is better",
    "p_operator": "operator of the p-value",
    "p_number": "p-value as a number",
    "row": "row of the table, from the outer label to the inner one",
    "column": "column of the table",
    "block": "first claim of the block: the figures of one block were printed together",
    "named": "the endpoint as printed, where it differs",
    "note": "the curator's note",
    "drug": "for a dose the drug",
    "study_name": "name of the study",
    "group_label": "label of the group",
    "comparator_label": "label of the comparator",
    "regimen": "notation of the regimen of the group",
    "regimen_label": "label of the regimen",
    "population_label": "label of the population",
    "endpoint_label": "label of the endpoint",
    "source_title": "title of the source",
    "source_citation": "how the source is cited",
    "source_year": "year of the source",
    "source_doi": "DOI of the source",
    "source_pmid": "PMID of the source",
    "cited_citation": "how the publications in 'publication' are cited, joined by ' | '",
    "cited_year": "their years",
    "cited_doi": "their DOIs",
    "cited_pmid": "their PMIDs",
}
_OUTPUTS: Final = tuple(output for output in claim_outputs() if output.csv)
COLUMNS: Final[Mapping[str, str]] = _FIXED | {
    output.csv: output.label for output in _OUTPUTS if output.csv not in _FIXED
}
"""What each column holds, in order. Programs rely on the order: a new column comes last."""

INTEGERS: Final = frozenset(("numerator", "denominator", "p_sides", "source_year"))
NUMBERS: Final = INTEGERS | {"value", "low", "high", "level", "dispersion", "margin", "p_number"}
"""The columns that hold numbers or nothing; the others hold text."""
DESCRIPTION: Final = "One row for each claim and, for doses, for each step of the schedule."
"""What the rows are, for the files that describe the table."""
BOM: Final = "\ufeff"
"""Begins a file of CSV, so that spreadsheets read it as UTF-8; programs read it as utf-8-sig."""

Row = dict[str, str]
Key = tuple[str, str]
_FORMULA: Final = (*"=+-@\t\r\n", *"\uff1d\uff0b\uff0d\uff20")
"""What starts a formula in a spreadsheet: signs, their full-width forms, skipped whitespace."""
_PLAIN: Final = re.compile(r"=?-?[0-9]+(?:\.[0-9]+)?(?:e-?[0-9]+)?")


def claim_rows(
    evidence: Evidence,
    vocabulary: Vocabulary,
    states: Mapping[Key, str] = MappingProxyType({}),
    curated: CuratedDiscrepancies | None = None,
) -> Iterator[Row]:
    """Yield a row for each claim and, for doses, for each step of the schedule.

    ``states`` are the states of verification, by study and claim id. The row of a result that the
    same block compares has the other group as its comparator and the p-value of that comparison.
    """
    context = _Context(evidence, vocabulary)
    compared = _comparisons(evidence.claims)
    meant = curated.numbers_meant if curated else {}
    for claim in evidence.claims:
        row = context.row(claim, meant)
        key = (claim.study, claim.id)
        row["verification"] = states.get(key, "not_checked")
        if curated is not None:
            row["standing"] = curated.standings.get(key, "")
            row["discrepancies"] = " ".join(one.id for one in curated.by_claim.get(key, ()))
        if not row["comparator"]:
            sides = compared.get((claim.study, claim.block), {})
            row |= sides.get(claim.measure.group, {})
        row["comparator_label"] = context.label(claim.study, row["comparator"])
        yield from _steps(row, claim.steps) if claim.steps else (row,)


def _comparisons(claims: Iterable[Claim]) -> dict[Key, dict[str, Row]]:
    """Return, by study and block, the comparator and the p-value of each group compared.

    A group that the block compares more than once has none: its row would show one p of several.
    """
    comparisons: dict[Key, dict[str, Row]] = {}
    for claim in claims:
        measure = claim.measure
        if measure.comparator:
            sides = comparisons.setdefault((claim.study, claim.block), {})
            pair = measure.group, measure.comparator
            for group, other in (pair, pair[::-1]):
                test = {"comparator": other} | _test(claim)
                sides[group] = test if sides.get(group, test) == test else {}
    return comparisons


def _test(claim: Claim) -> Row:
    result = claim.result
    return {
        "p_value": result.p_printed,
        "p_operator": result.p_operator,
        "p_number": _number(result.p_value),
        "p_sides": "" if result.sides is None else str(result.sides),
        "p_for": result.p_for,
    }


class _Context:
    """What rows add to claims: labels, publications and the numbers that words stand for."""

    def __init__(self, evidence: Evidence, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.groups = Groups(evidence, vocabulary)
        self.names = {study.id: study.name for study in evidence.studies}
        self.sources = {source.id: source for source in evidence.sources}
        self.references = {source.id: dict(source.references) for source in evidence.sources}
        self.publications = {one.id: one for one in evidence.publications}

    def label(self, study: str, group: str) -> str:
        """Return the label of a group, or ""."""
        return self.groups.by_id[study, group].label if group else ""

    def row(self, claim: Claim, meant: Mapping[Key, tuple[int, ...]]) -> Row:
        """Return the row of a claim, without what others say of it."""
        figure, result, measure = claim.figure, claim.result, claim.measure
        group = self.groups.of(claim)
        terms = {
            "regimen": measure.regimen or group.regimen,
            "population": measure.population or group.population,
            "endpoint": measure.endpoint,
        }
        row = dict.fromkeys(COLUMNS, "") | {output.csv: output.text(claim) for output in _OUTPUTS}
        return (
            row
            | self._value(claim, group)
            | terms
            | {f"{scheme}_label": self._term(scheme, name) for scheme, name in terms.items()}
            | self._publications(claim, meant)
            | _test(claim)
            | {
                "low": printed_digits(claim, figure.low),
                "high": printed_digits(claim, figure.high),
                "date": figure.date,
                "date_from": figure.date_from,
                "date_to": figure.date_to,
                "direction": result.direction,
                "significance": result.significance,
                "favours": result.favours,
                "row": " › ".join(claim.row),
                "column": claim.column,
                "block": claim.block,
                "named": claim.named,
                "note": claim.note,
                "study_name": self.names[claim.study],
                "group_label": group.label,
            }
        )

    def _term(self, scheme: str, notation: str) -> str:
        return self.vocabulary.get(scheme, notation).label if notation else ""

    def _value(self, claim: Claim, group: Group) -> Row:
        """Return value, unit and word; words such as "none" and "all" give their number too."""
        figure = claim.figure
        row = {"value": printed_digits(claim, figure.value), "value_text": figure.text_value}
        row["unit"] = figure.unit
        if figure.text_value and figure.value is None and claim.kind == "result":
            number = self.vocabulary.get("word", figure.text_value).first("standsFor")
            size = self.groups.size(group, claim.source) if number == "group-size" else None
            if number.isdecimal() or size:
                row |= {"value": str(size.number) if size else number, "unit": PEOPLE}
        return row

    def _publications(self, claim: Claim, meant: Mapping[Key, tuple[int, ...]]) -> Row:
        """Return how the source and the publications that it cites for a claim are found."""
        source = self.sources[claim.source]
        own = self.publications[source.publication]
        citation = cite(claim, self.references[claim.source], meant)
        known = [self.publications[name] for _, name in citation.meant]
        numbers = " ".join(str(number) for number, _ in citation.meant) or "unknown"
        return {
            "source_title": source.title,
            "source_citation": own.citation,
            "source_year": str(own.year or ""),
            "source_doi": own.doi,
            "source_pmid": own.pmid,
            "publication": " ".join(one.id for one in known),
            "cites_meant": numbers if citation.is_misprinted else "",
            "cited_citation": " | ".join(one.citation for one in known),
            "cited_year": " | ".join(str(one.year or "") for one in known),
            "cited_doi": " | ".join(one.doi for one in known),
            "cited_pmid": " | ".join(one.pmid for one in known),
        }


def printed_digits(claim: Claim, value: Decimal | None) -> str:
    """Return a number with its digits as printed, but without separators of thousands."""
    if value is None:
        return ""
    digits = digits_of(claim.wording, value, claim.figure.unit)
    return digits if _PLAIN.fullmatch(digits) else f"{value:f}"


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"


def _steps(row: Row, steps: Iterable[DoseStep]) -> Iterator[Row]:
    for step in steps:
        amounts = sorted(step.amounts)
        yield row | {
            "category": " ".join(filter(None, (step.drug, row["category"]))),
            "value": _number(step.amount),
            "value_text": "/".join(map(_number, step.amounts)),
            "unit": step.unit,
            "low": _number(amounts[0]) if amounts else "",
            "high": _number(amounts[-1]) if amounts else "",
            "bounds": "interval" if amounts else "",
            "timepoint": ", ".join(filter(None, (row["timepoint"], schedule(step)))),
            "drug": step.drug,
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


def column_type(column: str) -> Literal["integer", "decimal", "string"]:
    """Return the type of what a column holds where it is not empty.

    >>> column_type("value")
    'decimal'
    """
    if column in INTEGERS:
        return "integer"
    return "decimal" if column in NUMBERS else "string"


def to_csv(rows: Iterable[Row]) -> str:
    """Write rows as CSV with the columns of ``COLUMNS``, safe to open in a spreadsheet."""
    return table_csv(COLUMNS, ([row[name] for name in COLUMNS] for row in rows))


def table_csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """Write rows of cells as CSV, safe to open in a spreadsheet; None is an empty cell.

    >>> print(table_csv(["study", "chosen", "n"], [["=tower", True, None]]), end="")
    study,chosen,n
    '=tower,true,
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(_cell, row) for row in rows)
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return escape_formula(value) if isinstance(value, str) else str(value)


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
