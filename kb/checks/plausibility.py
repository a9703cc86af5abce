"""Plausibility: values outside what their unit or their endpoint allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.thresholds import in_unit
from kb.checks.wording import figure_text, place
from kb.model import Claim

FACTORS: Final[Mapping[str, Mapping[str, Decimal]]] = {
    "cell-concentration": {
        "10*9/L": Decimal(1),
        "/uL": Decimal("0.001"),
        "/mL": Decimal("0.000001"),
    },
    "time": {
        "a": Decimal(12),
        "mo": Decimal(1),
        "wk": Decimal(7) / Decimal("30.4375"),
        "d": 1 / Decimal("30.4375"),
        "h": 1 / Decimal("730.5"),
    },
    "share": {"%": Decimal(1)},
    "dimensionless": {"1": Decimal(1)},
}
"""UCUM codes of the units of one kind of quantity, and their size in its first unit."""
POINTS: Final = frozenset({"median", "mean", "value", "duration"})
_ENDS: Final = ("plausibleLow", "plausibleHigh")


def plausible(value: Decimal, operator: str, low: Decimal, high: Decimal) -> Outcome:
    """Judge a value, or everything that an inequality allows, against a range.

    >>> plausible(Decimal("0.03"), "<", Decimal("0.1"), Decimal(1000)).value
    'inconsistent'
    >>> plausible(Decimal(101), "", Decimal(0), Decimal(100)).value
    'inconsistent'
    """
    below = value < low or (value == low and operator == "<")
    above = value > high or (value == high and operator == ">")
    if (below and operator not in (">", "≥")) or (above and operator not in ("<", "≤")):
        return Outcome.INCONSISTENT
    return Outcome.NOT_ENOUGH if below or above else Outcome.CONSISTENT


class Range(NamedTuple):
    """What a value may be, in a unit, and what it is a value of."""

    low: Decimal
    high: Decimal
    unit: str
    subject: str


def implausible(context: CheckContext, claim: Claim) -> Iterator[Discrepancy]:
    """Check a figure and its bounds against what its unit and its endpoint allow."""
    figure = claim.figure
    values = [(v, "") for v in (figure.low, figure.high) if v is not None]
    if figure.value is not None:
        values.insert(0, (figure.value, figure.operator))
    for low, high, unit, subject in _ranges(context, claim):
        factor = _factor(context, figure.unit, unit)
        for value, operator in values if factor is not None else ():
            scaled = value * (factor or 1)
            if plausible(scaled, operator, low, high) is Outcome.INCONSISTENT:
                is_bound = (value, operator) != (figure.value, figure.operator)
                printed = in_unit(value, figure.unit) if is_bound else figure_text(claim)
                what = f"{printed}, a bound of {figure_text(claim)}," if is_bound else printed
                message = (
                    f"{what} is not plausible for {subject}, which ranges from {low} to {high} "
                    f"{unit} ({place(claim)})."
                )
                same = "" if figure.unit == unit else f" = {scaled.normalize():f} {unit}"
                computation = f"{printed}{same}, outside {low} to {high} {unit}"
                yield Discrepancy.of_endpoint(
                    "implausible-value", Severity.MATERIAL, message, [claim], computation
                )
                return


def _ranges(context: CheckContext, claim: Claim) -> Iterator[Range]:
    vocabulary, unit = context.vocabulary, claim.figure.unit
    if vocabulary.knows("unit", unit):
        term = vocabulary.get("unit", unit)
        yield from _declared([term.first(name) for name in _ENDS], unit, f"a value in {unit}")
    if claim.kind != "comparison" and claim.statistic in POINTS:
        yield from range_of_endpoint(context, claim)


def range_of_endpoint(context: CheckContext, claim: Claim) -> Iterator[Range]:
    """Yield what a value of the endpoint of a claim may be, in which unit, if that is declared."""
    vocabulary, endpoint = context.vocabulary, claim.measure.endpoint
    ends = [vocabulary.inherited("endpoint", endpoint, name) for name in _ENDS]
    declared = vocabulary.inherited_links("endpoint", endpoint, "plausibleUnit")
    unit = next(iter(declared), _first_unit(context, claim.figure.unit))
    yield from _declared(ends, unit, context.describe.endpoint(endpoint))


def _declared(ends: Sequence[str], unit: str, subject: str) -> Iterator[Range]:
    if not any(ends) or not unit:
        return
    with suppress(InvalidOperation):  # the shapes of the ontology report what is not a number
        low, high = Decimal(ends[0] or "-Infinity"), Decimal(ends[1] or "Infinity")
        yield Range(low, high, unit, subject)


def _first_unit(context: CheckContext, unit: str) -> str:
    """Return the unit in which a range without one is declared: the first of its kind."""
    known = size_of_unit(context, unit)
    if known is None:
        return unit
    code = next(iter(FACTORS[known[0]]))
    terms = context.vocabulary.schemes.get("unit", {}).values()
    return next((term.notation for term in terms if term.first("ucum") == code), unit)


def _factor(context: CheckContext, unit: str, wanted: str) -> Decimal | None:
    """Return the size of a unit in another; None when the two measure different things."""
    if unit == wanted:
        return Decimal(1)
    one, other = size_of_unit(context, unit), size_of_unit(context, wanted)
    if one is None or other is None or one[0] != other[0]:
        return None
    return one[1] / other[1]


def size_of_unit(context: CheckContext, unit: str) -> tuple[str, Decimal] | None:
    """Return the quantity that a unit measures, and its size in the first unit of that quantity."""
    if not context.vocabulary.knows("unit", unit):
        return None
    term = context.vocabulary.get("unit", unit)
    quantity = term.first("quantityKind")
    factor = FACTORS.get(quantity, {}).get(term.first("ucum"))
    return None if factor is None else (quantity, factor)
