"""The vocabulary of the records: concepts of SKOS schemes, read from Turtle files.

Every concept has a notation, the word that records use. The IRI of a concept is
``<base><scheme>/<segment>``; in most schemes the segment is the notation itself.
"""

from __future__ import annotations

import codecs
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from kb.errors import NotFoundError, Problem, RecordError
from kb.model import Time
from kb.records.ontology import SKOS, OntologyCheck
from kb.records.paths import read_bytes

_MAX_BYTES: Final = 5_000_000
_NAMES: Final = ("prefLabel", "altLabel", "hiddenLabel")
_MAX_PROBLEMS: Final = 200


@dataclass(frozen=True, slots=True)
class Term:
    """One concept: its scheme and notation, IRI, label and place in the hierarchy."""

    scheme: str
    notation: str
    iri: str
    label: str
    definition: str = ""
    broader: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    """The label, then the alternative and hidden ones."""
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict, compare=False)

    def first(self, name: str) -> str:
        """Return the first value of a property of the kb ontology, or ""."""
        return next(iter(self.properties.get(name, ())), "")

    @property
    def segment(self) -> str:
        """The last part of the IRI: the name of the concept's page."""
        return self.iri.rsplit("/", 1)[-1]


class Vocabulary:
    """The concepts of all schemes, and the triples of the ontology."""

    def __init__(self, base: str, terms: Iterable[Term], triples: Iterable[ox.Triple]) -> None:
        """Index the terms by scheme and notation; ``base`` is the IRI of the dataset."""
        self.base = base
        # A statement that files make twice is one: stores count it once.
        self.triples: tuple[ox.Triple, ...] = tuple(dict.fromkeys(triples))
        self.schemes: dict[str, dict[str, Term]] = defaultdict(dict)
        for term in terms:
            self.schemes[term.scheme][term.notation] = term

    @classmethod
    def load(cls, directory: Path, base: str) -> Vocabulary:
        """Read every ``.ttl`` file of a directory, in the order of their names.

        Raises:
            RecordError: no file, a file that is not Turtle or is too large, or what
                ``kb.records.ontology`` refuses.
        """
        files = sorted(directory.glob("*.ttl"))
        if not files:
            raise RecordError([Problem(str(directory), 0, "", "", "Turtle files (*.ttl)")])
        parsed: dict[Path, list[ox.Triple]] = {}
        problems: list[Problem] = []
        for path in files:
            try:
                parsed[path] = _parse(path, base)
            except RecordError as error:
                problems += error.problems
        if problems := problems or list(
            islice(OntologyCheck(parsed, base).problems(), _MAX_PROBLEMS)
        ):
            raise RecordError(problems)
        triples = list(chain.from_iterable(parsed.values()))
        return cls(base, _terms(triples, base), triples)

    def get(self, scheme: str, notation: str) -> Term:
        """Return a concept by its notation.

        Raises:
            NotFoundError: the scheme has no such notation; names the nearest one.
        """
        known = self.schemes.get(scheme, {})
        if notation not in known:
            raise NotFoundError.of(scheme, notation, known)
        return known[notation]

    def knows(self, scheme: str, notation: str) -> bool:
        """Whether a scheme has this notation."""
        return notation in self.schemes.get(scheme, {})

    def time_text(self, time: Time) -> str:
        """Write a time with the labels of events and treatments: ``after the second cycle``."""
        return ", ".join(f"{how} {self._moment(moment)}" for how, moment in time.parts().items())

    def _moment(self, moment: str) -> str:
        schemes = (s for s in ("event", "regimen", "drug") if self.knows(s, moment))
        scheme = next(schemes, "")
        return self.get(scheme, moment).label if scheme else moment

    def narrower(self, scheme: str, notation: str) -> frozenset[str]:
        """Return the notation and all narrower ones, at any depth."""
        self.get(scheme, notation)
        notations, waiting = {notation}, [notation]
        while waiting:
            new = self._children[scheme].get(waiting.pop(), set()) - notations
            notations |= new
            waiting.extend(new)
        return frozenset(notations)

    def identity(self, scheme: str, notation: str) -> str:
        """Return the notation under which claims are about the same measure.

        That of a broader concept with ``kb:isOneMeasure`` in the ontology, else the notation
        itself: a count and a percentage of the same people are one frequency.
        """
        broader = self.get(scheme, notation).broader
        merged = (b for b in broader if self.get(scheme, b).first("isOneMeasure") == "true")
        return next(merged, notation)

    def top(self, scheme: str, notation: str) -> str:
        """Return the topmost broader notation, following the first of several."""
        while broader := self.get(scheme, notation).broader:
            notation = broader[0]
        return notation

    def label_of(self, name: str) -> str:
        """Return the label of a property of the kb ontology, or its name if it has no label."""
        return self._labels.get(f"{self.base}ontology#{name}", name)

    @cached_property
    def _labels(self) -> dict[str, str]:
        label = "http://www.w3.org/2000/01/rdf-schema#label"
        return {
            str(getattr(subject, "value", "")): str(getattr(value, "value", ""))
            for subject, predicate, value in self.triples
            if predicate.value == label
        }

    def inherited(self, scheme: str, notation: str, name: str) -> str:
        """Return a property of the concept, or of the nearest broader one that has it, or ""."""
        terms = (self.get(scheme, wider) for wider in self.upwards(scheme, notation))
        return next(filter(None, (term.first(name) for term in terms)), "")

    def has_flag(self, scheme: str, notation: str, name: str) -> bool:
        """Whether a boolean property of the concept, or one that it inherits, is true."""
        return self.inherited(scheme, notation, name) == "true"

    def with_flag(self, scheme: str, name: str) -> frozenset[str]:
        """Return the notations of all concepts of which a boolean property is true."""
        return frozenset(n for n in self.schemes.get(scheme, {}) if self.has_flag(scheme, n, name))

    def linked(self, scheme: str, notation: str, name: str) -> tuple[str, ...]:
        """Return the notations of the concepts that are the values of a property."""
        iris = self.get(scheme, notation).properties.get(name, ())
        return tuple(self._notations[iri] for iri in iris if iri in self._notations)

    def inherited_links(self, scheme: str, notation: str, name: str) -> tuple[str, ...]:
        """Return what ``linked`` returns for the concept, then for every broader one."""
        upwards = self.upwards(scheme, notation)
        links = (other for wider in upwards for other in self.linked(scheme, wider, name))
        return tuple(dict.fromkeys(links))

    def upwards(self, scheme: str, notation: str) -> Iterator[str]:
        """Yield a concept and all broader ones, each once and depth-first."""
        seen: set[str] = set()
        waiting = [notation]
        while waiting:
            current = waiting.pop()
            if current not in seen:
                seen.add(current)
                yield current
                waiting.extend(reversed(self.get(scheme, current).broader))

    @cached_property
    def _notations(self) -> dict[str, str]:
        terms = (term for scheme in self.schemes.values() for term in scheme.values())
        return {term.iri: term.notation for term in terms}

    @cached_property
    def _children(self) -> dict[str, dict[str, set[str]]]:
        children: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for scheme, terms in self.schemes.items():
            for term in terms.values():
                for wider in term.broader:
                    children[scheme][wider].add(term.notation)
        return children


