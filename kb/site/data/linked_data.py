"""Triples as compact JSON-LD: one context for the whole site, served by the site itself.

The context names the prefixes, and for each property what its values are where they are all
alike, so that a page's file need not repeat it. Values stand as text, never as JSON numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from kb.site.context import collect

CONTEXT: Final = "context.jsonld"
"""The path of the context in the site."""

_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
_Kind = tuple[str, str]


class Compactor:
    """Writes triples of one dataset in the terms of its context."""

    def __init__(self, triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> None:
        """Take all triples that will be written, and the prefixes of IRIs."""
        self._prefixes = sorted(prefixes.items(), key=lambda pair: -len(pair[1]))
        kinds = collect((t.predicate.value, _kind(t.object)) for t in triples)
        alike = {name: own[0] for name, own in kinds.items() if len(set(own)) == 1}
        self._alike = {name: kind for name, kind in alike.items() if name != _TYPE}
        properties = {
            self._short(name): {"@id": self._short(name), kind[0]: self._short(kind[1])}
            for name, kind in sorted(self._alike.items())
            if kind[0]
        }
        self.context: dict[str, Any] = {
            "@context": {**dict(sorted(prefixes.items())), **properties}
        }

    def text(self, triples: Iterable[ox.Triple], context: str) -> str:
        """Return triples as JSON-LD whose context is at an address.

        >>> node, kb = ox.NamedNode, "https://e.org/ontology#"
        >>> one = ox.Triple(node("https://e.org/a"), node(f"{kb}of"), node("https://e.org/b"))
        >>> compactor = Compactor([one], {"e": "https://e.org/", "kb": kb})
        >>> print(compactor.text([one], "c.jsonld").strip())
        {"@context":"c.jsonld","@graph":[
        {"@id":"e:a","kb:of":"e:b"}
        ]}
        """
        by_subject = collect((_iri(triple.subject), triple) for triple in triples)
        nodes = (_json(self._node(iri, own)) for iri, own in by_subject.items())
        graph = ",\n".join(nodes)
        return f'{{"@context":{_json(context)},"@graph":[\n{graph}\n]}}\n'

    def _node(self, iri: str, triples: Iterable[ox.Triple]) -> dict[str, Any]:
        node: dict[str, Any] = {"@id": self._short(iri)}
        for name, objects in collect((t.predicate.value, t.object) for t in triples).items():
            values = [self._value(name, value) for value in objects]
            key = "@type" if name == _TYPE else self._short(name)
            node[key] = values[0] if len(values) == 1 else values
        return node

    def _value(self, name: str, value: object) -> Any:
        key, kind = _kind(value)
        text = _iri(value) if kind == "@id" else str(getattr(value, "value", ""))
        if name == _TYPE:
            return self._short(text)
        if name in self._alike:
            return self._short(text) if kind == "@id" else text
        if kind == "@id":
            return {"@id": self._short(text)}
        return {"@value": text, key: self._short(kind)} if key else text

    def _short(self, iri: str) -> str:
        for name, start in self._prefixes:
            if iri.startswith(start):
                return f"{name}:{iri.removeprefix(start)}"
        return iri


def _iri(node: object) -> str:
    return node.value if isinstance(node, ox.NamedNode) else str(node)


def _kind(value: object) -> _Kind:
    """Return the keyword and its value by which JSON-LD tells what a value is."""
    if not isinstance(value, ox.Literal):
        return "@type", "@id"
    if value.language:
        return "@language", value.language
    datatype = value.datatype.value
    return ("", "") if datatype == _STRING else ("@type", datatype)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
