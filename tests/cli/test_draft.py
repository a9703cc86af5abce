"""``kb draft``, ``kb draft --accept`` and ``kb verify --drafts``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import kb
from support.drafted_base import STUDY, write_base
from support.example_base import edit

from kb.records.load import load_records

DRAFTS = Path("evidence/drafts/second-trial.yaml")
RECORD = Path("evidence/studies/second-trial.yaml")

PUBLICATION = """\
publications:
  low-2020: {authors: Low A, journal: Rev, year: 2020, type: journal-article}"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_base(tmp_path / "base")


@pytest.fixture
def drafted(root: Path) -> Path:
    ran = kb(root, "draft", "low-2020", "--study", "second-trial")
    assert ran.exit_code == 0, ran.output
    return root


def test_drafts_are_in_no_dataset(drafted: Path) -> None:
    before = kb(drafted, "export", "nquads").output
    assert (drafted / DRAFTS).read_text("utf-8").count("printed:") > 12
    (drafted / DRAFTS).unlink()
    assert kb(drafted, "export", "nquads").output == before


def test_drafts_are_verified_at_their_place(drafted: Path, tmp_path: Path) -> None:
    out = tmp_path / "drafts.json"
    ran = kb(drafted, "verify", "--drafts", "--study", "second-trial", "--json", out)
    assert ran.exit_code == 0, ran.output
    assert json.loads(out.read_text())["counts"]["failed"] == 0
    edit(drafted, str(DRAFTS), "{value: 54.3, sd: 11.2}", "{value: 54.4, sd: 11.2}")
    ran = kb(drafted, "verify", "--drafts")
    assert ran.exit_code == 1
    assert "Table 1 › Age, years, mean (SD) › Tussolan (n = 45): 54.4 is not one" in ran.output


def test_a_run_that_checks_no_draft_has_failed(root: Path) -> None:
    assert kb(root, "verify", "--drafts").exit_code == 3


def test_accepting_keeps_every_line_of_the_curator(drafted: Path) -> None:
    ran = kb(drafted, "draft", "--accept", "second-trial")
    assert ran.exit_code == 0, ran.output
    text = (drafted / RECORD).read_text("utf-8")
    assert text.startswith(STUDY)
    assert "sure:" not in text
    assert "why:" not in text
    assert kb(drafted, "verify", "--study", "second-trial").exit_code == 0
    assert "reports:" not in (drafted / DRAFTS).read_text("utf-8")
    assert kb(drafted, "test").output.startswith("ok: ids")


def test_accepting_twice_duplicates_nothing(drafted: Path) -> None:
    drafts = (drafted / DRAFTS).read_text("utf-8")
    kb(drafted, "draft", "--accept", "second-trial")
    record = (drafted / RECORD).read_text("utf-8")
    (drafted / DRAFTS).write_text(drafts, "utf-8")
    ran = kb(drafted, "draft", "--accept", "second-trial")
    assert "accepted 0" in ran.output
    assert (drafted / RECORD).read_text("utf-8") == record
    kb(drafted, "draft", "low-2020", "--study", "second-trial")
    assert (drafted / DRAFTS).read_text("utf-8").count("54.3 (11.2)") == 1


def test_only_the_sure_ones_or_those_of_a_place_are_accepted(drafted: Path) -> None:
    ran = kb(drafted, "draft", "--accept", "second-trial", "--at", "Table 1", "--sure")
    assert ran.exit_code == 0
    assert "sure: sure" not in (drafted / DRAFTS).read_text("utf-8")
    assert "sure: likely" in (drafted / DRAFTS).read_text("utf-8")
    wrong = kb(drafted, "draft", "--accept", "second-trial", "--at", "Table 2")
    assert (wrong.exit_code, "did you mean 'Table 1'" in wrong.output) == (2, True)


def test_a_draft_that_fails_is_refused_and_stays(drafted: Path) -> None:
    edit(drafted, str(DRAFTS), "{value: 54.3, sd: 11.2}", "{value: 54.4, sd: 11.2}")
    ran = kb(drafted, "draft", "--accept", "second-trial")
    assert ran.exit_code == 1
    line = (drafted / DRAFTS).read_text("utf-8")
    assert "54.4" in line
    assert f"{DRAFTS.name}:" in ran.output
    assert "claims.0.printed" in ran.output
    assert "54.4" not in (drafted / RECORD).read_text("utf-8")


