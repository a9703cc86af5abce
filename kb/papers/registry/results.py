"""The posted results of an entry as tables such as papers have: a column for each group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kb.model import slug
from kb.papers.paper import Cell, Footnote, Paragraph, Section, Table
from kb.papers.publications import record_line
from kb.papers.registry.analyses import columns, compares, limits, note, sentence
from kb.papers.registry.entry import (
    Analysis,
    Baseline,
    Denominator,
    Entry,
    Event,
    EventCount,
    EventGroup,
    Flow,
    Group,
    Measure,
    Measurement,
    OutcomeMeasure,
    Row,
)
from kb.papers.registry.words import (
    is_count,
    is_people,
    is_spread,
    label,
    moment,
    names_moment,
    phrase,
)

FLOW, BASELINE, OUTCOME = "Participant flow", "Baseline", "Outcome"
EVENTS, DEATHS = "Adverse events", "Deaths"
SERIOUS, OTHER = "Serious adverse events", "Other adverse events"
REASONS: Final = "Not completed, by reason"
"""The row above the reasons for which people left a period."""
Lines = list[list[str]]
_PAIR: Final = 2
_MAX_NAME: Final = 120


def sections(entry: Entry) -> Iterator[Section]:
    """Yield the sections of the results that are not tables."""
    results = entry.results
    flow, events = results.participant_flow_module, results.adverse_events_module
    yield from _section(
        FLOW,
        (flow.recruitment_details, flow.pre_assignment_details, *_described(flow.groups)),
    )
    threshold = events.frequency_threshold
    yield from _section(
        EVENTS,
        (
            f"Time frame: {events.time_frame}" if events.time_frame else "",
            events.description,
            f"Threshold of other adverse events: {threshold}%" if threshold else "",
        ),
    )


def _section(name: str, texts: Iterable[str]) -> Iterator[Section]:
    lines = (line.strip() for text in texts for line in text.splitlines())
    paragraphs = tuple(Paragraph(line) for line in lines if line)
    if paragraphs:
        yield Section(name, name, (), "body", paragraphs)


def _described(groups: Iterable[Group]) -> Iterator[str]:
    yield from (f"{group.title}: {group.description}" for group in groups if group.description)


def tables(entry: Entry) -> Iterator[Table]:
    """Yield the tables of the results: flow, baseline, outcomes, deaths and adverse events."""
    results = entry.results
    yield from _flow(entry)
    baseline = results.baseline_characteristics_module
    for number, measure in enumerate((m for m in baseline.measures if m.title), 1):
        yield from _measure(f"{BASELINE} {number}", measure, baseline)
    posted = (o for o in results.outcome_measures_module.outcome_measures if o.title)
    for number, outcome in enumerate(posted, 1):
        yield from _outcome(f"{OUTCOME} {number}", outcome)
    yield from _events(entry)


# --- participant flow -----------------------------------------------------------------------


def _flow(entry: Entry) -> Iterator[Table]:
    module = entry.results.participant_flow_module
    for number, period in enumerate(module.periods, 1):
        rows = [
            [phrase(one.type), *_by_group(module.groups, one.achievements)]
            for one in period.milestones
        ]
        left = [
            [phrase(one.type), *_by_group(module.groups, one.reasons)]
            for one in period.drop_withdraws
        ]
        yield from _table(
            f"{FLOW} {number}",
            f"Participant flow, number of participants: {period.title}",
            [_headers(module.groups, {})],
            [*rows, *([[REASONS, *[""] * len(module.groups)]] if left else []), *left],
        )


def _by_group(groups: Iterable[Group], flows: Iterable[Flow]) -> list[str]:
    values = {one.group_id: one.num_subjects for one in flows}
    return [values.get(group.id, "") for group in groups]


# --- baseline and outcomes --------------------------------------------------------------------


def _sizes(denominators: Iterable[Denominator]) -> dict[str, str]:
    """Return the numbers of people by group."""
    of_people = (one for one in denominators if is_people(one.units))
    return {count_.group_id: count_.value for one in of_people for count_ in one.counts}


def names_of(groups: Sequence[Group]) -> list[str]:
    """Return the names of groups: their titles, with the id where two have the same."""
    titles = Counter(group.title for group in groups)
    return [
        g.title if g.title and titles[g.title] == 1 else f"{g.title} [{g.id}]".strip()
        for g in groups
    ]


def _headers(groups: Sequence[Group], sizes: Mapping[str, str]) -> list[str]:
    """Return the headers of the columns: each group once, with its number of people."""
    sized = zip(names_of(groups), groups, strict=True)
    return ["", *(f"{n} (N = {sizes[g.id]})" if sizes.get(g.id) else n for n, g in sized)]


def _own_sizes(measure: Measure, sizes: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the numbers of people of each row: its own, or those of the table."""
    return [{**sizes, **_sizes(row.denoms)} for row in measure.classes]


