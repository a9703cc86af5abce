"""Ratios and differences of tables and sentences against the counts or means that they compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import log
from typing import Final

from kb.checks.count_tests import crude_estimate
from kb.checks.discrepancy import Severity
from kb.checks.rounding import Span, possible_values
from kb.papers.entries import Form, whole
from kb.papers.reading import ColumnKind, TableFigure
from kb.papers.statistic import Centre, Spread
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.group_counts import Counts, counts_of
from kb.scan.group_means import summaries
from kb.scan.p_fit import Limits, names_other_test, verdict
from kb.scan.phrases import EstimatePhrase, counts, estimates
from kb.scan.places import notes, place_of
from kb.sources.numbers import Number
from kb.util.grouping import group_by

COUNTS: Final = "effect-of-counts"
MEANS: Final = "difference-of-means"
_LIMITS: Final = Limits(0.05, 0.25)
"""Distances of a ratio, as logarithms, or of a difference, as parts of its size."""
_FEWEST: Final = 3
_MOST: Final = 0.8
"""So many effects of a column, and this part of the others, show which effect it is."""
_PAIRS: Final = (Form.PAIR, Form.PLUS_MINUS)
_RATIOS: Final = (Centre.RISK_RATIO, Centre.ODDS_RATIO, Centre.RATIO)


@dataclass(frozen=True, slots=True)
class _Effect:
    """An effect with the figures of the two groups that it compares."""

    kind: str
    main: Number
    bounds: Span | None
    crude: tuple[Span, ...]
    """What the figures give, both ways round."""
    rest: tuple[Span, ...]
    """What they give for those without the event, which only an exact fit shows to be meant."""
    is_ratio: bool
    computed: str
    printed: tuple[str, ...]
    place: Place
    labels: str
    is_declared: bool = True
    """Whether a label says which effect it is; else it is the one that its neighbours fit."""

    @property
    def distance(self) -> float:
        """How far the effect is from what the figures give; 0 if it fits."""
        printed = possible_values(self.main.value)
        if any(printed.overlaps(span) for span in self.rest):
            return 0.0
        return min(self._distance(printed, span) for span in self.crude)

    def _distance(self, printed: Span, span: Span) -> float:
        if printed.overlaps(span):
            return 0.0
        near = (printed.high, span.low) if printed.high < span.low else (span.high, printed.low)
        low, high = float(near[0]), float(near[1])
        if self.is_ratio:
            return log(high / low) if low > 0 else 9.0
        return (high - low) / max(abs(float(self.main.value)), abs(float(span.high)), 1e-9)

    @property
    def is_outside(self) -> bool:
        """Whether what the figures give lies outside the printed interval of the effect."""
        return self.bounds is not None and not any(s.overlaps(self.bounds) for s in self.crude)


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield ratios and differences that the figures beside them do not give."""
    for bases in context.bases:
        columns = group_by(_of_table(bases), key=lambda pair: (pair[0], pair[1].kind))
        other_test = names_other_test(notes(bases.reading))
        for (_, kind), pairs in columns.items():
            effects = [effect for _, effect in pairs]
            context.checked[kind] += len(effects)
            yield from _column(effects, other_test=other_test)
    for sentence in context.sentences:
        spoken = _of_sentence(sentence)
        if spoken is None:
            continue
        context.checked[COUNTS] += 1
        if spoken.distance > _LIMITS.gross:
            sure = spoken.is_outside
            yield _finding(spoken, Verdict.INCONSISTENT if sure else Verdict.DOUBTFUL)


def _column(effects: Sequence[_Effect], *, other_test: bool) -> Iterator[ScanFinding]:
    distances = [effect.distance for effect in effects]
    declared = any(effect.is_declared for effect in effects)
    if not declared and sum(d <= 0 for d in distances) < max(_FEWEST, _MOST * (len(effects) - 1)):
        return
    for effect, distance in zip(effects, distances, strict=True):
        if names_other_test(effect.labels):
            continue
        found = verdict(distance, distances, _LIMITS, other_test=other_test)
        if found is Verdict.INCONSISTENT and effect.bounds is not None and not effect.is_outside:
            found = Verdict.DOUBTFUL
        if found:
            yield _finding(effect, found)


def _of_table(bases: TableBases) -> Iterator[tuple[int, _Effect]]:
    """Yield the effects of rows with two groups before them."""
    reading = bases.reading
    kinds = [None if c.statistic.adjusted else c.kind for c in reading.columns]
    if sum(k is ColumnKind.EFFECT and other is not k for other, k in pairwise(kinds)) != 1:
        return
    for row in reading.rows.values():
        groups = [f for f in row if f.column.kind is ColumnKind.GROUP]
        effects = [f for f in row if f.column.kind is ColumnKind.EFFECT]
        if not effects or effects[0].entry.main is None or effects[0].statistic.adjusted:
            continue
        groups = [f for f in groups if f.column.index < effects[0].column.index]
        if effect := _effect(bases, groups, effects[0]):
            yield effects[0].column.index, effect


