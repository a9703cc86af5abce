"""Figures as pages show them: one for all prints that agree, side by side when they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kb.api.results import ClaimView
from kb.checks import Discrepancy, Outcome, Severity
from kb.checks.adjudication import ClaimStatus
from kb.checks.rounding import same_figure
from kb.model import Figure, Publication
from kb.site.labels import STATES, Words
from kb.sources.verify import VerificationState

_WORST_FIRST: Final = (
    VerificationState.FAILED,
    VerificationState.NOT_CHECKED,
    VerificationState.SOURCE_UNAVAILABLE,
    VerificationState.VERIFIED,
)


_PREFERENCE: Final = {
    ClaimStatus.PREFERRED: 0,
    ClaimStatus.UNCONTESTED: 1,
    ClaimStatus.DISPUTED: 1,
    ClaimStatus.SET_ASIDE: 2,
}
"""Figures that a judgement prefers stand first, those that it sets aside last."""


@dataclass(frozen=True)
class Part:
    """A piece of what is shown, with its kind: figure, p, estimate or words."""

    kind: str
    text: str


@dataclass(frozen=True)
class DisplayedFigure:
    """What one button of a page shows, and the prints that stand behind it."""

    parts: tuple[Part, ...]
    claims: tuple[ClaimView, ...]
    differs: bool = False
    prefix: str = "print"

    @property
    def text(self) -> str:
        """All parts in one line."""
        return "; ".join(part.text for part in self.parts)

    @property
    def id(self) -> str:
        """The id of the box with the prints."""
        return f"{self.prefix}.{self.claims[0].claim.id}"

    @property
    def state(self) -> VerificationState:
        """The worst state among the prints: one failed print must not hide behind others."""
        states = {found.check.state for found in self.claims}
        return next(state for state in _WORST_FIRST if state in states)

    @property
    def mark(self) -> tuple[str, str]:
        """The sign of the state and what it means."""
        return STATES[self.state]

    @property
    def second_hand(self) -> tuple[Publication, ...]:
        """The publications cited, when every print is second-hand."""
        if not all(found.claim.is_second_hand for found in self.claims):
            return ()
        cited = {p.id: p for found in self.claims for p in found.publications}
        return tuple(cited[name] for name in sorted(cited))

    @property
    def concerns(self) -> tuple[Discrepancy, ...]:
        """The findings that the prints are part of, the gravest first."""
        found = {one.id: one for claim in self.claims for one in claim.findings}
        grave = list(Severity)
        return tuple(sorted(found.values(), key=lambda one: (grave.index(one.severity), one.id)))

    @property
    def findings(self) -> tuple[Discrepancy, ...]:
        """Those that put the figures in doubt, and not only the reference given for them."""
        return tuple(one for one in self.concerns if one.contests_figures)

    @property
    def standing(self) -> ClaimStatus:
        """What judgements say of the prints: set aside only when all of them are."""
        found = {claim.standing for claim in self.claims}
        if found == {ClaimStatus.SET_ASIDE}:
            return ClaimStatus.SET_ASIDE
        order = (ClaimStatus.PREFERRED, ClaimStatus.DISPUTED)
        return next((one for one in order if one in found), ClaimStatus.UNCONTESTED)

    @property
    def notes(self) -> tuple[str, ...]:
        """What curators remarked on the prints."""
        return tuple(dict.fromkeys(f.claim.note for f in self.claims if f.claim.note))

    @property
    def named(self) -> tuple[str, ...]:
        """The names that the prints give to what is measured."""
        return tuple(dict.fromkeys(f.claim.named for f in self.claims if f.claim.named))


def shown_figures(
    found: Iterable[ClaimView], words: Words, with_unit: bool, prefix: str = "print"
) -> list[DisplayedFigure]:
    """Put claims of one measure together: those that agree under the fullest figure."""
    clusters = _clusters(found, lambda a, b: agree(a.claim.figure, b.claim.figure))
    flags = [
        any(
            contradict(a.claim.figure, b.claim.figure)
            for other in clusters
            if other is not one
            for a in one
            for b in other
        )
        for one in clusters
    ]
    shown = [
        DisplayedFigure(
            (Part("figure", _fullest(cluster, words, with_unit)),), tuple(cluster), differs, prefix
        )
        for cluster, differs in zip(clusters, flags, strict=True)
    ]
    return sorted(shown, key=lambda one: _PREFERENCE[one.standing])


def _fullest(cluster: Sequence[ClaimView], words: Words, with_unit: bool) -> str:
    texts = [words.figure(found.claim.figure, with_unit) for found in cluster]
    return max(texts, key=len) or cluster[0].claim.named or cluster[0].claim.printed


def shown_comparisons(
    found: Iterable[ClaimView],
    words: Words,
    name: Callable[[ClaimView], tuple[str, str]],
    prefix: str = "print",
) -> list[DisplayedFigure]:
    """Put comparisons of the same groups together; ``name`` gives the names of the two."""
    clusters = _clusters(found, _same_verdict)
    shown = [
        DisplayedFigure(tuple(_verdict_parts(cluster, words, name)), tuple(cluster), prefix=prefix)
        for cluster in clusters
    ]
    return sorted(shown, key=lambda one: _PREFERENCE[one.standing])


def _verdict_parts(
    cluster: Sequence[ClaimView], words: Words, name: Callable[[ClaimView], tuple[str, str]]
) -> list[Part]:
    every = [
        [Part(*part) for part in words.verdict(found.claim, *name(found))] for found in cluster
    ]
    return max(every, key=len) or [Part("words", cluster[0].claim.printed)]


def _clusters(
    found: Iterable[ClaimView], same: Callable[[ClaimView, ClaimView], bool]
) -> list[list[ClaimView]]:
    clusters: list[list[ClaimView]] = []
    for one in found:
        for cluster in clusters:
            if all(same(one, other) for other in cluster):
                cluster.append(one)
                break
        else:
            clusters.append([one])
    return clusters


def agree(a: Figure, b: Figure) -> bool:
    """Say whether two figures can be one: they share something, and nothing contradicts.

    >>> from decimal import Decimal
    >>> share = Figure(value=Decimal(63), unit="%")
    >>> agree(share, Figure(value=Decimal(63), unit="%", numerator=36, denominator=57))
    True
    >>> agree(share, Figure(value=Decimal(64), unit="%"))
    False
    """
    pairs = list(zip(_facts(a), _facts(b), strict=True))
    shared = [(x, y) for x, y in pairs if x and y]
    if not shared:
        return not any(_facts(a)) and not any(_facts(b))
    return all(x == y for x, y in shared)


def contradict(one: Figure, two: Figure) -> bool:
    """Say whether two figures cannot both be right, at the precision that was printed.

    >>> from decimal import Decimal
    >>> fine, coarse, other = (Figure(value=Decimal(v), unit="%") for v in ("22.8", "23", "22"))
    >>> contradict(fine, coarse), contradict(fine, other)
    (False, True)
    """
    if (one.operator, one.unit) == (two.operator, two.unit) and _same_value(one, two):
        one, two = replace(one, value=None), replace(two, value=None)
    return any(x and y and x != y for x, y in zip(_facts(one), _facts(two), strict=True))


def _same_value(one: Figure, two: Figure) -> bool:
    if one.value is None or two.value is None:
        return False
    return same_figure(one.value, two.value) is not Outcome.INCONSISTENT


def _facts(figure: Figure) -> tuple[object, ...]:
    """The parts of a figure that can be compared; what is not printed is false."""
    is_share = figure.unit == "%"  # 3 of 100 are 3%
    counted = not is_share and figure.numerator is not None and figure.value == figure.numerator
    said = figure.value is not None and not counted  # a bare count is its own numerator
    point = (figure.value, figure.operator, figure.unit) if said else None
    bounds = (figure.low, figure.high, figure.bounds) if figure.bounds else None
    dates = (figure.date, figure.date_from, figure.date_to)
    return (
        point,
        (figure.numerator,) if figure.numerator is not None else None,
        (figure.denominator,) if figure.denominator is not None else None,
        bounds,
        (figure.dispersion,) if figure.dispersion is not None else None,
        figure.text_value,
        dates if any(dates) else None,
    )


def _same_verdict(a: ClaimView, b: ClaimView) -> bool:
    if (a.claim.measure.group, a.claim.measure.comparator) != (
        b.claim.measure.group,
        b.claim.measure.comparator,
    ):
        return False
    one, two = a.claim.result, b.claim.result
    pairs = (
        (one.p_printed, two.p_printed),
        (one.direction, two.direction),
        (one.significance, two.significance),
        (one.favours, two.favours),
    )
    return a.claim.figure == b.claim.figure and all(x == y or not (x and y) for x, y in pairs)
