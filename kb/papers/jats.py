"""JATS XML, as PubMed Central and publishers give it, read as a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kb.errors import ReadError
from kb.papers.grid import Places
from kb.papers.inline import UNKNOWN, Line, text_of
from kb.papers.jats_front import front_texts
from kb.papers.jats_metadata import metadata_of
from kb.papers.jats_references import label_of, references_of
from kb.papers.jats_tables import label_and_caption, tables_of
from kb.papers.outline import OpenSection, Outline
from kb.papers.paper import Figure, Paper, Section, SectionKind, Table
from kb.papers.xml import child, local, parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

_NOT_ABSTRACTS: Final = frozenset({"graphical", "teaser", "toc", "web-summary", "short", "precis"})
"""Types of abstracts that advertise the paper; the others tell its results."""
_NAMES: Final = {
    "ack": "Acknowledgements",
    "fn-group": "Footnotes",
    "ref-list": "References",
    "glossary": "Glossary",
    "app": "Appendix",
    "notes": "Notes",
    "bio": "Biography",
}
"""What sections without a title are called."""
_LOOSE: Final = frozenset({"", "Front matter", "Main text", "Back matter"})
"""Titles of what stands in no section."""
_SECTIONS: Final = frozenset({"sec", "boxed-text", *_NAMES})
_FLOAT_GROUPS: Final = frozenset({"floats-group", "floats-wrap"})
_GROUPS: Final = frozenset({"app-group", "sec-meta", *_FLOAT_GROUPS})
_FLOATS: Final = frozenset({"table-wrap", "table-wrap-group", "fig", "fig-group"})
_LISTS: Final = frozenset({"list", "disp-quote", "def-list", "verse-group", "speech", "boxed-text"})
_TITLES: Final = frozenset({"label", "title", "caption", "object-id", "ref"})
"""What a section reads apart from its paragraphs."""


def read_jats(data: bytes, name: str = "paper", *, references: bool = True) -> Paper:
    """Read JATS XML.

    Args:
        data: the file.
        name: what errors call it.
        references: whether its lists of references are read, which takes a third of the time.

    Raises:
        ReadError: it is not well-formed, not an article, or beyond the bounds.
        UnavailableError: lxml is not installed.

    >>> xml = b"<article><body><sec><title>Results</title><p>OS was 7.7 months.</p></sec></body>"
    >>> [p.text for _, p in read_jats(xml + b"</article>").paragraphs()]
    ['OS was 7.7 months.']
    """
    root = parse_xml(data, name)
    article = root if local(root) == "article" else next(root.iter("{*}article"), None)
    if article is None:
        raise ReadError(f"{name}: the root element is <{local(root)}>, expected a JATS <article>")
    try:
        reader = _Reader(article, name, references=references)
        reader.note_others(root)
        return reader.paper()
    except RecursionError as error:
        raise ReadError(f"{name}: its elements are nested too deeply") from error


class _Reader:
    """Reads one article, part by part."""

    def __init__(self, article: _Element, name: str, *, references: bool) -> None:
        self._article = article
        self._name = name
        self._outline = Outline()
        self._section_of: dict[_Element, str] = {}
        self._unsure: list[str] = []
        self._drop_other_articles()
        self._references = references_of(article) if references else {}

    def _drop_other_articles(self) -> None:
        """Remove letters, responses and translations that the file has beside the paper."""
        for name in ("sub-article", "response"):
            others = [part for part in self._article if local(part) == name]
            for other in others:
                self._article.remove(other)
            if others:
                self._unsure.append(f"{len(others)} <{name}> beside the paper: not read")

    def note_others(self, root: _Element) -> None:
        """Note that a collection has more articles."""
        number = sum(1 for _ in root.iter("{*}article")) - 1
        if number > 0:
            self._unsure.append(f"{number} more <article> in the file: only the first was read")

    def paper(self) -> Paper:
        parts = {local(part): part for part in self._article}
        if "front" in parts:
            self._read_front(parts["front"])
        for name in ("body", "back"):
            if name in parts:
                self._read_part(parts[name], name)
        for name in [name for name in parts if name in _FLOAT_GROUPS]:
            for box in parts[name].iterchildren("{*}boxed-text"):
                self._read_section(box, "boxed-text", OpenSection("", "", (), "body"), "")
        tables, figures = self._tables(), self._figures()
        sections = self._outline.sections()
        texts = [p.text for s in sections if s.kind != "references" for p in s.paragraphs]
        notes = [note.text for table in tables for note in table.footnotes]
        self._note_unread(sections, tables, has_body="body" in parts)
        return Paper(
            metadata_of(self._article, [*texts, *notes]),
            sections,
            tables,
            figures,
            tuple(one for entry in self._references.values() for one in entry),
            tuple(self._unsure),
        )

    def _note_unread(
        self, sections: tuple[Section, ...], tables: tuple[Table, ...], *, has_body: bool
    ) -> None:
        if not has_body:
            self._unsure.append("the file has no body, only the front of the paper")
        elif not tables and not any(s.paragraphs for s in sections if s.kind == "body"):
            self._unsure.append("the body has no text: is it a scan?")
        self._unsure += [f"{table.id}: {why}" for table in tables for why in table.unsure]
        texts = [(s.id, p.text) for s in sections for p in s.paragraphs]
        texts += [(table.id, cell.text) for table in tables for row in table.grid for cell in row]
        for where in dict.fromkeys(where for where, text in texts if UNKNOWN in text):
            self._unsure.append(f"{where}: a sign is a picture or unknown: {UNKNOWN} stands for it")

    # --- the front -------------------------------------------------------------------------

    def _read_front(self, front: _Element) -> None:
        meta = child(front, "article-meta")
        if meta is None:
            return
        section = self._outline.open("Front matter", (), "front")
        self._section_of[front] = section.id
        for part in meta:
            for text in front_texts(part):
                section.add(text)
        self._read_children([part for part in front if local(part) == "notes"], section)
        for part in meta:
            if local(part) in {"abstract", "trans-abstract"}:
                self._read_abstract(part)

    def _read_abstract(self, abstract: _Element) -> None:
        kind_name = abstract.get("abstract-type") or ""
        title = text_of(child(abstract, "title"))
        kind: SectionKind = "abstract"
        if local(abstract) == "trans-abstract":
            language = abstract.get("{http://www.w3.org/XML/1998/namespace}lang") or "translated"
            title, kind = title or f"Abstract ({language})", "front"
        elif kind_name in _NOT_ABSTRACTS:
            title, kind = title or f"{kind_name.capitalize()} abstract", "front"
        title = title or "Abstract"
        section = self._outline.open(title, (), kind)
        self._section_of[abstract] = section.id
        self._read_children(abstract, section, prefix=f"{title}: ")

    # --- body and back ---------------------------------------------------------------------

    def _read_part(self, part: _Element, name: str) -> None:
        kind: SectionKind = "body" if name == "body" else "back"
        loose = [one for one in part if local(one) not in _SECTIONS | _GROUPS | _FLOATS]
        section = OpenSection("", "", (), kind)
        if loose:
            title = "Main text" if kind == "body" else "Back matter"
            section = self._outline.open(title, (), kind)
            self._section_of[part] = section.id
        self._read_children(part, section)

    def _read_children(
        self, parent: Iterable[_Element], section: OpenSection, prefix: str = ""
    ) -> None:
        """Read paragraphs into a section, and the sections below it as sections of their own."""
        for part in parent:
            name = local(part)
            if name in _GROUPS:
                self._read_children(part, section, prefix)
            elif name in _SECTIONS and self._is_section(part, name):
                self._read_section(part, name, section, prefix)
            elif name not in _TITLES | _FLOATS:
                for text in paragraphs_of(part):
                    section.add(text)

    def _is_section(self, part: _Element, name: str) -> bool:
        if name != "boxed-text":
            return True
        return any(local(one) in {"label", "caption", "title", "sec"} for one in part)

    def _read_section(self, part: _Element, name: str, above: OpenSection, prefix: str) -> None:
        label, title = text_of(child(part, "label")), text_of(child(part, "title"))
        if name == "boxed-text":
            label, title = label_and_caption(part)
        title = title or ("" if label else _NAMES.get(name, "Section"))
        is_loose = above.title in _LOOSE
        path = () if is_loose else (*above.path, above.title)
        kind: SectionKind = "references" if name == "ref-list" else above.kind
        section = self._outline.open(title, path, kind, label=label, prefix=prefix)
        self._section_of[part] = section.id
        self._read_children(part, section, prefix)
        for ref in part if name == "ref-list" else ():
            if ref in self._references:
                texts = [label_of(ref), *(r.text for r in self._references[ref])]
                section.add(" ".join(filter(None, texts)))

    # --- tables and figures ----------------------------------------------------------------

    def _tables(self) -> tuple[Table, ...]:
        tables: list[Table] = []
        places = Places(self._name)
        for wrap in self._article.iter("{*}table-wrap", "{*}table", "{*}array"):
            if local(wrap) == "table-wrap" or not _is_within(wrap, "table-wrap"):
                tables += tables_of(wrap, self._place(wrap), places)
        unnamed = 0
        for number, table in enumerate(tables):
            name = table.id
            if name == "Table":
                unnamed += 1
                name = f"Table without a number {unnamed}" if len(tables) > 1 else name
            tables[number] = replace(table, id=self._outline.unique(name))
        return tuple(tables)

    def _figures(self) -> tuple[Figure, ...]:
        figures = []
        for number, element in enumerate(self._article.iter("{*}fig"), 1):
            label, caption = label_and_caption(element)
            name = self._outline.unique(label.rstrip(".: ") or f"Figure without a number {number}")
            figures.append(Figure(name, label, caption, self._place(element)))
        return tuple(figures)

    def _place(self, element: _Element) -> str:
        """Return the id of the section where an element stands, or where it is mentioned first."""
        for above in element.iterancestors():
            if above in self._section_of:
                return self._section_of[above]
        return self._mentions.get(element.get("id") or "", "")

    @property
    def _mentions(self) -> dict[str, str]:
        """The first section that refers to each id."""
        if self._mentioned is None:
            self._mentioned = {}
            for reference in self._article.iter("{*}xref"):
                sections = (self._section_of.get(above) for above in reference.iterancestors())
                section = next(filter(None, sections), "")
                for target in (reference.get("rid") or "").split() if section else ():
                    self._mentioned.setdefault(target, section)
        return self._mentioned

    _mentioned: dict[str, str] | None = None


def _is_within(element: _Element, name: str) -> bool:
    return any(local(above) in {name, "table"} for above in element.iterancestors())


def paragraphs_of(element: _Element) -> Iterator[str]:
    """Yield the texts of a paragraph, list or quotation; a list within a paragraph splits it.

    >>> xml = b"<p>Either <list><list-item><label>1.</label><p>a</p></list-item></list>, or b.</p>"
    >>> list(paragraphs_of(parse_xml(xml, "a.xml")))
    ['Either', '1. a', ', or b.']
    """
    name = local(element)
    if name in _FLOATS or name == "ref-list":
        return
    if name in _LISTS or (name in {"list-item", "def", "fn", "sec"} and len(element)):
        own = text_of(child(element, "label"))
        for part in element:
            if local(part) == "label":
                continue
            texts = list(paragraphs_of(part))
            if own and texts:
                texts[0], own = f"{own} {texts[0]}", ""
            yield from texts
    elif name == "def-item":
        yield text_of(element)
    elif name == "disp-formula":
        line = Line()
        line.add(element)
        yield line.text
    else:
        yield from _split(element)


def _split(element: _Element) -> Iterator[str]:
    """Yield the text of an element, in parts where a list or quotation stands within it."""
    line = Line()
    footnotes: list[_Element] = []
    line.add_text(element.text)
    for part in element:
        if local(part) in _LISTS:
            yield line.text
            yield from paragraphs_of(part)
            footnotes += line.footnotes
            line = Line()
        else:
            line.add(part)
        line.add_text(part.tail)
    yield line.text
    for footnote in [*footnotes, *line.footnotes]:
        yield text_of(footnote)
