"""``KnowledgeBase``: typed results, filters that follow hierarchies, explanations, SPARQL."""

from __future__ import annotations

import inspect
from decimal import Decimal
from pathlib import Path

import networkx
import pandas
import pytest
import rdflib
from support.example_base import BASE, content, edit

import kb
from kb import (
    Claims,
    ClaimView,
    KnowledgeBase,
    NotFoundError,
    QueryError,
    QueryResult,
    Study,
    UnavailableError,
    VerificationState,
)
from kb.export.csv import COLUMNS
from kb.records.paths import find_root

PUBLIC = (
    "Claim ClaimView Claims Discrepancy Evidence Group InputError KbError KnowledgeBase Measure "
    "NotFoundError Problem Publication QueryError QueryResult RecordError Scan "
    "ScanFinding Source Study UnavailableError Verification VerificationState scan"
)
METHODS = (
    "ask checked claim claims counts curated derived differences discrepancies duckdb effects "
    "evidence explain iris is_current network nquads rdflib records rows sparql sql store studies "
    "study tables verifications vocabulary"
)


def test_the_public_names_are_those_listed_here() -> None:
    """A name that comes or goes is a decision: change this list with the changelog."""
    assert " ".join(kb.__all__) == PUBLIC
    assert " ".join(sorted(n for n in vars(KnowledgeBase) if not n.startswith("_"))) == METHODS
    assert list(inspect.signature(KnowledgeBase.claims).parameters) == [
        "self",
        "study",
        "endpoint",
        "regimen",
        "population",
        "drug",
        "source",
    ]


def test_all_errors_derive_from_one_class() -> None:
    errors = [getattr(kb, name) for name in kb.__all__ if name.endswith("Error")]
    assert all(issubclass(error, kb.KbError) for error in errors)
    assert not issubclass(kb.UnavailableError, kb.InputError)


# --- studies and claims ----------------------------------------------------------------------


def test_a_study_is_found_by_its_id(example: KnowledgeBase) -> None:
    study = example.study("halt")
    assert isinstance(study, Study)
    assert (study.name, study.kind, study.phase) == ("HALT", "randomised-trial", "3")
    assert [s.id for s in example.studies()] == ["ease", "halt", "halt-aura"]


def ids(claims: Claims) -> set[tuple[str, str]]:
    return {(found.claim.study, found.claim.id) for found in claims}


def expected(base: KnowledgeBase, **wanted: set[str]) -> set[tuple[str, str]]:
    """Return the claims that a loop over the model finds, without a graph or a query."""
    groups = {(g.study, g.id): g for g in base.evidence.groups}
    found = set()
    for claim in base.evidence.claims:
        measure = claim.measure
        sides = [groups[measure.study, g] for g in (measure.group, measure.comparator) if g]
        about = {
            "study": {claim.study},
            "endpoint": {measure.endpoint},
            "source": {claim.source},
            "regimen": {measure.regimen} if measure.regimen else {g.regimen for g in sides},
            "population": (
                {measure.population} if measure.population else {g.population for g in sides}
            ),
        }
        if all(about[name] & words for name, words in wanted.items()):
            found.add((claim.study, claim.id))
    return found


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        ({}, {}),
        ({"study": "halt"}, {"study": {"halt"}}),
        ({"source": "headache-review"}, {"source": {"headache-review"}}),
        ({"endpoint": "PAIN_FREE"}, {"endpoint": {"PAIN_FREE"}}),
        ({"endpoint": "RELIEF"}, {"endpoint": {"RELIEF", "PAIN_FREE"}}),
        (
            {"endpoint": "BENEFIT"},
            {"endpoint": {"RELIEF", "PAIN_FREE", "TIME_TO_RELIEF", "DURATION"}},
        ),
        ({"endpoint": "AE"}, {"endpoint": {"AE", "NAUSEA", "VOMITING"}}),
        ({"endpoint": "NAUSEA"}, {"endpoint": {"NAUSEA", "VOMITING"}}),
        ({"population": "migraine"}, {"population": {"migraine", "migraine-with-aura"}}),
        ({"population": "migraine-with-aura"}, {"population": {"migraine-with-aura"}}),
        ({"population": "tension-headache"}, {"population": {"tension-headache"}}),
        ({"regimen": "placebo"}, {"regimen": {"placebo"}}),
        ({"regimen": "calmol"}, {"regimen": {"calmol", "calmol-then-seltiran"}}),
        ({"regimen": "calmol-then-seltiran"}, {"regimen": {"calmol-then-seltiran"}}),
        ({"regimen": "treatment"}, {"regimen": {"calmol", "seltiran", "calmol-then-seltiran"}}),
        ({"drug": "seltiran"}, {"regimen": {"seltiran", "calmol-then-seltiran"}}),
        ({"drug": "analgesic"}, {"regimen": {"calmol", "seltiran", "calmol-then-seltiran"}}),
        (
            {"endpoint": "RELIEF", "regimen": "placebo", "source": "halt-paper"},
            {
                "endpoint": {"RELIEF", "PAIN_FREE"},
                "regimen": {"placebo"},
                "source": {"halt-paper"},
            },
        ),
    ],
    # Sorted: parallel test processes must give a test the same name.
    ids=lambda words: " ".join(
        w if isinstance(w, str) else "+".join(sorted(w)) for w in words.values()
    ),
)
def test_filters_follow_their_hierarchies(
    example: KnowledgeBase, filters: dict[str, str], wanted: dict[str, set[str]]
) -> None:
    assert ids(example.claims(**filters)) == expected(example, **wanted)


