"""Entries of a reference list, read from their printed text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from kb.papers.paper import Reference, plain

DOI: Final = re.compile(r"\b10\.\d{4,9}/[^\s\"<>{}|\\^`]{1,300}", re.ASCII)
_PMID: Final = re.compile(r"(?:PMID|PubMed(?:\s+PMID)?)\s*[:#]?\s*(\d{5,8})\b", re.IGNORECASE)
_PMCID: Final = re.compile(r"\b(PMC\d{5,8})\b")
_NUMBER: Final = re.compile(r"^\s*(?:\[(\d{1,4})\]|\((\d{1,4})\)|(\d{1,4})[.)]?)(?=\s|$)\s*")
_YEAR: Final = re.compile(r"(?<![\d–-])((?:18|19|20)\d{2})[a-z]?(?![\d–-]*\d)")
_VOLUME: Final = re.compile(
    r"(?:(?:18|19|20)\d{2}[^;,:()]{0,12}[;,]\s*|,\s*|\s)(?:vol\.?\s*)?"
    r"(?!(?:18|19|20)\d{2}\b)(\d{1,4}[A-Za-z]?)\s*"
    r"(?:\((?!(?:18|19|20)\d{2}\))([^()]{1,20})\))?\s*[:,]\s*(?:pp?\.?\s*)?"
    r"([A-Za-z]?\d[\dA-Za-z.]*(?:\s*[-–]\s*[A-Za-z]?\d+[A-Za-z]?)?)"
)
_FAMILY: Final = r"(?:(?:[a-z]{1,4}|['’][a-z]) ?)*[^\W\d_a-z][\w'’-]*(?:[ -][^\W\d_]['’\w]+){0,3}"
_LETTERS: Final = rf"{_FAMILY} [A-Z](?:-?[A-Z]){{0,3}}(?: (?:Jr|Sr|II|III|\dnd|\drd))?"
_DOTTED: Final = rf"{_FAMILY},? (?:[A-Z]\.[ -]?){{1,4}}(?:,? (?:Jr|Sr)\.)?"
_ET_AL: Final = r"et al\b\.?"
_AUTHORS: Final = tuple(
    re.compile(rf"((?:{name}|{_ET_AL})(?:{between}(?:{name}|{_ET_AL}))*){end}")
    for name, between, end in (
        (_LETTERS, r"(?:, and |, & |, | and )", r"[.:,]?\s+"),
        (_DOTTED, r"(?:; ?|, and |, & |, | and | & )", r"[.:,]?\s*"),
    )
)
"""Names as "Lee AB, Kim C." and as "Lee, A.B.; Kim, C."."""
_NAME: Final = re.compile(rf"{_ET_AL}|{_DOTTED}|{_LETTERS}")
_INITIALS: Final = re.compile(r",? ((?:[A-Z]\.?[ -]?){1,4})$")
_SENTENCE_END: Final = re.compile(r"[.?!]\s+(?=\S)")
_YEAR_AFTER: Final = re.compile(r"\(?(?:18|19|20)\d{2}[a-z]?\)?[.,:;]?\s+")


def numbered(lines: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Split the lines of a reference list into its numbered entries.

    A number that is not the next one does not begin an entry. If no line begins with 1, the list
    is not numbered, and the result is empty.

    >>> numbered(["1. Lee A. Lancet", "2019;34:1.", "2. Kim B. Blood 2020;", "3. 2021;1:2"])[1]
    (2, ['Kim B. Blood 2020;'])
    """
    found: list[tuple[int, list[str]]] = []
    for line in lines:
        match = _NUMBER.match(plain(line))
        number = int(next(filter(None, match.groups()))) if match else 0
        expected = found[-1][0] + 1 if found else 1
        if number == expected:
            rest = _NUMBER.sub("", _without_leading_tags(line), count=1)
            found.append((number, [rest] if rest else []))
        elif found:
            found[-1][1].append(line)
    return found


def _without_leading_tags(line: str) -> str:
    return re.sub(r"^\s*<sup>(\d+)</sup>", r"\1 ", line)


def parse_reference(number: int, text: str) -> Reference:
    """Return the parts of an entry that its text shows; the others stay empty.

    >>> parse_reference(1, "Lee, A.; Kim, B.C. A drug? BMJ 2020, 1, 2.").authors
    ('Lee A', 'Kim BC')
    >>> text = "Lee A, Kim BC, et al. Drug in adults. Lancet. 2019;34(2):101-9. doi: 10.1000/x.1."
    >>> entry = parse_reference(7, text)
    >>> entry.authors, entry.title, entry.journal
    (('Lee A', 'Kim BC', 'et al.'), 'Drug in adults', 'Lancet')
    >>> entry.year, entry.volume, entry.issue, entry.pages, entry.doi
    (2019, '34', '2', '101-9', '10.1000/x.1')
    """
    text = " ".join(text.split())
    bare = plain(text)
    doi = DOI.search(bare)
    pmid, pmcid = _PMID.search(bare), _PMCID.search(bare)
    body = bare[: doi.start()] if doi else bare
    place = _VOLUME.search(body)
    years = _YEAR.findall(body)
    authors, title, journal = _names(body)
    return Reference(
        number,
        text,
        authors,
        title,
        journal,
        int(years[-1] if place is None else _year_near(body, place.start()) or years[-1])
        if years
        else None,
        place[1] if place else "",
        (place[2] or "") if place else "",
        place[3].rstrip(".") if place else "",
        clean_doi(doi[0]) if doi else "",
        pmid[1] if pmid else "",
        pmcid[1] if pmcid else "",
    )


def clean_doi(doi: str) -> str:
    """Return a DOI without the punctuation of the sentence that it stands in.

    >>> clean_doi("10.1000/x(1)2)."), clean_doi("10.1000/X.1;")
    ('10.1000/x(1)2', '10.1000/X.1')
    """
    doi = doi.rstrip(".,;:]'’”")
    while doi.endswith(")") and doi.count(")") > doi.count("("):
        doi = doi[:-1].rstrip(".,;:")
    return doi


def _year_near(text: str, place: int) -> str:
    """Return the year nearest to the volume."""
    years = [(abs(match.start() - place), match[1]) for match in _YEAR.finditer(text)]
    return min(years)[1] if years else ""


def _names(text: str) -> tuple[tuple[str, ...], str, str]:
    """Return authors, title and journal, where authors come first and full stops part the rest."""
    match = next(filter(None, (pattern.match(text) for pattern in _AUTHORS)), None)
    if match is None:
        return (), "", ""
    rest = _YEAR_AFTER.sub("", text[match.end() :], count=1)
    title, _, after = _parted(rest)
    if not title or not after:
        return _split(match[1]), "", ""
    journal = re.split(r"[,;.]?\s*\(?(?:18|19|20)\d{2}|,?\s+\d", after)[0]
    return _split(match[1]), title, journal.strip(" .,;")


def _split(authors: str) -> tuple[str, ...]:
    names = (name.strip(" ,") for name in _NAME.findall(authors))
    return tuple(
        "et al." if name.startswith("et al") else _INITIALS.sub(_plain_initials, name)
        for name in names
    )


def _plain_initials(match: re.Match[str]) -> str:
    return " " + re.sub(r"[. ]", "", match[1])


def _parted(text: str) -> tuple[str, str, str]:
    """Part a title from what follows: at its question mark, or at its full stop."""
    match = _SENTENCE_END.search(text)
    if match is None:
        return "", "", ""
    mark = text[match.start()]
    end = match.start() + (mark != ".")
    return text[:end].strip(), mark, text[match.end() :]
