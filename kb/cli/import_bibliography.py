"""``kb import`` of bibliographies: entries become publications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from kb.cli.common import BAD_INPUT, echo
from kb.cli.importers import Importer, ImportRequest, InputFile
from kb.errors import InputError, Problem, RecordError
from kb.papers.bibliography.entry import Entry
from kb.papers.bibliography.formats import read_entries, recognised
from kb.papers.bibliography.merge import Merge, Merged
from kb.papers.publication_file import with_publications
from kb.records.load import load_shared
from kb.records.paths import record_file
from kb.records.shared_schema import PublicationRecord, PublicationsFile
from kb.records.yaml import MAX_PUBLICATIONS_BYTES, parse_mapping
from kb.util.atomic import write_atomically
from kb.util.wording import counted

Fields = Mapping[str, object]


def _recognise(file: InputFile) -> bool:
    return recognised(file.head)


def _run(request: ImportRequest) -> int:
    """Add the entries of all files to the publications; return the exit code."""
    records, loader = load_shared(request.root)
    if loader.problems:
        raise RecordError(loader.problems)
    result = _Result(Merge(records.publications, datetime.now(UTC).date().isoformat()))
    for file in request.files:
        for one in read_entries(file.data, str(file.path)):
            result.add(one, is_filled=request.fill)
    path = record_file(request.root, "publications")
    is_written = write_publications(path, records.publications, result.merge.new, result.fill)
    for message in result.messages:
        echo(message)
    for problem in result.problems:
        echo(str(problem), err=True)
    echo(result.summary())
    if is_written:
        echo(f"wrote {path}")
    return BAD_INPUT if result.problems else 0


class _Result:
    """What became of the entries."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self.fill: dict[str, Fields] = {}
        self.messages: list[str] = []
        self.problems: list[Problem] = []
        self._counts: Counter[str] = Counter()

    def add(self, one: Entry | Problem, *, is_filled: bool) -> None:
        merged = one if isinstance(one, Problem) else self.merge.add(one)
        if isinstance(merged, Problem):
            self.problems.append(merged)
            return
        self._counts[merged.state] += 1
        added = self.merge.filled(merged) if is_filled and merged.state == "known" else {}
        if added:
            self.fill[merged.id] = {**self.fill.get(merged.id, {}), **added}
        self.messages += _described(merged, added)

    def summary(self) -> str:
        states = [s for s in ("new", "known", "repeated") if self._counts[s]]
        parts = ", ".join(f"{self._counts[state]} {state}" for state in states)
        filled = f"; {len(self.fill)} completed" if self.fill else ""
        return f"{counted(self._counts.total(), 'entry', 'entries')}: {parts or 'none'}{filled}"


def _described(merged: Merged, added: Mapping[str, object]) -> Iterator[str]:
    """Yield what became of an entry, in lines."""
    entry = merged.entry
    by = f" ({merged.shared})" if merged.shared else ""
    yield f"{entry.file}:{entry.line}: {merged.state}: {merged.id}{by}"
    for name, value in merged.absent.items():
        shown = value["kind"] if isinstance(value, dict) else value
        yield f"  {'added' if name in added else 'not there'}: {name}: {shown}"
    yield from (f"  differs: {line}" for line in merged.differing)


def write_publications(
    path: Path,
    known: Mapping[str, PublicationRecord],
    new: Mapping[str, Fields],
    fill: Mapping[str, Fields],
) -> bool:
    """Write the publications, after checking that the new file can be read.

    Raises:
        InputError: the file would be too large, or it is laid out so that nothing can be added.
    """
    if not new and not fill:
        return False
    merged = with_publications(path.read_bytes().decode(), new, fill)
    data = merged.encode()
    if len(data) > MAX_PUBLICATIONS_BYTES:
        raise InputError(
            f"{path}: with {len(new):,} new publications it has {len(data):,} bytes, expected at "
            f"most {MAX_PUBLICATIONS_BYTES:,}: nothing was imported"
        )
    after = PublicationsFile.model_validate(parse_mapping(merged, path)).publications
    is_kept = all(after.get(slug) == record for slug, record in known.items() if slug not in fill)
    if not is_kept or after.keys() != known.keys() | new.keys():
        raise InputError(f"{path}: its layout leaves no place for more: nothing was imported")
    write_atomically(path, [data])
    return True


IMPORTER: Final = Importer(
    "a bibliography (RIS, BibTeX, PubMed XML, NBIB, CSL-JSON)", _recognise, _run
)
