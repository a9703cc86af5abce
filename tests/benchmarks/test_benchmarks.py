"""``make bench``: a corpus in the shape of the records, the harness at a tiny size, its table.

No time is asserted here: whether a target is met is for the table to say.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest
from support.environment import ROOT, unavailable

from benchmarks import __main__, comparing, measuring
from benchmarks.corpus import write_corpus, write_sample
from benchmarks.table import BEGIN, END, Row, page_with
from kb import KnowledgeBase
from kb.checks import check
from kb.records.load import load_records

STUDIES = 70
"""More than one round."""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_corpus(ROOT, tmp_path_factory.mktemp("corpus") / "made", STUDIES)


def test_a_corpus_is_an_evidence_base_of_its_size(corpus: Path) -> None:
    made, real = KnowledgeBase(corpus), KnowledgeBase(ROOT)
    assert len(made.studies()) == STUDIES
    assert len(made.evidence.sources) == 2 * len(real.evidence.sources)
    assert not {study.id for study in made.studies()} & {study.id for study in real.studies()}
    assert check(made.evidence, made.vocabulary)


def test_studies_of_a_corpus_have_the_shape_of_real_ones(corpus: Path) -> None:
    def shapes(root: Path) -> Counter[tuple[int, ...]]:
        studies = load_records(root).studies.values()
        return Counter(
            (len(s.groups), len(s.reports), sum(len(r.claims) for r in s.reports)) for s in studies
        )

    assert set(shapes(corpus)) <= set(shapes(ROOT))
    assert len(set(shapes(corpus))) > 20


def test_a_corpus_is_the_same_each_time_and_its_figures_are_others(
    corpus: Path, tmp_path: Path
) -> None:
    again = write_corpus(ROOT, tmp_path / "again", STUDIES)
    files = sorted(path.relative_to(corpus) for path in corpus.rglob("*.yaml"))
    assert all((corpus / name).read_bytes() == (again / name).read_bytes() for name in files)
    printed = {claim.printed for claim in KnowledgeBase(ROOT).evidence.claims}
    moved = [c for c in KnowledgeBase(corpus).evidence.claims if c.printed not in printed]
    assert len(moved) > STUDIES


def test_the_whole_harness_runs_at_a_tiny_size(tmp_path: Path) -> None:
    if importlib.util.find_spec("linkml_runtime") is None:
        unavailable("no linkml-runtime to measure against: pip install 'kb-evidence[bench]'")
    page = tmp_path / "page.md"
    page.write_text(f"# Speed\n{BEGIN}\nold\n{END}\n", encoding="utf-8")
    groups = ["graphs", "growth", "starts"]
    words = ["--studies", "2", "3", "--peers", "3", "--repeats", "1", "--only", *groups]
    __main__.main([*words, "--page", str(page)])
    text = page.read_text(encoding="utf-8")
    assert "old" not in text
    for mention in ("linkml-runtime", "rdflib", "store on disk", "kb show"):
        assert mention in text


def test_the_lookup_and_its_engine_give_as_many_rows(tmp_path: Path) -> None:
    """rdflib's own engine takes minutes for these questions: only `make bench` asks it."""
    few = str(write_sample(ROOT, tmp_path / "few"))
    names = ("questions:with_kb", "questions:with_pyoxigraph")
    kb, raw = measuring.measure([measuring.Task(name, (few,)) for name in names], 1)
    assert kb.amount == raw.amount > 100
    assert kb.parts.keys() == raw.parts.keys()


def test_tasks_that_made_different_amounts_are_not_compared() -> None:
    def outcome(amount: int) -> measuring.Outcome:
        return measuring.Outcome((measuring.Run(1.0, 1.0, 1, amount),))

    comparing._alike(outcome(1000), outcome(1001), 0.001)
    with pytest.raises(ValueError, match="not the same work"):
        comparing._alike(outcome(1000), outcome(990), 0.001)


def test_a_task_that_fails_ends_the_run() -> None:
    with pytest.raises(RuntimeError, match="nothing"):
        measuring.measure([measuring.Task("nothing:at_all")], 1)


def test_a_row_says_whether_its_target_is_met() -> None:
    slower = Row("build", "mkdocs", 1.3, 1.0, 1.2)
    faster = Row("quads", "rdflib", 1.0, 30.0, 20, is_cost=False)
    assert (slower.ratio, slower.holds) == (1.3, "**no**")
    assert (faster.ratio, faster.holds) == (30.0, "yes")
    assert "| ≤ 1.2 | **no** |" in slower.line()
    assert Row("alone", "", 1.0, None, None).holds == ""


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no <!-- figures"):
        page_with("# Speed\n", "figures")


def test_figures_of_a_server_become_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"memory": 100.0, "peer_memory": 50.0}
    found = [
        {"name": "rate", "unit": "requests/s", "ours": 2.0, "peer": 8.0, "ratio": 0.25, **sizes},
        {"name": "p99", "unit": "ms", "ours": 30.0, "peer": 10.0, "ratio": 3.0, **sizes},
        {"name": "memory", "unit": "MiB", "ours": 110.0, "peer": 100.0, "ratio": 1.1, **sizes},
    ]
    monkeypatch.setattr(comparing, "build", lambda *_: None)
    monkeypatch.setattr(comparing, "under_load", lambda _folder, runs: found * runs)
    rate, p99, memory = comparing.rows(comparing.Setup(tmp_path, [], 1, 0), ["serving"])
    assert (rate.ratio, rate.holds, rate.seconds) == (0.25, "**no**", 0.5)
    assert (p99.ratio, p99.holds, p99.seconds) == (3.0, "", 0.03)
    assert (memory.ratio, memory.seconds, memory.note) == (None, None, "1.1 times as much")
    assert "| 100 MiB |" in memory.line()
