"""Load the dataset into a server: each named graph is replaced by the Graph Store Protocol.

Triple stores share this one way of loading. It can be repeated: a graph that is sent again
replaces the one before. For very large datasets, use the server's own bulk loader.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kb.stores.base import Engine
from kb.stores.contents import GraphContents, contents, contents_of_store, differences
from kb.stores.http import Http


@dataclass
class UploadReport:
    """How much was sent, the graphs removed, and what differs on the server."""

    quads: int = 0
    graphs: int = 0
    removed: list[str] = field(default_factory=list)
    checked: bool = False
    wrong: list[str] = field(default_factory=list)

    def summary(self) -> str:
        """Return the report on one line."""
        if not self.checked:
            result = "not compared: name the server's SPARQL endpoint with --store"
        else:
            result = "the server holds something else" if self.wrong else "the server holds them"
        return f"{self.quads} quads in {self.graphs} graphs; {len(self.removed)} removed; {result}"


def upload(nquads: Iterable[bytes], url: str, engine: Engine | None, base: str) -> UploadReport:
    """Replace every graph of the dataset in a Graph Store.

    Args:
        nquads: the dataset in parts of whole lines, no line twice.
        url: the Graph Store.
        engine: the SPARQL endpoint of the same server, if the graphs are to be compared.
        base: the base IRI of the dataset: other graphs on the server are not touched.

    Raises:
        InputError: the URL is invalid.
        UnavailableError: the server cannot be reached, or fails.
    """
    http = Http(url)
    sent: dict[str, GraphContents] = {}
    for part in nquads:
        found = contents(part)
        for name, triples in triples_by_graph(part).items():
            method = "POST" if name in sent else "PUT"
            http.send_graph(method, name, "\n".join(triples).encode())
            sent.setdefault(name, GraphContents()).extend(found[name])
    report = UploadReport(sum(one.statements for one in sent.values()), len(sent))
    if engine is not None:
        _compare(report, sent, engine, http, base)
    return report


def triples_by_graph(nquads: bytes) -> Mapping[str, list[str]]:
    r"""Return the triples of each named graph as lines of N-Triples, which are Turtle too.

    >>> triples_by_graph(b'<a:s> <a:p> "x" <a:g> .\n')["a:g"]
    ['<a:s> <a:p> "x" .']
    """
    graphs: dict[str, list[str]] = defaultdict(list)
    for line in filter(None, nquads.decode().split("\n")):
        triple, _, graph = line.rpartition(" <")
        graphs[graph.partition(">")[0]].append(f"{triple} .")
    return graphs


def _compare(
    report: UploadReport, sent: Mapping[str, GraphContents], engine: Engine, http: Http, base: str
) -> None:
    held = contents_of_store(engine, base)
    report.checked = True
    for name in sorted(held.keys() - sent.keys()):
        http.send_graph("DELETE", name)
        report.removed.append(name)
    report.wrong += differences(sent, {name: held[name] for name in held.keys() & sent.keys()})
