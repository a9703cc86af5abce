"""Claims made up for a check: one study, one source, and figures of its groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from kb import KnowledgeBase
from kb.checks import CheckContext, Discrepancy
from kb.model import Claim, ComparisonResult, Figure, Group, Measure, Partition, Study, Time


def group(
    name: str, within: str = "all", kind: str = "arm", who: tuple[str, str] = ("", "")
) -> Group:
    endpoint, category = who
    return Group("s", name, name, kind, within, who_endpoint=endpoint, who_category=category)


WHOLE = Group("s", "all", "all patients", "whole")


def say(  # noqa: PLR0913 - a claim has as many sides
    of: str,
    endpoint: str,
    statistic: str = "frequency",
    *,
    category: str = "",
    time: Time | None = None,
    section: str = "1",
    printed: str = "printed",
    kind: str = "result",
    study: str = "s",
    **figure: object,
) -> Claim:
    """One claim about a group; the figure's parts by name, its value as text."""
    if isinstance(figure.get("value"), str):
        figure["value"] = Decimal(str(figure["value"]))
    measure = Measure(study, of, endpoint, statistic, category, time or Time())
    made = Claim("", "b", kind, statistic, measure, "a-source", section, printed)
    return replace(made, figure=Figure(**figure))  # type: ignore[arg-type]


def people(of: str, number: int, **more: object) -> Claim:
    return say(of, "SAMPLE_SIZE", numerator=number, unit="patients", **more)  # type: ignore[arg-type]


def share(of: str, value: str, endpoint: str = "CR", **more: object) -> Claim:
    return say(of, endpoint, value=value, unit="%", **more)  # type: ignore[arg-type]


def median(of: str, value: str, endpoint: str = "OS", **more: object) -> Claim:
    return say(of, endpoint, "median", value=value, unit="months", **more)  # type: ignore[arg-type]


def material(
    base: KnowledgeBase,
    claims: Sequence[Claim],
    groups: Sequence[Group] = (),
    parts: Sequence[str] = (),
) -> CheckContext:
    """Put claims of made-up studies beside the vocabulary of an evidence base."""
    studies = sorted({claim.study for claim in claims} | {"s"})
    numbered = tuple(replace(c, id=f"c{i}", block=c.block + str(i)) for i, c in enumerate(claims))
    evidence = replace(
        base.evidence,
        studies=tuple(Study(s, s, s, "cohort", "p") for s in studies),
        groups=(*(replace(WHOLE, study=s) for s in studies), *groups),
        partitions=(Partition("s", "all.by", "all", "by", tuple(parts)),) if parts else (),
        claims=numbered,
    )
    return CheckContext(evidence, base.vocabulary)


class Quiet(CheckContext):
    """Much evidence, without printing all of it when a test fails."""

    def __repr__(self) -> str:
        return "the evidence of a whole base"


def all_of(base: KnowledgeBase) -> CheckContext:
    """What the checks read of an evidence base."""
    return Quiet(base.evidence, base.vocabulary)


def found_in(
    find: Callable[[CheckContext], Iterable[Discrepancy]], whole: CheckContext, *claims: Claim
) -> list[Discrepancy]:
    """What a family finds where these claims stand for all those of the evidence."""
    return list(find(Quiet(replace(whole.evidence, claims=claims), whole.vocabulary)))


def compared(endpoint: str, statistic: str, p: str = "", **more: object) -> Claim:
    """One claim about groups a and b; ``p`` is the printed p-value."""
    made = say("a", endpoint, statistic, **more)  # type: ignore[arg-type]
    result = ComparisonResult(f"={p}", "=", Decimal(p)) if p else ComparisonResult()
    kind, measure = "comparison", replace(made.measure, comparator="b")
    return replace(made, kind=kind, measure=measure, result=result)
