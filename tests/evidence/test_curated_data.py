"""Hand-written data is tested as code: the ontology, the mappings, the records."""

from __future__ import annotations

import ast
import csv
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import rdflib
import sssom_pydantic
import yaml
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SKOS
from support.environment import ROOT

from kb import KnowledgeBase
from kb.records.attestation import read_attestations
from kb.records.load import load_dataset
from kb.records.schema import StudyRecord
from kb.records.shared_schema import PublicationRecord, SourceRecord
from kb.records.vocabulary import Vocabulary
from kb.records.yaml import read_mapping
from kb.sources.verify import claim_digests

ONTOLOGY = ROOT / "ontology"
EVIDENCE = ROOT / "evidence"
TURTLE = sorted(ONTOLOGY.glob("*.ttl"))
RECORDS = sorted(EVIDENCE.rglob("*.yaml"))
BASE = load_dataset(ROOT).base
KB = rdflib.Namespace(f"{BASE}ontology#")
MAPPINGS = ONTOLOGY / "mappings.sssom.tsv"


@pytest.fixture(scope="module")
def graph() -> rdflib.Graph:
    """The whole ontology in one graph."""
    found = rdflib.Graph()
    for path in TURTLE:
        found.parse(path, publicID=BASE)
    return found


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary.load(ONTOLOGY, BASE)


def concepts(graph: rdflib.Graph) -> list[rdflib.term.Node]:
    found = sorted(graph.subjects(RDF.type, SKOS.Concept))
    assert len(found) > 100
    return found


# --- concepts --------------------------------------------------------------------------------


def test_every_concept_has_one_notation_label_and_definition(graph: rdflib.Graph) -> None:
    wrong = [
        f"{concept} {what}"
        for concept in concepts(graph)
        for what in (SKOS.notation, SKOS.prefLabel, SKOS.definition, SKOS.inScheme)
        if len(list(graph.objects(concept, what))) != 1
    ]
    assert wrong == []


def test_a_definition_is_a_sentence(graph: rdflib.Graph) -> None:
    for concept in concepts(graph):
        definition = str(graph.value(concept, SKOS.definition))
        assert definition.endswith("."), f"{concept}: {definition}"
        assert not definition[0].islower(), f"{concept}: {definition}"


def test_no_two_concepts_of_a_scheme_share_a_label_or_a_notation(vocabulary: Vocabulary) -> None:
    for scheme, terms in vocabulary.schemes.items():
        labels = Counter(term.label.casefold() for term in terms.values())
        assert [label for label, n in labels.items() if n > 1] == [], scheme
        folded = Counter(notation.casefold() for notation in terms)
        assert [name for name, n in folded.items() if n > 1] == [], scheme


def test_no_other_label_repeats_the_first(graph: rdflib.Graph) -> None:
    for concept in concepts(graph):
        other = [str(label) for label in graph.objects(concept, SKOS.altLabel)]
        assert str(graph.value(concept, SKOS.prefLabel)) not in other
        assert len(set(other)) == len(other)


def test_every_reference_within_the_ontology_resolves(graph: rdflib.Graph) -> None:
    described = set(graph.subjects(RDF.type, None))
    dangling = {
        f"{subject} {predicate} {value}"
        for subject, predicate, value in graph
        if isinstance(value, rdflib.URIRef)
        and str(value).startswith(BASE)
        and value not in described
    }
    assert dangling == set()


def test_every_hierarchy_stays_in_its_scheme_and_has_a_top(
    graph: rdflib.Graph, vocabulary: Vocabulary
) -> None:
    for concept in concepts(graph):
        scheme = graph.value(concept, SKOS.inScheme)
        for wider in graph.objects(concept, SKOS.broader):
            assert graph.value(wider, SKOS.inScheme) == scheme, f"{concept} {wider}"
        is_top = (concept, SKOS.topConceptOf, scheme) in graph
        assert is_top != ((concept, SKOS.broader, None) in graph), concept
    for scheme, terms in vocabulary.schemes.items():
        tops = {name for name, term in terms.items() if not term.broader}
        reached = {name for top in tops for name in vocabulary.narrower(scheme, top)}
        assert reached == set(terms), scheme


def test_no_concept_is_below_another_both_directly_and_through_a_third(
    vocabulary: Vocabulary,
) -> None:
    """A direct link is redundant beside a path through a third concept."""
    doubled = [
        f"{term.scheme}:{term.notation} {short}"
        for terms in vocabulary.schemes.values()
        for term in terms.values()
        for short in term.broader
        for long in set(term.broader) - {short}
        if long in vocabulary.narrower(term.scheme, short)
    ]
    assert doubled == []


def test_every_scheme_has_a_title_and_a_definition(graph: rdflib.Graph) -> None:
    schemes = set(graph.subjects(RDF.type, SKOS.ConceptScheme))
    assert schemes == set(graph.objects(None, SKOS.inScheme))
    for scheme in schemes:
        assert graph.value(scheme, DCTERMS.title)
        assert graph.value(scheme, DCTERMS.description)


