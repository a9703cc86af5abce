"""How studies differ whose figures are shown side by side, so that comparisons are informed.

Figures of several studies are comparable only as far as the endpoint and its definition, the
population, the prior treatment, the patients counted and the time are the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kb.checks.groups import ANALYSIS_SET, SUBGROUP, Groups
from kb.checks.wording import value_text
from kb.model import RESULT_KINDS, Claim, Evidence, Group
from kb.records.vocabulary import Vocabulary

NOT_STATED: Final = "not stated"
_NAMED: Final = 3
"""At most this many studies are named in one line; more are counted."""


@dataclass(frozen=True)
class Difference:
    """One respect in which figures differ: each value with the studies it holds for.

    >>> print(Difference("population", (("adults", ("A", "B")), ("children", ("C",)))))
    population: adults (A, B); children (C)
    """

    respect: str
    values: tuple[tuple[str, tuple[str, ...]], ...]

    def __str__(self) -> str:
        """Return the difference in one line, with the number of studies where they are many."""
        values = (f"{value} ({_named(studies)})" for value, studies in self.values)
        return f"{self.respect}: {'; '.join(values)}"

    @property
    def stated(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The values that studies state."""
        return tuple(one for one in self.values if one[0] != NOT_STATED)

    @property
    def is_stated(self) -> bool:
        """Whether studies state different values, and not only some of them any."""
        return len(self.stated) > 1

    @property
    def missing(self) -> tuple[str, ...]:
        """The studies of which no value is recorded: a gap, and no difference by itself."""
        return next((studies for value, studies in self.values if value == NOT_STATED), ())


def _named(studies: tuple[str, ...]) -> str:
    return ", ".join(studies) if len(studies) <= _NAMED else f"{len(studies)} studies"


def _is_word(value: str) -> bool:
    return not value[:1].isdigit() and "://" not in value


