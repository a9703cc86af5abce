"""The text that is copied with a figure: its measure and groups, and the citation of its source."""

from __future__ import annotations

from collections.abc import Iterator

from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.site.context import PageContext
from kb.site.data.citation_formats import vancouver
from kb.site.data.citations import publication_citation, version_text
from kb.site.filters import section_name
from kb.site.labels import STATES, context, sentence
from kb.site.tables.group_sizes import size_beside
from kb.sources.verify import VerificationState


class ClaimCitations:
    """Writes a claim as a line to paste: its figure and its origin; the claim's IRI follows them.

    Args:
        site: the evidence base with its indexes.
    """

    def __init__(self, site: PageContext) -> None:
        self.site = site

    def figure(self, view: ClaimView) -> str:
        """Return the figure with its study, measure and groups."""
        claim, labels = view.claim, self.site.labels
        endpoint = labels.label("endpoint", claim.measure.endpoint)
        measure = labels.measure(claim).split(" · ")
        if claim.measure.comparator:  # its figure names the statistic
            measure = [one for one in measure if one != labels.statistic(claim.statistic)]
        parts = (*measure, self._value(view), self._group(view), *context(claim).split(" · "))
        text = ", ".join(filter(None, (endpoint, *parts)))
        return f"{self.site.studies[claim.study].name}: {text}."

    def origin(self, view: ClaimView) -> str:
        """Return who reports the figure and where, its cautions, and the evidence base."""
        via = f"Via {self.site.evidence.dataset.title}, {version_text(self.site)}."
        return " ".join((*self._reported(view), *self._cautions(view), via))

    def _value(self, view: ClaimView) -> str:
        claim, labels = view.claim, self.site.labels
        parts = list(labels.comparison(claim))
        if not claim.measure.comparator:  # a test within a group stands with its figure
            p_values = (part.text for part in parts if part.kind == "p")
            text = "; ".join(filter(None, (labels.figure(claim.figure), *p_values)))
        else:
            text = "; ".join(part.text for part in parts)
        return text or (f"“{claim.printed}”" if claim.printed else claim.noted)

    def _group(self, view: ClaimView) -> str:
        measure = view.claim.measure
        named = [self._sized(view, measure.group)]
        named += [self._sized(view, measure.comparator)] if measure.comparator else []
        return " vs ".join(named)

    def _sized(self, view: ClaimView, group: str) -> str:
        """Name a group, with its size where the source gives one."""
        label = self.site.groups[view.claim.study, group].label
        size = size_beside(self.site, view, group)
        return label if size is None else f"{label} (n = {size})"

    def _reported(self, view: ClaimView) -> Iterator[str]:
        """Yield who reports a figure: the source with the place, and whom it cites for it."""
        source = self._cited(view.source.publication)
        place = f"read in: {view.claim.read_in}" if view.claim.read_in else self._place(view)
        if not view.claim.is_second_hand:
            yield f"{source}; {place}."
            return
        cited = "; ".join(self._cited(one.id) for one in view.publications)
        yield f"Reported by {cited or 'a publication that is not identified'};"
        yield f"as cited by {source}; {place}."

    def _cited(self, publication: str) -> str:
        """Return the citation of a publication, with its status where it has one."""
        record = self.site.publications[publication]
        standing = f" [{record.standing.replace('-', ' ')}]" if record.standing else ""
        return vancouver(publication_citation(record)).removesuffix(".") + standing

    def _place(self, view: ClaimView) -> str:
        claim = view.claim
        section = section_name(self.site.sections[claim.source, claim.section])
        return " › ".join(filter(None, (section, *claim.row, claim.column)))

    def _cautions(self, view: ClaimView) -> Iterator[str]:
        """Yield what a reader must know who sees the figure elsewhere."""
        if view.verification.state is not VerificationState.VERIFIED:
            yield f"{sentence(STATES[view.verification.state][1])}."
        if view.misprint:
            yield f"The reference number is misprinted: {view.misprint}."
        if view.standing in (ClaimStatus.SET_ASIDE, ClaimStatus.DISPUTED):
            yield f"This value is {view.standing.value.replace('-', ' ')}."
