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

from benchmarks.http_load import generate_load, get_request
from benchmarks.random_load import random_load
from benchmarks.servers import RunningServer, kb, oxigraph

ROOT = Path(__file__).parent.parent
RUNS = 5
SECONDS = 2.0
MANY_REQUESTS = 100_000
_REQUESTS_PER_LOAD = 12_000
_query_number = count()


def build_folder() -> Path:
    """Return the build that is served: ``KB_BENCH_BUILD``, else ``build/``."""
    return Path(os.environ.get("KB_BENCH_BUILD") or ROOT / "build").resolve()


@contextmanager
def repeated(build: Path, times: int) -> Iterator[Path]:
    """Write a build that holds the data so many times, each time under other IRIs."""
    nquads = (build / "kb.nq").read_bytes()
    subjects = re.findall(rb"^<([^>]+)>", nquads, re.MULTILINE)
    base = os.path.commonprefix([min(subjects), max(subjects)])  # noqa: RUF071 - not paths
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "site").symlink_to(build / "site")
        with (Path(folder) / "kb.nq").open("wb") as file:
            for number in range(times):
                other = base if not number else base + b"copy-%d/" % number
                file.write(nquads.replace(b"<" + base, b"<" + other))
        yield Path(folder)


def benchmark_queries(nquads: Path) -> dict[str, list[str]]:
    """Return queries about the 100 subjects with the most statements, and about all data."""
    store = ox.Store()
    store.bulk_load(path=str(nquads), format=ox.RdfFormat.N_QUADS)
    largest = "SELECT ?s { GRAPH ?g { ?s ?p ?o } } GROUP BY ?s ORDER BY DESC(COUNT(*)) ?s LIMIT 100"
    rows: Any = store.query(largest)
    subjects = [str(row["s"]) for row in rows]
    return {
        "yes or no": [f"ASK {{ {subject} ?p ?o }}" for subject in subjects],
        "one thing": [f"SELECT * {{ {subject} ?p ?o }}" for subject in subjects],
        "what points there": [f"SELECT * {{ ?s ?p {subject} }} LIMIT 100" for subject in subjects],
        "1,000 rows": ["SELECT * { GRAPH ?g { ?s ?p ?o } } LIMIT 1000"],
        "count by property": ["SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p"],
    }


def new_requests(path: str, queries: list[str]) -> list[str]:
    """Return requests that were never sent before, so that no answer is cached."""
    return [
        get_request(path, f"{queries[n % len(queries)]} # {next(_query_number)}")
        for n in range(_REQUESTS_PER_LOAD)
    ]


def alternate(
    servers: tuple[RunningServer, RunningServer],
    queries: list[str],
    clients: int,
    figure: str,
    runs: int,
) -> list[tuple[float, float]]:
    """Put the same load on two servers in turns, and return one figure of each run."""
    pairs = []
    for _ in range(runs):
        ours, peer = (
            generate_load(server.port, new_requests(server.path, queries), clients, seconds=SECONDS)
            for server in servers
        )
        _require_success(ours, peer)
        pairs.append((ours[figure], peer[figure]))
    return pairs


def memory_growth(server: RunningServer, queries: list[str]) -> dict[str, Any]:
    """Compare the memory after many requests with that after a twentieth of them."""
    few = MANY_REQUESTS // 20
    memory = []
    for number in (few, MANY_REQUESTS - few):
        sent = 0
        while sent < number:
            requests = new_requests(server.path, queries)
            batch = min(len(requests), number - sent)
            _require_success(generate_load(server.port, requests, 8, number=batch))
            sent += batch
        memory.append(server.memory())
    return {
        "name": f"serve: memory after {MANY_REQUESTS:,} requests, against after {few:,}",
        "ours": memory[1],
        "peer": memory[0],
        "ratio": memory[1] / memory[0],
        "unit": "MiB",
        "memory": memory[1],
    }


def _require_success(*loads: dict[str, Any]) -> None:
    failed = sum(load["failed"] for load in loads)
    if failed:
        raise RuntimeError(f"{failed} requests were not answered with 200")


def _row(
    name: str, pairs: list[tuple[float, float]], unit: str, servers: tuple[RunningServer, ...]
) -> dict[str, Any]:
    memory, peer_memory = (server.memory() for server in servers)
    return {
        "name": name,
        "ours": statistics.median(ours for ours, _ in pairs),
        "peer": statistics.median(peer for _, peer in pairs),
        "ratio": statistics.median(ours / peer for ours, peer in pairs),
        "unit": unit,
        "memory": memory,
        "peer_memory": peer_memory,
    }


def measure(build: Path | None = None, times: int = 1, runs: int = RUNS) -> list[dict[str, Any]]:
    """Measure; each row has ``name``, ``ours``, ``peer``, ``ratio``, ``unit`` and ``memory`` (MiB).

    Raises:
        FileNotFoundError: the build, or the Oxigraph server, is missing.
    """
    build = build or build_folder()
    if not (build / "kb.nq").is_file():
        raise FileNotFoundError(f"no dataset in {build}: run make first")
    with repeated(build, times) as served:
        queries = benchmark_queries(served / "kb.nq")
        rows = []
        with kb(served) as ours, oxigraph(served / "kb.nq") as peer:
            servers = ours, peer
            for name, texts in queries.items():
                rates = alternate(servers, texts, 4, "per_second", runs)
                rows.append(_row(f"serve: {name}", rates, "requests/s", servers))
            slowest = alternate(servers, queries["one thing"], 32, "p99", runs)
            rows.append(_row("serve: p99 with 32 clients", slowest, "ms", servers))
            rows.append(memory_growth(ours, queries["one thing"]))
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a line for each row, or put random load on the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="how often the data are repeated")
    parser.add_argument("--random", type=float, metavar="SECONDS", help="put random load, so long")
    parser.add_argument("--seed", type=int, default=1, help="of the random load")
    options = parser.parse_args(arguments)
    if options.random:
        outcome = random_load(build_folder(), options.random, options.seed)
        sys.stdout.write(json.dumps(outcome, indent=2) + "\n")
        return 1 if outcome["failures"] else 0
    for row in measure(times=options.times):
        sys.stdout.write(
            f"{row['name']:60} {row['ours']:10,.1f} {row['peer']:10,.1f} {row['unit']:10} "
            f"{row['ratio']:6.2f} {row['memory']:8,.0f} MiB\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
