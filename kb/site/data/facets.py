"""The facets of the explorer: what claims can be narrowed by, each with its hierarchy.

A claim has its own terms in every facet; a term finds the claims of its narrower terms too.
Each facet has a SPARQL pattern that finds the same, with a variable of the facet's name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from kb.api.results import ClaimView
from kb.records.vocabulary import Term
from kb.site.context import PageContext
from kb.site.data.packing import packed, sparql_term
from kb.site.labels import STATES, sentence

Own = Callable[[ClaimView], Iterable[str]]
"""What returns the terms that a claim has itself."""

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
    "preferred": "preferred",
    UNCONTESTED: "uncontested",
    "disputed": "disputed",
    "set-aside": "set aside",
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
    own: Own

    @property
    def pattern(self) -> str:
        """The SPARQL that finds ``?claim`` with ``?measure`` by a variable of this name."""
        return _PATTERNS[self.name]

    def packed(self, claims: Iterable[ClaimView]) -> dict[str, Any]:
        """Return the facet for the browser, without terms that find no claim."""
        owned = [set(self.own(view)) for view in claims]
        used = self._used(set().union(*owned))
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
        """Return names and all that are broader, in the order of the options."""
        waiting = list(names)
        while waiting:
            fresh = {*self.options[waiting.pop()].broader} - names
            names |= fresh
            waiting += fresh
        return [name for name in self.options if name in names]


def facets(site: PageContext) -> list[Facet]:
    """Return all facets, those that readers begin with first."""
    iris = site.base.iris
    studies = {study.id: study.name for study in site.studies.values()}
    sources = {s.id: site.publications[s.publication].citation for s in site.sources.values()}
    states = {state.value: text.partition(":")[0] for state, (_, text) in STATES.items()}

    def entities(name: str, labels: Mapping[str, str], own: Own) -> Facet:
        iri = {key: sparql_term(site, iris.entity(name, key)) for key in labels}
        options = {key: Option(key, label, iri[key]) for key, label in labels.items()}
        return Facet(name, name.capitalize(), options, own)

    return [
        _scheme(site, "endpoint", lambda view: [view.claim.measure.endpoint]),
        _scheme(site, "regimen", lambda view: about(site, view, "regimen"), "part"),
        _scheme(site, "drug", lambda view: drugs_of(site, about(site, view, "regimen"))),
        _scheme(site, "population", lambda view: about(site, view, "population")),
        entities("study", studies, lambda view: [view.claim.study]),
        _scheme(site, "design", lambda view: [site.studies[view.claim.study].kind]),
        entities("source", sources, lambda view: [view.claim.source]),
        _values(site, "kind", "Kind of claim", lambda view: [view.claim.kind]),
        _fixed(
            "verification", "Verification", states, lambda view: [view.verification.state.value]
        ),
        _fixed("standing", "Standing", _STANDINGS, lambda v: [v.standing.value or UNCONTESTED]),
        _values(
            site,
            "discrepancy",
            "Discrepancy",
            lambda v: [f.kind for f in v.discrepancies] or [NONE],
        ),
    ]


def about(site: PageContext, view: ClaimView, scheme: str) -> list[str]:
    """Return the regimens or populations of a claim: its measure's own, or its groups'."""
    measure = view.claim.measure
    if own := getattr(measure, scheme):
        return [own]
    groups = [view.group]
    if measure.comparator:
        groups.append(site.groups[measure.study, measure.comparator])
    return [name for group in groups if (name := getattr(group, scheme))]


def drugs_of(site: PageContext, regimens: Iterable[str]) -> Iterator[str]:
    """Yield the drugs of regimens and of their parts."""
    for regimen in regimens:
        yield from site.vocabulary.linked("regimen", regimen, "component")
        yield from drugs_of(site, site.vocabulary.linked("regimen", regimen, "part"))


def _scheme(site: PageContext, name: str, own: Own, part: str = "") -> Facet:
    def option(term: Term) -> Option:
        parts = site.vocabulary.linked(name, term.notation, part) if part else ()
        broader = tuple(dict.fromkeys((*term.broader, *parts)))
        return Option(term.notation, term.label, sparql_term(site, term.iri), broader)

    options = {term.notation: option(term) for term in site.terms(name)}
    return Facet(name, name.capitalize(), options, own)


def _fixed(name: str, title: str, labels: Mapping[str, str], own: Own) -> Facet:
    options = {value: Option(value, label, f'"{value}"') for value, label in labels.items()}
    return Facet(name, title, options, own)


def _values(site: PageContext, name: str, title: str, own: Own) -> Facet:
    """A facet whose terms are values of the software, the most frequent first."""
    counts = Counter(value for view in site.claims for value in own(view))
    labels = {value: value.replace("-", " ") for value, _ in counts.most_common()}
    return _fixed(name, title, labels, own)
