"""A paper prepared for the rules of a scan: its tables read, its sentences taken apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kb.papers.entries import Skeleton
from kb.papers.paper import Paper, Section
from kb.papers.reading import Column, ColumnKind, TableReading
from kb.scan.bases import TableBases
from kb.scan.finding import Place
from kb.sources.text import DECIMAL_COMMA

_END: Final = re.compile(
    r"(?<=[.?!;])(?<!\bvs\.)(?<!\bno\.)(?<!\bFig\.)(?<!\bet al\.)(?<!\be\.g\.)(?<!\bi\.e\.)"
    r"(?<!\bapprox\.)(?<!\bresp\.) +(?=[A-Z(\[\"“'])(?!P(?:[- ]?values?)? ?[=<>≤≥])"
)
OTHER_STUDIES: Final = re.compile(r"introduction|background|discussion|conclusion", re.IGNORECASE)
"""Titles of sections whose figures may be those of other studies."""
_SIZE: Final = re.compile(r"[(\[,;] ?n ?= ?([0-9]{1,6})[)\]]")
_HAS_DIGIT: Final = re.compile(r"[0-9]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with at least one digit."""

    section: Section
    text: str
    before: str
    """The sentence before it in its paragraph, or ""."""
    skeleton: Skeleton

    @property
    def place(self) -> Place:
        """Where it is printed."""
        return Place(self.section.title)


class ScanContext:
    """What the rules of a scan read, computed once."""

    def __init__(self, paper: Paper) -> None:
        """Prepare a paper."""
        self.paper = paper
        self.decimal_comma = paper.metadata.language in DECIMAL_COMMA
        self.checked: Counter[str] = Counter()
        """How many figures each kind of check judged."""

    @cached_property
    def readings(self) -> tuple[TableReading, ...]:
        """The tables, read as figures."""
        comma = self.decimal_comma
        return tuple(TableReading(table, decimal_comma=comma) for table in self.paper.tables)

    @cached_property
    def bases(self) -> tuple[TableBases, ...]:
        """What the percentages of each table may be of, in the order of the readings."""
        return tuple(map(TableBases, self.readings))

    @cached_property
    def group_sizes(self) -> dict[str, int]:
        """The size of each group that all tables which print one agree on, by its name."""
        sizes: dict[str, set[int]] = {}
        for reading in self.readings:
            for column in reading.columns:
                if column.kind is ColumnKind.GROUP and column.size:
                    sizes.setdefault(last_name(column), set()).add(column.size)
        return {name: min(own) for name, own in sizes.items() if name and len(own) == 1}

    @cached_property
    def arms(self) -> tuple[int, int] | None:
        """The sizes of the two groups of the paper, where all tables agree, or the abstract."""
        printed = {
            tuple(c.size for c in reading.columns if c.kind is ColumnKind.GROUP and c.size)
            for reading in self.readings
        } - {()}
        if not printed:
            abstract = [s.skeleton.folded for s in self.sentences if s.section.kind == "abstract"]
            printed = {tuple(int(n) for text in abstract for n in _SIZE.findall(text))}
        pairs = [(own[0], own[1]) for own in printed if len(own) == 2]
        return pairs[0] if len(pairs) == len(printed) == 1 else None

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences with figures, of the abstract and the body."""
        return tuple(self._sentences())

    def _sentences(self) -> Iterator[Sentence]:
        for section, paragraph in self.paper.paragraphs():
            if section.kind not in ("abstract", "body"):
                continue
            before = ""
            for text in split_sentences(paragraph.text):
                if _HAS_DIGIT.search(text):
                    skeleton = Skeleton.of(text, decimal_comma=self.decimal_comma)
                    yield Sentence(section, text, before, skeleton)
                before = text


def last_name(column: Column) -> str:
    """Return the innermost name of the group of a column, in lower case."""
    return column.group.rpartition(" › ")[2].casefold()


def split_sentences(paragraph: str) -> list[str]:
    """Split a paragraph at the ends of its sentences.

    >>> split_sentences("It was 7.7 vs. 4 months (Fig. 2). P was 0.03.")
    ['It was 7.7 vs. 4 months (Fig. 2).', 'P was 0.03.']
    >>> split_sentences("It fell (HR 0.61; P = 0.03). It rose.")
    ['It fell (HR 0.61; P = 0.03).', 'It rose.']
    """
    return _END.split(paragraph)
