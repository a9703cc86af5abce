"""Figures as pages show them: one for all prints that agree, side by side where they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.api.results import ClaimView
from kb.checks import Discrepancy, Outcome, Severity
from kb.checks.adjudication import ClaimStatus
from kb.checks.rounding import same_figure
from kb.model import Claim, Figure, Publication
from kb.site.labels import STATES, Labels, Part
from kb.sources.verify import VerificationState

PREFERENCE: Final = {
    ClaimStatus.PREFERRED: 0,
    ClaimStatus.UNCONTESTED: 1,
    ClaimStatus.DISPUTED: 1,
    ClaimStatus.SET_ASIDE: 2,
}
"""Figures that a judgement prefers are listed first, those that it sets aside last."""


@dataclass(frozen=True)
class DisplayedFigure:
    """What one button of a page shows, and the claims behind it.

    ``differs`` where other claims of the same measure contradict these.
    """

    parts: tuple[Part, ...]
    claims: tuple[ClaimView, ...]
    differs: bool = False

    @property
    def text(self) -> str:
        """All parts in one line."""
        return "; ".join(part.text for part in self.parts)

    @property
    def states(self) -> tuple[tuple[VerificationState, int], ...]:
        """The states of verification with the number of claims in each, the best first."""
        counts = count_states(self.claims)
        return tuple((state, number) for state, number in counts.items() if number)

    @property
    def is_second_hand(self) -> bool:
        """Whether every claim is cited from another publication."""
        return all(view.claim.is_second_hand for view in self.claims)

    @property
    def second_hand(self) -> tuple[Publication, ...]:
        """The publications cited, where every claim is second-hand."""
        cited = {p.id: p for view in self.claims for p in view.publications}
        return tuple(cited[name] for name in sorted(cited)) if self.is_second_hand else ()

    @property
    def misprints(self) -> tuple[str, ...]:
        """What is wrong with the reference numbers printed for the claims."""
        return tuple(dict.fromkeys(view.misprint for view in self.claims if view.misprint))

    @property
    def concerns(self) -> tuple[Discrepancy, ...]:
        """The discrepancies that the claims are part of, the most severe first.

        Those of values too, where a comparison is set aside with the values it was printed with.
        """
        values = (value for view in self.claims for value in view.values)
        aside = (value for value in values if value.standing is ClaimStatus.SET_ASIDE)
        every = (*self.claims, *aside)
        by_id = {finding.id: finding for view in every for finding in view.discrepancies}
        order = list(Severity)
        return tuple(sorted(by_id.values(), key=lambda one: (order.index(one.severity), one.id)))

    @property
    def findings(self) -> tuple[Discrepancy, ...]:
        """The discrepancies about the figure itself, and not only the reference given for it."""
        return tuple(finding for finding in self.concerns if finding.contests_figures)

    @property
    def standing(self) -> ClaimStatus:
        """What judgements made of the claims: set aside only where all of them are."""
        statuses = {view.standing for view in self.claims}
        if statuses == {ClaimStatus.SET_ASIDE}:
            return ClaimStatus.SET_ASIDE
        order = (ClaimStatus.PREFERRED, ClaimStatus.DISPUTED)
        return next((status for status in order if status in statuses), ClaimStatus.UNCONTESTED)

    @property
    def notes(self) -> tuple[str, ...]:
        """The curators' notes on the claims."""
        return tuple(dict.fromkeys(v.claim.note for v in self.claims if v.claim.note))


def displayed_figures(
    views: Iterable[ClaimView], labels: Labels, with_unit: bool
) -> list[DisplayedFigure]:
    """Group claims of one measure: those that agree are shown as the fullest of them."""
    every = tuple(views)
    clusters = clustered(every, same_result)
    figures = [displayed_figure(cluster, every, labels, with_unit) for cluster in clusters]
    return sorted(figures, key=lambda figure: PREFERENCE[figure.standing])


def displayed_figure(
    cluster: Sequence[ClaimView],
    every: Iterable[ClaimView],
    labels: Labels,
    with_unit: bool,
) -> DisplayedFigure:
    """Show claims that agree as the fullest of them; ``every`` are all claims of the measure."""
    shown = {view.iri for view in cluster}
    differs = any(
        contradict(one.claim.figure, other.claim.figure)
        for other in every
        if other.iri not in shown
        for one in cluster
    )
    # The claim that is shown comes first: links from the figure lead to it.
    texts = {view.iri: labels.figure(view.claim.figure, with_unit) for view in cluster}
    fullest, *others = sorted(cluster, key=lambda view: -len(texts[view.iri]))
    text = texts[fullest.iri] or fullest.claim.named or fullest.claim.wording
    return DisplayedFigure((Part("figure", text),), (fullest, *others), differs)


def displayed_comparisons(
    views: Iterable[ClaimView],
    labels: Labels,
    names: Callable[[ClaimView], tuple[str, str]] = lambda _: ("", ""),
) -> list[DisplayedFigure]:
    """Group comparisons that were printed with the same values and do not contradict each other.

    ``names`` gives the names of the two groups.
    """
    figures = []
    for cluster in clustered(views, same_result):
        parts = {v.iri: tuple(labels.comparison(v.claim, *names(v))) for v in cluster}
        fullest, *others = sorted(cluster, key=lambda view: -len(parts[view.iri]))
        shown = parts[fullest.iri] or (Part("words", fullest.claim.wording),)
        figures.append(DisplayedFigure(shown, (fullest, *others)))
    return sorted(figures, key=lambda figure: PREFERENCE[figure.standing])


