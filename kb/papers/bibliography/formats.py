"""The formats of bibliographies: how each is recognised, and its entries read within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.errors import Problem, ReadError
from kb.papers.bibliography.bibtex import read_bibtex
from kb.papers.bibliography.csl import read_csl
from kb.papers.bibliography.decode import decode
from kb.papers.bibliography.entry import Entry, Lines
from kb.papers.bibliography.pubmed import read_pubmed
from kb.papers.bibliography.tagged import read_nbib, read_ris
from kb.util.child import read_limited

MAX_SECONDS: Final = 240.0
_MEMORY: Final = 1024**3
_START: Final = re.compile(
    r"^\ufeff?(?:(?P<ris>TY {0,2}- ?[A-Z])|(?P<nbib>PMID- ?[0-9])"
    r"|(?P<bibtex>[ \t]*@(?:string|preamble|comment|[a-z]+\s*[{(]\s*[^\s{}()\"=,#%]+\s*,)))",
    re.MULTILINE | re.IGNORECASE,
)
"""How an entry begins in the formats of lines; a file may hold several of them."""
_PUBMED: Final = re.compile(r"<Pubmed(?:Book)?Article(?:Set)?\b")
_CSL: Final = re.compile(r'\s*(?:\[\s*)?\{(?=.*"type"\s*:\s*")(?!.*"protocolSection")', re.DOTALL)
_OTHER: Final = re.compile(
    r"\ufeff?\s*(?:(?P<wos>FN (?:Clarivate|Thomson|ISI)\b|PT [A-Z]\nAU )|(?P<endnote>%0 [A-Z])"
    r"|(?P<ovid><1>\s*\n))"
)
_OTHER_NAMES: Final = {
    "wos": "the plain text of Web of Science",
    "endnote": "EndNote's own export",
    "ovid": "the plain text of Ovid",
}
"""Formats that are not read, of databases that also export one that is."""
_READERS: Final = {"ris": read_ris, "nbib": read_nbib, "bibtex": read_bibtex}


def recognised(head: str) -> bool:
    """Whether a file that begins so is a bibliography.

    >>> [recognised(head) for head in ("TY  - JOUR", "@article{a,", '[{"type": "book"}]', "OS")]
    [True, True, True, False]

    So that their files are named for what they are, this holds for other formats too.
    """
    if _OTHER.match(head):
        return True
    if head.lstrip()[:1] == "<":
        return bool(_PUBMED.search(head))
    return bool(_CSL.match(head) or _START.search(head))


def read_entries(data: bytes, file: str) -> list[Entry | Problem]:
    r"""Read the entries of a file, and what is wrong with them, in a child process with limits.

    Raises:
        ReadError: it takes too much time or memory.
        UnavailableError: a library is not installed.

    >>> [entry] = read_entries(b"TY  - JOUR\nTI  - A paper\nER  - \n", "a.ris")
    >>> entry.metadata.title
    'A paper'
    """
    return read_limited(file, lambda: list(_entries(decode(data), file)), MAX_SECONDS, _MEMORY)


def _entries(text: str, file: str) -> Iterator[Entry | Problem]:
    if other := _OTHER.match(text):
        name = _OTHER_NAMES[other.lastgroup or ""]
        raise ReadError(f"{file}: {name}; expected RIS, BibTeX or NBIB, which it also exports")
    if text.lstrip()[:1] == "<":
        yield from read_pubmed(text, file)
    elif _CSL.match(text[:100_000]):
        yield from read_csl(text, file)
    else:
        lines = Lines(text)
        for kind, start, end in _parts(text):
            yield from _READERS[kind](text[start:end].removeprefix("\ufeff"), file, lines.of(start))


def _parts(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield the parts of a text that are in one format: which, and where they begin and end."""
    kind, start = "", 0
    for match in _START.finditer(text):
        found = match.lastgroup or ""
        if found != kind:
            if kind:
                yield kind, start, match.start()
            kind, start = found, match.start()
    if kind:
        yield kind, start, len(text)
