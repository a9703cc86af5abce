"""From claims to the rows of plots: one row for each measure, with all its prints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from kb.analysis.intervals import LEVELS, Derived, counts, share, sizes_of
from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.model import WHOLE, Claim, Figure, Measure
from kb.site.charts.drawing import Mark
from kb.site.context import PageContext, collect
from kb.site.labels import BOUNDS, number
from kb.site.tables.figures import DisplayedFigure, shown_figures

_PARTS: Final = ("whole", "arm", "cohort", "analysis-set")


@dataclass(frozen=True)
class PlotRow:
    """A measure with its prints: those that agree together, and what was derived of each."""

    measure: Measure
    shown: tuple[DisplayedFigure, ...]
    derived: tuple[Derived | None, ...]
    people: tuple[int | None, ...]

    def methods(self) -> tuple[str, ...]:
        """Say how the intervals were derived that are shown: those beside no printed one."""
        return tuple(
            derived.method
            for at, derived in enumerate(self.derived)
            if derived is not None and not any(figure.bounds for figure in self.figures(at))
        )

    def figures(self, at: int) -> list[Figure]:
        """Return the figures that one mark stands for."""
        return [found.claim.figure for found in self.shown[at].claims]


class PlotData:
    """Reads the claims of a site as measures."""

    def __init__(self, site: PageContext) -> None:
        """Take the site whose words and groups are used."""
        self.site = site
        self.settings = site.settings["plots"]

    def read(self, found: Iterable[ClaimView], prefix: str) -> list[PlotRow]:
        """Gather claims by their measure, in the order of studies and groups."""
        by_measure = collect((one.claim.measure, one) for one in found)
        return [
            self._same_reading(measure, by_measure[measure], prefix)
            for measure in sorted(by_measure, key=self.order)
        ]

    def order(self, measure: Measure) -> tuple[object, ...]:
        """Sort key of measures: by study, group, endpoint and what else tells them apart."""
        place = self._places[measure.study, measure.group]
        about = (measure.category, str(measure.time), measure.regimen, measure.population)
        return (*place, self.site.endpoint_order[measure.endpoint], *about, measure.comparator)

    @cached_property
    def _places(self) -> Mapping[tuple[str, str], tuple[int, int]]:
        return {
            (study, group.id): (at, order)
            for at, study in enumerate(self.site.studies)
            for order, group in enumerate(self.site.groups_of(study))
        }

    def _same_reading(self, measure: Measure, found: Sequence[ClaimView], prefix: str) -> PlotRow:
        key = ("reading", prefix, *(one.iri for one in found))
        return self.site.once(key, lambda: self._reading(measure, found, prefix))

    def _reading(self, measure: Measure, found: Sequence[ClaimView], prefix: str) -> PlotRow:
        shown = shown_figures(found, self.site.words, with_unit=True, prefix=prefix)
        shown.sort(key=lambda one: (-_weight(one), one.text))
        derived, people = [], []
        for one in shown:
            claims = [f.claim for f in one.claims]
            sizes = self._sizes_for(claims)
            counted = None if self._is_estimate(measure) else counts(claims, sizes)
            derived.append(share(claims, sizes) if counted else None)
            people.append(counted.of if counted else _whole(claims))
        return PlotRow(measure, tuple(shown), tuple(derived), tuple(people))

    def _is_estimate(self, measure: Measure) -> bool:
        """A share without an event at a time is estimated with those lost before: no count."""
        return self.site.top(measure.endpoint) in self.settings["by_time"]

    def _sizes_for(self, claims: Sequence[Claim]) -> list[Claim]:
        measure = claims[0].measure
        return sizes_of(self._sizes.get((measure.study, measure.group), ()), claims[0].source)

    @cached_property
    def _sizes(self) -> Mapping[tuple[str, str], list[Claim]]:
        named = self.site.settings["size"]
        sizes = (f.claim for f in self.site.claims if f.claim.measure.endpoint == named)
        return collect(((claim.study, claim.measure.group), claim) for claim in sizes)

    # --- what a claim is a figure of ---------------------------------------------------------

    def is_share(self, claim: Claim) -> bool:
        """Whether a claim says how many of a group, or which share of it."""
        measure, figure = claim.measure, claim.figure
        merged = self.site.vocabulary.get("statistic", measure.statistic).first("isOneMeasure")
        unit = figure.unit == self.site.settings["people"] or self._quantity(figure) == "share"
        plain = claim.kind == "result" and not measure.comparator
        return merged == "true" and unit and plain and not self.is_size(claim)

    def is_size(self, claim: Claim) -> bool:
        """Whether a claim says how many people there are."""
        return bool(claim.measure.endpoint == self.site.settings["size"])

    def is_median_time(self, claim: Claim) -> bool:
        """Whether a claim gives a median time, or says that it was not reached."""
        if claim.measure.statistic != "median" or claim.measure.comparator:
            return False
        figure = claim.figure
        is_time = figure.value is not None and self._quantity(figure) == "time"
        return is_time or figure.text_value == self.settings["beyond"]

    def is_ratio(self, claim: Claim) -> bool:
        """Whether a claim compares two groups by a ratio with a figure."""
        term = self.site.vocabulary.get("statistic", claim.measure.statistic)
        compared = bool(claim.measure.comparator) and claim.figure.value is not None
        return compared and "ratio" in (term.notation, *term.broader)

    def _quantity(self, figure: Figure) -> str:
        units = self.site.vocabulary.schemes.get("unit", {})
        return units[figure.unit].first("quantityKind") if figure.unit in units else ""

    # --- whom it is about --------------------------------------------------------------------

    def is_main(self, measure: Measure) -> bool:
        """Whether a figure is about whole arms, cohorts or studies, and about all of a kind."""
        groups = filter(None, (measure.group, measure.comparator))
        return not measure.category and all(self._is_whole(measure.study, g) for g in groups)

    def _is_whole(self, study: str, name: str) -> bool:
        group = self.site.groups[study, name]
        return group.kind in _PARTS and (not group.within or self._is_whole(study, group.within))

    def is_among(self, measure: Measure) -> bool:
        """Whether a figure is about those of a whole arm who meet a criterion of its own kind."""
        group = self.site.groups[measure.study, measure.group]
        if measure.category or not group.who_endpoint or group.who_category or measure.comparator:
            return False
        tops = {self.site.top(e) for e in (measure.endpoint, group.who_endpoint)}
        known = len(tops) == 1 and tops <= set(self.settings["among"])
        return known and self._is_whole(measure.study, group.within)

    def who(self, study: str, name: str) -> str:
        """Name a group: a whole study by what was given in it."""
        regimen = self.site.studies[study].regimen
        if name == WHOLE and regimen:
            return self.site.words.label("regimen", regimen)
        return self.site.who(study, name)

    def label(self, measure: Measure, with_time: bool = True) -> str:
        """Say whom a row is about, when, and what else tells it from other rows."""
        words = self.site.words
        who = self.who(measure.study, measure.group)
        if measure.comparator:
            who = f"{who} vs {self.who(measure.study, measure.comparator)}"
        time = measure.time if with_time else replace(measure.time, at="")
        parts = (
            who,
            measure.category,
            words.time(replace(measure, time=time)),
            words.label("regimen", measure.regimen) if measure.regimen else "",
            words.label("population", measure.population) if measure.population else "",
        )
        return " · ".join(filter(None, parts))

    def population(self, measure: Measure) -> str:
        """Return the population of the group, or of the nearest wider one that has one."""
        group = self.site.groups[measure.study, measure.group]
        while not group.population and group.within:
            group = self.site.groups[measure.study, group.within]
        return group.population or self.site.studies[measure.study].population


# --- what is drawn and written -----------------------------------------------------------------


def share_mark(reading: PlotRow, at: int) -> Mark | None:
    """Draw a share as printed, else as counted; its interval as printed, else as derived."""
    mark = printed_mark(reading, at)
    derived = reading.derived[at]
    if derived is None:
        return mark
    if mark is None:
        mark = Mark(100 * derived.value)
    if mark.low is None and mark.high is None:
        mark = replace(mark, low=100 * derived.low, high=100 * derived.high, derived=True)
    return replace(mark, of=reading.people[at])


def printed_mark(reading: PlotRow, at: int, unit: str = "%", beyond: str = "") -> Mark | None:
    """Draw a figure with its bounds as they are printed; None when there is nothing to place."""
    figures = [f for f in reading.figures(at) if f.unit == unit]
    value = next((f.value for f in figures if f.value is not None), None)
    bounds = next((f for f in figures if f.bounds), None)
    is_beyond = bool(beyond) and any(f.text_value == beyond for f in reading.figures(at))
    if value is None and bounds is None:
        return Mark(None, beyond=True) if is_beyond else None
    low, high = (bounds.low, bounds.high) if bounds else (None, None)
    return Mark(
        _float(value),
        _float(low),
        _float(high),
        is_open=bool(bounds and bounds.high is None),
        beyond=is_beyond and value is None,
        is_range=bool(bounds and bounds.bounds not in LEVELS),
    )


def is_drawn(one: DisplayedFigure, before: Sequence[DisplayedFigure]) -> bool:
    """A print that only rounds another, or that a judgement sets aside, is written, not drawn."""
    return (one.differs or not before) and one.standing is not ClaimStatus.SET_ASIDE


def sign(one: DisplayedFigure, at: int) -> str:
    """Return what stands before a figure: set aside, disputed, or unlike the one above it."""
    if one.standing is ClaimStatus.SET_ASIDE:
        return "⊘ "
    if one.standing is ClaimStatus.DISPUTED:
        return "▲ "
    return "≠ " if at and one.differs else ""


def point_text(one: DisplayedFigure, site: PageContext, unit: str) -> str:
    """Write the fullest print of a mark without its bounds, and without the plot's own unit."""
    bare = (replace(f.claim.figure, bounds="", low=None, high=None) for f in one.claims)
    unsaid = (unit, site.settings["people"])
    texts = [site.words.figure(figure, with_unit=figure.unit not in unsaid) for figure in bare]
    return max(texts, key=len) or one.text


