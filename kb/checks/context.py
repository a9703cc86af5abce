"""What the checks read: the evidence, its vocabulary, and look-ups that several checks share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from kb.checks.groups import Groups
from kb.checks.partitions import Division, divisions
from kb.checks.reports import Reports
from kb.checks.wording import Describer
from kb.model import Claim, Evidence
from kb.records.vocabulary import Vocabulary
from kb.util.grouping import group_by


@dataclass(frozen=True)
class CheckContext:
    """The evidence and vocabulary that are checked; each look-up is made when first needed."""

    evidence: Evidence = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)

    @cached_property
    def by_study(self) -> dict[str, list[Claim]]:
        """The claims of each study."""
        claims: dict[str, list[Claim]] = {study.id: [] for study in self.evidence.studies}
        for claim in self.evidence.claims:
            claims[claim.study].append(claim)
        return claims

    @cached_property
    def groups(self) -> Groups:
        """The groups of people, and their printed sizes."""
        return Groups(self.evidence, self.vocabulary)

    @cached_property
    def designs(self) -> dict[str, str]:
        """The kind of design of each study."""
        return {study.id: study.kind for study in self.evidence.studies}

    @cached_property
    def describe(self) -> Describer:
        """Words for what claims are about."""
        return Describer(self.evidence, self.vocabulary)

    @cached_property
    def reports(self) -> Reports:
        """What publications report and cite."""
        return Reports(self.evidence, self.vocabulary)

    @cached_property
    def divisions(self) -> dict[str, list[Division]]:
        """Which groups are divided into which, by study."""
        return divisions(self.evidence)

    @cached_property
    def declared_parts(self) -> frozenset[tuple[str, str]]:
        """The studies and ids of the groups that a record declares to divide a whole."""
        return frozenset((p.study, part) for p in self.evidence.partitions for part in p.parts)

    def is_a(self, endpoint: str, broader: str) -> bool:
        """Tell whether an endpoint is another one or narrower; never so for an unknown one."""
        if not self.vocabulary.knows("endpoint", broader):
            return False
        return endpoint in self.vocabulary.narrower("endpoint", broader)

    def is_design(self, study: str, broader: str) -> bool:
        """Tell whether the design of a study is another one or narrower."""
        if not self.vocabulary.knows("design", broader):
            return False
        return self.designs[study] in self.vocabulary.narrower("design", broader)

    def endpoint_says(self, claim: Claim, name: str) -> bool:
        """Tell whether the ontology declares a yes-or-no property of a claim's endpoint."""
        return self.vocabulary.has_flag("endpoint", claim.measure.endpoint, name)


def results_by_source(claims: Iterable[Claim]) -> Iterable[list[Claim]]:
    """Return what each source reports of single groups, comparisons left out."""
    results = (c for c in claims if c.kind == "result" and not c.measure.comparator)
    return group_by(results, lambda claim: claim.source).values()
