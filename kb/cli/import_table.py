"""``kb import`` of tables of results: rows become drafts."""

from __future__ import annotations

from typing import Final

from kb.cli.common import BAD_INPUT, echo
from kb.cli.importers import Importer, ImportRequest, InputFile
from kb.drafts.from_sheet import new_rows, write_rows
from kb.drafts.sheet_columns import Columns, Mapped, find_columns, read_mapped
from kb.drafts.sheet_rows import RowReader, SheetRow
from kb.drafts.sheets import delimiter_of, is_workbook, read_sheet
from kb.errors import Problem, RecordError
from kb.papers.bibliography.decode import decode
from kb.records.load import load_records
from kb.util.wording import counted

_MAX_SHOWN: Final = 200


def _recognise(file: InputFile) -> bool:
    """Whether it is a workbook, or text whose first line has three cells at least."""
    if is_workbook(file.data):
        return True
    lines = decode(file.data[:20_000]).split("\n", 1)
    first = lines[0]
    is_text = (
        len(lines) == 2 and "\0" not in first and not first.lstrip().startswith(("{", "[", "<"))
    )
    return is_text and first.count(delimiter_of(first)) >= 2


def _run(request: ImportRequest) -> int:
    records = load_records(request.root)
    mapped = read_mapped(request.mapping) if request.mapping else Mapped()
    rows: list[SheetRow] = []
    unused: list[str] = []
    for file in request.files:
        sheet = read_sheet(file.data, str(file.path), request.sheet)
        columns = find_columns(file.path, sheet, mapped)
        rows += RowReader(columns, records).rows()
        unused += _notes(columns)
    problems = [problem for row in rows for problem in row.problems]
    if problems and not request.keep_going:
        raise RecordError(_shortened(problems))
    found = new_rows(records, rows)
    for problem in _shortened(sorted(problems)):
        echo(str(problem), err=True)
    for note in unused:
        echo(note)
    for study in found:
        for number in study.known:
            echo(f"{study.study}: row {number} is there already")
        if study.rows:
            path = write_rows(request.root, study)
            echo(f"{study.study}: drafted {counted(len(study.rows), 'row')}, wrote {path}")
    left = sum(bool(row.problems) for row in rows)
    echo(f"{counted(len(rows), 'row')}, {left} left out")
    return BAD_INPUT if problems else 0


def _notes(columns: Columns) -> list[str]:
    notes = [f"{columns.file}: sheet {columns.sheet.name!r} is hidden"] * columns.sheet.hidden
    unused = ", ".join(map(repr, columns.unused))
    return notes + [f"{columns.file}: columns that are not used: {unused}"] * bool(unused)


def _shortened(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= _MAX_SHOWN:
        return problems
    more = f"{len(problems) - _MAX_SHOWN:,} more mistakes"
    last = problems[_MAX_SHOWN]
    return [*problems[:_MAX_SHOWN], Problem(last.file, last.line, "", more, "valid rows")]


IMPORTER: Final = Importer("a table of results (CSV, XLSX)", _recognise, _run)