def test_a_broader_term_finds_at_least_what_a_narrower_one_finds(real: KnowledgeBase) -> None:
    for scheme in ("endpoint", "regimen", "population"):
        used = {getattr(c.measure, scheme) for c in real.evidence.claims} | {
            getattr(g, scheme, "") for g in real.evidence.groups
        }
        terms = [real.vocabulary.get(scheme, n) for n in sorted(used - {""})][:12]
        for term in terms:
            narrow = ids(real.claims(**{scheme: term.notation}))
            for wider in term.broader:
                assert narrow <= ids(real.claims(**{scheme: wider})), (term.notation, wider)


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"study": "hlat"}, "no study 'hlat'; did you mean 'halt'?"),
        ({"endpoint": "PAINFREE"}, "did you mean 'PAIN_FREE'?"),
        ({"regimen": "calmo"}, "did you mean 'calmol'?"),
        ({"population": "migrane"}, "did you mean 'migraine'?"),
        ({"drug": "seltirane"}, "did you mean 'seltiran'?"),
        ({"source": "halt-papers"}, "no source 'halt-papers'; did you mean 'halt-paper'?"),
        ({"study": "'; DROP"}, "no study"),
        ({"study": "zzzzz"}, "no study 'zzzzz'$"),
    ],
)
def test_an_unknown_filter_value_is_refused_with_the_nearest_one(
    example: KnowledgeBase, filters: dict[str, str], message: str
) -> None:
    with pytest.raises(NotFoundError, match=message.replace("?", r"\?")):
        example.claims(**filters)


def test_a_named_query_refuses_unknown_names_and_values(example: KnowledgeBase) -> None:
    with pytest.raises(NotFoundError, match="did you mean 'halt'"):
        example.ask("study-results", study="hlat")
    with pytest.raises(NotFoundError, match="no query 'study-result'; did you mean 'study-"):
        example.ask("study-result", study="halt")
    with pytest.raises(QueryError, match="has no parameter 'studdy'"):
        example.ask("study-results", studdy="halt")
    with pytest.raises(QueryError, match="needs a value for 'study'"):
        example.ask("study-results")


def test_claims_are_a_sequence_of_typed_results(example: KnowledgeBase) -> None:
    claims = example.claims(study="halt", endpoint="TIME_TO_RELIEF")
    assert len(claims) == 3
    assert all(isinstance(found, ClaimView) for found in claims)
    assert claims[:2] == (claims[0], claims[1])
    assert repr(claims) == "<3 claims about 1 study>"
    figures = {f.group.id: f.claim.figure.value for f in claims if not f.claim.measure.comparator}
    assert figures == {"calmol": Decimal("1.8"), "placebo": Decimal("5.0")}
    assert {f.verification.state for f in claims} == {VerificationState.VERIFIED}


