"""Claims as nanopublications: valid for nanopub-py, with its own trusty URIs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from support.command_line import kb
from support.example_base import BASE, edit

from kb import KnowledgeBase
from kb.export.nanopubs import Nanopub, nanopubs
from kb.model import Claim

# nanopub-py and rdflib call their own deprecated names.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
HALT = "evidence/studies/halt.yaml"


def made(base: KnowledgeBase, every: int = 1) -> dict[str, Nanopub]:
    """The nanopublications by the id of their claim."""
    claims = base.evidence.claims[::every]
    written = nanopubs(base.nquads, claims, base.evidence.dataset)
    names = [f"{claim.study}#{claim.id}" for claim in claims]
    return dict(zip(names, written, strict=True))


def check(one: Nanopub) -> None:
    """Let nanopub-py read a nanopublication and compute its trusty URI."""
    import nanopub
    from rdflib import ConjunctiveGraph

    graph = ConjunctiveGraph()
    graph.parse(data=one.trig, format="trig")
    read: Any = nanopub.Nanopub(rdf=graph)
    assert read.is_valid
    read._source_uri = str(read.metadata.np_uri)  # it checks only what it has fetched or signed
    assert read.source_uri.endswith(f"/np/{one.code}")
    assert read.has_valid_trusty


def part(one: Nanopub, name: str) -> list[ox.Quad]:
    quads = ox.parse(one.trig, format=ox.RdfFormat.TRIG)
    return [quad for quad in quads if str(quad.graph_name).endswith(f"#{name}>")]


def values(one: Nanopub, name: str, word: str) -> list[str]:
    """The values of a property in a part, by the last word of its address."""
    return [
        getattr(quad.object, "value", "")
        for quad in part(one, name)
        if quad.predicate.value.replace("/", "#").endswith(f"#{word}")
    ]


@pytest.fixture(scope="module")
def example_nanopubs(example: KnowledgeBase) -> dict[str, Nanopub]:
    return made(example)


def test_every_claim_is_a_valid_nanopublication(example_nanopubs: dict[str, Nanopub]) -> None:
    for one in example_nanopubs.values():
        check(one)
    assert len({one.code for one in example_nanopubs.values()}) == len(example_nanopubs)


def test_real_claims_are_valid_nanopublications(real: KnowledgeBase) -> None:
    for one in made(real, every=60).values():
        check(one)


def test_texts_and_numbers_of_every_form_are_hashed_as_nanopub_does(example_root: Path) -> None:
    printed = r'printed: "36 \\ patients\u00e9 \"(63%)\" \U0001F600"'
    edit(example_root, HALT, "printed: 36 patients (63%)", printed)
    base = KnowledgeBase(example_root)
    one = made(base)["halt#halt-paper.2.PAIN_FREE.calmol"]
    assert values(one, "Provenance", "printed") == ['36 \\ patientsé "(63%)" 😀']
    check(one)
    [approved] = [n for name, n in made(base).items() if "APPROVAL" in name]
    check(approved)  # a month without a day


def test_a_changed_statement_has_another_code(example_nanopubs: dict[str, Nanopub]) -> None:
    one = example_nanopubs["halt#halt-paper.2.PAIN_FREE.calmol"]
    with pytest.raises(Exception, match="is not valid"):
        check(Nanopub(one.code, one.trig.replace('kb:lexical "63"', 'kb:lexical "64"')))


def test_the_parts_hold_the_figure_where_it_is_from_and_who_curated_it(
    example_nanopubs: dict[str, Nanopub],
) -> None:
    one = example_nanopubs["halt#headache-review.1.VOMITING.calmol"]
    assert values(one, "Assertion", "lexical") == ["16"]
    assert f"{BASE}study/halt#group.calmol" in values(one, "Assertion", "group")
    assert "calmol arm" in values(one, "Assertion", "label")
    assert values(one, "Provenance", "wasDerivedFrom") == [f"{BASE}source/headache-review"]
    assert values(one, "Provenance", "hadPrimarySource") == [f"{BASE}publication/halt-2020"]
    assert values(one, "Provenance", "isSecondHand") == ["true"]
    assert values(one, "Provenance", "verification") == ["verified"]
    assert values(one, "PublicationInfo", "license")
    assert not values(one, "PublicationInfo", "created"), "no clock"


def test_nothing_that_the_dataset_states_of_a_claim_is_left_out(
    example: KnowledgeBase, example_nanopubs: dict[str, Nanopub]
) -> None:
    claim: Claim
    stated: dict[str, set[tuple[str, str]]] = {}
    for quad in ox.parse(example.nquads, format=ox.RdfFormat.N_QUADS):
        subject = getattr(quad.subject, "value", "")
        stated.setdefault(subject, set()).add((str(quad.predicate), str(quad.object)))
    for claim in example.evidence.claims:
        iri = example.iris.claim(claim.study, claim.id)
        one = example_nanopubs[f"{claim.study}#{claim.id}"]
        own = {
            (str(quad.predicate), str(quad.object))
            for name in ("Assertion", "Provenance")
            for quad in part(one, name)
            if getattr(quad.subject, "value", "") == iri
        }
        assert own == stated[iri]


def test_the_command_writes_a_file_for_each_claim_the_same_each_time(
    example_root: Path, tmp_path: Path
) -> None:
    command = ("export", "nanopubs", "ease", "--out")
    for name in ("a", "b"):
        assert kb(example_root, *command, tmp_path / name).exit_code == 0
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in "ab")
    assert first == second
    claims = KnowledgeBase(example_root).claims(study="ease")
    assert len(first) == len(claims)
    dated = kb(example_root, *command, tmp_path / "c", "--date", "2026-11-30")
    assert dated.output == f"{tmp_path / 'c'}: nanopublications, a file each: {len(claims)}\n"
    texts = [path.read_text("utf-8") for path in (tmp_path / "c").iterdir()]
    assert all('dcterms:created "2026-11-30"^^xsd:date' in text for text in texts)
    assert {path.name for path in (tmp_path / "c").iterdir()}.isdisjoint(first)


def test_a_wrong_study_or_folder_is_named(example_root: Path, tmp_path: Path) -> None:
    unknown = kb(example_root, "export", "nanopubs", "hult", "--out", tmp_path / "n")
    assert (unknown.exit_code, "did you mean 'halt'" in unknown.output) == (2, True)
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        blocked = kb(example_root, "export", "nanopubs", "--out", folder)
        assert blocked.exit_code in (2, 3)
        assert "file" in blocked.output
