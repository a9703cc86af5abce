"""The values of figures of people: their statistic and unit, as labels and notes declare them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from kb.drafts.columns import ColumnRole
from kb.drafts.comparisons import Made, least, with_p
from kb.drafts.counts import Counts
from kb.drafts.figures import count_or_measure
from kb.drafts.groups import GroupOf
from kb.drafts.labels import EndpointNames, without_size
from kb.drafts.not_results import names_column
from kb.drafts.times import BASELINE_IN, is_change, is_moment, time_in
from kb.papers.captions import TABLE_NUMBER
from kb.papers.entries import Form, whole
from kb.papers.from_source import SourceTable, label_text
from kb.papers.reading import ColumnKind, TableFigure, TableReading
from kb.papers.statistic import Centre, Statistic, declared
from kb.sources.roles import read_print
from kb.sources.text import SourceText

_UNDECLARED: Final = ("value", "change")
"""The statistic of a measurement for which no label declares one."""
_MARK: Final = re.compile(
    r"(?:(?<![mM])<sup>(?P<raised>[^<]{1,3})</sup>|(?P<sign>[*†‡§¶#]{1,3}))\s*$"
)
"""The mark of a footnote behind a label or figure, which is not an exponent."""
_POWER: Final = re.compile(r"[^\W\d_](?:\^|<sup>)[-−]?[23]\b")
_MEANS: Final = re.compile(
    rf"(?:{TABLE_NUMBER})?"
    r"(?:(?:estimated|adjusted|observed|values are|data are) )?means?"
    r"(?: values?| scores?| levels?)?(?: (?:at|of|for|in|by)\b|\.|$)",
    re.IGNORECASE,
)
"""How a caption or note begins that says only that figures are means."""
_NO_MEAN: Final = re.compile(r"%|\bratio\b|\bn\b|\bno\.|\bnumber\b|percent|\bp\b", re.IGNORECASE)
_OF_P: Final = re.compile(r"(?<=\w) p ?-? ?values?$", re.IGNORECASE)
"""The end of a label that is the header of p-values in columns beside it."""
_OF_TEST: Final = re.compile(
    r"^(?:[a-zA-Z\u0370-\u03ff]{1,2}(?: ?[a-z0-9]{1,2})?|rho|beta|kappa|OR|HR|RR) ?[=<>–−-]"
    r"|\b(?:correlations?|F-(?:ratio|test|statistic|value)s?|kappa|coefficients?|agreement)\b"
)
"""What prints or declares statistics of tests and of associations: "r = 0.49"."""
_CHANGES: Final = re.compile(
    r"(?<!and )\b(?:changes?|differences?)(?: \([^()]{1,12}\))? from (?:baseline|pre-?dose)\b"
    rf"|^(?:{TABLE_NUMBER})?(?:mean )?changes? in\b",
    re.IGNORECASE,
)
_CLASS: Final = re.compile(r"[<>≤≥]? ?[0-9.,]+(?: ?(?:[-–—]|to) ?[<>≤≥]? ?[0-9.,]+)?")
"""A class of people by its limits: a unit in its heading is that of the limits."""
_AT_END: Final = re.compile(r"\bat (?:the )?end\b|\bfinal\b|\bat baseline\b", re.IGNORECASE)


@dataclass
class Values:
    """The values of the figures of one table that are of people."""

    text: SourceText
    source: SourceTable
    reading: TableReading
    names: EndpointNames
    counts: Counts

    def of(
        self,
        figure: TableFigure,
        beside: Sequence[TableFigure],
        role: ColumnRole,
        group: GroupOf,
        labels: Sequence[str],
    ) -> Made | str:
        """Return the value of figures of a group, or why it is not drafted."""
        figure = self._noted(figure)
        change = role.change or _is_of_change(labels) or self._is_change(labels)
        figure = figure.as_count() if self.counts.is_count(figure) else figure
        if role.column.path[-1:] == ("%",) and figure.entry.form is Form.NUMBER:
            figure = replace(figure, statistic=Statistic(Centre.SHARE))  # whatever its row says
        proposal = count_or_measure(figure, self.counts.size(role.column), change=change)
        if proposal is None:
            return "figures of a form that no label explains"
        is_open = proposal.sure == "unsure" and proposal.statistic in _UNDECLARED
        if is_open and not self._is_measured(figure, labels):
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

    def _is_measured(self, figure: TableFigure, labels: Sequence[str]) -> bool:
        """Whether figures that no label declares are measurements: no count has a fraction."""
        text, unit = figure.entry.text, self._unit(figure, labels)
        if _OF_TEST.search(label_text(text)) or _OF_TEST.search(self.source.table.caption):
            return False
        if any(self._has_other_header(cell.column) for cell in figure.cells):
            return False
        declared_ = (figure.statistic.centre, figure.statistic.spread)
        if self._names_measures or any(declared_) or figure.entry.low is not None:
            return False
        is_class = bool(labels) and _CLASS.fullmatch(labels[-1]) is not None
        return whole(figure.entry.main) is None or (unit not in ("", "%") and not is_class)

    def _noted(self, figure: TableFigure) -> TableFigure:
        """Return a figure with what footnotes declare of it, where no label does.

        The notes are those with a mark of its row or cell; else means may be declared for all.
        """
        if figure.statistic.spread or figure.statistic.centre:
            return figure
        spans = (self.source.span(figure.row, i) for i in (0, figure.cells[0].column))
        texts = (self.text.text[slice(*span)] for span in spans if span)
        matches = (_MARK.search(text) for text in texts)
        marks = {match["raised"] or match["sign"] for match in matches if match}
        notes = (one for one in self.source.table.footnotes if one.mark and one.mark in marks)
        found = {one for note in notes if (one := declared(note.text)).spread}
        if len(found) == 1:
            return replace(figure, statistic=found.pop())
        is_mean = figure.entry.form is Form.NUMBER and self._has_means
        label = self.reading.label(figure.row)
        label = _OF_P.sub("", label) if self._has_p else label
        if is_mean and not _NO_MEAN.search(label):
            return replace(figure, statistic=Statistic(Centre.MEAN))
        return figure

    def _has_other_header(self, column: int) -> bool:
        """Whether a header within the column names p-values or effects: "OR (95% CI)"."""
        texts = (label_text(row[column].text) for row in self.source.table.body)
        centres = (declared(text).centre for text in texts if names_column(text))
        return any(centre and (centre is Centre.P or centre.is_effect) for centre in centres)

    @cached_property
    def _names_measures(self) -> bool:
        """Whether the caption or a note names means or medians, but not of which figures."""
        table = self.source.table
        texts = (table.caption, *(note.text for note in table.footnotes))
        parts = (part for text in texts for part in re.split(r"[.;,()]", text))
        return any(declared(part.strip()).centre in (Centre.MEAN, Centre.MEDIAN) for part in parts)

    @cached_property
    def _has_p(self) -> bool:
        return any(column.kind is ColumnKind.P for column in self.reading.columns)

    @cached_property
    def _has_means(self) -> bool:
        """Whether the caption or a note says that all figures are means."""
        table = self.source.table
        notes = (note.text for note in table.footnotes if not note.mark)
        return any(map(_MEANS.match, (label_text(table.caption), *notes)))

    def _is_change(self, labels: Sequence[str]) -> bool:
        """Whether the caption calls a figure a change: no label of it names a moment."""
        is_of_moment = any(_AT_END.search(label) or time_in(label) for label in labels)
        return self._is_of_changes and not is_of_moment

    @cached_property
    def _is_of_changes(self) -> bool:
        """Whether the caption calls all its figures changes: no label is of one moment."""
        table = self.source.table
        labels = {p for c in range(table.width) for p in table.column_path(c)}
        labels |= {p for row in range(len(table.grid)) for p in table.row_path(row)}
        is_of_moments = any(is_moment(without_size(label)) for label in labels)
        return not is_of_moments and _CHANGES.search(label_text(table.caption)) is not None

    def _unit(self, figure: TableFigure, labels: Sequence[str]) -> str:
        """Return the unit that a cell prints at its figure, or else its labels, or ""."""
        printed = read_print(label_text(figure.text), self.names.names)
        own = printed[0].unit if printed else ""
        if self.names.vocabulary.knows("unit", own):
            return own
        span = self.source.span(figure.row, 0)
        is_power = span and _POWER.search(self.text.text[slice(*span)])  # no label has it: "cm^2"
        return "" if is_power else self.names.unit(labels)

    def _admits(self, statistic: str, unit: str) -> bool:
        admitted = self.names.vocabulary.get("statistic", statistic).properties.get("admits", ())
        kind = self.names.vocabulary.get("unit", unit).first("quantityKind")
        return not admitted or kind in admitted


def _is_of_change(labels: Sequence[str]) -> bool:
    """Whether labels name a change; "Baseline mean" below "Change at 12 hours" does not."""
    is_of_baseline = bool(labels) and BASELINE_IN.search(labels[-1]) is not None
    return any(map(is_change, labels[-1:] if is_of_baseline else labels))
