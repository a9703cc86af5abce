"""Effect estimates for a meta-analysis: ``yi`` and its variance ``vi``, from printed figures.

``kb export analysis`` writes them, one row for an arm or for a contrast of two arms. Each row says
how its estimate was derived and from which claims. Nothing is guessed: what has no standard error
keeps its printed figures and says why it has no estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil, floor, log
from typing import Final

from kb.analysis.effect_choice import arm_of, choose, question
from kb.analysis.effect_sizes import Effect, Ratio, Summary, contrast_of_counts, proportion
from kb.analysis.intervals import Counts, counts, name_of, standard_error
from kb.checks.adjudication import ClaimStatus
from kb.checks.groups import ANALYSIS_SET, FREQUENCY, PEOPLE, SUBGROUP, Groups
from kb.checks.rounding import possible_values
from kb.checks.significance import LEVELS, RATIOS
from kb.model import RESULT_KINDS, Claim, Group
from kb.util.grouping import group_by


@dataclass(frozen=True, slots=True)
class Options:
    """How proportions of two arms are compared, and whether parts of arms have rows."""

    measure: Ratio = "RR"
    subgroups: bool = False


_NAMES: Final = {
    "hazard-ratio": "HR",
    "subdistribution-hazard-ratio": "SHR",
    "odds-ratio": "OR",
    "risk-ratio": "RR",
    "rate-ratio": "IRR",
    "geometric-mean-ratio": "ROM",
}
_DIFFERENCES: Final = frozenset({"difference", "mean-difference", "risk-difference"})
_MEANS: Final = frozenset({"mean", "mean-change"})


def effects(
    claims: Iterable[Claim],
    groups: Groups,
    standings: Mapping[tuple[str, str], ClaimStatus],
    estimated: frozenset[str],
    options: Options,
    events: frozenset[str] = frozenset(),
) -> list[Effect]:
    """Return a row for each arm and each contrast that the claims report.

    Args:
        claims: those of one or more studies.
        groups: the groups of the evidence base.
        standings: what judgements say of claims, by study and claim id.
        estimated: the endpoints whose percentages allow for censoring: counts give no variance.
        options: how proportions are compared, and whether of parts of arms, too.
        events: the estimated endpoints of which a number of people, where one is printed with the
            percentage, is a count: deaths are, people alive on a survival curve are not.
    """
    every = [c for c in claims if standings.get((c.study, c.id)) is not ClaimStatus.SET_ASIDE]
    finder = _Finder(every, groups, estimated, events)
    rows = [*finder.arms(), *finder.printed_contrasts()]
    rows += _contrasts(rows, groups, options.measure)
    kept = [row for row in rows if options.subgroups or not _is_subgroup(row, groups)]
    return choose(kept, groups, standings)


class _Finder:
    """Finds what claims report of arms and of contrasts."""

    def __init__(
        self,
        claims: Sequence[Claim],
        groups: Groups,
        estimated: frozenset[str],
        events: frozenset[str],
    ) -> None:
        self.claims = [claim for claim in claims if claim.kind in RESULT_KINDS]
        self.groups = groups
        self.estimated, self.events = estimated, events

    def arms(self) -> Iterator[Effect]:
        """Yield a row for each arm, source and measure with a figure."""
        own = (c for c in self.claims if not (c.measure.comparator or self.groups.is_size(c)))
        for prints in group_by(own, _print_key).values():
            if _is_share(prints[0]) and self._is_counted(prints):
                found = [self._share(prints)]
            else:
                found = [self._summary(claim) for claim in prints]
            yield from (self._row(one.claims[0], one) for one in found if one)

    def _is_counted(self, prints: Sequence[Claim]) -> bool:
        """Tell whether a share is one of people who were counted, by its endpoint or its prints."""
        endpoint = prints[0].measure.endpoint
        if endpoint in self.events:
            return any(one.figure.numerator is not None for one in prints)
        return endpoint not in self.estimated

    def printed_contrasts(self) -> Iterator[Effect]:
        """Yield a row for each ratio or difference that is printed."""
        for claim in self.claims:
            statistic = claim.measure.statistic
            is_contrast = statistic in RATIOS or statistic in _DIFFERENCES
            if claim.measure.comparator and is_contrast and claim.figure.value is not None:
                yield self._row(claim, _printed(claim))

    def _row(self, claim: Claim, summary: Summary) -> Effect:
        one = self.groups.of(claim)
        two = self.groups.by_id.get((claim.study, claim.measure.comparator))
        return Effect(one, summary, two, analysis_set=self._analysis_set(claim, one))

    def _analysis_set(self, claim: Claim, group: Group) -> str:
        sets = (
            one.id.rpartition(".")[2]
            for one in self.groups.around(group)
            if one.kind == ANALYSIS_SET
        )
        return "; ".join(filter(None, (claim.analysis_set, next(sets, ""))))

    def _summary(self, claim: Claim) -> Summary | None:
        statistic = claim.measure.statistic
        if claim.figure.value is None or statistic == "p-value":
            return None
        if _is_share(claim):
            return self._survival(claim)
        if statistic in _MEANS:
            return self._mean(claim)
        reason = f"{statistic} has no standard error"
        return Summary((claim,), statistic, self._size(claim), reason=reason)

    def _share(self, prints: Sequence[Claim]) -> Summary | None:
        size = self.groups.printed_size(self.groups.of(prints[0]), prints[0])
        found = counts(prints, size)
        if found is None:
            found, reason = self._from_percentage(prints)
            if found is None:
                values = (one.figure.value for one in prints)
                has_figure = any(value is not None for value in values)
                return Summary(tuple(prints), "proportion", reason=reason) if has_figure else None
        yi, vi = proportion(found.number, found.of)
        return Summary(
            (*prints, *([size.claim] if size and name_of(size.claim) in found.inputs else [])),
            "proportion",
            found.of,
            found.number,
            effect="PLO",
            yi=yi,
            vi=vi,
            derivation=f"log odds {found.description}" + _only(prints),
        )

    def _from_percentage(self, prints: Sequence[Claim]) -> tuple[Counts | None, str]:
        """Return the only count that a percentage of a known number of people can stand for."""
        claim = next((one for one in prints if one.figure.unit == "%"), prints[0])
        figure, size = claim.figure, self._size(claim)
        if figure.unit != "%" or figure.value is None or figure.operator or not size:
            return None, "no count and denominator"
        printed = possible_values(figure.value)
        low, high = ceil(printed.low * size / 100), floor(printed.high * size / 100)
        if low == high:
            return Counts(low, size, (name_of(claim),)), ""
        percentage = f"{figure.digits or figure.value}% of {size}"
        if low > high:
            return None, f"no whole number of people is {percentage}"
        return None, f"{percentage} is {low} to {high} people"

    def _survival(self, claim: Claim) -> Summary:
        """A percentage at a landmark: its interval is taken to be on the log(-log) scale."""
        figure, size = claim.figure, self._size(claim)
        level = LEVELS.get(figure.bounds)
        ends = [float(x) / 100 for x in (figure.value, figure.low, figure.high) if x is not None]
        if level is None or len(ends) < 3 or not all(0 < end < 1 for end in ends):
            reason = "an estimate that allows for censoring, without an interval of known level"
            return Summary((claim,), "estimated proportion", size, reason=reason)
        value, low, high = (log(-log(end)) for end in ends)
        error = standard_error(high, low, level)  # the scale turns the interval around
        return Summary(
            (claim,),
            "estimated proportion",
            size,
            effect="CLL",
            yi=value,
            vi=error * error,
            derivation=f"log(-log) of the estimate; variance from its {100 * level:g}% interval",
        )

    def _mean(self, claim: Claim) -> Summary:
        figure, size = claim.figure, self._size(claim)
        mean, spread = float(figure.value or 0), figure.dispersion
        level = LEVELS.get(figure.bounds)
        sd = float(spread) if spread is not None and figure.dispersion_kind == "sd" else None
        vi, derivation = None, ""
        if sd is not None and size:
            vi, derivation = sd * sd / size, f"standard deviation and n = {size}"
        elif spread is not None and figure.dispersion_kind == "se":
            vi, derivation = float(spread) ** 2, "standard error"
        elif level is not None and figure.low is not None and figure.high is not None:
            error = standard_error(float(figure.low), float(figure.high), level)
            vi, derivation = error * error, f"{100 * level:g}% interval"
        return Summary(
            (claim,),
            claim.measure.statistic,
            size,
            mean=mean,
            sd=sd,
            effect="MN" if vi is not None else "",
            yi=mean if vi is not None else None,
            vi=vi,
            derivation=f"mean; variance from the {derivation}" if derivation else "",
            reason="" if vi is not None else _lacking(sd, spread),
        )

    def _size(self, claim: Claim) -> int | None:
        """Return the denominator, else the printed size of the group, else of its criterion."""
        group = self.groups.of(claim)
        size = self.groups.printed_size(group, claim) or self.groups.size(group, claim.source)
        return claim.figure.denominator or (size.number if size else None)


def _is_share(claim: Claim) -> bool:
    return claim.measure.statistic == FREQUENCY and claim.figure.unit in ("%", PEOPLE)


def _lacking(sd: float | None, spread: Decimal | None) -> str:
    if sd is not None:
        return "no number of people, or several"
    return "a spread whose kind is not stated" if spread is not None else "no spread or interval"


def _only(prints: Sequence[Claim]) -> str:
    is_printed = any(claim.figure.numerator is not None for claim in prints)
    return "" if is_printed else ", the only count that rounds to the percentage"


def _print_key(claim: Claim) -> tuple[object, ...]:
    """What claims share that print one figure of one arm: a count and its percentage are two."""
    return claim.source, claim.measure, claim.analysis_set, claim.data_cut


def _printed(claim: Claim) -> Summary:
    """Return a ratio or difference that is printed, with the variance that its interval gives."""
    figure, statistic = claim.figure, claim.measure.statistic
    summary = Summary((claim,), statistic)
    level = LEVELS.get(figure.bounds)
    if figure.operator or figure.value is None:
        return replace(summary, reason="the estimate is not exact")
    if level is None or figure.low is None or figure.high is None:
        return replace(summary, reason="no interval of known level")
    value, low, high = (float(x) for x in (figure.value, figure.low, figure.high))
    scale = "log" if statistic in RATIOS else "plain"
    if scale == "log":
        if min(value, low) <= 0 or low >= high:
            return replace(summary, reason="a bound that a ratio cannot have")
        value, low, high = log(value), log(low), log(high)
    error = standard_error(low, high, level)
    return replace(
        summary,
        effect=_NAMES.get(statistic, "MD" if figure.unit != "%" else "RD"),
        yi=value,
        vi=error * error,
        derivation=f"printed; variance from its {100 * level:g}% interval on the {scale} scale",
    )


def _contrasts(rows: Iterable[Effect], groups: Groups, measure: Ratio) -> Iterator[Effect]:
    """Yield the contrasts of the arms of a study that counts or means of one source give.

    Only arms compared by the study: those with the roles of experimental arm and comparator, in
    one analysis set. Three arms give two contrasts, which share the comparator.
    """

    def subject(row: Effect) -> tuple[object, ...]:
        part = row.group.id.removeprefix(arm_of(row.group, groups).id)
        return (*question(row), row.claim.source, row.analysis_set, row.claim.data_cut, part)

    arms = (row for row in rows if row.comparator is None and row.one.yi is not None)
    alike = group_by(arms, subject)
    for several in alike.values():
        for one in several:
            for two in several:
                first, second = arm_of(one.group, groups), arm_of(two.group, groups)
                roles = first.role, second.role
                if roles == ("experimental", "comparator") and first.within == second.within:
                    yield from _contrast(one, two, measure)


def _contrast(one: Effect, two: Effect, measure: Ratio) -> Iterator[Effect]:
    a, b = one.one, two.one
    if a.events is not None and a.n and b.events is not None and b.n:
        if a.events == b.events == 0:
            reason = "no events in either arm"
            summary = Summary(a.claims, a.statistic, a.n, a.events, reason=reason)
        else:
            yi, vi = contrast_of_counts((a.events, a.n), (b.events, b.n), measure)
            derivation = f"{a.events} of {a.n} against {b.events} of {b.n}"
            scale = "" if measure == "RD" else "log of the "
            names = {"RR": "risk ratio", "OR": "odds ratio", "RD": "risk difference"}
            derivation = f"{scale}{names[measure]} of {derivation}"
            summary = replace(a, effect=measure, yi=yi, vi=vi, derivation=derivation)
        yield Effect(one.group, summary, two.group, b, one.analysis_set)
    elif a.mean is not None and b.mean is not None and a.vi is not None and b.vi is not None:
        derivation = "difference of two means; variance is the sum of theirs"
        summary = replace(a, effect="MD", yi=a.mean - b.mean, vi=a.vi + b.vi, derivation=derivation)
        yield Effect(one.group, summary, two.group, b, one.analysis_set)


def _is_subgroup(row: Effect, groups: Groups) -> bool:
    every = (row.group, *([row.comparator] if row.comparator else []))
    return any(one.kind == SUBGROUP for group in every for one in groups.around(group))
