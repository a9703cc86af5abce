"""The metadata of a JATS article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kb.papers.inline import text_of
from kb.papers.jats_references import authors_of, clean_id, pages_of
from kb.papers.paper import Metadata, Related
from kb.papers.registrations import registrations_in
from kb.papers.xml import child, local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

HREF: Final = "{http://www.w3.org/1999/xlink}href"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ISSUE: Final = ("ppub", "epub-ppub", "collection")
"""Dates of an issue; the first given one is the paper's year."""
_NOT_PUBLISHED: Final = frozenset({"pmc-release", "nihms-submitted", "received", "accepted"})
_MONTHS: Final = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)


def metadata_of(article: _Element, texts: Iterable[str]) -> Metadata:
    """Return the metadata of an article; registrations are also looked for in its texts.

    >>> from kb.papers.xml import parse_xml
    >>> xml = "<article><front><article-meta><pub-date pub-type='ppub'><year>2016</year>"
    >>> xml += "</pub-date></article-meta></front></article>"
    >>> metadata_of(parse_xml(xml.encode(), "a.xml"), ["NCT01564784"]).registrations
    ('NCT01564784',)
    """
    front = child(article, "front")
    meta = child(front, "article-meta") if front is not None else None
    if meta is None:
        return Metadata(registrations=registrations_in(texts))
    ids = _ids(meta)
    published = dict(_published(meta))
    permissions = child(meta, "permissions")
    return Metadata(
        title=_title(meta),
        authors=_authors(meta),
        journal=_journal(front) if front is not None else "",
        year=_year(published),
        volume=text_of(child(meta, "volume")),
        issue=text_of(child(meta, "issue")),
        pages=pages_of(text_of(child(meta, "fpage")), text_of(child(meta, "lpage")))
        or text_of(child(meta, "elocation-id")),
        doi=ids.get("doi", ""),
        pmid=ids.get("pmid", ""),
        pmcid=ids.get("pmcid", ""),
        kind=article.get("article-type") or "",
        language=(article.get(_LANG) or "en")[:2].lower(),
        licence=_licence(permissions),
        copyright=text_of(next(meta.iter("{*}copyright-statement"), None)),
        dates=_dates(meta, published),
        registrations=registrations_in([*_registry_parts(meta), *texts]),
        related=tuple(_related(article)),
    )


def _title(meta: _Element) -> str:
    group = child(meta, "title-group")
    if group is None:
        return ""
    without = ("xref", "fn")
    subtitle = text_of(child(group, "subtitle"), without)
    title = text_of(child(group, "article-title"), without)
    return f"{title}: {subtitle}" if subtitle and subtitle not in title else title


def _authors(meta: _Element) -> tuple[str, ...]:
    names: list[str] = []
    for group in meta:
        if local(group) != "contrib-group":
            continue
        for contributor in group:
            kind = contributor.get("contrib-type") or "author"
            if local(contributor) == "contrib" and kind in {"author", "collab"}:
                names += authors_of(contributor)[:1]
        names += [text_of(part) for part in group if local(part) == "collab"]
    return tuple(filter(None, names))


def _journal(front: _Element) -> str:
    journal = child(front, "journal-meta")
    if journal is None:
        return ""
    titles = [text_of(part) for part in journal.iter("{*}journal-title")]
    short = [
        text_of(part)
        for part in journal.iter("{*}abbrev-journal-title", "{*}journal-id")
        if local(part) == "abbrev-journal-title"
        or part.get("journal-id-type") in {"iso-abbrev", "nlm-ta"}
    ]
    return next(filter(None, [*titles, *short]), "")


def _ids(meta: _Element) -> dict[str, str]:
    kinds = {"doi": "doi", "pmid": "pmid", "pmc": "pmcid", "pmcid": "pmcid"}
    ids: dict[str, str] = {}
    for part in meta:
        kind = kinds.get(part.get("pub-id-type") or "") if local(part) == "article-id" else None
        if kind:
            ids.setdefault(kind, clean_id(kind, text_of(part)))
    return ids


def _published(meta: _Element) -> Iterator[tuple[str, str]]:
    for date in meta.iter("{*}pub-date"):
        kind = date.get("pub-type") or date.get("date-type") or "pub"
        if date.get("publication-format") == "print" and not date.get("pub-type"):
            kind = "ppub"
        if iso := _iso(date):
            yield kind, iso


def _iso(date: _Element) -> str:
    """Return a date as exactly as it is given: 2018, 2018-01 or 2018-01-24."""
    given = date.get("iso-8601-date") or ""
    parts = {local(part): text_of(part) for part in date}
    year = re.search(r"\d{4}", parts.get("year", ""))
    if year is None:
        return given if re.fullmatch(r"\d{4}(-\d\d){0,2}", given) else ""
    month, day = _number(parts.get("month", "")), _number(parts.get("day", ""))
    if not 1 <= month <= 12:
        return year[0]
    return f"{year[0]}-{month:02}" + (f"-{day:02}" if 1 <= day <= 31 else "")


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text[:4])
    name = text[:3].lower()
    return _MONTHS.index(name) + 1 if name in _MONTHS else 0


def _year(published: dict[str, str]) -> int | None:
    of_issue = [published[kind] for kind in _ISSUE if kind in published]
    others = sorted(date for kind, date in published.items() if kind not in _NOT_PUBLISHED)
    return next((int(date[:4]) for date in of_issue + others), None)


def _dates(meta: _Element, published: dict[str, str]) -> dict[str, str]:
    """Return the dates of the paper's history, and when it was published first."""
    dates: dict[str, str] = {}
    for date in meta.iter("{*}date"):
        kind = date.get("date-type") or ""
        if kind and (iso := _iso(date)):
            dates.setdefault(kind, iso)
    first = sorted(date for kind, date in published.items() if kind not in _NOT_PUBLISHED)
    exact = [date for date in first if len(date) == 10]
    return dates | ({"published": (exact or first)[0]} if first else {})


def _licence(permissions: _Element | None) -> str:
    if permissions is None:
        return ""
    for licence in permissions.iter("{*}license"):
        address = licence.get(HREF) or text_of(next(licence.iter("{*}license_ref"), None))
        text = " ".join(text_of(part) for part in licence if local(part) != "license_ref")
        is_named = "creativecommons.org" in text or "creativecommons.org" not in (address or "")
        return text or address if is_named else f"{text} {address}".strip()
    return text_of(next(permissions.iter("{*}license_ref"), None))


def _registry_parts(meta: _Element) -> Iterator[str]:
    """Yield what names a registration without printing it in the text."""
    for part in meta.iter("{*}related-object", "{*}ext-link", "{*}uri"):
        yield part.get("document-id") or ""
        yield (part.get(HREF) or "").replace("/", " ").replace("=", " ")
    for part in meta.iter("{*}custom-meta"):
        yield "registration " + text_of(part)


def _related(article: _Element) -> Iterator[Related]:
    for part in article.iter("{*}related-article"):
        address = part.get(HREF) or ""
        is_doi = part.get("ext-link-type") == "doi" or "10." in address
        doi = clean_id("doi", address) if is_doi else ""
        yield Related(part.get("related-article-type") or "", doi, text_of(part))
