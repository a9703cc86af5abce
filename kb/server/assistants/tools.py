"""The tools: what an assistant can ask of an evidence base, and what it can propose.

The docstring of a tool is its description, and each argument has its own: assistants read both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from kb.api.knowledge_base import KnowledgeBase
from kb.api.results import Claims, QueryResult
from kb.checks import Discrepancy
from kb.errors import InputError, QueryError, shorten
from kb.server.assistants.answers import (
    MAX_PAGE,
    Item,
    anchors,
    cited,
    claim_item,
    discrepancy_item,
    page,
    rows_by_name,
)
from kb.server.assistants.arguments import (
    AnyStudy,
    Drug,
    Endpoint,
    Id,
    Limit,
    Population,
    Regimen,
    SourceId,
    Start,
    Statistic,
    Study,
)
from kb.server.assistants.find import FILTERS, entries, find
from kb.server.assistants.proposals import check_proposal, write_proposal
from kb.sources.text import load_texts
from kb.stores.base import Cell
from kb.stores.library import with_prefixes
from kb.stores.safety import MAX_QUERY, refuse_unsafe
from kb.util.child import run_limited

SECONDS: Final = 20.0
"""How long a query may take, as on the server."""
MAX_ROWS: Final = 100_000
"""Rows that an answer to a query may have, as on the server; a page shows some of them."""
_MAX_COMPARED: Final = 20


class Tools:
    """The tools over one evidence base, which is read again when its records change.

    ``texts`` is the folder with the texts of the sources; ``write`` lets ``propose_claims`` write
    drafts. Calls run one at a time.

    >>> from kb import KnowledgeBase
    >>> Tools(KnowledgeBase()).search("tower")["items"][0]["id"]
    'tower'
    """

    def __init__(
        self, base: KnowledgeBase, texts: Path | None = None, *, write: bool = False
    ) -> None:
        """Compute what every answer needs before the first question."""
        self.lock = Lock()
        self._texts = texts
        self._write = write
        self._base = _prepared(base)

    @property
    def base(self) -> KnowledgeBase:
        """The evidence base as its records are now."""
        if not self._base.is_current:
            old = self._base
            self._base = _prepared(KnowledgeBase(old.root, old.texts, old.store_config.text))
        return self._base

    def search(
        self,
        query: Annotated[
            str,
            Field(
                min_length=1,
                max_length=200,
                description="words of a name, label, registry number, author, DOI or title",
            ),
        ],
        kind: Annotated[
            Literal["study", "endpoint", "drug", "regimen", "population", "source", "publication"]
            | None,
            Field(description="only of this kind"),
        ] = None,
        start: Start = 0,
        limit: Limit = 20,
    ) -> Item:
        """Find ids: studies, endpoints, drugs, regimens, populations, sources, publications.

        Call this first: the other tools take ids and notations, not names. All words must occur;
        a mistyped name finds the nearest one. `claims` counts the figures and statements about
        each. Example: {"query": "overall survival", "kind": "endpoint"} finds the notation OS.
        """
        found = [one for one in entries(self.base) if kind in (None, one.kind)]
        return page(
            find(found, query),
            start,
            limit,
            lambda one: {
                "kind": one.kind,
                "id": one.id,
                "names": list(one.names[:6]),
                "claims": one.claims,
            },
        )

    def study(self, study: Study) -> Item:
        """Describe one study: design, registry, population, groups, publications, endpoints.

        `endpoints` counts the claims of each endpoint, to be asked for with `claims`. `sources`
        are the documents that were read about the study. Example: {"study": "tower"}.
        """
        base = self.base
        one, found = base.study(study), base.claims(study=study)
        publications = {p.id: p for p in base.evidence.publications}
        groups = [g for g in base.evidence.groups if g.study == study and g.within]
        described: Item = {
            "id": one.id,
            "name": one.name,
            "title": one.title,
            "design": base.vocabulary.get("design", one.kind).label,
            "phase": one.phase,
            "population": base.vocabulary.get("population", one.population).label,
            "registry": list(one.registry),
            "analysis_of": list(one.analysis_of),
            "about": one.about,
            "publications": [publications[name].citation for name in one.publications],
            "groups": {group.id: group.label for group in groups[:MAX_PAGE]},
            "groups_total": len(groups),
            "endpoints": dict(
                Counter(view.claim.measure.endpoint for view in found).most_common(MAX_PAGE)
            ),
            "claims_total": len(found),
            "verification": dict(Counter(view.verification.state.value for view in found)),
            "sources": cited(found.rows()),
            "discrepancies_total": sum(_is_about(d, study) for d in base.discrepancies()),
        }
        return {name: value for name, value in described.items() if value not in ("", [], {})}

    def claims(  # noqa: PLR0913 - each filter of KnowledgeBase.claims is an argument
        self,
        *,
        study: AnyStudy = None,
        endpoint: Endpoint = None,
        drug: Drug = None,
        regimen: Regimen = None,
        population: Population = None,
        source: SourceId = None,
        statistic: Statistic = None,
        start: Start = 0,
        limit: Limit = 20,
    ) -> Item:
        """Return the figures that match all filters, each as printed, with its place and trust.

        Give at least one filter. `value`, `low` and `high` are in `unit`; `bounds` is the kind of
        low and high (ci95, range, iqr); counts are `numerator` of `denominator`. `where` is the
        source with its section or table, row and column; `printed` the words there.
        `cited_citation` is set where the source repeats a figure of another publication.
        `verification` is verified (found there in the text), noted (read in a summary only),
        failed, not_checked or source_unavailable. `standing` is uncontested, preferred, disputed
        or set-aside: do not use figures that are set aside. A figure printed several times is
        returned several times. `studies` counts the claims of each study over all pages.
        Example: {"study": "tower", "endpoint": "OS", "statistic": "hazard-ratio"}.
        """
        given = _given(
            study=study,
            endpoint=endpoint,
            drug=drug,
            regimen=regimen,
            population=population,
            source=source,
        )
        found = self._claims(given, statistic)
        rows = found.rows()
        answer = page(rows, start, limit, claim_item, studies=_by_study(rows))
        return answer | {"sources": cited(rows[start : start + len(answer["items"])])}

    def compare(  # noqa: PLR0913 - the filters of claims that compare studies
        self,
        *,
        endpoint: Annotated[Id, Field(description="notation of an endpoint, such as 'OS'")],
        studies: Annotated[
            list[Id] | None,
            Field(max_length=_MAX_COMPARED, description="only these studies, by id"),
        ] = None,
        drug: Drug = None,
        regimen: Regimen = None,
        population: Population = None,
        statistic: Statistic = None,
        start: Start = 0,
        limit: Limit = 20,
    ) -> Item:
        """Set the figures of several studies about one endpoint side by side.

        `differences` says how the studies are not comparable (population, definition of the
        endpoint, analysis set, denominator, statistic, time): report it with the figures. Figures
        that a judgement set aside are left out and counted. Nothing is pooled.
        Example: {"endpoint": "OS", "studies": ["tower", "ino-vate"], "statistic": "median"}.
        """
        base = self.base
        for name in studies or ():
            base.study(name)
        given = _given(endpoint=endpoint, drug=drug, regimen=regimen, population=population)
        every = self._claims(given, statistic)
        every = every.where(lambda view: studies is None or view.claim.study in studies)
        found = every.preferred()
        rows = found.rows()
        answer = page(
            rows,
            start,
            limit,
            claim_item,
            studies=_by_study(rows),
            set_aside=len(every) - len(found),
            differences=[shorten(str(one), 1_500) for one in found.comparability()],
        )
        return answer | {"sources": cited(rows[start : start + len(answer["items"])])}

    def explain(
        self,
        claim: Annotated[
            str,
            Field(
                min_length=1,
                max_length=500,
                description="`claim` of an item, <study>#<claim id>, or its IRI",
            ),
        ],
    ) -> Item:
        """Explain one claim in full: of whom, by whom, where printed, with what, and judgements.

        It includes the discrepancies that the claim is part of and the reasons of judgements.
        """
        view = self.base.claim(claim)
        name = f"{view.claim.study}#{view.claim.id}"
        (row,) = rows_by_name(self.base, [name]).values()
        return {"claim": name, **anchors(row), "explanation": view.explain().splitlines()}

    def discrepancies(
        self,
        study: AnyStudy = None,
        endpoint: Endpoint = None,
        severity: Literal["material", "minor", "rounding"] | None = None,
        status: Literal["open", "adjudicated", "stale"] | None = None,
        start: Start = 0,
        limit: Limit = 10,
    ) -> Item:
        """Return where printed figures cannot all be right, material ones first.

        Each has a sentence, the arithmetic, the places of its claims and, where a curator judged
        it, the judgement with its reason. Without a judgement, report both figures.
        Example: {"study": "tower", "severity": "material"}.
        """
        base = self.base
        if study:
            base.study(study)
        under = base.vocabulary.narrower("endpoint", endpoint) if endpoint else frozenset()
        found = [
            one
            for one in base.discrepancies()
            if (study is None or _is_about(one, study))
            and (endpoint is None or _endpoints(one) & under)
            and severity in (None, one.severity.value)
            and status in (None, one.status.value)
        ]
        return page(found, start, limit, lambda one: discrepancy_item(base, one))

    def sparql(
        self,
        query: Annotated[
            str, Field(min_length=1, max_length=MAX_QUERY, description="SPARQL 1.1 SELECT or ASK")
        ],
        start: Start = 0,
        limit: Limit = 20,
    ) -> Item:
        """Answer a read-only SPARQL SELECT or ASK query over the dataset, within 20 seconds.

        SERVICE, updates, CONSTRUCT and DESCRIBE are refused. Usual prefixes (kb:, skos:, dcterms:,
        rdfs:, xsd:) need no declaration. Each source is a named graph. Select ?claim to get
        `anchors`: the place, print, verification and standing of each claim in the rows. A query
        that counts has no anchors: state it as computed. Without ORDER BY pages may overlap.
        Example: SELECT ?claim ?value { ?claim a kb:Claim ; kb:value ?value } ORDER BY ?claim.
        """
        refuse_unsafe(query)
        base = self.base
        text = with_prefixes(base.iris, query)
        columns, rows = run_limited(SECONDS, lambda: _answer(base.sparql(text)))
        answer = page(rows, start, limit, list, columns=columns)
        names = [
            base.iris.claim_of(iri) for row in answer["items"] for iri in _claim_iris(base, row)
        ]
        shown = rows_by_name(base, (f"{study}#{claim}" for study, claim in names))
        return answer | {"anchors": {name: anchors(row) for name, row in shown.items()}}

    def propose_claims(
        self,
        study: Study,
        drafts: Annotated[
            dict[str, Any],
            Field(
                description="`reports`: a list of {source, at, claims}, in the form of a study's "
                "record; `groups`: groups that the record lacks, by id"
            ),
        ],
    ) -> Item:
        """Check drafts of claims for a study: form, ids, place and figures, in the source's text.

        Nothing enters the dataset: a person accepts drafts with `kb draft --accept`. Each claim
        gets a verdict: refused (form or ids; `problems` names the field), failed (the figures are
        not printed at that place), not_checked or source_unavailable (no text to check in),
        verified, or noted. Correct what is refused or failed by reading the source again, never by
        changing a figure until it passes. `printed` is copied from the source: the figures and
        the few words needed to read them, with … between parts, no sentences. `values` has a
        figure for each group id of the study, `comparison` what compares two of them. At most 100
        claims a call. Example of `drafts`: {"reports": [{"source": "smith-2020", "at": "Table 2",
        "claims": [{"endpoint": "OS", "statistic": "median", "unit": "months", "row": "Survival",
        "printed": "7.7 vs. 4.0 months, HR 0.71 (95% CI 0.55-0.93)", "values": {"treated": 7.7,
        "control": 4.0}, "comparison": {"of": "treated", "versus": "control", "statistic":
        "hazard-ratio", "value": 0.71, "ci95": [0.55, 0.93]}}]}]}.
        """
        base = self.base
        texts = load_texts(self._texts, base.records.sources.values()) if self._texts else {}
        verdicts = check_proposal(base, study, drafts, texts)
        states = dict(Counter(one.state for one in verdicts))
        answer: Item = {"total": len(verdicts), "states": states, "written": ""}
        if self._write:
            try:
                path = write_proposal(base, study, drafts, verdicts)
                answer["written"] = path.relative_to(base.root).as_posix()
            except InputError as error:
                answer["written"] = str(error)
        else:
            answer["written"] = "not written: `kb mcp` runs without --write-drafts"
        return answer | {"items": [one.data() for one in verdicts]}

    def _claims(self, given: dict[str, str], statistic: str | None) -> Claims:
        """Return the claims that match.

        Raises:
            InputError: no filter is given.
            NotFoundError: the value of a filter does not exist.
        """
        if not given:
            raise InputError("expected at least one filter: study, source, " + ", ".join(FILTERS))
        found = self.base.claims(**given)
        if statistic is None:
            return found
        self.base.vocabulary.get("statistic", statistic)
        return found.where(lambda view: view.claim.statistic == statistic)


def _prepared(base: KnowledgeBase) -> KnowledgeBase:
    """Compute what is otherwise computed at the first question."""
    _ = base.store, base.rows, base.curated
    return base


def _given(**filters: str | None) -> dict[str, str]:
    return {name: value for name, value in filters.items() if value is not None}


def _by_study(rows: Iterable[dict[str, str]]) -> dict[str, int]:
    return dict(Counter(row["study"] for row in rows))


def _is_about(discrepancy: Discrepancy, study: str) -> bool:
    return any(claim.study == study for claim in discrepancy.claims)


def _endpoints(discrepancy: Discrepancy) -> set[str]:
    return {discrepancy.endpoint, *(claim.measure.endpoint for claim in discrepancy.claims)}


def _answer(found: QueryResult) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Return columns and rows of an answer.

    Raises:
        QueryError: it has too many rows.
    """
    if len(found) > MAX_ROWS:
        raise QueryError(f"the answer has more than {MAX_ROWS:,} rows: ask for less")
    return list(found.columns), [tuple(row.values()) for row in found]


def _claim_iris(base: KnowledgeBase, row: Iterable[Cell]) -> list[str]:
    start = f"{base.iris.base}study/"
    return [c for c in row if isinstance(c, str) and c.startswith(start) and "#" in c]