def test_claims_as_a_frame_have_the_columns_of_the_export(example: KnowledgeBase) -> None:
    claims = example.claims(study="halt")
    frame = claims.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == list(COLUMNS)
    assert len(frame) == len(claims.rows()) >= len(claims)
    assert set(frame["study"]) == {"halt"}


# --- explanations ----------------------------------------------------------------------------


def test_a_claim_is_explained_with_its_figure_and_place(example: KnowledgeBase) -> None:
    name = "headache-review.Table-1.PAIN_FREE.after-seltiran.all"
    text = example.explain(f"ease#{name}")
    assert (
        text
        == example.explain(f"{BASE}study/ease#{name}")
        == example.claim(f"ease#{name}").explain()
    )
    lines = dict(line.split(":", 1) for line in text.splitlines())
    fields = {key: value.strip() for key, value in lines.items()}
    assert fields["printed"] == "55%"
    assert fields["where"] == "headache-review, Table 1 › EASE › Free of pain"
    assert fields["cites"] == "Somebody B. Annals of Headache 2016;5:10"
    assert fields["time"] == "after seltiran"
    assert fields["verification"] == "verified"


def test_an_unknown_claim_is_refused(example: KnowledgeBase) -> None:
    with pytest.raises(NotFoundError, match=r"did you mean 'halt#halt-paper\.2\.NAUSEA\.calmol'"):
        example.claim("halt#halt-paper.2.NAUSEA.calmo")
    with pytest.raises(NotFoundError, match="no claim 'halt#nothing'"):
        example.explain("halt#nothing")


# --- SPARQL ----------------------------------------------------------------------------------

LABELLED = "SELECT ?s { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label } ORDER BY ?s"


@pytest.mark.parametrize(
    "value",
    [
        '" } ?s ?p ?o #',
        "' } UNION { ?s ?p ?o } #",
        'calmol arm" } ; DROP ALL ; #',
        "\\u0022 } ?s ?p ?o { \\u0022",
        'line\nbreak """ } ?s ?p ?o #',
        "> . ?s ?p ?o . <",
        "?label",
    ],
)
def test_a_bound_text_cannot_change_the_query(
    example: KnowledgeBase, example_root: Path, value: str
) -> None:
    assert len(example.sparql(LABELLED, {"label": value})) == 0
    if "\n" not in value:
        quoted = value.replace("'", "''")
        halt = "evidence/studies/halt.yaml"
        edit(example_root, halt, "{label: placebo arm", f"{{label: '{quoted}'")
        rows = KnowledgeBase(example_root).sparql(LABELLED, {"label": value})
        assert [row["s"] for row in rows] == [f"{BASE}study/halt#group.placebo"]


def test_an_iri_of_the_dataset_binds_as_an_iri(example: KnowledgeBase) -> None:
    query = f"SELECT (COUNT(*) AS ?n) {{ ?g <{BASE}ontology#study> ?study }}"
    some = example.sparql(query, {"study": f"{BASE}study/ease"})[0]["n"]
    every = example.sparql(query)[0]["n"]
    assert isinstance(some, int)
    assert isinstance(every, int)
    assert 0 < some < every
    same = example.sparql(query, {"study": rdflib.URIRef(f"{BASE}study/ease")})[0]["n"]
    assert same == some


