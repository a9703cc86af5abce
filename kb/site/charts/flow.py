"""How people went through treatments given one after another, as far as counts are printed.

A study is drawn so where the ontology gives the regimens of its arms a ``kb:sequence``: the
whole divides into arms, whose sizes are printed, and after each treatment a bar shows how many
of the arm met an endpoint. How many met one endpoint *and* a later one would need a count of
both, so no two bars are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

import pyoxigraph as ox

from kb.api.results import ClaimView
from kb.model import WHOLE, Group, Partition
from kb.records.vocabulary import Term, Vocabulary
from kb.site.charts.flow_drawing import Bar, Drawing, Lane, lay_out
from kb.site.context import PageContext
from kb.site.labels import sentence
from kb.site.tables.figures import DisplayedFigure, shown_figures

FEWEST: Final = 2
"""A flow has a bar after so many treatments, or more."""
_NTH: Final = ("first", "second", "third", "fourth", "fifth")
Filter = Callable[[ClaimView], bool]
_REST: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


@dataclass(frozen=True)
class Count:
    """How many of a group met an endpoint, as printed: ``number`` is None where prints differ."""

    group: Group
    stage: str
    endpoint: Term
    shown: tuple[DisplayedFigure, ...]
    number: int | None


@dataclass(frozen=True)
class Size:
    """A group with its printed size."""

    group: Group
    label: str
    shown: tuple[DisplayedFigure, ...]
    number: int


@dataclass(frozen=True)
class Flow:
    """A study's sequence: the whole, the arms it divides into, and the counts of each."""

    whole: Size
    arms: tuple[Size, ...]
    counts: tuple[Count, ...]
    stages: tuple[str, ...]
    drawing: Drawing


def flow_of(site: PageContext, study: str) -> Flow | None:
    """Return the flow of a study, or None when its records tell of none."""
    partition = next(filter(lambda p: _is_sequential(site, p), _partitions(site, study)), None)
    if partition is None:
        return None
    reader = _Reader(site, study)
    whole = reader.size(site.groups[study, WHOLE])
    arms = [reader.size(site.groups[study, part]) for part in partition.parts]
    sized = [arm for arm in arms if arm is not None]
    if whole is None or len(sized) < len(arms) or sum(a.number for a in sized) != whole.number:
        return None
    ordered = sorted(sized, key=lambda arm: -arm.number)
    counts = [count for arm in ordered for count in reader.counts(arm)]
    if len({c.stage for c in counts if c.number is not None}) < FEWEST:
        return None
    return _flow(site, whole, ordered, counts)


def _flow(site: PageContext, whole: Size, arms: list[Size], counts: list[Count]) -> Flow:
    longest = max(len(sequence(site.vocabulary, arm.group.regimen)) for arm in arms)
    after = [f"after the {name} treatment" for name in _NTH[:longest]]
    ends = [c.stage for c in counts if c.stage not in _after(site, arms)]
    stages = (*after, *dict.fromkeys(ends))
    lanes = [Lane(a.label, a.number, _said(a.shown), _claim(site, a.shown)) for a in arms]
    bars = [_bar(site, arms, count, stages) for count in counts]
    drawing = lay_out(whole.number, _claim(site, whole.shown), lanes, stages, bars)
    return Flow(whole, tuple(arms), tuple(counts), stages, drawing)


def _after(site: PageContext, arms: Iterable[Size]) -> set[str]:
    return {
        f"after {site.words.label('regimen', name)}"
        for arm in arms
        for name in sequence(site.vocabulary, arm.group.regimen)
    }


def _bar(site: PageContext, arms: list[Size], count: Count, stages: tuple[str, ...]) -> Bar:
    lane = next(at for at, arm in enumerate(arms) if arm.group.id == count.group.id)
    steps = sequence(site.vocabulary, count.group.regimen)
    named = [f"after {site.words.label('regimen', name)}" for name in steps]
    is_step = count.stage in named
    stage = named.index(count.stage) if is_step else stages.index(count.stage)
    label = sentence(count.endpoint.label)
    step = count.stage if is_step else ""
    return Bar(
        lane, stage, label, step, count.number, _said(count.shown), _claim(site, count.shown)
    )


