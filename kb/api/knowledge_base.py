"""``KnowledgeBase``: studies, claims, queries and checks from Python.

>>> kb = KnowledgeBase()
>>> kb.study("tower").name
'TOWER'
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from kb.analysis.comparability import Comparability, Difference
from kb.api.results import Claims, ClaimView, QueryResult
from kb.checks.adjudication import ClaimStatus, CuratedDiscrepancies
from kb.checks.citations import cite
from kb.errors import NotFoundError, UnavailableError
from kb.export import csv as exports
from kb.model import Evidence, Study
from kb.rdf.dataset import dataset_lines
from kb.rdf.iris import Iris
from kb.rdf.study_checks import CommonInputs, StudyChecks, split
from kb.rdf.writer import sorted_nquads
from kb.records.expand import expand
from kb.records.inputs import stamp_of_inputs
from kb.records.load import Records, load_records, load_studies, load_vocabulary
from kb.records.paths import base_folder, find_root, record_ids
from kb.records.vocabulary import Vocabulary
from kb.sources.verify import Verification, VerificationState
from kb.stores.base import Cell, Engine, ResultSet
from kb.stores.config import StoreConfig
from kb.stores.library import find_query
from kb.stores.safety import binding

if TYPE_CHECKING:
    import networkx
    import pyarrow
    import rdflib

    from kb.analysis.effect_sizes import Ratio
    from kb.analysis.intervals import Derivation
    from kb.checks import Discrepancy
    from kb.stores.duckdb import DuckDB


class KnowledgeBase:
    """An evidence base, read from its records.

    Args:
        root: the project folder, with ``evidence/`` and ``ontology/``, or the name of an installed
            evidence base; by default ``KB_ROOT``, or the nearest folder at or above the working
            one.
        texts: the folder with the texts of the sources, to verify claims against; without it, a
            claim has the state of its last recorded verification.
        store: the engine that answers queries: ``memory``, ``oxigraph:FOLDER`` or the URL of a
            SPARQL endpoint; by default ``KB_STORE``, else memory.

    Raises:
        RecordError: the records have problems; the error lists all of them.

    >>> kb = KnowledgeBase()
    >>> kb.claims(study="tower", endpoint="OS")[0].claim.measure.endpoint
    'OS'
    """

    def __init__(
        self,
        root: str | Path | None = None,
        texts: str | Path | None = None,
        store: str | None = None,
    ) -> None:
        """Read the records; everything else is computed when it is first used."""
        self.store_config = StoreConfig(store)
        self.root = base_folder(root) if root is not None else find_root()
        self.texts = Path(texts) if texts is not None else None
        self._stamp = stamp_of_inputs(self.root, self.texts)
        if self.store_config.kind != "oxigraph":
            _ = self.evidence  # a store on disk answers without all records in memory

    @cached_property
    def records(self) -> Records:
        """The records as written by curators, validated."""
        return load_records(self.root)

    @cached_property
    def evidence(self) -> Evidence:
        """The records expanded to the model: a claim for each reported figure."""
        return expand(self.records)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The concepts of the ontology."""
        if self._is_read:
            return self.records.vocabulary
        return load_vocabulary(self.root)

    @property
    def is_current(self) -> bool:
        """Whether the files are those that this object was made from."""
        return stamp_of_inputs(self.root, self.texts) == self._stamp

    @property
    def _is_read(self) -> bool:
        return "evidence" in vars(self)

    @property
    def iris(self) -> Iris:
        """The IRIs of the dataset."""
        return Iris(self.vocabulary.base)

    @cached_property
    def nquads(self) -> bytes:
        """The whole dataset as sorted N-Quads."""
        return sorted_nquads(chain.from_iterable(dataset_lines(self._common, self._study_checks)))

    @cached_property
    def store(self) -> Engine:
        """The engine that holds the dataset and answers SPARQL."""
        # A store on disk reads the records again: it must hold what its name, a digest of the
        # files, says, also if they changed since this object was made.
        return self.store_config.open(self.root, self.texts, lambda: self.nquads)

    @cached_property
    def _common(self) -> CommonInputs:
        return CommonInputs(self.records, self.evidence, self.evidence.studies, self.texts)

    @cached_property
    def _study_checks(self) -> list[StudyChecks]:
        return [StudyChecks(self._common, study) for study in split(self.evidence)]

    @cached_property
    def _states(self) -> Mapping[tuple[str, str], str]:
        return {key: one.state.value for key, one in self.verifications.items()}

    @cached_property
    def verifications(self) -> Mapping[tuple[str, str], Verification]:
        """The verification of every claim, by study and claim id."""
        every = chain.from_iterable(study.verifications for study in self._study_checks)
        return {(one.claim.study, one.claim.id): one for one in every}

    @cached_property
    def curated(self) -> CuratedDiscrepancies:
        """All discrepancies with their adjudications, and the status of the claims involved."""
        return self._common.curated(self._study_checks)

    def checked(self) -> tuple[CuratedDiscrepancies, dict[str, str]]:
        """Return what the checks find, and why each family that could not run did not.

        A family cannot run where an optional library is missing; ``curated`` raises then.

        >>> curated, not_run = KnowledgeBase().checked()
        >>> len(curated.discrepancies) > 0, not_run
        (True, {})
        """
        not_run: dict[str, str] = {}
        curated = self._common.curated(self._study_checks, not_run)
        # An adjudication may be of what a family that did not run finds.
        return (replace(curated, orphans=()) if not_run else curated), not_run

    @cached_property
    def _comparability(self) -> Comparability:
        return Comparability(self.evidence, self.vocabulary)

    @cached_property
    def rows(self) -> list[exports.Row]:
        """All claims as rows with the columns of ``kb export claims``."""
        return list(exports.claim_rows(self.evidence, self.vocabulary, self._states, self.curated))

    @cached_property
    def _views(self) -> Mapping[str, ClaimView]:
        """Each claim with its context, by IRI."""
        sources = {source.id: source for source in self.evidence.sources}
        references = {name: dict(source.references) for name, source in sources.items()}
        publications = {p.id: p for p in self.evidence.publications}
        groups = {(group.study, group.id): group for group in self.evidence.groups}
        blocks: dict[tuple[str, str], list[ClaimView]] = defaultdict(list)
        views = {}
        for claim in self.evidence.claims:
            block = blocks[claim.study, claim.block]
            key, iri = (claim.study, claim.id), self.iris.claim(claim.study, claim.id)
            citation = cite(claim, references[claim.source], self.curated.numbers_meant)
            views[iri] = ClaimView(
                claim,
                groups[claim.study, claim.measure.group],
                sources[claim.source],
                tuple(publications[name] for _, name in citation.meant),
                self.verifications[key],
                iri,
                self.curated.by_claim.get(key, ()),
                self.curated.standings.get(key, ClaimStatus.UNCONTESTED),
                citation,
                block,
            )
            block.append(views[iri])
        return views

    def studies(self) -> tuple[Study, ...]:
        """Return all studies, sorted by id."""
        return self.evidence.studies

    def study(self, name: str) -> Study:
        """Return one study by its id.

        Raises:
            NotFoundError: no study has this id; the message suggests the nearest one.

        >>> KnowledgeBase().study("campus-all").kind
        'retrospective-cohort'
        """
        studies = {study.id: study for study in self.evidence.studies}
        if name not in studies:
            raise NotFoundError.of("study", name, studies)
        return studies[name]

    def claims(
        self,
        *,
        study: str | None = None,
        endpoint: str | None = None,
        regimen: str | None = None,
        population: str | None = None,
        drug: str | None = None,
        source: str | None = None,
    ) -> Claims:
        """Return the claims that match all filters, in the order of their IRIs.

        An endpoint, regimen or population includes the narrower ones; a drug includes every
        regimen that contains it.

        Raises:
            NotFoundError: the value of a filter does not exist.
            UnavailableError: the store holds claims that the records do not have.

        >>> len(KnowledgeBase().claims(endpoint="RESPONSE")) > 0
        True
        """
        filters = {
            "study": study,
            "endpoint": endpoint,
            "regimen": regimen,
            "population": population,
            "drug": drug,
            "source": source,
        }
        given = {name: value for name, value in filters.items() if value is not None}
        iris = {str(row["claim"]) for row in self.ask("claims", **given)}
        if unknown := iris - self._views.keys():
            message = f"the store holds {min(unknown)}, which the records do not: load it again"
            raise UnavailableError(message)
        return Claims((self._views[iri] for iri in sorted(iris)), self.rows, self._comparability)

    def claim(self, iri: str) -> ClaimView:
        """Return one claim by its IRI, or by ``<study>#<claim id>``."""
        full = iri if ":" in iri else f"{self.iris.base}study/{iri}"
        if full not in self._views:
            prefix = full.removesuffix(iri)  # suggest short names for a short name
            raise NotFoundError.of("claim", iri, (one.removeprefix(prefix) for one in self._views))
        return self._views[full]

    def explain(self, iri: str) -> str:
        """Explain a claim: what is reported, about whom, where, and whether it was verified."""
        return self.claim(iri).explain()

    def ask(self, name: str, /, **parameters: str) -> QueryResult:
        """Answer a named query (``kb query --list``) with values for its parameters.

        Raises:
            NotFoundError: no such query, or a value of a parameter does not exist.
            QueryError: a parameter is missing or unknown.

        >>> KnowledgeBase().ask("study-results", study="tower").columns[0]
        'endpoint'
        """
        query = find_query(name)
        for parameter, value in parameters.items():
            self._require(query.parameters.get(parameter, ""), value)
        bindings = query.bindings(parameters, self.vocabulary)
        return QueryResult(self.store.select(query.text(self.iris, parameters), bindings))

    def sql(self, query: str, parameters: Mapping[str, Cell] | None = None) -> QueryResult:
        """Answer one SELECT of SQL over the tables of ``kb export parquet``, through DuckDB.

        ``$name`` in the query stands for a parameter. The tables are made from the records, and
        need the extra ``analytics``.

        Raises:
            QueryError: anything but one SELECT over the tables, or more than a million rows.
            UnavailableError: no answer in a minute, or DuckDB is not installed.

        >>> KnowledgeBase().sql("SELECT count(*) AS n FROM claims")[0]["n"] > 1000
        True
        """
        return QueryResult(self.duckdb.select(query, parameters))

    @cached_property
    def tables(self) -> Mapping[str, pyarrow.Table]:
        """The evidence base as typed tables, by name (extra ``analytics``)."""
        from kb.export.tables import make_tables

        return make_tables(self.evidence, self.vocabulary, self.curated, self._states)

    @cached_property
    def duckdb(self) -> DuckDB:
        """The tables in DuckDB (extra ``analytics``)."""
        from kb.stores.duckdb import DuckDB

        return DuckDB(self.tables)

    def differences(self, table: QueryResult) -> tuple[Difference, ...]:
        """Return how the claims of a table differ, where they are of several studies.

        Empty for a table without a column ``claim``.

        >>> kb = KnowledgeBase()
        >>> [d.respect for d in kb.differences(kb.ask("hazard-ratios"))][0]
        'endpoint'
        """
        iris = [str(row["claim"]) for row in table] if "claim" in table.columns else []
        keys = [self.iris.claim_of(iri) for iri in iris]
        if self._is_read:
            comparability = self._comparability
        else:
            studies = {study for study, _ in keys}.intersection(record_ids(self.root, "studies"))
            evidence = expand(load_studies(self.root, sorted(studies))[0])
            comparability = Comparability(evidence, self.vocabulary)
        claims = comparability.claims
        return comparability.differences(claims[key] for key in keys if key in claims)

    def _require(self, kind: str, name: str) -> None:
        """Raise NotFoundError if no study, source or publication has this id."""
        folder = {"study": "studies", "source": "sources"}.get(kind)
        if folder or kind == "publication":
            ids = record_ids(self.root, folder) if folder else self.records.publications
            if name not in ids:
                raise NotFoundError.of(kind, name, ids)

    def sparql(
        self, query: str, bindings: Mapping[str, str | int | Cell] | None = None
    ) -> QueryResult:
        """Answer a SPARQL SELECT or ASK query.

        ``bindings`` are values of variables, which cannot change the structure of the query: an
        absolute IRI of the dataset is bound as an IRI, everything else as a literal.

        Raises:
            QueryError: the query is not well formed, or reaches beyond the dataset.

        >>> KnowledgeBase().sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"] > 1000
        True
        """
        base = self.iris.base
        bound = {name: binding(value, base) for name, value in (bindings or {}).items()}
        return QueryResult(self.store.select(query, bound))

    def discrepancies(self) -> list[Discrepancy]:
        """Return all discrepancies, material ones first: claims that cannot all be right.

        Each has a ``status`` (open, adjudicated, stale) and may have an ``adjudication``.

        >>> KnowledgeBase().discrepancies()[0].severity.value
        'material'
        """
        return list(self.curated.discrepancies)

    def derived(self, claims: Iterable[ClaimView] | None = None) -> tuple[Derivation, ...]:
        """Return values computed from reported figures: intervals of proportions, differences.

        Derived values are never mixed with claims; each has its method and its input claims.

        Args:
            claims: what to compute from, as ``claims()`` returns it; all claims by default.

        Raises:
            UnavailableError: scipy is not installed (extra ``statistics``).

        >>> base = KnowledgeBase()
        >>> one = base.derived(base.claims(study="campus-all", endpoint="CR"))[0]
        >>> one.kind, one.derived.low <= one.derived.value <= one.derived.high
        ('share', True)
        """
        from kb.analysis.derived import derived_values

        chosen = None if claims is None else [view.claim for view in claims]
        return derived_values(self.evidence, self.vocabulary, chosen)

    def effects(
        self, *, measure: Ratio = "RR", subgroups: bool = False, **filters: str
    ) -> QueryResult:
        """Return a table for a meta-analysis: a row for each arm or contrast, with yi and vi.

        Each study has one analysis set and one data cut; rows with ``chosen`` False are others.
        What has no standard error has no ``yi``, and says why.

        Args:
            measure: how the proportions of two arms are compared: RR, OR or RD.
            subgroups: also of parts of arms.
            **filters: those of ``claims``, such as the endpoint.

        >>> rows = KnowledgeBase().effects(endpoint="OS", study="tower")
        >>> [(row["effect"], round(row["yi"], 3), round(row["vi"], 3)) for row in rows if row["yi"]]
        [('HR', -0.342, 0.018)]
        """
        from kb.analysis.effects import Options
        from kb.export.analysis import COLUMNS, analysis_rows

        claims = (view.claim for view in self.claims(**filters))
        rows = analysis_rows(
            claims,
            self.evidence,
            self.vocabulary,
            self.curated.standings,
            self.rows,
            Options(measure, subgroups),
        )
        return QueryResult(ResultSet(list(COLUMNS), [tuple(row.values()) for row in rows]))

    def network(self) -> networkx.MultiDiGraph[str]:
        """Return the network of regimens: an edge for each claim that compares two of them.

        Nodes are notations of regimens with their ``label``. Edges lead from the experimental
        regimen to its comparator; they have ``study``, ``endpoint``, ``claim`` and ``printed``.
        """
        from kb.analysis.network import comparison_network

        return comparison_network(self.ask("comparisons"), self.vocabulary)

    def rdflib(self) -> rdflib.Dataset:
        """Return a copy of the dataset as an ``rdflib.Dataset``.

        Its default graph holds all triples of the named graphs.
        """
        import rdflib

        dataset = rdflib.Dataset()
        dataset.parse(data=self.nquads, format="nquads")
        # The union that rdflib offers (default_union) is many times slower to query.
        for triple in [triple for graph in dataset.graphs() for triple in graph]:
            dataset.default_graph.add(triple)
        return dataset

    def counts(self) -> dict[str, int]:
        """Count studies, sources, figures and others, each kind apart.

        A claim is a figure, or a statement without one. ``verified`` and ``noted`` count claims:
        those found in the text of their source, and those read in a summary of it.
        """
        evidence, not_studies = self.evidence, self.vocabulary.with_flag("design", "isNoStudy")
        studies = (s for s in evidence.studies if not s.analysis_of and s.kind not in not_studies)
        in_summary = sum(bool(source.read_in) for source in evidence.sources)
        figures = sum(claim.has_figure for claim in evidence.claims)
        states = Counter(self._states.values())
        return {
            "studies": len(list(studies)),
            "analyses of studies": sum(bool(study.analysis_of) for study in evidence.studies),
            "sources": len(evidence.sources),
            "sources read in their text": len(evidence.sources) - in_summary,
            "sources read in a summary": in_summary,
            "publications": len(evidence.publications),
            "groups": len(evidence.groups),
            "measures": len({claim.measure for claim in evidence.claims}),
            "claims": len(evidence.claims),
            "figures": figures,
            "statements without a figure": len(evidence.claims) - figures,
            "verified": states[VerificationState.VERIFIED],
            "noted": states[VerificationState.NOTED],
        }