def _effect(
    bases: TableBases, groups: Sequence[TableFigure], effect: TableFigure
) -> _Effect | None:
    main, low, high = effect.entry.main, effect.entry.low, effect.entry.high
    if main is None or main.operator or len(groups) < 2:
        return None
    centre = effect.statistic.centre
    path = (*bases.reading.table.row_path(effect.row), *effect.column.path)
    of_interval = centre is None and effect.statistic.spread is Spread.CI
    counted = counts_of(bases, groups)
    means = _means(bases, groups, declared=not of_interval)
    if counted and len(counted) == 2 and (centre in (*_RATIOS, Centre.DIFFERENCE) or of_interval):
        is_ratio = centre is not Centre.DIFFERENCE
        crude = _ratios(*counted) if is_ratio else _differences(*counted)
        computed, kind = _of_counts(counted, is_ratio=is_ratio), COUNTS
    elif means and len(means) == 2 and (centre is Centre.DIFFERENCE or of_interval):
        crude, is_ratio, kind = _of_means(means, or_ratio=of_interval), False, MEANS
        computed = f"{means[0]} − {means[1]} = {means[0] - means[1]}"
    else:
        return None
    rest = _of_rest(*counted) if counted and is_ratio else ()
    bounds = Span(low.value, high.value) if low and high and low.value < high.value else None
    printed = (*(f.text for f in groups), effect.text)
    place, labels = place_of(bases.reading, effect), " ".join(path)
    found = (kind, main, bounds, tuple(crude), rest, is_ratio, computed, printed, place, labels)
    return _Effect(*found, is_declared=not of_interval) if crude else None


def _of_means(means: Sequence[Decimal], *, or_ratio: bool) -> list[Span]:
    """Return the difference of two means, both ways round, and their ratio if it may be meant."""
    one, other = map(possible_values, means)
    difference = Span(one.low - other.high, one.high - other.low)
    both = [difference, _mirrored(difference)]
    if or_ratio and one.low > 0 and other.low > 0:
        both.append(Span(one.low / other.high, one.high / other.low))
    return both


def _means(
    bases: TableBases, groups: Sequence[TableFigure], *, declared: bool
) -> list[Decimal] | None:
    """Return the means of a row; those that no label calls so only beside an undeclared effect."""
    if declared:
        found = summaries(bases, groups)
        return [summary.mean for summary in found] if found else None
    pairs = [f.entry.main for f in groups if f.entry.form in _PAIRS and f.share is None]
    known = [n.value for n in pairs if n is not None and not n.operator]
    return known if len(known) == len(groups) else None


def _mirrored(span: Span) -> Span:
    return Span(-span.high, -span.low)


def _exactly(value: Decimal) -> Span:
    return Span(value, value)


def _ratios(first: Counts, second: Counts) -> list[Span]:
    """Return the risk ratio and the odds ratio, both ways round."""
    pairs = ((first, second), (second, first))
    values = (crude_estimate(name, *p) for name in ("risk-ratio", "odds-ratio") for p in pairs)
    return [_exactly(value) for value in values if value is not None and value > 0]


def _of_rest(first: Counts, second: Counts) -> tuple[Span, ...]:
    """Return the ratios of those without the event."""
    (n, m), (k, of) = first, second
    return tuple(_ratios((m - n, m), (of - k, of)))


def _differences(first: Counts, second: Counts) -> list[Span]:
    """Return the difference in points and as a proportion, both ways round."""
    points = crude_estimate("difference", first, second)
    if points is None:
        return []
    half = Decimal("0.1")  # differences are often taken of rounded percentages
    span = Span(points - half, points + half)
    parts = Span(span.low / 100, span.high / 100)
    return [span, _mirrored(span), parts, _mirrored(parts)]


def _of_counts(pair: Sequence[Counts], *, is_ratio: bool) -> str:
    against = " against ".join(f"{n}/{of}" for n, of in pair)
    names = ("risk-ratio", "odds-ratio") if is_ratio else ("difference",)
    values = [(name, crude_estimate(name, pair[0], pair[1])) for name in names]
    shown = ", ".join(f"{name.replace('-', ' ')} {v:.3g}" for name, v in values if v is not None)
    return f"{against}: {shown}"


def _of_sentence(sentence: Sentence) -> _Effect | None:
    """Return the ratio of a sentence that has one, and two counts with their bases before it."""
    if "ratio" not in sentence.skeleton.text and "R" not in sentence.text:
        return None
    found = list(estimates(sentence))
    pairs = [c for c in counts(sentence) if c.of is not None]
    if len(found) != 1 or len(pairs) != 2 or names_other_test(sentence.text):
        return None
    return _spoken(sentence, found[0], [(whole(c.main), whole(c.of)) for c in pairs])


def _spoken(
    sentence: Sentence, phrase: EstimatePhrase, pairs: Sequence[tuple[int | None, int | None]]
) -> _Effect | None:
    known = [(n, of) for n, of in pairs if n is not None and of is not None and n <= of]
    centre = phrase.statistic.centre
    if len(known) != 2 or centre not in _RATIOS or phrase.statistic.adjusted:
        return None
    crude = _ratios(known[0], known[1])
    if not crude or phrase.main.operator or phrase.low.value >= phrase.high.value:
        return None
    bounds = Span(phrase.low.value, phrase.high.value)
    texts = (*(f"{n}/{of}" for n, of in known), phrase.text)
    place = Place(sentence.section.title)
    computed = _of_counts(known, is_ratio=True)
    rest, is_ratio, labels = _of_rest(known[0], known[1]), True, ""
    return _Effect(
        COUNTS, phrase.main, bounds, tuple(crude), rest, is_ratio, computed, texts, place, labels
    )


def _finding(effect: _Effect, found: Verdict) -> ScanFinding:
    what = "ratio" if effect.is_ratio else "difference"
    source = "counts" if effect.kind == COUNTS else "means"
    message = f"A {what} of {effect.main.text} is printed, which the {source} do not give."
    gross = effect.distance > _LIMITS.gross
    severity = Severity.MATERIAL if gross else Severity.MINOR
    return ScanFinding(
        effect.kind, found, severity, effect.place, effect.printed, effect.computed, message
    )