class Comparability:
    """Finds how the studies of claims differ; one instance serves a whole evidence base."""

    def __init__(self, evidence: Evidence, vocabulary: Vocabulary) -> None:
        """Index groups, names, definitions and what else distinguishes populations."""
        self._vocabulary = vocabulary
        self.claims = {(claim.study, claim.id): claim for claim in evidence.claims}
        self._names = {study.id: study.name for study in evidence.studies}
        self._groups = Groups(evidence, vocabulary)
        self._populations = {study.id: study.population for study in evidence.studies}
        self._definitions: dict[str, dict[str, list[str]]] = _nested()
        self._background: dict[str, dict[str, list[str]]] = _nested()
        for claim in evidence.claims:
            if claim.kind == "definition":
                defined = claim.measure.category.partition(",")[0]
                self._definitions[defined][claim.study].append(claim.wording)
            elif self._tells_apart(claim):
                self._background[claim.measure.endpoint][claim.study].append(_short(claim))
        self._profiles: dict[tuple[str, str], tuple[str, ...]] = {}
        self._respects: Mapping[str, Callable[[Claim], str]] = {
            "endpoint": self._endpoint,
            **{self._label(name): self._trait(name) for name in self._traits()},
            "analysis set": self._analysis_set,
            "denominator": self._share_of_whom,
            "statistic": self._statistic,
            "time": lambda claim: vocabulary.time_text(claim.measure.time) or NOT_STATED,
        }

    def differences(self, claims: Iterable[Claim]) -> tuple[Difference, ...]:
        """Return the respects in which the claims of several studies differ; none for one study."""
        chosen = [claim for claim in claims if claim.kind in RESULT_KINDS]
        if len({claim.study for claim in chosen}) < 2:
            return ()
        return tuple(self._all(chosen))

    @property
    def respects(self) -> tuple[str, ...]:
        """The respects in which each claim has a value of its own."""
        return tuple(self._respects)

    def profile(self, claim: Claim) -> tuple[str, ...]:
        """Return the value of a claim in each of ``respects``; "" where none applies."""
        key = (claim.study, claim.id)
        if key not in self._profiles:
            self._profiles[key] = tuple(value_of(claim) for value_of in self._respects.values())
        return self._profiles[key]

    def definitions(self) -> Mapping[str, Mapping[str, str]]:
        """Return the definitions of each endpoint, by study."""
        return {endpoint: _joined(texts) for endpoint, texts in self._definitions.items() if texts}

    def background(self) -> Mapping[str, Mapping[str, str]]:
        """Return what else distinguishes populations, by label: what each study prints of it."""
        every = sorted(self._background.items())
        return {self._term("endpoint", name): _joined(texts) for name, texts in every}

    def _all(self, claims: list[Claim]) -> Iterator[Difference]:
        profiles = [(claim.study, self.profile(claim)) for claim in claims]
        for at, respect in enumerate(self._respects):
            studies_by_value: dict[str, set[str]] = defaultdict(set)
            for study, profile in profiles:
                if value := profile[at]:
                    studies_by_value[value].add(study)
            yield from self._difference(respect, studies_by_value)
        studies = {claim.study for claim in claims}
        reporting: dict[str, set[str]] = defaultdict(set)
        for claim in claims:
            reporting[claim.measure.endpoint].add(claim.study)
        for endpoint in sorted(reporting):
            respect = f"definition of {self._term('endpoint', endpoint)}"
            yield from self._stated(respect, self._definitions[endpoint], reporting[endpoint])
        for endpoint, texts in sorted(self._background.items()):
            yield from self._stated(self._term("endpoint", endpoint), texts, studies)

    def _stated(
        self, respect: str, texts: Mapping[str, list[str]], studies: set[str]
    ) -> Iterator[Difference]:
        """What some studies state and others do not is a difference, too."""
        joined = _joined(texts)
        studies_by_value: dict[str, set[str]] = defaultdict(set)
        for study in studies:
            studies_by_value[joined.get(study, "") or NOT_STATED].add(study)
        yield from self._difference(respect, studies_by_value)

    def _difference(self, respect: str, by_value: Mapping[str, set[str]]) -> Iterator[Difference]:
        """Put the most frequent value first, and what is not stated last."""
        if len(by_value) > 1:
            order = sorted(by_value, key=lambda v: (v == NOT_STATED, -len(by_value[v]), v))
            named = ((v, tuple(sorted(self._names[s] for s in by_value[v]))) for v in order)
            yield Difference(respect, tuple(named))

    def _tells_apart(self, claim: Claim) -> bool:
        name = claim.measure.endpoint
        return self._vocabulary.inherited("endpoint", name, "tellsPopulationsApart") == "true"

    def _traits(self) -> list[str]:
        """The properties of populations whose values are words, such as the disease status.

        Numbers and links, as of limits of age, are there for checks.
        """
        terms = self._vocabulary.schemes.get("population", {}).values()
        values: dict[str, set[str]] = defaultdict(set)
        for term in terms:
            for name, every in term.properties.items():
                values[name].update(every)
        return sorted(name for name, every in values.items() if all(map(_is_word, every)))

    def _label(self, name: str) -> str:
        return self._vocabulary.label_of(name)

    def _trait(self, name: str) -> Callable[[Claim], str]:
        def of(claim: Claim) -> str:
            population = self._population(claim)
            value = self._vocabulary.inherited("population", population, name)
            return value.replace("-", " ") or NOT_STATED

        return of

    def _population(self, claim: Claim) -> str:
        if claim.measure.population:
            return claim.measure.population
        for group in self._around(claim):
            if group.population:
                return group.population
        return self._populations[claim.study]

    def _around(self, claim: Claim) -> Iterator[Group]:
        """Yield the group of a claim and those that it is within, the narrowest first."""
        return self._groups.around(self._groups.of(claim))

    def _endpoint(self, claim: Claim) -> str:
        return self._term("endpoint", claim.measure.endpoint)

    def _analysis_set(self, claim: Claim) -> str:
        for group in self._around(claim):
            if group.kind == ANALYSIS_SET:
                return group.label
            if group.kind == SUBGROUP:
                return "a subgroup"
        return "whole arm, cohort or study"

    def _share_of_whom(self, claim: Claim) -> str:
        if claim.figure.unit != "%":
            return ""
        criteria = (
            " ".join(filter(None, (self._term("endpoint", g.who_endpoint), g.who_category)))
            for g in self._around(claim)
            if g.who_endpoint
        )
        return next((f"of those with {criterion}" for criterion in criteria), "of all")

    def _statistic(self, claim: Claim) -> str:
        """A figure in words has no statistic to compare."""
        has_value = claim.figure.value is not None
        return self._term("statistic", claim.measure.statistic) if has_value else ""

    def _term(self, scheme: str, notation: str) -> str:
        return self._vocabulary.get(scheme, notation).label


def _nested() -> dict[str, dict[str, list[str]]]:
    return defaultdict(lambda: defaultdict(list))


def _joined(by_study: Mapping[str, Iterable[str]]) -> dict[str, str]:
    return {study: "; ".join(dict.fromkeys(texts)) for study, texts in by_study.items()}


def _short(claim: Claim) -> str:
    return ": ".join(filter(None, (claim.measure.category, value_text(claim))))
