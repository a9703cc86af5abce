"""Make the statements of the records study by study: by several processes, in little memory.

``KnowledgeBase`` holds all records, to be asked anything. An evidence base of ten thousand
studies that only has to get into a store needs one study at a time. What is computed from all
of the evidence (verification, findings) is not among these statements.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from heapq import heappop, heappush
from itertools import islice
from pathlib import Path
from typing import Final

from kb.errors import Problem, RecordError
from kb.expansion import expand
from kb.graph import GraphWriter, joined
from kb.hierarchy import hierarchy_quads
from kb.loading import Reader, Records, load_shared, placed, study_file
from kb.records import StudyRecord
from kb.references import Known, shared_problems, study_problems

_BATCH: Final = 16
"""So many studies are handed to a process at once."""
_FEW: Final = 64
"""For fewer studies, another process costs more than it saves."""

_Part = tuple[str, bytes]
"""Sorted lines, and what all of them begin with."""


def statements(root: Path, processes: int | None = None) -> Iterator[bytes]:
    """Yield what the records of a project say as N-Quads, in parts that follow in order.

    Together they are the lines of ``KnowledgeBase.nquads`` about the ontology, the records and
    the adjudications. ``processes`` is by default the number of processors.

    Raises:
        RecordError: with every problem of the records, at the end; what was yielded until then
            is not to be used.

    >>> from kb.loading import find_root
    >>> next(statements(find_root())).startswith(b"<https://")
    True
    """
    shared, reader = load_shared(root)
    names = sorted(path.stem for path in (root / "evidence" / "studies").glob("*.yaml"))
    making = _Making(shared, frozenset(names) | reader.broken)
    found = _Batch([], [*reader.problems, *making.shared_problems()])
    before, after = making.shared()
    yield before
    yield from _in_order(_parts(making, names, processes, found), making.prefix)
    if found.problems:
        raise RecordError(found.problems)
    yield after


@dataclass
class _Batch:
    """What was made of some studies, and what was wrong with them."""

    parts: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    """For each study its id, the lines about what is on its page, and those about itself."""
    problems: list[Problem] = field(default_factory=list)


def _parts(
    making: _Making, names: list[str], processes: int | None, found: _Batch
) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield the parts of each study in order, until there is a problem; collect the problems."""
    batches = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
    if "fork" not in multiprocessing.get_all_start_methods() or len(names) < _FEW:
        processes = 1
    for batch in _made(making, batches, processes or os.cpu_count() or 1):
        found.problems += batch.problems
        if not found.problems:
            yield from batch.parts


def _made(making: _Making, batches: list[list[str]], processes: int) -> Iterator[_Batch]:
    if processes == 1:
        yield from map(making.batch, batches)
        return
    # Copies of this process have what was read so far. Few batches are under way at any time:
    # a store takes them slower than they are made.
    waiting = iter(batches)
    with multiprocessing.get_context("fork").Pool(processes, _COPY.append, (making,)) as pool:
        ahead = deque(pool.apply_async(_batch, (b,)) for b in islice(waiting, 2 * processes))
        while ahead:
            batch = ahead.popleft().get()
            ahead.extend(pool.apply_async(_batch, (b,)) for b in islice(waiting, 1))
            yield batch


_COPY: list[_Making] = []
"""In a copy of the process: what it makes batches with, which no message could carry."""


def _batch(names: list[str]) -> _Batch:
    return _COPY[0].batch(names)


def _in_order(parts: Iterator[tuple[str, bytes, bytes]], prefix: str) -> Iterator[bytes]:
    """Yield parts by what their lines begin with: ``a#…``, ``a-b#…``, ``a-b>``, ``a>``."""
    waiting: list[_Part] = []
    for name, page, itself in parts:
        begin = f"{prefix}{name}#"
        while waiting and waiting[0][0] < begin:
            yield heappop(waiting)[1]
        yield page
        heappush(waiting, (f"{prefix}{name}>", itself))
    while waiting:
        yield heappop(waiting)[1]


@dataclass(frozen=True)
class _Making:
    """What the making of each study needs: the shared records, and the names that exist."""

    records: Records
    names: frozenset[str]

    @property
    def prefix(self) -> str:
        """What the subject of every statement about a study begins with."""
        return f"<{self.records.vocabulary.base}study/"

    @cached_property
    def known(self) -> Known:
        """The names that references may lead to."""
        return Known(self.records, self.names)

    @cached_property
    def writer(self) -> GraphWriter:
        """What writes the statements."""
        return GraphWriter(self.records.vocabulary)

    def shared_problems(self) -> Iterator[Problem]:
        """Yield what leads nowhere in the shared records."""
        yield from placed(self.records, shared_problems(self.records, self.known))

    def shared(self) -> tuple[bytes, bytes]:
        """Return the statements that come before those about studies, and those after."""
        evidence = expand(replace(self.records, adjudications={}))
        lines = [*self.writer.shared(evidence), *hierarchy_quads(self.writer)]
        return (
            joined(line for line in lines if line < self.prefix),
            joined(line for line in lines if line >= self.prefix),
        )

    def batch(self, names: list[str]) -> _Batch:
        """Read, check and write some studies."""
        reader, made = Reader(self.records.root, self.records.vocabulary), _Batch()
        for name in names:
            try:
                made.parts += self._study(name, reader)
            except RecordError as error:
                reader.problems += error.problems
        made.problems += reader.problems
        return made

    def _study(self, name: str, reader: Reader) -> Iterator[tuple[str, bytes, bytes]]:
        study = reader.named(study_file(self.records.root, name), StudyRecord)
        if study is None:
            return
        problems = list(study_problems(name, study, self.records, self.known))
        records = self._around(name, study)
        if problems:
            raise RecordError(list(placed(records, problems)))
        lines = self.writer.of_studies(expand(records))
        itself = f"{self.prefix}{name}>"
        yield (
            name,
            joined(line for line in lines if not line.startswith(itself)),
            joined(line for line in lines if line.startswith(itself)),
        )

    def _around(self, name: str, study: StudyRecord) -> Records:
        """Return the records that one study's statements are made of."""
        shared = self.records
        used = {report.source for report in study.reports}
        return replace(
            shared,
            publications={},
            sources={n: shared.sources[n] for n in sorted(used) if n in shared.sources},
            studies={name: study},
            adjudications={n: a for n, a in shared.adjudications.items() if n == name},
        )
