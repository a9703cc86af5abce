"""The page of questions: every named query, ready to be copied, with its answer."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from kb.api.results import QueryResult
from kb.site.context import PageContext
from kb.site.page import Page, SearchEntry
from kb.stores.library import Query, library

SHOWN_ROWS: Final = 8


@dataclass(frozen=True)
class AnsweredQuery:
    """A query as it can be pasted, with its answer, and the example it was asked with."""

    query: Query
    sparql: str
    answer: QueryResult
    example: Mapping[str, str] = field(default_factory=dict)


def console_link(sparql: str) -> str:
    """Return the address of the console with a query in it."""
    return f"console/#query={quote(sparql, safe='')}"


def question_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page with all questions."""
    yield Page(
        "questions",
        "questions.html.j2",
        "Questions",
        lambda: {"asked": _answered(site), "most": SHOWN_ROWS},
        "Questions that the dataset answers, in SPARQL, each with its answer.",
        hide=("navigation",),
        search=lambda: SearchEntry(parts=tuple((q.name, q.question) for q in asked_queries())),
    )


def _answered(site: PageContext) -> list[AnsweredQuery]:
    values = common_values(site)
    return [_ask(site, query, values) for query in asked_queries()]


def asked_queries() -> list[Query]:
    """Return the queries that the page asks."""
    return [query for query in library().values() if not query.is_for_pages]


def common_values(site: PageContext) -> Mapping[str, str]:
    """Return for each kind of parameter the value with the most claims."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for view in site.claims:
        claim, group = view.claim, view.group
        values = {
            "study": claim.study,
            "source": claim.source,
            "endpoint": claim.measure.endpoint,
            "regimen": claim.measure.regimen or group.regimen,
            "population": claim.measure.population or group.population,
            "publication": next((p.id for p in view.publications), ""),
            "section": claim.section,
        }
        for kind, value in values.items():
            counts[kind].update([value] if value else [])
    first = {kind: next(iter(terms), "") for kind, terms in site.vocabulary.schemes.items()}
    best = {kind: max(sorted(c), key=c.__getitem__) for kind, c in counts.items() if c}
    regimen = site.vocabulary.schemes["regimen"].get(best.get("regimen", ""))
    drug = regimen.first("component").rpartition("/")[2] if regimen else ""
    publication = next(iter(site.publications), "")
    return first | {"publication": publication} | best | ({"drug": drug} if drug else {})


def _ask(site: PageContext, query: Query, values: Mapping[str, str]) -> AnsweredQuery:
    example = example_of(query, values)
    sparql = with_values(site, query, example)
    return AnsweredQuery(query, sparql, site.base.sparql(sparql), example)


def example_of(query: Query, values: Mapping[str, str]) -> Mapping[str, str]:
    """Return a value for each parameter that a query needs, or for its first if it needs none."""
    needed = {n: kind for n, kind in query.parameters.items() if n not in query.optional}
    chosen = needed or dict(list(query.parameters.items())[:1])
    return {name: values.get(kind, values.get(name, "")) for name, kind in chosen.items()}


def with_values(site: PageContext, query: Query, example: Mapping[str, str]) -> str:
    """Return the query as a user would paste it: parameters as VALUES in its pattern."""
    bindings = query.bindings(example, site.vocabulary)
    lines = "".join(f"\n  VALUES ?{name} {{ {term} }}" for name, term in bindings.items())
    head, brace, pattern = query.text(site.base.iris, example).partition("{")
    return f"{head}{brace}{lines}{pattern}"
