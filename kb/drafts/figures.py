"""The figures of a cell as fields of a record: n (%), mean (SD), median (IQR), estimate (CI)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from kb.drafts.store import Sureness
from kb.papers.entries import Entry, Form, whole
from kb.papers.reading import TableFigure
from kb.papers.statistic import Centre, Spread, Statistic
from kb.records.schema import BOUNDS
from kb.sources.numbers import Number

RATIOS: Final = {
    Centre.HAZARD_RATIO: "hazard-ratio",
    Centre.ODDS_RATIO: "odds-ratio",
    Centre.RISK_RATIO: "risk-ratio",
    Centre.RATE_RATIO: "rate-ratio",
}
"""The statistics of records for ratios whose kind is declared."""
_EFFECTS: Final = RATIOS | {
    Centre.RATIO: "ratio",
    Centre.DIFFERENCE: "difference",
    Centre.COEFFICIENT: "regression-coefficient",
}
_SPREADS: Final = {Spread.SD, Spread.SE}
_BOUNDS: Final = {Spread.IQR, Spread.RANGE, Spread.CI}
_SHARE_TOLERANCE: Final = 1
"""In percentage points: the group's size may not be the denominator of every row."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A figure as fields of a record; an empty statistic is one that records need not name."""

    value: Any
    statistic: str = ""
    sure: Sureness = "sure"
    why: str = ""
    is_share: bool = False
    """Whether its unit is given by its form, as in 63%."""
    bare: Any = None
    """The count alone, for where nothing says that the figure beside it is a percentage."""


def count_or_measure(figure: TableFigure, size: int | None, *, change: bool) -> Proposal | None:
    """Return what the figures of a group are; None if they have no form that records have.

    ``size`` is the number of people that the header prints, ``change`` whether labels say so.
    """
    entry, declared = figure.entry, figure.statistic
    header = " ".join(figure.column.path)
    if figure.is_count or entry.form in (Form.COUNT_SHARE, Form.RATIO_SHARE):
        if (proposal := _count(figure)) is not None:
            return proposal
    elif _is_share_of(entry, size) and (declared.centre in (None, Centre.SHARE) or "%" in header):
        text = f"{entry.main.text if entry.main else ''} ({_text(entry.second)}%)"
        bare = {"n": whole(entry.main)}
        why = f"a percentage of {size}"
        return Proposal(text, sure="likely", why=why, is_share=True, bare=bare)
    if entry.form is Form.RATIO:
        return _ratio(entry)
    is_measured = entry.form is Form.PLUS_MINUS  # a mean in percent: HbA1c (%)
    if entry.form is Form.SHARE or (declared.centre is Centre.SHARE and not is_measured):
        share = _share(entry)
        return replace(share, statistic="change") if share and change else share
    return _measure(entry, declared, change=change)


def _count(figure: TableFigure) -> Proposal | None:
    count, of, share = figure.count, whole(figure.entry.of), figure.share
    if count is None:
        return None
    head = f"{count}/{of}" if of is not None else str(count)
    bare = {"n": count} if of is None else {"n": count, "of": of}
    if share is not None:
        text = f"{head} ({_text(share)}%)"
        return Proposal(text, why="count and percentage", is_share=True, bare=bare)
    return Proposal(bare, why="count")


def _is_share_of(entry: Entry, size: int | None) -> bool:
    """Whether figures such as 36 (63) are a count and its percentage of the group's size."""
    count = whole(entry.main)
    if entry.form is not Form.PAIR or count is None or entry.second is None or not size:
        return False
    return (
        count <= size and abs(100 * Decimal(count) / size - entry.second.value) < _SHARE_TOLERANCE
    )


def _ratio(entry: Entry) -> Proposal | None:
    count, of = whole(entry.main), whole(entry.of)
    if count is None or of is None or not count <= of:
        return None
    return Proposal({"n": count, "of": of}, sure="likely", why="a count of its base")


def _share(entry: Entry) -> Proposal | None:
    main = entry.share or entry.main
    if main is None or entry.form is Form.PAIR:  # "25 (0.49)" may be a count and its proportion
        return None
    value: dict[str, Any] = {"value": f"{_text(main)}%"}
    if entry.low is not None and entry.high is not None:
        value |= _bounds(entry, Statistic(spread=Spread.CI))
    return Proposal(value if len(value) > 1 else value["value"], why="percentage", is_share=True)


def _measure(entry: Entry, declared: Statistic, *, change: bool) -> Proposal | None:
    if entry.second is not None and entry.low is not None:
        return _measure_twice(entry, declared, change=change)
    is_ci = entry.level is not None or declared.spread is Spread.CI
    if entry.form is Form.NUMBER and declared.spread in _SPREADS and declared.centre is None:
        name = declared.spread.name.lower()
        found = {name: stored(entry.main)} if entry.main else {}
        return Proposal(found, "mean", "likely", "the spread of the mean above") if found else None
    if entry.main is None and (entry.low is None or (is_ci and declared.centre is None)):
        return None  # the interval of a figure that stands elsewhere
    name, sure, why = _name(entry, declared)
    if change and name in ("mean", "median", "value"):
        name = {"value": "change"}.get(name, f"{name}-change")
    value: dict[str, Any] = {"value": stored(entry.main)} if entry.main is not None else {}
    beside, doubt = _beside(entry, declared)
    if doubt:
        sure, why = "unsure", doubt
    value |= beside
    return Proposal(value if len(value) > 1 else value.get("value", value), name, sure, why)


