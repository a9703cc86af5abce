"""The draft record of a source: its sections, and its references as publications."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kb.papers.paper import REGISTRY_ENTRY, Metadata, Paper
from kb.papers.publications import (
    PublicationIndex,
    cited_publication,
    publication_of,
    record_line,
    slug_of,
)
from kb.papers.text import SourceDraft, source_text
from kb.records.shared_schema import PublicationRecord


@dataclass
class RecordDraft:
    """A source's text and record, and the publications that are new."""

    id: str
    source: SourceDraft
    record: str
    """The content of ``evidence/sources/<id>.yaml``."""
    publications: dict[str, dict[str, object]] = field(default_factory=dict)
    """The new publications by id."""
    known: int = 0
    """How many references are publications that the evidence base has already."""
    unsure: tuple[str, ...] = ()


def draft_record(paper: Paper, name: str, known: Mapping[str, PublicationRecord]) -> RecordDraft:
    """Draft the record of a paper as a source.

    Args:
        paper: the paper.
        name: the id of the source.
        known: the publications of the evidence base.

    >>> from kb.papers.jats import read_jats
    >>> xml = b"<article><body><sec><title>Results</title><p>OS.</p></sec></body></article>"
    >>> print(draft_record(read_jats(xml), "low-2020", {}).record.splitlines()[-1])
    references: {}
    """
    index = PublicationIndex(known)
    own = publication_of(paper.metadata)
    publication = index.find(own) or index.add(own, wanted=name)
    numbers: dict[int, str] = {}
    unsure = list(paper.unsure)
    count = 0
    for reference in paper.references:
        record = cited_publication(reference)
        found = index.find(record)
        count += found in known
        if reference.number in numbers:
            unsure.append(f"reference {reference.number} has several citations: see {found}")
        numbers.setdefault(reference.number, found or index.add(record))
    source = source_text(paper)
    lines = [
        f"id: {name}",
        f"publication: {publication}",
        f"title: {_quoted(paper.metadata.title or name)}",
        f"kind: {_kind(paper.metadata)}",
        f"language: {_language(paper.metadata.language)}",
        f"text: {name}.txt",
        f"credit: {_quoted(_credit(paper.metadata) or name)}",
        "",
        "sections:",
        *_span_lines(source),
        "",
        "references:" if numbers else "references: {}",
        *(f"  {number}: {slug}" for number, slug in sorted(numbers.items())),
    ]
    record_text = "\n".join(lines) + "\n"
    return RecordDraft(name, source, record_text, index.new, count, tuple(unsure))


def _kind(metadata: Metadata) -> str:
    if metadata.kind == REGISTRY_ENTRY:
        return REGISTRY_ENTRY
    return "review" if "review" in metadata.kind else "primary-report"


def _span_lines(source: SourceDraft) -> Iterator[str]:
    for part in source.parts:
        evidence = "" if part.evidence else ", evidence: false"
        values = (
            _quoted(part.id),
            _quoted(part.label),
            json.dumps(part.marker, ensure_ascii=False),
        )
        yield "  - {{id: {}, label: {}, from: {}{}}}".format(*values, evidence)


def _quoted(text: str) -> str:
    return json.dumps(record_line(text), ensure_ascii=False)


def _language(code: str) -> str:
    return code if re.fullmatch("[a-z]{2}", code) else "en"


def _credit(metadata: Metadata) -> str:
    names = list(metadata.authors[:1]) + (["et al."] if len(metadata.authors) > 1 else [])
    place = " ".join(filter(None, (metadata.journal, str(metadata.year or ""))))
    who = ", ".join(names)
    head = f"{who.rstrip('.')}. {place}" if who and place else who or place
    licence = metadata.licence
    if match := re.search(r"https?://creativecommons\.org/\S+?(?=[\s).,;]*(?:\s|$))", licence):
        licence = match[0]
    return record_line(f"{head}. {licence}" if licence else head)


def source_id(paper: Paper) -> str:
    """Return the id that a paper's source gets if none is given: first author and year.

    >>> source_id(Paper(Metadata(authors=("van den Berg AB", "Low C"), year=2020), ()))
    'van-den-berg-2020'
    """
    return slug_of(publication_of(paper.metadata))
