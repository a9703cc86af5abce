"""Provenance: figures that the cited publication does not give."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Final

from kb.checks.agreement import agrees, compare, severity
from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity
from kb.checks.groups import ANALYSIS_SET
from kb.checks.wording import figure_text, place, with_bounds
from kb.model import Claim, Measure
from kb.util.grouping import group_by
from kb.util.wording import counted

ANOTHER_REPORT: Final = "figure-of-another-report"
ANOTHER_GROUP: Final = "figures-of-another-group"
ANOTHER_NAME: Final = "figure-of-another-endpoint"
SOME_ONLY: Final = "figure-of-some-only"
DIFFERS: Final = "differs-from-cited"


def find(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield figures that the cited publication does not give.

    One discrepancy for each block; blocks of one place whose figures the publication gives to
    other groups are one discrepancy together.
    """
    citations = _Citations(context)
    second_hand = (c for c in context.evidence.claims if c.is_second_hand)
    differences = [d for claim in second_hand if (d := citations.difference(claim))]
    blocks = group_by(differences, lambda d: (d.claim.study, d.claim.block))
    merged: dict[tuple[str, ...], list[_Difference]] = {}
    for key, rows in blocks.items():
        first = rows[0].claim
        together = (first.study, first.source, first.section)
        merged.setdefault(together if _kind(rows) == ANOTHER_GROUP else key, []).extend(rows)
    yield from (_differing(context, rows) for rows in merged.values())


@dataclass(frozen=True, slots=True)
class _Difference:
    """A second-hand claim, and what its study's publications print instead.

    ``cited`` are the claims of the cited publication that it differs from. ``elsewhere`` are
    claims that do give its figure, of another report, group or endpoint, each with its kind.
    """

    claim: Claim
    cited: tuple[Claim, ...]
    elsewhere: tuple[tuple[str, Claim], ...] = ()