def test_every_class_and_property_has_a_label_and_a_comment(graph: rdflib.Graph) -> None:
    kinds = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
    own = {term for kind in kinds for term in graph.subjects(RDF.type, kind)}
    assert len(own) > 60
    for term in own:
        assert str(term).startswith(str(KB)), term
        assert len(list(graph.objects(term, RDFS.label))) == 1, term
        comment = str(graph.value(term, RDFS.comment))
        assert comment.endswith("."), term
        is_class = (term, RDF.type, OWL.Class) in graph
        assert str(term).removeprefix(str(KB))[0].isupper() == is_class, term


def test_units_and_statistics_agree_on_the_kinds_of_quantity(vocabulary: Vocabulary) -> None:
    units = vocabulary.schemes["unit"].values()
    kinds = {unit.first("quantityKind") for unit in units}
    statistics = vocabulary.schemes["statistic"].values()
    admitted = {kind for s in statistics for kind in s.properties.get("admits", ())}
    assert kinds <= admitted
    assert all(unit.first("ucum") for unit in units)


# --- the form of the files -------------------------------------------------------------------


@pytest.mark.parametrize("path", [*TURTLE, MAPPINGS, *RECORDS], ids=lambda path: path.name)
def test_a_file_has_plain_text_in_plain_lines(path: Path) -> None:
    raw = path.read_bytes()
    text = raw.decode("utf-8")
    assert unicodedata.normalize("NFC", text) == text
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    assert not raw.endswith(b"\n\n")
    is_table = path.suffix == ".tsv"
    wrong = [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if not is_table and (line != line.rstrip() or "\t" in line)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", TURTLE, ids=lambda path: path.name)
def test_a_turtle_file_has_its_canonical_form(path: Path) -> None:
    """Prefixes are sorted and used; each subject has one block, with its type first."""
    text = path.read_text(encoding="utf-8")
    head, *blocks = text.rstrip("\n").split("\n\n")
    prefixes = re.findall(r"^@prefix ([\w-]+): <([^>]+)> \.$", head, re.MULTILINE)
    assert len(prefixes) == len(head.splitlines())
    assert prefixes == sorted(prefixes)
    body = "\n\n".join(blocks)
    assert [name for name, _ in prefixes if not re.search(rf"(?<![\w<:/]){name}:", body)] == []
    subjects = [block.split("\n", 1)[0] for block in blocks]
    assert [s for s, n in Counter(subjects).items() if n > 1] == []
    for block in blocks:
        assert re.match(r"\S+\n    a [\w:, -]+ ;\n", block), block.split("\n", 1)[0]
        assert block.endswith(" .")
        assert "\n\n" not in block


STUDIES = sorted((EVIDENCE / "studies").glob("*.yaml"))


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_fields_of_a_study_are_in_one_order(path: Path) -> None:
    data = read_mapping(path)
    assert next(iter(data)) == "id"
    head = [name for name in data if name not in ("groups", "partitions", "reports")]
    assert list(data)[: len(head)] == head, "groups, partitions and reports come last"
    assert [n for n in data if n not in head] == sorted(n for n in data if n not in head)
    assert set(data) <= set(StudyRecord.model_fields)


def test_publications_are_sorted_and_their_identifiers_unique() -> None:
    data = read_mapping(EVIDENCE / "publications.yaml")["publications"]
    assert list(data) == sorted(data)
    for code in ("doi", "pmid", "citation"):
        values = Counter(str(record[code]).lower() for record in data.values() if code in record)
        assert [value for value, n in values.items() if n > 1] == [], code
    assert {name for r in data.values() for name in r} <= set(PublicationRecord.model_fields)


def test_sources_name_their_publication_and_their_licence() -> None:
    paths = sorted((EVIDENCE / "sources").glob("*.yaml"))
    assert paths
    for path in paths:
        data = read_mapping(path)
        assert set(data) <= set(SourceRecord.model_fields)
        if data.get("text"):
            assert "CC BY" in data["credit"], f"{path}: words of its text are in the records"
        else:
            assert data.get("read_in"), f"{path}: figures come from somewhere"


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.name)
def test_a_record_uses_no_anchors_and_no_tags(path: Path) -> None:
    tokens = yaml.scan(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    odd = (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken, yaml.DirectiveToken)
    assert [str(token.start_mark) for token in tokens if isinstance(token, odd)] == []


# --- mappings --------------------------------------------------------------------------------


def sssom() -> tuple[dict[str, object], list[dict[str, str]]]:
    """Return the header of the mapping set and its rows."""
    lines = MAPPINGS.read_text(encoding="utf-8").splitlines()
    head = [line.removeprefix("# ").removeprefix("#") for line in lines if line.startswith("#")]
    rows = [line for line in lines if not line.startswith("#")]
    return yaml.safe_load("\n".join(head)), list(csv.DictReader(rows, delimiter="\t"))


COLUMNS = [
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "confidence",
    "comment",
]
PREDICATES = {f"skos:{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}


def test_mappings_are_well_formed_sssom() -> None:
    head, rows = sssom()
    assert {"mapping_set_id", "license", "curie_map"} <= set(head)
    prefixes = head["curie_map"]
    assert isinstance(prefixes, dict)
    assert list(prefixes) == sorted(prefixes, key=str.casefold)
    assert rows
    for row in rows:
        assert list(row) == COLUMNS
        assert None not in row.values()
        for name in ("subject_id", "predicate_id", "object_id", "mapping_justification"):
            prefix, _, local = row[name].partition(":")
            assert prefix in prefixes, row
            assert local, row
        assert row["predicate_id"] in PREDICATES
        assert 0 < float(row["confidence"]) <= 1
    used = {v.partition(":")[0] for r in rows for v in r.values() if re.match(r"^[A-Za-z]+:\S", v)}
    assert set(prefixes) - used == set()


def test_mappings_are_sorted_and_unique() -> None:
    keys = [(r["subject_id"], r["predicate_id"], r["object_id"]) for r in sssom()[1]]
    assert [key for key, n in Counter(k[::2] for k in keys).items() if n > 1] == []
    assert len(set(keys)) == len(keys)


def test_mappings_use_the_base_of_the_dataset() -> None:
    head, _ = sssom()
    prefixes = head["curie_map"]
    assert isinstance(prefixes, dict)
    own = {name: iri for name, iri in prefixes.items() if iri.startswith(BASE)}
    expected = {name: f"{BASE}{name}/" for name in own} | {"kb": f"{BASE}ontology#"}
    assert own == expected
    assert str(head["mapping_set_id"]).startswith(BASE)


def test_mapped_concepts_exist_with_their_labels(vocabulary: Vocabulary) -> None:
    labels = {
        f"{term.scheme}:{term.segment}": term.label
        for terms in vocabulary.schemes.values()
        for term in terms.values()
    }
    graph = rdflib.Graph().parse(ONTOLOGY / "kb.ttl", publicID=BASE)
    labels |= {
        f"kb:{str(term).removeprefix(str(KB))}": str(label)
        for term, label in graph.subject_objects(RDFS.label)
    }
    wrong = [
        (row["subject_id"], row["subject_label"], labels.get(row["subject_id"]))
        for row in sssom()[1]
        if labels.get(row["subject_id"]) != row["subject_label"]
    ]
    assert wrong == []


def test_sssom_pydantic_reads_every_mapping_with_its_justification() -> None:
    mappings, converter, about, *errors = sssom_pydantic.read(MAPPINGS, return_errors=True)
    head, rows = sssom()
    assert not any(errors)
    assert len(mappings) == len(rows)
    assert str(about.id) == head["mapping_set_id"]
    for mapping, row in zip(mappings, rows, strict=True):
        assert mapping.subject.curie == row["subject_id"]
        assert mapping.object.curie == row["object_id"]
        assert mapping.justification.curie == "semapv:ManualMappingCuration"
        assert converter.expand(mapping.object.curie)


def test_every_endpoint_drug_and_population_has_a_code_or_says_that_none_was_found(
    real: KnowledgeBase,
) -> None:
    codes = real.records.codes
    terms = {
        f"{scheme}:{term.segment}"
        for scheme in ("endpoint", "drug", "population")
        for term in real.vocabulary.schemes[scheme].values()
    }
    assert terms - codes.keys() == set()
    assert codes["drug:flotetuzumab"] == []
    assert codes["drug:blinatumomab"]


# --- what the records use --------------------------------------------------------------------


def test_drugs_and_events_in_times_are_in_the_ontology(real: KnowledgeBase) -> None:
    """A notation that is both a drug and an event must mean the same moment."""
    shared = set(real.vocabulary.schemes["event"]) & set(real.vocabulary.schemes["drug"])
    for name in shared:
        event = real.vocabulary.get("event", name).label
        drug = real.vocabulary.get("drug", name).label
        assert drug in event or event in drug, name


def without_words(path: Path) -> str:
    """Return a module without docstrings and the help of commands, which show real examples."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [x for x in body if not _is_text(x)] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    return ast.unparse(tree)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def test_the_code_knows_no_disease(vocabulary: Vocabulary) -> None:
    """Endpoints, drugs, regimens and populations are in the ontology and the records only."""
    drugs = [name for name in vocabulary.schemes["drug"] if len(name) > 5]
    words = re.compile("|".join(("leuk", "lymphobl", "philadelphia", *map(re.escape, drugs))))
    found = {
        str(path.relative_to(ROOT)): words.findall(without_words(path).casefold())
        for path in sorted((ROOT / "kb").rglob("*.py"))
    }
    assert len(found) > 20
    assert {path: problems for path, problems in found.items() if problems} == {}


def test_the_attestations_are_of_the_present_claims(real: KnowledgeBase) -> None:
    """If this fails after a change to a claim: `kb verify --texts DIR --record`."""
    with_text = {source.id for source in real.evidence.sources if source.text}
    digests = claim_digests(real.evidence)
    assert read_attestations(real.root) == {source: digests[source] for source in with_text}
