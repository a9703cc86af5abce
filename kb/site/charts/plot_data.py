"""From claims to the rows of plots: one row for each measure, with all its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final

from kb.analysis.intervals import Derived, counts, share
from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.checks.significance import LEVELS
from kb.model import WHOLE, Claim, Figure, Measure
from kb.site.charts.drawing import Mark
from kb.site.context import PageContext
from kb.site.labels import bounds_label, bounds_text, dotted, number
from kb.site.tables.figures import DisplayedFigure, displayed_figures
from kb.site.tables.same_results import one_result_once

_WHOLE_KINDS: Final = ("whole", "arm", "cohort", "analysis-set")


@dataclass(frozen=True)
class PlotRow:
    """A measure with its figures: for each, the derived interval and the number of patients."""

    measure: Measure
    figures: tuple[DisplayedFigure, ...]
    derived: tuple[Derived | None, ...]
    people: tuple[int | None, ...]

    def methods(self) -> tuple[str, ...]:
        """Return the methods of the intervals that are shown: those without a printed one."""
        shown = map(self.shown_derived, range(len(self.derived)))
        return tuple(derived.method for derived in shown if derived is not None)

    def shown_derived(self, at: int) -> Derived | None:
        """Return the derived interval that one mark is shown with: none beside a printed one."""
        return None if any(figure.bounds for figure in self.printed(at)) else self.derived[at]

    def prints_percentage(self, at: int) -> bool:
        """Whether a percentage is printed, so that only the interval is derived."""
        return any(figure.value is not None and figure.unit == "%" for figure in self.printed(at))

    def printed(self, at: int) -> list[Figure]:
        """Return the printed figures that one mark stands for."""
        return [view.claim.figure for view in self.figures[at].claims]


class PlotData:
    """Groups the claims of a site by measure, with what plots need to know of each."""

    def __init__(self, site: PageContext) -> None:
        self.site = site
        self.settings = site.settings["plots"]

    def rows(self, views: Iterable[ClaimView], prefix: str) -> list[PlotRow]:
        """Group claims by their measure, each result once, in the order of studies and groups."""
        by_measure = one_result_once(self.site, views)
        return [
            self._row(measure, by_measure[measure], prefix)
            for measure in sorted(by_measure, key=self.order)
        ]

    def order(self, measure: Measure) -> tuple[object, ...]:
        """Sort key of measures: by study, group, endpoint and what else tells them apart."""
        place = self._places[measure.study, measure.group]
        detail = (measure.category, str(measure.time), measure.regimen, measure.population)
        return (*place, self.site.endpoint_order[measure.endpoint], *detail, measure.comparator)

    @cached_property
    def _places(self) -> Mapping[tuple[str, str], tuple[int, int]]:
        return {
            (study, group.id): (at, order)
            for at, study in enumerate(self.site.studies)
            for order, group in enumerate(self.site.groups_of(study))
        }

    def _row(self, measure: Measure, views: Sequence[ClaimView], prefix: str) -> PlotRow:
        # Several concepts and the page of the study plot the same claims.
        key = ("plot-row", prefix, *(view.iri for view in views))
        return self.site.memo(key, lambda: self._new_row(measure, views))

    def _new_row(self, measure: Measure, views: Sequence[ClaimView]) -> PlotRow:
        figures = displayed_figures(views, self.site.labels, with_unit=True)
        figures.sort(key=lambda figure: (-_weight(figure), figure.text))
        return self.row_of(measure, figures)

    def row_of(self, measure: Measure, figures: Sequence[DisplayedFigure]) -> PlotRow:
        """Make the row of the figures of one measure: what is derived from each of them."""
        # Event-free proportions at a landmark are Kaplan-Meier estimates, not counts.
        is_estimate = self.is_by_time(measure.endpoint)
        group = self.site.groups[measure.study, measure.group]
        derived, people = [], []
        for figure in figures:
            claims = [view.claim for view in figure.claims]
            size = self.site.sizes.printed_size(group, claims[0])
            counted = None if is_estimate else counts(claims, size)
            derived.append(share(counted) if counted else None)
            people.append(counted.of if counted else printed_denominator(claims))
        return PlotRow(measure, tuple(figures), tuple(derived), tuple(people))

    # --- what a claim is a figure of ---------------------------------------------------------

    def is_share(self, claim: Claim) -> bool:
        """Whether a claim gives a number of patients of a group, or a proportion of it."""
        measure, figure = claim.measure, claim.figure
        merged = self.site.vocabulary.get("statistic", measure.statistic).first("isOneMeasure")
        unit = figure.unit == self.site.settings["people"] or self.quantity(figure) == "share"
        plain = claim.kind == "result" and not measure.comparator
        return merged == "true" and unit and plain and not self.site.sizes.is_size(claim)

    def is_by_time(self, endpoint: str) -> bool:
        """Whether shares of an endpoint only fall with time: only those at one time compare."""
        return self.site.vocabulary.has_flag("endpoint", endpoint, "fallsWithTime")

    def is_median_time(self, claim: Claim) -> bool:
        """Whether a claim gives a median time, or says that it was not reached."""
        if claim.measure.statistic != "median" or claim.measure.comparator:
            return False
        figure = claim.figure
        is_time = figure.value is not None and self.quantity(figure) == "time"
        return is_time or figure.text_value == self.settings["beyond"]

    def is_ratio(self, claim: Claim) -> bool:
        """Whether a claim compares two groups by a ratio with a value."""
        term = self.site.vocabulary.get("statistic", claim.measure.statistic)
        compared = bool(claim.measure.comparator) and claim.figure.value is not None
        return compared and "ratio" in (term.notation, *term.broader)

    def quantity(self, figure: Figure) -> str:
        """Return the kind of quantity of a figure's unit: a share, a time, a rate."""
        units = self.site.vocabulary.schemes.get("unit", {})
        return units[figure.unit].first("quantityKind") if figure.unit in units else ""

    # --- whom it is about --------------------------------------------------------------------

    def is_main(self, measure: Measure) -> bool:
        """Whether a measure is of whole arms, cohorts or studies, and of no category."""
        groups = filter(None, (measure.group, measure.comparator))
        return not measure.category and all(self._is_whole(measure.study, g) for g in groups)

    def _is_whole(self, study: str, name: str) -> bool:
        group = self.site.groups[study, name]
        is_whole = group.kind in _WHOLE_KINDS
        return is_whole and (not group.within or self._is_whole(study, group.within))

    def among(self, measure: Measure) -> str:
        """Name those in a whole arm who met a criterion of the same kind, or return ""."""
        named = self.settings["among"].get(self.site.top(measure.endpoint), "")
        return f"among {named}" if named and self.is_among(measure) else ""

    def is_among(self, measure: Measure) -> bool:
        """Whether a measure is of those in a whole arm who met a criterion of the same kind."""
        group = self.site.groups[measure.study, measure.group]
        if measure.category or not group.who_endpoint or group.who_category or measure.comparator:
            return False
        tops = {self.site.top(e) for e in (measure.endpoint, group.who_endpoint)}
        known = len(tops) == 1 and tops <= set(self.settings["among"])
        return known and self._is_whole(measure.study, group.within)

    def who(self, study: str, name: str) -> str:
        """Name a group: a whole study by the regimen given in it."""
        regimen = self.site.studies[study].regimen
        if name == WHOLE and regimen:
            return self.site.labels.label("regimen", regimen)
        return self.site.who(study, name)

    def label(self, measure: Measure, with_time: bool = True) -> str:
        """Name the group of a row, its time, and what else tells it from other rows."""
        who = self.who(measure.study, measure.group)
        if measure.comparator:
            who = f"{who} vs {self.who(measure.study, measure.comparator)}"
        labels, time = self.site.labels, measure.time
        if not with_time:
            measure = replace(measure, time=replace(time, at=""))
        return dotted(who, measure.category, labels.time(measure), *labels.subject(measure))

    def population(self, measure: Measure) -> str:
        """Return the population of the group, or of the nearest wider one that has one."""
        group = self.site.groups[measure.study, measure.group]
        while not group.population and group.within:
            group = self.site.groups[measure.study, group.within]
        return group.population or self.site.studies[measure.study].population


