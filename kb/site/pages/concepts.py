"""The pages of endpoints, regimens, populations and drugs, with all evidence on each."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from kb.api.results import ClaimView
from kb.records.vocabulary import SKOS, Term
from kb.site.charts.plots import Plots
from kb.site.context import SCHEMES, PageContext, collect
from kb.site.data import search_names as searching
from kb.site.labels import sentence
from kb.site.page import Page, Values
from kb.site.tables.figures import DisplayedFigure, shown_comparisons, shown_figures

MOST_ROWS: Final = 400
"""A page with more claims than this lists its studies; the claims are in its download."""

_TREATMENTS: Final = ("regimen", "drug")


@dataclass(frozen=True)
class Line:
    """One claim in a list that goes over several studies."""

    found: ClaimView
    endpoint: str
    measure: str
    group: str
    shown: DisplayedFigure
    treatment: str


@dataclass(frozen=True)
class Code:
    """A code of another terminology, and how closely it fits."""

    closeness: str
    code: str
    label: str
    address: str


def treatment_pages(site: PageContext) -> Iterator[Page]:
    """Yield the pages of regimens and of drugs, which are much the same claims."""
    return _pages(site, _TREATMENTS)


def concept_pages(site: PageContext) -> Iterator[Page]:
    """Yield the pages of all other concepts."""
    return _pages(site, [scheme for scheme in SCHEMES if scheme not in _TREATMENTS])


def _pages(site: PageContext, schemes: Iterable[str]) -> Iterator[Page]:
    """Yield for each scheme a list of its concepts, and a page for each concept."""
    mappings, plots = read_mappings(site), Plots(site)
    for scheme in schemes:
        evidence = evidence_by_concept(site, scheme)
        counts = {name: len(found) for name, found in evidence.items()}
        yield Page(
            f"{scheme}/index",
            "concepts.html.j2",
            SCHEMES[scheme],
            {"site": site, "scheme": scheme, "trees": _trees(site, scheme), "counts": counts},
            hide=("navigation",),
        )
        for term in site.terms(scheme):
            found = evidence.get(term.notation, [])
            codes = mappings.get(f"{scheme}:{term.segment}", [])
            page = _page(site, plots, term, found, codes)
            names = other_labels(site).get(term.iri, [])
            yield replace(page, **searching.of_term(term, names, len(found)))


def evidence_by_concept(site: PageContext, scheme: str) -> Mapping[str, list[ClaimView]]:
    """Return the claims on every concept of a scheme, those on narrower concepts included."""
    notations = {term.iri: term.notation for term in site.terms(scheme)}
    table = site.base.ask(f"page-evidence-by-{scheme}")
    return collect(
        (notations[str(row["concept"])], site.by_iri[str(row["claim"])]) for row in table
    )


def _page(
    site: PageContext, plots: Plots, term: Term, found: list[ClaimView], codes: list[Code]
) -> Page:
    path = f"{term.scheme}/{term.segment}"

    def values() -> Values:
        return _values(site, term, found) | {
            "mappings": codes,
            "plots": plots.of_concept(term, found),
        }

    return Page(
        path,
        "concept.html.j2",
        sentence(term.label),
        values,
        term.definition,
        hide=("navigation", "toc"),
        made_of=site.made_of(found),
        files=lambda: [site.csv(f"{path}.csv", found)] if found else [],
    )


def _values(site: PageContext, term: Term, found: list[ClaimView]) -> dict[str, Any]:
    order = list(site.studies)
    by_study = collect((f.claim.study, f) for f in found)
    studies = sorted(by_study, key=order.index)
    return {
        "site": site,
        "term": term,
        "other_labels": other_labels(site).get(term.iri, []),
        "broader": [site.vocabulary.get(term.scheme, b) for b in term.broader],
        "narrower": [t for t in site.terms(term.scheme) if term.notation in t.broader],
        "links": _links(site, term),
        "claims": found,
        "differences": site.comparability.differences(f.claim for f in found),
        "is_listed": len(found) <= MOST_ROWS,
        "by_study": {s: lines(site, by_study[s]) for s in studies}
        if len(found) <= MOST_ROWS
        else {},
        "counts": {s: len(by_study[s]) for s in studies},
    }


def lines(site: PageContext, found: Iterable[ClaimView]) -> list[Line]:
    """Return claims as lines, by endpoint and measure: the same list for the same claims."""
    order = site.endpoint_order
    chosen = sorted(
        found,
        key=lambda f: (
            order[f.claim.measure.endpoint],
            bool(f.claim.measure.comparator),
            f.claim.id,
        ),
    )
    key = ("lines", *(one.iri for one in chosen))
    return site.once(key, lambda: [_line(site, one) for one in chosen])


def _line(site: PageContext, found: ClaimView) -> Line:
    claim, words = found.claim, site.words
    measure = claim.measure
    if measure.comparator:
        pair = (site.who(measure.study, measure.group), site.who(measure.study, measure.comparator))
        (shown,) = shown_comparisons([found], words, lambda _: ("", ""))
        group = f"{pair[0]} vs {pair[1]}"
    else:
        (shown,) = shown_figures([found], words, with_unit=True)
        group = site.who(measure.study, measure.group)
    regimen = measure.regimen or site.groups[measure.study, measure.group].regimen
    return Line(
        found,
        sentence(words.label("endpoint", measure.endpoint)),
        words.measure(claim),
        group,
        shown,
        words.label("regimen", regimen) if regimen else "",
    )


def _links(site: PageContext, term: Term) -> list[tuple[str, list[Term]]]:
    """What a regimen is made of, and which regimens contain a drug."""
    by_iri = {t.iri: t for scheme in SCHEMES for t in site.terms(scheme)}
    said = (("component", "Drugs"), ("part", "Contains the regimens"))
    made = [
        (title, [by_iri[i] for i in term.properties.get(key, ()) if i in by_iri])
        for key, title in said
    ]
    inside = [
        t
        for t in site.terms("regimen")
        if term.iri in (*t.properties.get("component", ()), *t.properties.get("part", ()))
    ]
    return [(title, terms) for title, terms in (*made, ("Part of the regimens", inside)) if terms]


@dataclass(frozen=True)
class Tree:
    """A concept and what is narrower."""

    term: Term
    narrower: tuple[Tree, ...]


def _trees(site: PageContext, scheme: str) -> list[Tree]:
    children = collect((b, t) for t in site.terms(scheme) for b in t.broader)

    def tree(term: Term) -> Tree:
        return Tree(term, tuple(tree(child) for child in children.get(term.notation, [])))

    return [tree(term) for term in site.terms(scheme) if not term.broader]


@cache
def other_labels(site: PageContext) -> Mapping[str, list[str]]:
    """Return the other names of concepts, by IRI."""
    found = (
        (str(getattr(s, "value", "")), str(getattr(o, "value", "")))
        for s, p, o in site.vocabulary.triples
        if p.value == f"{SKOS}altLabel"
    )
    return collect(found)


def read_mappings(site: PageContext) -> Mapping[str, list[Code]]:
    """Read the codes of other terminologies, by ``scheme:segment``."""
    path = site.base.root / "ontology" / "mappings.sssom.tsv"
    if not path.exists():
        return {}
    text = path.read_text(encoding="utf-8").splitlines()
    expansions = dict(_curies(line for line in text if line.startswith("#")))
    rows = csv.DictReader((line for line in text if not line.startswith("#")), delimiter="\t")
    return collect((row["subject_id"], _mapping(row, expansions)) for row in rows)


def _curies(head: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in head:
        prefix, colon, expansion = line.lstrip("# ").strip().partition(": ")
        if colon and expansion.startswith("http"):
            yield prefix, expansion


def _mapping(row: Mapping[str, str], expansions: Mapping[str, str]) -> Code:
    prefix, _, code = row["object_id"].partition(":")
    closeness = row["predicate_id"].rpartition(":")[2].removesuffix("Match")
    address = f"{expansions[prefix]}{code}" if prefix in expansions else ""
    return Code(closeness, row["object_id"], row["object_label"], address)
