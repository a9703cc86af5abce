"""The card of a study: what one report of it gives as main results, arm by arm.

All results of a card are of one report as one source gives it, so that nothing stands beside a
figure of another data cut; what other reports give is in a table of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import Final

from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.model import WHOLE, Claim, Group, Publication, Study
from kb.site.context import PageContext, collect
from kb.site.counts import reports
from kb.site.labels import date, short_citation
from kb.site.tables.figures import DisplayedFigure
from kb.site.tables.study import StudyBlock, StudyRow, StudyTable, StudyTables

RESULTS: Final = 5
"""How many endpoints a card shows."""
_ENOUGH: Final = 3
"""A report read itself comes before one that another source cites if it gives so many of them."""
_MOST_SETS: Final = 6


@dataclass(frozen=True)
class Arm:
    """An arm or the whole study: who was in it, and how many of them were analysed."""

    group: Group
    sizes: tuple[DisplayedFigure, ...]
    analysed: tuple[tuple[str, tuple[DisplayedFigure, ...]], ...]


@dataclass(frozen=True)
class _Report:
    """The main results of a study that one source gives as those of one report."""

    publications: frozenset[str]
    source: str
    views: tuple[ClaimView, ...]


class StudyCard:
    """The card of a study, made from its tables.

    Args:
        site: the evidence base with its indexes.
        study: the study.
        tables: how its claims are arranged.
    """

    def __init__(self, site: PageContext, study: Study, tables: StudyTables) -> None:
        self.site, self.study, self.tables = site, study, tables

    @cached_property
    def _views(self) -> tuple[ClaimView, ...]:
        return tuple(self.tables.main_results.views())

    @cached_property
    def _report(self) -> _Report | None:
        by_report = collect(((reports(view), view.source.id), view) for view in self._views)
        found = [_Report(*key, tuple(views)) for key, views in by_report.items()]
        return max(found, key=self._rank, default=None)

    def _rank(self, report: _Report) -> tuple[object, ...]:
        """Rank a report: by what it gives, and whether it is of the study and was read itself.

        Of reports that were read, the one with most complete comparisons, then the latest.
        """
        kept = [v for v in report.views if v.standing is not ClaimStatus.SET_ASIDE]
        number = len({view.claim.measure.endpoint for view in kept})
        read = not report.views[0].claim.is_second_hand
        own = report.publications <= set(self.study.publications)
        complete = len({v.claim.measure.endpoint for v in kept if _is_complete(v.claim)})
        years = [self.site.publications[name].year or 0 for name in report.publications]
        given = min(number, _ENOUGH), own and read, own, complete
        return *given, max(years, default=0), number, report.source

    @property
    def publications(self) -> list[Publication]:
        """The report of the results."""
        names = sorted(self._report.publications) if self._report else []
        return [self.site.publications[name] for name in names]

    @property
    def cited_by(self) -> str:
        """The source that cites the report, where the report was not read itself."""
        if not self._report or self._report.source in self._own_sources:
            return ""
        source = self.site.sources[self._report.source]
        return short_citation(self.site.publications[source.publication])

    @property
    def _own_sources(self) -> set[str]:
        names = self._report.publications if self._report else frozenset()
        return {s.id for s in self.site.sources.values() if s.publication in names}

    @property
    def cuts(self) -> list[str]:
        """The data cuts that the report names."""
        found = {v.claim.data_cut for v in self._report.views} if self._report else set()
        return [date(cut) for cut in sorted(found - {""})]

    @property
    def level(self) -> str:
        """The level of evidence of the design, or ""."""
        levels = self.site.settings["levels"]
        designs = self.site.vocabulary.upwards("design", self.study.kind)
        return next((levels[name] for name in designs if name in levels), "")

    def results(self, most: int = RESULTS, among: Collection[str] = ()) -> StudyTable | None:
        """Return the first endpoints of the report, with one or two rows each.

        Only those ``among`` some, where the report gives any of them.
        """
        if self._report is None:
            return None
        views = [v for v in self._report.views if v.standing is not ClaimStatus.SET_ASIDE]
        table = self.tables.table("Main results", "main-results", views)
        by_endpoint = {block.endpoint.notation: block for block in table.blocks}
        given = [name for name in self.tables.main_results.leading if name in by_endpoint]
        named = [name for name in given if name in among] or given
        blocks = [
            replace(
                by_endpoint[name],
                rows=tuple(map(self._shortened, _chosen_rows(by_endpoint[name].rows))),
            )
            for name in named[:most]
        ]
        # What cannot be right together with another value does not lead.
        blocks.sort(key=lambda block: all(r.standing is ClaimStatus.DISPUTED for r in block.rows))
        columns = (replace(c, sizes=self._sizes(c.group)) for c in table.columns)
        return _with_used_columns(replace(table, columns=tuple(columns)), blocks)

    def _shortened(self, row: StudyRow) -> StudyRow:
        """Leave out the source of a row: it is that of the whole card."""
        source = self.site.sources[self._report.source] if self._report else None
        name = short_citation(self.site.publications[source.publication]) if source else ""
        return replace(row, context=row.context.removesuffix(name).removesuffix(" · "))

    def others(self) -> StudyTable | None:
        """Return the main results that the card does not show."""
        shown = self.results()
        used = {view.iri for figure in shown.figures for view in figure.claims} if shown else set()
        views = [view for view in self._views if view.iri not in used]
        return self.tables.table("Other results", "other-results", views) if views else None

    def arms(self) -> list[Arm]:
        """Return the arms with their sizes, or the whole study where it has none."""
        groups = self.site.arms(self.study.id)
        whole = self.site.groups[self.study.id, WHOLE]
        return [Arm(g, self._sizes(g), tuple(self._analysed(g))) for g in groups or [whole]]

    def _sizes(self, group: Group) -> tuple[DisplayedFigure, ...]:
        """Return the size that the report of the card gives, else its own, else every one."""
        sizes = self.tables.sizes(group)
        kept = [size for size in sizes if size.standing is not ClaimStatus.SET_ASIDE] or sizes
        source = self._report.source if self._report else ""
        of_report = [s for s in kept if any(v.source.id == source for v in s.claims)]
        own = [s for s in kept if any(self._is_own(v) for v in s.claims)]
        return tuple(of_report or own or kept)

    def _is_own(self, view: ClaimView) -> bool:
        return not view.claim.is_second_hand and view.source.publication in self.study.publications

    def _analysed(self, arm: Group) -> Iterator[tuple[str, tuple[DisplayedFigure, ...]]]:
        """Yield the analysis sets of an arm that have a size."""
        sets = (g for g in self.site.groups_of(self.study.id) if self._is_set(g, arm))
        found = ((group.label, self._sizes(group)) for group in sets)
        yield from [one for one in found if one[1]][:_MOST_SETS]

    def _is_set(self, group: Group, arm: Group) -> bool:
        is_set = "analysis-set" in (group.kind, self._wider(group))
        is_in = self.tables.column_of(group.id) == arm.id and not group.who_endpoint
        return is_set and is_in and group.id != arm.id

    def _wider(self, group: Group) -> str:
        return self.site.groups[self.study.id, group.within].kind if group.within else ""


def _is_complete(claim: Claim) -> bool:
    """Whether a comparison has a ratio, its interval and a p-value."""
    has_interval = claim.figure.low is not None or claim.figure.high is not None
    has_ratio = bool(claim.measure.comparator) and claim.figure.value is not None
    return has_ratio and has_interval and bool(claim.result.p_printed)


def _chosen_rows(rows: Iterable[StudyRow]) -> list[StudyRow]:
    """Return the preferred row, else the fullest, and where it compares nothing one that does."""

    def rank(row: StudyRow) -> tuple[object, ...]:
        cells = sum(bool(cell.figures) for cell in row.cells)
        bounds = sum(bool(c.figure.bounds) for c in _claims(row))
        return row.standing is not ClaimStatus.PREFERRED, not row.compared, -cells, -bounds

    every = list(rows)
    ranked = sorted((row for row in every if any(cell.figures for cell in row.cells)), key=rank)
    ranked = ranked or sorted(every, key=rank)
    compared = [row for row in every if row.compared and row not in ranked[:1]]
    return ranked[:1] if ranked[0].compared else [*ranked[:1], *compared[:1]]


def _claims(row: StudyRow) -> Iterator[Claim]:
    for figure in row.figures:
        yield figure.claims[0].claim


def _with_used_columns(table: StudyTable, blocks: Sequence[StudyBlock]) -> StudyTable:
    """Return a table of some of its blocks, without the columns that have no figure then."""
    rows = [row for block in blocks for row in block.rows]
    used = [any(row.cells[at].figures for row in rows) for at in range(len(table.columns))]

    def shortened(row: StudyRow) -> StudyRow:
        return replace(row, cells=tuple(compress(row.cells, used)))

    return replace(
        table,
        columns=tuple(compress(table.columns, used)),
        blocks=tuple(replace(b, rows=tuple(map(shortened, b.rows))) for b in blocks),
    )
