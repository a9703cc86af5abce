"""The page of questions: every named query, ready to be copied, with its answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kb.api.results import QueryResult
from kb.site.context import PageContext
from kb.site.page import OutputFile, Page
from kb.stores.library import Query, library

SHOWN_ROWS: Final = 8


@dataclass(frozen=True)
class Asked:
    """A query with the example it was asked with, and the answer."""

    query: Query
    example: Mapping[str, str]
    sparql: str
    answer: QueryResult


def question_pages(site: PageContext) -> Iterator[Page | OutputFile]:
    """Yield the page with all questions."""
    examples = common_values(site)
    asked = [_ask(site, q, examples) for q in library().values() if not is_for_pages(q)]
    yield Page(
        "questions",
        "questions.html.j2",
        "Questions",
        {"site": site, "asked": asked, "most": SHOWN_ROWS},
        "Questions that the dataset answers, in SPARQL, each with its answer.",
        hide=("navigation",),
    )


def is_for_pages(query: Query) -> bool:
    """Whether a query serves the pages of the site only."""
    return query.name.startswith("page-")


def common_values(site: PageContext) -> Mapping[str, str]:
    """Return for each kind of parameter the value with the most claims."""
    counts: dict[str, Counter[str]] = {}
    for found in site.claims:
        claim, group = found.claim, found.group
        named = {
            "study": claim.study,
            "source": claim.source,
            "endpoint": claim.measure.endpoint,
            "regimen": claim.measure.regimen or group.regimen,
            "population": claim.measure.population or group.population,
            "publication": next((p.id for p in found.publications), ""),
            "section": claim.section,
        }
        for kind, value in named.items():
            counts.setdefault(kind, Counter()).update([value] if value else [])
    best = {kind: max(sorted(c), key=lambda v: c[v]) for kind, c in counts.items() if c}
    regimen = site.vocabulary.schemes["regimen"].get(best.get("regimen", ""))
    drug = regimen.first("component").rpartition("/")[2] if regimen else ""
    first = {kind: next(iter(terms), "") for kind, terms in site.vocabulary.schemes.items()}
    first["publication"] = next(iter(site.publications), "")
    return first | best | ({"drug": drug} if drug else {})


def _ask(site: PageContext, query: Query, values: Mapping[str, str]) -> Asked:
    example = example_of(query, values)
    sparql = with_values(site, query, example)
    return Asked(query, example, sparql, site.base.sparql(sparql))


def example_of(query: Query, values: Mapping[str, str]) -> Mapping[str, str]:
    """Return a value for each parameter that a query needs, or for its first if it needs none."""
    needed = {name: kind for name, kind in query.parameters.items() if _is_needed(query, name)}
    if not needed:
        needed = dict(list(query.parameters.items())[:1])
    return {name: values.get(kind, values.get(name, "")) for name, kind in needed.items()}


def _is_needed(query: Query, name: str) -> bool:
    return name not in query.optional


def with_values(site: PageContext, query: Query, example: Mapping[str, str]) -> str:
    """Return the query as a user would paste it: parameters as VALUES in its pattern."""
    bindings = query.bindings(example, site.vocabulary)
    lines = "".join(f"\n  VALUES ?{name} {{ {term} }}" for name, term in bindings.items())
    text = query.text(site.base.iris, example)
    head, brace, rest = text.partition("{")
    return f"{head}{brace}{lines}{rest}"
