"""Verification and discrepancies, study by study, so that memory stays bounded.

Nearly every discrepancy rests on one study, its sources and its relatives. The few checks that
compare studies (``kb.checks.across``) need only some claims of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from kb.checks import (
    CheckContext,
    Discrepancy,
    across,
    most_material_first,
    needed_across,
    within,
)
from kb.checks.adjudication import CuratedDiscrepancies, values_compared, with_adjudications
from kb.checks.reports import Reports
from kb.model import Claim, Evidence, Study
from kb.records.attestation import read_attestations
from kb.records.load import Records
from kb.sources.text import load_texts
from kb.sources.verify import Verification, verify

_OF_STUDIES: Final = ("groups", "partitions", "claims", "adjudications")


def split(evidence: Evidence) -> Iterator[Evidence]:
    """Yield the evidence of each study, with the sources that report it."""
    parts = {name: _by_study(getattr(evidence, name)) for name in _OF_STUDIES}
    sources = {source.id: source for source in evidence.sources}
    for study in evidence.studies:
        own: dict[str, Any] = {
            name: tuple(by_study.get(study.id, ())) for name, by_study in parts.items()
        }
        used = sorted({claim.source for claim in own["claims"]})
        yield replace(
            evidence,
            publications=(),
            sources=tuple(sources[name] for name in used),
            sections=(),
            studies=(study,),
            **own,
        )


def _by_study(items: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for item in items:
        found.setdefault(item.study, []).append(item)
    return found


class CommonInputs:
    """What the checks of every study read besides the study itself."""

    def __init__(
        self, records: Records, shared: Evidence, studies: Iterable[Study], texts: Path | None
    ) -> None:
        """Read the texts and the attestations.

        Args:
            records: all records; those of studies may be left out.
            shared: the same as evidence: only publications, sources and adjudications are used.
            studies: every study; ``id``, ``name``, ``publications`` and ``analysis_of`` suffice.
            texts: the folder with the texts of the sources, if claims are compared with them.
        """
        self.vocabulary = records.vocabulary
        self.shared = replace(shared, studies=(), groups=(), partitions=(), claims=())
        self.studies = {study.id: study for study in studies}
        self.texts = load_texts(texts, records.sources.values()) if texts else {}
        self.attestations = read_attestations(records.root)
        self.references = {source.id: dict(source.references) for source in shared.sources}
        everything = replace(self.shared, studies=tuple(self.studies.values()))
        self._reports = Reports(everything, self.vocabulary)

    def context(self, evidence: Evidence, studies: Iterable[str]) -> CheckContext:
        """Return evidence on some studies, with their relatives and the publications involved."""
        reports = self._reports
        relatives = {name for study in studies for name in reports.related[study]}
        cited = {name for claim in evidence.claims for name in reports.cited(claim).values()}
        publications = (
            reports.publications_of(*relatives).union(cited) & reports.publications.keys()
        )
        own = {study.id: study for study in evidence.studies}
        others = {name: self.studies[name] for name in sorted(relatives & self.studies.keys())}
        complete = replace(
            evidence,
            studies=tuple({**others, **own}.values()),
            publications=tuple(reports.publications[name] for name in sorted(publications)),
        )
        return CheckContext(complete, self.vocabulary)

    def across(self, claims: Iterable[Claim]) -> list[Discrepancy]:
        """Return the discrepancies between studies, given the ``cross_claims`` of each of them."""
        evidence = replace(self.shared, claims=tuple(sorted(claims, key=attrgetter("study"))))
        studies = {claim.study for claim in evidence.claims}
        return most_material_first(across(self.context(evidence, studies)))

    def curated(
        self, studies: Sequence[StudyChecks], not_run: dict[str, str] | None = None
    ) -> CuratedDiscrepancies:
        """Return the discrepancies of all studies and between them, with their adjudications.

        ``not_run`` as in ``kb.checks.within``.
        """
        found = self.across(chain.from_iterable(one.cross_claims for one in studies))
        found += chain.from_iterable(one.find(not_run) for one in studies)
        compared = values_compared(c for one in studies for c in one.evidence.claims)
        return with_adjudications(most_material_first(found), self.shared.adjudications, compared)


class StudyChecks:
    """The verification and the discrepancies of one study, each computed when first used."""

    def __init__(self, inputs: CommonInputs, evidence: Evidence) -> None:
        """Take the evidence of one study."""
        self.evidence = evidence
        self._inputs = inputs

    @cached_property
    def verifications(self) -> list[Verification]:
        """The verification of each claim."""
        return verify(
            self.evidence,
            self._inputs.texts,
            self._inputs.vocabulary,
            self._inputs.attestations,
        )

    @cached_property
    def discrepancies(self) -> list[Discrepancy]:
        """The discrepancies that rest on this study alone."""
        return self.find()

    def find(self, not_run: dict[str, str] | None = None) -> list[Discrepancy]:
        """Return the discrepancies of this study; ``not_run`` as in ``kb.checks.within``."""
        return most_material_first(within(self._context, not_run))

    @cached_property
    def cross_claims(self) -> list[Claim]:
        """The claims that are compared with those of other studies."""
        return needed_across(self._context)

    @property
    def settled_claims(self) -> Iterator[Claim]:
        """The other claims: their references do not depend on other studies."""
        compared = {claim.id for claim in self.cross_claims}
        return (claim for claim in self.evidence.claims if claim.id not in compared)

    @cached_property
    def _context(self) -> CheckContext:
        return self._inputs.context(self.evidence, (s.id for s in self.evidence.studies))
