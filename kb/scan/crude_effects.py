"""Ratios and differences of tables and sentences against the counts or means that they compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import log
from typing import Final

from kb.checks.count_tests import Counts, crude_estimate
from kb.checks.discrepancy import Severity
from kb.checks.rounding import Span, possible_values
from kb.papers.entries import Form, whole
from kb.papers.reading import ColumnKind, TableFigure
from kb.papers.statistic import Centre, Spread, Statistic
from kb.scan.bases import TableBases
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import Place, ScanFinding, Verdict
from kb.scan.group_counts import counts_of
from kb.scan.group_means import summaries
from kb.scan.p_fit import Limits, names_other_test, verdict_in_column
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
class _Crude:
    """The effect that the figures of two groups give, without a model."""

    kind: str
    spans: tuple[Span, ...]
    """Its possible values, with either group first."""
    is_ratio: bool
    computed: str
    without_event: tuple[Span, ...] = ()
    """The ratios of those without the event: only an exact fit shows that they are meant."""


@dataclass(frozen=True, slots=True)
class _Effect:
    """A printed effect, with what the figures of the two groups that it compares give."""

    crude: _Crude
    main: Number
    bounds: Span | None
    printed: tuple[str, ...]
    place: Place
    labels: str = ""
    is_declared: bool = True
    """Whether a label names the effect; else it is the one that its neighbours fit."""

    @property
    def distance(self) -> float:
        """How far the effect is from what the figures give; 0 if it fits."""
        printed = possible_values(self.main.value)
        if any(printed.overlaps(span) for span in self.crude.without_event):
            return 0.0
        return min(self._distance(printed, span) for span in self.crude.spans)

    def _distance(self, printed: Span, span: Span) -> float:
        if printed.overlaps(span):
            return 0.0
        near = (printed.high, span.low) if printed.high < span.low else (span.high, printed.low)
        low, high = float(near[0]), float(near[1])
        if self.crude.is_ratio:
            return log(high / low) if low > 0 else 9.0
        return (high - low) / max(abs(float(self.main.value)), abs(float(span.high)), 1e-9)

    @property
    def is_outside(self) -> bool:
        """Whether what the figures give lies outside the printed interval of the effect."""
        return self.bounds is not None and not any(
            s.overlaps(self.bounds) for s in self.crude.spans
        )


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield ratios and differences that the figures beside them do not give."""
    for bases in context.bases:
        columns = group_by(_of_table(bases), key=lambda pair: (pair[0], pair[1].crude.kind))
        other_test = names_other_test(notes(bases.reading))
        for (_, kind), pairs in columns.items():
            effects = [effect for _, effect in pairs]
            context.checked[kind] += len(effects)
            yield from _column(effects, other_test=other_test)
    for sentence in context.sentences:
        effect = _of_sentence(sentence)
        if effect is None:
            continue
        context.checked[COUNTS] += 1
        if effect.distance > _LIMITS.gross:
            sure = effect.is_outside
            yield _finding(effect, Verdict.INCONSISTENT if sure else Verdict.DOUBTFUL)


def _column(effects: Sequence[_Effect], *, other_test: bool) -> Iterator[ScanFinding]:
    distances = [effect.distance for effect in effects]
    declared = any(effect.is_declared for effect in effects)
    if not declared and sum(d <= 0 for d in distances) < max(_FEWEST, _MOST * (len(effects) - 1)):
        return
    for effect, distance in zip(effects, distances, strict=True):
        if names_other_test(effect.labels):
            continue
        verdict = verdict_in_column(distance, distances, _LIMITS, other_test=other_test)
        if verdict is Verdict.INCONSISTENT and effect.bounds is not None and not effect.is_outside:
            verdict = Verdict.DOUBTFUL
        if verdict:
            yield _finding(effect, verdict)


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
    """Return an effect of a table with what its groups give; None if they give none of its kind."""
    main, low, high = effect.entry.main, effect.entry.low, effect.entry.high
    if main is None or main.operator or len(groups) < 2:
        return None
    crude = _crude_of_table(bases, groups, effect.statistic)
    if crude is None or not crude.spans:
        return None
    return _Effect(
        crude,
        main,
        Span(low.value, high.value) if low and high and low.value < high.value else None,
        (*(f.text for f in groups), effect.text),
        place_of(bases.reading, effect),
        " ".join((*bases.reading.table.row_path(effect.row), *effect.column.path)),
        is_declared=not _is_unnamed(effect.statistic),
    )


def _is_unnamed(statistic: Statistic) -> bool:
    """Whether a label names an interval only, not the effect that it is of."""
    return statistic.centre is None and statistic.spread is Spread.CI


