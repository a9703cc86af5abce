"""Put the dataset into a server: each named graph replaced over the Graph Store Protocol.

The protocol is the one way of loading that triple stores share; it can be repeated, and what
is sent again replaces what was there. Very large datasets go in with a server's own loader.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from kb.stores.base import Engine
from kb.stores.http import Http

_HELD: Final = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


@dataclass
class Upload:
    """What was sent, what was removed, and what the server holds otherwise than it should."""

    quads: int = 0
    graphs: int = 0
    removed: list[str] = field(default_factory=list)
    checked: bool = False
    wrong: list[str] = field(default_factory=list)

    def data(self) -> dict[str, Any]:
        """Return it as plain data for JSON."""
        return asdict(self)

    def line(self) -> str:
        """Say it on one line."""
        held = (
            ("the server holds them" if not self.wrong else "not as sent")
            if self.checked
            else ("not looked at afterwards: name the endpoint with --store")
        )
        return f"{self.quads} quads in {self.graphs} graphs; {len(self.removed)} removed; {held}"


def upload(nquads: Iterable[bytes], url: str, engine: Engine | None, base: str) -> Upload:
    """Replace every graph of the dataset at a Graph Store; ask the engine, if there is one.

    ``nquads`` are parts of whole lines, no line twice. The first part that has something of a
    graph replaces it there, later ones add to it.

    Raises:
        InputError: no URL of the web.
        UnavailableError: the server cannot be reached, or fails.
    """
    http = Http(url)
    sent: Counter[str] = Counter()
    for part in nquads:
        for name, triples in split(part).items():
            write = http.add if name in sent else http.put
            write(name, "\n".join(triples).encode())
            sent[name] += len(triples)
    done = Upload(sent.total(), len(sent))
    if engine is not None:
        _compare(done, sent, engine, http, base)
    return done


def split(nquads: bytes) -> Mapping[str, list[str]]:
    r"""Return the triples of each named graph as lines, which are Turtle too.

    >>> split(b'<a:s> <a:p> "x" <a:g> .\n')["a:g"]
    ['<a:s> <a:p> "x" .']
    """
    graphs: dict[str, list[str]] = defaultdict(list)
    for line in filter(None, nquads.decode().split("\n")):
        triple, _, graph = line.rpartition(" <")
        graphs[graph.partition(">")[0]].append(f"{triple} .")
    return graphs


def _compare(done: Upload, sent: Mapping[str, int], engine: Engine, http: Http, base: str) -> None:
    rows = engine.select(_HELD).rows
    held = {str(graph): count for graph, count in rows if str(graph).startswith(base)}
    done.checked = True
    for name in sorted(held.keys() - sent.keys()):
        http.delete(name)
        done.removed.append(name)
    for name, count in sent.items():
        if held.get(name) != count:
            done.wrong.append(f"{name}: sent {count} triples, the server has {held.get(name, 0)}")
