"""Records of adjudications: what they must have, and how each mistake is reported."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from support.example_base import edit, judged_state, problems

from kb import KnowledgeBase
from kb.checks.adjudication import ClaimStatus

HALT = "evidence/adjudications/halt.yaml"
EASE = "evidence/adjudications/ease.yaml"
VOMITING = "differs-from-cited.halt.VOMITING.2b062a147f"
AGE = "outside-bounds.halt.AGE.0bca3ba7f8"
AGE_CLAIM = "halt-paper.Table-1.AGE.median.placebo"


class Mistake(NamedTuple):
    """An edit of the example's adjudications, and the error that it must cause."""

    old: str
    new: str
    line: str
    field: str
    found: str
    expected: str
    near: str = ""


MISTAKES = [
    Mistake("judgement: one-stands", "judgement: one-stand", "one-stand", "0.judgement",
            "one-stand", "'one-stands'"),
    Mistake("judgement: misprint", "judgement: misprint\n    because: data-cut", AGE, "1",
            "a mapping", "'because' with the judgement both-stand, and only there"),
    Mistake("judgement: misprint", "judgement: both-stand", AGE, "1", "a mapping",
            "'because' with the judgement both-stand"),
    Mistake("    faulty: [headache-review.1.VOMITING.calmol]\n", "", VOMITING, "0", "a mapping",
            "'stands' and 'faulty' with the judgement one-stands"),
    Mistake("    stands: [halt-paper.2.VOMITING.calmol]\n", "", VOMITING, "0", "a mapping",
            "'stands' and 'faulty' with the judgement one-stands"),
    Mistake("judgement: misprint", "judgement: unresolved", AGE, "1", "a mapping",
            "'faulty' with the judgement one-stands or misprint"),
    Mistake("judgement: misprint", "judgement: both-stand\n    because: time", AGE, "1",
            "a mapping", "'faulty' with the judgement one-stands or misprint"),
    Mistake("stands: [halt-paper.2", "stands: [headache-review.1.VOMITING.calmol, halt-paper.2",
            VOMITING, "0", "a mapping", "under 'stands' or under 'faulty', not both"),
    Mistake("[halt-2020]", "[halt-2002]", "publications:", "0.publications.0", "halt-2002",
            "the id of a publication", "halt-2020"),
    Mistake("    publications: [halt-2020]\n", "", VOMITING, "0", "a mapping",
            "'publications' with the ground primary-publication"),
    Mistake("[primary-publication]", "[primary-summary]", "grounds: [primary-summary]",
            "0.grounds", "primary-summary", "primary-publication, as the publications were read"),
    Mistake("grounds: [arithmetic, judgement]", "grounds: [aritmetic]", "aritmetic",
            "1.grounds.0", "aritmetic", "'arithmetic'"),
    Mistake("grounds: [arithmetic, judgement]", "grounds: []", "grounds: []", "1.grounds",
            "a list", "at least 1 item"),
    Mistake(f"finding: {AGE}", "finding: outside-bounds.ease.AGE.0bca3ba7f8", "ease.AGE",
            "1.finding", "ease.AGE", "the id of a finding of halt, as kb check prints it"),
    Mistake(f"finding: {AGE}", "finding: the odd age", "the odd age", "1.finding", "the odd age",
            "match"),
    Mistake(f'judged: "{judged_state(AGE)}"', "judged: 123456789012", "judged: 1", "1.judged",
            "123456789012", "a text"),
    Mistake(f'judged: "{judged_state(AGE)}"', "judged: now", "judged: now", "1.judged", "now",
            "match"),
    Mistake("    reason: No median", "    resaon: No median", "resaon", "1.resaon", "resaon",
            "a known field", "reason"),
    Mistake("[arithmetic, judgement]\n    date: 2021-03-04", "[arithmetic]\n    date: 2021-13-04",
            "2021-13", "1.date", "2021-13-04", "a date"),
    Mistake(f"[{AGE_CLAIM}]", "['x> <y']", "x> <y", "1.faulty.0", "x> <y", "match"),
    Mistake(f"[{AGE_CLAIM}]", "['#x']", "#x", "1.faulty.0", "#x", "match"),
]  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.field}: {m.new[:50]!r}")
def test_a_mistake_is_reported_with_its_place_and_the_nearest_word(
    example_root: Path, mistake: Mistake
) -> None:
    path = edit(example_root, HALT, mistake.old, mistake.new)
    shown = [
        p
        for p in problems(example_root)
        if p.field == f"adjudications.{mistake.field}"
        and mistake.found in p.found
        and mistake.expected in p.expected
        and p.nearest == mistake.near
    ]
    assert shown, "\n".join(map(str, problems(example_root)))
    assert {p.file for p in shown} == {str(path)}
    assert mistake.line in path.read_text("utf-8").splitlines()[shown[0].line - 1]


def test_a_second_adjudication_of_a_finding_is_an_error(example_root: Path) -> None:
    path = edit(example_root, HALT, AGE, VOMITING)
    (problem,) = problems(example_root)
    lines = path.read_text("utf-8").splitlines()
    second = [number for number, line in enumerate(lines, 1) if VOMITING in line][1]
    assert str(problem) == (
        f"{path}:{second}: adjudications.1.finding: found {VOMITING!r}, expected each finding once"
    )


def test_a_file_of_adjudications_is_named_after_a_study(example_root: Path) -> None:
    path = example_root / EASE
    path = path.rename(path.with_name("eese.yaml"))
    found = problems(example_root)
    assert {(p.file, p.line, p.found, p.expected, p.nearest) for p in found} >= {
        (str(path), 1, "eese", "the id of a study", "ease")
    }


def test_all_mistakes_are_reported_at_once(example_root: Path) -> None:
    edit(example_root, HALT, "[halt-2020]", "[halt-2002]")
    edit(example_root, EASE, "because: data-cut", "because: data-cuts")
    edit(example_root, "evidence/studies/halt.yaml", "favours: calmol", "favours: calmool")
    assert [Path(p.file).parent.name for p in problems(example_root)] == [
        "adjudications",
        "adjudications",
        "studies",
    ]


def test_the_folder_of_adjudications_is_optional(example_root: Path) -> None:
    for name in (HALT, EASE):
        (example_root / name).unlink()
    assert KnowledgeBase(example_root).evidence.adjudications == ()
    (example_root / HALT).write_text("adjudications: []\n", "utf-8")
    assert KnowledgeBase(example_root).curated.orphans == ()


def test_a_claim_id_may_omit_its_study(example_root: Path) -> None:
    before = KnowledgeBase(example_root).evidence.adjudications
    edit(example_root, HALT, "stands: [halt-paper.2", "stands: [halt#halt-paper.2")
    base = KnowledgeBase(example_root)
    assert base.evidence.adjudications == before
    assert base.curated.standing("halt", "halt-paper.2.VOMITING.calmol") is ClaimStatus.PREFERRED