def _shared(measure: Measure, sizes: Mapping[str, str]) -> Mapping[str, str] | None:
    """Return the numbers of people of all rows; None where rows differ.

    A number in a header is taken for that of each row below it.
    """
    own = _own_sizes(measure, sizes)
    return next(iter(own), sizes) if all(one == own[0] for one in own) else None


def _measure(name: str, measure: Measure, module: Baseline) -> Iterator[Table]:
    sizes = _sizes(measure.denoms) or _sizes(module.denoms)
    header = _headers(module.groups, _shared(measure, sizes) or {})
    caption = _caption("Baseline characteristic", measure, (measure.population_description,))
    titles = dict(zip((g.id for g in module.groups), names_of(module.groups), strict=True))
    rows = _rows(measure, module.groups, sizes)
    yield from _table(name, caption, [header], rows, _comments(measure, titles))


def _caption(kind: str, measure: Measure, more: Iterable[str]) -> str:
    """Return a caption that ends each part with a full stop."""
    what = ", ".join(filter(None, map(phrase, (measure.param_type, measure.dispersion_type))))
    parts = (f"{kind}: {measure.title}", what, measure.unit_of_measure, *more)
    return " ".join(f"{' '.join(part.split()).rstrip('.')}." for part in parts if part.strip())


def _rows(measure: Measure, groups: Sequence[Group], sizes: Mapping[str, str]) -> Lines:
    """Return the rows: one with the title, or the title above those of its parts."""
    title = label(
        timed(measure), measure.param_type, measure.dispersion_type, measure.unit_of_measure
    )
    parts = [(row, one) for row in measure.classes for one in row.categories]
    if len(parts) == 1 and not parts[0][0].title and not parts[0][1].title:
        row, one = parts[0]
        return [[title, *_figures(measure, row, one.measurements, groups, sizes)]]
    blank = [""] * len(groups)
    differ = not is_count(measure.param_type) and _shared(measure, sizes) is None
    rows: Lines = []
    heading = ""
    for row, one in parts:
        above = f"{title}, {row.title}" if row.title and len(row.categories) > 1 else title
        if above != heading:
            rows.append([above, *blank])
            heading = above
        own = one.title or row.title or title
        if differ and one is row.categories[0]:
            people = {**sizes, **_sizes(row.denoms)}
            counted = f"{row.title or title}, number analyzed"
            rows.append([counted, *(people.get(group.id, "") for group in groups)])
        rows.append([own, *_figures(measure, row, one.measurements, groups, sizes)])
    return rows


def timed(measure: Measure) -> str:
    """Return the title of a measure with the time of its time frame, if it names none itself."""
    frame = moment(measure.time_frame) if isinstance(measure, OutcomeMeasure) else ""
    return (
        f"{measure.title}, {frame}" if frame and not names_moment(measure.title) else measure.title
    )


def _figures(
    measure: Measure,
    row: Row,
    measurements: Iterable[Measurement],
    groups: Sequence[Group],
    sizes: Mapping[str, str],
) -> list[str]:
    own = {**sizes, **_sizes(row.denoms)}
    by_group = {one.group_id: one for one in measurements}
    return [
        _figure(measure, by_group[g.id], own.get(g.id, "")) if g.id in by_group else ""
        for g in groups
    ]


def _figure(measure: Measure, figure: Measurement, size: str) -> str:
    if is_count(measure.param_type):
        is_of = size and is_people(measure.unit_of_measure) and figure.value.isdigit()
        return f"{figure.value}/{size}" if is_of else figure.value
    given = (limits(figure.lower_limit, figure.upper_limit), figure.spread)
    beside = next(filter(None, given[::-1] if is_spread(measure.dispersion_type) else given), "")
    return f"{figure.value} ({beside})" if figure.value and beside else figure.value


