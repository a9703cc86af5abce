"""``kb import`` of entries of ClinicalTrials.gov: sources of their own, and drafts of claims."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from kb.cli.common import BAD_INPUT, echo
from kb.cli.import_bibliography import write_publications
from kb.cli.importers import Importer, ImportRequest, InputFile
from kb.cli.read import refuse_committed
from kb.drafts.draft import merged
from kb.drafts.registration import RegistrationDrafter, missing_items
from kb.drafts.store import drafts_file, read_drafts, write_drafts
from kb.errors import InputError, KbError, Problem, ReadError, RecordError
from kb.papers.registry.entry import Entry
from kb.papers.registry.files import read_entries
from kb.papers.registry.paper import registry_paper, source_id
from kb.papers.source import RecordDraft, draft_record
from kb.records.load import Records, load_records
from kb.records.paths import record_file
from kb.records.shared_schema import PublicationRecord
from kb.records.yaml import read_mapping
from kb.sources.text import MAX_BYTES, load_text
from kb.util.atomic import write_atomically
from kb.util.child import MEMORY, read_limited
from kb.util.wording import counted

_MAX_SECONDS: Final = 120.0
_ENTRY: Final = re.compile(
    r'\s*(?:\{|\[\s*\{).{0,100000}?"(?:protocolSection|studies)"\s*:', re.DOTALL
)
_OLDER: Final = re.compile(
    r'\s*(?:[\[{].{0,100000}?"(?:FullStudiesResponse|StudyFieldsResponse|ProtocolSection)"\s*:'
    r'|(?:<\?xml[^>]*>\s*)?<(?:clinical_study|search_results)\b|"?NCT Number"?,)',
    re.DOTALL,
)
"""Forms in which the registry gave entries before, or gives only a summary of them."""
_ENTRY_URL: Final = "https://clinicaltrials.gov/api/v2/studies/NCT01234567"


class _Read(NamedTuple):
    """An entry with its file, its text and its record."""

    file: str
    entry: Entry
    draft: RecordDraft


def _recognise(file: InputFile) -> bool:
    return any(form.match(file.head) for form in (_ENTRY, _OLDER))


def _run(request: ImportRequest) -> int:
    """Import the entries of all files; those with problems are named and left out."""
    folder = request.texts or request.root / "texts"
    if not folder.is_dir():
        raise InputError("name the folder with the texts: --texts DIR, or KB_SOURCE_TEXTS")
    refuse_committed(folder)
    records = load_records(request.root)
    problems: list[Problem | KbError] = []
    read: dict[str, _Read] = {}
    for file in request.files:
        try:
            found, wrong = _entries(file, records)
        except (ReadError, RecordError) as error:
            problems.append(error)
            continue
        problems += wrong
        for one in found:
            if one.draft.id in read:
                expected = "each entry once"
                problems.append(Problem(str(file.path), 0, "", one.entry.nct_id, expected))
            else:
                read[one.draft.id] = one
    kept = _written(records, folder, read, problems)
    if kept:
        _draft(load_records(request.root), folder, kept)
    for problem in problems:
        echo(str(problem), err=True)
    return BAD_INPUT if problems else 0


def _entries(file: InputFile, records: Records) -> tuple[list[_Read], list[Problem]]:
    """Read a file within bounds of time and memory."""
    name, known = str(file.path), records.publications
    if not _ENTRY.match(file.head):
        form = "an older form of ClinicalTrials.gov, or its list of studies"
        raise ReadError(f"{name}: {form}; expected the JSON of its API v2, as {_ENTRY_URL} gives")

    def work() -> tuple[list[_Read], list[Problem]]:
        entries, problems = read_entries(file.data, name)
        return [_Read(name, one, _drafted(one, known)) for one in entries], problems

    return read_limited(name, work, _MAX_SECONDS, MEMORY)


def _drafted(entry: Entry, known: Mapping[str, PublicationRecord]) -> RecordDraft:
    return draft_record(registry_paper(entry), source_id(entry.nct_id), known)


def _written(
    records: Records, folder: Path, read: dict[str, _Read], problems: list[Problem | KbError]
) -> list[_Read]:
    """Write the sources that are new, and return them with those that are there as they are."""
    root, known = records.root, records.publications
    new: list[_Read] = []
    kept: list[_Read] = []
    for name, one in read.items():
        record, text = record_file(root, "sources", name), folder / f"{name}.txt"
        if len(_content(one)) > MAX_BYTES:
            expected = f"an entry whose text has at most {MAX_BYTES // 1_000_000} MB"
            problems.append(Problem(one.file, 0, "", one.entry.nct_id, expected))
        elif not record.exists() and not text.exists():
            new.append(one)
        elif record.exists() and text.exists() and text.read_bytes() == _content(one):
            echo(f"{name}: there already, unchanged")
            kept.append(one)
        else:
            path = text if text.exists() else record
            expected = "no file, or the text of this entry: to read it anew, remove record and text"
            problems.append(Problem(str(path), 0, "", one.entry.nct_id, expected))
    if new:
        more = {slug: p for one in new for slug, p in one.draft.publications.items()}
        write_publications(record_file(root, "publications"), known, more, {})
    for one in new:
        record = record_file(root, "sources", one.draft.id)
        record.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / f"{one.draft.id}.txt", [_content(one)])
        write_atomically(record, [one.draft.record.encode()])
        parts = counted(len(one.draft.source.parts), "section or table", "sections and tables")
        echo(f"wrote {record}: {parts}")
    return [*new, *kept]


def _content(one: _Read) -> bytes:
    return one.draft.source.text.encode()


def _draft(records: Records, folder: Path, read: list[_Read]) -> None:
    """Draft the claims of each entry about the study that has its number."""
    for one in read:
        number = one.entry.nct_id
        studies = [s for s in records.studies.values() if number in s.registry]
        own = [s for s in studies if not s.analysis_of] or studies
        if len(own) != 1:
            found = f"{', '.join(s.id for s in own)} have" if own else "no study has"
            echo(f"{number}: nothing drafted: {found} it under 'registry'; give it to one study")
            continue
        [study] = own
        source = records.sources[one.draft.id]
        existing = read_drafts(records.root, study.id, records.vocabulary)
        path = drafts_file(records.root, study.id)
        raw = read_mapping(path, records.root) if path.exists() else {}
        text = load_text(folder, source)
        drafter = RegistrationDrafter(records, study, source, text, existing, one.entry)
        made = drafter.draft()
        if made.reports or made.suggestions:
            write_drafts(records.root, study.id, merged(existing, raw, made))
        blocks = counted(sum(len(report["claims"]) for report in made.reports), "block")
        echo(f"{number}: drafted {blocks} about {study.id}, left {len(made.left)}: {path}")
        if missing := missing_items(drafter):
            echo(f"not drafted, as no endpoint is one (kb:protocolItem): {', '.join(missing)}")


IMPORTER: Final = Importer("entries of ClinicalTrials.gov (API v2, JSON)", _recognise, _run)
"""Entries of a registry of trials, read into sources with drafts of their claims."""