def _measure_twice(entry: Entry, declared: Statistic, *, change: bool) -> Proposal | None:
    """Return a mean with a spread and bounds, 13 (2.2) [5-15], if labels name one of each."""
    inner, outer = declared.spreads & _SPREADS, declared.spreads & _BOUNDS
    if len(inner) != 1 or len(outer) != 1:
        return None
    first = _measure(
        replace(entry, low=None, high=None), replace(declared, spread=min(inner)), change=change
    )
    bounds = _bounds(entry, replace(declared, spread=min(outer)))
    return first and replace(first, value=first.value | bounds)


def _beside(entry: Entry, declared: Statistic) -> tuple[dict[str, Any], str]:
    """Return what stands beside a measurement, and what is in doubt of it."""
    if entry.low is not None:
        bounds = _bounds(entry, declared)
        is_open = "interval" in bounds and entry.main is not None
        return bounds, "two figures beside it, of a kind that no label declares" if is_open else ""
    if entry.second is None:
        return {}, ""
    if entry.form is Form.PAIR and whole(entry.main) is not None and declared.spread is None:
        return {}, "what stands beside it may be a percentage or a spread"
    if entry.second.value < 0:
        return {}, "a negative figure beside it, which is not a spread"
    spread = {Spread.SD: "sd", Spread.SE: "se"}.get(declared.spread or Spread.CI, "spread")
    doubt = "a spread whose kind no label declares" if spread == "spread" else ""
    return {spread: entry.second.value}, doubt


def _name(entry: Entry, declared: Statistic) -> tuple[str, Sureness, str]:
    if declared.centre is Centre.CORRELATION:
        return "correlation", "sure", "labels declare a correlation"
    if declared.centre in (Centre.MEAN, Centre.MEDIAN):
        name = "geometric-mean" if declared.geometric else declared.centre.value
        return name, "sure", f"labels declare a {declared.centre.value}"
    if entry.form is Form.BOUNDS:
        return ("range" if declared.spread is Spread.RANGE else "value"), "likely", "two bounds"
    if declared.spread in (Spread.SD, Spread.SE) or entry.form is Form.PLUS_MINUS:
        return "mean", "likely", "a spread stands beside it"
    if declared.spread is Spread.IQR:
        return "median", "likely", "quartiles stand beside it"
    return "value", "unsure", "no label declares a statistic"


def _bounds(entry: Entry, declared: Statistic) -> dict[str, Any]:
    low, high = entry.low, entry.high
    pair = [low.value if low else None, high.value if high else None]
    if declared.spread in (Spread.IQR, Spread.RANGE):
        return {declared.spread.value.lower(): pair}
    if declared.spread is not Spread.CI and entry.level is None:
        return {"interval": pair}
    return with_level("ci", pair, entry.level.value if entry.level else declared.level)


def with_level(kind: str, pair: Sequence[Decimal | None], level: Decimal | None) -> dict[str, Any]:
    """Return an interval with its level, in the field of the level if records have one.

    >>> pair = [Decimal(1), None]
    >>> with_level("ci", pair, Decimal("97.5")), with_level("cri", pair, Decimal(90))
    ({'ci97.5': [Decimal('1'), None]}, {'cri': [Decimal('1'), None], 'level': Decimal('90')})
    """
    if level is None:
        return {kind: list(pair)}
    name = f"{kind}{level.normalize():f}"
    is_field = name.replace(".", "_") in BOUNDS
    return {name: list(pair)} if is_field else {kind: list(pair), "level": level}


def estimate(
    figure: TableFigure, header: str, *, standardised: bool = False
) -> dict[str, Any] | None:
    """Return the fields of an estimate of a comparison, or None if it is not one."""
    entry, declared = figure.entry, figure.statistic
    if entry.form is Form.OTHER and len(entry.numbers) == 1 and "ref" in entry.text.lower():
        entry = replace(entry, main=entry.numbers[0])  # 1.00 (reference)
    is_interval = entry.form is Form.BOUNDS
    if (entry.main is None and not is_interval) or declared.centre not in _EFFECTS:
        return None
    statistic = _EFFECTS[declared.centre]
    if statistic == "difference" and standardised:
        statistic = "standardised-mean-difference"
    fields: dict[str, Any] = {"statistic": statistic}
    fields |= {"value": stored(entry.main)} if entry.main is not None else {}
    if entry.low is not None:
        ci = Statistic(spread=declared.spread or Spread.CI, level=declared.level)
        fields |= _bounds(entry, ci)
    if entry.p is not None:
        fields["p"] = p_text(entry.p)
    if declared.adjusted:
        fields["adjusted"] = "unadjusted" not in header.lower()
    return fields


def interval(figure: TableFigure) -> dict[str, Any]:
    """Return the bounds that a cell of its own gives for the estimate beside it."""
    ci = Statistic(spread=figure.statistic.spread or Spread.CI, level=figure.statistic.level)
    return _bounds(figure.entry, ci) if figure.entry.form is Form.BOUNDS else {}


def p_text(number: Number) -> str:
    """Return a p-value with its operator, as records have it."""
    return f"{_operator(number) or '='}{number.value:f}"


def stored(number: Number) -> Decimal | str:
    """Return a number as records have it: with its operator if it has one."""
    operator = _operator(number)
    return f"{operator}{number.value:f}" if operator else number.value


def _operator(number: Number) -> str:
    return number.operator.replace("=", "")


def _text(number: Number | None) -> str:
    return f"{_operator(number)}{number.value:f}" if number is not None else ""
