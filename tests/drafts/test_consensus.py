"""What two readers settled is applied to the drafts of reader 1, and kept with name and date."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from support.command_line import kb
from support.example_base import content, edit

from kb.drafts.compare import Difference, compare
from kb.drafts.readings import read_reader

DRAFTS = Path("evidence/drafts/halt.yaml")
READER_1 = """\
# Drafts of reader 1.
reports:
  - source: halt-paper
    at: "2"
    claims:
      # a comment that stays
      - {endpoint: PAIN_FREE, printed: 36 patients (63%), values: {calmol: 36 (63%)}}
      - endpoint: PAIN_FREE
        time: at 2 hours
        printed: "At 2 hours it was 24/57 (42%) and … 14/63 (22%) … p = 0.03"
        values: {calmol: 24/57 (42%), placebo: 14/63 (22%)}
        comparison: {p: "=0.03"}
        sure: likely
        why: prose
      - {endpoint: VOMITING, printed: vomiting in 6 (11%), values: {calmol: 6 (11%)}}
  - source: halt-paper
    at: Table 1
    claims:
      - endpoint: AGE
        statistic: median
        unit: years
        row: "Age, median (range)"
        column: calmol
        printed: 34 (15-64)
        values: {calmol: {value: 34, range: [15, 64]}}
