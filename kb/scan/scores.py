"""Means and standard deviations that the values of a scale, or whole numbers, cannot have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.means import Summary
from kb.checks.possible_means import (
    MISSING,
    least_sd,
    most_sd,
    not_of_whole_numbers,
    sd_of_share,
    sd_on_scale,
)
from kb.checks.rounding import last_digit
from kb.papers.reading import TableFigure, TableReading
from kb.scan.bases import TableBases, with_sizes
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.group_means import summary_of
from kb.scan.places import notes, place_of

SCALE: Final = "spread-of-scale"
OUTSIDE: Final = "mean-outside-scale"
WHOLE: Final = "spread-of-whole-numbers"
GRIM: Final = "mean-of-whole-numbers"
GRIMMER: Final = "spread-with-mean-of-whole-numbers"
DEBIT: Final = "spread-of-proportion"
_SCALE: Final = re.compile(
    r"\bscores?\b|\bscale\b|\bVAS\b|\bNRS\b|points?\b|\bindex\b|questionnaire|inventory|rating",
    re.IGNORECASE,
)
_RANGE: Final = re.compile(
    r"(?:[(\[;,]|\brange:?|\bscale:?|\bfrom) ?(?P<low>[01]) ?(?:-|–|−|to) ?(?P<high>[0-9]{1,3})"
    r"(?: ?(?:points?|mm|cm))?(?=[)\];,]|$)",
    re.IGNORECASE,
)
_SCORE: Final = re.compile(r"\bscores?\b|\bApgar\b|\bstage\b|\bgrade\b", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\b(?:number|no\.) of\b", re.IGNORECASE)
_BINARY: Final = re.compile(
    r"\bproportion of (?:patients|participants|subjects|women|men|children|people)\b"
    r"|\b0 ?/ ?1\b|\b1 ?= ?yes\b|\byes ?= ?1\b|\bbinary\b|\bdichotomous\b",
    re.IGNORECASE,
)
_PER: Final = re.compile(
    r"\bper\b|/|average|mean of|daily|weekly|change|difference|reduction|increase|decrease|Δ"
    r"|ratio|rate\b(?! scores?)|percent|%|z-?score|t-?score|adjusted"
    r"|least.squares|estimated|log|geometric|×|\bx ?10|\b10\^?[0-9]|million|thousand",
    re.IGNORECASE,
)
_FEWEST: Final = 4
_FEWEST_OF_NUMBERS: Final = 2
_MANY: Final = 10
"""A size for groups whose own is not printed: a smaller one allows a larger spread."""


@dataclass(frozen=True, slots=True)
class _Cell:
    figure: TableFigure
    summary: Summary
    size_is_known: bool
    label: str


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield means and standard deviations that no values of a scale, or counts, have."""
    for bases in context.bases:
        reading = bases.reading
        if re.search(r"geometric|median \(", notes(reading), re.IGNORECASE):
            continue
        cells = [cell for cell in _cells(bases) if not _PER.search(cell.label)]
        for cell in cells:
            judged = (rule(context, reading, cell) for rule in (_of_scale, _of_number, _of_share))
            yield from (finding for finding in judged if finding)
        yield from _of_whole_numbers(context, reading, cells)


def _cells(bases: TableBases) -> Iterator[_Cell]:
    reading = bases.reading
    for row in reading.rows.values():
        for figure, size in with_sizes(row):
            known = bool(size or bases.printed(figure))
            summary = summary_of(bases, figure, size if known else _MANY)
            if summary and not summary.is_error:
                path = (*_path(reading, figure.row), *figure.column.path)
                yield _Cell(figure, summary, known, " › ".join(path))


def _path(reading: TableReading, row: int) -> tuple[str, ...]:
    """Return the labels of a row; a heading may stand in another column than the first."""
    path = reading.table.row_path(row)
    grid = reading.table.grid
    for above in range(row - 1, reading.table.header_rows - 1, -1):
        texts = {cell.text.strip() for cell in grid[above]} - {""}
        if len(texts) == 1:
            return (*texts, *path)
    return path


