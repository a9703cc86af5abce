"""The tables of a study: measures as rows, arms side by side, the comparison last.

A figure stands in the column of its arm. Figures of narrower groups have rows of their own
that say who they are about; a row sets side by side only what is the same measure in groups
that correspond to each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kb.api.results import ClaimView
from kb.model import WHOLE, Claim, Group
from kb.records.vocabulary import Term
from kb.site.context import PageContext, collect
from kb.site.labels import sentence
from kb.site.tables.figures import DisplayedFigure, shown_comparisons, shown_figures

_MOST_COLUMNS: Final = 3
_STATISTICS: Final = ("median", "percentage", "count", "frequency", "mean", "range", "hazard-ratio")
_COMMON_UNITS: Final = frozenset({"", "%", "1"})

Key = tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table: an arm, or the whole study."""

    group: Group
    sizes: tuple[DisplayedFigure, ...] = ()


@dataclass(frozen=True)
class Cell:
    """The figures of one group in one row; ``who`` when column and row do not say it."""

    shown: tuple[DisplayedFigure, ...] = ()
    who: str = ""


@dataclass(frozen=True)
class Row:
    """One measure in groups that correspond to each other.

    ``detail`` tells it from other measures of the endpoint; ``plain`` stands where that is "".
    """

    detail: str
    plain: str
    named: tuple[str, ...]
    among: str
    cells: tuple[Cell, ...]
    compared: tuple[DisplayedFigure, ...]

    @property
    def shown(self) -> list[DisplayedFigure]:
        """Everything that opens in this row."""
        return [s for cell in self.cells for s in cell.shown] + list(self.compared)


@dataclass(frozen=True)
class Block:
    """The rows of one endpoint."""

    endpoint: Term
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """A table with its columns, and the address of its rows as CSV."""

    title: str
    id: str
    columns: tuple[Column, ...]
    blocks: tuple[Block, ...]
    csv: str
    claims: tuple[ClaimView, ...]

    @property
    def has_comparisons(self) -> bool:
        """Whether any row compares two groups."""
        return any(row.compared for block in self.blocks for row in block.rows)

    @property
    def shown(self) -> list[DisplayedFigure]:
        """Everything that opens in this table, each once."""
        every = [s for block in self.blocks for row in block.rows for s in row.shown]
        return list({s.id: s for s in every}.values())