def _outcome(name: str, outcome: OutcomeMeasure) -> Iterator[Table]:
    sizes = _sizes(outcome.denoms)
    header = _headers(outcome.groups, _shared(outcome, sizes) or {})
    rank = f"{phrase(outcome.type)} outcome" if outcome.type else "Outcome"
    frame = f"Time frame: {outcome.time_frame}" if outcome.time_frame else ""
    caption = _caption(rank, outcome, (frame, outcome.population_description))
    rows = _rows(outcome, outcome.groups, sizes)
    titles = dict(zip((g.id for g in outcome.groups), names_of(outcome.groups), strict=True))
    compared = [one for one in outcome.analyses if compares(one)]
    notes = [Footnote("", sentence(a, titles)) for a in outcome.analyses if not compares(a)]
    notes += _comments(outcome, titles)
    if len(rows) == 1 and len(compared) == 1:
        [one] = compared
        top, below, cells = columns(one, titles)
        blank = [""] * (len(header) - 1)
        lines = [[*header, *top], ["", *blank, *below]]
        notes.append(Footnote("", note(one, titles)))
        yield from _table(name, caption, lines, [[*rows[0], *cells]], notes)
        return
    yield from _table(name, caption, [header], rows, notes)
    for number, one in enumerate(compared, 1):
        top, below, cells = columns(one, titles)
        yield from _table(
            f"{name}, analysis {number}",
            f"{rank}: {outcome.title}. {_method(one)}",
            [["", *top], ["", *below]],
            [[analysed(outcome, one), *cells]],
            [Footnote("", note(one, titles))],
        )


def analysed(outcome: OutcomeMeasure, one: Analysis) -> str:
    """Return what an analysis in a table of its own is about: an outcome, or a part of it."""
    description = " ".join(one.group_description.split())
    is_short = 0 < len(description) <= _MAX_NAME
    return f"{timed(outcome)}, {description}" if is_short else timed(outcome)


def _method(one: Analysis) -> str:
    return f"{one.statistical_method}." if one.statistical_method else ""


def _comments(measure: Measure, titles: Mapping[str, str]) -> list[Footnote]:
    """Return what an entry says of single figures: why one is not available."""
    return [
        Footnote("", " ".join(f"{where}: {figure.comment}".split()))
        for row in measure.classes
        for one in row.categories
        for figure in one.measurements
        if figure.comment
        for where in (", ".join(filter(None, (titles[figure.group_id], row.title, one.title))),)
    ]


# --- adverse events -----------------------------------------------------------------------------


def _events(entry: Entry) -> Iterator[Table]:
    module = entry.results.adverse_events_module
    groups = module.event_groups
    frame = f" Time frame: {module.time_frame}" if module.time_frame else ""
    header = [_headers(groups, {})]
    deaths = [
        "All-cause mortality",
        *(_of(g.deaths_num_affected, g.deaths_num_at_risk) for g in groups),
    ]
    if any(deaths[1:]):
        yield from _table(DEATHS, f"Deaths from any cause.{frame}", header, [deaths])
    for name, events, kind, total in (
        (SERIOUS, module.serious_events, "serious", "Serious adverse events"),
        (OTHER, module.other_events, "other", "Other adverse events, not serious"),
    ):
        caption = f"{name}: participants affected/at risk.{frame}"
        whole = [total, *(_affected(group, kind) for group in groups)]
        if any(whole[1:]):
            yield from _table(name, caption, header, [whole])
        for organ, rows in _by_organ(events, groups).items():
            where = f"{name}: {organ}" if organ else f"{name}: all"
            yield from _table(where, f"{caption} {organ}", header, rows)


def _affected(group: EventGroup, kind: str) -> str:
    return _of(getattr(group, f"{kind}_num_affected"), getattr(group, f"{kind}_num_at_risk"))


def _of(number: int | None, at_risk: int | None) -> str:
    if number is None:
        return ""
    return str(number) if at_risk is None else f"{number}/{at_risk}"


def _by_organ(events: Iterable[Event], groups: Sequence[EventGroup]) -> dict[str, Lines]:
    """Return the rows of events by organ system."""
    found: dict[str, Lines] = {}
    names: dict[str, str] = {}
    for event in events:
        by_group: dict[str, EventCount] = {one.group_id: one for one in event.stats}
        counts = [by_group.get(group.id) for group in groups]
        cells = [_of(one.num_affected, one.num_at_risk) if one else "" for one in counts]
        organ = record_line(event.organ_system)[:_MAX_NAME].strip()
        organ = names.setdefault(slug(organ).lower(), organ)  # ids of sections differ in letters
        found.setdefault(organ, []).append([event.term, *cells])
    return found


# --- tables ---------------------------------------------------------------------------------------


def _table(
    name: str,
    caption: str,
    headers: Lines,
    rows: Lines,
    notes: Iterable[Footnote] = (),
) -> Iterator[Table]:
    """Yield a table, unless it has no groups or no rows."""
    if not rows or len(headers[0]) < _PAIR:
        return
    lines = [*headers, *rows]
    grid = tuple(
        tuple(Cell(text, i, j, header=i < len(headers)) for j, text in enumerate(line))
        for i, line in enumerate(lines)
    )
    yield Table(name, name, caption.strip(), grid, len(headers), tuple(notes))
