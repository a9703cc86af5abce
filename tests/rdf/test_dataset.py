"""The dataset is made study by study: same lines, bounded memory, all problems at once."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from support.environment import ROOT
from support.example_base import edit

from benchmarks.corpus import write_corpus
from kb import KnowledgeBase, RecordError
from kb.checks import check
from kb.rdf.dataset import dataset
from kb.records.schema import StudyRecord


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(ROOT, tmp_path_factory.mktemp("corpus") / "base", 30)


def assert_same_lines(base: KnowledgeBase) -> None:
    lines = b"".join(dataset(base.root, base.texts)).splitlines(keepends=True)
    same = sorted(lines) == base.nquads.splitlines(keepends=True)
    assert same  # a difference of thousands of lines is not worth printing


def test_studies_read_one_by_one_give_the_same_lines(
    real: KnowledgeBase, example: KnowledgeBase
) -> None:
    assert any(study.analysis_of for study in real.studies())
    assert_same_lines(real)
    assert_same_lines(example)


def test_discrepancies_between_studies_are_those_of_all_evidence_at_once(corpus: Path) -> None:
    base = KnowledgeBase(corpus)
    found = base.discrepancies()
    assert any(len({claim.study for claim in one.claims}) > 1 for one in found)
    assert [one.data() for one in found] == [
        one.data() for one in check(base.evidence, base.vocabulary)
    ]
    assert_same_lines(base)


def test_few_studies_are_in_memory_at_a_time(corpus: Path) -> None:
    def studies() -> int:
        return sum(isinstance(item, StudyRecord) for item in gc.get_objects())

    gc.collect()
    before = studies()
    assert max(studies() for _ in dataset(corpus)) <= before + 2


def assert_same_problems(root: Path) -> None:
    with pytest.raises(RecordError) as memory:
        KnowledgeBase(root)
    with pytest.raises(RecordError) as streamed:
        list(dataset(root))
    assert streamed.value.problems == memory.value.problems


@pytest.mark.parametrize("shared", [False, True])
def test_all_problems_are_reported_at_once(example_root: Path, shared: bool) -> None:
    edit(example_root, "evidence/studies/halt.yaml", "name:", "nam:")
    edit(example_root, "evidence/studies/ease.yaml", "cites: [13]", "cites: [999]")
    if shared:
        edit(example_root, "evidence/sources/headache-review.yaml", "title:", "titel:")
    assert_same_problems(example_root)


def test_the_id_of_a_study_is_not_the_id_of_a_source(example_root: Path) -> None:
    edit(example_root, "evidence/studies/halt-aura.yaml", "source: headache-review", "source: halt")
    assert_same_problems(example_root)
