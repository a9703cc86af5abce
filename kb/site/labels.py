"""Text for figures, times, comparisons, doses and dates, with the labels of the vocabulary."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final, NamedTuple

from kb.model import Claim, ComparisonResult, DoseStep, Figure, Measure, Publication, interval_level
from kb.records.vocabulary import Vocabulary
from kb.sources.verify import VerificationState

STATES: Final = {
    VerificationState.VERIFIED: ("checked", "verified: found in the source, at its place"),
    VerificationState.FAILED: ("not found", "failed: not found in the source, at its place"),
    VerificationState.NOT_CHECKED: ("not checked", "not checked"),
    VerificationState.SOURCE_UNAVAILABLE: ("not checked", "not checked: source unavailable"),
    VerificationState.NOTED: (
        "noted",
        "noted from a summary of the source, not checked in its text",
    ),
}
"""The word for each state, and what it means."""

BOUNDS: Final = {
    "range": "range ",
    "iqr": "IQR ",
    "interval": "",
    "ci": "CI, level not stated, ",
    "cri": "CrI, level not stated, ",
}
_SELF_EVIDENT: Final = frozenset(
    {"percentage", "value", "frequency", "p-value", "direction", "date"}
)
"""Statistics that a figure shows by itself, so that tables do not name them."""


_NOTATION: Final = re.compile(r"\b[A-Z0-9]+(?:_[A-Z0-9]+)+\b")
"""What can only be the notation of an endpoint, within the words of a category."""


class Part(NamedTuple):
    """A piece of displayed text with its kind: figure, p, estimate or words."""

    kind: str
    text: str


class Labels:
    """Writes parts of the model for readers, with the labels of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def label(self, scheme: str, notation: str) -> str:
        """Return the label of a concept, or the notation itself where it has none."""
        terms = self.vocabulary.schemes.get(scheme, {})
        return terms[notation].label if notation in terms else notation

    def figure(self, figure: Figure, with_unit: bool = True) -> str:
        """Write a figure as a reader expects it: ``36/57 (63%)``, ``34 years (range 15–64)``."""
        if figure.text_value:
            return self.label("word", figure.text_value)
        if figure.date or figure.date_from or figure.date_to:
            return dates(figure)
        point, count, bounds = self._point(figure, with_unit), _count(figure), _bounds(figure)
        if point and not count and figure.denominator is not None:
            return f"{point}{bounds} of {figure.denominator}"
        if count and point:
            return f"{count} ({point}{bounds})" if "%" in point else point
        tail = bounds.lstrip(", ")
        return (count or point) + (f" ({tail})" if tail and point else tail)

    def _point(self, figure: Figure, with_unit: bool) -> str:
        text = f"{figure.operator}{figure.digits}" if figure.value is not None else ""
        if not text and figure.bounds:
            text = bounds_text(figure)
        unit = self.unit(figure.unit)
        if not text or unit == "%":
            return text and f"{text}%"
        return f"{text} {_singular(unit) if text == '1' else unit}".rstrip() if with_unit else text

    def unit(self, notation: str) -> str:
        """Return a unit as it is written after a figure; a pure number has none."""
        return "" if notation == "1" else notation

    def time(self, measure: Measure) -> str:
        """Write a time with the labels of events and treatments: ``after the second cycle``."""
        return self.vocabulary.time_text(measure.time)

    def statistic(self, notation: str) -> str:
        """Return the label of a statistic, or "" where the figure shows it by itself."""
        if notation == "count":
            return "number"
        return "" if notation in _SELF_EVIDENT else self.label("statistic", notation)

    def measure(self, claim: Claim, unit: str = "") -> str:
        """Write what is measured of an endpoint: category, statistic with unit, time."""
        measure = claim.measure
        category = measure.category
        if claim.kind == "definition" and self.vocabulary.knows("endpoint", category):
            category = self.label("endpoint", category)
        category = _NOTATION.sub(lambda word: self.label("endpoint", word[0]), category)
        statistic = ", ".join(filter(None, (self.statistic(measure.statistic), unit)))
        return dotted(category, statistic, self.time(measure), *self.subject(measure))

    def subject(self, measure: Measure) -> tuple[str, str]:
        """Return the labels of the regimen and population that a measure names itself."""
        return self.label("regimen", measure.regimen), self.label("population", measure.population)

    def comparison(self, claim: Claim, group: str = "", comparator: str = "") -> Iterator[Part]:
        """Yield the parts of a comparison: ``p``, ``estimate`` and ``words``.

        Args:
            claim: the comparison.
            group: the name of the group, or of both where its row shows which they are.
            comparator: the name of the comparator, or "".
        """
        result = claim.result
        if result.p_printed:
            yield Part("p", self._p(result))
        if estimate := self.figure(claim.figure):
            yield Part("estimate", f"{self.label('statistic', claim.measure.statistic)} {estimate}")
        if claim.measure.adjustment:
            yield Part("words", dotted(claim.measure.adjustment, result.adjusted_for))
        pair = f"{group} vs {comparator}" if comparator else group
        if result.direction:
            yield Part(
                "words", ": ".join(filter(None, (pair, self.label("word", result.direction))))
            )
        elif comparator:
            yield Part("words", pair)
        if result.significance and not result.p_printed:
            yield Part("words", self.label("word", result.significance))

    def _p(self, result: ComparisonResult) -> str:
        """Write a p-value with what it tests and its sides, where these are printed."""
        of = f" for {self.label('word', result.p_for)}" if result.p_for else ""
        if result.p_printed == "ns":
            return f"p{of} not significant"
        value = re.sub("^([=<>≤≥~])", r"\1 ", result.p_printed)
        sides = {1: " (one-sided)", 2: " (two-sided)"}.get(result.sides or 0, "")
        return f"p{of} {value}{sides}"


