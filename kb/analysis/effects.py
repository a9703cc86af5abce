"""Effect estimates for a meta-analysis: ``yi`` and its variance ``vi``, from printed figures.

``kb export analysis`` writes them, one row for an arm or for a contrast of two arms. Each row says
how its estimate was derived and from which claims. Nothing is guessed: what has no standard error
keeps its printed figures and says why it has no estimate.

The formulas are those of the function ``escalc`` of the R package metafor, with its defaults: where
a cell of counts is 0, 1/2 is added to every cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil, floor, log
from typing import Final, Literal

from kb.analysis.intervals import SIZE, Counts, counts, name_of, sizes_of, standard_error
from kb.checks.adjudication import ClaimStatus
from kb.checks.groups import ANALYSIS_SET, FREQUENCY, PEOPLE, Groups
from kb.checks.rounding import possible_values
from kb.checks.significance import LEVELS, RATIOS
from kb.model import Claim, Group
from kb.util.grouping import group_by

Ratio = Literal["RR", "OR", "RD"]
"""How two proportions are compared: risk ratio, odds ratio, or risk difference."""


@dataclass(frozen=True, slots=True)
class Options:
    """How proportions of two arms are compared, and whether parts of arms have rows."""

    measure: Ratio = "RR"
    subgroups: bool = False


SUBGROUP: Final = "subgroup"
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
_HALF: Final = 0.5


@dataclass(frozen=True, slots=True)
class Summary:
    """What is known of one arm: the printed estimate, and what a standard error comes from.

    ``reason`` tells why there is no ``yi``.
    """

    claims: tuple[Claim, ...]
    statistic: str
    n: int | None = None
    events: int | None = None
    mean: float | None = None
    sd: float | None = None
    effect: str = ""
    yi: float | None = None
    vi: float | None = None
    derivation: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Effect:
    """One row: an arm, or the contrast of an arm with another.

    ``chosen``: the row stands for its study; else another row has the same arm or contrast, of
    another analysis set, data cut or source.
    """

    group: Group
    one: Summary
    comparator: Group | None = None
    two: Summary | None = None
    analysis_set: str = ""
    chosen: bool = True

    @property
    def claim(self) -> Claim:
        """The first claim that the row is derived from."""
        return self.one.claims[0]

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims that the row is derived from, each once."""
        both = (*self.one.claims, *(self.two.claims if self.two else ()))
        return tuple({name_of(claim): claim for claim in both}.values())


def proportion(number: int, of: int) -> tuple[float, float]:
    """Return the log odds of a proportion, and its variance: ``PLO`` of metafor.

    >>> [round(x, 4) for x in proportion(0, 20)]
    [-3.7136, 2.0488]
    """
    cells = number + 0.0, of - number + 0.0
    if 0 in cells:
        cells = cells[0] + _HALF, cells[1] + _HALF
    return log(cells[0] / cells[1]), 1 / cells[0] + 1 / cells[1]


def contrast_of_counts(
    one: tuple[int, int], two: tuple[int, int], measure: Ratio
) -> tuple[float, float]:
    """Return the effect of the first arm against the second, each events and n, and its variance.

    Ratios are logarithms.

    >>> [round(x, 4) for x in contrast_of_counts((4, 123), (11, 139), "RR")]
    [-0.8893, 0.3256]
    """
    a, b, c, d = one[0] + 0.0, one[1] - one[0] + 0.0, two[0] + 0.0, two[1] - two[0] + 0.0
    if 0 in (a, b, c, d):
        a, b, c, d = (cell + _HALF for cell in (a, b, c, d))
    n, m = a + b, c + d
    if measure == "OR":
        return log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    if measure == "RR":
        return log(a / n) - log(c / m), 1 / a - 1 / n + 1 / c - 1 / m
    p, q = a / n, c / m
    return p - q, p * (1 - p) / n + q * (1 - q) / m


def effects(
    claims: Iterable[Claim],
    groups: Groups,
    standings: Mapping[tuple[str, str], ClaimStatus],
    estimated: frozenset[str],
    options: Options,
) -> list[Effect]:
    """Return a row for each arm and each contrast that the claims report.

    Args:
        claims: those of one or more studies.
        groups: the groups of the evidence base.
        standings: what judgements say of claims, by study and claim id.
        estimated: the endpoints whose percentages allow for censoring: counts give no variance.
        options: how proportions are compared, and whether of parts of arms, too.
    """
    every = [c for c in claims if standings.get((c.study, c.id)) is not ClaimStatus.SET_ASIDE]
    finder = _Finder(every, groups, estimated)
    rows = [*finder.arms(), *finder.printed_contrasts()]
    rows += _contrasts(rows, groups, options.measure)
    kept = [row for row in rows if options.subgroups or not _is_subgroup(row, groups)]
    return _chosen(kept, groups, standings)


