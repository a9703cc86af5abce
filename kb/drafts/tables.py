"""Drafts of the figures of a table: one block for each cell, with its anchor."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import count
from typing import Any, Final

from kb.drafts.anchors import Anchors
from kb.drafts.associations import associated
from kb.drafts.columns import ColumnRole, column_roles, group_parts
from kb.drafts.comparisons import Comparisons, Made, least, names_effect, with_p
from kb.drafts.counts import Counts
from kb.drafts.figures import count_or_measure
from kb.drafts.groups import GroupNames, GroupOf
from kb.drafts.labels import (
    MAX_LABEL,
    EndpointNames,
    NamedEndpoint,
    is_change,
    is_moment,
    is_statistic,
    period_in,
    time_in,
    time_of,
    without_size,
)
from kb.drafts.not_results import NOT_A_RESULT, NotResults
from kb.drafts.people import People, analysis_set, is_analysis_set
from kb.drafts.rows import RowLabels
from kb.drafts.store import Sureness
from kb.drafts.unclear import Unclear
from kb.model import WHOLE
from kb.papers.entries import Form
from kb.papers.from_source import SourceTable, label_text
from kb.papers.paper import Cell
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Statistic, declared
from kb.sources.normalise import fold
from kb.sources.roles import read_print
from kb.sources.text import SourceText

_GENERIC: Final = re.compile(
    r"(?:.{0,20}\b)?(?:time|weeks?|months?|days?|visits?|variables?|outcomes?|parameters?|characteristics?"
    r"|items?|measures?|groups?)(?: ?points?)?",
    re.IGNORECASE,
)
_GROUPS: Final = re.compile(
    r"(?:(?:study|treatment|intervention|patient) )?(?:groups?|arms?|treatments?|regimens?)",
    re.IGNORECASE,
)
_UNIT: Final = re.compile(r"\((?:%|[^()=]*[/°µμ²³][^()=]*|[mck]?m|k?g|m?l|h|min|days|years)\)")
_SUBJECT: Final = re.compile(
    r"(?:table [\w.]{1,4}[.:]? )?(?P<subject>[A-Z](?:(?! (?:and|during|in|at|by|between|among|over"
    r"|after|before|for|from|according|with|within|of the|observed) )[^.:;,—]){5,70}?)"
    r"(?= (?:during|in|at|by|between|among|over|after|before|for|from|according|with|within"
    r"|of the)\b|[.:;,—]|$)",
    re.IGNORECASE,
)
"""What the caption of a table names first: "Abstinence rates during follow-up"."""
_UNTOLD: Final = ("value", "change")
"""What a measurement is called where nothing says what it is."""
_MARK: Final = re.compile(
    r"(?:(?<![mM])<sup>(?P<raised>[^<]{1,3})</sup>|(?P<sign>[*†‡§¶#]{1,3}))\s*$"
)
"""The mark of a footnote behind a label or figure, which is not an exponent."""
_MEANS: Final = re.compile(
    r"(?:table [\w.]{1,4}[.:]? )?(?:(?:estimated|adjusted|observed|values are|data are) )?means?"
    r"(?: values?| scores?| levels?)?(?: (?:at|of|for|in|by)\b|\.|$)",
    re.IGNORECASE,
)
"""How a caption or note begins that says only that figures are means."""
_NO_MEAN: Final = re.compile(r"%|\bratio\b|\bn\b|\bno\.|\bnumber\b|percent|\bp\b", re.IGNORECASE)
_OF_P: Final = re.compile(r"(?<=\w) p ?-? ?values?$", re.IGNORECASE)
"""The end of a label that is the header of p-values in columns beside it."""
_NO_LABELS: Final = "no labels lead to the cell alone"
_CHANGES: Final = re.compile(r"(?<!and )\b(?:changes?|differences?) from baseline\b", re.IGNORECASE)
_OF_BASELINE: Final = re.compile(
    r"\b(?:characteristics?|(?:socio)?demograph\w*|variables?)\b"
    r"|^(?:table [\w.]{1,4}[.:]? )?baseline\b",
    re.IGNORECASE,
)
"""A heading or caption of all that was measured at baseline."""
_DIGITS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass
class Draft:
    """A block of claims, with the cells that it is drafted from."""

    block: dict[str, Any]
    sure: Sureness
    why: list[str]
    at: str
    start: int
    """The offset of its first cell in the text."""
    cells: int = 1
    bare: dict[str, Any] | None = None
    """Its values without percentages, for where nothing says that they are percentages."""


@dataclass
class NotDrafted:
    """Figures of a table that no block is drafted from, and why."""

    at: str
    printed: str
    why: str
    cells: int = 1
    """How many cells they stand in."""


@dataclass
class TableDrafts:
    """The drafts of one table."""

    text: SourceText
    source: SourceTable
    names: EndpointNames
    groups: GroupNames
    left: list[NotDrafted] = field(default_factory=list)

    @cached_property
    def reading(self) -> TableReading:
        """The columns and figures of the table."""
        return TableReading(self.source.table, decimal_comma=self.text.decimal_comma)

    @cached_property
    def rows(self) -> RowLabels:
        """The labels of its rows."""
        return RowLabels(self.reading)

    @cached_property
    def anchors(self) -> Anchors:
        """The anchors of its cells."""
        return Anchors(self.text, self.source, self.rows.columns)

    @cached_property
    def roles(self) -> list[ColumnRole]:
        """What each column is about."""
        return column_roles(
            self.reading, self.names, self.groups, transposed=self._rows_are_groups()
        )

    @cached_property
    def compared(self) -> Comparisons:
        """Which groups its columns compare."""
        return Comparisons(self.source, self.reading, self.roles, self.groups)

    @cached_property
    def people(self) -> People:
        """Whom it is about where no header says it."""
        return People(self.source.table, self.roles, self.groups)

    @cached_property
    def counts(self) -> Counts:
        """Which of its whole numbers are counts."""
        return Counts(self.reading, self.rows, self.names)

    @cached_property
    def not_results(self) -> NotResults:
        """Which of its cells are not results."""
        return NotResults(self.source.table, self.rows.columns)

    @cached_property
    def unclear(self) -> Unclear:
        """What it leaves unclear."""
        return Unclear(self.reading)

    @cached_property
    def _has_groups_below(self) -> bool:
        """Whether the labels of the rows are groups, as the header above them says."""
        table, columns = self.source.table, self.reading.columns
        header = [label_text(part) for part in table.column_path(0)]
        labels = {label_text(row[0].text) for row in table.body} - {""}
        return (
            (any(map(_GROUPS.fullmatch, header)) or self._measures_in_columns)
            and not any(column.size for column in columns[1:])
            and not any(map(self._is_measured, labels))
        )

    @cached_property
    def _measures_in_columns(self) -> bool:
        """Whether most headers have a unit, as those of measurements have."""
        columns = [c for c in self.reading.columns[1:] if c.kind is ColumnKind.GROUP]
        units = [
            c
            for c in columns
            if c.path
            and _UNIT.search(label_text(c.path[-1]))
            and c.statistic.centre is not Centre.COUNT
        ]
        return len(units) > max(1, len(columns) / 2)

    def _is_measured(self, label: str) -> bool:
        """Whether a label names a statistic, an endpoint or a unit, as no group does."""
        is_named = declared(label) != Statistic() or self.names.unit([label]) or is_moment(label)
        return bool(is_named or self.names.endpoint(label) or is_statistic(label))

    def _rows_are_groups(self) -> bool:
        """Whether labels of rows name groups, and headers of columns none."""
        table = self.source.table
        parts = {p for c in self.reading.columns[1:] for p in group_parts(c, self.names)}
        if any(self._is_group(part) for part in parts):
            return False
        if self._has_groups_below:
            return True
        rows = range(table.header_rows, len(table.grid))
        found = (self.groups.find(without_size(p)) for r in rows for p in table.row_path(r))
        return len({one.id for one in found if one and one.id != WHOLE}) > 1

    def _is_group(self, label: str) -> bool:
        found = self.groups.find(label)
        return found is not None and found.id != WHOLE

    def drafts(self) -> Iterator[Draft]:
        """Yield the drafts in the order of the text."""
        rows: dict[int, list[TableFigure]] = {}
        for figure in self.reading.figures:
            if figure.column.index not in self.rows.columns:
                rows.setdefault(figure.row, []).append(figure)
        for row, figures in rows.items():
            joined: set[int] = set()
            for figure in figures:
                if figure.column.index not in joined:
                    beside = self.compared.beside(figure, figures)
                    joined |= {one.column.index for one in beside}
                    yield from self._drafts(row, figure, beside)
        self._leave_others(
            {(c.row, c.column) for row in rows.values() for f in row for c in f.cells}
        )

    def _drafts(
        self, row: int, figure: TableFigure, beside: Sequence[TableFigure]
    ) -> Iterator[Draft]:
        """Yield the draft of a figure, or those of its cells; what has none is left."""
        draft = self._draft(row, figure, beside)
        if draft == _NO_LABELS and len(figure.cells) > 1 and not beside:
            for alone in self.reading.alone(figure):  # a row alone may not lead to both cells
                yield from self._drafts(row, alone, [])
        elif isinstance(draft, Draft):
            yield draft
        else:
            first = figure.cells[0]
            why = self.not_results.why(first, row, first.column) or draft
            count = len(figure.cells) + sum(len(one.cells) for one in beside)
            self.left.append(NotDrafted(self.source.section, figure.text, why, count))

    def _leave_others(self, read: Collection[tuple[int, int]]) -> None:
        """Leave the cells with digits that were not read as figures."""
        table = self.source.table
        for row in range(table.header_rows, len(table.grid)):
            for column, cell in enumerate(table.grid[row]):
                is_digits = column > 0 and any(map(str.isdigit, cell.text))
                if is_digits and (row, column) not in read:
                    why = self.not_results.why(cell, row, column) or "figures that were not read"
                    self.left.append(NotDrafted(self.source.section, label_text(cell.text), why))

    # --- a block ------------------------------------------------------------------------------

    def _draft(self, row: int, figure: TableFigure, beside: Sequence[TableFigure]) -> Draft | str:
        """Return the draft of figures of a row, or why there is none."""
        role = self.roles[figure.column.index]
        path_all = self.rows.path(row)
        group, path = self._group(role, path_all)
        if self.not_results.is_of_method:
            return NOT_A_RESULT
        if reason := self.unclear.why(figure, role, path_all):
            return reason
        if role.has_people and group.sure == "unsure":
            return "no label names the group"
        cells = [*figure.cells, *(cell for one in beside for cell in one.cells)]
        placed = self._placed(figure, cells, role, path_all, path)
        if isinstance(placed, str):
            return placed
        what, place = placed
        made = self._figures(figure, beside, role, group, [*role.column.path, *path])
        if isinstance(made, str):
            return made
        fields, sure, why, bare = made
        by_heading = bool(what.category) and len(path) > 1
        sure = least(sure, "likely" if what.named or by_heading else "sure")
        if len(cells) == 1 and "column" not in place:
            sure, why = "unsure", [*why, "only the row is named"]
        what = self._of_counts(what, path, fields)
        block: dict[str, Any] = {"endpoint": what.endpoint}
        block |= {k: v for k, v in (("named", what.named), ("category", what.category)) if v}
        block |= self._when_and_whom(row, role, path, path_all)
        block |= {name: fields.pop(name) for name in ("statistic", "unit") if name in fields}
        span = self.source.span(row, figure.cells[0].column)
        start, section = span.start if span else 0, self.source.section
        return Draft(block | place | fields, sure, why, section, start, len(cells), bare)

    def _placed(
        self,
        figure: TableFigure,
        cells: Sequence[Cell],
        role: ColumnRole,
        path_all: Sequence[str],
        path: Sequence[str],
    ) -> tuple[NamedEndpoint, dict[str, Any]] | str:
        """Return what is measured and its place with its print, or why there is none."""
        row = figure.row
        what = self._what(row, role, path)
        if what is None:
            return self._no_endpoint(role)
        anchor = self.anchors.cell(cells, row, path_all)
        if anchor is None:
            return _NO_LABELS
        what = self._what(row, role, [*self._outer(anchor, path_all), *path]) or what
        full, printed = self._sized(what, figure), self._printed(cells, anchor)
        what = self._within(full, anchor, printed, cells[0].column)
        lost = set(full.category.split(" › ")) - set(what.category.split(" › "))
        is_vague = not what.category or any(label in lost for label in path)
        if lost and (is_vague or self.compared.is_of_one_group(role)):
            return _NO_LABELS
        return what, {**anchor, "printed": printed}

    def _when_and_whom(
        self, row: int, role: ColumnRole, path: Sequence[str], path_all: Sequence[str]
    ) -> dict[str, str]:
        """Return the time and the analysis set of a figure, as far as labels name them."""
        parts = {
            "time": self._time(row, role, path),
            "analysis_set": analysis_set(role.column.path) or analysis_set(path_all),
        }
        return {name: part for name, part in parts.items() if part}

    def _of_counts(
        self, what: NamedEndpoint, path: Sequence[str], fields: Mapping[str, Any]
    ) -> NamedEndpoint:
        """Return what is counted: a count of people who have a pain score is not the score."""
        values = fields.get("values", {}).values()
        is_p = any(isinstance(value, dict) and "p" in value for value in values)
        is_count = values and "statistic" not in fields and not is_p and not what.category
        is_other = is_count and bool(path) and self.names.is_measured(what.endpoint)
        return (self.names.other([path[-1]]) if is_other else None) or what

    def _no_endpoint(self, role: ColumnRole) -> str:
        if self.compared.is_of_one_group(role):
            return "an estimate: no label names its outcome"
        return "no label names what is measured"

    def _sized(self, what: NamedEndpoint, figure: TableFigure) -> NamedEndpoint:
        """Return the endpoint, or the size of the group for the number of people measured."""
        is_size = self.names.size and self.counts.is_size(figure)
        return NamedEndpoint(self.names.size, what.category) if is_size else what

    def _within(
        self, what: NamedEndpoint, anchor: Mapping[str, Any], printed: str, index: int
    ) -> NamedEndpoint:
        """Return an endpoint whose category has no number that the anchor does not print.

        Where the anchor names no column by its header, the header above the figure counts.
        """
        row = anchor["row"]
        labels = [row] if isinstance(row, str) else row
        known = set(_DIGITS.findall(" ".join((printed, *labels, anchor.get("column", "")))))
        known |= set(_DIGITS.findall(self.source.section))
        if anchor.get("column", "1").isdecimal():
            known |= set(_DIGITS.findall(" ".join(self.source.table.column_path(index))))
        parts = what.category.split(" › ")
        kept = [part for part in parts if known.issuperset(_DIGITS.findall(part))]
        return what if kept == parts else replace(what, category=" › ".join(kept))

    def _printed(self, cells: Sequence[Cell], anchor: Mapping[str, Any]) -> str:
        """Return the cells as printed: without footnote marks, unless they are within."""
        row = anchor["row"]
        path, column = [row] if isinstance(row, str) else row, anchor.get("column", "")
        for form in (label_text, lambda text: fold(text).text.strip()):
            printed = " … ".join(filter(None, (form(cell.text) for cell in cells)))
            if self.text.find_at(self.source.section, path, column, printed):
                return printed
        return " … ".join(filter(None, (label_text(cell.text) for cell in cells)))

    def _figures(
        self,
        figure: TableFigure,
        beside: Sequence[TableFigure],
        role: ColumnRole,
        group: GroupOf,
        labels: Sequence[str],
    ) -> Made | str:
        if figure.column.kind is ColumnKind.P:
            return self.compared.p_value(figure, role, group)
        if figure.column.kind is ColumnKind.EFFECT:
            return self.compared.effect(figure, beside, role, group)
        figure = self._noted(figure)
        change = role.change or any(map(is_change, labels)) or self._is_of_changes
        figure = figure.as_count() if self.counts.is_count(figure) else figure
        if role.column.path[-1:] == ("%",) and figure.entry.form is Form.NUMBER:
            figure = replace(figure, statistic=Statistic(Centre.SHARE))  # whatever its row says
        proposal = count_or_measure(figure, role.column.size, change=change)
        if proposal is None:
            return "figures of a form that no label explains"
        if proposal.sure == "unsure" and proposal.statistic in _UNTOLD:
            return proposal.why
        fields: dict[str, Any] = {}
        if proposal.statistic:
            fields["statistic"] = proposal.statistic
        unit = "" if proposal.is_share else self._unit(figure, labels)
        if proposal.statistic and unit and self._admits(proposal.statistic, unit):
            fields["unit"] = unit
        fields["values"] = {group.id: with_p(proposal.value, beside)}
        bare = {group.id: proposal.bare} if proposal.bare is not None else None
        return Made(fields, least(group.sure, proposal.sure), [group.why, proposal.why], bare)

    def _noted(self, figure: TableFigure) -> TableFigure:
        """Return a figure with what the notes with a mark of its row or cell declare of it."""
        spans = (self.source.span(figure.row, i) for i in (0, figure.cells[0].column))
        texts = (self.text.text[slice(*span)] for span in spans if span)
        matches = (_MARK.search(text) for text in texts)
        marks = {match["raised"] or match["sign"] for match in matches if match}
        notes = (one for one in self.source.table.footnotes if one.mark and one.mark in marks)
        found = {one for note in notes if (one := declared(note.text)).spread}
        if figure.statistic.spread or figure.statistic.centre:
            return figure
        if len(found) == 1:
            return replace(figure, statistic=found.pop())
        is_mean = figure.entry.form is Form.NUMBER and self._has_means
        label = self.reading.label(figure.row)
        label = _OF_P.sub("", label) if self._has_p else label
        if is_mean and not _NO_MEAN.search(label):
            return replace(figure, statistic=Statistic(Centre.MEAN))
        return figure

    @cached_property
    def _has_p(self) -> bool:
        return any(column.kind is ColumnKind.P for column in self.reading.columns)

    @cached_property
    def _has_means(self) -> bool:
        """Whether the caption or a note says that all figures are means."""
        table = self.source.table
        notes = (note.text for note in table.footnotes if not note.mark)
        return any(map(_MEANS.match, (label_text(table.caption), *notes)))

    @cached_property
    def _is_of_changes(self) -> bool:
        """Whether the caption calls all its figures changes: no label is of one moment."""
        table = self.source.table
        labels = {p for c in range(table.width) for p in table.column_path(c)}
        labels |= {p for row in range(len(table.grid)) for p in table.row_path(row)}
        is_of_moments = any(is_moment(without_size(label)) for label in labels)
        return not is_of_moments and _CHANGES.search(table.caption) is not None

    def _unit(self, figure: TableFigure, labels: Sequence[str]) -> str:
        """Return the unit that a cell prints at its figure, or else its labels, or ""."""
        printed = read_print(label_text(figure.text), self.names.names)
        own = printed[0].unit if printed else ""
        return own if self.names.vocabulary.knows("unit", own) else self.names.unit(labels)

    def _admits(self, statistic: str, unit: str) -> bool:
        admitted = self.names.vocabulary.get("statistic", statistic).properties.get("admits", ())
        kind = self.names.vocabulary.get("unit", unit).first("quantityKind")
        return not admitted or kind in admitted

    # --- labels -------------------------------------------------------------------------------

    def _group(self, role: ColumnRole, path: list[str]) -> tuple[GroupOf, list[str]]:
        """Return the people of a figure, and the labels of the row that do not name them."""
        if role.group is not None and role.has_people:
            return role.group, path
        if role.has_people or role.column.kind is ColumnKind.P:
            for label in reversed(path):
                found = self.groups.find(without_size(label))
                if found and found.id != WHOLE:
                    return found, [one for one in path if one != label]
        if role.has_people and path and self._has_groups_below:
            label = without_size(path[0])
            return self.groups.resolve(label, sized=False), path[1:]
        header = " ".join(map(label_text, role.column.path))
        if role.has_people and len(inside := self.groups.mentioned(header)) == 1:
            return GroupOf(inside[0], "likely", "the header mentions the group"), path
        found = self.people.of(path) or GroupOf(WHOLE, "unsure", "no label names the group")
        return found, path

    def _what(self, row: int, role: ColumnRole, path: Sequence[str]) -> NamedEndpoint | None:
        """Return the endpoint of a figure, with the moments that records cannot say."""
        if self.compared.is_of_one_group(role):
            return associated([*path, *role.labels], self.source.table, self.names)
        labels = self._labels_of_p(role) if role.column.kind is ColumnKind.P else list(role.labels)
        labels = [self._without_change(one, role) for one in labels]
        labels = [one for one in labels if one and (period_in(one) or not is_moment(one))]
        sets = [one for one in role.labels if is_analysis_set(one) and len(role.labels) > 1]
        labels = [one for one in labels if one not in sets]
        if role.column.kind is ColumnKind.EFFECT:
            labels = [one for one in labels if not names_effect(one)]
        is_size = row in self.reading.size_rows
        if not is_size and all(self._is_when(one, row) for one in [*path, *labels]):
            path = [*self._above_moments(), *(one for one in path if not one.isdigit())]
        found = self._named(path, labels)
        is_size = is_size or (role.has_people and _is_number(path))
        if found is None and is_size and self.names.size:
            return NamedEndpoint(self.names.size)
        if found is None:
            return None
        of_all = dict.fromkeys((*labels, *role.labels, *path))
        moments = [one for one in of_all if is_moment(one) and not time_of(one)]
        if role.column.kind is ColumnKind.P:  # a level and its change have p-values of their own
            moments += [one for one in path if is_change(one) and one not in found.category]
        category = ", ".join(filter(None, (found.category, *dict.fromkeys(moments))))
        if len(category) > MAX_LABEL:
            category = category[:MAX_LABEL].strip()
        return NamedEndpoint(found.endpoint, category, found.named)

    def _named(self, path: Sequence[str], labels: Sequence[str]) -> NamedEndpoint | None:
        """Return the endpoint of the labels of a row and of a column.

        A row of those who had the outcome of the column, as "Age 30–40 › Response", is neither.
        """
        of_row = [one for one in path if not is_moment(without_size(one)) and not is_statistic(one)]
        if of_row and labels and self.names.endpoint(labels[-1]):
            return self.names.other([*of_row, *labels])
        return self.names.named([*path, *labels])

    def _without_change(self, label: str, role: ColumnRole) -> str:
        """Return a label of a column; of one of changes only the period that is not a time."""
        if not is_change(label):
            return label
        return "" if role.time else period_in(label)

    def _labels_of_p(self, role: ColumnRole) -> list[str]:
        """Return what a column of p-values shares with the columns of people beside it.

        That is their heading, or what all of them name: "Drug, response (%)".
        """
        people = [one.labels for one in self.roles if one.has_people]
        shared = [one for one in role.labels if any(one in labels for labels in people)]
        first = people[0] if people else ()
        return shared or [one for one in first if all(one in labels for labels in people)]

    def _is_when(self, label: str, row: int) -> bool:
        """Whether a label says no more of a figure than its time and statistic."""
        is_number = label.isdigit() and self.rows.time(row) != ""
        return is_number or is_statistic(label) or is_moment(without_size(label))

    def _above_moments(self) -> list[str]:
        """Return what a table with times for rows is about: the header of its labels."""
        header = [label_text(part) for part in self.source.table.column_path(0)]
        named = [one for one in header[-1:] if one and not _GENERIC.fullmatch(one)]
        subject = _SUBJECT.match(label_text(self.source.table.caption))
        found = named or ([subject["subject"]] if subject else [])
        return [one for one in found if not self.names.is_topic(self.names.endpoint(one))]

    def _time(self, row: int, role: ColumnRole, path: Sequence[str]) -> str:
        if self.compared.is_of_one_group(role):
            return ""  # times in its labels are those of what goes with the outcome
        if role.time:
            return role.time
        own = next(filter(None, (time_of(label) for label in reversed(path))), "")
        own = own or self.rows.time(row)
        return own or next(filter(None, map(self._time_in, reversed(path), count())), "")

    def _time_in(self, label: str, above: int) -> str:
        """Return the time that a label mentions, ``above`` the row's own so many labels higher.

        "Iron status at baseline" above a label may tell the people apart at another time.
        """
        time = time_in(label)
        is_open = above > 0 and time == "at baseline" and not _OF_BASELINE.search(label)
        return "" if is_open and not _OF_BASELINE.search(self.source.table.caption) else time

    def _outer(self, anchor: Mapping[str, Any], path: Sequence[str]) -> list[str]:
        """Return the headings of an anchor, where a row has the same label as one of a block."""
        row = anchor["row"]
        labels = [row] if isinstance(row, str) else row
        return [one for one in labels[:-1] if one not in path and one in self.rows.outer_headings]


def _is_number(path: Sequence[str]) -> bool:
    """Whether labels say no more than that a figure is the number of people."""
    is_bare = bool(path) and all(map(is_statistic, path))
    return is_bare and declared(path[-1]).centre is Centre.SIZE