def count_states(views: Iterable[ClaimView]) -> dict[VerificationState, int]:
    """Count claims by the state of their verification, in the order of ``STATES``."""
    counts = Counter(view.verification.state for view in views)
    return {state: counts[state] for state in STATES}


def clustered(
    views: Iterable[ClaimView], same: Callable[[ClaimView, ClaimView], bool]
) -> list[Sequence[ClaimView]]:
    """Put each claim into the first cluster with all of whose claims it agrees."""
    clusters: list[list[ClaimView]] = []
    for view in views:
        fitting = (c for c in clusters if all(same(view, other) for other in c))
        if (cluster := next(fitting, None)) is None:
            clusters.append([view])
        else:
            cluster.append(view)
    return list(clusters)


def same_context(a: ClaimView, b: ClaimView) -> bool:
    """Whether two claims can be of one analysis set and one data cut."""
    pairs = ((a.claim.analysis_set, b.claim.analysis_set), (a.claim.data_cut, b.claim.data_cut))
    return all(x == y or not (x and y) for x, y in pairs)


def same_result(a: ClaimView, b: ClaimView) -> bool:
    """Whether two claims of one measure are one result, printed with the same values."""
    if not same_context(a, b):
        return False
    if not a.claim.measure.comparator:
        return agree(a.claim.figure, b.claim.figure)
    return _same_comparison(a.claim, b.claim) and _same_values(a, b)


def _same_comparison(one: Claim, two: Claim) -> bool:
    """Whether two comparisons are of the same groups and do not contradict each other."""
    groups = (one.measure.group, one.measure.comparator)
    if groups != (two.measure.group, two.measure.comparator) or one.figure != two.figure:
        return False
    names = ("p_printed", "sides", "p_for", "direction", "significance", "favours")
    pairs = ((getattr(one.result, name), getattr(two.result, name)) for name in names)
    return all(x == y or not (x and y) for x, y in pairs)


def _same_values(a: ClaimView, b: ClaimView) -> bool:
    """Whether what is printed with two comparisons agrees, group by group."""
    one, two = ({v.claim.measure.group: v.claim.figure for v in x.values} for x in (a, b))
    return one.keys() == two.keys() and all(agree(one[group], two[group]) for group in one)


def agree(a: Figure, b: Figure) -> bool:
    """Whether two figures can be one: they share something, and nothing contradicts.

    >>> from decimal import Decimal
    >>> share = Figure(value=Decimal(63), unit="%")
    >>> agree(share, Figure(value=Decimal(63), unit="%", numerator=36, denominator=57))
    True
    >>> agree(share, Figure(value=Decimal(64), unit="%"))
    False
    """
    shared = [(x, y) for x, y in zip(_facts(a), _facts(b), strict=True) if x and y]
    if not shared:
        return not any(_facts(a)) and not any(_facts(b))
    return all(x == y for x, y in shared)


def contradict(one: Figure, two: Figure) -> bool:
    """Whether two figures cannot both be right, at the precision that was printed.

    >>> from decimal import Decimal
    >>> fine, coarse, other = (Figure(value=Decimal(v), unit="%") for v in ("22.8", "23", "22"))
    >>> contradict(fine, coarse), contradict(fine, other)
    (False, True)
    """
    if (
        (one.operator, one.unit) == (two.operator, two.unit)
        and one.value is not None
        and two.value is not None
        and same_figure(one.value, two.value) is not Outcome.INCONSISTENT
    ):
        one, two = replace(one, value=None), replace(two, value=None)
    if not _ends_differ(one, two):
        one, two = replace(one, bounds=""), replace(two, bounds="")
    return any(x and y and x != y for x, y in zip(_facts(one), _facts(two), strict=True))


def _ends_differ(one: Figure, two: Figure) -> bool:
    """Whether two intervals of one kind have other ends; one without a level may be any kind."""
    kinds = {one.bounds, two.bounds}
    if len(kinds) > 1 and "ci" not in kinds:
        return False
    ends = zip((one.low, one.high), (two.low, two.high), strict=True)
    return any(
        (a is None) != (b is None)
        if a is None or b is None
        else same_figure(a, b) is Outcome.INCONSISTENT
        for a, b in ends
    )


def _facts(figure: Figure) -> tuple[object, ...]:
    """The parts of a figure that can be compared; a part that is not printed is falsy."""
    # A bare count is its own numerator; 3 of 100 are 3%, which is not.
    is_count = figure.unit != "%" and figure.numerator == figure.value
    has_value = figure.value is not None and not is_count
    dates = (figure.date, figure.date_from, figure.date_to)
    return (
        (figure.value, figure.operator, figure.unit) if has_value else None,
        (figure.numerator,) if figure.numerator is not None else None,
        (figure.denominator,) if figure.denominator is not None else None,
        (figure.low, figure.high, figure.bounds) if figure.bounds else None,
        (figure.dispersion,) if figure.dispersion is not None else None,
        figure.text_value,
        dates if any(dates) else None,
    )