@dataclass(frozen=True)
class _Citations:
    """Second-hand claims, compared with the publications that they cite."""

    context: CheckContext

    @cached_property
    def _by_measure(self) -> dict[Measure, list[Claim]]:
        return group_by(self.context.evidence.claims, lambda claim: claim.measure)

    def difference(self, claim: Claim) -> _Difference | None:
        """Return how a claim differs from what it cites; None if it agrees or that is unknown."""
        reports, prints = self.context.reports, self._by_measure[claim.measure]
        intended = reports.intended_publications(claim)
        others = reports.publications_of(claim.study) - intended
        in_other_reports = [c for c in reports.own_claims(prints, others) if agrees(claim, c)]
        cited = self._contradicting(claim, prints, in_other_reports)
        if not cited and not reports.own_claims(prints, intended):
            cited = self._other_endpoint(claim) or self._other_group(claim)
        if not cited:
            return None
        elsewhere = [(ANOTHER_REPORT, other) for other in in_other_reports]
        elsewhere += self._neighbours(claim)
        return _Difference(claim, tuple(cited), tuple(elsewhere))

    def _contradicting(
        self, claim: Claim, prints: Sequence[Claim], in_other_reports: Sequence[Claim]
    ) -> list[Claim]:
        """Return the cited claims if every cited publication gives another figure."""
        reports, contradicting = self.context.reports, []
        for publication in sorted(reports.intended_publications(claim)):
            theirs = reports.own_claims(prints, {publication})
            if not theirs and in_other_reports:
                theirs = reports.own_claims(self._of_same_arm(claim), {publication})
            outcomes = [compare(claim, other) for other in theirs]
            if not outcomes or any(outcome is not Outcome.INCONSISTENT for outcome in outcomes):
                return []  # it agrees, or may be printed in a part that was not transcribed
            contradicting += theirs
        return contradicting

    def _of_same_arm(self, claim: Claim) -> Iterator[Claim]:
        """Yield what is printed of the same treatment in an analysis set of the study."""
        arm = self.context.groups.of(claim)
        for other in self.context.by_study[claim.study]:
            group = self.context.groups.of(other)
            part = self.context.groups.parent(group)
            in_set = part is not None and part.kind == ANALYSIS_SET and not group.who_endpoint
            treated = bool(arm.role) and arm.regimen == group.regimen
            if in_set and treated and _essence(other.measure) == _essence(claim.measure):
                yield other

    def _other_endpoint(self, claim: Claim) -> list[Claim]:
        """Return where the cited publication prints the figure, if only under another endpoint."""
        endpoint = claim.measure.endpoint
        alike = self._differing_in(claim, "endpoint")
        return [other for other in alike if self._are_rivals(endpoint, other.measure.endpoint)]

    def _are_rivals(self, one: str, other: str) -> bool:
        """Tell whether two endpoints are of one kind, and neither includes the other.

        ``naming`` compares names of responses that a source mixes up in its own prints.
        """
        vocabulary, is_a = self.context.vocabulary, self.context.is_a
        if vocabulary.has_flag("endpoint", one, "hasRivalNames"):
            return False
        same_top = vocabulary.top("endpoint", one) == vocabulary.top("endpoint", other)
        return same_top and not is_a(one, other) and not is_a(other, one)

    def _other_group(self, claim: Claim) -> list[Claim]:
        """Return where the cited publication prints the figure, if only for some of the people."""
        if claim.figure.unit not in ("%", "months") or claim.measure.comparator:
            return []
        alike = self._differing_in(claim, "group")
        return [
            other
            for other in alike
            if self._includes(claim.measure.group, other)
            and not self._are_same_people(claim, other)
        ]

    def _are_same_people(self, claim: Claim, other: Claim) -> bool:
        """Tell whether a group is narrower in name only.

        So is that of all with a response, for an endpoint whose time begins at the response:
        only they had a remission to relapse from.
        """
        group, parent = self.context.groups.of(other), self.context.groups.parent
        above = parent(group)
        if above is None or above.id != claim.measure.group or group.who_category:
            return False
        links = self.context.vocabulary.inherited_links
        return group.who_endpoint in links("endpoint", claim.measure.endpoint, "beginsAt")

    def _includes(self, name: str, claim: Claim) -> bool:
        """Tell whether a claim is about some of the people of a group."""
        group = self.context.groups.parent(self.context.groups.of(claim))
        while group and group.id != name:
            group = self.context.groups.parent(group)
        return group is not None

    def _differing_in(self, claim: Claim, part: str) -> Iterator[Claim]:
        """Yield where the cited publication prints the figure of a measure that differs in a part.

        A p-value is not specific enough to be recognised elsewhere.
        """
        if claim.figure.value is None or claim.result.p_printed:
            return
        names = [field.name for field in fields(Measure) if field.name != part]
        for other in self._cited_claims(claim):
            alike = all(getattr(other.measure, n) == getattr(claim.measure, n) for n in names)
            if alike and compare(claim, other) is Outcome.CONSISTENT:
                yield other

    def _cited_claims(self, claim: Claim) -> list[Claim]:
        reports = self.context.reports
        study = self.context.by_study[claim.study]
        return reports.own_claims(study, reports.intended_publications(claim))

    def _neighbours(self, claim: Claim) -> Iterator[tuple[str, Claim]]:
        """Yield where the cited publication prints the figure of another group or endpoint."""
        if claim.figure.value is None or claim.result.p_printed:
            return
        for other in self._cited_claims(claim):
            if self._is_neighbour(claim, other) and compare(claim, other) is Outcome.CONSISTENT:
                same = claim.measure.endpoint == other.measure.endpoint
                yield (ANOTHER_GROUP if same else ANOTHER_NAME), other

    def _is_neighbour(self, claim: Claim, other: Claim) -> bool:
        """Tell whether a claim differs in the group alone, or in a broader name of the endpoint."""
        a, b = claim.measure, other.measure
        if (a.category, a.time, a.statistic) != (b.category, b.time, b.statistic):
            return False
        if a.endpoint == b.endpoint:
            return a.group != b.group and not a.comparator and not b.comparator
        return a.group == b.group and self.context.is_a(a.endpoint, b.endpoint)


def _essence(measure: Measure) -> tuple[object, ...]:
    return measure.endpoint, measure.category, measure.statistic, measure.time


