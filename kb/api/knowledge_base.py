"""Look things up from Python: ``KnowledgeBase`` and its typed results.

>>> kb = KnowledgeBase()
>>> kb.study("tower").name
'TOWER'
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from kb.analysis.comparability import Comparability, Difference
from kb.api.results import Claims, ClaimView, QueryResult
from kb.checks import most_material_first
from kb.checks.adjudication import ClaimStatus, CuratedDiscrepancies, with_adjudications
from kb.errors import NotFoundError, UnavailableError
from kb.export import csv as exports
from kb.model import Evidence, Group, Publication, Source, Study
from kb.rdf.dataset import dataset_lines
from kb.rdf.iris import Iris
from kb.rdf.study_checks import CommonInputs, StudyChecks, split
from kb.rdf.writer import sorted_nquads
from kb.records.expand import expand
from kb.records.load import Records, load_records, load_studies, load_vocabulary
from kb.records.paths import find_root, record_ids
from kb.records.vocabulary import Vocabulary
from kb.sources.verify import Verification, VerificationState
from kb.stores.base import Cell, Engine
from kb.stores.config import NO_ANALYTICS, StoreConfig
from kb.stores.library import find_query
from kb.stores.safety import binding

if TYPE_CHECKING:
    import networkx
    import pyarrow
    import rdflib

    from kb.analysis.intervals import Derivation
    from kb.checks import Discrepancy
    from kb.stores.duckdb import DuckDB


class KnowledgeBase:
    """An evidence base, read from its records and ready to be asked.

    Args:
        root: the project folder, which holds ``evidence/`` and ``ontology/``; by default the
            one that ``KB_ROOT`` names, or the nearest around the working folder.
        texts: the folder with the texts of the sources, to check claims against; without it
            the state of verification is that of the last recorded check.
        store: the engine that answers: ``memory``, ``oxigraph:FOLDER``, the URL of a SPARQL
            endpoint or ``parquet:FOLDER``; by default what ``KB_STORE`` says, else memory.

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
        """Read the records; the graph is made when it is first asked."""
        self.read_at = time.time()
        self.store_config = StoreConfig(store)
        self.root = Path(root) if root is not None else find_root()
        self.texts = Path(texts) if texts is not None else None
        if self.store_config.kind != "oxigraph":
            _ = self.evidence  # a store on disk can be asked without all of it in memory

    @cached_property
    def records(self) -> Records:
        """The records, read and checked."""
        return load_records(self.root)

    @cached_property
    def evidence(self) -> Evidence:
        """The records, written out into the model."""
        return expand(self.records)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The concepts of the ontology."""
        if self._is_read:
            return self.records.vocabulary
        return load_vocabulary(self.root)

    @property
    def _is_read(self) -> bool:
        return "evidence" in vars(self)

    @property
    def iris(self) -> Iris:
        """How IRIs are made."""
        return Iris(self.vocabulary.base)

    @cached_property
    def nquads(self) -> bytes:
        """The whole dataset as sorted N-Quads."""
        return sorted_nquads(chain.from_iterable(dataset_lines(self._common, self._study_checks)))

    @cached_property
    def _states(self) -> Mapping[tuple[str, str], str]:
        return {key: check.state.value for key, check in self.verifications.items()}

    @cached_property
    def store(self) -> Engine:
        """The engine that holds the dataset and answers SPARQL."""
        return self.store_config.open(self.root, self.texts, lambda: self.nquads)

    @cached_property
    def _common(self) -> CommonInputs:
        return CommonInputs(self.records, self.evidence, self.evidence.studies, self.texts)

    @cached_property
    def _study_checks(self) -> list[StudyChecks]:
        return [StudyChecks(self._common, study) for study in split(self.evidence)]

    @cached_property
    def verifications(self) -> Mapping[tuple[str, str], Verification]:
        """The verification of every claim, by study and claim id."""
        found = chain.from_iterable(study.verifications for study in self._study_checks)
        return {(one.claim.study, one.claim.id): one for one in found}

    @cached_property
    def curated(self) -> CuratedDiscrepancies:
        """All discrepancies with their adjudications."""
        studies = self._study_checks
        cross_claims = chain.from_iterable(study.cross_claims for study in studies)
        found = [self._common.across(cross_claims), *(study.discrepancies for study in studies)]
        findings = most_material_first(chain.from_iterable(found))
        return with_adjudications(findings, self.evidence.adjudications)

    @cached_property
    def _comparability(self) -> Comparability:
        return Comparability(self.evidence, self.vocabulary)

    @cached_property
    def rows(self) -> list[exports.Row]:
        """All claims as rows with the columns of ``kb export claims``."""
        findings = {
            key: " ".join(finding.id for finding in found)
            for key, found in self.curated.by_claim.items()
        }
        return list(
            exports.claim_rows(self.evidence, self._states, self.curated.standings, findings)
        )

    @cached_property
    def _groups(self) -> Mapping[tuple[str, str], Group]:
        return {(group.study, group.id): group for group in self.evidence.groups}

    @cached_property
    def _found(self) -> Mapping[str, ClaimView]:
        sources = {source.id: source for source in self.evidence.sources}
        publications = {p.id: p for p in self.evidence.publications}
        return dict(self._find(sources, publications))

    def _find(
        self, sources: Mapping[str, Source], publications: Mapping[str, Publication]
    ) -> Iterator[tuple[str, ClaimView]]:
        for claim in self.evidence.claims:
            source = sources[claim.source]
            references = dict(source.references)
            iri = self.iris.claim(claim.study, claim.id)
            yield (
                iri,
                ClaimView(
                    claim,
                    self._groups[claim.study, claim.measure.group],
                    source,
                    tuple(publications[references[number]] for number in claim.cites),
                    self.verifications[claim.study, claim.id],
                    iri,
                    self.curated.by_claim.get((claim.study, claim.id), ()),
                    self.curated.standings.get((claim.study, claim.id), ClaimStatus.UNCONTESTED),
                ),
            )

    def studies(self) -> tuple[Study, ...]:
        """Return all studies, sorted by id."""
        return self.evidence.studies

    def study(self, name: str) -> Study:
        """Return one study by its id.

        Raises:
            NotFoundError: no such study; names the nearest one.

        >>> KnowledgeBase().study("campus-all").kind
        'retrospective-cohort'
        """
        known = {study.id: study for study in self.evidence.studies}
        if name not in known:
            raise NotFoundError.of("study", name, known)
        return known[name]

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
        """Return claims, narrowed by any of the filters; each follows its hierarchy.

        A broader endpoint, regimen or population finds the narrower ones; a drug finds every
        regimen that contains it.

        Raises:
            NotFoundError: a filter names something that does not exist.

        >>> len(KnowledgeBase().claims(endpoint="RESPONSE")) > 0
        True
        """
        given = {
            "study": study,
            "endpoint": endpoint,
            "regimen": regimen,
            "population": population,
            "drug": drug,
            "source": source,
        }
        named = {name: value for name, value in given.items() if value is not None}
        is_all = not named and self.store_config.kind == "memory"  # another store may be of others
        asked = self._found if is_all else (str(r["claim"]) for r in self.ask("claims", **named))
        iris = sorted({*asked})
        for iri in iris:
            if iri not in self._found:
                raise UnavailableError(f"the store is of other records, it has {iri}: load it anew")
        return Claims((self._found[iri] for iri in iris), self.rows, self._comparability)

    def claim(self, iri: str) -> ClaimView:
        """Return one claim by its IRI, or by ``<study>#<claim id>``."""
        full = iri if ":" in iri else f"{self.iris.base}study/{iri}"
        if full not in self._found:
            begin = full.removesuffix(iri)  # nothing, where a whole IRI was asked for
            raise NotFoundError.of("claim", iri, (one.removeprefix(begin) for one in self._found))
        return self._found[full]

    def explain(self, iri: str) -> str:
        """Lead a claim back to its print: what, about whom, by whom, where, and if checked."""
        return self.claim(iri).explain()

    def ask(self, name: str, /, **parameters: str) -> QueryResult:
        """Answer a named query (``kb query --list``) with values for its parameters.

        >>> KnowledgeBase().ask("study-results", study="tower").columns[0]
        'endpoint'
        """
        query = find_query(name)
        for parameter, value in parameters.items():
            self._known(query.parameters.get(parameter, ""), value)
        bindings = query.bindings(parameters, self.vocabulary)
        if self.store_config.tables is not None:
            return QueryResult(self._analytics.select(query.in_sql(parameters), parameters))
        return QueryResult(self.store.select(query.text(self.iris, parameters), bindings))

    def sql(self, query: str, parameters: Mapping[str, Cell] | None = None) -> QueryResult:
        """Answer one SELECT of SQL over the tables of ``kb export parquet``, through DuckDB.

        ``$name`` in the query stands for a parameter. Where the store is ``parquet:FOLDER``
        its files are asked, else tables made from the records (extra ``analytics``).

        Raises:
            QueryError: anything but one SELECT over the tables, or more than a million rows.
            UnavailableError: no answer in a minute, or DuckDB is not installed.

        >>> KnowledgeBase().sql("SELECT count(*) AS n FROM claims")[0]["n"] > 1000
        True
        """
        return QueryResult(self._analytics.select(query, parameters))

    @cached_property
    def tables(self) -> Mapping[str, pyarrow.Table]:
        """The evidence base as typed tables, by name (extra ``analytics``)."""
        try:
            from kb.export.tables import Tables
        except ImportError as error:
            raise UnavailableError(NO_ANALYTICS) from error
        return Tables(self.evidence, self.vocabulary, self.curated, self._states).all()

    @cached_property
    def _analytics(self) -> DuckDB:
        return self.store_config.open_tables(lambda: self.tables)

    def differences(self, table: QueryResult) -> tuple[Difference, ...]:
        """Say in what the claims of a table differ where it sets several studies side by side.

        A table without a column ``claim`` sets no claims side by side.

        >>> kb = KnowledgeBase()
        >>> [d.respect for d in kb.differences(kb.ask("hazard-ratios"))][0]
        'endpoint'
        """
        iris = [str(row["claim"]) for row in table] if "claim" in table.columns else []
        keys = [self.iris.claim_of(iri) for iri in iris]
        of = self._comparability if self._is_read else self._comparing({study for study, _ in keys})
        return of.differences(of.claims[key] for key in keys if key in of.claims)

    def _comparing(self, studies: set[str]) -> Comparability:
        """Read some studies and no others, to say what differs between their claims."""
        known = studies.intersection(record_ids(self.root, "studies"))
        return Comparability(expand(load_studies(self.root, sorted(known))[0]), self.vocabulary)

    def _known(self, kind: str, name: str) -> None:
        """Refuse the name of a study, source or publication that does not exist."""
        folder = {"study": "studies", "source": "sources"}.get(kind)
        if folder or kind == "publication":
            known = record_ids(self.root, folder) if folder else self.records.publications
            if name not in known:
                raise NotFoundError.of(kind, name, known)

    def sparql(
        self, query: str, bindings: Mapping[str, str | int | Cell] | None = None
    ) -> QueryResult:
        """Answer a SPARQL SELECT or ASK query.

        ``bindings`` gives values to variables and can never change the query: an absolute IRI
        of the dataset binds as an IRI, everything else as a literal.

        Raises:
            QueryError: the query is not well formed, or would leave the dataset.

        >>> KnowledgeBase().sparql("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")[0]["n"] > 1000
        True
        """
        base = self.iris.base
        bound = {name: binding(value, base) for name, value in (bindings or {}).items()}
        return QueryResult(self.store.select(query, bound))

    def discrepancies(self) -> list[Discrepancy]:
        """Return what the checks find: claims that cannot all be right, material ones first.

        Each has its ``status`` (open, adjudicated, stale) and, if there is one, its
        ``adjudication``.

        >>> KnowledgeBase().discrepancies()[0].severity.value
        'material'
        """
        return list(self.curated.findings)

    def derived(self) -> tuple[Derivation, ...]:
        """Return what is computed from printed figures: exact intervals of shares, differences.

        Derived values are never mixed with claims; each names its method and its claims.

        Raises:
            UnavailableError: scipy is not installed (extra ``statistics``).

        >>> found = KnowledgeBase().derived()[0]
        >>> found.derived.low <= found.derived.value <= found.derived.high
        True
        """
        from kb.analysis.derived import derived_values

        return derived_values(self.evidence, self.vocabulary)

    def network(self) -> networkx.MultiDiGraph[str]:
        """Return regimens joined by comparisons: an edge for each claim that compares two.

        Nodes are notations of regimens with their ``label``; edges run from the regimen
        compared to its comparator and carry ``study``, ``endpoint``, ``claim`` and ``printed``.
        """
        from kb.analysis.network import comparison_network

        return comparison_network(self.ask("comparisons"), self.vocabulary)

    def rdflib(self) -> rdflib.Dataset:
        """Return the same data as an ``rdflib.Dataset``.

        Its default graph holds everything that the named graphs hold: rdflib answers from one
        graph many times faster than from a union made for each pattern.
        """
        import rdflib

        dataset = rdflib.Dataset()
        dataset.parse(data=self.nquads, format="nquads")
        for triple in [triple for graph in dataset.graphs() for triple in graph]:
            dataset.default_graph.add(triple)
        return dataset

    def _is_study(self, study: Study) -> bool:
        """Analyses of a study and records of background are no studies of their own."""
        no_study = self.vocabulary.inherited("design", study.kind, "isNoStudy")
        return not study.analysis_of and no_study != "true"

    def counts(self) -> dict[str, int]:
        """Count studies, publications, groups, measures and claims, each apart."""
        evidence = self.evidence
        return {
            "studies": sum(self._is_study(study) for study in evidence.studies),
            "analyses of studies": sum(bool(study.analysis_of) for study in evidence.studies),
            "sources": len(evidence.sources),
            "publications": len(evidence.publications),
            "groups": len(evidence.groups),
            "measures": len({claim.measure for claim in evidence.claims}),
            "claims": len(evidence.claims),
            "verified": sum(
                c.state is VerificationState.VERIFIED for c in self.verifications.values()
            ),
        }
