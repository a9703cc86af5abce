"""What is compared with what, and the target ratio."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.corpus import write_sample
from benchmarks.measuring import ROOT, Outcome, Task, measure
from benchmarks.serving import measure as under_load
from benchmarks.table import Row
from kb import KnowledgeBase
from kb.site.build import build

_GIBIBYTE = 2**30


@dataclass(frozen=True)
class Setup:
    """The corpora of a run, and how often everything is measured."""

    folder: Path
    sizes: list[int]
    repeats: int
    peers: int

    def corpus(self, size: int) -> Path:
        """Return where the evidence base of so many studies lies."""
        return self.folder / f"{size}-studies"

    def measure(self, *tasks: Task) -> list[Outcome]:
        """Run tasks in turns."""
        return measure(tasks, self.repeats)


def rows(setup: Setup, only: Collection[str] = ()) -> Iterator[Row]:
    """Measure group by group and yield the rows.

    Raises:
        ValueError: two tasks that must make the same did not.
    """
    groups: dict[str, Callable[[Setup], Iterator[Row]]] = {
        "graphs": _graphs,
        "growth": _growth,
        "questions": _questions,
        "starts": _starts,
        "builds": _builds,
        "serving": _serving,
    }
    for name, group in groups.items():
        if not only or name in only:
            yield from group(setup)


def _graphs(setup: Setup) -> Iterator[Row]:
    corpus = str(setup.corpus(setup.peers))
    kb, plain, linkml = setup.measure(
        Task("graphs:with_kb", (corpus,)),
        Task("graphs:with_plain_libraries", (corpus,)),
        Task("linkml:with_linkml", (corpus,)),
    )
    _alike(kb, plain, 0.001)
    _alike(kb, linkml, 0.05)  # one statement in two graphs is one triple
    what = f"records of {setup.peers:,} studies to {kb.amount:,} quads"
    for peer, theirs, target in (
        ("linkml-runtime", linkml, 20),
        ("PyYAML, pydantic, rdflib", plain, 10),
    ):
        busy = theirs.processor / kb.processor
        note = f"peer: {theirs.peak / 2**20:,.0f} MiB, {busy:.3g} times the processor's time"
        yield Row(what, peer, kb.seconds, theirs.seconds, target, False, kb.peak, note)


def _alike(one: Outcome, other: Outcome, within: float) -> None:
    """Refuse to compare what made different amounts."""
    if abs(one.amount - other.amount) > within * one.amount:
        raise ValueError(f"{one.amount} and {other.amount}: that is not the same work")


def _growth(setup: Setup) -> Iterator[Row]:
    """Each size against the smallest but one, study for study."""
    sizes = sorted(setup.sizes)
    tasks = {size: Task("graphs:streamed", (str(setup.corpus(size)),)) for size in sizes}
    found = dict(zip(sizes, setup.measure(*tasks.values()), strict=True))
    reference = sizes[min(1, len(sizes) - 1)]
    for size, outcome in found.items():
        each, peer = outcome.seconds / size, found[reference].seconds / reference
        note = f"{outcome.amount:,} quads in {outcome.seconds:,.1f} s"
        what, against = f"each of {size:,} studies to quads, checked", f"each of {reference:,}"
        target = 1.2 if size > reference else None
        yield Row(what, against, each, peer, target, True, outcome.peak, note)
    largest = sizes[-1]
    corpus = (str(setup.corpus(largest)),)
    disk, opened = setup.measure(Task("graphs:onto_disk", corpus), Task("graphs:opened", corpus))
    held = "under" if disk.peak < 2 * _GIBIBYTE else "over"
    note = f"{disk.amount:,} quads, with what all checks find; {held} 2 GiB"
    what = f"records of {largest:,} studies into a store on disk"
    yield Row(what, "", disk.seconds, None, None, True, disk.peak, note)
    note = "opened again for one query; the records have not changed"
    seconds = (opened.seconds, disk.seconds)
    yield Row("that store, once it is there", "making it", *seconds, 0.1, True, opened.peak, note)


def _questions(setup: Setup) -> Iterator[Row]:
    root = str(ROOT)
    kb, raw = setup.measure(
        Task("questions:with_kb", (root,)), Task("questions:with_pyoxigraph", (root,))
    )
    _alike(kb, raw, 0)
    what, note = f"{len(kb.parts)} named queries", f"{kb.amount} rows; all queries together"
    ours, theirs = sum(kb.parts.values()), sum(raw.parts.values())
    yield Row(what, "pyoxigraph, same SPARQL", ours, theirs, 1.3, True, kb.peak, note)
    few = str(write_sample(ROOT, setup.folder / "sample"))
    kb, rdflib = setup.measure(
        Task("questions:with_kb", (few,)), Task("questions:with_rdflib", (few,))
    )
    ratios = {name: rdflib.parts[name] / seconds for name, seconds in kb.parts.items()}
    middle = min(ratios, key=lambda name: abs(ratios[name] - median(ratios.values())))
    seconds, note = (kb.parts[middle], rdflib.parts[middle]), f"the median query: {middle}"
    yield Row(f"{what}, of a few studies", "rdflib's engine", *seconds, 20, False, kb.peak, note)
    if importlib.util.find_spec("duckdb") is not None:
        kb, raw = setup.measure(
            Task("questions:sql_with_kb", (root,)), Task("questions:sql_with_duckdb", (root,))
        )
        ours, theirs = sum(kb.parts.values()), sum(raw.parts.values())
        what = f"{len(kb.parts)} queries of the SQL cookbook"
        yield Row(what, "DuckDB", ours, theirs, 1.5, True, kb.peak)


def _starts(setup: Setup) -> Iterator[Row]:
    study = min(path.stem for path in (ROOT / "evidence" / "studies").glob("*.yaml"))
    words = ("show", study)
    measured = {
        "from kb import KnowledgeBase": setup.measure(
            Task("starting:importing"), Task("starting:importing_peer")
        ),
        "kb show STUDY": setup.measure(
            Task("starting:showing", words), Task("starting:showing_peer", words)
        ),
    }
    peer = "Python with the modules that it loads"
    for what, (ours, theirs) in measured.items():
        yield Row(f"`{what}`", peer, ours.seconds, theirs.seconds, 2, True, ours.peak)


def _builds(setup: Setup) -> Iterator[Row]:
    (built,) = setup.measure(Task("builds:building"))
    took, pages = built.parts, f"{built.amount} pages"
    full, bare = took["full"], took["bare mkdocs"]
    yield Row("`kb build`", "bare mkdocs", full, bare, 0.5, True, built.peak, pages)
    yield Row("`kb build`, nothing changed", "a full build", took["unchanged"], full, 0.1)


def _serving(setup: Setup) -> Iterator[Row]:
    """No query is sent twice, so that no answer is cached."""
    folder = setup.folder / "build"
    build(KnowledgeBase(ROOT), folder)
    for row in under_load(folder, runs=setup.repeats):
        what, peak = str(row["name"]), int(row["memory"] * 2**20)
        if row["unit"] == "requests/s":
            seconds = 1 / row["ours"], 1 / row["peer"]
            note = f"{row['ours']:,.0f} requests/s, with four connections"
            yield Row(what, "Oxigraph's server", *seconds, 0.5, False, peak, note)
        elif row["unit"] == "ms":
            seconds = row["ours"] / 1000, row["peer"] / 1000
            yield Row(what, "Oxigraph's server", *seconds, None, True, peak)
        else:
            yield Row(what, "", None, None, None, True, peak, f"{row['ratio']:.3g} times as much")
