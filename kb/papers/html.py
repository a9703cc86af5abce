"""Saved pages of papers: PubMed Central's and publishers' HTML.

Headings open sections; a table or figure takes the label beside it as its own; what a page has
around the paper, such as menus, is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kb.errors import ReadError
from kb.papers.grid import Places
from kb.papers.html_floats import DROPPED, Captioned, captioned
from kb.papers.html_metadata import html_metadata
from kb.papers.inline import UNKNOWN, Line, text_of
from kb.papers.jats_references import clean_id
from kb.papers.jats_tables import PICTURE, grid_of, split_notes
from kb.papers.outline import OpenSection, Outline
from kb.papers.paper import Figure, Footnote, Paper, Reference, SectionKind, Table, plain
from kb.papers.xml import library, local

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_BYTES: Final = 20_000_000
MAX_ELEMENTS: Final = 500_000
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_PARAGRAPHS: Final = frozenset({"p", "li", "dd", "dt", "blockquote", "pre"})
_AROUND: Final = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|menubar|breadcrumbs?|cookies?|banner|sidebar|share|"
    r"sharing|social|toolbar|advert|ads?|related-articles|recommend\w*|skip-link|sr-only|usa-banner|"
    r"metrics|page-footer|site-header|ref-toggle|citedby)(?:$|[\s_-])",
    re.IGNORECASE,
)
_REFERENCES: Final = re.compile(r"references?|bibliography|literature cited|works cited", re.I)
_LIST_CLASS: Final = re.compile(r"ref(?:erence)?s?[-_]?list|references|bibliograph", re.I)
_ABSTRACT: Final = re.compile(r"abstract|summary|synopsis", re.I)
_BACK: Final = re.compile(
    r"acknowledge?ments?|funding|conflicts? of interests?|competing interests?|footnotes|"
    r"author(?:s[’']?)? contributions?|data availability.*|abbreviations|contributors|disclosures?",
    re.I,
)
_LINK_WORDS: Final = re.compile(
    r"\s*(?:\[?(?:DOI|PubMed|Google Scholar|PMC free article|Crossref|CAS|Web of Science|Medline|"
    r"View article|Full Text|View in Scopus|ISI|Article)(?:\s*\])?[\s,;|]*)+$",
    re.I,
)
_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def read_html(data: bytes, name: str = "paper") -> Paper:
    """Read a saved page.

    Args:
        data: the file.
        name: what errors call it.

    Raises:
        ReadError: it is too large, nested too deeply or has no text.
        UnavailableError: lxml is not installed.

    >>> page = b"<html><body><h2>Results</h2><p>10<sup>9</sup></p></body></html>"
    >>> [(s.id, p.text) for s, p in read_html(page).paragraphs()]
    [('Results', '10<sup>9</sup>')]
    """
    if len(data) > MAX_BYTES:
        raise ReadError(f"{name}: {len(data):,} bytes of HTML, expected at most {MAX_BYTES:,}")
    root = _parse(data, name)
    try:
        return _Page(root, name).paper()
    except RecursionError as error:
        raise ReadError(f"{name}: its elements are nested too deeply") from error


def _parse(data: bytes, name: str) -> _Element:
    etree = library()
    encoding = "utf-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        encoding = ""  # the page's own declaration decides
    options = {"encoding": encoding} if encoding else {}
    parser = etree.HTMLParser(
        no_network=True, huge_tree=False, remove_comments=True, remove_pis=True, **options
    )
    try:
        root: _Element | None = etree.fromstring(data, parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(f"{name}: HTML that cannot be read: {error}") from error
    if root is None:
        raise ReadError(f"{name}: HTML without an element")
    if sum(1 for _, _ in zip(root.iter(), range(MAX_ELEMENTS + 1), strict=False)) > MAX_ELEMENTS:
        raise ReadError(f"{name}: more than {MAX_ELEMENTS:,} elements")
    return root


class _Page:
    """Reads one page in the order of its elements."""

    def __init__(self, root: _Element, name: str) -> None:
        self._root = root
        self._name = name
        self._outline = Outline()
        self._places = Places(name)
        self._open: list[tuple[int, OpenSection]] = []
        self._tables: list[Table] = []
        self._figures: list[Figure] = []
        self._references: list[Reference] = []
        self._unsure: list[str] = []
        self._title = ""

    def paper(self) -> Paper:
        self._walk(self._main())
        sections = self._outline.sections()
        if not any(section.paragraphs for section in sections) and not self._tables:
            raise ReadError(f"{self._name}: HTML without paragraphs: is it a saved paper?")
        texts = [p.text for s in sections if s.kind != "references" for p in s.paragraphs]
        self._unsure += [f"{table.id}: {why}" for table in self._tables for why in table.unsure]
        for section in sections:
            if any(UNKNOWN in p.text for p in section.paragraphs):
                self._unsure.append(
                    f"{section.id}: a sign is a picture or unknown: {UNKNOWN} stands for it"
                )
        return Paper(
            html_metadata(self._root, texts, self._title),
            sections,
            tuple(self._tables),
            tuple(self._figures),
            tuple(self._references),
            tuple(self._unsure),
        )

    def _main(self) -> _Element:
        """Return the element that holds the paper: the first of its kind with a heading."""
        for tag in ("main", "article", "body"):
            for element in self._root.iter(tag):
                if any(True for _ in element.iter("h1", "h2", "h3")):
                    return element
        return self._root

    def _walk(self, element: _Element) -> None:
        for part in element:
            name = local(part)
            if not name or name in DROPPED or _is_around(part):
                continue
            if name in _HEADINGS:
                self._add_heading(part, _HEADINGS[name])
            elif found := captioned(part):
                self._add_captioned(found)
            elif name in {"ol", "ul"} and self._is_reference_list(part):
                self._add_references(part)
            elif name in _PARAGRAPHS:
                self._add_paragraph(part)
            elif _is_text(part):
                self._section().add(text_of(part))
            else:
                self._walk(part)

    def _add_heading(self, element: _Element, level: int) -> None:
        title = text_of(element, without=("button", "svg"))
        if not title:
            return
        if level == 1 and not self._title:
            self._title = plain(title)
            self._open = [(1, self._outline.open("Front matter", (), "front"))]
            return
        while self._open and (self._open[-1][0] >= level or self._open[-1][0] == 1):
            self._open.pop()
        path = tuple(section.title for _, section in self._open)
        above = self._open[-1][1] if self._open else None
        kind = above.kind if above else _kind_of(title)
        prefix = f"{above.title}: " if above and kind == "abstract" else ""
        self._open.append((level, self._outline.open(title, path, kind, prefix=prefix)))

    def _section(self) -> OpenSection:
        if not self._open:
            self._open.append((9, self._outline.open("Main text", (), "body")))
        return self._open[-1][1]

    def _add_paragraph(self, element: _Element) -> None:
        inner = [
            one for one in element if local(one) in {"ul", "ol", "table", "figure", "p", "div"}
        ]
        if not inner:
            self._section().add(text_of(element))
            return
        line = Line()
        line.add_text(element.text)
        for part in element:
            if part in inner:
                self._section().add(line.text)
                line = Line()
                self._walk_one(part)
            else:
                line.add(part)
            line.add_text(part.tail)
        self._section().add(line.text)

    def _walk_one(self, part: _Element) -> None:
        found = captioned(part)
        if found:
            self._add_captioned(found)
        elif local(part) in _PARAGRAPHS:
            self._add_paragraph(part)
        elif _is_text(part):
            self._section().add(text_of(part))
        else:
            self._walk(part)

    def _add_captioned(self, found: Captioned) -> None:
        section = self._section().id
        label = found.label
        if found.kind == "figure":
            name = self._outline.unique(
                label or f"Figure without a number {len(self._figures) + 1}"
            )
            self._figures.append(Figure(name, label, found.caption, section))
            return
        notes: tuple[Footnote, ...] = tuple(n for text in found.notes for n in split_notes(text))
        name = label or f"Table without a number {len(self._tables) + 1}"
        if not found.tables:
            self._tables.append(
                Table(self._outline.unique(name), label, found.caption, (), 0, notes, section)
            )
            self._unsure.append(f"{self._tables[-1].id}: {PICTURE}")
        for element in found.tables:
            grid, headers = grid_of(element, self._places)
            unsure = () if headers else ("it has no header",)
            table_id = self._outline.unique(name)
            self._tables.append(
                Table(table_id, label, found.caption, grid, headers, notes, section, None, unsure)
            )

    # --- references ------------------------------------------------------------------------

    def _is_reference_list(self, element: _Element) -> bool:
        section = self._section()
        if section.kind == "references":
            return True
        names = f"{element.get('class') or ''} {element.get('id') or ''}"
        return bool(_LIST_CLASS.search(names))

    def _add_references(self, element: _Element) -> None:
        section = self._section()
        if section.kind != "references":
            section = self._outline.open("References", (), "references")
            self._open.append((9, section))
        items = [item for item in element if local(item) == "li"]
        for item in items:
            number = len(self._references) + 1
            text = text_of(item, without=("button", "svg", "script"))
            text = text[:-400] + _LINK_WORDS.sub("", text[-400:])
            printed = re.match(r"\[?(\d{1,4})[\].)]\s*(?=\S)", text)
            if printed and int(printed[1]) == number:
                text = text[printed.end() :]
            section.add(f"{number}. {text}")
            self._references.append(_reference(item, number, text))


def _reference(item: _Element, number: int, text: str) -> Reference:
    links = [item.get("href") or "" for item in item.iter("a")]
    doi = next(filter(None, (clean_id("doi", one) for one in [*links, text])), "")
    pmids = (re.search(r"(?:pubmed(?:\.ncbi\.nlm\.nih\.gov)?|/pubmed)/(\d+)", x) for x in links)
    pmid = next((match[1] for match in pmids if match), "")
    pmcs = (re.search(r"/articles/(PMC\d+)", link) for link in links)
    pmcid = next((match[1] for match in pmcs if match), "")
    years = _YEAR.findall(re.sub(r"10\.\d{4,9}/\S+", "", text))
    year = int(years[-1]) if years else None
    return Reference(number, text, year=year, doi=doi, pmid=pmid, pmcid=pmcid)


def _kind_of(title: str) -> SectionKind:
    text = plain(title).strip().rstrip(":.")
    if _REFERENCES.fullmatch(text):
        return "references"
    if _ABSTRACT.fullmatch(text):
        return "abstract"
    return "back" if _BACK.fullmatch(text) else "body"


def _is_around(element: _Element) -> bool:
    """Whether an element is around the paper and not of it: navigation, a banner."""
    if element.get("role") in {"navigation", "banner", "search", "contentinfo", "dialog"}:
        return True
    if element.get("aria-hidden") == "true" or element.get("hidden") is not None:
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(_AROUND.search(names))


def _is_text(element: _Element) -> bool:
    """Whether a `<div>` or `<span>` is a paragraph: text of its own, without blocks below it."""
    own = [element.text, *(part.tail for part in element)]
    if not any((text or "").strip() for text in own):
        return False
    blocks = _PARAGRAPHS | _HEADINGS.keys() | {"div", "table", "ul", "ol", "section", "figure"}
    return not any(local(part) in blocks for part in element.iter() if part is not element)