def test_drafts_that_are_not_of_the_form_are_refused(drafted: Path) -> None:
    place = 'endpoint: AGE, row: "Age, years, mean (SD)"'
    edit(drafted, str(DRAFTS), place, place.replace("AGE", "AGES"))
    record = (drafted / RECORD).read_text("utf-8")
    ran = kb(drafted, "draft", "--accept", "second-trial")
    assert ran.exit_code == 2
    assert "AGES" in ran.output
    assert "did you mean 'AGE'" in ran.output
    assert (drafted / RECORD).read_text("utf-8") == record


@pytest.mark.parametrize(
    "study", [STUDY.split("groups:")[0] + "groups: {}\n  # none yet\nreports: []\n"]
)
def test_a_new_record_gets_groups_and_reports(tmp_path: Path, study: str) -> None:
    root = write_base(tmp_path / "base", study)
    assert kb(root, "draft", "low-2020", "--study", "second-trial").exit_code == 0
    ran = kb(root, "draft", "--accept", "second-trial")
    assert ran.exit_code == 0, ran.output
    record = load_records(root).studies["second-trial"]
    assert set(record.groups) == {"tussolan", "placebo"}
    assert "# none yet" in (root / RECORD).read_text("utf-8")


def test_columns_are_told_by_a_file(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "columns.csv"
    file.write_text("Tussolan,placebo\nPlacebo,tussolan\n")
    arguments = ("draft", "low-2020", "--study", "second-trial", "--columns", file)
    assert kb(root, *arguments).exit_code == 0
    assert "Tussolan: placebo" in (root / DRAFTS).read_text("utf-8")
    file.write_text("Tussolan,placebos\n")
    ran = kb(root, *arguments)
    assert (ran.exit_code, "did you mean 'placebo'" in ran.output) == (2, True)
    file.write_text("Tussolan (n = 60),placebo\n")
    assert kb(root, *arguments).exit_code == 0
    file.write_text("Tusolan,placebo\n")
    ran = kb(root, *arguments)
    assert (ran.exit_code, "did you mean 'Tussolan'" in ran.output) == (2, True)
    file.write_text("Tussolan\n")
    assert "1 cells, expected" in kb(root, *arguments).output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "name a SOURCE"),
        (("low-2020", "--accept", "second-trial"), "name a SOURCE"),
        (("low-2021",), "did you mean 'low-2020'"),
        (("low-2020", "--sure"), "--accept"),
        (("--accept", "second-trail"), "did you mean 'second-trial'"),
        (("--accept", "second-trial"), "make them with kb draft"),
    ],
)
def test_usage(root: Path, words: tuple[str, ...], message: str) -> None:
    ran = kb(root, "draft", *words)
    assert ran.exit_code == 2
    assert message in ran.output


def test_a_source_of_no_study_says_how_to_begin(root: Path) -> None:
    edit(root, "evidence/studies/second-trial.yaml", "source: low-2020", "source: example-paper")
    edit(
        root,
        "evidence/studies/example-trial.yaml",
        "publications: [example-paper]",
        "publications: []",
    )
    ran = kb(root, "draft", "low-2020")
    assert ran.exit_code == 2


def test_both_counts_of_one_cell_are_accepted_once(drafted: Path) -> None:
    text = drafted / "texts" / "low-2020.txt"
    text.write_text(
        text.read_text("utf-8").replace("\nUnclear", "\nLeft:right\t30:15\t20:25\t\nUnclear")
    )
    assert kb(drafted, "draft", "low-2020", "--study", "second-trial").exit_code == 0
    assert (drafted / DRAFTS).read_text("utf-8").count('printed: "30:15"') == 2
    ran = kb(drafted, "draft", "--accept", "second-trial")
    assert "already claimed 0" in ran.output
    record = (drafted / RECORD).read_text("utf-8")
    assert record.count('printed: "30:15"') == 2
    again = "reports:\n" + record.partition("reports:\n")[2]
    (drafted / DRAFTS).write_text(again, encoding="utf-8")
    assert "accepted 0," in kb(drafted, "draft", "--accept", "second-trial").output
