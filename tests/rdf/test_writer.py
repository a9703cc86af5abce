"""The graph: the same bytes every time, read back to the same model, valid by its shapes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import is_dataclass, replace
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from pyshacl import validate
from support.environment import ROOT
from support.example_base import BASE, edit
from support.graph_reader import GraphReader

from kb import KnowledgeBase, model
from kb.model import Output, Time, outputs
from kb.rdf.writer import GraphWriter, sorted_nquads
from kb.records.ontology import RDF_TYPE

BASES = ["example", "real"]


@pytest.fixture(params=BASES)
def base(request: pytest.FixtureRequest) -> KnowledgeBase:
    """Each evidence base in turn."""
    found: KnowledgeBase = request.getfixturevalue(request.param)
    return found


def quads(base: KnowledgeBase) -> list[ox.Quad]:
    return list(ox.parse(base.nquads, ox.RdfFormat.N_QUADS))


# --- the same bytes --------------------------------------------------------------------------


def test_the_same_records_give_the_same_bytes(base: KnowledgeBase) -> None:
    again = KnowledgeBase(base.root, base.texts)
    assert again.nquads == base.nquads


@pytest.mark.parametrize("backwards", [False, True])
def test_the_order_of_files_and_fields_changes_nothing(
    example_root: Path, monkeypatch: pytest.MonkeyPatch, backwards: bool
) -> None:
    expected = KnowledgeBase(example_root).nquads
    listed = Path.glob

    def ordered(folder: Path, pattern: str) -> list[Path]:
        return sorted(listed(folder, pattern), reverse=backwards)

    monkeypatch.setattr(Path, "glob", ordered)
    for study in ("ease", "halt-aura"):
        path = example_root / "evidence" / "studies" / f"{study}.yaml"
        head, groups = path.read_text("utf-8").split("groups:\n")
        path.write_text(f"groups:\n{groups}{head}", "utf-8")
    assert KnowledgeBase(example_root).nquads == expected


def test_the_hash_seed_the_folder_and_the_time_zone_change_nothing(
    example_root: Path, tmp_path: Path
) -> None:
    moved = shutil.copytree(example_root, tmp_path / "elsewhere" / "moved")
    code = "import sys; from kb import KnowledgeBase; " + (
        "sys.stdout.buffer.write(KnowledgeBase(sys.argv[1]).nquads)"
    )
    env = {**os.environ, "PYTHONHASHSEED": "4242", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    answer = subprocess.run(
        [sys.executable, "-c", code, str(moved)], env=env, capture_output=True, check=True, cwd=ROOT
    )
    assert answer.stdout == KnowledgeBase(example_root).nquads


def test_lines_are_sorted_and_unique(base: KnowledgeBase) -> None:
    lines = base.nquads.decode("utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert base.nquads.endswith(b" .\n")


def test_a_statement_that_the_ontology_makes_twice_is_one_line(example_root: Path) -> None:
    before = KnowledgeBase(example_root)
    path = example_root / "ontology" / "drugs.ttl"
    path.write_text(path.read_text("utf-8") + path.read_text("utf-8"), encoding="utf-8")
    again = KnowledgeBase(example_root)
    lines = GraphWriter(again.vocabulary).shared(again.evidence)
    assert (
        len(lines) == len(set(lines)) == len(GraphWriter(before.vocabulary).shared(before.evidence))
    )


# --- the way back ----------------------------------------------------------------------------


def test_the_model_is_read_back_from_the_graph(base: KnowledgeBase) -> None:
    back = GraphReader(base.vocabulary).read(base.nquads)
    for name in base.evidence.__dataclass_fields__:
        assert getattr(back, name) == getattr(base.evidence, name), name
    assert back.claims


def test_a_changed_claim_is_read_back_as_changed(example: KnowledgeBase) -> None:
    first = example.evidence.claims[0]
    changed = replace(first, printed=f"{first.printed}!")
    other = replace(example.evidence, claims=(changed, *example.evidence.claims[1:]))
    writer = GraphWriter(example.vocabulary)
    written = sorted_nquads([*writer.shared(other), *writer.of_studies(other)])
    assert GraphReader(example.vocabulary).read(written) == other != example.evidence


def test_odd_characters_in_a_record_are_read_back(example_root: Path) -> None:
    odd = '"quoted" \\n <b> {x} ‹é› \u00a0 日本 🙂 \''
    quoted = odd.replace("'", "''")
    halt = "evidence/studies/halt.yaml"
    edit(example_root, halt, "about: An invented trial.", f"about: '{quoted}'")
    edit(example_root, halt, "category: dizziness", "category: Übelkeit/µg %")
    edit(example_root, "evidence/studies/ease.yaml", "cites: [13]", "cites: [13, 11, 13]")
    edit(
        example_root,
        "evidence/dataset.yaml",
        "[Nobody in particular]",
        "[Zoe, Adam, Zoe]",
    )
    base = KnowledgeBase(example_root)
    assert GraphReader(base.vocabulary).read(base.nquads) == base.evidence
    assert base.study("halt").about == odd
    assert ("ease", (11, 13)) in {(c.study, c.cites) for c in base.evidence.claims}


def test_iris_of_terms_may_have_letters_of_any_script(example_root: Path) -> None:
    path = example_root / "ontology" / "populations.ttl"
    path.write_text(
        path.read_text("utf-8") + "\n<population/kopfweh-ü>\n    a skos:Concept, kb:Population ;\n"
        '    skos:inScheme <population/> ;\n    skos:notation "kopfweh-ü" ;\n'
        '    skos:prefLabel "x"@en ;\n    skos:broader population:headache .\n',
        "utf-8",
    )
    edit(
        example_root, "evidence/studies/ease.yaml", "population: headache", "population: kopfweh-ü"
    )
    base = KnowledgeBase(example_root)
    assert GraphReader(base.vocabulary).read(base.nquads) == base.evidence
    assert len(base.claims(population="kopfweh-ü")) == len(base.claims(study="ease"))


# --- what the graph holds --------------------------------------------------------------------


def test_each_source_has_a_graph_that_holds_its_claims(base: KnowledgeBase) -> None:
    claim = base.iris.own("Claim")
    graphs: Counter[str] = Counter()
    for quad in quads(base):
        if quad.predicate.value == RDF_TYPE and str(getattr(quad.object, "value", "")) == claim:
            graphs[str(getattr(quad.graph_name, "value", ""))] += 1
    per_source = Counter(base.iris.entity("source", c.source) for c in base.evidence.claims)
    assert graphs == per_source


def test_a_claim_is_only_in_the_graph_of_its_own_source(base: KnowledgeBase) -> None:
    rows = base.sparql(
        f"SELECT ?g ?s {{ GRAPH ?g {{ ?c <{base.iris.own('source')}> ?s ; a "
        f"<{base.iris.own('Claim')}> }} FILTER(?g != ?s) }}"
    )
    assert len(rows) == 0


def test_every_subject_is_below_the_base(base: KnowledgeBase) -> None:
    subjects = {q.subject.value for q in quads(base) if isinstance(q.subject, ox.NamedNode)}
    graphs = {str(getattr(q.graph_name, "value", "")) for q in quads(base)}
    assert [s for s in subjects | graphs if not s.startswith(base.iris.base)] == []


def test_the_base_is_one_setting(example: KnowledgeBase, real: KnowledgeBase) -> None:
    assert example.iris.base == BASE
    assert real.iris.base.encode() not in example.nquads
    assert BASE.encode() not in real.nquads


def test_iris_are_readable(example: KnowledgeBase) -> None:
    ids = {c.id for c in example.evidence.claims if c.study == "halt"}
    assert "halt-paper.2.PAIN_FREE.at-2-hours.calmol" in ids
    assert "halt-paper.2.PAIN_FREE.p-value.at-2-hours.calmol-versus-placebo" in ids
    assert "halt-paper.1.DOSE.value.calmol" in ids
    assert all(re.fullmatch(r"[\w.+-]+", name) for name in ids)


def test_an_iri_stays_when_other_claims_are_removed(example_root: Path) -> None:
    before = {c.id for c in KnowledgeBase(example_root).evidence.claims}
    line = "      - {endpoint: SAMPLE_SIZE, printed: In 120 adults, values: {all: {n: 120}}}\n"
    edit(example_root, "evidence/studies/halt.yaml", line, "")
    after = {c.id for c in KnowledgeBase(example_root).evidence.claims}
    assert before - after == {"halt-paper.Abstract.SAMPLE_SIZE.all"}
    assert after < before


def test_both_parsers_read_the_same_graph(base: KnowledgeBase) -> None:
    dataset = rdflib.Dataset()
    dataset.parse(data=base.nquads, format="nquads")
    assert len(list(dataset.quads())) == len(quads(base)) == len(base.store)


def test_second_hand_figures_refer_to_the_publication(example: KnowledgeBase) -> None:
    own = example.iris.own
    rows = example.sparql(
        f"SELECT DISTINCT ?p {{ ?c <{own('cites')}> 13 ; <{own('isSecondHand')}> true ; "
        f"<{own('citesPublication')}> ?p }}"
    )
    assert [row["p"] for row in rows] == [f"{BASE}publication/ease-2018"]


# --- the ontology that describes it ----------------------------------------------------------


def used_terms(base: KnowledgeBase) -> set[str]:
    own = base.iris.own("")
    found = {q.predicate.value for q in quads(base)}
    found |= {str(getattr(q.object, "value", "")) for q in quads(base)}
    kinds = [kind for kind in vars(model).values() if is_dataclass(kind) and kind is not Output]
    properties = [o for kind in kinds for o in outputs(kind) if o.kind != "id" and kind is not Time]
    found |= {f"{own}{o.predicate}" for o in properties if ":" not in o.predicate}
    return {term.removeprefix(own) for term in found if term.startswith(own)}


def ontology(base: KnowledgeBase) -> rdflib.Graph:
    """The ontology: terms and shapes of one disease stand beside those of all."""
    found = rdflib.Graph()
    for path in (base.root / "ontology").glob("*.ttl"):
        found.parse(path, publicID=base.iris.base)
    return found


def test_every_class_and_property_of_the_graph_is_defined(base: KnowledgeBase) -> None:
    graph = ontology(base)
    own = rdflib.Namespace(base.iris.own(""))
    lacking = [
        f"{term}: {what}"
        for term in sorted(used_terms(base))
        for what in (rdflib.RDF.type, rdflib.RDFS.label, rdflib.RDFS.comment)
        if graph.value(own[term], what) is None
    ]
    assert lacking == []


def conforms(data: KnowledgeBase) -> tuple[bool, str]:
    graph = rdflib.Graph()
    for subject, predicate, value, _ in data.rdflib().quads():
        graph.add((subject, predicate, value))
    holds, _, text = validate(graph, shacl_graph=ontology(data))
    return bool(holds), str(text)


def test_the_graph_conforms_to_the_shapes(base: KnowledgeBase) -> None:
    holds, text = conforms(base)
    assert holds, text


@pytest.mark.parametrize(
    ("kind", "predicate", "message"),
    [
        ("Claim", "printed", "A claim is printed, or noted with the place that it was noted from."),
        ("Claim", "measure", "A claim states one measure or one comparison."),
        ("Claim", "verification", "A claim has one state of verification."),
        ("Study", "design", "A study has one kind of design."),
        ("Group", "study", "A group belongs to one study."),
        ("Measure", "endpoint", "A measure has one endpoint."),
        ("Comparison", "versusGroup", "A comparison is versus one group."),
        ("Dose", "drug", "A dose is of one drug."),
        ("Source", "publication", "A source is one publication."),
        ("Section", "source", "A section belongs to one source."),
        ("Reference", "referenceNumber", "A reference has one number from 1."),
        ("Partition", "partitionOf", "A partition divides one group."),
        ("Discrepancy", "involves", "A discrepancy involves claims."),
        ("Discrepancy", "severity", "A discrepancy is material, minor or rounding."),
        ("Adjudication", "adjudicates", "An adjudication judges one discrepancy."),
        ("Adjudication", "ground", "An adjudication rests on grounds."),
    ],
)
def test_each_shape_refuses_a_graph_without_its_property(
    example_root: Path, kind: str, predicate: str, message: str
) -> None:
    base = KnowledgeBase(example_root)
    own = base.iris.own
    members = {
        str(getattr(q.subject, "value", ""))
        for q in quads(base)
        if q.predicate.value == RDF_TYPE and str(getattr(q.object, "value", "")) == own(kind)
    }
    victim = sorted(members)[0]
    start = f"<{victim}> <{own(predicate)}> ".encode()
    kept = [line for line in base.nquads.splitlines(keepends=True) if not line.startswith(start)]
    assert len(kept) < len(base.nquads.splitlines())
    base.__dict__["nquads"] = b"".join(kept)
    holds, text = conforms(base)
    assert not holds
    assert message in text
