"""Reference lists of JATS: each entry as printed and in parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kb.papers.inline import text_of
from kb.papers.paper import Reference, plain
from kb.papers.xml import child, local

if TYPE_CHECKING:
    from lxml.etree import _Element

_CITATIONS: Final = frozenset({"element-citation", "mixed-citation", "citation", "nlm-citation"})
_DOI: Final = re.compile(r"10\.\d{4,9}/[^\s\"<>]{1,300}")
_YEAR: Final = re.compile(r"(?:18|19|20)\d\d")
_BARE: Final = {"pmid": re.compile(r"\d{1,9}"), "pmcid": re.compile(r"(?:PMC)?\d{1,9}")}
_IDS: Final = {"doi": "doi", "pmid": "pmid", "pmcid": "pmcid", "pmc": "pmcid", "medline": "pmid"}
_NAMES: Final = frozenset({"name", "string-name", "collab", "etal"})
_NOT_AUTHORS: Final = frozenset({"editor", "translator", "compiler", "guest-editor", "inventor"})


def references_of(article: _Element) -> dict[_Element, list[Reference]]:
    """Return the references of each entry of an article's lists, numbered as printed, or by place.

    An entry may hold several citations, which then share its number.

    >>> from kb.papers.xml import parse_xml
    >>> xml = "<back><ref-list><ref><label>1.</label><mixed-citation>Low B. OS. <source>Rev"
    >>> xml += "</source> <year>2020</year></mixed-citation></ref></ref-list></back>"
    >>> [[one]] = references_of(parse_xml(xml.encode(), "a.xml")).values()
    >>> one.number, one.text, one.year
    (1, 'Low B. OS. Rev 2020', 2020)
    """
    references: dict[_Element, list[Reference]] = {}
    taken: set[int] = set()
    largest = 0
    for ref in article.iter("{*}ref"):
        number = _number(label_of(ref))
        if number is None or number in taken:
            number = largest + 1
        taken.add(number)
        largest = max(largest, number)
        references[ref] = [_reference(citation, number) for citation in citations(ref)]
    return references


def label_of(ref: _Element) -> str:
    """Return the label of an entry, which may stand in its citation."""
    labels = (child(part, "label") for part in (ref, *ref))
    return text_of(next((label for label in labels if label is not None), None))


def _number(label: str) -> int | None:
    match = re.fullmatch(r"[\[(]?(\d{1,4})[\])]?\.?", plain(label).strip())
    return int(match[1]) if match else None


def citations(ref: _Element) -> Iterator[_Element]:
    """Yield the citations of an entry; one in several forms is given once.

    >>> from kb.papers.xml import parse_xml
    >>> xml = b"<ref><citation>a</citation><citation>b</citation><note><p>c</p></note></ref>"
    >>> len(list(citations(parse_xml(xml, "a.xml"))))
    2
    """
    found = [part for part in ref if local(part) in _CITATIONS]
    for group in ref:
        if local(group) == "citation-alternatives":
            forms = {local(part): part for part in group}
            best = [forms[name] for name in ("element-citation", "mixed-citation") if name in forms]
            found += best[:1]
    yield from found or [ref]


def _reference(citation: _Element, number: int) -> Reference:
    text = text_of(citation, without=("label", "pub-id", "object-id"))
    parts = _Parts(citation)
    is_composed = local(citation) != "mixed-citation" and not (citation.text or "").strip()
    if is_composed and (parts.title or parts.journal):
        text = parts.composed()
    ids = _ids(citation)
    return Reference(
        number=number,
        text=text,
        authors=parts.authors,
        title=parts.title,
        journal=parts.journal,
        year=parts.year,
        volume=parts.volume,
        issue=parts.issue,
        pages=parts.pages,
        doi=ids.get("doi", ""),
        pmid=ids.get("pmid", ""),
        pmcid=ids.get("pmcid", ""),
    )


class _Parts:
    """The tagged parts of a citation, the first of each kind."""

    def __init__(self, citation: _Element) -> None:
        self._first: dict[str, _Element] = {}
        for part in citation.iter():
            self._first.setdefault(local(part), part)
        source = self._of("source")
        title = self._of("article-title") or self._of("chapter-title") or self._of("data-title")
        # A citation with one title only, such as a book, has it as its own.
        self.title, self.journal = (title, source) if title else (source, "")
        kind = citation.get("publication-type") or citation.get("citation-type") or ""
        if source and not title and kind == "journal":
            self.title, self.journal = "", source
        self.authors = authors_of(citation)
        year = _YEAR.search(self._of("year"))
        self.year = int(year[0]) if year else None
        self.volume, self.issue = self._of("volume"), self._of("issue")
        self.pages = pages_of(self._of("fpage"), self._of("lpage")) or (
            self._of("page-range") or self._of("elocation-id")
        )
        self._rest = [self._of(name) for name in ("edition", "publisher-loc", "publisher-name")]
        self._comment = " ".join(
            text_of(part) for part in citation if local(part) in {"comment", "date-in-citation"}
        )

    def _of(self, name: str) -> str:
        return text_of(self._first.get(name))

    def composed(self) -> str:
        """Return the reference as PubMed Central prints one that has only parts."""
        issue = f"({self.issue})" if self.issue else ""
        place = f"{self.volume}{issue}" + (f":{self.pages}" if self.pages else "")
        year = f"{self.year or ''}{';' if self.year and place else ''}{place}"
        parts = [", ".join(self.authors), self.title, self.journal, *self._rest]
        whole = [*filter(None, parts), *filter(None, [year, self._comment])]
        return ". ".join(part.rstrip(".") for part in whole) + "."


def pages_of(first: str, last: str) -> str:
    """Return a range of pages.

    >>> pages_of("836", "847"), pages_of("e5", "e5"), pages_of("", "")
    ('836-847', 'e5', '')
    """
    return f"{first}-{last}" if first and last and last != first else first


def authors_of(citation: _Element) -> tuple[str, ...]:
    """Return the authors of a citation or a list of contributors, "et al." last if printed.

    >>> from kb.papers.xml import parse_xml
    >>> xml = "<citation><name><surname>Low</surname><given-names>Ann-May C.</given-names></name>"
    >>> authors_of(parse_xml((xml + "<etal/></citation>").encode(), "a.xml"))
    ('Low AMC', 'et al.')
    """
    names: list[str] = []
    for part in citation.iter("{*}name", "{*}string-name", "{*}collab", "{*}etal"):
        above = [one for one in part.iterancestors() if one is not citation][:4]
        if any(local(one) in _NAMES for one in above):
            continue
        if any(one.get("person-group-type") in _NOT_AUTHORS for one in above):
            continue
        names.append("et al." if local(part) == "etal" else author_name(part))
    return tuple(filter(None, names))


def author_name(name: _Element) -> str:
    """Return a name as "Kantarjian HM" or "Low A Jr"; that of a group as printed."""
    surname = text_of(child(name, "surname"))
    if not surname:
        return text_of(name, without=("contrib-group", "contrib", "role", "email"))
    given = child(name, "given-names")
    initials = (given.get("initials") or "") if given is not None else ""
    last = [initials or initials_of(text_of(given)), text_of(child(name, "suffix"))]
    return " ".join(filter(None, [surname, *last]))


def full_name(name: _Element) -> str:
    """Return a name as a paper's head prints it: given names first."""
    surname = text_of(child(name, "surname"))
    parts = [text_of(child(name, part)) for part in ("given-names", "surname", "suffix")]
    return " ".join(filter(None, parts)) if surname else author_name(name)


