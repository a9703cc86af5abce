"""CSL-JSON, as Zotero and other programs write it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kb.errors import Problem
from kb.papers.bibliography.entry import Entry, Fields, Lines, parsed, person

_SPACE: Final = re.compile(r"[\s,\]]*")
_LISTS: Final = ("items", "references")
_NEXT: Final = re.compile(r'\{\s*"(?:id|type)"\s*:')
_IN_JOURNALS: Final = frozenset(
    {"article-journal", "article", "article-magazine", "paper-conference", "review"}
)
_TYPES: Final = {"paper-conference": "meeting abstract"}


def read_csl(text: str, file: str) -> Iterator[Entry | Problem]:
    """Yield the entries of CSL-JSON and what is wrong with them.

    >>> item = '{"type": "article-journal", "title": "A paper", "issued": {"date-parts": [[2020]]}}'
    >>> [one.metadata.year for one in read_csl(f"[{item}, {{]", "a.json") if isinstance(one, Entry)]
    [2020]
    """
    lines = Lines(text)
    for at, item in _items(text):
        line = lines.of(at)
        if isinstance(item, str):
            yield Problem(file, line, "", "", f"an entry of CSL-JSON ({item})")
        elif not isinstance(item, dict):
            yield Problem(file, line, "", json.dumps(item)[:60], "an entry of CSL-JSON: {...}")
        else:
            yield from parsed(_fields(item), file, line, _text(item.get("id")))


def _items(text: str) -> Iterator[tuple[int, Any]]:
    """Yield each item with its place; why it cannot be read, as a text, in its stead."""
    decoder = json.JSONDecoder()
    at = len(text) - len(text.lstrip().removeprefix("["))
    while at < len(text):
        start = _skip(text, at)
        if start >= len(text):
            return
        try:
            item, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            yield start, getattr(error, "msg", "it nests too deep, or a number is too long")
            following = _NEXT.search(text, max(getattr(error, "pos", 0), start + 1))
            at = following.start() if following else len(text)
            continue
        yield from ((start, one) for one in _unwrapped(item))


def _unwrapped(item: Any) -> list[Any]:
    """Return the list of entries that some programs put into an object."""
    lists = [item[name] for name in _LISTS if name in item] if isinstance(item, dict) else []
    return lists[0] if lists and isinstance(lists[0], list) else [item]


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _fields(item: Mapping[str, Any]) -> Fields:
    def of(*names: str) -> str:
        return next((found for name in names if (found := _text(item.get(name)))), "")

    kind = of("type")
    return Fields(
        title=of("title"),
        authors=tuple(_authors(item.get("author"))),
        journal=of("container-title", "container-title-short", "journalAbbreviation"),
        date=_date(item.get("issued")),
        volume=of("volume"),
        issue=of("issue"),
        pages=of("page", "number") if kind in _IN_JOURNALS else of("page"),
        doi=of("DOI"),
        pmid=of("PMID"),
        pmcid=of("PMCID"),
        url=of("URL"),
        types=tuple(filter(None, (_TYPES.get(kind, ""), of("genre")))),
        is_page=kind not in _IN_JOURNALS,
        notes=of("note"),
    )


def _authors(authors: object) -> Iterator[str]:
    for author in authors if isinstance(authors, list) else ():
        if not isinstance(author, dict):
            continue
        particles = (author.get("dropping-particle"), author.get("non-dropping-particle"))
        family = " ".join(filter(None, map(_text, (*particles, author.get("family")))))
        whole = person(family, _text(author.get("given")), _text(author.get("suffix")))
        yield _text(author.get("literal")) or whole


def _date(issued: object) -> str:
    """Return a date: of its parts, or as it is written."""
    if not isinstance(issued, dict):
        return _text(issued)
    parts = issued.get("date-parts")
    while isinstance(parts, list) and parts:
        parts = parts[0]
    return _text(parts) or _text(issued.get("raw")) or _text(issued.get("literal"))