def _said(shown: tuple[DisplayedFigure, ...]) -> str:
    return " ≠ ".join(one.text for one in shown)


def _claim(site: PageContext, shown: tuple[DisplayedFigure, ...]) -> str:
    """Return the id of the claim that prints what is shown most fully."""
    figures = {f.claim.id: site.words.figure(f.claim.figure, False) for f in shown[0].claims}
    return max(figures, key=lambda name: len(figures[name]))


def _partitions(site: PageContext, study: str) -> list[Partition]:
    return [p for p in site.evidence.partitions if p.study == study and p.of == WHOLE]


def _is_sequential(site: PageContext, partition: Partition) -> bool:
    regimens = [site.groups[partition.study, part].regimen for part in partition.parts]
    return all(sequence(site.vocabulary, regimen) for regimen in regimens)


def sequence(vocabulary: Vocabulary, regimen: str) -> tuple[str, ...]:
    """Return the regimens that a regimen gives one after another, in order; none if it does not."""
    return _sequences(vocabulary).get(regimen, ())


@cache
def _sequences(vocabulary: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """Read the lists of the ontology: each has a first item and a rest."""
    said = {(s, p.value.removeprefix(_REST)): o for s, p, o in vocabulary.triples}
    notations = {term.iri: term.notation for term in vocabulary.schemes["regimen"].values()}
    start = f"{vocabulary.base}ontology#sequence"

    def items(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Iterator[str]:
        while (item := said.get((node, "first"))) is not None:
            yield notations.get(str(getattr(item, "value", "")), "")
            node = said[node, "rest"]

    return {
        term.notation: tuple(filter(None, items(node)))
        for term in vocabulary.schemes["regimen"].values()
        if (node := said.get((ox.NamedNode(term.iri), start))) is not None
    }


class _Reader:
    """Finds the counts of one study's groups."""

    def __init__(self, site: PageContext, study: str) -> None:
        self.site = site
        self.claims = site.by_study.get(study, [])
        self.said = site.settings["flow"]

    def size(self, group: Group) -> Size | None:
        shown = self._shown(group, self.site.settings["size"], lambda _: True)
        number = _number(shown)
        label = self.site.words.label("regimen", group.regimen) if group.within else group.label
        return None if number is None else Size(group, label, shown, number)

    def counts(self, arm: Size) -> Iterator[Count]:
        words = self.site.words
        for name in sequence(self.site.vocabulary, arm.group.regimen):
            stage = f"after {words.label('regimen', name)}"
            for endpoint in self.said["after"]:
                yield from self._count(arm, stage, endpoint, {"after": name})
        for endpoint in self.said["then"]:
            yield from self._count(arm, "at any time", endpoint, {})

    def _count(
        self, arm: Size, stage: str, endpoint: str, time: Mapping[str, str]
    ) -> Iterator[Count]:
        shown = self._shown(arm.group, endpoint, lambda f: f.claim.measure.time.parts() == time)
        if shown:
            number = _number(shown, arm.number)
            term = self.site.vocabulary.get("endpoint", endpoint)
            yield Count(arm.group, stage, term, shown, number)

    def _shown(self, group: Group, endpoint: str, holds: Filter) -> tuple[DisplayedFigure, ...]:
        chosen = [
            found
            for found in self.claims
            if found.claim.measure.group == group.id
            and found.claim.measure.endpoint == endpoint
            and not found.claim.measure.category
            and not found.claim.measure.comparator
            and found.claim.figure.numerator is not None
            and holds(found)
        ]
        return tuple(shown_figures(chosen, self.site.words, with_unit=False, prefix="flow"))


def _number(shown: Iterable[DisplayedFigure], of: int | None = None) -> int | None:
    """Return the one number that all prints give, where none is of other people than ``of``."""
    figures = [found.claim.figure for one in shown for found in one.claims]
    numbers = {figure.numerator for figure in figures}
    if len(numbers) != 1 or not {f.denominator for f in figures} <= {None, of}:
        return None
    return numbers.pop()
