"""Citations as text and as files of reference managers: Vancouver, BibTeX and RIS."""

from __future__ import annotations

import re
from calendar import month_abbr
from collections.abc import Iterator, Mapping
from typing import Any, Final

from kb.papers.bibliography.entry import AUTHORS_SHORTENED

Citation = dict[str, Any]
"""A citation in the terms of CSL."""

_TEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}
_RIS_KINDS: Final = {"article-journal": "JOUR", "dataset": "DATA"}
_INITIALS: Final = re.compile(r"(?P<family>.+?) (?P<given>[^\W\d_a-z](?:-?[^\W\d_a-z]){0,3})")
_SUFFIX: Final = re.compile(r"(?P<name>.+ \S+) (?P<suffix>Jr|Sr|II|III|IV|2nd|3rd)")


def authors(cited: str) -> tuple[list[dict[str, str]], bool]:
    """Read authors as they are cited, and whether others are left out; "et al." is not a name.

    Initials are written apart, since programs take the letters of one word for one name.

    >>> authors("van der Berg AM, Low B Jr, A Study Group, et al.")[0][0]
    {'family': 'van der Berg', 'given': 'A. M.'}
    >>> authors("Low J-P Jr, A Study Group, et al.")[0]
    [{'family': 'Low', 'given': 'J.-P.', 'suffix': 'Jr'}, {'literal': 'A Study Group'}]
    >>> authors("Foà R"), authors("et al")
    (([{'family': 'Foà', 'given': 'R.'}], False), ([], True))
    """
    names = [name.strip() for name in cited.split(",") if name.strip()]
    named = [name for name in names if name.casefold().rstrip(".") != "et al"]
    return [_author(name) for name in named], len(named) < len(names)


def _author(name: str) -> dict[str, str]:
    with_suffix = _SUFFIX.fullmatch(name)
    person = _INITIALS.fullmatch(with_suffix["name"] if with_suffix else name)
    if person is None:
        return {"literal": name}
    given = re.sub(r"([^\W\d_])", r"\1. ", person["given"]).replace(" -", "-").rstrip()
    suffix = {"suffix": with_suffix["suffix"]} if with_suffix else {}
    return {"family": person["family"], "given": given, **suffix}


def vancouver(citation: Mapping[str, Any]) -> str:
    """Return a citation as text, in the style of Vancouver; only what is known is in it.

    >>> paper = {"type": "article-journal", "author": [{"family": "Low", "given": "A. B."}]}
    >>> paper |= {"title": "A paper", "container-title": "J Med", "volume": "3", "page": "7-9"}
    >>> vancouver(paper | {"issued": {"date-parts": [[2020]]}, "DOI": "10.1/a"})
    'Low AB. A paper. J Med. 2020;3:7-9. doi:10.1/a'
    """
    names = [*map(_short, citation.get("author", ())), *_others(citation)]
    parts = _of_article(citation) if citation["type"] == "article-journal" else _of_page(citation)
    return " ".join(map(_stopped, filter(None, (", ".join(names), *parts))))


def _of_article(citation: Mapping[str, Any]) -> Iterator[str]:
    yield citation.get("title", "")
    yield citation.get("container-title", "")
    issue = f"({citation['issue']})" if "issue" in citation else ""
    volume = f";{citation.get('volume', '')}{issue}" if "volume" in citation or issue else ""
    pages = f":{citation['page']}" if "page" in citation else ""
    year = _day(citation)
    if "container-title" in citation or year not in citation.get("title", ""):
        yield f"{year}{volume}{pages}".lstrip(";:")  # a title may be a whole citation
    if "DOI" in citation:
        yield f"doi:{citation['DOI']}"
    elif "URL" in citation:
        yield f"Available from: {citation['URL']}"


def _of_page(citation: Mapping[str, Any]) -> Iterator[str]:
    yield citation.get("title", "")
    if "container-title" in citation:
        yield f"In: {citation['container-title']}"
    yield "; ".join(filter(None, (citation.get("version", ""), _day(citation))))
    if "URL" in citation:
        yield f"Available from: {citation['URL']}"


def _stopped(part: str) -> str:
    """End a part with a full stop; an address ends as it is."""
    is_address = part.startswith(("doi:", "Available from: "))
    return part if is_address or part[-1] in ".?!" else f"{part}."


