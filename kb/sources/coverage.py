"""Coverage: is every figure that a source prints in a claim?

A figure is accounted for if the printed text of a claim covers it, or if the source's record
lists it as left out with a reason. Claims with equal printed texts in one section take the
occurrences of that text in order, so that one claim never accounts for two results.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kb.errors import UnavailableError
from kb.model import Claim, Evidence
from kb.sources.figures import FigureInText
from kb.sources.match import Match
from kb.sources.text import SourceText, TextError, load_texts
from kb.util.wording import measured

if TYPE_CHECKING:
    from kb.records.load import Records
    from kb.records.shared_schema import SourceRecord

_FEW: Final = 30
"""The most figures that are listed of a source that is not named."""
Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class SectionCoverage:
    """The figures of one section: how many there are, and which are unaccounted for."""

    source: str
    section: str
    figures: int
    in_claims: int
    left_out: int
    missing: tuple[FigureInText, ...]

    def counts(self) -> dict[str, int]:
        """Return the four counts by name."""
        return {
            "figures": self.figures,
            "in_claims": self.in_claims,
            "left_out": self.left_out,
            "unaccounted": len(self.missing),
        }


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """The coverage of all sources with a text, section by section in the order of the texts."""

    sections: tuple[SectionCoverage, ...]

    @property
    def unaccounted(self) -> int:
        """The number of figures that are unaccounted for in all sources."""
        return sum(len(section.missing) for section in self.sections)

    def of(self, source: str) -> list[SectionCoverage]:
        """Return the sections of one source."""
        return [section for section in self.sections if section.source == source]

    def data(self) -> dict[str, Any]:
        """Return the report as plain data for JSON."""
        names = dict.fromkeys(section.source for section in self.sections)
        return {"sources": {name: self._source_data(self.of(name)) for name in names}}

    def _source_data(self, sections: list[SectionCoverage]) -> dict[str, Any]:
        missing = [
            {"section": s.section, "figure": f.text, "context": f.context(40)}
            for s in sections
            for f in s.missing
        ]
        parts = {section.section: section.counts() for section in sections}
        return {**_total(sections), "sections": parts, "missing": missing}

    def lines(self, source: str = "", section: str = "") -> Iterator[str]:
        """Yield the report as text, of one source or section if named, then totals by source.

        Sections without figures are left out. Figures are listed of the source or section that is
        named, and of sources in which few are left.
        """
        names = list(dict.fromkeys(part.source for part in self.sections))
        cut = ""
        for name in names if not source else [source]:
            parts = self.of(name)
            is_begun = any(part.in_claims or part.left_out for part in parts)
            is_listed = bool(source) or sum(len(part.missing) for part in parts) <= _FEW
            for part in parts if source or is_begun else ():
                if part.section == section or (not section and part.figures):
                    yield f"{name} {part.section}: {_counts(part.counts())}"
                    if is_listed:
                        yield from (f"    {f.text}  …{f.context(40)}…" for f in part.missing)
            cut = cut if is_listed else name
        for name in names:
            yield f"{name}: {_counts(_total(self.of(name)))}"
        if cut:
            yield f'the figures of a source or place: --section {cut}, --section "{cut}:PLACE"'


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(measured(number, what) for what, number in counts.items())


def _total(sections: list[SectionCoverage]) -> dict[str, int]:
    counts = [section.counts() for section in sections]
    return {name: sum(count[name] for count in counts) for name in counts[0]}


def measure_coverage(records: Records, evidence: Evidence, directory: Path) -> CoverageReport:
    """Compare the figures of every source's text with its claims.

    Raises:
        UnavailableError: the folder has the text of no source.
    """
    texts = load_texts(directory, records.sources.values())
    if not texts:
        raise UnavailableError(f"no text of any source in {directory}")
    by_section: dict[tuple[str, str], list[Claim]] = defaultdict(list)
    for claim in evidence.claims:
        by_section[claim.source, claim.section].append(claim)
    return CoverageReport(
        tuple(
            _section(records.sources[name], section, text, by_section[name, section])
            for name, text in texts.items()
            for section in text.evidence
        )
    )


def _section(
    source: SourceRecord, section: str, text: SourceText, claims: list[Claim]
) -> SectionCoverage:
    claimed = claimed_spans(text, section, claims)
    listed: Spans = []
    left = [figure for entry in source.left_out if entry.at == section for figure in entry.figures]
    for printed in dict.fromkeys(left):
        matches = text.find(section, printed)
        listed += _first(matches, left.count(printed))
    figures = text.figures(section)
    free = [figure for figure in figures if not _inside(figure, claimed)]
    missing = tuple(figure for figure in free if not _inside(figure, listed))
    return SectionCoverage(
        source=source.id,
        section=section,
        figures=len(figures),
        in_claims=len(figures) - len(free),
        left_out=len(free) - len(missing),
        missing=missing,
    )


def claimed_spans(text: SourceText, section: str, claims: Iterable[Claim]) -> Spans:
    """Return the spans of a text that the printed texts of claims cover."""
    blocks: Mapping[tuple[str, tuple[str, ...], str], set[tuple[str, str]]] = defaultdict(set)
    for claim in claims:
        key = (claim.printed, claim.row, claim.column)
        blocks[key].add((claim.study, claim.block))
    spans: Spans = []
    for (printed, row, column), same in blocks.items():
        matches = occurrences(text, section, printed, row, column)
        spans += _first(matches, len(same))
        if row and matches:
            spans.append(text.label_at(section, row, column))
    return spans


def occurrences(
    text: SourceText, section: str, printed: str, row: tuple[str, ...] = (), column: str = ""
) -> list[Match]:
    """Return the occurrences of a printed text at its anchor; none if there is no such anchor."""
    try:
        return text.find_at(section, row, column, printed)
    except TextError:
        return []


def _first(matches: list[Match], number: int) -> Spans:
    return [span for match in matches[:number] for span in match.spans]


def _inside(figure: FigureInText, spans: Spans) -> bool:
    return any(start <= figure.start and figure.end <= end for start, end in spans)
