"""The publications of an evidence base: which are there already, and how new ones are added.

A publication that is there is found by DOI, PMID, title and year, or journal, year, volume and
first page. New ones get ids like the others': first author, year, and words of the title where
that is not enough.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Final

from kb.errors import InputError
from kb.papers.paper import REGISTRY_ENTRY, Metadata, Reference, plain
from kb.papers.text import one_line
from kb.records.schema import PublicationRecord

_MAX_LINE: Final = 200
_FIELDS: Final = (
    "authors",
    "title",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "year",
)
"""The fields of a record, in its order, that a paper and its references have under these names."""
_SMALL_WORDS: Final = (
    "a an and are as at by for from in into is of on or the to versus vs with without after among "
    "during study trial randomized randomised patients phase effect effects its their"
)
_SMALL: Final = frozenset(_SMALL_WORDS.split())


def record_line(text: str) -> str:
    """Return a text as one line of a record, cut at a word if it is too long.

    >>> record_line("10<sup>9</sup>"), len(record_line("word " * 90))
    ('10^9', 195)
    """
    line = one_line(plain(text.replace("<sup>", "^"))).lstrip("\u200b")
    return line if len(line) <= _MAX_LINE else line[: _MAX_LINE - 1].rsplit(" ", 1)[0] + "…"


def publication_of(metadata: Metadata) -> dict[str, object]:
    """Return the record of a paper that was read, as a publication.

    >>> publication_of(Metadata(title="OS", journal="Rev", year=2020))["journal"]
    'Rev'
    """
    kind = "review" if "review" in metadata.kind else "journal-article"
    kind = "web-page" if metadata.kind == REGISTRY_ENTRY else kind
    record = _record(metadata, kind, metadata.title)
    return record | ({"url": metadata.url} if metadata.url else {})


def cited_publication(reference: Reference) -> dict[str, object]:
    """Return the record of a reference, as a publication.

    >>> cited_publication(Reference(1, "Low B. A page."))
    {'citation': 'Low B. A page.', 'type': 'web-page'}
    """
    kind = "journal-article" if reference.journal or reference.doi else "web-page"
    return _record(reference, kind, reference.text)


def _people(authors: tuple[str, ...]) -> str:
    """Return authors as records have them: at most three, then "et al."."""
    names = [name for name in authors if name != "et al."]
    if len(names) > 3 or "et al." in authors:
        return ", ".join(names[: 1 if len(names) > 3 else 3]) + (", et al." if names else "")
    return ", ".join(names)


def _record(paper: Metadata | Reference, kind: str, text: str) -> dict[str, object]:
    """Return the fields of a publication; a citation as printed where it has no journal or year."""
    record: dict[str, object] = {}
    for name in _FIELDS:
        value = _people(paper.authors) if name == "authors" else getattr(paper, name)
        short = record_line(value) if isinstance(value, str) else value
        if short and (name != "doi" or re.fullmatch(r"10\.\d{4,9}/\S+", str(short))):
            record[name] = short
    if not (record.get("journal") and record.get("year")):
        record.pop("journal", None)
        record["citation"] = record_line(text) or "untitled"
    return record | {"type": kind}


class PublicationIndex:
    """The publications that are known or new, by what identifies them."""

    def __init__(self, known: Mapping[str, PublicationRecord]) -> None:
        self._ids = set(known)
        self._by_key: dict[tuple[str, ...], str] = {}
        self.new: dict[str, dict[str, object]] = {}
        for slug, record in known.items():
            self._learn(slug, record.model_dump(exclude_none=True))

    def _learn(self, slug: str, record: Mapping[str, object]) -> None:
        for key in _keys(record):
            self._by_key.setdefault(key, slug)

    def find(self, record: Mapping[str, object]) -> str:
        """Return the id of a publication that is there already, or ""."""
        return next((self._by_key[key] for key in _keys(record) if key in self._by_key), "")

    def add(self, record: dict[str, object], wanted: str = "") -> str:
        """Add a new publication and return its id."""
        candidates = chain([wanted] if wanted else [], _slugs(record))
        slug = next(one for one in candidates if one not in self._ids)
        self._ids.add(slug)
        self.new[slug] = record
        self._learn(slug, record)
        return slug


def _keys(record: Mapping[str, object]) -> Iterator[tuple[str, ...]]:
    """Yield what identifies a publication, the surest first."""

    def of(name: str) -> str:
        return _folded(str(record.get(name) or ""))

    if record.get("doi"):
        yield "doi", str(record["doi"]).lower()
    if record.get("pmid"):
        yield "pmid", str(record["pmid"])
    if len(of("title")) > 15 and record.get("year"):
        yield "title", of("title"), str(record["year"])
    first_page = re.split("[-\u2013]", str(record.get("pages") or ""))[0]
    if record.get("journal") and record.get("volume") and first_page and record.get("year"):
        yield "place", of("journal"), str(record["volume"]), first_page, str(record["year"])
    if record.get("citation"):
        yield "citation", of("citation")


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if char.isalnum())


def _slugs(record: Mapping[str, object]) -> Iterator[str]:
    """Yield ids for a publication: first author and year, then with words of the title."""
    text = str(record.get("title") or record.get("citation") or "")
    author = str(record.get("authors") or "").split(",")[0]
    surname = re.sub(r"\s+[A-Z]{1,4}(?:\s+(?:Jr|Sr|II|III))?$", "", author)
    words = [word for word in _words(text) if word not in _SMALL and len(word) > 2]
    who = "-".join(_words(surname)[-3:]) or "-".join(words[:2]) or "publication"
    base = f"{who[:30].strip('-')}-{record.get('year') or 'undated'}"
    yield base
    longer = base
    for word in words[:6]:
        if len(longer) + len(word) < 58:
            longer = f"{longer}-{word}"
            yield longer
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    ascii_text = "".join(char for char in decomposed if not unicodedata.combining(char))
    return re.findall("[a-z0-9]+", ascii_text.replace("\u0142", "l").replace("\u00f8", "o"))


def slug_of(record: Mapping[str, object]) -> str:
    """Return the shortest id for a publication.

    >>> slug_of({"authors": "van den Berg AB", "year": 2020})
    'van-den-berg-2020'
    """
    return next(_slugs(record))


def with_publications(text: str, new: Mapping[str, Mapping[str, object]]) -> str:
    r"""Return the content of ``publications.yaml`` with new ones in their order.

    No line that is there is changed.

    Raises:
        InputError: the file has no list of publications in lines of their own.

    >>> print(with_publications("publications:\n  b-2020:\n    year: 2020\n", {"a-1": {"year": 1}}))
    publications:
      a-1:
        year: 1
      b-2020:
        year: 2020
    <BLANKLINE>
    """
    if not new:
        return text
    lines = text.splitlines(keepends=True)
    starts = _entry_lines(text, lines)
    known = sorted(starts)
    insertions: dict[int, list[str]] = {}
    for slug in sorted(new):
        following = next((one for one in known if one > slug), None)
        at = _above_comments(lines, starts[following]) if following else len(lines)
        insertions.setdefault(at, []).extend(_entry(slug, new[slug]))
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    result: list[str] = []
    for number in range(len(lines) + 1):
        result += insertions.get(number, [])
        result += lines[number : number + 1]
    return "".join(result)


def _entry_lines(text: str, lines: list[str]) -> dict[str, int]:
    """Return the line, from 0, of each publication."""
    import yaml

    try:
        root: yaml.MappingNode = yaml.compose(text, Loader=yaml.SafeLoader)  # type: ignore[assignment]
        [entries] = [value for key, value in root.value if key.value == "publications"]
        starts = {key.value: key.start_mark.line for key, _ in entries.value}
    except (yaml.YAMLError, AttributeError, ValueError, TypeError) as error:
        raise InputError(f"publications.yaml: cannot add to it: {error}") from error
    in_lines = all(lines[line].startswith(f"  {key}:") for key, line in starts.items())
    if entries.flow_style or not in_lines:
        raise InputError("publications.yaml: expected each publication on lines of its own")
    return starts


def _above_comments(lines: list[str], line: int) -> int:
    while line and lines[line - 1].lstrip().startswith("#") and lines[line - 1][:1] == " ":
        line -= 1
    return line


def _entry(slug: str, record: Mapping[str, object]) -> Iterator[str]:
    yield f"  {slug}:\n"
    for name, value in record.items():
        plain_value = value if name == "type" or isinstance(value, int) else None
        shown = plain_value or json.dumps(str(value), ensure_ascii=False)
        yield f"    {name}: {shown}\n"