def _kind(rows: Sequence[_Difference]) -> str:
    cited = [c.measure for row in rows for c in row.cited]
    own = [row.claim.measure for row in rows]
    if {m.endpoint for m in cited}.isdisjoint({m.endpoint for m in own}):
        return ANOTHER_NAME
    equal = all(row.cited[0].figure.value == row.claim.figure.value for row in rows)
    if equal and {m.group for m in cited}.isdisjoint({m.group for m in own}):
        return SOME_ONLY
    kinds = [{kind for kind, _ in row.elsewhere} for row in rows if row.claim.figure.value]
    if any(ANOTHER_REPORT in row_kinds for row_kinds in kinds):
        return ANOTHER_REPORT
    swapped = bool(kinds) and all(ANOTHER_GROUP in row_kinds for row_kinds in kinds)
    return ANOTHER_GROUP if swapped else DIFFERS


def _differing(context: CheckContext, rows: Sequence[_Difference]) -> Discrepancy:
    involved = {
        (claim.study, claim.id): claim
        for row in rows
        for claim in (row.claim, *row.cited, *(other for _, other in row.elsewhere))
    }
    computation = "; ".join(_computation(context, row) for row in rows)
    endpoints = {row.claim.measure.endpoint for row in rows}
    endpoint = endpoints.pop() if len(endpoints) == 1 else ""
    severities = [_severity(row) for row in rows]
    worst = Severity.MATERIAL if Severity.MATERIAL in severities else severities[0]
    study, kind = context.describe.studies[rows[0].claim.study], _kind(rows)
    message = f"For {study}, {_message(context, rows, kind)}."
    return Discrepancy(kind, worst, message, tuple(involved.values()), computation, endpoint)


def _severity(row: _Difference) -> Severity:
    """A figure of another number of people is another result, also where only that differs."""
    claims = [row.claim, *row.cited]
    denominators = {c.figure.denominator for c in claims} - {None}
    other_group = row.claim.measure.group != row.cited[0].measure.group
    if len(denominators) > 1 or (row.claim.figure.unit == "%" and other_group):
        return Severity.MATERIAL
    return severity(claims)


def _message(context: CheckContext, rows: Sequence[_Difference], kind: str) -> str:
    credit = " and ".join(dict.fromkeys(_credit(context, c) for row in rows for c in row.cited))
    cited, here = f"the publication that it cites ({credit})", place(rows[0].claim)
    if kind == ANOTHER_GROUP and rows[1:]:
        example = _comparison(context, rows[0])
        printed = counted(len(rows), "figure")
        return f"{here} prints {printed} for other groups than {cited}, such as {example}"
    comparisons = "; ".join(_comparison(context, row) for row in rows)
    return f"{here} differs from {cited}: {comparisons}"


def _comparison(context: CheckContext, row: _Difference) -> str:
    subject = context.describe.subject
    one_each = {kind: (kind, other) for kind, other in row.elsewhere}.values()
    notes = "".join(
        f" ({figure_text(row.claim)} is that of {_credit(context, other)})"
        if kind == ANOTHER_REPORT
        else f" (there {figure_text(other)} is {subject(other)})"
        for kind, other in one_each
        if other not in row.cited
    )
    other = row.cited[0]
    printed = f"{_text(row)(row.claim)} as {subject(row.claim)}"
    if _is_one_figure(row) and subject(other) != subject(row.claim):
        return f"{printed}, which there is {subject(other)}{notes}"
    of = "" if other.measure == row.claim.measure else f" ({subject(other)})"
    return f"{printed}, instead of {_theirs(row, ' or ')}{of}{notes}"


def _computation(context: CheckContext, row: _Difference) -> str:
    """Return both figures, or what one figure is of, here and there."""
    claim, other = row.claim, row.cited[0]
    here, there = map(context.describe.subject, (claim, other))
    if _is_one_figure(row) and here != there:
        return f"{figure_text(claim)}: {here} ≠ {there}"
    return f"{_text(row)(claim)} ≠ {_theirs(row, ' ≠ ')}"


def _theirs(row: _Difference, joint: str) -> str:
    return joint.join(dict.fromkeys(map(_text(row), row.cited)))


def _text(row: _Difference) -> Callable[[Claim], str]:
    """Return the function that writes figures: with their bounds where only these differ."""
    return with_bounds if _is_one_figure(row) else figure_text


def _is_one_figure(row: _Difference) -> bool:
    return {figure_text(row.claim)} == set(map(figure_text, row.cited))


def _credit(context: CheckContext, claim: Claim) -> str:
    credit = context.reports.sources[claim.source].credit
    return credit.partition(", doi")[0].partition(". ©")[0]
