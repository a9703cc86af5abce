"""From RDF back to the model: what was written is read again, and equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
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
    Partition,
    Publication,
    Section,
    Source,
    Study,
)
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
from kb.records.notation import parse_time
from kb.records.vocabulary import RDF_TYPE, Vocabulary

T = TypeVar("T")
Said = Mapping[str, list[str]]


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
        self._said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        self._kinds: dict[str, list[str]] = defaultdict(list)

    def read(self, nquads: bytes) -> Evidence:
        """Return the model that the quads state."""
        for quad in ox.parse(nquads, ox.RdfFormat.N_QUADS):
            subject, value = str(getattr(quad.subject, "value", "")), quad.object
            if isinstance(value, ox.NamedNode | ox.Literal):
                self._said[subject][quad.predicate.value].append(value.value)
        for subject, said in self._said.items():
            for kind in said[RDF_TYPE]:
                self._kinds[kind].append(subject)
        return Evidence(
            dataset=self._one(Dataset, DATASET, self.iris.base, base=self.iris.base),
            publications=self._all(Publication, "Publication", PUBLICATION, id=_last),
            sources=tuple(self._source(s) for s in self._subjects("Source")),
            sections=self._sections(),
            studies=self._all(Study, "Study", STUDY, id=_last),
            groups=self._all(Group, "Group", GROUP, study=_study, id=_after("#group.")),
            partitions=self._all(
                Partition, "Partition", PARTITION, study=_study, id=_after("#partition.")
            ),
            claims=tuple(self._claim(s) for s in self._subjects("Claim")),
            adjudications=self._all(Adjudication, "Adjudication", ADJUDICATION, study=_study),
        )

    def _subjects(self, kind: str) -> list[str]:
        return sorted(self._kinds[self.iris.own(kind)], key=_order)

    def _all(
        self, make: type[T], kind: str, table: Iterable[Property], **ids: Any
    ) -> tuple[T, ...]:
        table = tuple(table)
        subjects = self._subjects(kind)
        return tuple(
            self._one(make, table, s, **{name: of(s) for name, of in ids.items()}) for s in subjects
        )

    def _one(self, make: type[T], table: Iterable[Property], subject: str, **ids: Any) -> T:
        return make(**ids, **dict(self._values(table, self._said[subject])))

    def _values(self, table: Iterable[Property], said: Said) -> Iterator[tuple[str, Any]]:
        for prop in table:
            full = prop.predicate if ":" in prop.predicate else self.iris.own(prop.predicate)
            found = [self._value(prop, value) for value in said.get(full, [])]
            if prop.attr in MANY:
                yield prop.attr, tuple(sorted(found))
            elif found:
                yield prop.attr, found[0]

    def _value(self, prop: Property, value: str) -> Any:
        if prop.scheme:
            return self._notations[value]
        if prop.kind == "value":
            return value == "true" if prop.type is bool else prop.type(value)
        if prop.kind == "section":
            return self._said[value][f"{_DCTERMS}identifier"][0]
        return _READERS.get(prop.kind, str)(value)

    def _source(self, subject: str) -> Source:
        name = _last(subject)
        references = []
        for node in self._kinds[self.iris.own("Reference")]:
            said = self._said[node]
            if node.startswith(f"{subject}#"):
                number = int(said[self.iris.own("referenceNumber")][0])
                references.append((number, _last(said[self.iris.own("publication")][0])))
        return self._one(Source, SOURCE, subject, id=name, references=tuple(sorted(references)))

    def _sections(self) -> tuple[Section, ...]:
        found = self._all(Section, "Section", SECTION)
        return tuple(sorted(found, key=lambda section: (section.source, section.position)))

    def _claim(self, subject: str) -> Claim:
        said = self._said[subject]
        measure = said[self.iris.own("measure")][0]
        steps = (self._one(DoseStep, STEP, node) for node in said.get(self.iris.own("step"), []))
        return Claim(
            id=subject.partition("#")[2],
            measure=self._one(Measure, MEASURE, measure, study=_study(measure)),
            figure=Figure(**dict(self._values(FIGURE, said))),
            result=ComparisonResult(**dict(self._values(RESULT, said))),
            steps=tuple(sorted(steps, key=lambda step: step.position)),
            **dict(self._values(CLAIM, said)),
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
