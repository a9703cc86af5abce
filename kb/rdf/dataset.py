"""Make the dataset study by study: by several processes, in little memory.

``KnowledgeBase`` holds all records, to be asked anything. An evidence base of ten thousand
studies that only has to get into a store needs one study at a time.
"""

from __future__ import annotations

import multiprocessing
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from heapq import heappop, heappush
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

from kb.errors import Problem, RecordError
from kb.model import Study
from kb.rdf.closure import hierarchy_quads
from kb.rdf.study_checks import CrossStudyInput, StudyChecks, read_study_header
from kb.rdf.writer import GraphWriter, encoded, joined, ordered
from kb.records.expand import expand
from kb.records.integrity import IdIndex, shared_problems, study_problems
from kb.records.load import RecordLoader, Records, load_shared
from kb.records.paths import record_ids, study_file
from kb.records.problems import locate_problems
from kb.records.schema import StudyRecord
from kb.util.parallel import processors

_BATCH: Final = 16
"""So many studies are handed to a process at once."""
_FEW: Final = 64
"""For fewer studies, another process costs more than it saves."""

_Part = tuple[str, bytes]
"""Sorted lines, and what all of them begin with."""
T = TypeVar("T")


def statements(root: Path, processes: int | None = None) -> Iterator[bytes]:
    """Yield what the records of a project say as N-Quads, in parts that follow in order.

    Together they are the lines of ``KnowledgeBase.nquads`` about the ontology, the records and
    the adjudications. ``processes`` is by default the number of processors.

    Raises:
        RecordError: with every problem of the records, at the end; what was yielded until then
            is not to be used.

    >>> from kb.records.paths import find_root
    >>> next(statements(find_root())).startswith(b"<https://")
    True
    """
    making, found, names = _begin(root)
    before, after = making.shared() if making.is_sound else (b"", b"")
    with ExitStack() as stack:
        made = _each(making.batch, names, processes, stack)
        yield before
        yield from _in_order(_sound(made, found), making.prefix)
    if found.problems:
        raise RecordError(found.problems)
    yield after


def dataset(root: Path, texts: Path | None = None, processes: int | None = None) -> Iterator[bytes]:
    """Yield the whole dataset as N-Quads in parts, each of whole lines.

    Together they are the lines of ``KnowledgeBase.nquads``, in another order: also what is
    computed from the records. ``texts`` is the folder with the texts of the sources, if they
    are to be read; ``processes`` is by default the number of processors.

    Raises:
        RecordError: with every problem of the records, at the end; what was yielded until then
            is not to be used.

    >>> from kb.records.paths import find_root
    >>> next(dataset(find_root())).startswith(b"<https://")
    True
    """
    making, found, names = _begin(root)
    with ExitStack() as stack:
        if making.is_sound:
            outlines = _outlines(root, names, processes, stack)
            concluding = StudyChecks(making.records, outlines, making.writer, texts)
            concluding.prepare()
            making = replace(making, concluding=concluding)
        made = _each(making.batch, names, processes, stack)
        yield b"".join(making.shared()) if making.is_sound else b""
        for _, page, itself in _sound(made, found):
            yield page + itself
    if found.problems:
        raise RecordError(found.problems)
    if making.concluding:
        yield joined(making.concluding.across(found.needed))


@dataclass
class _Batch:
    """What was made of some studies, and what was wrong with them."""

    parts: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    """For each study its id, the lines about what is on its page, and those about itself."""
    problems: list[Problem] = field(default_factory=list)
    needed: list[CrossStudyInput] = field(default_factory=list)


def _begin(root: Path) -> tuple[_Making, _Batch, list[str]]:
    """Read what studies share, and return what makes their lines, what was wrong, and their ids."""
    shared, reader = load_shared(root)
    names = record_ids(root, "studies")
    making = _Making(shared, frozenset(names) | reader.broken)
    problems = [*reader.problems, *making.shared_problems()]
    return replace(making, is_sound=not problems), _Batch([], problems), names


def _outlines(
    root: Path, names: Sequence[str], processes: int | None, stack: ExitStack
) -> dict[str, Study]:
    read = partial(_outlined, root)
    return {s.id: s for some in _each(read, names, processes, stack) for s in some}


