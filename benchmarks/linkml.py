"""The peer that is LinkML: its YAML loader, its objects, and its dumper to rdflib.

The schema and the objects are made from the statements of ``kb``, outside the time measured:
a class for each class of the graph, a slot for each property.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.graphs import kb_nquads
from benchmarks.measuring import Work

_TYPES: Final = {
    "string": "xsd:string",
    "integer": "xsd:integer",
    "decimal": "xsd:decimal",
    "boolean": "xsd:boolean",
    "date": "xsd:date",
    "gYear": "xsd:gYear",
    "gYearMonth": "xsd:gYearMonth",
    "iri": "xsd:anyURI",
}
_PYTHON: Final = {"integer": int, "boolean": bool}
_RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

Objects = dict[str, list[dict[str, Any]]]
Slots = dict[str, tuple[str, str]]
"""The property and the type of value of each slot."""


def with_linkml(corpus: str) -> Work:
    """LinkML's loader and dumper, and rdflib's writer."""
    from linkml_runtime.dumpers import rdflib_dumper
    from linkml_runtime.loaders import yaml_loader
    from linkml_runtime.utils.schemaview import SchemaView
    from rdflib import Graph

    root = Path(corpus)
    objects, slots = _objects(kb_nquads(root))
    view, classes = SchemaView(_schema(objects, slots)), _classes(objects, slots)

    def work() -> int:
        for path in sorted((root / "evidence").rglob("*.yaml")):
            yaml_loader.load_as_dict(str(path))
        graph = Graph()
        for name, items in objects.items():
            for element in yaml_loader.load_any(items, classes[name]):
                rdflib_dumper.inject_triples(element, view, graph)
        return len(graph.serialize(format="nt").splitlines())

    return work


def _objects(nquads: bytes) -> tuple[Objects, Slots]:
    """Turn statements about named things into objects by class, and the slots they need.

    Blank nodes get names, and a second class of a thing is a property like others.
    """
    import pyoxigraph as ox

    found: dict[str, dict[str, Any]] = defaultdict(dict)
    slots: Slots = {}
    for quad in ox.parse(nquads, ox.RdfFormat.N_QUADS):
        subject, predicate, value = quad.triple
        item = found[_name(subject)]
        if predicate.value == _RDF_TYPE and "type" not in item:
            item["type"] = value.value
            continue
        kind = _kind(value) if isinstance(value, ox.Literal) else "iri"
        slot = f"{predicate.value.rpartition('#')[2].rpartition('/')[2]}_{kind}"
        slots[slot] = (predicate.value, kind)
        item.setdefault(slot, []).append(value.value if kind != "iri" else _name(value))
    return _by_class(found), slots


def _name(node: Any) -> str:
    import pyoxigraph as ox

    return (
        f"https://example.org/blank/{node.value}"
        if isinstance(node, ox.BlankNode)
        else str(node.value)
    )


def _kind(literal: Any) -> str:
    name = literal.datatype.value.rpartition("#")[2]
    return name if name in _TYPES else "string"


def _by_class(found: Mapping[str, dict[str, Any]]) -> Objects:
    objects: Objects = defaultdict(list)
    for subject, item in found.items():
        name = item.pop("type", "http://www.w3.org/2000/01/rdf-schema#Resource")
        objects[name.rpartition("#")[2]].append({"id": subject, "of_class": name, **item})
    return objects


def _used(items: Iterable[Mapping[str, Any]]) -> list[str]:
    return sorted({slot for item in items for slot in item} - {"id", "of_class"})


def _schema(objects: Objects, slots: Slots) -> str:
    import yaml

    schema = {
        "id": "https://example.org/benchmark",
        "name": "benchmark",
        "prefixes": {
            "linkml": {"prefix_prefix": "linkml", "prefix_reference": "https://w3id.org/linkml/"},
            "xsd": {
                "prefix_prefix": "xsd",
                "prefix_reference": "http://www.w3.org/2001/XMLSchema#",
            },
        },
        "types": {name: {"uri": uri, "base": "str"} for name, uri in _TYPES.items()},
        "slots": {
            "id": {"identifier": True, "range": "iri"},
            **{s: {"slot_uri": p, "range": k, "multivalued": True} for s, (p, k) in slots.items()},
        },
        "classes": {
            name: {"class_uri": items[0]["of_class"], "slots": ["id", *_used(items)]}
            for name, items in objects.items()
        },
    }
    return yaml.safe_dump(schema)


def _classes(objects: Objects, slots: Slots) -> dict[str, Any]:
    """Make the pydantic classes that LinkML's generator would write."""
    from pydantic import BaseModel, create_model

    made: dict[str, Any] = {}
    for name, items in objects.items():
        fields: dict[str, Any] = {"id": (str, ...)}
        for slot in _used(items):
            fields[slot] = (list[_PYTHON.get(slots[slot][1], str)] | None, None)  # type: ignore[misc]
        made[name] = create_model(name, __base__=BaseModel, **fields)
        for item in items:
            del item["of_class"]
    return made
