"""``kb new``: skeletons are valid as they are, and nothing is overwritten."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.command_line import kb
from support.example_base import content, edit

from kb import Discrepancy, KnowledgeBase
from kb.checks import Status
from kb.checks.adjudication import ClaimStatus
from kb.records.load import load_records

OPEN = "differs-within-source.ease.AGE.6291f8e7ad"
JUDGED = "differs-from-cited.halt.VOMITING.2b062a147f"
EASE = "evidence/adjudications/ease.yaml"
HEADER = "# yaml-language-server: $schema=../../build/schema/adjudications.schema.json\n"


def test_a_new_study_is_valid(example_root: Path) -> None:
    result = kb(example_root, "new", "study", "my-trial")
    assert result.exit_code == 0
    path = example_root / "evidence" / "studies" / "my-trial.yaml"
    assert str(path) in result.output
    assert "my-trial" in load_records(example_root).studies
    again = kb(example_root, "new", "study", "my-trial")
    assert again.exit_code == 2
    assert "exists already" in again.stderr


def test_a_new_source_only_needs_its_publication(example_root: Path) -> None:
    assert kb(example_root, "new", "source", "a-paper-2026").exit_code == 0
    result = kb(example_root, "check")
    assert result.exit_code == 2
    (line,) = result.stderr.strip().splitlines()
    assert "publication: found 'a-paper-2026', expected the id of a publication" in line


def test_new_does_not_follow_a_link_out_of_the_folder(example_root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    (example_root / "evidence" / "studies" / "trap.yaml").symlink_to(outside)
    assert kb(example_root, "new", "study", "trap").exit_code == 2
    assert not outside.exists()


# --- adjudications ---------------------------------------------------------------------------


def found(root: Path, name: str = OPEN) -> Discrepancy:
    return next(f for f in KnowledgeBase(root).discrepancies() if f.id == name)


def test_a_new_adjudication_is_valid(example_root: Path) -> None:
    before = (example_root / EASE).read_text("utf-8")
    result = kb(example_root, "new", "adjudication", OPEN)
    assert result.exit_code == 0
    assert result.output == f"added to {example_root / EASE}\n"
    after = (example_root / EASE).read_text("utf-8")
    assert after.startswith(before)
    finding = found(example_root)
    assert finding.status is Status.ADJUDICATED
    assert finding.adjudication is not None
    assert finding.adjudication.judgement == "unresolved"
    assert finding.adjudication.judged == finding.state
    for claim in finding.claims:
        assert f"#   ease#{claim.id}\n" in after
        assert (
            KnowledgeBase(example_root).curated.standing("ease", claim.id) is ClaimStatus.DISPUTED
        )


def test_the_claims_in_the_skeleton_can_be_used(example_root: Path) -> None:
    assert kb(example_root, "new", "adjudication", OPEN).exit_code == 0
    edit(example_root, EASE, "judgement: unresolved   # or", "judgement: one-stands   # or")
    edit(example_root, EASE, "    # stands: []", "    stands: [headache-review.2.AGE.median.all]")
    edit(
        example_root,
        EASE,
        "    # faulty: []",
        "    faulty: [ease#headache-review.1.AGE.median.all]",
    )
    judged = KnowledgeBase(example_root).curated
    assert judged.stale() == []
    assert judged.standing("ease", "headache-review.2.AGE.median.all") is ClaimStatus.PREFERRED
    assert judged.standing("ease", "headache-review.1.AGE.median.all") is ClaimStatus.SET_ASIDE


def test_the_first_adjudication_of_a_study_creates_its_file(example_root: Path) -> None:
    shutil.rmtree(example_root / "evidence" / "adjudications")
    for name in (JUDGED, OPEN, "outside-bounds.halt.AGE.0bca3ba7f8"):
        assert kb(example_root, "new", "adjudication", name).exit_code == 0
    assert sorted(load_records(example_root).adjudications) == ["ease", "halt"]
    text = (example_root / "evidence" / "adjudications" / "halt.yaml").read_text("utf-8")
    assert text.startswith(f"{HEADER}adjudications:\n")
    assert text.count("- finding:") == 2
    assert text.count("# For HALT, section 1 of headache-review differs") == 1
    assert KnowledgeBase(example_root).curated.stale() == []


def test_a_file_without_a_final_newline_is_continued(example_root: Path) -> None:
    path = example_root / EASE
    path.write_text(path.read_text("utf-8").rstrip("\n"), "utf-8")
    assert kb(example_root, "new", "adjudication", OPEN).exit_code == 0
    assert found(example_root).status is Status.ADJUDICATED


@pytest.mark.parametrize("layout", ["adjudications: []\n", "outdented"])
def test_a_file_with_another_layout_is_unchanged_and_the_text_is_shown(
    example_root: Path, layout: str
) -> None:
    path = example_root / EASE
    outdented = path.read_text("utf-8").replace("\n  ", "\n")
    path.write_text(outdented if layout == "outdented" else layout, "utf-8")
    before = content(example_root)
    result = kb(example_root, "new", "adjudication", OPEN)
    assert result.exit_code == 2
    assert f"{path} has another layout; write by hand:\n" in result.stderr
    assert f"  - finding: {OPEN}\n" in result.stderr
    assert content(example_root) == before


def test_an_unknown_finding_is_refused_with_the_nearest(example_root: Path) -> None:
    before = content(example_root)
    result = kb(example_root, "new", "adjudication", OPEN[:-1] + "0")
    assert result.exit_code == 2
    assert f"did you mean {OPEN!r}?" in result.stderr
    assert content(example_root) == before


def test_a_finding_is_adjudicated_once(example_root: Path) -> None:
    assert kb(example_root, "new", "adjudication", OPEN).exit_code == 0
    before = content(example_root)
    for name in (OPEN, JUDGED):
        result = kb(example_root, "new", "adjudication", name)
        assert result.exit_code == 2
        assert f"already has an adjudication of {name}" in result.stderr
    assert content(example_root) == before


@pytest.mark.parametrize("state", ["123456789012", "00e123456789"])
def test_a_state_of_digits_stays_text(
    example_root: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    shutil.rmtree(example_root / "evidence" / "adjudications")
    monkeypatch.setattr(Discrepancy, "state", property(lambda _: state))
    assert kb(example_root, "new", "adjudication", OPEN).exit_code == 0
    assert found(example_root).status is Status.ADJUDICATED
