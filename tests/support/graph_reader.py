"""From RDF back to the model: what was written is read again, and equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

import pyoxigraph as ox

from kb.model import (
    Adjudication,
    Claim,
    ComparisonResult,
    Dataset,
    DoseStep,
    Evidence,
    Figure,
    Group,
    Measure,
    Output,
    Partition,
    Publication,
    Section,
    Source,
    Study,
    outputs,
)
from kb.rdf.iris import Iris
from kb.records.notation import parse_time
from kb.records.ontology import RDF_TYPE
from kb.records.vocabulary import Vocabulary

T = TypeVar("T")
Properties = Mapping[str, list[str]]


class GraphReader:
    """Reads N-Quads that ``kb.rdf.writer`` wrote."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the vocabulary, which turns the IRIs of terms into notations again."""
        self.iris = Iris(vocabulary.base)
        self._notations = {
            term.iri: term.notation
            for terms in vocabulary.schemes.values()
            for term in terms.values()
        }
        self._properties: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._kinds: dict[str, list[str]] = defaultdict(list)

    def read(self, nquads: bytes) -> Evidence:
        """Return the model that the quads state."""
        for quad in ox.parse(nquads, ox.RdfFormat.N_QUADS):
            subject, value = str(getattr(quad.subject, "value", "")), quad.object
            if isinstance(value, ox.NamedNode | ox.Literal):
                self._properties[subject][quad.predicate.value].append(value.value)
        for subject, properties in self._properties.items():
            for kind in properties[RDF_TYPE]:
                self._kinds[kind].append(subject)
        return Evidence(
            dataset=self._one(Dataset, self.iris.base, base=self.iris.base),
            publications=self._all(Publication, id=_last),
            sources=tuple(self._source(s) for s in self._subjects("Source")),
            sections=self._sections(),
            studies=self._all(Study, id=_last),
            groups=self._all(Group, study=_study, id=_after("#group.")),
            partitions=self._all(Partition, study=_study, id=_after("#partition.")),
            claims=tuple(self._claim(s) for s in self._subjects("Claim")),
            adjudications=self._all(Adjudication, study=_study),
        )

    def _subjects(self, kind: str) -> list[str]:
        return sorted(self._kinds[self.iris.own(kind)], key=_order)

    def _all(self, kind: type[T], **ids: Callable[[str], str]) -> tuple[T, ...]:
        return tuple(
            self._one(kind, subject, **{name: of(subject) for name, of in ids.items()})
            for subject in self._subjects(kind.__name__)
        )

    def _one(self, kind: type[T], subject: str, **ids: Any) -> T:
        return kind(**ids, **dict(self._values(kind, self._properties[subject])))

    def _values(self, kind: type, properties: Properties) -> Iterator[tuple[str, Any]]:
        for output in outputs(kind):
            predicate = output.predicate
            full = predicate if ":" in predicate else self.iris.own(predicate)
            if output.kind == "id":
                continue
            values = [self._value(output, value) for value in properties.get(full, [])]
            if output.many:
                yield output.attr, tuple(sorted(values))
            elif values:
                yield output.attr, values[0]

    def _value(self, output: Output, value: str) -> Any:
        if output.scheme:
            return self._notations[value]
        if output.kind == "value":
            return value == "true" if output.type is bool else output.type(value)
        if output.kind == "section":
            return self._properties[value][f"{_DCTERMS}identifier"][0]
        return _READERS.get(output.kind, str)(value)

    def _source(self, subject: str) -> Source:
        name = _last(subject)
        references = []
        for node in self._kinds[self.iris.own("Reference")]:
            properties = self._properties[node]
            if node.startswith(f"{subject}#"):
                number = int(properties[self.iris.own("referenceNumber")][0])
                references.append((number, _last(properties[self.iris.own("publication")][0])))
        return self._one(Source, subject, id=name, references=tuple(sorted(references)))

    def _sections(self) -> tuple[Section, ...]:
        sections = self._all(Section)
        return tuple(sorted(sections, key=lambda section: (section.source, section.position)))

    def _claim(self, subject: str) -> Claim:
        properties = self._properties[subject]
        measure = properties[self.iris.own("measure")][0]
        steps = (self._one(DoseStep, node) for node in properties.get(self.iris.own("step"), []))
        return Claim(
            id=subject.partition("#")[2],
            measure=self._one(Measure, measure, study=_study(measure)),
            figure=Figure(**dict(self._values(Figure, properties))),
            result=ComparisonResult(**dict(self._values(ComparisonResult, properties))),
            steps=tuple(sorted(steps, key=lambda step: step.position)),
            **dict(self._values(Claim, properties)),
        )


_DCTERMS = "http://purl.org/dc/terms/"


def _last(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def _study(iri: str) -> str:
    return _last(iri.partition("#")[0])


def _after(mark: str) -> Callable[[str], str]:
    return lambda iri: iri.partition(mark)[2]


def _order(iri: str) -> tuple[str, str]:
    page, _, fragment = iri.partition("#")
    return page, fragment


_READERS: Mapping[str, Callable[[str], Any]] = {
    "lines": lambda value: tuple(value.split("\n")),
    "amounts": lambda value: tuple(map(Decimal, value.split("/"))),
    "time": parse_time,
    "group": _after("#group."),
    "finding": _after("#finding."),
    "claim": _last,
    "study": _last,
    "source": _last,
    "publication": _last,
}