class _Finder:
    """Finds what claims report of arms and of contrasts."""

    def __init__(self, claims: Sequence[Claim], groups: Groups, estimated: frozenset[str]) -> None:
        self.claims = [claim for claim in claims if claim.kind in ("result", "comparison")]
        self.groups = groups
        self.estimated = estimated
        self.sizes = group_by(
            (claim for claim in claims if claim.measure.endpoint == SIZE),
            lambda claim: (claim.study, claim.measure.group),
        )

    def arms(self) -> Iterator[Effect]:
        """Yield a row for each arm, source and measure with a figure."""
        own = (c for c in self.claims if not c.measure.comparator and c.measure.endpoint != SIZE)
        for prints in group_by(own, _print_key).values():
            if _is_share(prints[0]) and prints[0].measure.endpoint not in self.estimated:
                found = [self._share(prints)]
            else:
                found = [self._summary(claim) for claim in prints]
            yield from (self._row(one.claims[0], one) for one in found if one)

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
        claim, measure = prints[0], prints[0].measure
        sizes = sizes_of(self.sizes.get((claim.study, measure.group), ()), claim.source)
        found = counts(prints, sizes)
        if found is None:
            found, reason = self._from_percentage(prints)
            if found is None:
                values = (one.figure.value for one in prints)
                has_figure = any(value is not None for value in values)
                return Summary(tuple(prints), "proportion", reason=reason) if has_figure else None
        yi, vi = proportion(found.number, found.of)
        return Summary(
            (*prints, *self._denominators(found, sizes)),
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

    @staticmethod
    def _denominators(found: Counts, sizes: Iterable[Claim]) -> list[Claim]:
        return [size for size in sizes if name_of(size) in found.inputs]

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
        """Return the denominator, else the size of the group: in the same analysis set, if any."""
        size = self.groups.size(self.groups.of(claim), claim.source)
        in_set = {
            one.figure.numerator
            for one in self.sizes.get((claim.study, claim.measure.group), ())
            if (one.source, one.analysis_set) == (claim.source, claim.analysis_set)
        }
        own = next(iter(in_set)) if len(in_set) == 1 else None
        return claim.figure.denominator or own or (size.number if size else None)


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


def arm_of(group: Group, groups: Groups) -> Group:
    """Return the arm that a group is or is part of; itself where there is none."""
    return next((one for one in groups.around(group) if one.kind == "arm"), group)


def _is_subgroup(row: Effect, groups: Groups) -> bool:
    every = (row.group, *([row.comparator] if row.comparator else []))
    return any(one.kind == SUBGROUP for group in every for one in groups.around(group))


def question(row: Effect) -> tuple[object, ...]:
    """Return what the rows of one study share that report one outcome in one way."""
    m, statistic = row.claim.measure, row.one.statistic
    about = (m.endpoint, m.category, m.time, m.regimen, m.population, m.adjustment)
    return (m.study, *about, statistic, row.comparator is not None)


def _chosen(
    rows: Iterable[Effect], groups: Groups, standings: Mapping[tuple[str, str], ClaimStatus]
) -> list[Effect]:
    """Choose one analysis set and data cut for each question, and one row for each arm in it.

    The set is the whole arms if they have an estimate, else an analysis set; of two data cuts the
    later one. Of two rows of one arm it is the one that a judgement prefers, that has an estimate,
    that was read in the source's own text, and that cites no other publication.
    """
    result = []
    for several in group_by(rows, question).values():
        sets = group_by(several, lambda row: (row.analysis_set, row.claim.data_cut))
        latest = max(sets, key=lambda key: (_has_estimate(sets[key]), key[0] == "", key[1]))
        arms = group_by(sets[latest], lambda row: _arms(row, groups))
        best = {id(min(one, key=lambda row: _rank(row, standings))) for one in arms.values()}
        result += [replace(row, chosen=id(row) in best) for row in several]
    return sorted(result, key=_order)


def _has_estimate(rows: Iterable[Effect]) -> bool:
    return any(row.one.yi is not None for row in rows)


def _arms(row: Effect, groups: Groups) -> tuple[str, str]:
    one = arm_of(row.group, groups)
    return one.regimen or one.id, row.comparator.id if row.comparator else ""


def _rank(
    row: Effect, standings: Mapping[tuple[str, str], ClaimStatus]
) -> tuple[bool, bool, bool, bool, str, str]:
    claim = row.claim
    states = {standings.get((one.study, one.id), ClaimStatus.UNCONTESTED) for one in row.claims}
    return (
        ClaimStatus.PREFERRED not in states,
        row.one.yi is None,
        bool(claim.read_in),
        claim.is_second_hand,
        claim.source,
        claim.id,
    )


def _order(row: Effect) -> tuple[str, ...]:
    m = row.claim.measure
    about = (m.endpoint, m.category, str(m.time), m.study, row.one.statistic, row.one.effect)
    return (*about, row.group.id, row.comparator.id if row.comparator else "", row.claim.id)
