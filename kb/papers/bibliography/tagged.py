"""RIS and NBIB: a line for each field, which begins with its tag."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kb.errors import Problem
from kb.papers.bibliography.entry import Entry, Fields, named, parsed

_LINE: Final = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)")
_AUTHORS: Final = ("AU", "A1")
_OTHERS: Final = (
    "ELEC WEB BLOG ICOMM BOOK CHAP RPRT GOVDOC STAT STAND THES GEN DATA COMP VIDEO UNPB"
)
_OTHER_PAGES: Final = frozenset(_OTHERS.split())
_PUBMED: Final = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)

Tags = Mapping[str, Sequence[str]]


def read_ris(text: str, file: str, first: int) -> Iterator[Entry | Problem]:
    r"""Yield the entries of RIS and what is wrong with them.

    Args:
        text: the lines.
        file: what problems call the file.
        first: the number of its first line.

    >>> ris = "TY  - JOUR\nAU  - Low, Ann\nTI  - A paper\nSP  - 7\nEP  - 9\nER  - \n"
    >>> [one.metadata.pages for one in read_ris(ris, "a.ris", 1)]
    ['7-9']
    """
    for line, tags, is_open in _entries(text, first, "TY", "ER"):
        if not is_open:
            name = next(iter(tags))
            yield Problem(file, line, name, tags[name][0], "TY, with which an entry begins")
            continue
        yield from parsed(_ris_fields(tags), file, line, _first(tags, "ID"))


def read_nbib(text: str, file: str, first: int) -> Iterator[Entry | Problem]:
    r"""Yield the entries of NBIB, the format of PubMed, as ``read_ris`` does.

    >>> nbib = "PMID- 27292104\nTI  - A paper.\nDP  - 2016 Aug\nJT  - Rev\nAU  - Low A\n"
    >>> [(one.metadata.pmid, one.metadata.year) for one in read_nbib(nbib, "a.nbib", 1)]
    [('27292104', 2016)]
    """
    for line, tags, _ in _entries(text, first, "PMID", ""):
        yield from parsed(_nbib_fields(tags), file, line, f"PMID {_first(tags, 'PMID')}")


def _entries(text: str, first: int, start: str, end: str) -> Iterator[tuple[int, Tags, bool]]:
    """Yield the first line and the fields of each entry, and whether it begins with its tag."""
    tags: dict[str, list[list[str]]] = {}
    line, last, is_open = first, "", False
    for number, content in enumerate(text.splitlines(), first):
        match = _LINE.match(content)
        if match is None:
            if last and content.strip():
                tags[last][-1].append(content.strip())
            continue
        tag, value = match[1], match[2].strip()
        if tag in (start, end):
            if tags:
                yield line, _joined(tags), is_open
            tags, last, is_open = {}, "", tag == start
        if tag != end:
            line = line if tags else number
            tags.setdefault(tag, []).append([value])
            last = tag
    if tags:
        yield line, _joined(tags), is_open


def _joined(tags: Mapping[str, Sequence[Sequence[str]]]) -> Tags:
    """Return fields whose values may go on in further lines."""
    return {tag: [" ".join(lines) for lines in values] for tag, values in tags.items()}


def _first(tags: Tags, *names: str) -> str:
    return next((value for name in names for value in tags.get(name, ()) if value), "")


def _all(tags: Tags, *names: str) -> str:
    return " ".join(value for name in names for value in tags.get(name, ()))


def _ris_fields(tags: Tags) -> Fields:
    kind = _first(tags, "TY").upper()
    accession = _first(tags, "AN")
    is_pmid = bool(_PUBMED.search(_all(tags, "DB", "DP", "UR"))) and accession.isdecimal()
    start, stop = _first(tags, "SP"), _first(tags, "EP")
    pages = stop if "-" in stop else f"{start}-{stop}" if start and stop else start
    in_journal = kind not in _OTHER_PAGES
    return Fields(
        title=_first(tags, "TI", "T1", "CT", "BT", "ST"),
        authors=tuple(named(one) for name in _AUTHORS for one in tags.get(name, ())),
        journal=_first(tags, "JO", "JF", "T2", "JA", "J2", "J1") if in_journal else "",
        date=_first(tags, "PY", "Y1", "DA"),
        volume=_first(tags, "VL", "VO"),
        issue=_first(tags, "IS", "CP"),
        pages=pages or _first(tags, "C7"),
        doi=_first(tags, "DO", "DI"),
        pmid=accession if is_pmid else "",
        pmcid=next((one for one in tags.get("C2", ()) if one.startswith("PMC")), ""),
        url=_first(tags, "UR", "L1", "L2"),
        links=_all(tags, "UR", "L1", "L2"),
        types=(*_RIS_TYPES.get(kind, ()), *tags.get("M3", ())),
        is_page=not in_journal,
        notes="\n".join(tags.get("N1", ())),
    )


_RIS_TYPES: Final = {
    "ABST": ("Meeting abstract",),
    "CONF": ("Meeting abstract",),
    "CPAPER": ("Meeting abstract",),
}


def _nbib_fields(tags: Tags) -> Fields:
    located = [*tags.get("LID", ()), *tags.get("AID", ())]
    notices = {"RIN": "retracted", "EIN": "erratum-published"}
    return Fields(
        title=_first(tags, "TI", "BTI"),
        authors=tuple(_nbib_authors(tags)),
        journal=_first(tags, "JT", "TA"),
        date=_first(tags, "DP", "DEP"),
        volume=_first(tags, "VI"),
        issue=_first(tags, "IP"),
        pages=_first(tags, "PG")
        or next((one[:-5] for one in located if one.endswith("[pii]")), ""),
        doi=next((one for one in located if one.endswith("[doi]")), ""),
        pmid=_first(tags, "PMID"),
        pmcid=_first(tags, "PMC"),
        types=tuple(tags.get("PT", ())),
        is_page="BTI" in tags,
        notices=tuple(kind for tag, kind in notices.items() if tag in tags),
    )


def _nbib_authors(tags: Tags) -> Iterator[str]:
    """Yield the authors, then the groups; full names only if there are no short ones."""
    yield from tags.get("AU") or map(named, tags.get("FAU", ()))
    yield from tags.get("CN", ())
