"""Who reports what: reference lists, the publications of studies, and whose figure a claim gives.

Every publication of a study has a data cut and analysis sets of its own. Figures of two of them
are two results, not one printed in two ways; a second-hand figure belongs to what it cites.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kb.checks.finding import CheckContext, Outcome
from kb.model import Claim, Publication, Source

GENERAL: Final = frozenset({"review", "guideline", "web-page"})
"""Publications of these types may speak of any study."""


def leads_astray(cited: Iterable[str], reporting: Iterable[str], general: Iterable[str]) -> Outcome:
    """Judge the publications cited for a figure: one that reports the study is enough.

    ``reporting`` are the publications of the study; ``general`` may speak of any study.

    >>> leads_astray(["trial-2016"], ["trial-2016", "trial-2019"], []).name
    'CONSISTENT'
    >>> leads_astray(["other-2014"], ["trial-2016"], []).name
    'INCONSISTENT'
    >>> leads_astray(["review-2020", "other-2014"], ["trial-2016"], ["review-2020"]).name
    'NOT_ENOUGH'
    """
    named, known = set(cited), set(reporting)
    if not named or not known:
        return Outcome.NOT_ENOUGH
    if named & known:
        return Outcome.CONSISTENT
    return Outcome.NOT_ENOUGH if named & set(general) else Outcome.INCONSISTENT


@dataclass(frozen=True)
class Reports:
    """The sources, their reference lists, and the publications of studies."""

    material: CheckContext

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The sources by id."""
        return {source.id: source for source in self.material.evidence.sources}

    @cached_property
    def publications(self) -> dict[str, Publication]:
        """The publications by id."""
        return {p.id: p for p in self.material.evidence.publications}

    @cached_property
    def reported(self) -> dict[str, frozenset[str]]:
        """The publications of each study, from either record, without those of its relatives."""
        found: dict[str, set[str]] = defaultdict(set)
        for study in self.material.evidence.studies:
            found[study.id].update(study.publications)
        for publication in self.publications.values():
            for study_id in publication.reports:
                found[study_id].add(publication.id)
        return {study: frozenset(names) for study, names in found.items()}

    @cached_property
    def kin(self) -> dict[str, set[str]]:
        """Each study with those that it analyses, and those that analyse it."""
        kin = {study.id: {study.id} for study in self.material.evidence.studies}
        for study in self.material.evidence.studies:
            for parent in study.analysis_of:
                kin[study.id].add(parent)
                kin.setdefault(parent, set()).add(study.id)
        return kin

    @cached_property
    def related(self) -> dict[str, frozenset[str]]:
        """The publications that may report a study: its own, and those of the same trial."""
        return {study: self.of_all(kin) for study, kin in self.kin.items()}

    def of_all(self, studies: Iterable[str]) -> frozenset[str]:
        """Return the publications of any of some studies."""
        return frozenset().union(*map(self.of, studies))

    def of(self, study: str) -> frozenset[str]:
        """Return the publications of a study."""
        return self.reported.get(study, frozenset())

    def cited(self, claim: Claim) -> dict[int, str]:
        """Return the publication that each reference number of a claim leads to."""
        listed = self._listed[claim.source]
        return {number: listed[number] for number in claim.cites if number in listed}

    @cached_property
    def _listed(self) -> dict[str, dict[int, str]]:
        return {name: dict(source.references) for name, source in self.sources.items()}

    def reference(self, number: int, publication: str) -> str:
        """Return a reference as a reader sees it: its number and its citation."""
        found = self.publications.get(publication)
        return f"[{number}] ({found.citation if found else publication})"

    def is_astray(self, claim: Claim) -> bool:
        """Say whether a claim cites publications that report other studies only."""
        cited = self.cited(claim).values()
        known = self.publications
        general = [name for name in cited if name in known and known[name].type in GENERAL]
        reporting = self.related[claim.study] if self.of(claim.study) else ()
        return leads_astray(cited, reporting, general) is Outcome.INCONSISTENT

    def right_numbers(self, claim: Claim) -> list[int]:
        """Return the numbers that the source gives elsewhere for the study, or those of its list.

        Those of its list are all that lead to a publication of the study.
        """
        own = self.of(claim.study)
        listed = [n for n, name in self.sources[claim.source].references if name in own]
        of_study = self.material.by_study[claim.study]
        used = {n for other in of_study if other.source == claim.source for n in other.cites}
        return [n for n in listed if n in used] or listed

    def own(self, claims: Iterable[Claim], publications: Iterable[str]) -> list[Claim]:
        """Return what publications print of their own, where they are sources."""
        wanted = set(publications)
        found = [c for c in claims if self.sources[c.source].publication in wanted]
        return [c for c in found if not c.is_second_hand]

    def meant(self, claim: Claim) -> frozenset[str]:
        """Return the publications of the study that a claim, or else its source, cites for it."""
        cited = self.of(claim.study) & set(self.cited(claim).values())
        if cited or not self.is_astray(claim):
            return cited
        listed = self._listed[claim.source]
        return frozenset(listed[n] for n in self.right_numbers(claim))

    def is_first_hand(self, claim: Claim) -> bool:
        """Say whether a publication of the study prints the claim as its own."""
        own = self.sources[claim.source].publication in self.of(claim.study)
        return own and not claim.is_second_hand

    def counts(self, unit: str) -> bool:
        """Say whether a unit counts in whole numbers."""
        known = self.material.vocabulary.schemes.get("unit", {}).get(unit)
        return known is not None and known.first("quantityKind") == "count"

    def one_result(self, one: Claim, other: Claim) -> bool:
        """Say whether two prints of one measure should give one figure.

        Two publications of a study are two data cuts. What a second-hand figure has to do with
        the publication that it cites is a question of provenance, not asked here.
        """
        if one.source == other.source:
            return True
        first = [claim for claim in (one, other) if self.is_first_hand(claim)]
        return not first or (len(first) == 1 and not (one.is_second_hand or other.is_second_hand))
