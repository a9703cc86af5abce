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

from kb.checks.discrepancy import Outcome
from kb.model import Claim, Evidence, Publication, Source
from kb.records.vocabulary import Vocabulary

GENERAL: Final = frozenset({"review", "guideline", "web-page"})
"""Publications of these types may speak of any study."""
REGISTRY: Final = "registry-entry"
"""The kind of a source that is a study's entry in a registry of trials."""


def reports_study(
    cited: Iterable[str], reporting: Iterable[str], general: Iterable[str]
) -> Outcome:
    """Judge the publications cited for a figure: it is enough if one of them reports the study.

    ``reporting`` are the publications of the study; ``general`` may speak of any study.

    >>> reports_study(["trial-2016"], ["trial-2016", "trial-2019"], []).name
    'CONSISTENT'
    >>> reports_study(["other-2014"], ["trial-2016"], []).name
    'INCONSISTENT'
    >>> reports_study(["review-2020", "other-2014"], ["trial-2016"], ["review-2020"]).name
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

    evidence: Evidence
    vocabulary: Vocabulary

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The sources by id."""
        return {source.id: source for source in self.evidence.sources}

    @cached_property
    def publications(self) -> dict[str, Publication]:
        """The publications by id."""
        return {p.id: p for p in self.evidence.publications}

    @cached_property
    def reported(self) -> dict[str, frozenset[str]]:
        """The publications of each study, as either record declares them."""
        names: dict[str, set[str]] = defaultdict(set)
        for study in self.evidence.studies:
            names[study.id].update(study.publications)
        for publication in self.publications.values():
            for study_id in publication.reports:
                names[study_id].add(publication.id)
        return {study: frozenset(publications) for study, publications in names.items()}

    @cached_property
    def related(self) -> dict[str, set[str]]:
        """Each study with those that it analyses, and those that analyse it."""
        related = {study.id: {study.id} for study in self.evidence.studies}
        for study in self.evidence.studies:
            for parent in study.analysis_of:
                related[study.id].add(parent)
                related.setdefault(parent, set()).add(study.id)
        return related

    def publications_of(self, *studies: str) -> frozenset[str]:
        """Return the publications of studies."""
        return frozenset().union(*(self.reported.get(study, frozenset()) for study in studies))

    def cited(self, claim: Claim) -> dict[int, str]:
        """Return the publication that each reference number of a claim leads to."""
        references = self._references[claim.source]
        return {number: references[number] for number in claim.cites if number in references}

    @cached_property
    def _references(self) -> dict[str, dict[int, str]]:
        return {name: dict(source.references) for name, source in self.sources.items()}

    def reference(self, number: int, publication: str) -> str:
        """Return a reference as a reader sees it: its number and its citation."""
        known = self.publications.get(publication)
        return f"[{number}] ({known.citation if known else publication})"

    def cites_other_study(self, claim: Claim) -> bool:
        """Tell whether a claim cites only publications that report other studies.

        The publications of related studies are accepted: those of one trial.
        """
        cited = self.cited(claim).values()
        known = self.publications
        general = [name for name in cited if name in known and known[name].type in GENERAL]
        own = self.publications_of(claim.study)
        reporting = self.publications_of(*self.related[claim.study]) if own else ()
        return reports_study(cited, reporting, general) is Outcome.INCONSISTENT

    def right_numbers(self, claim: Claim) -> list[int]:
        """Return the numbers by which the source cites the study's publications.

        Where it never does, those in its reference list that would be right.
        """
        own = self.publications_of(claim.study)
        right = [n for n, name in self.sources[claim.source].references if name in own]
        used = self._numbers_used[claim.source, claim.study]
        return [n for n in right if n in used] or right

    @cached_property
    def _numbers_used(self) -> dict[tuple[str, str], set[int]]:
        used: dict[tuple[str, str], set[int]] = defaultdict(set)
        for claim in self.evidence.claims:
            used[claim.source, claim.study].update(claim.cites)
        return used

    def own_claims(self, claims: Iterable[Claim], publications: Iterable[str]) -> list[Claim]:
        """Return the claims that publications report at first hand, where they are sources."""
        wanted = set(publications)
        printed = [c for c in claims if self.sources[c.source].publication in wanted]
        return [c for c in printed if not c.is_second_hand]

    def intended_publications(self, claim: Claim) -> frozenset[str]:
        """Return the study's publications that a claim cites, or should by its reference list."""
        cited = self.publications_of(claim.study) & set(self.cited(claim).values())
        if cited or not self.cites_other_study(claim):
            return cited
        references = self._references[claim.source]
        return frozenset(references[n] for n in self.right_numbers(claim))

    def is_first_hand(self, claim: Claim) -> bool:
        """Tell whether a publication of the study prints the claim as its own."""
        own = self.sources[claim.source].publication in self.publications_of(claim.study)
        return own and not claim.is_second_hand

    def is_registry(self, claim: Claim) -> bool:
        """Tell whether a registry of trials prints the claim, as its own."""
        source = self.sources.get(claim.source)
        return source is not None and source.kind == REGISTRY and not claim.is_second_hand

    def is_count(self, unit: str) -> bool:
        """Tell whether a unit counts in whole numbers."""
        known = self.vocabulary.schemes.get("unit", {}).get(unit)
        return known is not None and known.first("quantityKind") == "count"

    def one_result(self, one: Claim, other: Claim) -> bool:
        """Tell whether two claims about one measure should give one figure.

        Two publications of a study are two data cuts. Whether a second-hand figure agrees with
        the publication that it cites is checked by ``kb.checks.provenance``. A registry reports
        what the publications report. Analysis sets, or dates of the data, that both name and that
        differ are two results everywhere.
        """
        sets = {claim.analysis_set.casefold() for claim in (one, other)} - {""}
        cuts = {claim.data_cut for claim in (one, other)} - {""}
        if len(sets) > 1 or len(cuts) > 1:
            return False
        if one.source == other.source:
            return True
        if self.is_registry(one) != self.is_registry(other):
            return not (one.is_second_hand or other.is_second_hand)
        first = [claim for claim in (one, other) if self.is_first_hand(claim)]
        return not first or (len(first) == 1 and not (one.is_second_hand or other.is_second_hand))
