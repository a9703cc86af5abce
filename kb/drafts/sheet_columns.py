"""Which column of a table has which field of a claim: by usual names, or by a mapping file.

A mapping file is YAML: ``columns`` names the header of a field, ``constants`` gives a field one
value in all rows, ``words`` says which word of the vocabulary, group, source or section a text of
the table stands for, ``header`` is the number of the row with the headers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pydantic import Field, ValidationError

from kb.drafts.sheets import Row, Sheet, column_letters
from kb.errors import Problem, RecordError, nearest
from kb.records.fields import Label, StrictModel
from kb.records.problems import validation_problems
from kb.records.yaml import RecordFile, read_mapping

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "study": ("study", "study id", "trial", "trial name"),
    "source": ("source", "source id", "paper", "publication", "reference"),
    "place": ("place", "at", "section", "table", "location", "where"),
    "row": ("row", "row label", "table row"),
    "column": ("column", "column label", "table column"),
    "endpoint": ("endpoint", "outcome", "variable", "measure"),
    "category": ("category", "subcategory", "level of outcome", "grade"),
    "named": ("named", "endpoint as printed", "outcome as printed"),
    "group": ("group", "arm", "treatment", "cohort"),
    "versus": ("versus", "vs", "comparator", "control", "compared with"),
    "statistic": ("statistic", "stat", "effect measure", "type of estimate"),
    "value": ("value", "result", "figure", "estimate", "point estimate"),
    "n": ("n", "events", "count", "n events", "number"),
    "of": ("of", "total", "denominator", "n total", "out of", "n analysed", "n analyzed"),
    "sd": ("sd", "standard deviation", "std dev"),
    "se": ("se", "standard error", "sem"),
    "low": ("low", "lower", "lower bound", "ci low", "lower ci", "ci lower", "lcl"),
    "high": ("high", "upper", "upper bound", "ci high", "upper ci", "ci upper", "ucl"),
    "bounds": ("bounds", "kind of bounds", "interval", "type of interval"),
    "level": ("level", "ci level", "confidence level"),
    "p": ("p", "p value", "pvalue"),
    "time": ("time", "time point", "timepoint", "follow up"),
    "unit": ("unit", "units"),
    "printed": ("printed", "quote", "text", "as printed"),
    "note": ("note", "notes", "comment", "comments", "remark"),
}
"""The fields of a row, and the headers by which each is known."""
FIGURES: Final = ("value", "n", "of", "sd", "se", "low", "high", "p")
NEEDED: Final = ("source", "place", "endpoint", "group")
_SIGNS: Final = re.compile(r"[^a-z0-9]+")


class Mapped(StrictModel):
    """The content of a mapping file."""

    columns: dict[str, Label] = Field(default_factory=dict)
    constants: dict[str, Label] = Field(default_factory=dict)
    words: dict[str, dict[str, Label]] = Field(default_factory=dict)
    header: int | None = Field(None, ge=1)
    decimal_comma: bool | None = None


def read_mapped(path: Path) -> Mapped:
    """Read a mapping file.

    Raises:
        RecordError: with every problem of the file, such as an unknown field.
    """
    data = read_mapping(path)
    try:
        mapped = Mapped.model_validate(data)
    except ValidationError as error:
        raise RecordError(validation_problems(error, path)) from error
    file = RecordFile(path)
    problems = [
        file.problem((part, name), name, "a field of a row", nearest(name, NAMES))
        for part in ("columns", "constants", "words")
        for name in getattr(mapped, part)
        if name not in NAMES
    ]
    if problems:
        raise RecordError(problems)
    return mapped


@dataclass(frozen=True)
class Columns:
    """The column of each field, and the rows below the headers."""

    file: Path
    sheet: Sheet
    mapped: Mapped
    header: int
    fields: Mapping[str, int]
    unused: tuple[str, ...] = field(default=())
    """The headers of columns that are not read."""

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows below the headers, with their numbers."""
        yield from ((n, row) for n, row in self.sheet.rows.items() if n > self.header)

    def problem(self, row: int, name: str, found: str, expected: str, near: str = "") -> Problem:
        """Return a problem of a cell: with its sheet, row, column and header."""
        column = self.fields.get(name)
        where = name
        if column is not None:
            title = self.sheet.rows[self.header][column].text
            where = f"{column_letters(column)}{row} {title!r}"
        sheet = f"{self.sheet.name}!" if self.sheet.name and column is not None else ""
        return Problem(str(self.file), row, sheet + where, found, expected, near)


def find_columns(file: Path, sheet: Sheet, mapped: Mapped) -> Columns:
    """Return which column has which field.

    Raises:
        RecordError: a header is missing, or is there twice; or no column has a field that all
            rows need.
    """
    number = mapped.header or next(iter(sheet.rows), 0)
    headers = {i: cell.text for i, cell in sheet.rows.get(number, {}).items()}
    if not headers:
        problem = Problem(str(file), number, "", "an empty row", "a row with headers")
        raise RecordError([problem])
    problems: list[Problem] = []
    fields: dict[str, int] = {}
    for name in NAMES:
        if name in mapped.constants and name not in mapped.columns:
            continue
        given = mapped.columns.get(name)
        wanted = {_folded(given)} if given else set(NAMES[name])
        found = [i for i, text in headers.items() if _folded(text) in wanted]
        found = [i for i in found if given or i not in fields.values()]
        if len(found) > 1:
            shown = " and ".join(column_letters(i) for i in found)
            expected = f"one column for {name}: say which in a mapping file"
            problems.append(Problem(str(file), number, "", f"columns {shown}", expected))
        elif found:
            fields[name] = found[0]
        elif given:
            near = nearest(given, headers.values())
            expected = f"a header of the table, for {name}"
            problems.append(Problem(str(file), number, "", given, expected, near))
    problems += _missing(file, number, {*fields, *mapped.constants})
    if problems:
        raise RecordError(problems)
    unused = tuple(text for i, text in headers.items() if i not in fields.values())
    return Columns(file, sheet, mapped, number, fields, unused)


def _missing(file: Path, number: int, known: set[str]) -> Iterator[Problem]:
    how = "name it in a mapping file, with --map"
    for name in (*NEEDED, "study"):
        if name not in known:
            headers = ", ".join(map(repr, NAMES[name]))
            yield Problem(
                str(file), number, "", f"no column for {name}", f"one of {headers}; or {how}"
            )
    if known.isdisjoint(FIGURES):
        yield Problem(str(file), number, "", "no column with a figure", f"'value' or 'n'; or {how}")


def _folded(text: str) -> str:
    return " ".join(_SIGNS.sub(" ", text.casefold()).split())
