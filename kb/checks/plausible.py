"""Values that cannot be: outside what their unit, their endpoint or the ontology allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final

from kb.checks.finding import CheckContext, Discrepancy, Outcome, Severity
from kb.checks.groups import FREQUENCY
from kb.checks.wording import Saying, figure, place
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
"""UCUM codes of the units of one kind of quantity, and their worth in its first unit."""
POINTS: Final = frozenset({"median", "mean", "value", "duration"})
_ENDS: Final = ("-Infinity", "Infinity")


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


def impossible(material: CheckContext, say: Saying, claim: Claim) -> Iterator[Discrepancy]:
    """Check a figure and its bounds against what its unit and its endpoint allow."""
    found = claim.figure
    values = [(v, "") for v in (found.low, found.high) if v is not None]
    if found.value is not None:
        values.insert(0, (found.value, found.operator))
    for low, high, unit, why in _limits(material, say, claim):
        factor = _factor(material, found.unit, unit)
        for value, operator in values if factor is not None else ():
            scaled = value * (factor or 1)
            if plausible(scaled, operator, low, high) is Outcome.INCONSISTENT:
                scaled_to = f"{scaled.normalize():f} {unit}"
                yield Discrepancy(
                    "implausible-value",
                    Severity.MATERIAL,
                    f"{figure(claim)} is not plausible for {why}, which is from {low} to {high} "
                    f"{unit} ({place(claim)}).",
                    (claim,),
                    f"{figure(claim)} = {scaled_to}, outside {low} to {high} {unit}",
                    claim.measure.endpoint,
                )
                return


def _limits(
    material: CheckContext, say: Saying, claim: Claim
) -> Iterator[tuple[Decimal, Decimal, str, str]]:
    measure, unit = claim.measure, claim.figure.unit
    vocabulary = material.vocabulary
    if measure.statistic == FREQUENCY and unit == "%":
        yield Decimal(0), Decimal(100), unit, "a share of a group"
    if vocabulary.knows("unit", unit):
        limits = [vocabulary.get("unit", unit).first(f"plausible{end}") for end in ("Low", "High")]
        yield from _limit(limits, unit, f"a value in {unit}")
    if claim.kind == "comparison" or claim.statistic not in POINTS:
        return
    names = ("plausibleLow", "plausibleHigh")
    ends = [vocabulary.inherited("endpoint", measure.endpoint, name) for name in names]
    declared = vocabulary.inherited_links("endpoint", measure.endpoint, "plausibleUnit")
    yield from _limit(
        ends, next(iter(declared), _first_unit(material, unit)), say.endpoint(measure.endpoint)
    )


def _limit(ends: Sequence[str], unit: str, why: str) -> Iterator[tuple[Decimal, Decimal, str, str]]:
    if not any(ends) or not unit:
        return
    try:
        low, high = (Decimal(text or default) for text, default in zip(ends, _ENDS, strict=True))
    except InvalidOperation:
        return  # the shapes of the ontology say so; a check is not the place
    yield low, high, unit, why


def _first_unit(material: CheckContext, unit: str) -> str:
    """Return the unit in which a range without one is declared: the first of its kind."""
    known = worth(material, unit)
    if known is None:
        return unit
    code = next(iter(FACTORS[known[0]]))
    terms = material.vocabulary.schemes.get("unit", {}).values()
    return next((term.notation for term in terms if term.first("ucum") == code), unit)


def _factor(material: CheckContext, unit: str, wanted: str) -> Decimal | None:
    """Return what a unit is worth in another; None when the two measure different things."""
    if unit == wanted:
        return Decimal(1)
    one, other = worth(material, unit), worth(material, wanted)
    if one is None or other is None or one[0] != other[0]:
        return None
    return one[1] / other[1]


def worth(material: CheckContext, unit: str) -> tuple[str, Decimal] | None:
    """Return what a unit measures and what it is worth in the first unit of that kind."""
    if not material.vocabulary.knows("unit", unit):
        return None
    term = material.vocabulary.get("unit", unit)
    quantity = term.first("quantityKind")
    factor = FACTORS.get(quantity, {}).get(term.first("ucum"))
    return None if factor is None else (quantity, factor)
