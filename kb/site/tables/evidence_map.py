"""The map of studies: how many figures and statements each has under a column of endpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kb.api.results import ClaimView
from kb.model import Study
from kb.site.context import PageContext, collect
from kb.util.wording import counted

LEVELS: Final = (1, 3, 10, 30)
"""The numbers of claims at which a cell gets darker; below the second, evidence is thin."""


@dataclass(frozen=True)
class MapColumn:
    """A column: its title, its endpoints, and the section of a study's page that shows them."""

    title: str
    labels: tuple[str, ...]
    endpoints: frozenset[str]
    section: str


@dataclass(frozen=True)
class MapCell:
    """The claims of one study under one column."""

    column: MapColumn
    claims: tuple[ClaimView, ...]

    @property
    def level(self) -> int:
        """How dark the cell is: 0 where there is no claim."""
        return sum(len(self.claims) >= least for least in LEVELS)

    @property
    def is_cited(self) -> bool:
        """Whether there are claims, and every one of them is second-hand."""
        return bool(self.claims) and all(view.claim.is_second_hand for view in self.claims)


MapRow = tuple[Study, tuple[MapCell, ...]]


@dataclass(frozen=True)
class EvidenceMap:
    """The map: its columns, and a row for each study, grouped by design."""

    columns: tuple[MapColumn, ...]
    designs: Mapping[str, Sequence[MapRow]]

    @property
    def rows(self) -> list[MapRow]:
        """All rows, in order."""
        return [row for rows in self.designs.values() for row in rows]

    @property
    def counts(self) -> str:
        """How many studies and analyses of studies there are."""
        analyses = sum(bool(study.analysis_of) for study, _ in self.rows)
        studies = counted(len(self.rows) - analyses, "study", "studies")
        return f"{studies} and {counted(analyses, 'analysis', 'analyses')} of studies"

    def covered(self, at: int) -> int:
        """Return how many studies have a claim under the column with this index."""
        return sum(bool(cells[at].claims) for _, cells in self.rows)


def evidence_map(site: PageContext) -> EvidenceMap:
    """Count the claims of every study under every column of the settings.

    A column whose endpoints are not in the vocabulary is left out.
    """
    columns = []
    for settings in site.settings["map"]:
        known = [e for e in settings["endpoints"] if site.vocabulary.knows("endpoint", e)]
        if known:
            top = site.top(known[0])
            section = next((h.id for h in site.headings if top in h.tops), "")
            labels = tuple(site.labels.label("endpoint", e) for e in known)
            endpoints = (site.vocabulary.narrower("endpoint", e) for e in known)
            columns.append(
                MapColumn(settings["title"], labels, frozenset().union(*endpoints), section)
            )
    designs = collect(
        (study.kind, (study, tuple(_cell(site, study, column) for column in columns)))
        for study in site.studies.values()
        if not site.vocabulary.has_flag("design", study.kind, "isNoStudy")
    )
    return EvidenceMap(tuple(columns), designs)


def _cell(site: PageContext, study: Study, column: MapColumn) -> MapCell:
    views = site.by_study.get(study.id, [])
    return MapCell(column, tuple(v for v in views if v.claim.measure.endpoint in column.endpoints))
