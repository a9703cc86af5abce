"""What claims are about, in words for readers of the papers: groups, figures and places."""

from __future__ import annotations

from collections.abc import Iterable

from kb.checks.thresholds import in_unit, of_figure
from kb.model import WHOLE, Claim, Evidence
from kb.records.vocabulary import Vocabulary
from kb.util.grouping import group_by


class Describer:
    """Describes studies, groups and endpoints by their labels."""

    def __init__(self, evidence: Evidence, vocabulary: Vocabulary) -> None:
        """Index the labels of the evidence."""
        self._groups = {(g.study, g.id): g for g in evidence.groups}
        self._vocabulary = vocabulary
        self.studies = {s.id: s.name for s in evidence.studies}

    def group(self, study: str, name: str) -> str:
        """Return the label of a group, and the labels of wider groups that add something to it."""
        text = ""
        while name and name != WHOLE:
            label = self._groups[study, name].label
            text = text if _is_mentioned(label, text) else ", ".join(filter(None, (text, label)))
            name = self._groups[study, name].within
        return text or "all patients"

    def group_label(self, claim: Claim) -> str:
        """Return the label of a claim's group alone, for where the wider groups are named."""
        return self._groups[claim.study, claim.measure.group].label

    def group_of(self, claim: Claim) -> str:
        """Return the group of a claim."""
        return self.group(claim.study, claim.measure.group)

    def endpoint(self, notation: str) -> str:
        """Return the label of an endpoint."""
        return self._vocabulary.get("endpoint", notation).label

    def endpoint_of(self, claim: Claim) -> str:
        """Return the endpoint of a claim with its category and time."""
        m = claim.measure
        category = f"({m.category})" if m.category else ""
        return " ".join(filter(None, (self.endpoint(m.endpoint), category, self.time_of(claim))))

    def time_of(self, claim: Claim) -> str:
        """Return the time of a claim, with the labels of events and treatments."""
        return self._vocabulary.time_text(claim.measure.time)

    def subject(self, claim: Claim) -> str:
        """Return the endpoint and the group of a claim, and the comparator if there is one."""
        m = claim.measure
        versus = f" against {self.group(m.study, m.comparator)}" if m.comparator else ""
        return f"{self.endpoint_of(claim)} of {self.group_of(claim)}{versus}"


def _is_mentioned(label: str, text: str) -> bool:
    """Tell whether a text mentions at least half of the words of a label."""
    words = label.replace(",", " ").split()
    return 2 * sum(word in text for word in words) >= len(words)


def place(claim: Claim) -> str:
    """Return the section and the source of a claim."""
    return f"{_section(claim)} of {claim.source}"


def places(claims: Iterable[Claim]) -> str:
    """Return the places of claims, each once, source by source."""
    by_source = group_by(claims, lambda claim: claim.source)
    return "; ".join(f"{join_list(map(_section, cs))} of {s}" for s, cs in by_source.items())


def _section(claim: Claim) -> str:
    return f"{'section ' if claim.section[:1].isdigit() else ''}{claim.section}"


def join_list(items: Iterable[str], last: str = "and") -> str:
    """Join items as a sentence does, each once.

    >>> join_list(["Abstract", "section 2", "Table 1", "Abstract"])
    'Abstract, section 2 and Table 1'
    """
    *first, final = dict.fromkeys(items)
    return f"{', '.join(first)} {last} {final}" if first else final


def figure_text(claim: Claim) -> str:
    """Return a claim's figure as printed: counts, value and unit, a word, or its p-value.

    A percentage stands with its counts: ``36/57 (63%)``, ``36 (63%)`` or ``63% of 57``.
    """
    figure, counts, value = claim.figure, _counts(claim), value_text(claim)
    if figure.unit != "%" or figure.value is None:
        return value
    if figure.numerator is None and figure.denominator is not None:
        return f"{value} of {figure.denominator}"
    return f"{counts} ({value})" if counts else value


def with_bounds(claim: Claim) -> str:
    """Return a claim's figure with its bounds or its dispersion: ``7.7 months (range 1–12)``."""
    figure = claim.figure
    ends = (str(end) for end in (figure.low, figure.high) if end is not None)
    more = f"{figure.bounds} {'–'.join(ends)}" if figure.bounds else str(figure.dispersion or "")
    return f"{figure_text(claim)} ({more})" if more else figure_text(claim)


def value_text(claim: Claim) -> str:
    """Return a claim's figure without the counts that a percentage is printed with."""
    figure, counts = claim.figure, _counts(claim)
    if figure.value is not None:
        return in_unit(f"{figure.operator}{figure.digits or figure.value}", figure.unit)
    if counts:
        return counts if figure.unit == "%" else in_unit(counts, figure.unit)
    return str(of_figure(figure) or figure.text_value or p_text(claim))


def _counts(claim: Claim) -> str:
    pair = (claim.figure.numerator, claim.figure.denominator)
    return "/".join(str(n) for n in pair if n is not None)


def p_text(claim: Claim) -> str:
    """Return the p-value of a claim as a reader writes it, else its word of significance."""
    result = claim.result
    if result.p_value is not None:
        return f"p {result.p_operator} {result.p_value}"
    return f"p {result.p_printed}" if result.p_printed else result.significance
