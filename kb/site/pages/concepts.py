"""The pages of endpoints, regimens, populations and drugs, with all evidence on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from kb.api.results import ClaimView
from kb.records.codes import Code
from kb.records.vocabulary import Term
from kb.site.charts.drawing import Plot
from kb.site.charts.plots import Plots
from kb.site.context import SCHEMES, PageContext, collect
from kb.site.labels import sentence
from kb.site.page import Page, Values
from kb.site.search_entries import term_entry
from kb.site.tables.figures import DisplayedFigure, displayed_comparisons, displayed_figures
from kb.site.tables.safety import Safety

MOST_ROWS: Final = 400
"""A page with more claims than this lists its studies; the claims are in its download."""
_MOST_NODES: Final = 5170
"""How many elements a page has for claims and plots: a page of 6,000 is slow on a phone."""
_NODES_OF_LINE: Final = 9
_NODES_OF_STUDY: Final = 20
_NODES_OF_HEADING: Final = 6
_NODES_OF_ROW: Final = 14
_NODES_OF_CELL: Final = 3
_NODES_OF_PLOT: Final = 45


@dataclass(frozen=True)
class Line:
    """One claim in a list that covers several studies."""

    view: ClaimView
    endpoint: str
    measure: str
    group: str
    figure: DisplayedFigure
    treatment: str


class Tree(NamedTuple):
    """A concept and the narrower ones; ``anchor`` is its id where the list stands for its page."""

    term: Term
    narrower: list[Tree]
    anchor: str


def concept_pages(site: PageContext) -> Iterator[Page]:
    """Yield for each scheme a list of its concepts, and a page for each with evidence."""
    codes, plots = site.base.records.codes, Plots(site)
    for scheme, title in SCHEMES.items():
        values = partial(_index_values, site, scheme)
        yield Page(f"{scheme}/index", "concepts.html.j2", title, values, hide=("navigation",))
        for term in site.with_page(scheme):
            yield from _pages(site, plots, term, codes.get(f"{scheme}:{term.segment}"))


def _index_values(site: PageContext, scheme: str) -> Values:
    counts = {name: len(views) for name, views in site.evidence_on(scheme).items()}
    return {"scheme": scheme, "trees": _trees(site, scheme), "counts": counts}


def _pages(site: PageContext, plots: Plots, term: Term, codes: list[Code] | None) -> Iterator[Page]:
    """Yield the page of a concept, and one with the plots that it has no room for."""
    path = f"{term.scheme}/{term.segment}"
    views = site.evidence_on(term.scheme)[term.notation]
    unordered = collect((view.claim.study, view) for view in views)
    by_study = {study: unordered[study] for study in site.studies if study in unordered}
    is_listed = len(views) <= MOST_ROWS
    of_lines = _NODES_OF_LINE * len(views) + _NODES_OF_HEADING * len(by_study)
    listed = of_lines if is_listed else _NODES_OF_STUDY * len(by_study)
    drawn, others = _divided(plots.of_concept(term, views), _MOST_NODES - listed)
    others, larger = _divided(others, _MOST_NODES)

    def values() -> Values:
        return {
            **_term_values(site, term),
            "mappings": codes,
            "claims": views,
            "differences": site.comparability.differences(view.claim for view in views),
            "plots": drawn,
            "others": others,
            "larger": larger,
            "is_listed": is_listed,
            "by_study": {s: lines(site, v) for s, v in by_study.items()} if is_listed else {},
            "counts": {study: len(v) for study, v in by_study.items()},
        }

    yield Page(
        path,
        "concept.html.j2",
        sentence(term.label),
        values,
        term.definition,
        hide=("navigation", "toc"),
        search=lambda: term_entry(site, term),
        files=lambda: [site.csv(f"{path}.csv", views)],
    )
    if others:
        yield _of_plots(term, others)


def _term_values(site: PageContext, term: Term) -> Values:
    return {
        "term": term,
        "other_labels": site.other_labels.get(term.iri, []),
        "broader": [site.vocabulary.get(term.scheme, b) for b in term.broader],
        "narrower": [t for t in site.terms(term.scheme) if term.notation in t.broader],
        "links": _links(site, term),
        "safety": Safety.of(site).links_of_term(term.scheme, term.notation),
    }


def _of_plots(term: Term, plots: list[Plot]) -> Page:
    title = sentence(term.label)
    return Page(
        f"{term.scheme}/{term.segment}/plots",
        "concept-plots.html.j2",
        f"{title}: more plots",
        lambda: {"term": term, "plots": plots},
        f"{title}: more of its figures as plots",
        hide=("navigation",),
    )


def _divided(plots: Iterable[Plot], left: int) -> tuple[list[Plot], list[Plot]]:
    """Return the plots that a page has room for, the first ones first, and the others."""
    kept: list[Plot] = []
    others: list[Plot] = []
    for plot in plots:
        row = _NODES_OF_ROW + _NODES_OF_CELL * len(plot.columns)
        cost = _NODES_OF_PLOT + row * len(plot.rows)
        (kept if cost <= left else others).append(plot)
        left -= cost if cost <= left else 0
    return kept, others


def lines(site: PageContext, views: Iterable[ClaimView]) -> list[Line]:
    """Return claims as lines, by endpoint and measure: the same list for the same claims."""

    def order(view: ClaimView) -> tuple[int, bool, str]:
        measure = view.claim.measure
        return site.endpoint_order[measure.endpoint], bool(measure.comparator), view.claim.id

    chosen = sorted(views, key=order)
    key = ("lines", *(view.iri for view in chosen))
    return site.memo(key, lambda: [_line(site, view) for view in chosen])


def _line(site: PageContext, view: ClaimView) -> Line:
    claim, labels = view.claim, site.labels
    measure = claim.measure
    group = site.who(measure.study, measure.group)
    if measure.comparator:
        (figure,) = displayed_comparisons([view], labels)
        group = f"{group} vs {site.who(measure.study, measure.comparator)}"
    else:
        (figure,) = displayed_figures([view], labels, with_unit=True)
    endpoint = sentence(labels.label("endpoint", measure.endpoint))
    regimen = labels.label("regimen", measure.regimen or view.group.regimen)
    return Line(view, endpoint, labels.measure(claim), group, figure, regimen)


def _links(site: PageContext, term: Term) -> list[tuple[str, list[Term]]]:
    """The parts of a regimen, and the regimens that contain a drug or regimen."""

    def linked(name: str, scheme: str) -> list[Term]:
        notations = site.vocabulary.linked(term.scheme, term.notation, name)
        return [site.vocabulary.get(scheme, notation) for notation in notations]

    def contains(regimen: Term) -> bool:
        parts = ("component", "part")
        return any(term.iri in regimen.properties.get(name, ()) for name in parts)

    links = {
        "Drugs": linked("component", "drug"),
        "Contains the regimens": linked("part", "regimen"),
        "Part of the regimens": list(filter(contains, site.terms("regimen"))),
    }
    return [(title, terms) for title, terms in links.items() if terms]


def _trees(site: PageContext, scheme: str) -> list[Tree]:
    children = collect((broader, t) for t in site.terms(scheme) for broader in t.broader)

    # A concept stands under each of its broader ones, and has its anchor in the first place.
    bare = {t.notation for t in site.terms(scheme)} - site.evidence_on(scheme).keys()

    def tree(term: Term) -> Tree:
        anchor = term.segment if term.notation in bare else ""
        bare.discard(term.notation)
        return Tree(term, [tree(child) for child in children.get(term.notation, [])], anchor)

    return [tree(term) for term in site.terms(scheme) if not term.broader]