def initials_of(given: str) -> str:
    """Return the initials of given names.

    >>> initials_of("Hagop M."), initials_of("HM"), initials_of("J-P"), initials_of("de Witte")
    ('HM', 'HM', 'JP', 'W')
    """
    words = re.split(r"[\s.\u00a0\u2010-]+", given)
    if all(word.isupper() or not word for word in words) and all(len(w) <= 4 for w in words):
        return "".join(words)
    return "".join(w[0] for w in words if w[:1].isupper()) or "".join(w[0] for w in words if w)


def _ids(citation: _Element) -> dict[str, str]:
    """Return DOI, PMID and PMCID from tags, links and, for a DOI, the text."""
    ids: dict[str, str] = {}
    for part in citation.iter(
        "{*}pub-id", "{*}object-id", "{*}ext-link", "{*}uri", "{*}article-id"
    ):
        kind = (
            part.get("pub-id-type") or part.get("ext-link-type") or part.get("assigning-authority")
        )
        address = part.get("{http://www.w3.org/1999/xlink}href") or ""
        for value in ("".join(part.itertext()).strip(), address):
            key = _IDS.get(kind, "")
            found = clean_id(key, value) if key else ""
            if found:
                ids.setdefault(key, found)
            elif doi := clean_id("doi", value) if "doi" in value.lower() else "":
                ids.setdefault("doi", doi)
    if "doi" not in ids and (doi := clean_id("doi", "".join(citation.itertext()))):
        ids["doi"] = doi
    return ids


def clean_id(kind: str, value: str) -> str:
    """Return a DOI, PMID or PMCID without what stands around it; "" if there is none.

    >>> clean_id("doi", "https://doi.org/10.1056/NEJMoa1509277."), clean_id("pmcid", "123")
    ('10.1056/NEJMoa1509277', 'PMC123')
    """
    if kind == "doi":
        match = _DOI.search(value.replace("%2F", "/").replace("%2f", "/"))
        return _without_end(match[0]) if match else ""
    match = _BARE[kind].search(value) if kind in _BARE else None
    if match is None:
        return ""
    return f"PMC{match[0].removeprefix('PMC')}" if kind == "pmcid" else match[0]


def _without_end(doi: str) -> str:
    """Remove the punctuation after a DOI, and a bracket that was opened before it."""
    doi = doi.rstrip(".,;:'\u201d\u2019\u00bb")
    while doi and doi[-1] in ")]" and doi.count(doi[-1]) > doi.count("(["[")]".index(doi[-1])]):
        doi = doi[:-1].rstrip(".,;:")
    return doi
