"""Names of groups, figures and places as a reader of the papers knows them."""

from __future__ import annotations

from kb.checks._findings import Material
from kb.model import WHOLE, Claim


class Saying:
    """Writes what a claim is about in words."""

    def __init__(self, material: Material) -> None:
        """Index the labels of the evidence once."""
        self._groups = {(g.study, g.id): g for g in material.evidence.groups}
        self._vocabulary = material.vocabulary
        self.studies = {s.id: s.name for s in material.evidence.studies}

    def group(self, study: str, name: str) -> str:
        """Return the label of a group, with those of the groups around it that it leaves unsaid."""
        said = ""
        while name and name != WHOLE:
            label = self._groups[study, name].label
            said = said if _is_said(label, said) else ", ".join(filter(None, (said, label)))
            name = self._groups[study, name].within
        return said or "all patients"

    def what(self, claim: Claim) -> str:
        """Return the endpoint of a claim with its category and time."""
        m = claim.measure
        label = self._vocabulary.get("endpoint", m.endpoint).label
        return " ".join(filter(None, (label, m.category, str(m.time))))

    def subject(self, claim: Claim) -> str:
        """Return the endpoint and the group of a claim, and the other group if two are compared."""
        m = claim.measure
        versus = f" against {self.group(m.study, m.versus)}" if m.versus else ""
        return f"{self.what(claim)} of {self.group(m.study, m.group)}{versus}"


def _is_said(label: str, said: str) -> bool:
    """A label is said when at least half of its words are."""
    words = label.replace(",", " ").split()
    return 2 * sum(word in said for word in words) >= len(words)


def place(claim: Claim) -> str:
    """Return the section and the source of a claim."""
    return f"{'section ' if claim.section[:1].isdigit() else ''}{claim.section} of {claim.source}"


def figure(claim: Claim) -> str:
    """Return a claim's figure as printed: counts, value and unit, a word, or its p-value."""
    found = claim.figure
    counts = "/".join(str(n) for n in (found.numerator, found.denominator) if n is not None)
    if found.value is None:
        return counts or found.word or p_value(claim)
    unit = found.unit if found.unit == "%" else f" {found.unit}"
    value = f"{found.operator}{found.lexical or found.value}{unit}".strip()
    return f"{counts} ({value})" if counts and unit == "%" else value


def p_value(claim: Claim) -> str:
    """Return the p-value of a claim as a reader writes it, else its word of significance."""
    verdict = claim.verdict
    if verdict.p_value is not None:
        return f"p {verdict.p_operator} {verdict.p_value}"
    return f"p {verdict.p_printed}" if verdict.p_printed else verdict.significance
