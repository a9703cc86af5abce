"""What is computed from the evidence, study by study: verification, findings, standings.

``KnowledgeBase`` computes it from all of the evidence at once. Nearly every finding rests on one
study, its sources and its relatives; those that set studies side by side need some claims of
each (``kb.checks.across``). So it can be computed in little memory, and by several processes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ValidationError

from kb.checks import CheckContext, across, most_material_first, needed_across, within
from kb.checks.adjudication import ClaimStatus, Key, most_severe, with_adjudications
from kb.checks.reports import Reports
from kb.errors import RecordError
from kb.model import Claim, Evidence, Study
from kb.rdf.discrepancies import finding_quads, standing_quads
from kb.rdf.writer import GraphWriter
from kb.records.attestation import read_attestations
from kb.records.expand import expand
from kb.records.load import Records
from kb.records.paths import study_file
from kb.records.yaml import read_mapping
from kb.sources.text import SourceText, load_texts
from kb.sources.verify import verify


class _Outline(BaseModel):
    """What other studies need to know of one; all else that its record says is ignored."""

    name: str
    analysis_of: list[str] = []
    publications: list[str] = []


def read_study_header(root: Path, name: str) -> Study | None:
    """Return what other studies need to know of one, or None where its record is not sound."""
    try:
        found = _Outline.model_validate(read_mapping(study_file(root, name), root))
    except (RecordError, ValidationError):  # whoever reads all of it says what is wrong
        return None
    of, publications = tuple(found.analysis_of), tuple(found.publications)
    return Study(name, found.name, "", "", "", analysis_of=of, publications=publications)


@dataclass(frozen=True)
class CrossStudyInput:
    """What is left of a study for the findings that set it beside others."""

    study: str
    claims: tuple[Claim, ...]
    standings: Mapping[Key, ClaimStatus]
    """Of these claims, by what was found within the study."""


@dataclass(frozen=True)
class StudyChecks:
    """What computing needs beside the study at hand.

    Args:
        shared: all records but the studies.
        outlines: what is to be known of each other study.
        writer: writes the quads.
        texts: the folder with the texts of the sources, if they are to be read.
    """

    shared: Records
    outlines: Mapping[str, Study]
    writer: GraphWriter
    texts: Path | None = None

    def of_study(self, evidence: Evidence) -> tuple[list[str], CrossStudyInput]:
        """Return what is computed from one study as lines of N-Quads, and what is left of it."""
        (study,) = evidence.studies
        checks = verify(evidence, self._texts, self._attested)
        states = {(check.claim.study, check.claim.id): check.state.value for check in checks}
        material = CheckContext(self._around(study, evidence), self.writer.vocabulary)
        judged = with_adjudications(most_material_first(within(material)), evidence.adjudications)
        needed = tuple(needed_across(material))
        left = {(claim.study, claim.id) for claim in needed}
        settled = {key: s for key, s in judged.standings.items() if key not in left}
        open_ = {key: s for key, s in judged.standings.items() if key in left}
        lines = [*self.writer.verification(states), *standing_quads(settled, self.writer)]
        for finding in judged.findings:
            lines += finding_quads(finding, self.writer)
        return lines, CrossStudyInput(study.id, needed, open_)

    def across(self, needed: Iterable[CrossStudyInput]) -> Iterator[str]:
        """Yield what is computed from what is left of all studies."""
        left = sorted(needed, key=lambda one: one.study)
        claims = tuple(claim for one in left for claim in one.claims)
        names = {name for one in left if one.claims for name in self._books.kin[one.study]}
        evidence = self._with(self._shared, names, claims)
        found = most_material_first(across(CheckContext(evidence, self.writer.vocabulary)))
        judged = with_adjudications(found, self._shared.adjudications)
        for finding in judged.findings:
            yield from finding_quads(finding, self.writer)
        before = {key: standing for one in left for key, standing in one.standings.items()}
        none = ClaimStatus.UNCONTESTED
        standings = {
            key: most_severe((before.get(key, none), judged.standings.get(key, none)))
            for key in {**before, **judged.standings}
        }
        yield from standing_quads(standings, self.writer)

    def _around(self, study: Study, evidence: Evidence) -> Evidence:
        """Add to the evidence of a study what its relatives and citations are."""
        around = self._with(evidence, self._books.kin[study.id], evidence.claims)
        others = (other for other in around.studies if other.id != study.id)
        return replace(around, studies=(study, *others))

    def _with(
        self, evidence: Evidence, names: Collection[str], claims: tuple[Claim, ...]
    ) -> Evidence:
        """Put claims beside studies, and the publications that report these or are cited."""
        books = self._books
        cited = (publication for claim in claims for publication in books.cited(claim).values())
        wanted = books.of_all(names).union(cited) & books.publications.keys()
        return replace(
            evidence,
            studies=tuple(self.outlines[name] for name in sorted(names) if name in self.outlines),
            publications=tuple(books.publications[name] for name in sorted(wanted)),
            claims=claims,
        )

    def prepare(self) -> None:
        """Look up now what every study needs, so that copies of this process share it."""
        books = self._books
        _ = (self._texts, self._attested, books.kin, books.reported, books.publications)

    @cached_property
    def _texts(self) -> Mapping[str, SourceText]:
        return load_texts(self.texts, self.shared.sources.values()) if self.texts else {}

    @cached_property
    def _attested(self) -> Mapping[str, Mapping[str, str]]:
        return read_attestations(self.shared.root)

    @cached_property
    def _shared(self) -> Evidence:
        return expand(self.shared)

    @cached_property
    def _books(self) -> Reports:
        """What publications report, and which studies are related."""
        studies = tuple(self.outlines.values())
        return Reports(CheckContext(replace(self._shared, studies=studies), self.writer.vocabulary))
