"""What claims are about, in the words of a reader of the papers: groups, figures and places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from kb.checks.finding import CheckContext
from kb.checks.thresholds import in_unit, of_figure
from kb.model import WHOLE, Claim


class Saying:
    """Writes what a claim is about in words."""

    def __init__(self, material: CheckContext) -> None:
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

    def label(self, claim: Claim) -> str:
        """Return the label of a claim's group, for where those around it are named."""
        return self._groups[claim.study, claim.measure.group].label

    def who(self, claim: Claim) -> str:
        """Return the group of a claim."""
        return self.group(claim.study, claim.measure.group)

    def endpoint(self, notation: str) -> str:
        """Return the label of an endpoint."""
        return self._vocabulary.get("endpoint", notation).label

    def what(self, claim: Claim) -> str:
        """Return the endpoint of a claim with its category and time."""
        m = claim.measure
        kind = f"({m.category})" if m.category else ""
        return " ".join(filter(None, (self.endpoint(m.endpoint), kind, str(m.time))))

    def subject(self, claim: Claim) -> str:
        """Return the endpoint and the group of a claim, and the other group if two are compared."""
        m = claim.measure
        versus = f" against {self.group(m.study, m.comparator)}" if m.comparator else ""
        return f"{self.what(claim)} of {self.who(claim)}{versus}"


def _is_said(label: str, said: str) -> bool:
    """A label is said when at least half of its words are."""
    words = label.replace(",", " ").split()
    return 2 * sum(word in said for word in words) >= len(words)


def place(claim: Claim) -> str:
    """Return the section and the source of a claim."""
    return f"{_section(claim)} of {claim.source}"


def places(claims: Iterable[Claim]) -> str:
    """Return where claims stand, each place once, source by source."""
    found: dict[str, list[str]] = defaultdict(list)
    for claim in claims:
        found[claim.source].append(_section(claim))
    return "; ".join(f"{listed(sections)} of {source}" for source, sections in found.items())


def _section(claim: Claim) -> str:
    return f"{'section ' if claim.section[:1].isdigit() else ''}{claim.section}"


def listed(items: Iterable[str]) -> str:
    """Join items as a sentence does, each once.

    >>> listed(["Abstract", "section 2", "Table 1", "Abstract"])
    'Abstract, section 2 and Table 1'
    """
    *first, last = dict.fromkeys(items)
    return f"{', '.join(first)} and {last}" if first else last


def figure(claim: Claim) -> str:
    """Return a claim's figure as printed: counts, value and unit, a word, or its p-value."""
    counts, share = _counts(claim), claim.figure.unit == "%" and claim.figure.value is not None
    return f"{counts} ({value(claim)})" if counts and share else value(claim)


def value(claim: Claim) -> str:
    """Return a claim's figure without the counts that a percentage is printed with."""
    found, counts = claim.figure, _counts(claim)
    if found.value is not None:
        return in_unit(f"{found.operator}{found.digits or found.value}", found.unit)
    if counts:
        return counts if found.unit == "%" else in_unit(counts, found.unit)
    return str(of_figure(found) or found.text_value or p_value(claim))


def _counts(claim: Claim) -> str:
    pair = (claim.figure.numerator, claim.figure.denominator)
    return "/".join(str(n) for n in pair if n is not None)


def p_value(claim: Claim) -> str:
    """Return the p-value of a claim as a reader writes it, else its word of significance."""
    result = claim.result
    if result.p_value is not None:
        return f"p {result.p_operator} {result.p_value}"
    return f"p {result.p_printed}" if result.p_printed else result.significance