def _short(author: Mapping[str, str]) -> str:
    if "literal" in author:
        return author["literal"]
    initials = re.sub(r"[. -]", "", author["given"])
    return " ".join(filter(None, (author["family"], initials, author.get("suffix", ""))))


def _others(citation: Mapping[str, Any]) -> list[str]:
    return ["et al."] if citation.get("note") == AUTHORS_SHORTENED else []


def _date(citation: Mapping[str, Any]) -> list[int]:
    """Return the year, or year, month and day; an empty list if there is no date."""
    parts: list[int] = citation.get("issued", {}).get("date-parts", [[]])[0]
    return parts


def _day(citation: Mapping[str, Any]) -> str:
    year, month, day = (*_date(citation), 0, 0, 0)[:3]
    return " ".join(filter(None, (str(year or ""), month_abbr[month], str(day or ""))))


def bibtex(citation: Mapping[str, Any]) -> str:
    r"""Return a citation as BibTeX, with what BibTeX reads as commands escaped.

    Titles are braced twice, so that no style changes their capitals.

    >>> print(bibtex({"id": "a", "type": "webpage", "title": "5% & more", "URL": "https://e.org/"}))
    @misc{a,
      title = {{5\% \& more}},
      url = {https://e.org/}
    }
    <BLANKLINE>
    """
    is_article = citation["type"] == "article-journal"
    names = [*map(_bibtex_name, citation.get("author", ())), *(["others"] * len(_others(citation)))]
    date = [f"{part:02}" for part in _date(citation)]
    fields = {
        "author": " and ".join(names),
        "title": f"{{{_tex(citation['title'])}}}" if "title" in citation else "",
        "journal" if is_article else "howpublished": _tex(citation.get("container-title", "")),
        "year": "".join(date[:1]),
        "date": "-".join(date) if date[1:] else "",
        "volume": _tex(citation.get("volume", "")),
        "number": _tex(citation.get("issue", "")),
        "pages": _tex(citation.get("page", "").replace("-", "--")),
        "doi": citation.get("DOI", ""),
        "pmid": citation.get("PMID", ""),
        "pmcid": citation.get("PMCID", ""),
        "url": citation.get("URL", ""),
        "version": _tex(citation.get("version", "")),
    }
    kind = "article" if is_article else "misc"
    lines = (f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{citation['id']},\n" + ",\n".join(lines) + "\n}\n"


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in text)


def _bibtex_name(author: Mapping[str, str]) -> str:
    if "literal" in author:
        return f"{{{_tex(author['literal'])}}}"
    parts = (author["family"], author.get("suffix", ""), author["given"])
    return ", ".join(_tex(part) for part in parts if part)


def ris(citation: Mapping[str, Any]) -> str:
    """Return a citation as RIS, which Zotero, EndNote and Mendeley read.

    >>> ris({"id": "a", "type": "webpage", "title": "A page"}).splitlines()
    ['TY  - ELEC', 'ID  - a', 'TI  - A page', 'ER  - ']
    """
    date, pages = _date(citation), citation.get("page", "")
    first, dash, last = pages.partition("-")
    is_range = bool(dash) and not set(last) & set("-,; ")
    fields = [
        ("TY", _RIS_KINDS.get(citation["type"], "ELEC")),
        ("ID", citation["id"]),
        *(("AU", _ris_name(author)) for author in citation.get("author", ())),
        ("TI", citation.get("title", "")),
        ("T2", citation.get("container-title", "")),
        ("PY", "".join(map(str, date[:1]))),
        ("DA", "/".join(f"{part:02}" for part in date) if date[1:] else ""),
        ("VL", citation.get("volume", "")),
        ("IS", citation.get("issue", "")),
        ("SP", first if is_range else pages),
        ("EP", last if is_range else ""),
        ("DO", citation.get("DOI", "")),
        ("DB", "PubMed" if "PMID" in citation else ""),
        ("AN", citation.get("PMID", "")),
        ("C2", citation.get("PMCID", "")),
        ("UR", citation.get("URL", "")),
        ("ET", citation.get("version", "")),
        ("N1", citation.get("note", "")),
    ]
    lines = (f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value)
    return "\n".join((*lines, "ER  - \n"))


def _ris_name(author: Mapping[str, str]) -> str:
    parts = (author.get("family"), author.get("given"), author.get("suffix"))
    return author.get("literal") or ", ".join(filter(None, parts))
