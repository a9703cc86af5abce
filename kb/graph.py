"""From the model to RDF, as sorted N-Quads text: equal evidence gives equal bytes.

Every source has a named graph that holds its claims; studies, groups, measures and
publications stand in ``<base>graph/records``, the ontology in ``<base>graph/ontology``.
``kb._properties`` is the table that serves this way and the way back (``kb.graph_reading``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kb import _terms
from kb._properties import (
    ADJUDICATION,
    CLAIM,
    DATASET,
    FIGURE,
    GROUP,
    MANY,
    MEASURE,
    PARTITION,
    PUBLICATION,
    SECTION,
    SOURCE,
    STEP,
    STUDY,
    VERDICT,
    Property,
)
from kb.iris import Iris
from kb.model import Claim, Evidence, Group, Measure, Source
from kb.notation import Time
from kb.vocabulary import RDF_TYPE, Vocabulary


class GraphWriter:
    """Writes a model as N-Quads lines."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary, whose terms the quads point to."""
        self.vocabulary = vocabulary
        self.iris = Iris(vocabulary.base)

    def nquads(
        self,
        evidence: Evidence,
        states: Mapping[tuple[str, str], str],
        more: Iterable[str] = (),
    ) -> bytes:
        """Return the whole dataset, sorted, one quad a line, UTF-8.

        ``states`` gives the verification of claims, by study and claim id; ``more`` are lines
        that were computed from the evidence (``kb.judging``).
        """
        return in_order(self.lines(evidence, states, more))

    def lines(
        self,
        evidence: Evidence,
        states: Mapping[tuple[str, str], str],
        more: Iterable[str] = (),
    ) -> Iterator[str]:
        """Yield the quads one by one, some of them twice; equal evidence gives the same order."""
        yield from self._ontology()
        yield from self._records(evidence)
        yield from self._claims(evidence)
        yield from more
        yield from self._verification(states)
        yield from self._adjudications(evidence)

    def _verification(self, states: Mapping[tuple[str, str], str]) -> Iterator[str]:
        for (study, name), state in states.items():
            subject = self.iris.claim(study, name)
            yield self.quad(subject, "verification", _terms.text(state), self.iris.verification)

    def _adjudications(self, evidence: Evidence) -> Iterator[str]:
        graph = self.iris.adjudications
        for one in evidence.adjudications:
            subject = self.iris.adjudication(one.study, one.finding)
            yield from self._node(subject, "Adjudication", ADJUDICATION, one, graph)

    def _ontology(self) -> Iterator[str]:
        graph = _terms.iri(self.iris.ontology)
        names = _BlankNames()
        for subject, predicate, value in self.vocabulary.triples:
            yield f"{names.of(subject)} {predicate} {names.of(value)} {graph} ."

    def _records(self, evidence: Evidence) -> Iterator[str]:
        iris = self.iris
        yield from self._node(iris.base, "EvidenceBase", DATASET, evidence.dataset)
        for publication in evidence.publications:
            subject = iris.entity("publication", publication.id)
            yield from self._node(subject, "Publication", PUBLICATION, publication)
        for source in evidence.sources:
            yield from self._source(source)
        for section in evidence.sections:
            subject = iris.section(section.source, section.id)
            yield from self._node(subject, "Section", SECTION, section)
        for study in evidence.studies:
            yield from self._node(iris.entity("study", study.id), "Study", STUDY, study)
        for group in evidence.groups:
            subject = iris.group(group.study, group.id)
            yield from self._node(subject, "Group", GROUP, group)
            yield self.quad(subject, "study", _terms.iri(iris.entity("study", group.study)))
        for partition in evidence.partitions:
            subject = iris.claim(partition.study, f"partition.{partition.id}")
            yield from self._node(subject, "Partition", PARTITION, partition)

    def _source(self, source: Source) -> Iterator[str]:
        subject = self.iris.entity("source", source.id)
        yield from self._node(subject, "Source", SOURCE, source)
        for number, name in source.references:
            node = f"{subject}#reference.{number}"
            publication = _terms.iri(self.iris.entity("publication", name))
            yield self.quad(node, RDF_TYPE, _terms.iri(self.iris.own("Reference")))
            yield self.quad(node, "referenceNumber", _terms.literal(number))
            yield self.quad(node, "publication", publication)
            yield self.quad(node, "source", _terms.iri(subject))

    def _claims(self, evidence: Evidence) -> Iterator[str]:
        references = {s.id: dict(s.references) for s in evidence.sources}
        groups = {(g.study, g.id): g for g in evidence.groups}
        measures: dict[str, Measure] = {}
        for claim in evidence.claims:
            subject = self.iris.measure(claim.measure)
            measures[subject] = claim.measure
            yield from self._claim(claim, subject, references.get(claim.source, {}))
        for subject, measure in measures.items():
            named = filter(None, (measure.group, measure.versus))
            yield from self._measure(subject, measure, [groups[measure.study, g] for g in named])

    def _measure(self, subject: str, measure: Measure, groups: list[Group]) -> Iterator[str]:
        """Write a measure; ``about…`` says who it is about, whether by itself or by its groups."""
        kind = "Comparison" if measure.versus else "Measure"
        yield from self._node(subject, kind, MEASURE, measure)
        yield self.quad(subject, "study", _terms.iri(self.iris.entity("study", measure.study)))
        for scheme, own in (("regimen", measure.regimen), ("population", measure.population)):
            names = {own} if own else {getattr(group, scheme) for group in groups} - {""}
            for name in sorted(names):
                predicate = f"about{scheme.capitalize()}"
                yield self.quad(subject, predicate, _terms.iri(self._term(scheme, name)))

    def _claim(self, claim: Claim, measure: str, references: Mapping[int, str]) -> Iterator[str]:
        subject = self.iris.claim(claim.study, claim.id)
        graph = self.iris.entity("source", claim.source)
        yield from self._node(subject, "Claim", CLAIM, claim, graph)
        yield self.quad(subject, "measure", _terms.iri(measure), graph)
        yield from self._properties(subject, FIGURE, claim.figure, graph)
        yield from self._properties(subject, VERDICT, claim.verdict, graph, claim.study)
        yield self.quad(subject, "isSecondHand", _terms.literal(claim.is_second_hand), graph)
        for number in claim.cites:
            publication = self.iris.entity("publication", references[number])
            yield self.quad(subject, "citesPublication", _terms.iri(publication), graph)
        for step in claim.steps:
            node = f"{subject}.step{step.position}"
            yield from self._node(node, "Dose", STEP, step, graph)
            yield self.quad(subject, "step", _terms.iri(node), graph)

    def _node(
        self, subject: str, kind: str, table: Iterable[Property], item: Any, graph: str = ""
    ) -> Iterator[str]:
        yield self.quad(subject, RDF_TYPE, _terms.iri(self.iris.own(kind)), graph)
        yield from self._properties(subject, table, item, graph, getattr(item, "study", ""))

    def _properties(
        self, subject: str, table: Iterable[Property], item: Any, graph: str = "", study: str = ""
    ) -> Iterator[str]:
        for prop in table:
            value = getattr(item, prop.attr)
            values = value if prop.attr in MANY else (value,)
            for one in values:
                if one is None or one in ("", ()):
                    continue
                yield from self._value(subject, prop, one, graph, study, item)

    def _value(
        self, subject: str, prop: Property, value: Any, graph: str, study: str, item: Any
    ) -> Iterator[str]:
        if prop.kind == "time":
            yield from self._time(subject, value)
            return
        yield self.quad(subject, prop.predicate, self._object(prop, value, study, item), graph)

    def _time(self, subject: str, time: Time) -> Iterator[str]:
        if str(time):
            yield self.quad(subject, "time", _terms.text(str(time)))
        for word, what in time.parts().items():
            yield self.quad(subject, f"time{word.capitalize()}", _terms.text(what))

    def _object(self, prop: Property, value: Any, study: str, item: Any) -> str:
        if prop.scheme:
            return _terms.iri(self._term(prop.scheme, value))
        writers: dict[str, Callable[[], str]] = {
            "value": lambda: _terms.literal(value),
            "iri": lambda: _terms.iri(value),
            "date": lambda: _terms.dated(value),
            "lines": lambda: _terms.text("\n".join(value)),
            "amounts": lambda: _terms.text("/".join(f"{amount:f}" for amount in value)),
            "group": lambda: _terms.iri(self.iris.group(study, value)),
            "finding": lambda: _terms.iri(self.iris.finding(study, value)),
            "claim": lambda: _terms.iri(self.iris.claim(*value.split("#", 1))),
            "section": lambda: _terms.iri(self.iris.section(item.source, value)),
        }
        write = writers.get(prop.kind)
        return write() if write else _terms.iri(self.iris.entity(prop.kind, value))

    def _term(self, scheme: str, notation: str) -> str:
        return self.vocabulary.get(scheme, notation).iri

    def quad(self, subject: str, predicate: str, value: str, graph: str = "") -> str:
        """Return a quad as a line; ``value`` is a term as N-Quads writes it."""
        full = predicate if ":" in predicate else self.iris.own(predicate)
        graph = graph or self.iris.records
        return f"{_terms.iri(subject)} {_terms.iri(full)} {value} {_terms.iri(graph)} ."


def in_order(lines: Iterable[str]) -> bytes:
    """Return lines of N-Quads sorted, each once: equal sets of quads are equal bytes."""
    return ("\n".join(sorted(set(lines))) + "\n").encode()


class _BlankNames:
    """Number blank nodes by their order in the files: a parser's own names are random."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, term: object) -> str:
        if not isinstance(term, ox.BlankNode):
            return str(term)
        return self._names.setdefault(term.value, f"_:o{len(self._names)}")
