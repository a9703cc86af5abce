"""Plain words for what the model holds: figures, times, comparisons, doses and groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kb.model import Claim, DoseStep, Figure, Measure, Publication
from kb.records.vocabulary import Vocabulary
from kb.sources.verify import VerificationState

STATES: Final = {
    VerificationState.VERIFIED: ("✓", "verified: the print stands at its place in the source"),
    VerificationState.FAILED: ("✗", "failed: the print was not found at its place"),
    VerificationState.NOT_CHECKED: ("○", "not checked"),
    VerificationState.SOURCE_UNAVAILABLE: ("–", "source unavailable"),
}
"""The mark of each state, and what it means."""

BOUNDS: Final = {
    "range": "range ",
    "iqr": "IQR ",
    "interval": "",
    "ci95": "95% CI ",
    "ci97.5": "97.5% CI ",
    "cri95": "95% CrI ",
}
_SILENT: Final = frozenset({"percentage", "value", "frequency", "p-value", "direction", "date"})
_MONTHS: Final = (
    "January February March April May June July August September October November December"
)


class Words:
    """Says things in the words of the vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary whose labels are used."""
        self.vocabulary = vocabulary

    def label(self, scheme: str, notation: str) -> str:
        """Return the label of a concept, or the notation itself when there is none."""
        known = self.vocabulary.schemes.get(scheme, {})
        return known[notation].label if notation in known else notation

    def figure(self, figure: Figure, with_unit: bool = True) -> str:
        """Write a figure as a reader expects it: ``36/57 (63%)``, ``34 years (range 15–64)``."""
        if figure.text_value:
            return self.label("word", figure.text_value)
        if figure.date or figure.date_from or figure.date_to:
            return dates(figure)
        point = self._point(figure, with_unit)
        count = _count(figure)
        if point and not count and figure.denominator is not None:
            return f"{point}{_bounds(figure)} of {figure.denominator}"
        if count and point:
            return f"{count} ({point}{_bounds(figure)})" if "%" in point else point
        tail = f" ({tail})" if (tail := _bounds(figure).lstrip(", ")) and point else tail
        return (count or point) + tail

    def _point(self, figure: Figure, with_unit: bool) -> str:
        text = f"{figure.operator}{figure.digits}" if figure.value is not None else ""
        unit = self.unit(figure.unit)
        if not text and figure.bounds:
            return _unit_after(_pair(figure), unit, with_unit)
        return _unit_after(text, unit, with_unit) if text else ""

    def unit(self, notation: str) -> str:
        """Return a unit as it is written after a figure; a pure number has none."""
        return "" if notation == "1" else notation

    def time(self, measure: Measure) -> str:
        """Say when, with the labels of events and treatments: ``after the second cycle``."""
        said = (f"{word} {self._moment(what)}" for word, what in measure.time.parts().items())
        return ", ".join(said)

    def _moment(self, what: str) -> str:
        for scheme in ("event", "regimen", "drug"):
            if self.vocabulary.knows(scheme, what):
                return self.label(scheme, what)
        return what

    def statistic(self, notation: str) -> str:
        """Return the label of a statistic, or "" when the figure shows it by itself."""
        if notation == "count":
            return "number"
        return "" if notation in _SILENT else self.label("statistic", notation)

    def measure(self, claim: Claim, unit: str = "") -> str:
        """Say what is measured beside the endpoint: category, statistic with unit, time."""
        measure = claim.measure
        statistic = self.statistic(measure.statistic)
        statistic = ", ".join(filter(None, (statistic, unit)))
        about = (
            self.label("regimen", measure.regimen) if measure.regimen else "",
            self.label("population", measure.population) if measure.population else "",
        )
        category = measure.category
        if claim.kind == "definition" and self.vocabulary.knows("endpoint", category):
            category = self.label("endpoint", category)
        return " · ".join(filter(None, (category, statistic, self.time(measure), *about)))

    def verdict(self, claim: Claim, of: str, versus: str) -> Iterator[tuple[str, str]]:
        """Yield the parts of a comparison with their kind: ``p``, ``estimate`` or ``words``.

        ``of`` and ``versus`` name the groups; ``versus`` is "" where the row names both.
        """
        result, statistic = claim.result, claim.measure.statistic
        if result.p_printed:
            yield (
                "p",
                "p not significant" if result.p_printed == "ns" else f"p {_p(result.p_printed)}",
            )
        if estimate := self.figure(claim.figure):
            yield "estimate", f"{self.label('statistic', statistic)} {estimate}"
        pair = f"{of} vs {versus}" if versus else of
        if result.direction:
            yield "words", ": ".join(filter(None, (pair, self.label("word", result.direction))))
        elif versus:
            yield "words", pair
        if result.significance and not result.p_printed:
            yield "words", self.label("word", result.significance)


def short_citation(publication: Publication) -> str:
    """Name a publication by its first author and year, as in running text.

    >>> short_citation(Publication("x", "Van Dyke D, et al. Blood 2020;1:2", "", year=2020))
    'Van Dyke 2020'
    """
    author = re.split(r" (?=[A-Z]{1,3}\b)|[,.:]", publication.citation, maxsplit=1)[0]
    return " ".join(filter(None, (author[:40], str(publication.year or ""))))


def _unit_after(text: str, unit: str, with_unit: bool) -> str:
    if not unit or (unit != "%" and not with_unit):
        return text
    return f"{text}%" if unit == "%" else f"{text} {unit}"


def _count(figure: Figure) -> str:
    """A count stands before its share; a number of people that is the value itself does not."""
    if figure.numerator is None:
        return ""
    if figure.denominator is not None:
        return f"{figure.numerator}/{figure.denominator}"
    return str(figure.numerator) if figure.unit == "%" else ""


def _pair(figure: Figure) -> str:
    """Two bounds; an end without a figure was printed as not reached or not estimable."""
    ends = (figure.low, figure.high)
    return "–".join("not reached" if end is None else number(end) for end in ends)


def _bounds(figure: Figure) -> str:
    if figure.bounds and figure.value is not None:
        return f", {BOUNDS.get(figure.bounds, '')}{_pair(figure)}"
    return f", {number(figure.dispersion)}" if figure.dispersion is not None else ""


def _p(printed: str) -> str:
    return f"{printed[0]} {printed[1:]}" if printed[0] in "=<>≤≥~" else printed


def number(value: Decimal | None) -> str:
    """Write a number with the digits it has.

    >>> number(Decimal("7.70"))
    '7.70'
    """
    return "" if value is None else f"{value:f}"


def dates(figure: Figure) -> str:
    """Write a date or a period.

    >>> dates(Figure(date="2017-08"))
    'August 2017'
    """
    if figure.date:
        return _date(figure.date)
    return " to ".join(map(_date, filter(None, (figure.date_from, figure.date_to))))


def _date(text: str) -> str:
    year, *rest = text.split("-")
    month = _MONTHS.split()[int(rest[0]) - 1] if rest else ""
    day = str(int(rest[1])) if len(rest) > 1 else ""
    return " ".join(filter(None, (day, month, year)))


def dose(step: DoseStep) -> str:
    """Write the amount of one step of a regimen.

    >>> dose(DoseStep(1, "x", amounts=(Decimal(9), Decimal(28)), unit="µg/day"))
    '9 / 28 µg/day'
    """
    amount = number(step.amount) or " / ".join(map(number, step.amounts))
    text = " ".join(filter(None, (amount, step.unit)))
    reduced = f"reduced by {number(step.reduction)}%" if step.reduction is not None else ""
    return ", ".join(filter(None, (text, reduced)))


def sentence(text: str) -> str:
    """Begin with a capital, unless the second letter shows that the case means something.

    >>> sentence("overall survival"), sentence("pH of blood")
    ('Overall survival', 'pH of blood')
    """
    keep = len(text) > 1 and not text[1].islower() and text[1] not in " -"
    return text if keep else text[:1].upper() + text[1:]
