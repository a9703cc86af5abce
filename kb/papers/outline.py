"""Sections while a paper is read: ids are made unique, and numbers separated from titles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from kb.papers.paper import Paragraph, Section, SectionKind, plain

_NUMBERED: Final = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})(\.?)[\s\u2002\u2003|]+(?=\S)")
_LABEL: Final = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4})\.?")
_MAX_ID: Final = 120


@dataclass
class OpenSection:
    """A section to which paragraphs are still added."""

    id: str
    title: str
    path: tuple[str, ...]
    kind: SectionKind
    paragraphs: list[Paragraph] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Add a paragraph, unless it is empty."""
        if text:
            self.paragraphs.append(Paragraph(text))


class Outline:
    """The sections of a paper in order.

    >>> outline = Outline()
    >>> methods = outline.open("2. Methods", (), "body")
    >>> [outline.open(t, ("Methods",), "body").id for t in ("2.1 Drug", "2.5 mg", "Drug", "Drug")]
    ['2.1', '2.5 mg', 'Drug', 'Drug (Methods)']
    """

    def __init__(self) -> None:
        """Begin without sections."""
        self._sections: list[OpenSection] = []
        self._ids: set[str] = set()
        self._repeats: dict[str, int] = {}

    def open(
        self,
        title: str,
        path: tuple[str, ...],
        kind: SectionKind,
        *,
        label: str = "",
        prefix: str = "",
    ) -> OpenSection:
        """Begin a section.

        Args:
            title: its title as printed.
            path: the titles of the sections that contain it.
            kind: its kind.
            label: its label, if that is apart from its title.
            prefix: what its id begins with, such as "Abstract: ".
        """
        number, rest = self._number(label, title)
        name = number or shorten_id(f"{prefix}{plain(rest)}") or "Section"
        section = OpenSection(self.unique(name, path), rest or name, path, kind)
        self._sections.append(section)
        return section

    def _number(self, label: str, title: str) -> tuple[str, str]:
        """Return the section's number, if it has one, and its title without it."""
        if match := _LABEL.fullmatch(label.strip()):
            return match[1], title
        if label:
            return "", f"{label} {title}".strip()
        match = _NUMBERED.match(title)
        if match is None or not self._follows(match[1], match[2]):
            return "", title
        return match[1], title[match.end() :]

    def _follows(self, number: str, point: str) -> bool:
        """Whether "2.1 Drug" is below 2, unlike "2.5 mg": 2, or the number before, exists."""
        parent, _, last = number.rpartition(".")
        if number in self._ids or last.startswith("0"):
            return False
        if not parent:
            return bool(point) or last == "1" or str(int(last) - 1) in self._ids
        before = f"{parent}.{int(last) - 1}"
        return last == "1" or before in self._ids

    def unique(self, name: str, path: tuple[str, ...] = ()) -> str:
        """Return an id that no section, table or figure has yet, and take it."""
        within = [shorten_id(f"{name} ({plain(path[-1])})")] if path else []
        for candidate in (name, *within):
            if candidate not in self._ids:
                break
        else:
            count = self._repeats.get(name, 1) + 1
            while (candidate := f"{name} ({count})") in self._ids:
                count += 1
            self._repeats[name] = count
        self._ids.add(candidate)
        return candidate

    def sections(self) -> tuple[Section, ...]:
        """Return the sections, as they were opened."""
        return tuple(
            Section(one.id, one.title, one.path, one.kind, tuple(one.paragraphs))
            for one in self._sections
        )


def shorten_id(text: str) -> str:
    """Shorten a title at a word, so that it can be an id.

    >>> shorten_id("Patients " * 20)[-17:]
    'Patients Patients'
    """
    text = text.strip()
    return text if len(text) <= _MAX_ID else text[:_MAX_ID].rsplit(" ", 1)[0].strip()
