"""One result once: where sources give it for unlike measures, it is shown as the fullest of them.

A review may leave out the time of a result, or give the whole arm for the analysis set of the
report that it cites. Both are the same result where the value is the same, and the report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kb.api.results import ClaimView
from kb.model import Measure, Time
from kb.site.context import PageContext, collect
from kb.site.counts import reports
from kb.site.tables.figures import same_result

ByMeasure = Mapping[Measure, Sequence[ClaimView]]


def one_result_once(site: PageContext, views: Iterable[ClaimView]) -> ByMeasure:
    """Group claims by measure; a claim whose result another states more fully goes to that one."""
    by_measure = collect((view.claim.measure, view) for view in views)
    alike = collect((replace(m, group="", comparator="", time=Time()), m) for m in by_measure)
    fuller = {
        measure: [other for other in measures if _states_more(site, other, measure)]
        for measures in alike.values()
        for measure in measures
    }
    return collect(
        (_fullest(view, fuller[measure], by_measure), view)
        for measure, every in by_measure.items()
        for view in every
    )


def _fullest(view: ClaimView, fuller: Sequence[Measure], by_measure: ByMeasure) -> Measure:
    """Return the one measure that states a claim's result most fully: the report's own if any."""
    own = view.claim.measure
    same = collect(
        (not one.claim.is_second_hand, measure)
        for measure in fuller
        for one in by_measure[measure]
        if _is_same(view, one)
    )
    measures = set(same.get(True, [])) or set(same.get(False, []))
    return measures.pop() if len(measures) == 1 else own


def _states_more(site: PageContext, one: Measure, other: Measure) -> bool:
    """Whether a measure adds to the time or narrows the group of another."""
    is_timed = one.time == other.time or not str(other.time) or _length(one) == _length(other) != ""
    is_of = (one.group, one.comparator) == (other.group, other.comparator)
    is_part = not one.comparator and site.is_part(other.study, one.group, other.group)
    return one != other and is_timed and (is_of or is_part)


def _length(measure: Measure) -> str:
    """Return how long after the start it was measured: one report's "at" is another's "within"."""
    time = measure.time
    rest = replace(time, at="", within="", over="")
    return "" if str(rest) else time.at or time.within or time.over


def _is_same(view: ClaimView, fuller: ClaimView) -> bool:
    """Whether two claims are of one report and give one value.

    A group is narrowed, or a time reworded, only by what the cited report itself states.
    """
    one, other = view.claim, fuller.claim
    adds_time = one.measure.group == other.measure.group and not str(one.measure.time)
    is_own = one.is_second_hand and not other.is_second_hand
    if not (adds_time or is_own) or not reports(view) & reports(fuller):
        return False
    a, b = one.figure, other.figure
    values = a.value is not None and (a.value, a.unit, a.operator) == (b.value, b.unit, b.operator)
    counts = a.numerator is not None and a.numerator == b.numerator
    return (values or counts) and same_result(view, fuller)
