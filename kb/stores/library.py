"""Named queries: files that hold a question, why it matters, and the SPARQL that answers it.

The head of a file is comments: ``# question:``, ``# why:``, and a line for each parameter,
``# parameter ?study: study``, whose kind is ``study``, ``source``, ``publication``, ``text`` or
a scheme of the vocabulary; ``, optional`` after the kind says that it may be left free. A line
that ends in ``# if ?name`` holds only when that parameter is given. Prefixes are those of the
dataset and are put before every query. Beside each stands a file of the same name that ends in
``.sql`` and asks the same of the tables, with equal answers; ``-- if $name`` ends its lines that
hold only when a parameter is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kb.errors import NotFoundError, QueryError
from kb.rdf.iris import Iris
from kb.records.vocabulary import Vocabulary
from kb.stores.base import Binding

_HEAD: Final = re.compile(
    r"#\s*(?P<key>question|why|parameter)\s*(?P<name>\?\w+)?\s*:\s*(?P<rest>.+)"
)
_IF: Final = re.compile(r"\s*(?:# if \?|-- if \$)(\w+)\s*$")
_ENTITIES: Final = ("study", "source", "publication")


@dataclass(frozen=True, slots=True)
class Query:
    """One query file."""

    name: str
    question: str
    why: str
    parameters: Mapping[str, str]
    sparql: str
    optional: frozenset[str] = frozenset()
    sql: str = ""

    def in_sql(self, given: Mapping[str, object]) -> str:
        """Return the question as SQL, without lines of parameters not given.

        Raises:
            QueryError: the question is asked in SPARQL only.
        """
        if not self.sql:
            raise QueryError(f"query {self.name!r} is not asked in SQL")
        return "\n".join(self._kept(self.sql, given)) + "\n"

    def text(self, iris: Iris, given: Mapping[str, object] | None = None) -> str:
        """Return the SPARQL with its prefixes, and without lines of parameters not given."""
        body = "\n".join(self._kept(self.sparql, given or {}))
        used = (f"PREFIX {p}: <{iri}>" for p, iri in prefixes(iris).items() if f"{p}:" in body)
        return "\n".join((*used, body)).strip() + "\n"

    def _kept(self, text: str, given: Mapping[str, object]) -> Iterator[str]:
        return (_IF.sub("", line) for line in text.splitlines() if self._holds(line, given))

    def _holds(self, line: str, given: Mapping[str, object]) -> bool:
        condition = _IF.search(line)
        return condition is None or condition[1] in given

    def bindings(self, given: Mapping[str, object], vocabulary: Vocabulary) -> dict[str, Binding]:
        """Turn the values of parameters into RDF terms, checked by their kinds.

        Raises:
            QueryError: a parameter that the query does not have, or one that it needs.
            NotFoundError: a value that is no word of the parameter's scheme.
        """
        for name in given:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise QueryError(f"query {self.name!r} has no parameter {name!r}; it has: {known}")
        for name in self.parameters:
            if name not in given and name not in self.optional:
                raise QueryError(f"query {self.name!r} needs a value for {name!r}")
        iris = Iris(vocabulary.base)
        return {n: _term(self.parameters[n], str(v), iris, vocabulary) for n, v in given.items()}


def _term(kind: str, value: str, iris: Iris, vocabulary: Vocabulary) -> Binding:
    if kind in _ENTITIES:
        if not re.fullmatch(r"[a-z0-9-]+", value):
            raise QueryError(f"{value!r} is no id of a {kind}")
        return ox.NamedNode(iris.entity(kind, value))
    if kind == "text":
        return ox.Literal(value)
    return ox.NamedNode(vocabulary.get(kind, value).iri)


def prefixes(iris: Iris) -> dict[str, str]:
    """Return the prefixes that queries may use: those of the dataset and the common ones."""
    own = ("study", "source", "publication", "endpoint", "regimen", "drug", "population")
    more = ("statistic", "unit", "word", "event", "design")
    return {
        "kb": f"{iris.base}ontology#",
        **{name: f"{iris.base}{name}/" for name in (*own, *more)},
        "dcterms": "http://purl.org/dc/terms/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }


def parse_query(name: str, source: str) -> Query:
    """Read a query file.

    Raises:
        QueryError: the file names no question or no reason.
    """
    said: dict[str, str] = {}
    parameters: dict[str, str] = {}
    optional: set[str] = set()
    body: list[str] = []
    for line in source.splitlines():
        head = _HEAD.match(line) if not body else None
        if head is None:
            body += [line] if line.strip() or body else []
        elif head["name"]:
            kind, _, more = head["rest"].strip().partition(",")
            parameters[head["name"][1:]] = kind
            optional |= {head["name"][1:]} if more.strip() == "optional" else set()
        else:
            said[head["key"]] = head["rest"].strip()
    if {"question", "why"} - set(said):
        raise QueryError(f"query file {name!r} must begin with '# question:' and '# why:'")
    text = "\n".join(body)
    return Query(name, said["question"], said["why"], parameters, text, frozenset(optional))


@cache
def library() -> Mapping[str, Query]:
    """Return the queries that come with the package, by name."""
    return dict(_read(Path(str(files("kb.stores") / "queries"))))


def _read(folder: Path) -> Iterator[tuple[str, Query]]:
    for path in sorted(folder.glob("*.rq")):
        query = parse_query(path.stem, path.read_text(encoding="utf-8"))
        sql = path.with_suffix(".sql")
        twin = sql.read_text(encoding="utf-8") if sql.exists() else ""
        yield path.stem, replace(query, sql=twin)


def find_query(name: str) -> Query:
    """Return a query by its name.

    Raises:
        NotFoundError: no such query; names the nearest one.
    """
    if name not in library():
        raise NotFoundError.of("query", name, library())
    return library()[name]