@pytest.mark.parametrize(
    ("bindings", "message"),
    [
        ({"s": f"{BASE}study/x> ?p ?o . <{BASE}y"}, "is not a valid IRI"),
        ({"s": None}, "not NoneType"),
        ({"s": b"bytes"}, "not bytes"),
        ({"s } ?x ?y ?z": "a"}, "no variable|variable"),
    ],
)
def test_an_invalid_binding_is_refused(
    example: KnowledgeBase, bindings: dict[str, str], message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        example.sparql("SELECT ?s { ?s ?p ?o }", bindings)


@pytest.mark.parametrize("number", [63, Decimal(63), Decimal("1.8"), 1.8])
def test_numbers_bind_as_numbers(example: KnowledgeBase, number: Decimal | float) -> None:
    query = f"SELECT ?c {{ ?c <{BASE}ontology#value> ?v FILTER(?v = ?wanted) }}"
    rows = example.sparql(query, {"wanted": number})
    assert len(rows) == sum(c.figure.value == Decimal(str(number)) for c in example.evidence.claims)


def test_a_table_holds_rows_with_typed_cells(example: KnowledgeBase) -> None:
    table = example.ask("study-results", study="halt")
    assert isinstance(table, QueryResult)
    assert len(table.to_frame()) == len(table)
    assert list(table.to_frame().columns) == list(table.columns)
    values = [row["value"] for row in table if row["value"] is not None]
    assert all(isinstance(value, Decimal) for value in values)
    assert [*table[:2]] == [table[0], table[1]]
    assert f"<QueryResult of {len(table)} rows" in repr(table)


def test_a_parameter_that_is_bound_is_shown_in_its_column(example: KnowledgeBase) -> None:
    rows = example.ask("comparisons", study="halt-aura")
    assert {row["study"] for row in rows} == {f"{BASE}study/halt-aura"}


def test_ask_and_graph_queries(example: KnowledgeBase) -> None:
    assert example.sparql("ASK { ?s ?p ?o }")[0]["answer"] is True
    assert example.sparql("ASK { ?s ?p 'nowhere' }")[0]["answer"] is False
    with pytest.raises(QueryError, match=r"graph\(\)"):
        example.sparql("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    lines = example.store.graph("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 5").splitlines()
    assert len(lines) == 5
    with pytest.raises(QueryError, match=r"select\(\)"):
        example.store.graph("ASK { ?s ?p ?o }")


# --- the network, rdflib, counts -------------------------------------------------------------


def test_the_network_has_an_edge_for_each_comparison(example: KnowledgeBase) -> None:
    network = example.network()
    assert isinstance(network, networkx.MultiDiGraph)
    assert set(network.nodes) == {"calmol", "placebo", "seltiran"}
    assert network.nodes["calmol"]["label"] == "calmol"
    endpoints = {edge["endpoint"] for edge in network.get_edge_data("calmol", "placebo").values()}
    assert endpoints == {"TIME_TO_RELIEF", "PAIN_FREE", "DURATION", "RELIEF"}
    assert network.number_of_edges() == sum(
        bool(c.measure.comparator) for c in example.evidence.claims
    )


def test_rdflib_gets_a_copy_of_the_same_data(example: KnowledgeBase) -> None:
    dataset = example.rdflib()
    assert isinstance(dataset, rdflib.Dataset)
    named = {(s, p, o, g) for s, p, o, g in dataset.quads() if str(g).startswith(BASE)}
    assert len(named) == len(example.store)
    assert set(dataset.default_graph) == {quad[:3] for quad in named}
    query = f"SELECT (COUNT(?c) AS ?n) {{ ?c a <{BASE}ontology#Claim> }}"
    found = [int(row[0]) for row in dataset.query(query)]
    assert found == [example.sparql(query)[0]["n"]] == [len(example.evidence.claims)]
    dataset.remove((None, None, None, None))
    assert len(example.rdflib().default_graph) == len({quad[:3] for quad in named})


def test_studies_and_their_further_analyses_are_counted_separately(example: KnowledgeBase) -> None:
    counts = example.counts()
    assert counts["studies"] == 2
    assert counts["analyses of studies"] == 1
    assert counts["publications"] == 5
    assert counts["claims"] == len(example.evidence.claims) > counts["measures"]
    assert counts["verified"] == counts["claims"] - 1


# --- where the evidence base lies ------------------------------------------------------------


def test_the_project_folder_is_found_above_or_by_name(
    example_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KB_ROOT", raising=False)
    assert find_root(example_root / "evidence" / "studies") == example_root
    monkeypatch.chdir(example_root / "ontology")
    assert KnowledgeBase().study("halt").name == "HALT"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnavailableError, match="--root or KB_ROOT"):
        KnowledgeBase()
    monkeypatch.setenv("KB_ROOT", str(example_root))
    assert KnowledgeBase().study("halt").name == "HALT"


def test_reading_and_querying_change_no_file(example_root: Path) -> None:
    before = content(example_root)
    base = KnowledgeBase(example_root)
    base.claims(endpoint="AE").to_frame()
    base.network()
    base.rdflib()
    assert content(example_root) == before
