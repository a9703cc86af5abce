"""The entries of bibliographies merged with the publications that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final, Literal

from pydantic import ValidationError

from kb.errors import Problem
from kb.papers.bibliography.entry import Entry
from kb.papers.publications import PublicationIndex, first_page, folded, record_of
from kb.records.shared_schema import PublicationRecord

_IDS: Final = ("doi", "pmid", "pmcid")
_COMPARED: Final = (
    "authors",
    "title",
    "journal",
    "year",
    "volume",
    "pages",
    "doi",
    "pmid",
    "pmcid",
)
_SHARED: Final = {
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "title": "title and year",
    "place": "journal, volume and page",
    "citation": "citation",
    "record": "all that is given",
}
Record = dict[str, object]


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of an entry."""

    entry: Entry
    state: Literal["new", "known", "repeated"]
    """Whether it is new, in the evidence base already, or for a second time in the files."""
    id: str
    """The id of the publication."""
    shared: str = ""
    """What tells that it is known."""
    absent: Record = field(default_factory=dict)
    """The fields of the entry that the publication does not have."""
    differing: tuple[str, ...] = ()
    """What they give differently, in words."""


class Merge:
    """Merges entries, one after the other, with the publications of an evidence base.

    >>> from kb.papers.paper import Metadata
    >>> merge = Merge({}, "2026-01-01")
    >>> paper = Metadata(title="A paper", authors=("Low B",), journal="Rev", year=2020)
    >>> entry = Entry("a.ris", 1, "", paper, "journal-article")
    >>> [merge.add(entry).state for _ in range(2)], list(merge.new)
    (['new', 'repeated'], ['low-2020'])
    """

    def __init__(self, known: Mapping[str, PublicationRecord], today: str) -> None:
        """Merge with the publications that are known; ``today`` is when a status was seen."""
        self._known = {slug: record.model_dump(exclude_none=True) for slug, record in known.items()}
        self._index = PublicationIndex(known)
        self._today = today

    @property
    def new(self) -> Mapping[str, Record]:
        """The new publications, by id."""
        return self._index.new

    def add(self, entry: Entry) -> Merged | Problem:
        """Merge an entry; a problem if it is not clear which publication it is."""
        record = self._record(entry)
        if problem := _invalid(entry, record):
            return problem
        matches = list(self._index.matches(record))
        if not matches:
            return Merged(entry, "new", self._index.add(record))
        slug, shared = matches[0]
        others = [f"the {_SHARED[key]} of {one}" for one, key in matches[1:] if key in _IDS]
        if others:
            both = " and ".join([f"the {_SHARED[shared]} of {slug}", *others])
            return Problem(entry.file, entry.line, entry.label, both, "one publication")
        return (
            self._repeated(entry, record, slug)
            if slug in self.new
            else self._merged(entry, record, slug, shared)
        )

    def _record(self, entry: Entry) -> Record:
        paper = entry.metadata
        parts = [", ".join(paper.authors[:3]), paper.title, paper.journal, str(paper.year or "")]
        text = ". ".join(filter(None, parts)) if paper.authors or paper.journal else paper.title
        record = record_of(paper, entry.kind, text)
        if record.get("citation") == record.get("title"):
            record.pop("title", None)
        if entry.url:
            record["url"] = entry.url
        if entry.standing:
            note = f"as {PurePath(entry.file).name} states"
            record["standing"] = {"kind": entry.standing, "note": note, "checked": self._today}
        if entry.note:
            record["note"] = entry.note
        return record

    def _repeated(self, entry: Entry, record: Record, slug: str) -> Merged:
        """Complete a publication that is new itself: what the second entry has besides is kept."""
        first = self._index.new[slug]
        differing = tuple(_differing(first, record))
        whole = {**record, **first}
        if whole.get("journal") and whole.get("year"):
            whole.pop("citation", None)
        first |= whole
        if "citation" not in whole:
            first.pop("citation", None)
        self._index.learn(slug, first)
        return Merged(entry, "repeated", slug, differing=differing)

    def _merged(self, entry: Entry, record: Record, slug: str, shared: str) -> Merged:
        known = self._known[slug]
        absent = {
            name: value
            for name, value in record.items()
            if name not in known and name not in ("citation", "note")
        }
        if "citation" in known:  # it would have to go
            absent.pop("journal", None)
        return Merged(
            entry, "known", slug, _SHARED[shared], absent, tuple(_differing(known, record))
        )

    def filled(self, merged: Merged) -> Record:
        """Return the absent fields that can be added to a known publication, and learn them."""
        known = self._known[merged.id]
        fields = {name: value for name, value in merged.absent.items() if name not in known}
        known |= fields
        self._index.learn(merged.id, known)
        return fields


def _invalid(entry: Entry, record: Record) -> Problem | None:
    try:
        PublicationRecord.model_validate(record)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = ".".join(map(str, first["loc"]))
        return Problem(entry.file, entry.line, name, str(first["input"])[:60], first["msg"])
    return None


def _differing(known: Mapping[str, object], record: Mapping[str, object]) -> Iterator[str]:
    """Yield what two records of one publication give differently."""
    for name in _COMPARED:
        one, other = known.get(name), record.get(name)
        if one is not None and other is not None and not _agree(name, one, other):
            yield f"{name}: {one!s} there, {other!s} here"


def _agree(name: str, one: object, other: object) -> bool:
    if name == "authors":
        return folded(_surname(one)) == folded(_surname(other))
    if name == "pages":
        return first_page({"pages": one}) == first_page({"pages": other})
    if name == "journal":
        return _is_short(str(one), str(other)) or _is_short(str(other), str(one))
    a, b = folded(str(one)), folded(str(other))
    return a == b or (name == "title" and (a.startswith(b) or b.startswith(a)))


def _surname(authors: object) -> str:
    return re.sub(r"\s+\S+$", "", str(authors).split(",", maxsplit=1)[0])


def _is_short(short: str, full: str) -> bool:
    """Whether a journal's name is a short form of another, word by word.

    >>> _is_short("N Engl J Med", "The New England Journal of Medicine")
    True
    """
    words = re.findall(r"\w+", full.casefold())
    at = 0
    for part in re.findall(r"\w+", short.casefold()):
        while at < len(words) and not words[at].startswith(part):
            at += 1
        if at == len(words):
            return False
        at += 1
    return True
