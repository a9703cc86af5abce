"""PubMed XML: each article is parsed for itself, so that a broken one costs no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from kb.errors import Problem, ReadError
from kb.papers.bibliography.entry import Entry, Fields, Lines, parsed, person
from kb.papers.inline import text_of
from kb.papers.xml import child, local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_START: Final = re.compile(r"<(Pubmed(?:Book)?Article)(?=[\s>])")
_NOTICES: Final = {"RetractionIn": "retracted", "ErratumIn": "erratum-published"}


def read_pubmed(text: str, file: str) -> Iterator[Entry | Problem]:
    """Yield the articles of PubMed XML and what is wrong with them.

    What a document type declares is not read: no entity of it is ever expanded.

    >>> xml = "<PubmedArticle><MedlineCitation><PMID>7</PMID><Article><ArticleTitle>A paper."
    >>> xml += "</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    >>> [(one.metadata.pmid, one.metadata.title) for one in read_pubmed(xml, "a.xml")]
    [('7', 'A paper')]
    """
    lines = Lines(text)
    starts = list(_START.finditer(text))
    for number, match in enumerate(starts):
        end = starts[number + 1].start() if number + 1 < len(starts) else len(text)
        closed = text.rfind(f"</{match[1]}>", match.start(), end)
        line = lines.of(match.start())
        if closed < 0:
            yield Problem(file, line, match[1], "", f"an article that ends with </{match[1]}>")
            continue
        part = text[match.start() : closed] + f"</{match[1]}>"
        try:
            root = parse_xml(part.encode("utf-8", "replace"), "the article")
        except ReadError as error:
            yield Problem(file, line, match[1], "", f"well-formed XML ({error})")
            continue
        yield from _entry(root, file, line)


def _entry(root: _Element, file: str, line: int) -> Iterator[Entry | Problem]:
    citation = _first(root, "MedlineCitation", "BookDocument")
    if citation is None:
        yield Problem(file, line, local(root), "", "a MedlineCitation or BookDocument")
        return
    article = child(citation, "Article")
    if article is None:
        article = citation
    pmid = text_of(child(citation, "PMID"))
    yield from parsed(_fields(root, citation, article, pmid), file, line, f"PMID {pmid}")


def _fields(root: _Element, citation: _Element, article: _Element, pmid: str) -> Fields:
    ids = _ids(root, article)
    book = child(article, "Book")
    journal = child(article, "Journal")
    issue = None if journal is None else child(journal, "JournalIssue")
    dated = _first(book if issue is None else issue, "PubDate")
    title = child(article, "ArticleTitle")
    return Fields(
        title=text_of(title)
        or text_of(_first(book, "BookTitle"))
        or _of(article, "VernacularTitle"),
        authors=tuple(_authors(article)),
        journal=_of(journal, "Title") or _of(journal, "ISOAbbreviation"),
        date=" ".join(text_of(part) for part in dated) if dated is not None else "",
        volume=_of(issue, "Volume"),
        issue=_of(issue, "Issue"),
        pages=_pages(article),
        doi=ids.get("doi", ""),
        pmid=pmid,
        pmcid=ids.get("pmc", ""),
        types=tuple(text_of(one) for one in article.iter("{*}PublicationType")),
        is_page=book is not None,
        notices=tuple(_notices(citation)),
    )


def _first(element: _Element | None, *names: str) -> _Element | None:
    if element is None:
        return None
    return next(element.iter(*(f"{{*}}{name}" for name in names)), None)


def _of(element: _Element | None, name: str) -> str:
    return text_of(_first(element, name))


def _ids(root: _Element, article: _Element) -> dict[str, str]:
    """Return the identifiers of the article itself; its references have a list of their own."""
    ids = {one.get("EIdType") or "": text_of(one) for one in article if local(one) == "ELocationID"}
    data = _first(root, "PubmedData", "PubmedBookData")
    own = child(data, "ArticleIdList") if data is not None else None
    for one in own if own is not None else ():
        ids[one.get("IdType") or ""] = text_of(one)
    return ids


def _authors(article: _Element) -> Iterator[str]:
    found = [one for one in article if local(one) == "AuthorList" and one.get("Type") != "editors"]
    for author in found[0] if found else ():
        group = text_of(child(author, "CollectiveName"))
        given = text_of(child(author, "Initials")) or text_of(child(author, "ForeName"))
        suffix = text_of(child(author, "Suffix"))
        yield group or person(text_of(child(author, "LastName")), given, suffix)
    if found and found[0].get("CompleteYN") == "N":
        yield "et al."


def _pages(article: _Element) -> str:
    pages = _of(article, "MedlinePgn")
    start, end = _of(article, "StartPage"), _of(article, "EndPage")
    return pages or (f"{start}-{end}" if start and end else start)


def _notices(citation: _Element) -> Iterator[str]:
    for one in citation.iter("{*}CommentsCorrections"):
        if kind := _NOTICES.get(one.get("RefType") or ""):
            yield kind
