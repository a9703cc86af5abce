"""What a table prints that is not a result: labels, references, headers, definitions, doses.

These cells have digits but no figures of people, so that no claim is drafted from them.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kb.drafts.labels import is_statistic
from kb.drafts.times import is_moment
from kb.papers.captions import TABLE_NUMBER
from kb.papers.from_source import label_text
from kb.papers.paper import Cell, Table
from kb.sources.sizes import printed_size

NOT_A_RESULT: Final = "not a result"
_SUBJECT: Final = re.compile(
    rf"(?:(?:supplementary )?{TABLE_NUMBER})?(?:the )?"
    r"(?:criteria (?:for|of)|inclusion (?:and exclusion )?criteria|definitions? of"
    r"|(?:\w+ and \w+ )?compositions? of|previous(?:ly published)? (?:studies|trials|reports)"
    r"|outline of|hypothesi[sz]ed|search (?:strateg|terms|strings?)|schedule of|list of"
    r"|primers?\b|drug and \w+ \w+ ratios?)",
    re.IGNORECASE,
)
"""How the caption of a table begins that describes a method and reports nothing."""
_REFERENCE: Final = re.compile(r"(?:refs?\.?|references?|citations?)(?: no\.?)?", re.IGNORECASE)
_METHOD: Final = re.compile(
    r"(?:questionnaires?|instruments?)\b.{0,20}|dosages?|techniques?(?:/exercises?)?", re.IGNORECASE
)
_PORTION: Final = re.compile(
    r"\(?per (?:serving|portion|capsule|tablet|sachet|bar|100 ?(?:g|ml|kcal))\)?$", re.IGNORECASE
)
"""The end of a header of what a product contains, and not of what people have."""
_PERSON: Final = re.compile(
    r"(?:ID|(?:patient|case|participant|subject)s?)(?: ?(?:no\.?|nos\.?|numbers?|ID|#))?\.?",
    re.IGNORECASE,
)
_SCALE: Final = re.compile(r"(?:score|points?|grade)", re.IGNORECASE)


@dataclass
class NotResults:
    """The cells of one table with digits that are not results."""

    table: Table
    labels: Collection[int]
    """The columns that have labels of rows."""

    def why(self, cell: Cell, row: int, column: int) -> str:
        """Return what a cell is instead of a result, or "".

        >>> grid = (tuple(Cell(t, 0, j, header=True) for j, t in enumerate(("Study", "Ref."))),)
        >>> grid += (tuple(Cell(t, 1, j) for j, t in enumerate(("Low 2020", "[12]"))),)
        >>> NotResults(Table("1", "1", "Studies", grid, header_rows=1), {0}).why(grid[1][1], 1, 1)
        'not a result: the number of a reference'
        """
        path = [label_text(part) for part in self.table.column_path(column)]
        reasons = (
            (self.is_of_method, "the table describes a method"),
            (self.lists_people, "a row of the table is one person"),
            (cell.column != column, "part of the cell before"),
            (any(map(_REFERENCE.fullmatch, path)), "the number of a reference"),
            (column in self.labels or cell.header, "a label"),
            (row in self._headers, "a header within the table"),
        )
        found = next((reason for holds, reason in reasons if holds), "")
        return f"{NOT_A_RESULT}: {found}" if found else ""

    @cached_property
    def is_of_method(self) -> bool:
        """Whether the table defines, describes or lists, as its caption or headers say."""
        headers = {label_text(cell.text) for row in self.table.grid[:1] for cell in row}
        is_listed = any(_METHOD.fullmatch(one) or _PORTION.search(one) for one in headers)
        return bool(_SUBJECT.match(self.table.caption)) or is_listed or self._is_scale

    @cached_property
    def lists_people(self) -> bool:
        """Whether each row is one person, as a header says, or numbers without a name."""
        columns = range(self.table.width)
        headers = {label_text(part) for i in columns for part in self.table.column_path(i)}
        is_named = any(
            _PERSON.fullmatch(header) and header.upper().endswith(("ID", "NO", "NO.", "NUMBER"))
            for header in headers
        )
        return is_named or self._numbers_people

    @property
    def _numbers_people(self) -> bool:
        """Whether the labels are 1, 2, 3 and so on below a header that names nothing else."""
        header = [label_text(part) for part in self.table.column_path(0)]
        labels = [label_text(row[0].text) for row in self.table.body]
        numbers = [int(label) for label in labels if label.isdigit()]
        after = [1, *(number + 1 for number in numbers)]
        is_counted = all(n in (1, follows) for n, follows in zip(numbers, after, strict=False))
        is_open = all(map(_PERSON.fullmatch, filter(None, header)))
        return is_open and is_counted and len(numbers) > max(2, len(labels) / 2)

    @property
    def _is_scale(self) -> bool:
        """Whether the rows are the points of a scale: 0, 1, 2 below "Score"."""
        header = [label_text(part) for part in self.table.column_path(0)]
        labels = [label_text(row[0].text) for row in self.table.body]
        numbers = [int(label) for label in labels if label.isdigit()]
        is_counted = bool(numbers) and numbers == [*range(numbers[0], numbers[0] + len(numbers))]
        is_named = any(map(_SCALE.fullmatch, header))
        return is_named and is_counted and len(numbers) > len(labels) / 2

    @cached_property
    def _headers(self) -> frozenset[int]:
        """The rows of the body whose cells only name what stands below: "Week 12", "95% CI"."""
        rows = range(self.table.header_rows, len(self.table.grid))
        return frozenset(row for row in rows if self._is_header(row))

    def _is_header(self, row: int) -> bool:
        texts = [
            label_text(c.text) for i, c in enumerate(self.table.grid[row]) if i not in self.labels
        ]
        filled = [text for text in texts if text]
        return bool(filled) and all(map(names_column, filled))


def names_column(text: str) -> bool:
    """Whether a cell only names what stands below it: a group with its size, a time, a statistic.

    >>> [names_column(text) for text in ("Drug (n = 45)", "Week 12", "SD", "4.5", "n = 45")]
    [True, True, True, False, False]
    """
    is_sized = printed_size(text) is not None and text[:1].isalpha() and text[:2].lower() != "n "
    is_words = not any(map(str.isdigit, text)) and any(map(str.isalpha, text))
    is_named = text == "%" or (
        is_statistic(text) and any(map(str.isalpha, text)) and "=" not in text
    )
    return is_sized or is_words or is_moment(text) or is_named