def bounds_text(figures: Iterable[Figure], usual: str = "ci95") -> str:
    """Write printed bounds, naming their kind where it is not the usual one."""
    found = next((f for f in figures if f.bounds), None)
    if found is None:
        return ""
    ends = "–".join(
        "not reached" if end is None else number(end) for end in (found.low, found.high)
    )
    if found.high is None:
        ends = f"{number(found.low)}–n.r."
    kind = "" if found.bounds == usual else BOUNDS.get(found.bounds, "")
    return f"{kind.removesuffix('CI ')}{ends}"


def derived_text(reading: PlotRow, at: int) -> str:
    """Write a derived interval in per cent, with the share where that is derived too."""
    derived = reading.derived[at]
    figures = reading.figures(at)
    if derived is None or any(f.bounds for f in figures):
        return ""
    ends = f"{100 * derived.low:.1f}–{100 * derived.high:.1f}"
    is_printed = any(f.value is not None and f.unit == "%" for f in figures)
    return ends if is_printed else f"{100 * derived.value:.1f} ({ends})"


def _weight(one: DisplayedFigure) -> int:
    """Prints with bounds, then with counts, then with more digits come first."""
    figures = [found.claim.figure for found in one.claims]
    digits = max(len(figure.digits) for figure in figures)
    counted = any(figure.numerator is not None for figure in figures)
    return 100 * any(figure.bounds for figure in figures) + 50 * counted + digits


def _whole(claims: Iterable[Claim]) -> int | None:
    found = {claim.figure.denominator for claim in claims} - {None}
    return found.pop() if len(found) == 1 else None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