"""
CHANGES = {
    "figure": ("calmol: 24/57 (42%)", "calmol: 23/57 (42%)"),
    "group": ("{calmol: 6 (11%)}", "{placebo: 6 (11%)}"),
    "endpoint": ("VOMITING, printed", "NAUSEA, printed"),
    "time": ("at 2 hours\n", "at 3 hours\n"),
    "p": ('{p: "=0.03"}', '{p: "=0.04"}'),
    "bounds": ("range: [15, 64]", "iqr: [15, 64]"),
    "unit": ("unit: years", "unit: months"),
    "statistic": ("statistic: median", "statistic: mean"),
    "details": ('{p: "=0.03"}', '{p: "=0.03", significance: significant}'),
    "denominator": ("14/63 (22%)}", "14/62 (22%)}"),
}


@pytest.fixture
def root(example_root: Path) -> Path:
    path = example_root / DRAFTS
    path.parent.mkdir()
    path.write_text(READER_1, "utf-8")
    return example_root


@pytest.fixture
def other(tmp_path: Path) -> Path:
    path = tmp_path / "reader-2.yaml"
    path.write_text(READER_1, "utf-8")
    return path


def differences(root: Path, other: Path) -> tuple[Difference, ...]:
    return compare(read_reader(root / DRAFTS, root), read_reader(other, root)).differences


def settle(root: Path, other: Path, decision: Any, *words: str) -> Any:
    file = other.with_name("decisions.yaml")
    chosen = {one.id: decision for one in differences(root, other)}
    file.write_text(yaml.safe_dump({"decisions": chosen}), "utf-8")
    arguments = ("compare", root / DRAFTS, other, "--settle", file, "--by", "A. Reader", *words)
    return kb(root, *arguments)


@pytest.mark.parametrize("field", CHANGES)
@pytest.mark.parametrize("take", [1, 2])
def test_a_decision_of_each_kind_is_applied_and_kept(
    root: Path, other: Path, field: str, take: int
) -> None:
    edit(other.parent, other.name, *CHANGES[field])
    (difference,) = differences(root, other)
    assert difference.field == field
    ran = settle(root, other, {"take": take, "why": "seen in the paper"})
    assert ran.exit_code == 0, ran.output
    text = (root / DRAFTS).read_text("utf-8")
    assert "# a comment that stays\n      - {endpoint: PAIN_FREE, printed: 36" in text
    if take == 1:
        assert text == READER_1
    else:
        assert not differences(root, other)
    kept = yaml.safe_load((root / "evidence/consensus/halt.yaml").read_text("utf-8"))
    (entry,) = kept["settled"]
    assert (entry["take"], entry["by"], entry["why"]) == (take, "A. Reader", "seen in the paper")
    assert (entry["reader_1"], entry["reader_2"]) == (difference.first, difference.second)
    assert entry["date"][:2] == "20"
    (run,) = kept["comparisons"]
    assert run["alike"] < run["both"]
    again = kb(root, "compare", root / DRAFTS, other)
    assert again.exit_code == 0, again.output
    assert again.output.startswith("settled: " if take == 1 else "0 differences")


def test_what_reader_2_alone_has_is_taken_with_its_groups(root: Path, other: Path) -> None:
    block = '{endpoint: NAUSEA, printed: "> 80%", values: {calmol.old: ">80%"}, sure: likely}'
    text = READER_1.replace("reports:", "groups:\n  calmol.old: {label: older}\nreports:")
    other.write_text(text + f"      - {block}\n", "utf-8")
    assert settle(root, other, 2).exit_code == 0
    drafts = yaml.safe_load((root / DRAFTS).read_text("utf-8"))
    assert drafts["groups"] == {"calmol.old": {"label": "older"}}
    assert drafts["reports"][-1]["claims"][0]["endpoint"] == "NAUSEA"
    assert not differences(root, other)


def test_what_reader_1_alone_has_can_go(root: Path, other: Path) -> None:
    edit(other.parent, other.name, ", placebo: 14/63 (22%)}", "}")
    edit(other.parent, other.name, '{p: "=0.03"}', '{of: calmol, versus: placebo, p: "=0.03"}')
    text = other.read_text("utf-8")
    other.write_text(text[: text.index("      - {endpoint: VOMITING")], "utf-8")
    assert len(differences(root, other)) == 3
    ran = settle(root, other, 2)
    assert ran.exit_code == 0, ran.output
    assert not differences(root, other)
    assert "Table 1" not in (root / DRAFTS).read_text("utf-8")


def test_everything_of_both_is_settled_at_once(root: Path, other: Path) -> None:
    for field in ("figure", "group", "bounds", "unit"):
        edit(other.parent, other.name, *CHANGES[field])
    ran = settle(root, other, 2)
    assert ran.exit_code == 0, ran.output
    assert not differences(root, other)


def test_neither_reader_is_right(root: Path, other: Path) -> None:
    edit(other.parent, other.name, *CHANGES["group"])
    ran = settle(root, other, {"take": "value", "value": "aura"})
    assert ran.exit_code == 0, ran.output
    (difference,) = differences(root, other)
    assert (difference.first, difference.second) == ("aura", "placebo")
    edit(other.parent, other.name, "values: {placebo: 6 (11%)}", "values: {aura: 5 (11%)}")
    assert settle(root, other, {"take": "value", "value": "7 (11%)"}).exit_code == 0
    assert differences(root, other)[0].first == "7 (11)"


def test_a_value_that_is_not_valid_writes_nothing(root: Path, other: Path) -> None:
    edit(other.parent, other.name, *CHANGES["endpoint"])
    before = content(root)
    ran = settle(root, other, {"take": "value", "value": "VOMITTING"})
    assert (ran.exit_code, "did you mean 'VOMITING'" in ran.output) == (2, True)
    assert content(root) == before


def test_another_output_leaves_the_readers_alone(root: Path, other: Path, tmp_path: Path) -> None:
    edit(other.parent, other.name, *CHANGES["figure"])
    out = tmp_path / "consensus.yaml"
    before = (root / DRAFTS).read_bytes()
    assert settle(root, other, 2, "--out", str(out)).exit_code == 0
    assert (root / DRAFTS).read_bytes() == before
    assert "calmol: {value: 42" in out.read_text("utf-8")


def test_the_file_of_reader_2_stays(root: Path, other: Path) -> None:
    edit(other.parent, other.name, *CHANGES["figure"])
    before = other.read_bytes()
    ran = settle(root, other, 1, "--out", str(other))
    assert (ran.exit_code, "the file of reader 2" in ran.output) == (2, True)
    assert other.read_bytes() == before


def test_a_record_is_not_changed_in_place(root: Path, other: Path, tmp_path: Path) -> None:
    record = root / "evidence/studies/halt.yaml"
    decisions = tmp_path / "decisions.yaml"
    decisions.write_text("decisions: {}\n")
    ran = kb(root, "compare", record, other, "--settle", decisions, "--by", "A")
    assert (ran.exit_code, "--out" in ran.output) == (2, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("decisions: {dxxxxxxx: 1}", "the id of a difference"),
        ("decisions: {ID: 3}", "decisions.ID.take"),
        ("decisions: {ID: true}", "expected"),
        ("decisions: {ID: {take: 2, value: 5}}", "'value' with 'take: value'"),
        ("decisions: {ID: {take: value}}", "'value' with 'take: value'"),
        ("decisions: []", "a mapping"),
        ("decided: {}", "expected the field 'decisions'"),
        ("\0", "expected"),
    ],
)
def test_a_bad_file_of_decisions(root: Path, other: Path, text: str, message: str) -> None:
    edit(other.parent, other.name, *CHANGES["bounds"])
    (difference,) = differences(root, other)
    file = other.with_name("decisions.yaml")
    file.write_text(text.replace("ID", difference.id))
    before = content(root)
    ran = kb(root, "compare", root / DRAFTS, other, "--settle", file, "--by", "A")
    assert ran.exit_code == 2, ran.output
    assert message.replace("ID", difference.id) in ran.output
    assert file.name in ran.output
    assert content(root) == before


def test_what_is_open_is_a_finding(root: Path, other: Path) -> None:
    edit(other.parent, other.name, *CHANGES["bounds"])
    edit(other.parent, other.name, *CHANGES["group"])
    first, second = differences(root, other)
    file = other.with_name("decisions.yaml")
    file.write_text(f"decisions: {{{first.id}: 2}}\n")
    arguments = ("compare", root / DRAFTS, other, "--settle", file, "--by", "A")
    ran = kb(root, *arguments)
    assert (ran.exit_code, "settled 1 difference\n" in ran.output) == (1, True)
    assert second.id in ran.output
    file.write_text(f"decisions: {{{first.id}: 2, {second.id}: 1}}\n")
    assert kb(root, *arguments).exit_code == 0


def test_it_is_asked_at_a_terminal(
    root: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for field in ("figure", "group", "bounds"):
        edit(other.parent, other.name, *CHANGES[field])
    monkeypatch.setattr("kb.cli.compare._is_asked", lambda: True)
    words = ("compare", root / DRAFTS, other, "--settle", "-", "--by", "A")
    ran = kb(root, *words, answers="2\n\n[\n15\n1\n")
    assert ran.exit_code == 1, ran.output
    assert "settled 2 differences" in ran.output
    assert "23" in (root / DRAFTS).read_text("utf-8")