class StudyTables:
    """Arranges the claims of one study."""

    def __init__(self, site: PageContext, study: str) -> None:
        """Find the arms of the study; more than fit side by side become rows."""
        self.site, self.study = site, study
        self.claims = site.by_study.get(study, [])
        arms = site.arms(study)
        self.arms = arms if len(arms) <= _MOST_COLUMNS else []
        self.is_long = len(arms) > _MOST_COLUMNS
        self.prefix = "print"

    def tables(self) -> list[Table]:
        """Return a table for each heading that has claims, doses apart."""
        made = (self._table(h.title, h.id, self._under(set(h.tops))) for h in self.site.headings)
        return [table for table in made if table.blocks]

    def _under(self, tops: set[str]) -> list[ClaimView]:
        kept = (found for found in self.claims if not found.claim.steps)
        return [found for found in kept if self.site.top(found.claim.measure.endpoint) in tops]

    def main(self) -> Table | None:
        """Return the figures that readers of a study look for first, of its arms as a whole."""
        chosen = [found for found in self.claims if self._is_main(found.claim)]
        self.prefix = "main"
        table = self._table(self.site.settings["main"]["title"], "main-results", chosen)
        self.prefix = "print"
        return table if table.blocks else None

    def _is_main(self, claim: Claim) -> bool:
        measure, figure = claim.measure, claim.figure
        if measure.endpoint not in self.site.settings["main"]["endpoints"] or measure.category:
            return False
        if not all(map(self._is_whole, filter(None, (measure.group, measure.comparator)))):
            return False
        if measure.comparator:
            return bool(claim.result.p_printed or figure.value is not None)
        return figure.value is not None or (
            bool(figure.text_value) and measure.statistic != "value"
        )

    def _is_whole(self, name: str) -> bool:
        group = self.site.groups[self.study, name]
        return group.kind in ("whole", "arm", "cohort")

    def _table(self, title: str, name: str, chosen: list[ClaimView]) -> Table:
        columns = self.columns(chosen)
        return Table(
            title,
            name,
            tuple(Column(group, self.sizes(group)) for group in columns),
            tuple(self._blocks(chosen, columns)),
            f"study/{self.study}/{name}.csv",
            tuple(chosen),
        )

    def columns(self, chosen: Iterable[ClaimView]) -> list[Group]:
        """Return the whole study, where anything is said of it, and the arms, likewise."""
        whole = self.site.groups[self.study, WHOLE]
        used = {
            self.column_of(f.claim.measure.group) for f in chosen if not f.claim.measure.comparator
        }
        arms = self.arms if used - {WHOLE} else []
        return [*([whole] if WHOLE in used or not arms else []), *arms]

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

    def stratum(self, name: str) -> Key:
        """Return what is left of a group's name without its arm's: the same in each arm."""
        arm = set(self.column_of(name).split("."))
        return tuple(part for part in name.split(".") if part not in arm)

    def sizes(self, group: Group) -> tuple[DisplayedFigure, ...]:
        """Return what is claimed about the number of people in a group."""
        words, sizes = self.site.words, self.site.settings["size"]
        chosen = [
            found
            for found in self.claims
            if found.claim.measure.endpoint == sizes
            and found.claim.measure.group == group.id
            and found.claim.figure.value is not None
            and found.claim.figure.unit == self.site.settings["people"]
        ]
        return tuple(shown_figures(chosen, words, with_unit=False, prefix="size"))

    def _blocks(self, chosen: Sequence[ClaimView], columns: Sequence[Group]) -> Iterable[Block]:
        order = self.site.endpoint_order
        by_endpoint = collect((found.claim.measure.endpoint, found) for found in chosen)
        for endpoint in sorted(by_endpoint, key=order.__getitem__):
            term = self.site.vocabulary.get("endpoint", endpoint)
            yield Block(term, tuple(self._rows(by_endpoint[endpoint], columns)))

    def _rows(self, chosen: Sequence[ClaimView], columns: Sequence[Group]) -> Iterable[Row]:
        results = [found for found in chosen if not found.claim.measure.comparator]
        compared = [found for found in chosen if found.claim.measure.comparator]
        rows = collect((self._key(found.claim), found) for found in results)
        hosts = {(f.claim.block, f.claim.measure.group): self._key(f.claim) for f in results}
        beside: dict[Key, list[ClaimView]] = {}
        for found in compared:
            host = hosts.get((found.claim.block, found.claim.measure.group))
            beside.setdefault(host or self._key(found.claim), []).append(found)
        for key in sorted({*rows, *beside}, key=_row_order):
            yield self._row(rows.get(key, []), beside.get(key, []), columns)

    def _key(self, claim: Claim) -> Key:
        measure = claim.measure
        who = self.stratum(measure.group) if not self.is_long else (measure.group,)
        compared = "~" if measure.comparator else ""
        who = (measure.group, measure.comparator) if compared else who
        return (
            compared,
            measure.category,
            measure.statistic if not compared else "",
            str(measure.time),
            measure.regimen,
            measure.population,
            *who,
        )

    def _row(
        self, results: Sequence[ClaimView], beside: Sequence[ClaimView], columns: Sequence[Group]
    ) -> Row:
        units = {found.claim.figure.unit for found in results if found.claim.figure.unit}
        shared = units.pop() if len(units) == 1 else ""
        unit = "" if shared in _COMMON_UNITS or self._counts_people(shared) else shared
        by_column = collect((self.column_of(f.claim.measure.group), f) for f in results)
        labels = {f.claim.measure.group: self._who(f.claim.measure.group) for f in results}
        among = next(iter(set(labels.values()))) if len(set(labels.values())) == 1 else ""
        said = bool(among) or not labels or not any(labels.values())
        cells = tuple(
            self._cell(
                by_column.get(group.id, []), not unit and not self._counts_people(shared), said
            )
            for group in columns
        )
        first = (results or beside)[0].claim
        return Row(
            detail=self.site.words.measure(first, self.site.words.unit(unit)),
            plain=self._plain(results),
            named=_names(
                results or beside, self.site.words.label("endpoint", first.measure.endpoint)
            ),
            among=among,
            cells=cells,
            compared=self._compared(beside, set(labels)),
        )

    def _plain(self, results: Sequence[ClaimView]) -> str:
        if not results:
            return "comparison"
        if all(found.claim.figure.text_value for found in results):
            return "in words"
        return self.site.words.label("statistic", results[0].claim.measure.statistic)

    def _counts_people(self, unit: str) -> bool:
        return bool(unit == self.site.settings["people"])

    def _who(self, group: str) -> str:
        """Name a group that its column does not name by itself."""
        if not self.is_long and self.column_of(group) == group:
            return ""
        return self.site.who(self.study, group) if group != WHOLE or self.is_long else ""

    def _cell(self, found: Sequence[ClaimView], with_unit: bool, said: bool) -> Cell:
        if not found:
            return Cell()
        shown = shown_figures(found, self.site.words, with_unit, self.prefix)
        return Cell(tuple(shown), "" if said else self._who(found[0].claim.measure.group))

    def _compared(
        self, beside: Sequence[ClaimView], groups: set[str]
    ) -> tuple[DisplayedFigure, ...]:
        namer = _Namer(self, groups if len(groups) == 2 else set())
        return tuple(shown_comparisons(beside, self.site.words, namer, self.prefix))


@dataclass(frozen=True)
class _Namer:
    """Names the groups of a comparison: where the row shows both, by the first one's column."""

    tables: StudyTables
    groups: set[str]

    def __call__(self, found: ClaimView) -> tuple[str, str]:
        study, of, versus = (
            getattr(found.claim.measure, n) for n in ("study", "group", "comparator")
        )
        who = self.tables.site.who
        if {of, versus} != self.groups:
            return who(study, of), who(study, versus)
        column, other = self.tables.column_of(of), self.tables.column_of(versus)
        return who(study, column if column != other else of), ""


def _names(found: Iterable[ClaimView], label: str) -> tuple[str, ...]:
    names = (f.claim.named for f in found)
    fresh = dict.fromkeys(n for n in names if n and n.casefold() != label.casefold())
    return tuple(list(fresh)[:3])


def _row_order(key: Key) -> tuple[object, ...]:
    compared, category, statistic, time, regimen, population, *who = key
    rank = _STATISTICS.index(statistic) if statistic in _STATISTICS else len(_STATISTICS)
    return (
        bool(compared),
        len(who),
        rank,
        natural(category),
        natural(time),
        regimen,
        population,
        statistic,  # two that are ranked alike must not stand in the order of a set
        who,
    )


def natural(text: str) -> list[tuple[int, str]]:
    """Sort key that puts 2 before 10.

    >>> sorted(["10 months", "2 months"], key=natural)
    ['2 months', '10 months']
    """
    parts = re.split(r"(\d+)", text)
    return [(int(part), "") if part.isdigit() else (0, part) for part in parts]


def heading_of(block: Block) -> str:
    """Return the name of a block for its row of heading."""
    return sentence(block.endpoint.label)
