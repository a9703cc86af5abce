"""The facets of the explorer: what claims can be narrowed by, each with its hierarchy.

A claim has terms of its own in every facet; a term finds the claims of its narrower terms too.
Each facet has a pattern of SPARQL that finds the same, with a variable of the facet's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.records.vocabulary import Term
from kb.site.context import PageContext
from kb.site.data.packing import packed, sparql_term
from kb.site.labels import STATES, sentence

UNCONTESTED: Final = "uncontested"
NONE: Final = "none"

_PATTERNS: Final = {
    "study": "?measure kb:study ?study .",
    "drug": "{ ?d skos:broader* ?drug } { ?whole kb:part*/kb:component ?d } "
    "?measure kb:aboutRegimen ?whole .",
    "regimen": "{ ?r (skos:broader|kb:part)* ?regimen } ?measure kb:aboutRegimen ?r .",
    "population": "{ ?p skos:broader* ?population } ?measure kb:aboutPopulation ?p .",
    "endpoint": "{ ?e skos:broader* ?endpoint } ?measure kb:endpoint ?e .",
    "source": "?claim kb:source ?source .",
    "design": "{ ?k skos:broader* ?design } ?measure kb:study/kb:design ?k .",
    "kind": "?claim kb:kind ?kind .",
    "verification": "?claim kb:verification ?verification .",
    "standing": "OPTIONAL { ?claim kb:claimStanding ?stands } "
    f'FILTER (COALESCE(?stands, "{UNCONTESTED}") = ?standing)',
    "discrepancy": "OPTIONAL { ?finding kb:involves ?claim ; kb:kind ?found } "
    f'FILTER (COALESCE(?found, "{NONE}") = ?discrepancy)',
}
_STANDINGS: Final = {
    ClaimStatus.PREFERRED.value: "preferred",
    ClaimStatus.UNCONTESTED.value or UNCONTESTED: "uncontested",
    ClaimStatus.DISPUTED.value: "disputed",
    ClaimStatus.SET_ASIDE.value: "set aside",
}


@dataclass(frozen=True)
class Option:
    """A term of a facet: its name in addresses, its label, what is broader, and its SPARQL."""

    name: str
    label: str
    sparql: str
    broader: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facet:
    """Something that claims can be narrowed by, and the terms that each claim has of its own."""

    name: str
    title: str
    options: Mapping[str, Option]
    own: Callable[[ClaimView], Iterable[str]]

    @property
    def pattern(self) -> str:
        """The SPARQL that finds ``?claim`` with ``?measure`` by a variable of this name."""
        return _PATTERNS[self.name]

    def packed(self, claims: Iterable[ClaimView]) -> dict[str, Any]:
        """Return the facet for the browser; terms that no claim has and none is under go."""
        owned = [tuple(dict.fromkeys(self.own(found))) for found in claims]
        used = self._used({name for names in owned for name in names})
        places = {name: at for at, name in enumerate(used)}
        options = [self.options[name] for name in used]
        return {
            "name": self.name,
            "title": self.title,
            "pattern": self.pattern,
            "names": used,
            "labels": [sentence(option.label) for option in options],
            "sparql": [option.sparql for option in options],
            "broader": [[places[b] for b in option.broader if b in places] for option in options],
            "own": packed([sorted(places[name] for name in names) for names in owned]),
        }

    def _used(self, names: set[str]) -> list[str]:
        waiting = list(names)
        while waiting:
            fresh = {*self.options[waiting.pop()].broader} - names
            names |= fresh
            waiting += fresh
        return [name for name in self.options if name in names]


def facets(site: PageContext) -> list[Facet]:
    """Return all facets, those that readers begin with first."""
    regimens = _Regimens(site)
    return [
        _scheme(site, "endpoint", "Endpoint", lambda found: [found.claim.measure.endpoint]),
        _scheme(site, "regimen", "Regimen", regimens.of, "part"),
        _scheme(site, "drug", "Drug", regimens.drugs),
        _scheme(site, "population", "Population", lambda found: about(site, found, "population")),
        _studies(site),
        _scheme(site, "design", "Design", lambda found: [site.studies[found.claim.study].kind]),
        _sources(site),
        _words(site, "kind", "Kind of claim", lambda found: [found.claim.kind]),
        _fixed("verification", "Verification", _states(), lambda f: [f.check.state.value]),
        _fixed("standing", "ClaimStatus", _STANDINGS, lambda f: [f.standing.value or UNCONTESTED]),
        _words(site, "discrepancy", "Discrepancy", _kinds),
    ]


def about(site: PageContext, found: ClaimView, scheme: str) -> list[str]:
    """Return what a claim is about: its measure's own regimen or population, or its groups'."""
    measure = found.claim.measure
    if own := getattr(measure, scheme):
        return [own]
    groups = [found.group]
    if measure.comparator:
        groups.append(site.groups[measure.study, measure.comparator])
    return [name for group in groups if (name := getattr(group, scheme))]


@dataclass(frozen=True)
class _Regimens:
    """The regimens of claims, and the drugs in them and in their parts."""

    site: PageContext

    def of(self, found: ClaimView) -> list[str]:
        return about(self.site, found, "regimen")

    def drugs(self, found: ClaimView) -> Iterator[str]:
        for name in self.of(found):
            yield from self._drugs_in(name)

    def _drugs_in(self, regimen: str) -> Iterator[str]:
        vocabulary = self.site.vocabulary
        yield from vocabulary.linked("regimen", regimen, "component")
        for part in vocabulary.linked("regimen", regimen, "part"):
            yield from self._drugs_in(part)


def _scheme(
    site: PageContext,
    name: str,
    title: str,
    own: Callable[[ClaimView], Iterable[str]],
    also: str = "",
) -> Facet:
    def option(term: Term) -> Option:
        more = site.vocabulary.linked(name, term.notation, also) if also else ()
        broader = tuple(dict.fromkeys((*term.broader, *more)))
        return Option(term.notation, term.label, sparql_term(site, term.iri), broader)

    return Facet(name, title, {t.notation: option(t) for t in site.terms(name)}, own)


def _studies(site: PageContext) -> Facet:
    def option(name: str) -> Option:
        iri = site.base.iris.entity("study", name)
        return Option(name, site.studies[name].name, sparql_term(site, iri))

    options = {name: option(name) for name in site.studies}
    return Facet("study", "Study", options, lambda found: [found.claim.study])


def _sources(site: PageContext) -> Facet:
    def option(name: str) -> Option:
        cited = site.publications[site.sources[name].publication].citation
        iri = site.base.iris.entity("source", name)
        return Option(name, cited, sparql_term(site, iri))

    options = {name: option(name) for name in site.sources}
    return Facet("source", "Source", options, lambda found: [found.claim.source])


def _states() -> dict[str, str]:
    return {state.value: said.partition(":")[0] for state, (_, said) in STATES.items()}


def _fixed(
    name: str, title: str, labels: Mapping[str, str], own: Callable[[ClaimView], Iterable[str]]
) -> Facet:
    options = {word: Option(word, label, f'"{word}"') for word, label in labels.items()}
    return Facet(name, title, options, own)


def _words(
    site: PageContext, name: str, title: str, own: Callable[[ClaimView], Iterable[str]]
) -> Facet:
    """Terms that are words of the software, the commonest first."""
    counts = Counter(word for found in site.claims for word in own(found))
    labels = {word: word.replace("-", " ") for word, _ in counts.most_common()}
    return _fixed(name, title, labels, own)


def _kinds(found: ClaimView) -> list[str]:
    return [finding.kind for finding in found.findings] or [NONE]
