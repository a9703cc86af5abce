"""Rows of a table of results as drafts of their studies, without those that are there already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from kb.drafts.insertion import with_entries
from kb.drafts.readings import Reading
from kb.drafts.sheet_rows import SheetRow
from kb.drafts.store import (
    as_study,
    drafts_file,
    read_drafts,
    report_lines,
    write_drafts,
)
from kb.errors import InputError
from kb.model import Claim
from kb.records.expand import block_claims
from kb.records.load import Records
from kb.util.atomic import write_atomically


@dataclass
class StudyRows:
    """The rows about one study: those that become drafts, and those that are there already."""

    study: str
    rows: list[SheetRow] = field(default_factory=list)
    known: list[int] = field(default_factory=list)


def new_rows(records: Records, rows: Iterable[SheetRow]) -> list[StudyRows]:
    """Return the rows of each study that neither its record nor its drafts have.

    Raises:
        RecordError: the drafts of a study have problems.
    """
    by_study: dict[str, list[SheetRow]] = {}
    for row in rows:
        if row.report is not None:
            by_study.setdefault(row.study, []).append(row)
    return [_new_rows(records, study, found) for study, found in sorted(by_study.items())]


def _new_rows(records: Records, study: str, rows: list[SheetRow]) -> StudyRows:
    record = records.studies[study]
    drafts = read_drafts(records.root, study, records.vocabulary)
    seen = {
        _key(claim) for one in (record, as_study(record, drafts)) for claim in _all(one, records)
    }
    found = StudyRows(study)
    reports = [row.report for row in rows if row.report is not None]
    claims = block_claims(record.model_copy(update={"reports": reports}), records)
    for row, block in zip(rows, claims, strict=True):
        keys = {_key(claim) for claim in block}
        if keys <= seen:
            found.known.append(row.number)
        else:
            found.rows.append(row)
        seen |= keys
    return found


def _all(study: Any, records: Records) -> Iterator[Claim]:
    for block in block_claims(study, records):
        yield from block


def _key(claim: Claim) -> tuple[object, ...]:
    facts = Reading("", 0, 0, "", claim).facts
    return (claim.source, claim.section, claim.row, claim.column, *facts.values())


def write_rows(root: Path, found: StudyRows) -> Path:
    """Add the rows of a study to its drafts, where every line stays as it is.

    Raises:
        InputError: the drafts have a layout into which reports cannot be put line by line.
    """
    path = drafts_file(root, found.study)
    reports = list(_grouped(found.rows))
    if not path.exists():
        return write_drafts(root, found.study, {"reports": reports})
    text = path.read_text(encoding="utf-8")
    try:
        for report in reports:
            text = with_entries(text, "reports", list(report_lines(report, "")))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    write_atomically(path, [text.encode()])
    return path


def _grouped(rows: Iterable[SheetRow]) -> Iterator[dict[str, Any]]:
    """Yield a report for each run of rows from one place."""
    found = ((row.report, row.block) for row in rows if row.report is not None)
    for (source, at), run in groupby(found, key=lambda one: (one[0].source, one[0].at)):
        yield {"source": source, "at": at, "claims": [block for _, block in run]}
