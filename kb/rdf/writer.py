"""The model as N-Quads lines.

Every source has a named graph that holds its claims; studies, groups, measures and
publications stand in ``<base>graph/records``, the ontology in ``<base>graph/ontology``.
The annotations of ``kb.model`` name the predicate of each field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from operator import attrgetter
from typing import Any, NamedTuple

import pyoxigraph as ox

from kb.model import Claim, Evidence, Group, Measure, Output, Source, Time, outputs
from kb.rdf import terms
from kb.rdf.iris import Iris
from kb.records.ontology import RDF_TYPE
from kb.records.vocabulary import Vocabulary
from kb.sources.verify import Verification

_Lines = list[str]


class _Column(NamedTuple):
    """One property, ready to be written."""

    many: bool
    predicate: str
    write: Callable[[Any, str], str] | None
    """Takes the value and the study or source it is local to; None for a time."""


_Table = tuple[Callable[[Any], tuple[Any, ...]], tuple[_Column, ...]]
"""Returns the values of an object, and the columns that write them."""


class GraphWriter:
    """Writes a model as N-Quads lines."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary, whose terms the quads point to."""
        self.vocabulary = vocabulary
        self.iris = Iris(vocabulary.base)
        self._graph = terms.iri(self.iris.records)
        # Most of the time goes into writing single values, so tables, predicates and concepts
        # are looked up once.
        self._tables: dict[type, _Table] = {}
        self._predicates: dict[str, str] = {}
        self._concepts: dict[tuple[str, str], str] = {}

    def shared(self, evidence: Evidence) -> list[str]:
        """Return the quads of the ontology, of publications and of sources."""
        return [*self._ontology(), *self._records(evidence)]

    def of_studies(self, evidence: Evidence) -> list[str]:
        """Return all quads that records state about studies, with their adjudications."""
        out = [*self._studies(evidence), *self._claims(evidence)]
        graph = terms.iri(self.iris.adjudications)
        for one in evidence.adjudications:
            subject = terms.iri(self.iris.adjudication(one.study, one.finding))
            self._node(out, subject, "Adjudication", one, graph, one.study)
        return out

    def verification(self, verifications: Iterable[Verification]) -> Iterator[str]:
        """Yield the quads that state whether claims were verified."""
        graph = terms.iri(self.iris.verification)
        predicate = self._predicate("verification")
        for one in verifications:
            subject = terms.fresh_iri(self.iris.claim(one.claim.study, one.claim.id))
            yield f"{subject} {predicate} {terms.text(one.state.value)} {graph} ."

    def quad(self, subject: str, predicate: str, value: str, graph: str = "") -> str:
        """Return a quad as a line; ``value`` is a term as N-Quads writes it."""
        named = terms.iri(graph or self.iris.records)
        return f"{terms.iri(subject)} {self._predicate(predicate)} {value} {named} ."

    def _ontology(self) -> Iterator[str]:
        graph = terms.iri(self.iris.ontology)
        blank: dict[str, str] = {}

        def name(term: object) -> str:
            # A parser names blank nodes at random: number them by their order in the files.
            if isinstance(term, ox.BlankNode):
                return blank.setdefault(term.value, f"_:o{len(blank)}")
            return str(term)

        for subject, predicate, value in self.vocabulary.triples:
            yield f"{name(subject)} {predicate} {name(value)} {graph} ."

    def _records(self, evidence: Evidence) -> _Lines:
        iris, out, node = self.iris, _Lines(), self._node
        node(out, terms.iri(iris.base), "EvidenceBase", evidence.dataset)
        for publication in evidence.publications:
            subject = terms.iri(iris.entity("publication", publication.id))
            node(out, subject, "Publication", publication)
        for source in evidence.sources:
            self._source(out, source)
        for section in evidence.sections:
            subject = terms.iri(iris.section(section.source, section.id))
            node(out, subject, "Section", section, local=section.source)
        return out

    def _source(self, out: _Lines, source: Source) -> None:
        subject = terms.iri(self.iris.entity("source", source.id))
        self._node(out, subject, "Source", source)
        kind = terms.iri(self.iris.own("Reference"))
        for number, name in source.references:
            node = terms.iri(self.iris.reference(source.id, number))
            self._add(out, node, RDF_TYPE, kind)
            self._add(out, node, "referenceNumber", terms.literal(number))
            self._add(out, node, "publication", self._entity("publication", name))
            self._add(out, node, "source", subject)

    def _studies(self, evidence: Evidence) -> _Lines:
        iris, out, node = self.iris, _Lines(), self._node
        for study in evidence.studies:
            node(out, terms.iri(iris.entity("study", study.id)), "Study", study)
        for group in evidence.groups:
            subject = terms.iri(iris.group(group.study, group.id))
            node(out, subject, "Group", group, local=group.study)
            self._add(out, subject, "study", self._entity("study", group.study))
        for partition in evidence.partitions:
            subject = terms.iri(iris.claim(partition.study, f"partition.{partition.id}"))
            node(out, subject, "Partition", partition, local=partition.study)
        return out

    def _claims(self, evidence: Evidence) -> _Lines:
        out: _Lines = []
        groups = {(g.study, g.id): g for g in evidence.groups}
        measures: dict[str, Measure] = {}
        for claim in evidence.claims:
            subject = terms.fresh_iri(self.iris.measure(claim.measure))
            measures[subject] = claim.measure
            self._claim(out, claim, subject)
        for subject, measure in measures.items():
            named = filter(None, (measure.group, measure.comparator))
            self._measure(out, subject, measure, [groups[measure.study, g] for g in named])
        return out

    def _measure(self, out: _Lines, subject: str, measure: Measure, groups: list[Group]) -> None:
        """Write a measure; ``about…`` is its own regimen or population, or those of its groups."""
        kind = "Comparison" if measure.comparator else "Measure"
        self._node(out, subject, kind, measure, local=measure.study)
        self._add(out, subject, "study", self._entity("study", measure.study))
        for scheme, own in (("regimen", measure.regimen), ("population", measure.population)):
            for name in {own} if own else {getattr(group, scheme) for group in groups} - {""}:
                predicate = f"about{scheme.capitalize()}"
                self._add(out, subject, predicate, self._term(scheme, name, ""))

    def _claim(self, out: _Lines, claim: Claim, measure: str) -> None:
        iri = self.iris.claim(claim.study, claim.id)
        subject, graph = terms.fresh_iri(iri), self._entity("source", claim.source)
        self._node(out, subject, "Claim", claim, graph, claim.source)
        self._add(out, subject, "measure", measure, graph)
        self._properties(out, subject, claim.figure, graph)
        self._properties(out, subject, claim.result, graph, claim.study)
        self._add(out, subject, "isSecondHand", terms.literal(claim.is_second_hand), graph)
        for step in claim.steps:
            node = terms.fresh_iri(self.iris.step(iri, step.position))
            self._node(out, node, "Dose", step, graph)
            self._add(out, subject, "step", node, graph)

    def _node(
        self, out: _Lines, subject: str, name: str, item: Any, graph: str = "", local: str = ""
    ) -> None:
        """Write an object of a class; ``local`` is the study or source of its short names."""
        self._add(out, subject, RDF_TYPE, terms.iri(self.iris.own(name)), graph)
        self._properties(out, subject, item, graph, local)

    def _properties(
        self, out: _Lines, subject: str, item: Any, graph: str = "", local: str = ""
    ) -> None:
        graph = graph or self._graph
        values, columns = self._columns(type(item))
        for value, (many, predicate, write) in zip(values(item), columns, strict=True):
            if not value and (value is None or value in ("", ())):
                continue
            if write is None:
                self._time(out, subject, value, graph)
                continue
            for one in value if many else (value,):
                out.append(f"{subject} {predicate} {write(one, local)} {graph} .")

    def _columns(self, kind: type) -> _Table:
        columns = self._tables.get(kind)
        if columns is None:
            properties = [output for output in outputs(kind) if output.kind != "id"]
            values = attrgetter(*(prop.attr for prop in properties))
            columns = self._tables[kind] = (values, tuple(map(self._column, properties)))
        return columns

    def _column(self, prop: Output) -> _Column:
        iris = self.iris
        writers: dict[str, Callable[[Any, str], str] | None] = {
            "time": None,
            "value": lambda value, _: terms.literal(value),
            "iri": lambda value, _: terms.iri(value),
            "date": lambda value, _: terms.dated(value),
            "lines": lambda value, _: terms.text("\n".join(value)),
            "amounts": lambda value, _: terms.text(terms.amounts(value)),
            "group": lambda value, study: terms.iri(iris.group(study, value)),
            "finding": lambda value, study: terms.iri(iris.finding(study, value)),
            "claim": lambda value, _: terms.iri(iris.claim(*value.split("#", 1))),
            "section": lambda value, source: terms.iri(iris.section(source, value)),
        }
        other = self._term if prop.scheme else self._entity
        write = writers.get(prop.kind, partial(other, prop.scheme or prop.kind))
        return _Column(prop.many, self._predicate(prop.predicate), write)

    def _time(self, out: _Lines, subject: str, time: Time, graph: str) -> None:
        if phrase := str(time):
            self._add(out, subject, "time", terms.text(phrase), graph)
            for name, text in time.parts().items():
                self._add(out, subject, f"time{name.capitalize()}", terms.text(text), graph)

    def _term(self, scheme: str, notation: str, _: str = "") -> str:
        concept = self._concepts.get((scheme, notation))
        if concept is None:
            concept = terms.iri(self.vocabulary.get(scheme, notation).iri)
            self._concepts[scheme, notation] = concept
        return concept

    def _entity(self, kind: str, name: str, _: str = "") -> str:
        return terms.iri(self.iris.entity(kind, name))

    def _predicate(self, name: str) -> str:
        predicate = self._predicates.get(name)
        if predicate is None:
            predicate = terms.iri(name if ":" in name else self.iris.own(name))
            self._predicates[name] = predicate
        return predicate

    def _add(self, out: _Lines, subject: str, predicate: str, value: str, graph: str = "") -> None:
        out.append(f"{subject} {self._predicate(predicate)} {value} {graph or self._graph} .")


def sorted_nquads(lines: Iterable[str]) -> bytes:
    """Return lines as N-Quads, sorted and each once: equal evidence gives equal bytes."""
    # Sorting puts duplicates side by side; dict.fromkeys keeps runs that are sorted already,
    # which Python's sort exploits.
    return encoded(sorted(dict.fromkeys(lines)))


def encoded(lines: Iterable[str]) -> bytes:
    """Return lines as N-Quads."""
    return "".join(f"{line}\n" for line in lines).encode()
