"""``kb test``: each part of it passes, and fails for its own reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import kb
from support.example_base import edit

from kb.records.starter import write_starter

TRIAL = "evidence/studies/example-trial.yaml"
ANY_EVENT = "33 (55%), values: {tussolan: 33 (55%)}"
ANSWERS = "evidence/answers/designs.yaml"
ANSWER = """\
query: studies-by-design
columns: [study]
rows:
  - ["example-trial"]
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    write_starter(folder, "Base", "https://example.org/base/")
    (folder / "evidence" / "answers").mkdir()
    (folder / "evidence" / "answers" / "designs.yaml").write_text(ANSWER)
    return folder


def test_all_parts_pass(root: Path) -> None:
    ran = kb(root, "test")
    assert ran.exit_code == 0, ran.output
    parts = [line.removeprefix("ok: ") for line in ran.output.splitlines()]
    assert parts == [
        "ids, references, vocabulary and codes",
        "form of the files",
        "page settings",
        "verification",
        "discrepancies",
        "answers",
    ]


def test_without_texts_what_was_recorded_counts(root: Path) -> None:
    (root / "texts").rename(root / "elsewhere")
    assert kb(root, "test").exit_code == 0
    edit(
        root,
        TRIAL,
        ANY_EVENT,
        "33 (55%), values: {tussolan: {n: 33}}",
    )
    ran = kb(root, "test")
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (1, "failed: verification")
    assert "run kb verify --texts DIR --record" in ran.output


@pytest.mark.parametrize(
    ("file", "old", "new", "failed", "reason"),
    [
        (TRIAL, "name: EXAMPLE\n", "name: EXAMPLE \n", "form of the files", ":4:"),
        (TRIAL, "name: EXAMPLE\n", "name: EXAMPLE\r\n", "form of the files", "CR LF"),
        ("site/site.yaml", "size:", "sise:", "page settings", "'size'"),
        ("texts/example-paper.txt", "33 (55%)", "34 (55%)", "verification", "33"),
        (
            "evidence/answers/designs.yaml",
            '"example-trial"',
            '"other"',
            "answers",
            "'example-trial'",
        ),
        (ANSWERS, "[study]", "[studi]", "answers", "'study'"),
        (ANSWERS, "studies-by", "study-by", "answers", "studies-by-design"),
        (ANSWERS, "rows:", "row:", "answers", "'rows'"),
    ],
)
def test_a_part_fails_alone(
    root: Path, file: str, old: str, new: str, failed: str, reason: str
) -> None:
    edit(root, file, old, new)
    ran = kb(root, "test")
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (1, f"failed: {failed}")
    assert reason in ran.output


def test_a_discrepancy_left_to_judge_fails(root: Path) -> None:
    edit(
        root,
        TRIAL,
        ANY_EVENT,
        "33 (65%), values: {tussolan: 33 (65%)}",
    )
    edit(root, "texts/example-paper.txt", "33 (55%)", "33 (65%)")
    ran = kb(root, "test")
    assert (ran.exit_code, ran.output.splitlines()[-1]) == (1, "failed: discrepancies")


def test_records_that_do_not_load_are_bad_input(root: Path) -> None:
    edit(root, TRIAL, "population: chronic-cough", "population: chronic-cof")
    ran = kb(root, "test")
    assert ran.exit_code == 2
    assert "did you mean 'chronic-cough'" in ran.output
