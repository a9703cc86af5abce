"""The tables of a study: measures as rows, arms side by side, the comparison last.

A figure is in the column of its arm. Figures of narrower groups have rows of their own that
name the group; a row contains only one measure, in groups that correspond to each other, and
only figures that were printed together (``kb.site.tables.prints``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus, most_severe
from kb.model import WHOLE, Claim, Group
from kb.records.vocabulary import Term
from kb.site.context import PageContext, collect
from kb.site.labels import Part, context, dotted, short_citation
from kb.site.tables.figures import (
    PREFERENCE,
    DisplayedFigure,
    displayed_comparisons,
    displayed_figure,
    displayed_figures,
)
from kb.site.tables.main_results import MainResults
from kb.site.tables.prints import Print, rows_of_prints

_MOST_COLUMNS: Final = 3
_STATISTICS: Final = ("median", "percentage", "count", "frequency", "mean", "range", "hazard-ratio")
_COMMON_UNITS: Final = frozenset({"", "%", "1"})


class _RowKey(NamedTuple):
    """What tells the rows of an endpoint apart; ``groups`` without the name of the arm."""

    is_comparison: bool
    category: str
    statistic: str
    time: str
    regimen: str
    population: str
    adjustment: str
    groups: tuple[str, ...]


@dataclass(frozen=True)
class StudyColumn:
    """A column of a table: an arm, or the whole study."""

    group: Group
    sizes: tuple[DisplayedFigure, ...] = ()


@dataclass(frozen=True)
class StudyCell:
    """The figures of one group in one row; ``who`` where neither column nor row names it."""

    figures: tuple[DisplayedFigure, ...] = ()
    who: str = ""


@dataclass(frozen=True)
class StudyRow:
    """One measure in groups that correspond to each other.

    Everything in it was printed together or agrees with what was: a row for each analysis set,
    data cut or report that prints other values. ``detail`` tells it from other measures of the
    endpoint; ``plain`` is shown where that is "". ``named`` are the names that the source gives to
    the measure, ``among`` the group of all cells, ``context`` the analysis set and data cut, and
    the sources where other rows are of the same measure.
    """

    detail: str
    plain: str
    named: tuple[str, ...]
    among: str
    context: str
    cells: tuple[StudyCell, ...]
    compared: tuple[DisplayedFigure, ...]

    @property
    def figures(self) -> list[DisplayedFigure]:
        """Everything in the row that opens a pop-up."""
        return [*(figure for cell in self.cells for figure in cell.figures), *self.compared]

    @property
    def has_figure(self) -> bool:
        """Whether it holds a number or a result in words, and not only a statement."""
        return any(_is_figure(view.claim) for figure in self.figures for view in figure.claims)

    @property
    def standing(self) -> ClaimStatus:
        """What judgements made of the row: set aside where they set aside a figure of it."""
        return most_severe(figure.standing for figure in self.figures)


@dataclass(frozen=True)
class StudyBlock:
    """The rows of one endpoint."""

    endpoint: Term
    rows: tuple[StudyRow, ...]


@dataclass(frozen=True)
class StudyTable:
    """A table with its columns, and the address of its rows as CSV."""

    title: str
    id: str
    columns: tuple[StudyColumn, ...]
    blocks: tuple[StudyBlock, ...]
    csv: str
    claims: tuple[ClaimView, ...]

    @property
    def rows(self) -> list[StudyRow]:
        """All rows, in order."""
        return [row for block in self.blocks for row in block.rows]

    def part(self, with_figures: bool) -> StudyTable:
        """Return the table of the rows with figures, or of those without."""
        blocks = (
            replace(block, rows=tuple(r for r in block.rows if r.has_figure is with_figures))
            for block in self.blocks
        )
        return replace(self, blocks=tuple(block for block in blocks if block.rows))

    @property
    def has_comparisons(self) -> bool:
        """Whether any row compares two groups."""
        return any(row.compared for row in self.rows)

    @property
    def figures(self) -> list[DisplayedFigure]:
        """Everything in the table that opens a pop-up."""
        return [figure for row in self.rows for figure in row.figures]


class StudyTables:
    """Arranges the claims of one study.

    Args:
        site: the evidence base with its indexes.
        study: the id of the study. Arms that do not fit side by side become rows.
    """

    def __init__(self, site: PageContext, study: str) -> None:
        self.site, self.study = site, study
        self.claims = site.by_study.get(study, [])
        self.main_results = MainResults(site, study)
        arms = site.arms(study)
        self.arms = arms if len(arms) <= _MOST_COLUMNS else []
        self.is_long = len(arms) > _MOST_COLUMNS

    def tables(self) -> list[StudyTable]:
        """Return a table for each heading that has claims; schedules of doses have their own."""
        by_heading = [
            (
                heading,
                [v for v in self.claims if not v.claim.steps and self._top(v) in heading.tops],
            )
            for heading in self.site.headings
        ]
        return [self.table(h.title, h.id, views) for h, views in by_heading if views]

    def _top(self, view: ClaimView) -> str:
        return self.site.top(view.claim.measure.endpoint)

    def main(self) -> StudyTable | None:
        """Return the figures that readers of a study look for first, of its arms as a whole."""
        views = list(self.main_results.views())
        title = self.site.settings["main"]["title"]
        return self.table(title, "main-results", views) if views else None

    def table(self, title: str, name: str, views: Sequence[ClaimView]) -> StudyTable:
        """Return the table of some claims of the study."""
        columns = self._columns(views)
        by_endpoint = collect((view.claim.measure.endpoint, view) for view in views)
        blocks = (
            StudyBlock(
                self.site.vocabulary.get("endpoint", endpoint),
                tuple(self._rows(by_endpoint[endpoint], columns)),
            )
            for endpoint in sorted(by_endpoint, key=self.site.endpoint_order.__getitem__)
        )
        return StudyTable(
            title,
            name,
            tuple(StudyColumn(group, self.sizes(group)) for group in columns),
            tuple(blocks),
            f"study/{self.study}/{name}.csv",
            tuple(views),
        )

    def _columns(self, views: Iterable[ClaimView]) -> list[Group]:
        """Return the whole study and its arms, as far as any claim is about them."""
        results = (view.claim.measure for view in views if not view.claim.measure.comparator)
        used = {self.column_of(measure.group) for measure in results}
        arms = self.arms if used - {WHOLE} else []
        whole = [self.site.groups[self.study, WHOLE]]
        return [*(whole if WHOLE in used or not arms else []), *arms]

    def column_of(self, name: str) -> str:
        """Return the arm that a group belongs to, or the whole study."""
        group = self.site.groups[self.study, name]
        if group in self.arms:
            return group.id
        if group.kind == "arm" and group.role:
            alike = [a for a in self.arms if (a.role, a.regimen) == (group.role, group.regimen)]
            if len(alike) == 1:
                return alike[0].id
        return self.column_of(group.within) if group.within else WHOLE

    def _stratum(self, name: str) -> tuple[str, ...]:
        """Return what is left of a group's name without its arm's: the same in each arm."""
        arm = set(self.column_of(name).split("."))
        return tuple(part for part in name.split(".") if part not in arm)

    def sizes(self, group: Group) -> tuple[DisplayedFigure, ...]:
        """Return what is claimed about the number of people in a group."""
        views = [
            view
            for view in self.claims
            if self.site.sizes.is_size(view.claim)
            and view.claim.measure.group == group.id
            and view.claim.figure.value is not None
            and view.claim.figure.unit == self.site.settings["people"]
        ]
        return tuple(displayed_figures(views, self.site.labels, with_unit=False))

    def _rows(self, views: Sequence[ClaimView], columns: Sequence[Group]) -> Iterable[StudyRow]:
        """Yield the rows of an endpoint; a comparison is in the row of the results of its block."""
        results = [view for view in views if not view.claim.measure.comparator]
        hosts = {(v.claim.block, v.claim.measure.group): self._key(v.claim) for v in results}

        def key(view: ClaimView) -> _RowKey:
            own = self._key(view.claim)
            return hosts.get((view.claim.block, view.claim.measure.group), own)

        by_key = collect((key(view), view) for view in views)
        for row_key in sorted(by_key, key=_row_order):
            alike = by_key[row_key]
            prints = [Print(part, self.column_of) for part in _blocks(alike)]
            groups = [[v for p in row for v in p.views] for row in rows_of_prints(prints)]
            rows = [self._row(row, alike, columns) for row in groups]
            yield from sorted(rows, key=lambda row: PREFERENCE[row.standing])

    def _key(self, claim: Claim) -> _RowKey:
        measure = claim.measure
        if measure.comparator:
            groups: tuple[str, ...] = (measure.group, measure.comparator)
        else:
            groups = (measure.group,) if self.is_long else self._stratum(measure.group)
        return _RowKey(
            bool(measure.comparator),
            measure.category,
            "" if measure.comparator else measure.statistic,
            str(measure.time),
            measure.regimen,
            measure.population,
            measure.adjustment,
            groups,
        )

    def _row(
        self,
        views: Sequence[ClaimView],
        alike: Sequence[ClaimView],
        columns: Sequence[Group],
    ) -> StudyRow:
        """Make the row of some claims; ``alike`` are all claims of the same measure."""
        results = [view for view in views if not view.claim.measure.comparator]
        compared = [view for view in views if view.claim.measure.comparator]
        labels, first = self.site.labels, (results or compared)[0].claim
        units = {view.claim.figure.unit for view in results} - {""}
        unit = units.pop() if len(units) == 1 else ""
        is_people = unit == self.site.settings["people"]
        in_head = "" if unit in _COMMON_UNITS or is_people else unit
        groups = {view.claim.measure.group for view in results}
        names = {self._group_name(group) for group in groups}
        by_column = collect((self.column_of(view.claim.measure.group), view) for view in results)

        def cell(column: Group) -> StudyCell:
            if not (shown := by_column.get(column.id, [])):
                return StudyCell()
            measures = {view.claim.measure for view in shown}
            every = [view for view in alike if view.claim.measure in measures]
            with_unit = not in_head and not is_people
            figures = [displayed_figure(shown, every, labels, with_unit)]
            who = self._group_name(shown[0].claim.measure.group) if len(names) > 1 else ""
            return StudyCell(tuple(figures), who)

        cells = tuple(map(cell, columns))
        return StudyRow(
            detail=labels.measure(first, labels.unit(in_head)),
            plain=self._plain(results),
            named=_names(results or compared, labels.label("endpoint", first.measure.endpoint)),
            among=next(iter(names)) if len(names) == 1 else "",
            context=self._context(views, with_sources=len(views) < len(alike)),
            cells=cells,
            compared=self._comparisons(compared, cells, self._names_compared(groups)),
        )

    def _comparisons(
        self,
        views: Sequence[ClaimView],
        cells: Iterable[StudyCell],
        names: Callable[[ClaimView], tuple[str, str]],
    ) -> tuple[DisplayedFigure, ...]:
        figures = displayed_comparisons(views, self.site.labels, names)
        return tuple(self._with_source(figure, cells) for figure in figures)

    def _with_source(
        self, compared: DisplayedFigure, cells: Iterable[StudyCell]
    ) -> DisplayedFigure:
        """Name the source of a comparison beside values that are shown as another prints them."""
        blocks = {view.claim.block for view in compared.claims}
        shown = {figure.claims[0].claim.block for cell in cells for figure in cell.figures}
        if shown <= blocks:
            return compared
        *others, last = compared.parts
        part = Part(last.kind, f"{last.text} ({self._sources(compared.claims)})")
        return replace(compared, parts=(*others, part))

    def _sources(self, views: Iterable[ClaimView]) -> str:
        sources = (self.site.publications[view.source.publication] for view in views)
        return ", ".join(dict.fromkeys(map(short_citation, sources)))

    def _names_compared(self, groups: set[str]) -> Callable[[ClaimView], tuple[str, str]]:
        """Return what names the two groups of a comparison, briefly where its row shows both.

        An estimate names both all the same: a ratio is read by which group comes first.
        """

        def names(view: ClaimView) -> tuple[str, str]:
            group, comparator = view.claim.measure.group, view.claim.measure.comparator
            if {group, comparator} != groups:
                return self.site.who(self.study, group), self.site.who(self.study, comparator)
            column, other = self.column_of(group), self.column_of(comparator)
            if column == other:
                column, other = group, comparator
            second = self.site.who(self.study, other) if view.claim.figure.value is not None else ""
            return self.site.who(self.study, column), second

        return names

    def _context(self, views: Sequence[ClaimView], with_sources: bool) -> str:
        contexts = filter(None, (context(view.claim) for view in views))
        return dotted(*dict.fromkeys((*contexts, self._sources(views) * with_sources)))

    def _plain(self, results: Sequence[ClaimView]) -> str:
        if not results:
            return "comparison"
        if all(view.claim.figure.text_value for view in results):
            return "in words"
        return self.site.labels.label("statistic", results[0].claim.measure.statistic)

    def _group_name(self, group: str) -> str:
        """Name a group that its column does not name already."""
        if not self.is_long and (group == WHOLE or self.column_of(group) == group):
            return ""
        return self.site.who(self.study, group)


def _is_figure(claim: Claim) -> bool:
    """Whether a claim holds a figure; a median that was not reached is one in words."""
    return claim.has_figure or bool(claim.figure.text_value and claim.measure.statistic != "value")


def _blocks(views: Iterable[ClaimView]) -> list[list[ClaimView]]:
    return list(collect((view.claim.block, view) for view in views).values())


def _names(views: Iterable[ClaimView], label: str) -> tuple[str, ...]:
    names = (view.claim.named for view in views)
    fresh = dict.fromkeys(n for n in names if n and n.casefold() != label.casefold())
    return tuple(fresh)[:3]


def _row_order(key: _RowKey) -> tuple[object, ...]:
    rank = _STATISTICS.index(key.statistic) if key.statistic in _STATISTICS else len(_STATISTICS)
    order = (key.is_comparison, len(key.groups), rank, natural(key.category), natural(key.time))
    # The whole key at the end: rows that rank alike must not stand in the order of a set.
    return (*order, key.regimen, key.population, key.statistic, key.adjustment, key.groups)


def natural(text: str) -> list[tuple[int, str]]:
    """Sort key that puts 2 before 10.

    >>> sorted(["10 months", "2 months"], key=natural)
    ['2 months', '10 months']
    """
    parts = re.split(r"(\d+)", text)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]
