"""How the search finds a page: its kind, its names, and what is shown of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from kb.api.results import ClaimView
from kb.model import Publication, Study
from kb.records.vocabulary import Term
from kb.site.context import PageContext
from kb.site.labels import dotted, sentence, short_citation
from kb.site.page import SearchEntry
from kb.util.wording import counted

_IN_BRACKETS: Final = re.compile(r"^(.*\S)\s*\(([^()]+)\)(.*)$")


def study_entry(site: PageContext, study: Study) -> SearchEntry:
    """Return how a study is found: by its names, registry numbers and reports.

    The name ``D-ALBA (GIMEMA LAL2116)`` is two.
    """
    reports = [site.publications[name] for name in study.publications]
    groups = site.groups_of(study.id)
    regimens = dict.fromkeys(group.regimen for group in groups if group.regimen)
    labels = (site.labels.label("regimen", regimen) for regimen in regimens)
    population = site.labels.label("population", study.population)
    design = site.labels.label("design", study.kind)
    return SearchEntry(
        "Analysis" if study.analysis_of else "Study",
        (*_apart(study.name), *study.registry),
        " ".join((study.title, *labels, *(p.authors for p in reports), *(p.doi for p in reports))),
        dotted(sentence(design), population, _results(site.by_study.get(study.id, ()))),
        len(site.by_study.get(study.id, ())),
    )


def _apart(name: str) -> Iterator[str]:
    """Yield a name, and its parts before and in brackets.

    >>> list(_apart("D-ALBA (GIMEMA LAL2116)"))
    ['D-ALBA (GIMEMA LAL2116)', 'D-ALBA', 'GIMEMA LAL2116']
    """
    yield name
    if found := _IN_BRACKETS.match(name):
        yield f"{found[1]}{found[3]}"
        yield found[2]


def term_entry(site: PageContext, term: Term) -> SearchEntry:
    """Return how a concept is found: by label, other and hidden labels, notation and target."""
    claims = site.evidence_on(term.scheme).get(term.notation, ())
    studies = {view.claim.study for view in claims}
    where = f"in {counted(len(studies), 'study', 'studies')}" if len(studies) > 1 else ""
    targets = (f"anti-{target}" for target in term.properties.get("target", ()))
    return SearchEntry(
        sentence(term.scheme),
        tuple(dict.fromkeys((*_apart(term.label), term.notation, *term.names, *targets))),
        term.definition,
        dotted(" ".join(filter(None, (_results(claims), where))), term.definition),
        len(claims),
    )


def _results(claims: Iterable[ClaimView]) -> str:
    number = sum(view.claim.has_figure for view in claims)
    return counted(number, "figure") if number else "no figures"


def publication_entry(
    site: PageContext, publication: Publication, claims: int, kind: str = "Publication"
) -> SearchEntry:
    """Return how a publication, or the source that it is, is found: by author and numbers."""
    author = short_citation(publication).removesuffix(str(publication.year or "")).strip()
    known = (site.studies[name] for name in publication.reports if name in site.studies)
    reports = [f"{study.name} {study.title}" for study in known]
    of = (s.name for s in site.studies.values() if publication.id in s.publications)
    names = (
        short_citation(publication),
        author,
        publication.doi,
        publication.pmid,
        publication.pmcid,
    )
    text = (publication.citation, publication.authors, publication.title, *reports, *of)
    return SearchEntry(
        kind,
        tuple(dict.fromkeys(filter(None, names))),
        " ".join(text),
        dotted(publication.title, publication.journal),
        claims,
    )