def context(claim: Claim) -> str:
    """Write the analysis set and the data cut that the source names for a figure.

    >>> context(
    ...     Claim(
    ...         "x",
    ...         "x",
    ...         "result",
    ...         "median",
    ...         Measure("t", "all", "OS", "median"),
    ...         "s",
    ...         "1",
    ...         "7.7",
    ...         analysis_set="as treated",
    ...         data_cut="2016-03",
    ...     )
    ... )
    'analysis set: as treated · data cut: March 2016'
    """
    cut = f"data cut: {date(claim.data_cut)}" if claim.data_cut else ""
    return dotted(f"analysis set: {claim.analysis_set}" if claim.analysis_set else "", cut)


def dotted(*parts: str) -> str:
    """Join the parts that are not empty.

    >>> dotted("grade 3", "", "at 2 years")
    'grade 3 · at 2 years'
    """
    return " · ".join(filter(None, parts))


def listing(words: Iterable[str], most: int = 15) -> str:
    """Return words with commas; of a long list the first ones, and how many more there are.

    >>> listing(["A", "B"]), listing("ABCD", 2)
    ('A, B', 'A, B and 2 more')
    """
    every = list(words)
    more = len(every) - most
    return ", ".join(every) if more <= 1 else f"{', '.join(every[:most])} and {more} more"


def short_citation(publication: Publication) -> str:
    """Name a publication by its first author and year, as in running text.

    >>> short_citation(Publication("x", "Van Dyke D, et al. Blood 2020;1:2", "", year=2020))
    'Van Dyke 2020'
    """
    author = re.split(r" (?=[A-Z]{1,3}\b)|[,.:]", publication.citation, maxsplit=1)[0]
    return " ".join(filter(None, (author[:40], str(publication.year or ""))))


def _singular(unit: str) -> str:
    """Return the singular of a unit of things or time; rates such as per 100 person-years stay."""
    return unit if " " in unit else re.sub("ies$", "y", unit).removesuffix("s")


def _count(figure: Figure) -> str:
    """A count is written before its proportion, but not before a value that is the count."""
    if figure.numerator is None:
        return ""
    if figure.denominator is not None:
        return f"{figure.numerator}/{figure.denominator}"
    return str(figure.numerator) if figure.unit == "%" else ""


def bounds_text(figure: Figure) -> str:
    """Write two bounds; one without a value was printed as not reached or not estimable.

    >>> bounds_text(Figure(low=Decimal("1.5"), bounds="ci95"))
    '1.5–not reached'
    """
    return "–".join(number(end) or "not reached" for end in (figure.low, figure.high))


def bounds_label(bounds: str) -> str:
    """Return what precedes two bounds of a kind.

    >>> bounds_label("ci97.5"), bounds_label("iqr")
    ('97.5% CI ', 'IQR ')
    """
    level = interval_level(bounds)
    if level is None:
        return BOUNDS.get(bounds, "")
    return f"{level}% {'CrI' if bounds.startswith('cri') else 'CI'} "


def _bounds(figure: Figure) -> str:
    if figure.bounds and figure.value is not None:
        return f", {bounds_label(figure.bounds)}{bounds_text(figure)}"
    if figure.dispersion is None:
        return ""
    return f", {figure.dispersion_kind.upper()} {number(figure.dispersion)}".replace("  ", " ")


def number(value: Decimal | None) -> str:
    """Write a number with the digits it has, and nothing for None.

    >>> number(Decimal("7.70"))
    '7.70'
    """
    return "" if value is None else f"{value:f}"


def dates(figure: Figure) -> str:
    """Write a date or a period.

    >>> dates(Figure(date="2017-08"))
    'August 2017'
    """
    period = (figure.date,) if figure.date else (figure.date_from, figure.date_to)
    return " to ".join(map(date, filter(None, period)))


def date(iso: str) -> str:
    """Write a date of a year, a month or a day.

    >>> date("2017-08-04")
    '4 August 2017'
    """
    if not iso:
        return ""
    year, month, day = (*iso.split("-"), "", "")[:3]
    return f"{day.lstrip('0')} {month_name[int(month or 0)]} {year}".strip()


def dose(step: DoseStep) -> str:
    """Write the amount of one step of a regimen.

    >>> dose(DoseStep(1, "x", amounts=(Decimal(9), Decimal(28)), unit="µg/day"))
    '9 / 28 µg/day'
    """
    amount = number(step.amount) or " / ".join(map(number, step.amounts))
    reduction = f"reduced by {number(step.reduction)}%" if step.reduction is not None else ""
    return ", ".join(filter(None, (f"{amount} {step.unit}".strip(), reduction)))


def sentence(text: str) -> str:
    """Begin with a capital, unless the second letter shows that the case means something.

    >>> sentence("overall survival"), sentence("pH of blood")
    ('Overall survival', 'pH of blood')
    """
    keep = len(text) > 1 and not text[1].islower() and text[1] not in " -"
    return text if keep else text[:1].upper() + text[1:]
