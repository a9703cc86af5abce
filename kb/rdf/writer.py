"""From the model to RDF, as sorted N-Quads text: equal evidence gives equal bytes.

Every source has a named graph that holds its claims; studies, groups, measures and
publications stand in ``<base>graph/records``, the ontology in ``<base>graph/ontology``.
``kb.rdf.mapping`` is the table that serves this way and the way back (``kb.graph_reading``).
Its tables are compiled once into columns, since most of the time goes into single values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, Final, NamedTuple, TypeVar

import pyoxigraph as ox

from kb.model import Adjudication, Claim, Evidence, Group, Measure, Partition, Source, Time
from kb.rdf import terms as _terms
from kb.rdf.iris import Iris
from kb.rdf.mapping import (
    ADJUDICATION,
    CLAIM,
    DATASET,
    FIGURE,
    GROUP,
    MANY,
    MEASURE,
    PARTITION,
    PUBLICATION,
    RESULT,
    SECTION,
    SOURCE,
    STEP,
    STUDY,
    Property,
)
from kb.records.vocabulary import RDF_TYPE, Vocabulary

_Lines = list[str]
_SOME: Final = 100_000
_Of = TypeVar("_Of", Group, Partition, Claim, Adjudication)


class _Column(NamedTuple):
    """One property as it is written: its predicate, and what writes its values."""

    many: bool
    predicate: str
    write: Callable[[Any, str], str] | None
    """Takes the value and the study or source it is local to; None for a time."""


_Table = tuple[Callable[[Any], tuple[Any, ...]], tuple[_Column, ...]]


class GraphWriter:
    """Writes a model as N-Quads lines."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary, whose terms the quads point to."""
        self.vocabulary = vocabulary
        self.iris = Iris(vocabulary.base)
        self._graph = _terms.iri(self.iris.records)
        self._compiled: dict[int, _Table] = {}
        self._predicates: dict[str, str] = {}
        self._concepts: dict[tuple[str, str], str] = {}

    def nquads(
        self,
        evidence: Evidence,
        states: Mapping[tuple[str, str], str],
        more: Iterable[str] = (),
    ) -> bytes:
        """Return the whole dataset, sorted, one quad a line, UTF-8.

        ``states`` gives the verification of claims, by study and claim id; ``more`` are lines
        that were computed from the evidence (``kb.checks.adjudication``).
        """
        lines = [*self.shared(evidence), *self.of_studies(evidence), *more]
        lines += self.verification(states)
        return joined(lines)

    def shared(self, evidence: Evidence) -> list[str]:
        """Return what is said of the ontology, of publications and of sources."""
        return [*self._ontology(), *self._records(evidence)]

    def of_studies(self, evidence: Evidence) -> list[str]:
        """Return all that records say of studies: their subjects are the pages of studies."""
        described = self._studies(evidence)
        return [*described, *self._claims(evidence), *self._adjudications(evidence)]

    def verification(self, states: Mapping[tuple[str, str], str]) -> Iterator[str]:
        """Yield the state of claims, given by study and claim id."""
        graph = _terms.iri(self.iris.verification)
        predicate = self._predicate("verification")
        for (study, name), state in states.items():
            subject = _terms.fresh_iri(self.iris.claim(study, name))
            yield f"{subject} {predicate} {_terms.text(state)} {graph} ."

    def _adjudications(self, evidence: Evidence) -> _Lines:
        out: _Lines = []
        graph = _terms.iri(self.iris.adjudications)
        for one in evidence.adjudications:
            subject = _terms.iri(self.iris.adjudication(one.study, one.finding))
            self._node(out, subject, ("Adjudication", ADJUDICATION), one, graph, one.study)
        return out

    def _ontology(self) -> Iterator[str]:
        graph = _terms.iri(self.iris.ontology)
        names = _BlankNames()
        for subject, predicate, value in self.vocabulary.triples:
            yield f"{names.of(subject)} {predicate} {names.of(value)} {graph} ."

    def _records(self, evidence: Evidence) -> _Lines:
        iris, out, node = self.iris, _Lines(), self._node
        node(out, _terms.iri(iris.base), ("EvidenceBase", DATASET), evidence.dataset)
        for publication in evidence.publications:
            subject = _terms.iri(iris.entity("publication", publication.id))
            node(out, subject, ("Publication", PUBLICATION), publication)
        for source in evidence.sources:
            self._source(out, source)
        for section in evidence.sections:
            subject = _terms.iri(iris.section(section.source, section.id))
            node(out, subject, ("Section", SECTION), section, local=section.source)
        return out

    def _studies(self, evidence: Evidence) -> _Lines:
        iris, out, node = self.iris, _Lines(), self._node
        for study in evidence.studies:
            node(out, _terms.iri(iris.entity("study", study.id)), ("Study", STUDY), study)
        for group in evidence.groups:
            subject = _terms.iri(iris.group(group.study, group.id))
            node(out, subject, ("Group", GROUP), group, local=group.study)
            self._add(out, subject, "study", self._entity("study", group.study))
        for partition in evidence.partitions:
            subject = _terms.iri(iris.claim(partition.study, f"partition.{partition.id}"))
            node(out, subject, ("Partition", PARTITION), partition, local=partition.study)
        return out

    def _source(self, out: _Lines, source: Source) -> None:
        subject = _terms.iri(self.iris.entity("source", source.id))
        self._node(out, subject, ("Source", SOURCE), source)
        kind = _terms.iri(self.iris.own("Reference"))
        for number, name in source.references:
            node = _terms.iri(self.iris.reference(source.id, number))
            self._add(out, node, RDF_TYPE, kind)
            self._add(out, node, "referenceNumber", _terms.literal(number))
            self._add(out, node, "publication", self._entity("publication", name))
            self._add(out, node, "source", subject)

    def _claims(self, evidence: Evidence) -> _Lines:
        out: _Lines = []
        references = {s.id: dict(s.references) for s in evidence.sources}
        groups = {(g.study, g.id): g for g in evidence.groups}
        measures: dict[str, Measure] = {}
        for claim in evidence.claims:
            subject = _terms.fresh_iri(self.iris.measure(claim.measure))
            measures[subject] = claim.measure
            self._claim(out, claim, subject, references.get(claim.source, {}))
        for subject, measure in measures.items():
            named = filter(None, (measure.group, measure.comparator))
            self._measure(out, subject, measure, [groups[measure.study, g] for g in named])
        return out

    def _measure(self, out: _Lines, subject: str, measure: Measure, groups: list[Group]) -> None:
        """Write a measure; ``about…`` says who it is about, whether by itself or by its groups."""
        kind = "Comparison" if measure.comparator else "Measure"
        self._node(out, subject, (kind, MEASURE), measure, local=measure.study)
        self._add(out, subject, "study", self._entity("study", measure.study))
        for scheme, own in (("regimen", measure.regimen), ("population", measure.population)):
            for name in {own} if own else {getattr(group, scheme) for group in groups} - {""}:
                predicate = f"about{scheme.capitalize()}"
                self._add(out, subject, predicate, self._term(scheme, name, ""))

    def _claim(
        self, out: _Lines, claim: Claim, measure: str, references: Mapping[int, str]
    ) -> None:
        iri = self.iris.claim(claim.study, claim.id)
        subject, graph = _terms.fresh_iri(iri), self._entity("source", claim.source)
        self._node(out, subject, ("Claim", CLAIM), claim, graph, claim.source)
        self._add(out, subject, "measure", measure, graph)
        self._properties(out, subject, FIGURE, claim.figure, graph)
        self._properties(out, subject, RESULT, claim.result, graph, claim.study)
        self._add(out, subject, "isSecondHand", _terms.literal(claim.is_second_hand), graph)
        for number in claim.cites:
            publication = self._entity("publication", references[number])
            self._add(out, subject, "citesPublication", publication, graph)
        for step in claim.steps:
            node = _terms.fresh_iri(self.iris.step(iri, step.position))
            self._node(out, node, ("Dose", STEP), step, graph)
            self._add(out, subject, "step", node, graph)

    def _node(
        self,
        out: _Lines,
        subject: str,
        what: tuple[str, tuple[Property, ...]],
        item: Any,
        graph: str = "",
        local: str = "",
    ) -> None:
        """Write a thing of a class; ``local`` is the study or source that its names are of."""
        kind, table = what
        self._add(out, subject, RDF_TYPE, _terms.iri(self.iris.own(kind)), graph)
        self._properties(out, subject, table, item, graph, local)

    def _properties(
        self,
        out: _Lines,
        subject: str,
        table: tuple[Property, ...],
        item: Any,
        graph: str = "",
        local: str = "",
    ) -> None:
        graph = graph or self._graph
        values, columns = self._columns(table)
        for value, (many, predicate, write) in zip(values(item), columns, strict=True):
            if not value and (value is None or value in ("", ())):
                continue
            if write is None:
                self._time(out, subject, value, graph)
                continue
            for one in value if many else (value,):
                out.append(f"{subject} {predicate} {write(one, local)} {graph} .")

    def _columns(self, table: tuple[Property, ...]) -> _Table:
        """Return what reads and writes a table, which is a constant: its place names it."""
        found = self._compiled.get(id(table))
        if found is None:
            values = attrgetter(*(prop.attr for prop in table))
            found = self._compiled[id(table)] = (values, tuple(map(self._column, table)))
        return found

    def _column(self, prop: Property) -> _Column:
        iris = self.iris
        writers: dict[str, Callable[[Any, str], str] | None] = {
            "time": None,
            "value": lambda value, _: _terms.literal(value),
            "iri": lambda value, _: _terms.iri(value),
            "date": lambda value, _: _terms.dated(value),
            "lines": lambda value, _: _terms.text("\n".join(value)),
            "amounts": lambda value, _: _terms.text(_terms.amounts(value)),
            "group": lambda value, study: _terms.iri(iris.group(study, value)),
            "finding": lambda value, study: _terms.iri(iris.finding(study, value)),
            "claim": lambda value, _: _terms.iri(iris.claim(*value.split("#", 1))),
            "section": lambda value, source: _terms.iri(iris.section(source, value)),
        }
        other = self._term if prop.scheme else self._entity
        write = writers.get(prop.kind, partial(other, prop.scheme or prop.kind))
        return _Column(prop.attr in MANY, self._predicate(prop.predicate), write)

    def _time(self, out: _Lines, subject: str, time: Time, graph: str) -> None:
        if said := str(time):
            self._add(out, subject, "time", _terms.text(said), graph)
            for word, what in time.parts().items():
                self._add(out, subject, f"time{word.capitalize()}", _terms.text(what), graph)

    def _term(self, scheme: str, notation: str, _: str = "") -> str:
        found = self._concepts.get((scheme, notation))
        if found is None:
            found = _terms.iri(self.vocabulary.get(scheme, notation).iri)
            self._concepts[scheme, notation] = found
        return found

    def _entity(self, kind: str, name: str, _: str = "") -> str:
        return _terms.iri(self.iris.entity(kind, name))

    def _predicate(self, name: str) -> str:
        found = self._predicates.get(name)
        if found is None:
            found = _terms.iri(name if ":" in name else self.iris.own(name))
            self._predicates[name] = found
        return found

    def _add(self, out: _Lines, subject: str, predicate: str, value: str, graph: str = "") -> None:
        out.append(f"{subject} {self._predicate(predicate)} {value} {graph or self._graph} .")

    def quad(self, subject: str, predicate: str, value: str, graph: str = "") -> str:
        """Return a quad as a line; ``value`` is a term as N-Quads writes it."""
        named = _terms.iri(graph or self.iris.records)
        return f"{_terms.iri(subject)} {self._predicate(predicate)} {value} {named} ."


def joined(lines: Iterable[str]) -> bytes:
    """Return lines sorted, each once, as N-Quads."""
    return encoded(ordered(lines))


def ordered(lines: Iterable[str]) -> list[str]:
    """Return lines sorted, each once: those of one study stand together, which sorts fast."""
    return sorted(dict.fromkeys(lines))


def encoded(lines: Iterable[str]) -> bytes:
    """Return lines as N-Quads."""
    return b"\n".join([*map(str.encode, lines), b""])


class _BlankNames:
    """Number blank nodes by their order in the files: a parser's own names are random."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        return self._names.setdefault(term.value, f"_:o{len(self._names)}")
