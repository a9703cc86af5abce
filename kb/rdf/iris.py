"""The IRIs of the dataset: deterministic and readable."""

from __future__ import annotations

from kb.model import Measure, measure_key, slug


class Iris:
    """Builds the IRIs of a dataset; no other module does.

    >>> Iris("https://example.org/").claim("a", "b.1")
    'https://example.org/study/a#b.1'
    """

    def __init__(self, base: str) -> None:
        """Build IRIs below ``base``, which ends in a slash."""
        self.base = base
        self.records = f"{base}graph/records"
        self.ontology = f"{base}graph/ontology"
        self.hierarchy = f"{base}graph/hierarchy"
        self.verification = f"{base}graph/verification"
        self.derived = f"{base}graph/derived"
        self.findings = f"{base}graph/findings"
        self.adjudications = f"{base}graph/adjudications"

    def own(self, name: str) -> str:
        """Return the IRI of a class or property of the kb ontology."""
        return f"{self.base}ontology#{name}"

    def entity(self, kind: str, name: str) -> str:
        """Return the IRI of a study, source or publication."""
        return f"{self.base}{kind}/{name}"

    def group(self, study: str, name: str) -> str:
        """Return the IRI of a group: a fragment of its study's page."""
        return f"{self.base}study/{study}#group.{name}"

    def measure(self, measure: Measure) -> str:
        """Return the IRI of a measure: a fragment of its study's page."""
        return f"{self.base}study/{measure.study}#measure.{measure_key(measure)}"

    def claim(self, study: str, name: str) -> str:
        """Return the IRI of a claim: a fragment of its study's page."""
        return f"{self.base}study/{study}#{name}"

    def claim_of(self, iri: str) -> tuple[str, str]:
        """Return the study and the id of the claim with this IRI.

        >>> Iris("https://example.org/").claim_of("https://example.org/study/a#b.1")
        ('a', 'b.1')
        """
        study, _, name = iri.removeprefix(self.entity("study", "")).partition("#")
        return study, name

    def step(self, claim: str, position: int) -> str:
        """Return the IRI of a step of a dose; ``claim`` is the IRI of the claim."""
        return f"{claim}.step{position}"

    def reference(self, source: str, number: int) -> str:
        """Return the IRI of an entry of a source's reference list: a fragment of its page."""
        return f"{self.base}source/{source}#reference.{number}"

    def finding(self, study: str, name: str) -> str:
        """Return the IRI of a discrepancy: a fragment of its study's page."""
        return f"{self.base}study/{study}#finding.{name}"

    def adjudication(self, study: str, name: str) -> str:
        """Return the IRI of the adjudication of a finding: a fragment of its study's page."""
        return f"{self.base}study/{study}#adjudication.{name}"

    def section(self, source: str, name: str) -> str:
        """Return the IRI of a section: a fragment of its source's page."""
        return f"{self.base}source/{source}#{slug(name)}"
