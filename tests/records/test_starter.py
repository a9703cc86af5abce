"""The evidence base that ``kb init`` writes: every command works in it, and no disease is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.environment import ROOT
from support.project import pyproject

from kb import KnowledgeBase, RecordError
from kb.checks.idle import idle
from kb.records.ontology import SKOS
from kb.records.starter import GENERAL, STARTER, general_files, write_starter
from kb.sources.coverage import measure_coverage

TITLE, BASE = "Evidence: «COPD» # 1", "https://example.org/copd/"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    root = tmp_path_factory.mktemp("starter") / "copd"
    write_starter(root, TITLE, BASE)
    return KnowledgeBase(root, root / "texts")


def test_its_claims_stand_in_its_text(base: KnowledgeBase) -> None:
    states = {view.verification.state.value for view in base.claims()}
    assert states == {"verified"}


def test_what_was_verified_is_recorded(base: KnowledgeBase) -> None:
    without_texts = KnowledgeBase(base.root)
    assert {v.verification.state.value for v in without_texts.claims()} == {"verified"}


def test_every_figure_of_its_text_is_accounted_for(base: KnowledgeBase) -> None:
    report = measure_coverage(base.records, base.evidence, base.root / "texts")
    assert not [line for line in report.lines() if not line.endswith(" 0 unaccounted")]


def test_nothing_in_it_contradicts_itself_and_no_check_is_idle(base: KnowledgeBase) -> None:
    assert not base.discrepancies()
    assert not list(idle(base.vocabulary))


def test_title_and_address_are_its_own(base: KnowledgeBase) -> None:
    assert (base.evidence.dataset.title, base.evidence.dataset.base) == (TITLE, BASE)
    assert not [p for p in base.root.rglob("*") if p.is_file() and "{base}" in p.read_text()]


DISEASE = re.compile(
    r"leuk|lymphoblast|blast|philadelphia|\bph-|remission status|\bMRD\b|blina|inotuz|CAR-T"
    r"|all-evidence",
    re.IGNORECASE,
)


def test_nothing_in_it_is_of_one_disease(base: KnowledgeBase) -> None:
    files = [path for path in base.root.rglob("*") if path.is_file()]
    assert len(files) > 20
    found = {path.name: DISEASE.findall(path.read_text("utf-8")) for path in files}
    assert not {name: words for name, words in found.items() if words}


def test_the_general_vocabulary_has_one_source() -> None:
    assert [path.parent for path in general_files()] == [ROOT / "ontology"] * len(GENERAL)
    carried = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    vocabulary = {source: to for source, to in carried.items() if source.startswith("ontology/")}
    assert vocabulary == {f"ontology/{n}.ttl": f"kb/starter/ontology/{n}.ttl" for n in GENERAL}
    assert not {path.stem for path in (STARTER / "ontology").iterdir()} & set(GENERAL)


def test_each_concept_has_a_definition(base: KnowledgeBase) -> None:
    concepts = [t for terms in base.vocabulary.schemes.values() for t in terms.values()]
    assert not [term.notation for term in concepts if not term.definition]
    assert any(triple.predicate.value == f"{SKOS}altLabel" for triple in base.vocabulary.triples)


def test_a_folder_of_texts_is_ignored_by_git(base: KnowledgeBase) -> None:
    assert "/texts/*" in (base.root / ".gitignore").read_text().split("\n")


@pytest.mark.parametrize(
    ("title", "address", "option"),
    [("a\nb", BASE, "--title"), ("", BASE, "--title"), (TITLE, "copd", "--base")],
)
def test_a_title_or_an_address_that_does_not_fit_writes_nothing(
    tmp_path: Path, title: str, address: str, option: str
) -> None:
    with pytest.raises(RecordError, match=option):
        write_starter(tmp_path / "new", title, address)
    assert not (tmp_path / "new").exists()
