"""How patients went through treatments given one after another, as far as counts are printed.

A study is drawn so where the ontology gives the regimens of its arms a ``kb:sequence``: the
whole divides into arms, whose sizes are printed, and after each treatment a bar shows how many
of the arm met an endpoint. How many met one endpoint *and* a later one would need a count of
both, so no two bars are joined.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import pyoxigraph as ox

from kb.model import WHOLE, Group
from kb.records.vocabulary import Vocabulary
from kb.site.charts.drawing import Text, fold
from kb.site.context import PageContext
from kb.site.labels import sentence
from kb.site.tables.figures import DisplayedFigure, displayed_figures

FEWEST: Final = 2
"""A flow has bars after at least this many treatments."""
WIDTH: Final = 1040
TALL: Final = 330
"""The height of the bar of all patients."""
LEAST: Final = 30
"""The least height of an arm's lane, so that its texts have room."""
HEAD: Final = 46
"""The room above the bars of a lane, for their labels and numbers."""
ARMS: Final = 190
"""Where the lanes begin."""
COLUMNS: Final = 400
"""Where the first column begins."""
THICK: Final = 22
LETTER: Final = 7.2

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NTH: Final = ("first", "second", "third", "fourth", "fifth")
_ANY_TIME: Final = "at any time"


@dataclass(frozen=True)
class Count:
    """The size of a group, or how many of it met an endpoint at a stage, as printed.

    ``claim`` is the id of the claim that prints it most fully, ``number`` is None where prints
    differ, and ``column`` is the index of the stage.
    """

    group: Group
    label: str
    figures: tuple[DisplayedFigure, ...]
    claim: str
    number: int | None
    stage: str = ""
    column: int = 0

    @property
    def text(self) -> str:
        """The printed counts; where they differ, all of them."""
        return " or ".join(figure.text for figure in self.figures)


@dataclass(frozen=True)
class Flow:
    """A study's sequence: the whole, the arms it divides into, and the counts of each arm."""

    whole: Count
    arms: tuple[Count, ...]
    counts: tuple[Count, ...]
    stages: tuple[str, ...]

    @property
    def figures(self) -> list[DisplayedFigure]:
        """All figures of the drawing."""
        counts = (self.whole, *self.arms, *self.counts)
        return [figure for count in counts for figure in count.figures]

    @property
    def drawing(self) -> FlowDrawing:
        """The flow with everything in its place."""
        return FlowDrawing(self)


def flow_of(site: PageContext, study: str) -> Flow | None:
    """Return the flow of a study, or None where its records have none."""
    partitions = (p for p in site.evidence.partitions if p.study == study and p.of == WHOLE)
    divisions = ([site.groups[study, part] for part in p.parts] for p in partitions)
    groups = next((d for d in divisions if all(sequence(site, g.regimen) for g in d)), None)
    if groups is None:
        return None
    whole = _size(site, site.groups[study, WHOLE])
    arms = sorted((_size(site, group) for group in groups), key=lambda arm: -(arm.number or 0))
    sizes = [arm.number for arm in arms if arm.number is not None]
    if len(sizes) < len(arms) or sum(sizes) != whole.number:
        return None
    longest = max(len(sequence(site, group.regimen)) for group in groups)
    counts = tuple(count for arm in arms for count in _counts(site, arm, longest))
    if len({count.stage for count in counts if count.number is not None}) < FEWEST:
        return None
    after = (f"after the {nth} treatment" for nth in _NTH[:longest])
    end = [_ANY_TIME] if any(count.stage == _ANY_TIME for count in counts) else []
    return Flow(whole, tuple(arms), counts, (*after, *end))


def sequence(site: PageContext, regimen: str) -> tuple[str, ...]:
    """Return the regimens that a regimen gives one after another, in order; none if it does not."""
    return site.memo(("sequences",), lambda: _sequences(site.vocabulary)).get(regimen, ())


def _sequences(vocabulary: Vocabulary) -> Mapping[str, tuple[str, ...]]:
    """Read the RDF lists of the ontology, by regimen."""
    objects = {(s, p.value): o for s, p, o in vocabulary.triples}
    regimens = vocabulary.schemes["regimen"].values()
    notations = {ox.NamedNode(term.iri): term.notation for term in regimens}

    def members(node: object) -> Iterator[str]:
        while (member := objects.get((node, f"{_RDF}first"))) is not None:
            yield notations.get(member, "")
            node = objects[node, f"{_RDF}rest"]

    start = f"{vocabulary.base}ontology#sequence"
    return {
        name: tuple(filter(None, members(objects.get((iri, start)))))
        for iri, name in notations.items()
    }


def _size(site: PageContext, group: Group) -> Count:
    label = site.labels.label("regimen", group.regimen) if group.within else group.label
    figures = _figures(site, group, site.settings["size"], None)
    return Count(group, label, figures, _claim(site, figures), _number(figures))


def _counts(site: PageContext, arm: Count, longest: int) -> Iterator[Count]:
    """Yield how many of an arm met each endpoint: after each treatment, and at any time."""
    settings = site.settings["flow"]
    wanted = [
        (endpoint, f"after {site.labels.label('regimen', step)}", {"after": step}, column)
        for column, step in enumerate(sequence(site, arm.group.regimen))
        for endpoint in settings["after"]
    ]
    wanted += [(endpoint, _ANY_TIME, {}, longest) for endpoint in settings["then"]]
    for endpoint, stage, time, column in wanted:
        if figures := _figures(site, arm.group, endpoint, time):
            label = site.vocabulary.get("endpoint", endpoint).label
            number = _number(figures, arm.number)
            yield Count(arm.group, label, figures, _claim(site, figures), number, stage, column)


