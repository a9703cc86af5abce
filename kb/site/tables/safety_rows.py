"""The rows of safety at a glance: what is counted, of whom, with grade and interval."""

from __future__ import annotations

from dataclasses import dataclass

from kb.analysis.intervals import Derived
from kb.api.results import ClaimView
from kb.model import Group
from kb.records.vocabulary import Term
from kb.site.charts.plot_data import PlotRow, printed_denominator
from kb.site.tables.figures import DisplayedFigure


@dataclass(frozen=True)
class SafetyKind:
    """A kind of adverse events: its endpoints, and the categories of others that are of it too."""

    title: str
    id: str
    endpoints: frozenset[str]
    categories: frozenset[str]


@dataclass(frozen=True)
class SafetyCell:
    """The figure of one group, with what is derived from it."""

    group: Group
    regimen: str
    figure: DisplayedFigure
    plotted: PlotRow | None

    @property
    def of(self) -> int | None:
        """The denominator: the printed one, else the size of the group."""
        return self.plotted.people[0] if self.plotted else None

    @property
    def printed_of(self) -> int | None:
        """The denominator that is printed with the figure."""
        return printed_denominator(view.claim for view in self.figure.claims)

    @property
    def denominator(self) -> str:
        """The denominator in words, where the figure itself does not show it."""
        is_word = bool(self.figure.claims[0].claim.figure.text_value)
        if self.printed_of is not None or (self.plotted is None and not is_word):
            return ""
        return f"of {self.of}, the size of the group" if self.of else "denominator not reported"

    @property
    def interval(self) -> Derived | None:
        """The exact interval, where none is printed."""
        return self.plotted.shown_derived(0) if self.plotted else None

    @property
    def derived(self) -> str:
        """The exact interval in words, with the proportion where only counts are printed."""
        if self.plotted is None or self.interval is None:
            return ""
        low, high = 100 * self.interval.low, 100 * self.interval.high
        is_printed = self.plotted.prints_percentage(0)
        share = "" if is_printed else f"{100 * self.interval.value:.1f}%, "
        return f"{share}95% CI {low:.1f}–{high:.1f}%"


@dataclass(frozen=True)
class SafetyRow:
    """What one report gives of one kind of event: the groups that it gives it for, side by side.

    ``others`` are further figures of the study: of other reports, of those with an event, or how
    long it lasted.
    """

    study: str
    endpoint: Term
    grade: str
    detail: str
    named: tuple[str, ...]
    context: str
    cells: tuple[SafetyCell, ...]
    compared: tuple[DisplayedFigure, ...]
    others: tuple[SafetyRow, ...] = ()

    @property
    def views(self) -> list[ClaimView]:
        """The claims of the row."""
        figures = (*(cell.figure for cell in self.cells), *self.compared)
        return [view for figure in figures for view in figure.claims]

    @property
    def subject(self) -> tuple[str, str, str]:
        """What is counted: endpoint, grade, and the rest."""
        return self.endpoint.notation, self.grade, self.detail

    @property
    def groups(self) -> set[str]:
        """The groups that it has figures of."""
        return {cell.group.id for cell in self.cells}

    @property
    def blocks(self) -> frozenset[str]:
        """The blocks that its figures were printed in."""
        return frozenset(v.claim.block for cell in self.cells for v in cell.figure.claims)

    @property
    def sources(self) -> list[ClaimView]:
        """A claim of each source that reports the row."""
        return list({view.source.id: view for view in reversed(self.views)}.values())[::-1]


@dataclass(frozen=True)
class SafetyRegimen:
    """The rows of a regimen, those that compare groups first, and their place on the page."""

    notation: str
    label: str
    place: str
    rows: tuple[SafetyRow, ...]


@dataclass(frozen=True)
class SafetyPart:
    """A kind of adverse events with its rows."""

    kind: SafetyKind
    regimens: tuple[SafetyRegimen, ...]

    @property
    def rows(self) -> list[SafetyRow]:
        """All rows, without what is folded into them."""
        return [row for regimen in self.regimens for row in regimen.rows]

    @property
    def studies(self) -> set[str]:
        """The studies with a row."""
        return {row.study for row in self.rows}