def _of_scale(context: ScanContext, reading: TableReading, cell: _Cell) -> ScanFinding | None:
    match = _RANGE.search(cell.label) if _SCALE.search(cell.label) else None
    if match is None:
        return None
    low, high = Decimal(match["low"]), Decimal(match["high"])
    if high < 3 or (high == 100 and cell.summary.mean <= 1):
        return None
    context.checked[SCALE] += 1
    mean, sd = cell.summary.mean, cell.summary.sd
    most = most_sd(mean, low, high, cell.summary.n)
    scale = f"{low} to {high}"
    if most is None:
        message = f"A mean of {mean} lies outside the scale, {scale}."
        return _finding(
            reading, cell, OUTSIDE, Verdict.DOUBTFUL, f"{mean} is not in {scale}", message
        )
    if sd_on_scale(mean, sd, low, high, cell.summary.n) is not Outcome.INCONSISTENT:
        return None
    computed = f"√(({mean} − {low}) x ({high} − {mean})) gives at most {most:.3g}"
    message = (
        f"Values from {scale} with a mean of {mean} have an SD of at most {most:.3g}, not {sd}."
    )
    verdict = Verdict.INCONSISTENT if cell.size_is_known else Verdict.DOUBTFUL
    return _finding(reading, cell, SCALE, verdict, computed, message)


def _of_number(context: ScanContext, reading: TableReading, cell: _Cell) -> ScanFinding | None:
    """Judge mean and SD of a number of things, which a few people fewer cannot have either."""
    if not _NUMBER.search(cell.label) or not cell.size_is_known:
        return None
    n, mean = cell.summary.n, cell.summary.mean
    context.checked[GRIM] += 1
    sd = cell.summary.sd
    unfit = not_of_whole_numbers(mean, sd, range(max(2, n - MISSING), n + 1))
    people = f"{n} people, or of up to {MISSING} fewer,"
    if unfit == "mean":
        nearest = round(mean * n)
        computed = f"{nearest}/{n} = {Decimal(nearest) / n:.4f}"
        message = f"Whole numbers of {people} cannot have a mean of {mean}."
        return _finding(reading, cell, GRIM, Verdict.DOUBTFUL, computed, message)
    context.checked[GRIMMER] += 1
    if not unfit:
        return None
    computed = f"least SD of a mean of {mean}: {least_sd(mean):.3g}"
    message = f"Whole numbers of {people} cannot have a mean of {mean} and an SD of {sd}."
    return _finding(reading, cell, GRIMMER, Verdict.DOUBTFUL, computed, message)


def _of_share(context: ScanContext, reading: TableReading, cell: _Cell) -> ScanFinding | None:
    """Judge the SD of a proportion of people, each of whom has 0 or 1."""
    share, sd, n = cell.summary.mean, cell.summary.sd, cell.summary.n
    if not _BINARY.search(cell.label) or not cell.size_is_known or not 0 <= share <= 1:
        return None
    context.checked[DEBIT] += 1
    if sd_of_share(share, sd, n) is not Outcome.INCONSISTENT:
        return None
    exact = (float(share * (1 - share)) * n / (n - 1)) ** 0.5
    computed = f"√({share} x (1 − {share}) x {n}/{n - 1}) = {exact:.3g}"
    message = f"A proportion of {share} has an SD of {exact:.3g}, not {sd}."
    return _finding(reading, cell, DEBIT, Verdict.DOUBTFUL, computed, message)


def _of_whole_numbers(
    context: ScanContext, reading: TableReading, cells: Sequence[_Cell]
) -> Iterator[ScanFinding]:
    """Yield a table whose SDs are smaller than whole numbers can have: they are standard errors."""
    for pattern, fewest in ((_NUMBER, _FEWEST_OF_NUMBERS), (_SCORE, _FEWEST)):
        needed = [(c, least_sd(c.summary.mean)) for c in cells if pattern.search(c.label)]
        decided = [(c, least) for c, least in needed if least > 0]
        context.checked[WHOLE] += len(decided)
        small = [(c, least) for c, least in decided if float(_highest(c.summary.sd)) < least]
        if len(small) < fewest or 10 * len(small) < 6 * len(decided):
            continue
        cell, least = small[0]
        texts = tuple(c.figure.text for c, _ in small)
        computed = (
            f"whole numbers with a mean of {cell.summary.mean} have an SD of at least {least:.2f}"
        )
        message = (
            f"{len(small)} of {len(decided)} SDs are smaller than whole numbers can have; they may "
            "be standard errors."
        )
        place = place_of(reading, cell.figure)
        yield ScanFinding(
            WHOLE, Verdict.DOUBTFUL, Severity.MATERIAL, place, texts, computed, message
        )
        return


def _highest(sd: Decimal) -> Decimal:
    return sd + last_digit(sd) / 2


def _finding(
    reading: TableReading, cell: _Cell, kind: str, verdict: Verdict, computed: str, message: str
) -> ScanFinding:
    place = place_of(reading, cell.figure)
    texts = (cell.figure.text,)
    return ScanFinding(kind, verdict, Severity.MATERIAL, place, texts, computed, message)