def _crude_of_table(
    bases: TableBases, groups: Sequence[TableFigure], statistic: Statistic
) -> _Crude | None:
    """Return what two groups give for an effect; an unnamed one may be any that they give."""
    centre, unnamed = statistic.centre, _is_unnamed(statistic)
    is_difference = centre is Centre.DIFFERENCE
    counted = counts_of(bases, groups)
    if counted and len(counted) == 2 and (centre in _RATIOS or is_difference or unnamed):
        return _crude_of_counts(*counted, is_ratio=not is_difference)
    means = _means(bases, groups, declared=not unnamed)
    if means and len(means) == 2 and (is_difference or unnamed):
        return _crude_of_means(*means, or_ratio=unnamed)
    return None


def _crude_of_counts(first: Counts, second: Counts, *, is_ratio: bool) -> _Crude:
    spans = _ratios(first, second) if is_ratio else _differences(first, second)
    names = ("risk-ratio", "odds-ratio") if is_ratio else ("difference",)
    values = [(name, crude_estimate(name, first, second)) for name in names]
    shown = ", ".join(f"{name.replace('-', ' ')} {v:.3g}" for name, v in values if v is not None)
    computed = f"{first[0]}/{first[1]} against {second[0]}/{second[1]}: {shown}"
    rest = [(of - n, of) for n, of in (first, second)]
    without_event = _ratios(*rest) if is_ratio else []
    return _Crude(COUNTS, tuple(spans), is_ratio, computed, tuple(without_event))


def _crude_of_means(first: Decimal, second: Decimal, *, or_ratio: bool) -> _Crude:
    """Return the difference of two means, and their ratio if that may be meant."""
    one, other = possible_values(first), possible_values(second)
    difference = one.minus(other)
    spans = [difference, difference.negated()]
    if or_ratio and one.low > 0 and other.low > 0:
        spans.append(Span(one.low / other.high, one.high / other.low))
    computed = f"{first} − {second} = {first - second}"
    return _Crude(MEANS, tuple(spans), is_ratio=False, computed=computed)


def _means(
    bases: TableBases, groups: Sequence[TableFigure], *, declared: bool
) -> list[Decimal] | None:
    """Return the means of a row; those that no label calls so only beside an undeclared effect."""
    if declared:
        printed = summaries(bases, groups)
        return [summary.mean for summary in printed] if printed else None
    pairs = [f.entry.main for f in groups if f.entry.form in _PAIRS and f.share is None]
    known = [n.value for n in pairs if n is not None and not n.operator]
    return known if len(known) == len(groups) else None


def _exactly(value: Decimal) -> Span:
    return Span(value, value)


def _ratios(first: Counts, second: Counts) -> list[Span]:
    """Return the risk ratio and the odds ratio, both ways round."""
    pairs = ((first, second), (second, first))
    values = (crude_estimate(name, *p) for name in ("risk-ratio", "odds-ratio") for p in pairs)
    return [_exactly(value) for value in values if value is not None and value > 0]


def _differences(first: Counts, second: Counts) -> list[Span]:
    """Return the difference in points and as a proportion, both ways round."""
    points = crude_estimate("difference", first, second)
    if points is None:
        return []
    half = Decimal("0.1")  # differences are often taken of rounded percentages
    span = Span(points - half, points + half)
    parts = Span(span.low / 100, span.high / 100)
    return [span, span.negated(), parts, parts.negated()]


def _of_sentence(sentence: Sentence) -> _Effect | None:
    """Return the ratio of a sentence that has one, and two counts with their bases before it."""
    if "ratio" not in sentence.skeleton.text and "R" not in sentence.text:
        return None
    phrases = list(estimates(sentence))
    pairs = [c for c in counts(sentence) if c.of is not None]
    if len(phrases) != 1 or len(pairs) != 2 or names_other_test(sentence.text):
        return None
    return _of_phrase(phrases[0], [(whole(c.main), whole(c.of)) for c in pairs])


def _of_phrase(
    phrase: EstimatePhrase, pairs: Sequence[tuple[int | None, int | None]]
) -> _Effect | None:
    known = [(n, of) for n, of in pairs if n is not None and of is not None and n <= of]
    statistic = phrase.statistic
    if len(known) != 2 or statistic.centre not in _RATIOS or statistic.adjusted:
        return None
    if phrase.main.operator or phrase.low.value >= phrase.high.value:
        return None
    crude = _crude_of_counts(known[0], known[1], is_ratio=True)
    bounds = Span(phrase.low.value, phrase.high.value)
    texts = (*(f"{n}/{of}" for n, of in known), phrase.text)
    return (
        _Effect(crude, phrase.main, bounds, texts, phrase.sentence.place) if crude.spans else None
    )


def _finding(effect: _Effect, verdict: Verdict) -> ScanFinding:
    crude = effect.crude
    what = "ratio" if crude.is_ratio else "difference"
    source = "counts" if crude.kind == COUNTS else "means"
    message = f"The {source} do not give the printed {what} of {effect.main.text}."
    gross = effect.distance > _LIMITS.gross
    severity = Severity.MATERIAL if gross else Severity.MINOR
    return ScanFinding(
        crude.kind, verdict, severity, effect.place, effect.printed, crude.computed, message
    )
