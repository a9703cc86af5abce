"""The map of studies: how many claims each study has under each column of endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.api.results import ClaimView
from kb.model import Study
from kb.site.context import PageContext, collect

LEVELS: Final = (1, 3, 10, 30)
"""From how many claims on a cell is darker by a step; below the second, evidence is thin."""


@dataclass(frozen=True)
class Column:
    """A column: its title, the endpoints under it, and the part of a study's page with them."""

    title: str
    labels: tuple[str, ...]
    endpoints: frozenset[str]
    section: str


@dataclass(frozen=True)
class Cell:
    """The claims of one study under one column."""

    column: Column
    claims: tuple[ClaimView, ...]

    @property
    def level(self) -> int:
        """How dark the cell is: 0 where there is no claim."""
        return sum(len(self.claims) >= least for least in LEVELS)

    @property
    def is_cited(self) -> bool:
        """Whether there are claims, and every one of them is second-hand."""
        return bool(self.claims) and all(found.claim.is_second_hand for found in self.claims)


@dataclass(frozen=True)
class EvidenceMap:
    """The map: its columns, and the studies of each design with a cell for each column."""

    columns: tuple[Column, ...]
    designs: Mapping[str, Sequence[tuple[Study, tuple[Cell, ...]]]]

    @property
    def rows(self) -> list[tuple[Study, tuple[Cell, ...]]]:
        """All rows, in order."""
        return [row for rows in self.designs.values() for row in rows]

    def covered(self, at: int) -> int:
        """Return how many studies have a claim under a column."""
        return sum(bool(cells[at].claims) for _, cells in self.rows)


def evidence_map(site: PageContext) -> EvidenceMap:
    """Count the claims of every study under every column of the arrangement."""
    columns = tuple(filter(None, (_column(site, said) for said in site.settings["map"])))
    rows = (
        (study, tuple(_cell(site, study, column) for column in columns))
        for study in site.studies.values()
        if not site.vocabulary.has_flag("design", study.kind, "isNoStudy")
    )
    return EvidenceMap(columns, collect((study.kind, (study, cells)) for study, cells in rows))


def _column(site: PageContext, said: Mapping[str, Sequence[str]]) -> Column | None:
    """A column whose endpoints the vocabulary does not have is left out."""
    known = [name for name in said["endpoints"] if site.vocabulary.knows("endpoint", name)]
    if not known:
        return None
    top = site.top(known[0])
    section = next((h.id for h in site.headings if top in h.tops), "")
    labels = tuple(site.words.label("endpoint", name) for name in known)
    every = (site.vocabulary.narrower("endpoint", name) for name in known)
    return Column(str(said["title"]), labels, frozenset().union(*every), section)


def _cell(site: PageContext, study: Study, column: Column) -> Cell:
    found = site.by_study.get(study.id, [])
    chosen = tuple(f for f in found if f.claim.measure.endpoint in column.endpoints)
    return Cell(column, chosen)
