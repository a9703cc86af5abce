"""Small studies made of a few figures, for the checks to read."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path

from kb.checks import CheckContext, Discrepancy
from kb.model import Claim, Dataset, Evidence, Figure, Group, Measure, Partition, Source, Study
from kb.records.notation import parse_time
from kb.records.vocabulary import Vocabulary

ONTOLOGY = Path(__file__).resolve().parents[2] / "ontology"
STUDY, PAPER = "trial", "paper"
_number = count(1)


@cache
def vocabulary() -> Vocabulary:
    """The project's own words."""
    return Vocabulary.load(ONTOLOGY, "https://example.org/")


def group(name: str, within: str = "all", label: str = "", **more: str) -> Group:
    """A group of the small study."""
    above = "" if name == "all" else within
    return Group(STUDY, name, label or name, more.pop("kind", "subgroup"), above, **more)


def claim(endpoint: str, figure: Figure, **more: str) -> Claim:
    """A figure that the small paper prints; ``more`` is of the measure, a section or a source."""
    source, section = more.pop("source", PAPER), more.pop("section", "1")
    moment, group = parse_time(more.pop("time", "")), more.pop("group", "all")
    statistic = more.pop("statistic", "frequency")
    measure = Measure(STUDY, group, endpoint, statistic, time=moment, **more)
    name = f"{source}.{next(_number)}"
    return Claim(name, name, "result", statistic, measure, source, section, figure=figure)


def people(n: int) -> Figure:
    """So many patients."""
    return Figure(value=Decimal(n), digits=str(n), unit="patients", numerator=n)


def share(text: str, n: int | None = None, of: int | None = None) -> Figure:
    """A percentage as printed, with its count and denominator where they are printed."""
    return Figure(value=Decimal(text), digits=text, unit="%", numerator=n, denominator=of)


def months(text: str) -> Figure:
    """So many months."""
    return Figure(value=Decimal(text), digits=text, unit="months")


def material(
    claims: Iterable[Claim],
    groups: Iterable[Group] = (),
    partitions: Iterable[Partition] = (),
) -> CheckContext:
    """What the checks read, made of these claims."""
    printed = tuple(claims)
    study = Study(STUDY, "Trial", "a trial", "randomised-trial", "adults")
    names = sorted({claim.source for claim in printed})
    sources = tuple(Source(name, name, name, "primary-report", "en", "") for name in names)
    all_groups = (group("all", label="all patients", kind="whole"), *groups)
    dataset = Dataset("small", "small", "https://example.org/", "")
    parts = tuple(partitions)
    return CheckContext(
        Evidence(dataset, (), sources, (), (study,), all_groups, parts, printed), vocabulary()
    )


def kinds(findings: Iterable[Discrepancy]) -> list[str]:
    """The kinds of findings, sorted."""
    return sorted(finding.kind for finding in findings)
