"""Named queries: files that hold a question, why it matters, and the SPARQL that answers it.

A file begins with comments: ``# question:``, ``# why:``, and a line for each parameter,
``# parameter ?study: study``, whose kind is ``study``, ``source``, ``publication``, ``text`` or
a scheme of the vocabulary. ``, optional`` after the kind makes a parameter optional: lines that
end in ``# if ?name`` are left out where it has no value. Prefixes are not written in the files;
they are added to every query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
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
_CONDITION: Final = re.compile(r"\s*# if \?(\w+)\s*$")
_ENTITIES: Final = ("study", "source", "publication")


@dataclass(frozen=True, slots=True)
class Query:
    """A query file; ``parameters`` has their kinds by name."""

    name: str
    question: str
    why: str
    parameters: Mapping[str, str]
    sparql: str
    optional: frozenset[str] = frozenset()

    @property
    def is_for_pages(self) -> bool:
        """Whether the query serves the pages of the site only."""
        return self.name.startswith("page-")

    def text(self, iris: Iris, values: Mapping[str, object] | None = None) -> str:
        """Return the SPARQL with its prefixes, for parameters that have these values."""
        lines = []
        for line in self.sparql.splitlines():
            condition = _CONDITION.search(line)
            if condition is None or condition[1] in (values or {}):
                lines.append(_CONDITION.sub("", line))
        body = "\n".join(lines)
        used = (f"PREFIX {p}: <{iri}>" for p, iri in prefixes(iris).items() if f"{p}:" in body)
        return "\n".join((*used, body)).strip() + "\n"

    def bindings(self, values: Mapping[str, object], vocabulary: Vocabulary) -> dict[str, Binding]:
        """Return the values of parameters as RDF terms, each checked by its parameter's kind.

        Raises:
            QueryError: an unknown parameter, or a required one without a value.
            NotFoundError: a value that is not a term of the parameter's scheme.
        """
        for name in values:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "none"
                raise QueryError(f"query {self.name!r} has no parameter {name!r}; it has: {known}")
        for name in self.parameters:
            if name not in values and name not in self.optional:
                raise QueryError(f"query {self.name!r} needs a value for {name!r}")
        iris = Iris(vocabulary.base)
        return {
            name: _term(self.parameters[name], str(value), iris, vocabulary)
            for name, value in values.items()
        }


def _term(kind: str, value: str, iris: Iris, vocabulary: Vocabulary) -> Binding:
    if kind in _ENTITIES:
        if not re.fullmatch(r"[a-z0-9-]+", value):
            raise QueryError(f"{value!r} is not the id of a {kind}")
        return ox.NamedNode(iris.entity(kind, value))
    if kind == "text":
        return ox.Literal(value)
    return ox.NamedNode(vocabulary.get(kind, value).iri)


def prefixes(iris: Iris) -> dict[str, str]:
    """Return the prefixes that queries may use: those of the dataset and the common ones."""
    entities = ("study", "source", "publication", "endpoint", "regimen", "drug", "population")
    values = ("statistic", "unit", "word", "event", "design")
    return {
        "kb": f"{iris.base}ontology#",
        **{name: f"{iris.base}{name}/" for name in (*entities, *values)},
        "dcterms": "http://purl.org/dc/terms/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
    }


def with_prefixes(iris: Iris, text: str) -> str:
    """Add the usual prefixes that a query does not declare itself."""
    declared = text.upper()
    known = prefixes(iris).items()
    missing = (f"PREFIX {p}: <{iri}>" for p, iri in known if f"PREFIX {p.upper()}:" not in declared)
    return "\n".join((*missing, text))


def parse_query(name: str, text: str) -> Query:
    r"""Parse the text of a query file.

    Raises:
        QueryError: the question or the reason is missing.

    >>> parse_query("any", "# question: Is there anything?\n# why: a test\nASK {}").sparql
    'ASK {}'
    """
    fields: dict[str, str] = {}
    parameters: dict[str, str] = {}
    optional: set[str] = set()
    body: list[str] = []
    for line in text.splitlines():
        head = _HEAD.match(line) if not body else None
        if head is None:
            if line.strip() or body:
                body.append(line)
        elif head["name"]:
            parameter = head["name"][1:]
            kind, _, option = head["rest"].strip().partition(",")
            parameters[parameter] = kind
            if option.strip() == "optional":
                optional.add(parameter)
        else:
            fields[head["key"]] = head["rest"].strip()
    if {"question", "why"} - set(fields):
        raise QueryError(f"query file {name!r} must begin with '# question:' and '# why:'")
    sparql = "\n".join(body)
    return Query(name, fields["question"], fields["why"], parameters, sparql, frozenset(optional))


@cache
def library() -> Mapping[str, Query]:
    """Return the queries that come with the package, by name."""
    folder = Path(str(files("kb.stores") / "queries"))
    paths = sorted(folder.glob("*.rq"))
    return {path.stem: parse_query(path.stem, path.read_text(encoding="utf-8")) for path in paths}


def find_query(name: str) -> Query:
    """Return a query by its name.

    Raises:
        NotFoundError: no such query; names the nearest one.
    """
    if name not in library():
        raise NotFoundError.of("query", name, library())
    return library()[name]
