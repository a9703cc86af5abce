"""The flags of concepts: properties of the ontology that decide what checks and pages conclude."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kb.records.ontology import RDF, RDFS, SHACL, XSD
from kb.records.vocabulary import Vocabulary

_DOMAINS: Final = (f"{RDFS}domain", "http://purl.org/dc/dcam/domainIncludes")
_DERIVED: Final = ("contains", "sameBroaderOrPart", "sameOrBroader")
"""Properties that the software computes; curators do not state them."""
CLASSES: Final = {
    "endpoint": "Endpoint",
    "drug": "Drug",
    "regimen": "Regimen",
    "population": "Population",
    "unit": "Unit",
}
"""The class of the concepts of a scheme, for the schemes that a user adds words to."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A property that a concept may state.

    ``value`` is the kind of its values: ``boolean``, ``decimal``, ``string``, ``list``, or a class
    of concepts such as ``Endpoint``; ``values`` are those of a closed list, if there is one.
    """

    name: str
    classes: tuple[str, ...]
    value: str
    comment: str
    values: tuple[str, ...] = ()
    is_needed: bool = False
    """Whether each concept of the class must have it."""

    @property
    def given_as(self) -> str:
        """What stands after ``=`` on the command line."""
        kinds = {"boolean": "true", "decimal": "NUMBER", "string": "TEXT", "list": "ID,ID"}
        return "|".join(self.values) or kinds.get(self.value) or self.value.upper() or "ID"


def flags(vocabulary: Vocabulary, scheme: str = "") -> Mapping[str, Flag]:
    """Return the flags that concepts of a scheme may have, or those of all schemes, by name.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from kb.records.load import load_vocabulary
    >>> from kb.records.starter import write_starter
    >>> with TemporaryDirectory() as folder:
    ...     write_starter(Path(folder), "Mine", "https://example.org/mine/")
    ...     known = flags(load_vocabulary(Path(folder)), "endpoint")
    >>> known["betterWhen"].given_as
    'higher|lower|unsaid'
    """
    found = {flag.name: flag for flag in _flags(vocabulary)}
    wanted = CLASSES.get(scheme, scheme.capitalize())
    return {n: f for n, f in sorted(found.items()) if not scheme or wanted in f.classes}


def _flags(vocabulary: Vocabulary) -> Iterator[Flag]:
    own = f"{vocabulary.base}ontology#"
    values: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in vocabulary.triples:
        values[str(subject)][predicate.value].append(str(getattr(value, "value", value)))
    concepts = {f"{scheme.capitalize()}" for scheme in vocabulary.schemes}
    shapes = {
        one.get(f"{SHACL}path", [""])[0]: one for one in values.values() if f"{SHACL}path" in one
    }
    for node, one in values.items():
        name = node.strip("<>").removeprefix(own)
        classes = tuple(c.removeprefix(own) for d in _DOMAINS for c in one.get(d, []))
        if f"<{own}{name}>" != node or name in _DERIVED or not concepts & set(classes):
            continue
        kind = one.get(f"{RDFS}range", [""])[0].removeprefix(XSD).removeprefix(own)
        shape = shapes.get(f"{own}{name}", {})
        yield Flag(
            name,
            tuple(sorted(classes)),
            "list" if kind == f"{RDF}List" else kind,
            one.get(f"{RDFS}comment", [""])[0],
            tuple(_listed(shape, values)),
            shape.get(f"{SHACL}minCount") == ["1"],
        )


def _listed(
    shape: Mapping[str, list[str]], values: Mapping[str, Mapping[str, list[str]]]
) -> Iterator[str]:
    """Yield the items of the closed list of a shape's values."""
    head = next(iter(shape.get(f"{SHACL}in", ())), "")
    while (cell := values.get(f"_:{head}", {})) and f"{RDF}first" in cell:
        yield cell[f"{RDF}first"][0]
        head = next(iter(cell.get(f"{RDF}rest", ())), "")