# --- marks and texts -----------------------------------------------------------------------------


def share_mark(row: PlotRow, at: int) -> Mark | None:
    """Draw a proportion as printed, else as counted; its interval as printed, else as derived."""
    mark = printed_mark(row, at)
    derived = row.derived[at]
    if derived is None:
        return mark
    if mark is None:
        mark = Mark(100 * derived.value)
    if mark.low is None and mark.high is None:
        mark = replace(mark, low=100 * derived.low, high=100 * derived.high, derived=True)
    return replace(mark, of=row.people[at])


def printed_mark(row: PlotRow, at: int, unit: str = "%", beyond: str = "") -> Mark | None:
    """Draw a figure with its bounds as printed; None where there is nothing to draw."""
    figures = [f for f in row.printed(at) if f.unit == unit]
    value = next((f.value for f in figures if f.value is not None), None)
    bounds = next((f for f in figures if f.bounds), None)
    is_beyond = bool(beyond) and any(f.text_value == beyond for f in row.printed(at))
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


def is_drawn(figure: DisplayedFigure, before: Sequence[DisplayedFigure]) -> bool:
    """Whether a figure has a mark: not one set aside, nor one that only rounds an earlier one."""
    return (figure.differs or not before) and figure.standing is not ClaimStatus.SET_ASIDE


