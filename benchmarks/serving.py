"""`kb serve` under load from a second process, against the bare Oxigraph server.

``python -m benchmarks.serving`` prints the table. ``--times 30`` repeats the data under other
IRIs; ``--random 3600`` puts random and hostile load on the server for an hour instead.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from benchmarks.http_load import generate, question
from benchmarks.random_load import random_load
from benchmarks.servers import Running, kb, oxigraph

ROOT = Path(__file__).parent.parent
KINDS = ("new", "again")
RUNS = 5
SECONDS = 2.0
FLAT = 100_000
_PREPARED = 12_000
_unused = count()


def build_folder() -> Path:
    """The build that is served: ``KB_BENCH_BUILD``, else ``build/``."""
    return Path(os.environ.get("KB_BENCH_BUILD") or ROOT / "build").resolve()


@contextmanager
def repeated(build: Path, times: int) -> Iterator[Path]:
    """A build whose data are there many times, each time under other IRIs."""
    nquads = (build / "kb.nq").read_bytes()
    subjects = re.findall(rb"^<([^>]+)>", nquads, re.MULTILINE)
    base = os.path.commonprefix([min(subjects), max(subjects)])  # noqa: RUF071 - no paths
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "site").symlink_to(build / "site")
        with (Path(folder) / "kb.nq").open("wb") as written:
            for number in range(times):
                other = base if not number else base + b"copy-%d/" % number
                written.write(nquads.replace(b"<" + base, b"<" + other))
        yield Path(folder)


def queries(nquads: Path) -> dict[str, list[str]]:
    """The queries by what they are: about things that the data say much of, and about all."""
    store = ox.Store()
    store.bulk_load(path=str(nquads), format=ox.RdfFormat.N_QUADS)
    most = "SELECT ?s { GRAPH ?g { ?s ?p ?o } } GROUP BY ?s ORDER BY DESC(COUNT(*)) ?s LIMIT 100"
    things: Any = store.query(most)
    names = [str(row["s"]) for row in things]
    return {
        "yes or no": [f"ASK {{ {name} ?p ?o }}" for name in names],
        "one thing": [f"SELECT * {{ {name} ?p ?o }}" for name in names],
        "what points there": [f"SELECT * {{ ?s ?p {name} }} LIMIT 100" for name in names],
        "1,000 rows": ["SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 1000"],
        "count by property": ["SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"],
    }


def never_asked(path: str, texts: list[str]) -> list[str]:
    """Requests of which none was sent before, so that no answer is kept."""
    return [question(path, f"{texts[n % len(texts)]} # {next(_unused)}") for n in range(_PREPARED)]


def compared(
    ours: Running, peer: Running, name: str, texts: list[str], runs: int
) -> list[dict[str, Any]]:
    """Throughput with four connections: of new questions, and of those asked before."""
    told = []
    for kind in KINDS:
        rates = in_turns((ours, peer), kind, texts, 4, "per_second", runs)
        told.append(_row(f"serve: {name}, asked {kind}", rates, "requests/s", ours, peer))
    return told


def slowest(ours: Running, peer: Running, texts: list[str], runs: int) -> list[dict[str, Any]]:
    """The slowest hundredth of the answers to 32 clients."""
    told = []
    for kind in KINDS:
        times = in_turns((ours, peer), kind, texts, 32, "p99", runs)
        told.append(_row(f"serve: p99 with 32 clients, asked {kind}", times, "ms", ours, peer))
    return told


def in_turns(
    servers: tuple[Running, Running],
    kind: str,
    texts: list[str],
    clients: int,
    figure: str,
    runs: int,
) -> list[tuple[float, float]]:
    """Put the same load on two servers in turns, and return one figure of each run."""
    found = []
    for _ in range(runs):
        ours, peer = (
            generate(server.port, prepared(kind, server.path, texts), clients, seconds=SECONDS)
            for server in servers
        )
        _all_answered(ours, peer)
        found.append((ours[figure], peer[figure]))
    return found


def prepared(kind: str, path: str, texts: list[str]) -> list[str]:
    """Requests for queries: new ones, or the same again and again."""
    return never_asked(path, texts) if kind == "new" else [question(path, text) for text in texts]


def flat(server: Running, texts: list[str]) -> dict[str, Any]:
    """Memory after many requests against memory after a twentieth of them."""
    marks = []
    for share in (FLAT // 20, FLAT - FLAT // 20):
        done = 0
        while done < share:
            asked = never_asked(server.path, texts)
            number = min(len(asked), share - done)
            _all_answered(generate(server.port, asked, 8, number=number))
            done += number
        marks.append(server.memory())
    return {
        "name": f"serve: memory after {FLAT:,} requests, against after {FLAT // 20:,}",
        "ours": marks[1],
        "peer": marks[0],
        "ratio": marks[1] / marks[0],
        "unit": "MiB",
        "memory": marks[1],
    }


def _all_answered(*loads: dict[str, Any]) -> None:
    failed = sum(load["failed"] for load in loads)
    if failed:
        raise RuntimeError(f"{failed} requests were not answered with 200")


def _row(
    name: str, pairs: list[tuple[float, float]], unit: str, ours: Running, peer: Running
) -> dict[str, Any]:
    return {
        "name": name,
        "ours": statistics.median(one for one, _ in pairs),
        "peer": statistics.median(other for _, other in pairs),
        "ratio": statistics.median(one / other for one, other in pairs),
        "unit": unit,
        "memory": ours.memory(),
        "peer_memory": peer.memory(),
    }


def measure(build: Path | None = None, times: int = 1, runs: int = RUNS) -> list[dict[str, Any]]:
    """Measure; each row has ``name``, ``ours``, ``peer``, ``ratio``, ``unit`` and ``memory`` (MiB).

    Raises:
        FileNotFoundError: there is no build, or no Oxigraph server.
    """
    build = build or build_folder()
    if not (build / "kb.nq").is_file():
        raise FileNotFoundError(f"no dataset in {build}: run make first")
    with repeated(build, times) as served:
        asked = queries(served / "kb.nq")
        rows = []
        with kb(served) as ours, oxigraph(served / "kb.nq") as peer:
            for name, texts in asked.items():
                rows += compared(ours, peer, name, texts, runs)
            rows += slowest(ours, peer, asked["one thing"], runs)
            rows.append(flat(ours, asked["one thing"]))
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a line for each row, or put random load on the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="how often the data are repeated")
    parser.add_argument("--random", type=float, metavar="SECONDS", help="random load, for so long")
    parser.add_argument("--seed", type=int, default=1, help="of the random load")
    asked = parser.parse_args(arguments)
    if asked.random:
        found = random_load(build_folder(), asked.random, asked.seed)
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        return 1 if found["failures"] else 0
    for row in measure(times=asked.times):
        sys.stdout.write(
            f"{row['name']:60} {row['ours']:10,.1f} {row['peer']:10,.1f} {row['unit']:10} "
            f"{row['ratio']:6.2f} {row['memory']:8,.0f} MiB\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
