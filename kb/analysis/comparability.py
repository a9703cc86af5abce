"""What differs between studies whose figures stand side by side, said before they are compared.

Figures of several studies are alike only in what is the same for all of them: the endpoint and
its definition, the population, the treatment before, who is counted, and when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kb.model import Claim, Evidence, Group
from kb.records.vocabulary import Vocabulary

UNSAID: Final = "not said"
_SET: Final = "analysis-set"
_SUBGROUP: Final = "subgroup"
_NAMED: Final = 3
"""So many studies are named in one line; more are counted."""


@dataclass(frozen=True)
class Difference:
    """One respect in which the figures are not alike: each value with the studies it holds for.

    >>> print(Difference("population", (("adults", ("A", "B")), ("children", ("C",)))))
    population: adults (A, B); children (C)
    """

    respect: str
    values: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        """Say it in one line, many studies as their number."""
        said = (f"{value} ({self._who(studies)})" for value, studies in self.values)
        return f"{self.respect}: {'; '.join(said)}"

    @staticmethod
    def _who(studies: tuple[str, ...]) -> str:
        return ", ".join(studies) if len(studies) <= _NAMED else f"{len(studies)} studies"


class Comparability:
    """Says what differs between the studies of claims; made once for an evidence base."""

    def __init__(self, evidence: Evidence, vocabulary: Vocabulary) -> None:
        """Index groups, names, definitions and what else tells populations apart."""
        self._vocabulary = vocabulary
        self.claims = {(claim.study, claim.id): claim for claim in evidence.claims}
        self._names = {study.id: study.name for study in evidence.studies}
        self._groups = {(group.study, group.id): group for group in evidence.groups}
        self._populations = {study.id: study.population for study in evidence.studies}
        self._definitions: dict[str, dict[str, list[str]]] = _nested()
        self._background: dict[str, dict[str, list[str]]] = _nested()
        for claim in evidence.claims:
            if claim.kind == "definition":
                defined = claim.measure.category.partition(",")[0]
                self._definitions[defined][claim.study].append(claim.printed)
            elif self._tells_apart(claim):
                self._background[claim.measure.endpoint][claim.study].append(_short(claim))
        self._profiles: dict[tuple[str, str], tuple[str, ...]] = {}
        self._respects: Mapping[str, Callable[[Claim], str]] = {
            "endpoint": self._endpoint,
            **{self._label(name): self._trait(name) for name in self._traits()},
            "analysis set": self._analysis_set,
            "share of whom": self._share_of_whom,
            "statistic": self._statistic,
            "time": lambda claim: str(claim.measure.time) or UNSAID,
        }

    def differences(self, claims: Iterable[Claim]) -> tuple[Difference, ...]:
        """Return the respects in which the claims of several studies differ; none for one study."""
        chosen = [claim for claim in claims if claim.kind in ("result", "comparison")]
        if len({claim.study for claim in chosen}) < 2:
            return ()
        return tuple(self._all(chosen))

    @property
    def respects(self) -> tuple[str, ...]:
        """The respects in which each claim has a value of its own."""
        return tuple(self._respects)

    def profile(self, claim: Claim) -> tuple[str, ...]:
        """Return the value of a claim in each of ``respects``; "" where it says nothing."""
        key = (claim.study, claim.id)
        if key not in self._profiles:
            self._profiles[key] = tuple(value_of(claim) for value_of in self._respects.values())
        return self._profiles[key]

    def definitions(self) -> Mapping[str, Mapping[str, str]]:
        """Return, for each endpoint, how each study that defines it does so."""
        return {endpoint: _joined(said) for endpoint, said in self._definitions.items() if said}

    def background(self) -> Mapping[str, Mapping[str, str]]:
        """Return what else tells populations apart, by its label: what each study says of it."""
        every = sorted(self._background.items())
        return {self._term("endpoint", name): _joined(said) for name, said in every}

    def _all(self, claims: list[Claim]) -> Iterator[Difference]:
        profiles = [(claim.study, self.profile(claim)) for claim in claims]
        for at, respect in enumerate(self._respects):
            found: dict[str, set[str]] = defaultdict(set)
            for study, profile in profiles:
                if value := profile[at]:
                    found[value].add(study)
            if len(found) > 1:
                yield self._difference(respect, found)
        studies = {claim.study for claim in claims}
        for endpoint in sorted({claim.measure.endpoint for claim in claims}):
            of = {claim.study for claim in claims if claim.measure.endpoint == endpoint}
            respect = f"definition of {self._term('endpoint', endpoint)}"
            yield from self._stated(respect, self._definitions[endpoint], of)
        for endpoint, said in sorted(self._background.items()):
            yield from self._stated(self._term("endpoint", endpoint), said, studies)

    def _stated(
        self, respect: str, said: Mapping[str, list[str]], studies: set[str]
    ) -> Iterator[Difference]:
        """What some studies state and others do not is a difference too."""
        found: dict[str, set[str]] = defaultdict(set)
        joined = _joined(said)
        for study in studies:
            found[joined.get(study, "") or UNSAID].add(study)
        if len(found) > 1:
            yield self._difference(respect, found)

    def _difference(self, respect: str, found: Mapping[str, set[str]]) -> Difference:
        """The commonest value first, what is not said last."""
        order = sorted(found, key=lambda value: (value == UNSAID, -len(found[value]), value))
        named = ((v, tuple(sorted(self._names[s] for s in found[v]))) for v in order)
        return Difference(respect, tuple(named))

    def _tells_apart(self, claim: Claim) -> bool:
        name = claim.measure.endpoint
        return self._vocabulary.inherited("endpoint", name, "tellsPopulationsApart") == "true"

    def _traits(self) -> list[str]:
        """The properties that the ontology gives to populations, such as the disease status."""
        terms = self._vocabulary.schemes.get("population", {}).values()
        return sorted({name for term in terms for name in term.properties})

    def _label(self, name: str) -> str:
        return self._vocabulary.label_of(name)

    def _trait(self, name: str) -> Callable[[Claim], str]:
        def of(claim: Claim) -> str:
            population = self._population(claim)
            return self._vocabulary.inherited("population", population, name) or UNSAID

        return of

    def _population(self, claim: Claim) -> str:
        if claim.measure.population:
            return claim.measure.population
        for group in self._around(claim):
            if group.population:
                return group.population
        return self._populations[claim.study]

    def _around(self, claim: Claim) -> Iterator[Group]:
        """The group of a claim and those it is within, the narrowest first."""
        name = claim.measure.group
        while name:
            group = self._groups[claim.study, name]
            yield group
            name = group.within

    def _endpoint(self, claim: Claim) -> str:
        return self._term("endpoint", claim.measure.endpoint)

    def _analysis_set(self, claim: Claim) -> str:
        for group in self._around(claim):
            if group.kind == _SET:
                return group.label
            if group.kind == _SUBGROUP:
                return "a subgroup"
        return "whole arm, cohort or study"

    def _share_of_whom(self, claim: Claim) -> str:
        if claim.figure.unit != "%":
            return ""
        told = (
            " ".join(filter(None, (self._term("endpoint", g.who_endpoint), g.who_category)))
            for g in self._around(claim)
            if g.who_endpoint
        )
        return next((f"of those with {criterion}" for criterion in told), "of all")

    def _statistic(self, claim: Claim) -> str:
        """A figure in words has no statistic to compare."""
        said = claim.figure.value is not None
        return self._term("statistic", claim.measure.statistic) if said else ""

    def _term(self, scheme: str, notation: str) -> str:
        return self._vocabulary.get(scheme, notation).label


def _nested() -> dict[str, dict[str, list[str]]]:
    return defaultdict(lambda: defaultdict(list))


def _joined(said: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {study: "; ".join(dict.fromkeys(texts)) for study, texts in said.items()}


def _short(claim: Claim) -> str:
    figure = claim.figure
    unit = "%" if figure.unit == "%" else f" {figure.unit}".rstrip()
    value = f"{figure.operator}{figure.digits}{unit}" if figure.digits else figure.text_value
    return " ".join(filter(None, (claim.measure.category, value)))
