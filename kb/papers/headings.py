"""Sections from headings and paragraphs, for files that show headings by their look only."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from kb.papers.outline import Outline
from kb.papers.paper import Paragraph, Section, SectionKind, plain

_NUMBER: Final = re.compile(r"((?:\d{1,2}\.)+\d{1,2}|\d{1,2})(?:\.\s*|\s*\|\s*|\s+)(?=[^\W\d_a-z])")
_KINDS: Final[tuple[tuple[SectionKind, re.Pattern[str]], ...]] = (
    ("abstract", re.compile(r"(structured |plain[- ]language )?(abstract|summary|synopsis)\b")),
    ("references", re.compile(r"(references?|bibliography|literature cited|works cited)$")),
    (
        "back",
        re.compile(
            r"(acknowledge?ments?|fund(ing|ers)|(competing|conflicts? of|declarations? of) "
            r"(competing )?interests?|disclosures?|author(s['’]?)? contributions?|contributors|"
            r"authors['’] contributions|data (availability|sharing)|availability of data|"
            r"abbreviations|supplementary|supporting information|appendix|ethics (approval|state)|"
            r"pre-publication history|publisher['’]s note|additional files?|declarations|"
            r"consent (for|to) publi|author information|authors['’] information|open access|"
            r"provenance|footnotes|role of the (funding|sponsor)|patient consent)"
        ),
    ),
)
_ABSTRACT_PARTS: Final = re.compile(
    r"(background|context|introduction|rationale|aims?|objectives?|purpose|importance|design|"
    r"setting|(study )?(design|population)|methods?|patients|participants|subjects|interventions?|"
    r"measurements|(main |primary )?(outcomes?|endpoints?)|results?|findings?|limitations?|"
    r"conclusions?|interpretation|discussion|significance|trial registration|registration|"
    r"clinical ?trial|funding|key ?words|relevance)\b"
)


def split_number(heading: str) -> tuple[str, str]:
    """Return the number that a heading begins with, or "", and its title.

    >>> split_number("2.1. Patients"), split_number("3 Results"), split_number("5 mg of drug")
    (('2.1', 'Patients'), ('3', 'Results'), ('', '5 mg of drug'))
    """
    match = _NUMBER.match(heading)
    return (match[1], heading[match.end() :].strip()) if match else ("", heading.strip())


def kind_of(title: str) -> SectionKind:
    """Return the kind of a section by its title; most are "body".

    >>> kind_of("ABSTRACT"), kind_of("References"), kind_of("Funding"), kind_of("Results")
    ('abstract', 'references', 'back', 'body')
    """
    folded = plain(title).strip(" .:").lower()
    return next((kind for kind, pattern in _KINDS if pattern.match(folded)), "body")


def is_part_of_abstract(title: str) -> bool:
    """Whether a title is that of a part of a structured abstract.

    >>> is_part_of_abstract("Results:"), is_part_of_abstract("Baseline values")
    (True, False)
    """
    return _ABSTRACT_PARTS.match(plain(title).strip(" .:").lower()) is not None


class NestedSections:
    """Collects sections whose headings have a level, in the order of the paper.

    >>> sections = NestedSections()
    >>> sections.open("2 Methods", 1)
    >>> sections.open("2.1 Patients", 2)
    >>> sections.add("All were adults.", page=3)
    >>> [(section.id, section.path, len(section.paragraphs)) for section in sections.sections()]
    [('2', (), 0), ('2.1', ('Methods',), 1)]
    """

    def __init__(self) -> None:
        """Begin with the front matter, which has no heading."""
        self._outline = Outline()
        self._section = self._outline.open("Front matter", (), "front")
        self._stack: list[tuple[int, str]] = []

    @property
    def current(self) -> str:
        """The id of the section that paragraphs are added to."""
        return self._section.id

    @property
    def kind(self) -> SectionKind:
        """The kind of the section that paragraphs are added to."""
        return self._section.kind

    def open(self, heading: str, level: int, kind: SectionKind | None = None) -> None:
        """Begin a section; those of a deeper level that follow are within it."""
        number, title = split_number(heading)
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        path = tuple(title for _, title in self._stack)
        above = kind_of(path[0]) if path else "body"
        own = kind_of(title)
        kind = kind or (own if above == "body" or own == "references" else above)
        self._section = self._outline.open(title, path, kind, label=number)
        self._stack.append((level, self._section.title))

    def add(self, text: str, page: int | None = None) -> None:
        """Add a paragraph to the current section."""
        self._section.paragraphs.append(Paragraph(text, page))

    def is_open(self, ended: re.Pattern[str]) -> bool:
        """Whether the last paragraph of the section does not end as ``ended`` says."""
        own = self._section.paragraphs
        return bool(own) and ended.search(own[-1].text[-40:]) is None

    def go_on(self, text: str) -> None:
        """Add to the last paragraph what follows a page's end or a table."""
        last = self._section.paragraphs[-1]
        self._section.paragraphs[-1] = replace(last, text=f"{last.text} {text}")

    def sections(self) -> tuple[Section, ...]:
        """Return the sections; the front matter only if it has text."""
        return tuple(s for s in self._outline.sections() if s.paragraphs or s.kind != "front")