def sign(figure: DisplayedFigure, at: int) -> str:
    """Return the sign before a figure: set aside, disputed, or unlike the one above it."""
    if figure.standing is ClaimStatus.SET_ASIDE:
        return "⊘ "
    if figure.standing is ClaimStatus.DISPUTED:
        return "▲ "
    return "≠ " if at and figure.differs else ""


def point_text(figure: DisplayedFigure, site: PageContext, unit: str) -> str:
    """Write the fullest print of a mark without its bounds, and without the plot's own unit."""
    bare = (replace(v.claim.figure, bounds="", low=None, high=None) for v in figure.claims)
    omitted = (unit, site.settings["people"])
    texts = [site.labels.figure(one, with_unit=one.unit not in omitted) for one in bare]
    return max(texts, key=len) or figure.text


def interval_text(figures: Iterable[Figure], usual: str = "ci95") -> str:
    """Write printed bounds, naming their kind where it is not the usual one."""
    figure = next((f for f in figures if f.bounds), None)
    if figure is None:
        return ""
    ends = bounds_text(figure) if figure.high is not None else f"{number(figure.low)}–n.r."
    kind = "" if figure.bounds == usual else bounds_label(figure.bounds)
    return f"{kind.removesuffix('CI ')}{ends}"


def derived_text(row: PlotRow, at: int) -> str:
    """Write a derived interval in per cent, with the proportion where that is derived too."""
    derived = row.shown_derived(at)
    if derived is None:
        return ""
    ends = f"{100 * derived.low:.1f}–{100 * derived.high:.1f}"
    return ends if row.prints_percentage(at) else f"{100 * derived.value:.1f} ({ends})"


def _weight(figure: DisplayedFigure) -> int:
    """Figures with bounds come first, then those with counts, then those with more digits."""
    figures = [view.claim.figure for view in figure.claims]
    digits = max(len(one.digits) for one in figures)
    counted = any(one.numerator is not None for one in figures)
    return 100 * any(one.bounds for one in figures) + 50 * counted + digits


def printed_denominator(claims: Iterable[Claim]) -> int | None:
    """Return the denominator that is printed with a figure; None where none or several are."""
    denominators = {claim.figure.denominator for claim in claims} - {None}
    return denominators.pop() if len(denominators) == 1 else None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
