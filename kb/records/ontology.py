"""Check the ontology against what it declares itself: a typo would switch a check off in silence.

The classes and properties of the ontology say what a concept may state (``rdfs:domain``,
``rdfs:range``), and its shapes from which values (``sh:in``) and how often (``sh:maxCount``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kb.errors import Problem, nearest

SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDF_TYPE: Final = f"{RDF}type"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
SHACL: Final = "http://www.w3.org/ns/shacl#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_DOMAINS: Final = (f"{RDFS}domain", "http://purl.org/dc/dcam/domainIncludes")
_SKOS_NAMES: Final = frozenset(
    re.findall(
        r"\w+",
        "Concept ConceptScheme Collection OrderedCollection altLabel broadMatch broader "
        "broaderTransitive changeNote closeMatch definition editorialNote exactMatch example "
        "hasTopConcept hiddenLabel historyNote inScheme mappingRelation member memberList "
        "narrowMatch narrower narrowerTransitive notation note prefLabel related relatedMatch "
        "scopeNote semanticRelation topConceptOf",
    )
)
MAX_DEPTH: Final = 128
"""Levels of broader concepts, of parts, and of blank nodes within each other."""

_SEGMENT: Final = re.compile(r"[^\W_](?:[\w.+~-]{0,98}[\w+~-])?")
_MAX_NAME: Final = 200
"""Bytes of a name; those of a file are 255, with its ending."""
# Names of files beside the pages of a scheme, or that mkdocs treats as such.
_RESERVED: Final = re.compile(
    r"(?:index|readme|404)(?:\..*)?|.*\.(?:html|ttl|jsonld|csv|md|json|bib|xml|txt)"
)
CONTROL: Final = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)
"""Characters that no text of the ontology may have: they could disguise it."""
_BOOLEANS: Final = ("true", "false")

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Edges = Mapping[str, Collection[str]]


class OntologyCheck:
    """The problems of the triples of some files, which together are the ontology."""

    def __init__(self, files: Mapping[Path, list[ox.Triple]], base: str) -> None:
        """Take the triples of each file; ``base`` is the IRI of the dataset."""
        self._files = files
        self._base = base
        self._own = f"{base}ontology#"
        self._values: dict[str, dict[str, list[Node]]] = defaultdict(lambda: defaultdict(list))
        for triple in (triple for triples in files.values() for triple in triples):
            self._values[_text(triple.subject)][triple.predicate.value].append(triple.object)

    def problems(self) -> Iterator[Problem]:
        """Yield all problems; first those without which the others could not be found."""
        structure = [*self._structure()]
        yield from structure
        if not structure:
            yield from self._concepts()
            for path, triples in self._files.items():
                for triple in triples:
                    yield from self._statement(path, triple)

    # --- what the ontology declares ----------------------------------------------------------

    @cached_property
    def _properties(self) -> frozenset[str]:
        return frozenset(s for s in self._declared if self._is_a(s, "Property"))

    @cached_property
    def _classes(self) -> frozenset[str]:
        return frozenset(s for s in self._declared if self._is_a(s, "Class"))

    @property
    def _declared(self) -> list[str]:
        return [subject for subject in self._values if subject.startswith(self._own)]

    def _is_a(self, subject: str, ending: str) -> bool:
        return any(kind.endswith(ending) for kind in self._all(subject, RDF_TYPE))

    @cached_property
    def _schemes(self) -> frozenset[str]:
        """The names of schemes: those of the classes of concepts."""
        concept = f"{SKOS}Concept"
        named = (c for c in self._classes if concept in self._all(c, f"{RDFS}subClassOf"))
        return frozenset(one.removeprefix(self._own).lower() for one in named)

    @cached_property
    def _shapes(self) -> Mapping[str, tuple[list[str], bool]]:
        """The values that each property may have, if they are listed, and whether it has one."""
        shapes = {}
        for shape in self._values:
            for path in self._all(shape, f"{SHACL}path"):
                listed = [v for head in self._all(shape, f"{SHACL}in") for v in self._list(head)]
                shapes[path] = (listed, self._all(shape, f"{SHACL}maxCount") == ["1"])
        return shapes

    def _list(self, head: str) -> Iterator[str]:
        while head in self._values:  # its end is rdf:nil, and _structure refused circles
            yield from self._all(head, f"{RDF}first")
            head = next(iter(self._all(head, f"{RDF}rest")), "")

    @cached_property
    def _notations(self) -> dict[str, str]:
        """The notations of the concepts, by IRI."""
        every = ((s, self._all(s, f"{SKOS}notation")) for s in list(self._values))
        return {subject: found[0] for subject, found in every if found}

    def _all(self, subject: str, predicate: str) -> list[str]:
        return [_text(value) for value in self._values.get(subject, {}).get(predicate, ())]

    # --- structure ---------------------------------------------------------------------------

    def _structure(self) -> Iterator[Problem]:
        """Yield what could not be read in bounded time: circles, depth, triples in triples."""
        for path, triples in self._files.items():
            for triple in triples:
                if isinstance(triple.subject, ox.Triple) or isinstance(triple.object, ox.Triple):
                    found = _short(triple.predicate.value)
                    yield Problem(str(path), 0, found, "a triple", "an IRI, a literal or a list")
        lists = self._edges(f"{RDF}rest")
        circles = [*self._circle(lists, "a list that does not lead back to itself")]
        yield from circles
        if circles:
            return
        yield from self._levels(self._nested(lists), "blank nodes", "no blank node within itself")
        broader, part = self._edges(f"{SKOS}broader"), self._edges(f"{self._own}part")
        yield from self._levels(broader, "skos:broader", "no circle of skos:broader")
        yield from self._levels(part, "kb:part", "no regimen that is part of itself")

    def _edges(self, predicate: str) -> dict[str, list[str]]:
        every = ((subject, self._all(subject, predicate)) for subject in list(self._values))
        return {subject: values for subject, values in every if values}

    def _nested(self, lists: Edges) -> Edges:
        """Return the blank nodes that each node holds; a list holds what its cells do."""
        head: dict[str, str] = {}
        for cell in lists.keys() - {rest for rests in lists.values() for rest in rests}:
            following = cell
            while following:
                head[following] = cell
                following = next(iter(lists.get(following, ())), "")
        nested: dict[str, list[str]] = defaultdict(list)
        for subject, values in self._values.items():
            for predicate, objects in values.items():
                if predicate != f"{RDF}rest":
                    held = (_text(one) for one in objects if isinstance(one, ox.BlankNode))
                    nested[head.get(subject, subject)] += held
        return {subject: held for subject, held in nested.items() if held}

    def _circle(self, edges: Edges, expected: str) -> Iterator[Problem]:
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as error:
            yield self.problem(str(error.args[1][0]), "", "", expected)

    def _levels(self, edges: Edges, name: str, expected: str) -> Iterator[Problem]:
        circle = list(self._circle(edges, expected))
        yield from circle
        depth: dict[str, int] = {}
        for node in () if circle else TopologicalSorter(edges).static_order():
            depth[node] = 1 + max((depth[below] for below in edges.get(node, ())), default=0)
            if depth[node] > MAX_DEPTH:
                yield self.problem(node, "", "", f"at most {MAX_DEPTH} levels of {name}")
                return

    # --- concepts ----------------------------------------------------------------------------

    def _concepts(self) -> Iterator[Problem]:
        """Yield what an index of the concepts would lose, and names that no page can have."""
        named: dict[tuple[str, str], str] = {}
        for iri, notation in self._notations.items():
            scheme = self._all(iri, f"{SKOS}inScheme")[:1] or [iri.rsplit("/", 1)[0]]
            scheme = [scheme[0].removeprefix(self._base).strip("/")]
            other = named.setdefault((scheme[0], notation), iri)
            if other != iri:
                expected = f"a notation of its own; {other} has it"
                yield self.problem(iri, "skos:notation", notation, expected)
            if len(set(self._all(iri, f"{SKOS}notation"))) > 1:
                yield self.problem(iri, "skos:notation", notation, "one notation of a concept")
            if self._properties:
                yield from self._name(iri, scheme[0])
        lower = defaultdict(set)
        for iri in self._notations:
            lower[iri.lower()].add(iri)
        for same in lower.values():
            if len(same) > 1:
                first, second = sorted(same)
                yield self.problem(second, "", second, f"a name that differs from {first} by more "
                    "than capitals")  # fmt: skip

    def _name(self, iri: str, scheme: str) -> Iterator[Problem]:
        if scheme not in self._schemes:
            expected = f"a known scheme: {', '.join(sorted(self._schemes))}"
            yield self.problem(
                iri, "skos:inScheme", scheme, expected, nearest(scheme, self._schemes)
            )
            return
        start, segment = f"{self._base}{scheme}/", iri.rsplit("/", 1)[-1]
        if iri != f"{start}{segment}" or not is_page_name(segment):
            expected = (
                f"<{scheme}/NAME>, with a name of up to 100 letters, digits, hyphens and dots that "
                "is not one of a file, such as index or a.html"
            )
            yield self.problem(iri, "", iri.removeprefix(self._base), expected)

    # --- statements --------------------------------------------------------------------------

    def _statement(self, path: Path, triple: ox.Triple) -> Iterator[Problem]:
        """Yield the problems of one statement: its property, its value, and who may have it."""
        subject, name, value = _text(triple.subject), triple.predicate.value, triple.object
        if CONTROL.search(subject + _text(value)):
            expected = "text without control characters"
            yield self.problem(subject, _short(name), ascii(_text(value)), expected, path=path)
        yield from self._words_of_skos(subject, (name, value), path)
        if name == f"{SKOS}broader" and _text(value) not in self._notations:
            yield self._unknown(subject, name, value, "a concept that exists", path)
        if not self._properties:
            return  # nothing is declared
        if name == RDF_TYPE and _text(value).startswith(self._own):
            yield from self._kind(subject, _text(value), path)
        elif name.startswith(self._own):
            yield from self._own_property(subject, name, value, path)

    def _words_of_skos(
        self, subject: str, terms: tuple[str, Node], path: Path
    ) -> Iterator[Problem]:
        for term in (terms[0], _text(terms[1]) if isinstance(terms[1], ox.NamedNode) else ""):
            word = term.removeprefix(SKOS)
            if word != term and word not in _SKOS_NAMES:
                near = nearest(word, _SKOS_NAMES)
                yield self.problem(subject, "", _short(term), "a word of SKOS", near, path)

    def _kind(self, subject: str, kind: str, path: Path) -> Iterator[Problem]:
        if kind not in self._classes:
            names = {_short(one) for one in self._classes}
            near = nearest(_short(kind), names)
            yield self.problem(subject, "a", _short(kind), "a class of the ontology", near, path)
        elif subject not in self._notations and not subject.startswith("_:"):
            yield self.problem(
                subject, "skos:notation", "", "the notation of the concept", path=path
            )

    def _own_property(self, subject: str, name: str, value: Node, path: Path) -> Iterator[Problem]:
        if name not in self._properties:
            near = nearest(_short(name), map(_short, self._properties))
            expected = "a property of the ontology"
            yield self.problem(subject, "", _short(name), expected, near, path)
            return
        domains = {one for domain in _DOMAINS for one in self._all(name, domain)}
        kinds = set(self._all(subject, RDF_TYPE))
        if domains and subject in self._notations and not domains & kinds:
            expected = f"a subject of the class {' or '.join(sorted(map(_short, domains)))}"
            yield self.problem(subject, _short(name), "", expected, path=path)
        listed, is_single = self._shapes.get(name, ([], False))
        if listed and _text(value) not in listed:
            near = nearest(_text(value), listed)
            expected = f"one of {', '.join(sorted(listed))}"
            yield self.problem(subject, _short(name), _text(value), expected, near, path)
        if is_single and len(set(self._all(subject, name))) > 1:
            yield self.problem(subject, _short(name), _text(value), "one value", path=path)
        for kind in self._all(name, f"{RDFS}range"):
            yield from self._range(subject, name, value, kind, path)

    def _range(
        self, subject: str, name: str, value: Node, kind: str, path: Path
    ) -> Iterator[Problem]:
        if kind.startswith(self._own):
            if _text(value) not in self._notations or kind not in self._all(_text(value), RDF_TYPE):
                yield self._unknown(
                    subject, name, value, f"a concept of {_short(kind)}", path, kind
                )
            return
        if not kind.startswith(XSD):
            return
        expected = {
            f"{XSD}boolean": "true or false",
            f"{XSD}decimal": "a number, without quotes",
        }.get(kind, "a text in quotes")
        if not isinstance(value, ox.Literal) or not _fits(value, kind):
            near = nearest(_text(value), _BOOLEANS) if kind == f"{XSD}boolean" else ""
            yield self.problem(subject, _short(name), _text(value), expected, near, path)

    def _unknown(
        self, subject: str, name: str, value: Node, expected: str, path: Path, kind: str = ""
    ) -> Problem:
        """Return the problem of a link to a concept that is missing, or is of another class."""
        found = _text(value).removeprefix(self._base)
        known = (
            iri.removeprefix(self._base)
            for iri in self._notations
            if not kind or kind in self._all(iri, RDF_TYPE)
        )
        return self.problem(subject, _short(name), found, expected, nearest(found, known), path)

    # --- places ------------------------------------------------------------------------------

    def problem(
        self,
        subject: str,
        field: str,
        found: str,
        expected: str,
        near: str = "",
        path: Path | None = None,
    ) -> Problem:
        """Return a problem with the file that states something of the subject, and the line."""
        holding = (
            one
            for one, triples in self._files.items()
            if any(_text(triple.subject) == subject for triple in triples)
        )
        file = path or next(holding, next(iter(self._files)))
        shown = subject.removeprefix(self._base) if not subject.startswith("_:") else ""
        place = " ".join(part for part in (shown, field) if part)
        line = _line(file, shown, field, found.removeprefix(self._base))
        return Problem(str(file), line, place, found, expected, near)


def is_page_name(name: str) -> bool:
    """Tell whether a page can have a name, the last part of its IRI.

    >>> is_page_name("OS"), is_page_name("index"), is_page_name(".."), is_page_name("OS.ttl")
    (True, False, False, False)
    """
    is_short = len(name.encode("utf-8", "replace")) <= _MAX_NAME
    return is_short and bool(_SEGMENT.fullmatch(name)) and not _RESERVED.fullmatch(name.lower())


def _text(node: object) -> str:
    """Return the IRI, the text of a literal, or a name for a blank node."""
    return f"_:{node.value}" if isinstance(node, ox.BlankNode) else str(getattr(node, "value", ""))


def _short(iri: str) -> str:
    """Return an IRI as it is written in the files, with the usual prefix."""
    for prefix, namespace in (("skos", SKOS), ("rdf", RDF), ("rdfs", RDFS)):
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return f"kb:{iri.partition('#')[2]}" if "#" in iri else iri


def _fits(value: ox.Literal, kind: str) -> bool:
    """Tell whether a literal is of a datatype; a text in a language is a text.

    >>> _fits(ox.Literal("12O"), f"{XSD}decimal"), _fits(ox.Literal(7), f"{XSD}decimal")
    (False, True)
    """
    if kind == f"{XSD}boolean":
        return value.datatype.value == kind and value.value in _BOOLEANS
    if kind != f"{XSD}decimal":
        return value.datatype.value in (f"{XSD}string", f"{RDF}langString")
    try:
        is_number = Decimal(value.value).is_finite()
    except InvalidOperation:
        return False
    return is_number and value.datatype.value in (kind, f"{XSD}integer")


def _line(path: Path, subject: str, field: str, found: str) -> int:
    """Return the line of a file that states something of a subject, or 0 if it is not found.

    The parser gives no lines: they are searched for, as a reader would.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        return 0
    name = re.escape(subject.rsplit("/", 1)[-1])
    start = _first(lines, rf"^\s*(?:[\w-]*:|<[^>]*?){name}(?:>|\s|$)", 0) if name else 0
    words = (found, found.rsplit("/", 1)[-1], found.partition(":")[2], field.partition(":")[2])
    for word in words:
        if word and (
            line := _first(lines, rf"(?<![\w-]){re.escape(word)}(?![\w-])", max(start, 1))
        ):
            return line
    return start


def _first(lines: list[str], pattern: str, start: int) -> int:
    """Return the number of the first line from ``start`` on that a pattern matches, or 0."""
    numbered: Iterable[tuple[int, str]] = enumerate(lines, 1)
    return next((n for n, line in numbered if n >= start and re.search(pattern, line)), 0)