def _figures(
    site: PageContext, group: Group, endpoint: str, time: Mapping[str, str] | None
) -> tuple[DisplayedFigure, ...]:
    views = [
        view
        for view in site.by_study.get(group.study, [])
        if (view.claim.measure.group, view.claim.measure.endpoint) == (group.id, endpoint)
        and not view.claim.measure.category
        and not view.claim.measure.comparator
        and view.claim.figure.numerator is not None
        and (time is None or view.claim.measure.time.parts() == time)
    ]
    return tuple(displayed_figures(views, site.labels, with_unit=False))


def _claim(site: PageContext, figures: Sequence[DisplayedFigure]) -> str:
    views = figures[0].claims if figures else ()
    texts = {view.claim.id: site.labels.figure(view.claim.figure, False) for view in views}
    return max(texts, key=lambda claim: len(texts[claim]), default="")


def _number(figures: Sequence[DisplayedFigure], of: int | None = None) -> int | None:
    """Return the one number that all claims have, unless one is of another denominator."""
    claims = [view.claim.figure for figure in figures for view in figure.claims]
    numbers = {claim.numerator for claim in claims}
    if len(numbers) != 1 or not {claim.denominator for claim in claims} <= {None, of}:
        return None
    return numbers.pop()


class Box(NamedTuple):
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    style: str
    title: str = ""


class FlowDrawing:
    """A flow with everything in its place: a lane for each arm, a column for each endpoint.

    All bars share one scale of patients.
    """

    width: Final = WIDTH

    def __init__(self, flow: Flow) -> None:
        self.flow, self.people = flow, flow.whole.number or 1
        self.columns = sorted({(count.column, sentence(count.label)) for count in flow.counts})
        self.boxes: list[Box] = []
        self.ribbons: list[str] = []
        self.texts: list[Text] = []
        self.rules: list[float] = []
        self.tops: dict[str, float] = {}
        top = 52.0
        for arm in flow.arms:
            self.tops[arm.group.id] = top + HEAD
            top += HEAD + max(self._high(arm), LEAST) + 16
        bottom = round(top - 16, 1)
        self.height = bottom + 10
        start = self._whole(bottom)
        for arm in flow.arms:
            self._lane(arm, start)
            start += self._high(arm)
        for count in flow.counts:
            self._bar(count)
        self._heads()

    def _high(self, count: Count) -> float:
        return round((count.number or 0) * TALL / self.people, 1)

    def _left(self, column: int) -> float:
        return round(COLUMNS + column * self._room, 1)

    @property
    def _room(self) -> float:
        return (WIDTH - COLUMNS) / len(self.columns)

    def _whole(self, bottom: float) -> float:
        """Draw the bar of all patients, in the middle; return its top."""
        top = round((52 + bottom) / 2 - TALL / 2, 1)
        whole = self.flow.whole
        self.boxes.append(Box(0, top, THICK, TALL, "all", "all patients"))
        self.texts.append(
            Text(0, top - 8, str(self.people), "figure", whole.claim, then="patients")
        )
        return top

    def _lane(self, arm: Count, start: float) -> None:
        y, high, bend = self.tops[arm.group.id], self._high(arm), (THICK + ARMS) / 2
        self.ribbons.append(
            f"M{THICK} {start:.1f}C{bend:.0f} {start:.1f} {bend:.0f} {y:.1f} {ARMS} {y:.1f}"
            f"V{y + high:.1f}C{bend:.0f} {y + high:.1f} {bend:.0f} {start + high:.1f} "
            f"{THICK} {start + high:.1f}Z"
        )
        self.boxes.append(Box(ARMS, y, THICK, high, "all", arm.label))
        self.boxes.append(Box(ARMS + THICK, y, WIDTH - ARMS - THICK, high, "lane"))
        for line, text in enumerate(fold(arm.label, COLUMNS - ARMS - 12, LETTER, 2)):
            self.texts.append(Text(ARMS, y - HEAD + 13 + line * 14, text, "name"))
        self.texts.append(Text(ARMS, y - 6, arm.text, "figure", arm.claim, then="patients"))

    def _bar(self, count: Count) -> None:
        arm = next(arm for arm in self.flow.arms if arm.group.id == count.group.id)
        label = sentence(count.label)
        step = count.stage if count.stage != _ANY_TIME else ""
        x, y = self._left(self.columns.index((count.column, label))), self.tops[arm.group.id]
        wide, high = round(self._room * 0.5, 1), self._high(arm)
        self.boxes.append(Box(x, y, wide, high, "of"))
        if count.number is not None:
            filled = self._high(count)
            title = f"{label} {step}: {count.text}"
            self.boxes.append(Box(x, round(y + high - filled, 1), wide, filled, "met", title))
        self.texts.append(Text(x, y - 6, count.text, "figure", count.claim))
        first = next(name for column, name in self.columns if column == count.column)
        if step and first == label:
            self.texts.append(Text(x, y - 24, step, "step"))

    def _heads(self) -> None:
        self.texts.append(Text(0, 14, "all patients", "head"))
        self.texts.append(Text(ARMS, 14, "first treatment", "head"))
        last = -1
        for n, (column, label) in enumerate(self.columns):
            x = self._left(n)
            if column != last:
                self.texts.append(Text(x, 14, self.flow.stages[column], "head"))
                self.rules.append(x - 14)
                last = column
            for line, text in enumerate(fold(label, self._room - 12, 6.2, 4)):
                self.texts.append(Text(x, 32 + line * 13, text, "label"))