def _outlined(root: Path, names: Sequence[str]) -> list[Study]:
    return [study for name in names if (study := read_study_header(root, name)) is not None]


def _sound(made: Iterable[_Batch], found: _Batch) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield the parts of each study until there is a problem; collect all else in ``found``."""
    for batch in made:
        found.problems += batch.problems
        found.needed += batch.needed
        if not found.problems:
            yield from batch.parts


def _each(
    make: Callable[[Sequence[str]], T],
    names: Sequence[str],
    processes: int | None,
    stack: ExitStack,
) -> Iterator[T]:
    """Make something of the studies, some at a time, in order; processes end with ``stack``."""
    batches = [names[start : start + _BATCH] for start in range(0, len(names), _BATCH)]
    number = processes or processors()
    alone = number == 1 or len(names) < _FEW
    if alone or "fork" not in multiprocessing.get_all_start_methods():
        return map(make, batches)
    # Copies of this process have what was read so far. They are made at once: before whoever
    # takes what they make has threads or files.
    fork = multiprocessing.get_context("fork")
    pool = stack.enter_context(fork.Pool(number, _COPY.append, (make,)))
    return _ahead(pool, batches, 2 * number)


def _ahead(pool: Any, batches: Iterable[Sequence[str]], some: int) -> Iterator[Any]:
    """Keep few batches under way at any time: a store takes them slower than they are made."""
    waiting = iter(batches)
    ahead = deque(pool.apply_async(_in_copy, (b,)) for b in islice(waiting, some))
    while ahead:
        made = ahead.popleft().get()
        ahead.extend(pool.apply_async(_in_copy, (b,)) for b in islice(waiting, 1))
        yield made


_COPY: list[Callable[[Sequence[str]], Any]] = []
"""In a copy of the process: what makes something of studies, which no message could carry."""


def _in_copy(names: Sequence[str]) -> Any:
    return _COPY[0](names)


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
    is_sound: bool = True
    """Whether the shared records are; if not, studies are checked and nothing is made of them."""
    concluding: StudyChecks | None = None
    """Computes what is to be computed as well."""

    @property
    def prefix(self) -> str:
        """What the subject of every statement about a study begins with."""
        return f"<{self.records.vocabulary.base}study/"

    @cached_property
    def known(self) -> IdIndex:
        """The names that references may lead to."""
        return IdIndex(self.records, self.names)

    @cached_property
    def writer(self) -> GraphWriter:
        """What writes the statements."""
        return GraphWriter(self.records.vocabulary)

    def shared_problems(self) -> Iterator[Problem]:
        """Yield what leads nowhere in the shared records."""
        yield from locate_problems(shared_problems(self.records, self.known))

    def shared(self) -> tuple[bytes, bytes]:
        """Return the statements that come before those about studies, and those after."""
        evidence = expand(replace(self.records, adjudications={}))
        lines = [*self.writer.shared(evidence), *hierarchy_quads(self.writer)]
        lines = ordered(lines)
        at = bisect_left(lines, self.prefix)
        return encoded(lines[:at]), encoded(lines[at:])

    def batch(self, names: Sequence[str]) -> _Batch:
        """Read, check and write some studies."""
        reader, made = RecordLoader(self.records.root, self.records.vocabulary), _Batch()
        for name in names:
            try:
                self._study(name, reader, made)
            except RecordError as error:
                reader.problems += error.problems
        made.problems += reader.problems
        return made

    def _study(self, name: str, reader: RecordLoader, made: _Batch) -> None:
        study = reader.load_record(study_file(self.records.root, name), StudyRecord)
        if study is None:
            return
        problems = list(study_problems(name, study, self.records, self.known))
        records = self._around(name, study)
        if problems:
            raise RecordError(list(locate_problems(problems)))
        if not self.is_sound:
            return
        evidence = expand(records)
        lines = self.writer.of_studies(evidence)
        if self.concluding:
            computed, needed = self.concluding.of_study(evidence)
            lines += computed
            made.needed.append(needed)
        lines = ordered(lines)
        at = bisect_left(lines, f"{self.prefix}{name}>")  # after all that begins with name#
        made.parts.append((name, encoded(lines[:at]), encoded(lines[at:])))

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