def _parse(path: Path, base: str) -> list[ox.Triple]:
    text = read_bytes(path, path.parent, _MAX_BYTES).removeprefix(codecs.BOM_UTF8)
    try:
        return [quad.triple for quad in ox.parse(text, ox.RdfFormat.TURTLE, base_iri=base)]
    except SyntaxError as error:
        problem = Problem(str(path), error.lineno or 0, "", error.msg or "", "valid Turtle")
        raise RecordError([problem]) from error


def _terms(triples: Iterable[ox.Triple], base: str) -> list[Term]:
    described: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples:
        if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal):
            described[subject.value][predicate.value].append(value.value)
    notations = {
        iri: properties[f"{SKOS}notation"][0]
        for iri, properties in described.items()
        if f"{SKOS}notation" in properties
    }
    return [_term(iri, described[iri], notations, base) for iri in notations]


def _term(
    iri: str, values: Mapping[str, list[str]], notations: Mapping[str, str], base: str
) -> Term:
    """Return the term of a concept; ``values`` are by the IRI of the property."""
    own = f"{base}ontology#"
    scheme = next(iter(values.get(f"{SKOS}inScheme", [iri.rsplit("/", 1)[0]])))
    return Term(
        scheme=scheme.removeprefix(base).strip("/"),
        notation=notations[iri],
        iri=iri,
        label=next(iter(values.get(f"{SKOS}prefLabel", [notations[iri]]))),
        definition=next(iter(values.get(f"{SKOS}definition", [""]))),
        broader=tuple(notations[b] for b in values.get(f"{SKOS}broader", []) if b in notations),
        names=tuple(name for kind in _NAMES for name in values.get(f"{SKOS}{kind}", [])),
        properties={p.removeprefix(own): tuple(v) for p, v in values.items() if p.startswith(own)},
    )
