"""What changed between two states: each kind of change alone, and all of them distinguished."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from support.example_base import EXAMPLE, edit, write_example

from kb import KnowledgeBase
from kb.analysis.change import Change, ChangeKind
from kb.analysis.changes import compare
from kb.analysis.states import State
from kb.api.states import state_of

HALT = "evidence/studies/halt.yaml"
PAPER = "evidence/sources/halt-paper.yaml"
PAPERS = "evidence/publications.yaml"
JUDGED = "evidence/adjudications/halt.yaml"
ENDPOINTS = "ontology/endpoints.ttl"

FIRST_JUDGEMENT = (EXAMPLE / JUDGED).read_text("utf-8").partition("  - finding: outside")[0][15:]
"""Below the heading, ``adjudications:``."""

WITHDRAWN = "{endpoint: PAIN_FREE, printed: 63% were free of pain, values: {calmol: 63%}}"

Edit = tuple[str, str, str]

PLANTED: dict[str, tuple[Sequence[Edit], ChangeKind, str]] = {
    "a figure": (
        [
            (HALT, "1.8 vs 5.0 hours, p", "1.9 vs 5.0 hours, p"),
            (HALT, "{calmol: 1.8, placebo: 5.0}", "{calmol: 1.9, placebo: 5.0}"),
        ],
        ChangeKind.FIGURE,
        "HALT: time to relief, median, calmol arm: 1.8 hours → 1.9 hours (Abstract of halt-paper)",
    ),
    "a denominator": (
        [(HALT, "4/15 (27%)", "4/16 (27%)"), (HALT, "the fifteen with", "the sixteen with")],
        ChangeKind.FIGURE,
        "4/15 (27%) → 4/16 (27%) (section 2 of halt-paper)",
    ),
    "an interval": (
        [
            (HALT, "ci95: [0.40, 0.93]", "ci95: [0.41, 0.93]"),
            (HALT, "CI 0.40-0.93", "CI 0.41-0.93"),
        ],
        ChangeKind.FIGURE,
        "0.61, 95% CI 0.40–0.93 → 0.61, 95% CI 0.41–0.93",
    ),
    "a p-value": (
        [(HALT, "22%) … p = 0.03", "22%) … p = 0.04"), (HALT, '{p: "=0.03"}', '{p: "=0.04"}')],
        ChangeKind.FIGURE,
        "calmol arm against placebo arm: p = 0.03 → p = 0.04",
    ),
    "a dose": (
        [(HALT, "amount: 9, unit", "amount: 8, unit"), (HALT, "9 mg/day for 7", "8 mg/day for 7")],
        ChangeKind.FIGURE,
        "calmol 9 mg/day 7 days; calmol 28 mg/day",
    ),
    "a word in place of a figure": (
        [(HALT, "{calmol: not-reached}", "{placebo: not-reached}")],
        ChangeKind.SUBJECT,
        "patients: calmol arm → placebo arm",
    ),
    "a time": (
        [
            (
                HALT,
                "{endpoint: RELIEF, time: at 12 weeks, printed: no",
                "{endpoint: RELIEF, printed: no",
            )
        ],
        ChangeKind.SUBJECT,
        "time: at 12 weeks → none",
    ),
    "a group's population": (
        [(HALT, "within: calmol, population: migraine-with-aura", "within: calmol")],
        ChangeKind.SUBJECT,
        "“patients with aura” (within calmol): population: migraine with aura → migraine",
    ),
    "the design": (
        [(HALT, "masking: double-blind", "masking: open-label")],
        ChangeKind.SUBJECT,
        "HALT: masking: double blind → open label",
    ),
    "a claim withdrawn": (
        [(HALT, WITHDRAWN, WITHDRAWN.replace("PAIN_FREE", "RELIEF").replace("63%", "64%"))],
        ChangeKind.WITHDRAWN,
        "HALT: freedom from pain, calmol arm: 63% (section 3 of halt-paper)",
    ),
    "a claim added": (
        [
            (
                HALT,
                "      - {endpoint: VOMITING, printed: vomiting in 6 (11%)",
                "      - {endpoint: VOMITING, printed: none vomited, values: {placebo: none}}\n"
                "      - {endpoint: VOMITING, printed: vomiting in 6 (11%)",
            )
        ],
        ChangeKind.ADDED,
        "HALT: vomiting, placebo arm: none (section 2 of halt-paper)",
    ),
    "a retraction": (
        [(PAPERS, "{kind: final, checked: 2021-02-03}", "{kind: retracted, checked: 2021-02-04}")],
        ChangeKind.PUBLICATION,
        "Nobody A, et al. Journal of Invented Trials 2020;1:1-9: final → retracted (reports HALT;",
    ),
    "a publication": (
        [
            (
                PAPERS,
                "  ease-2018:\n",
                '  late-2022:\n    citation: "Late C. Annals 2022;1:1"\n'
                "    year: 2022\n    type: journal-article\n  ease-2018:\n",
            )
        ],
        ChangeKind.ADDED,
        "publication added: Late C. Annals 2022;1:1 (late-2022)",
    ),
    "a judgement withdrawn": (
        [(JUDGED, FIRST_JUDGEMENT, "")],
        ChangeKind.JUDGED,
        "judged (one stands) → not judged",
    ),
    "a judgement changed": (
        [(JUDGED, "No median lies outside its range", "A median lies within its range")],
        ChangeKind.JUDGED,
        "reason: No median lies outside its range; the digits are the wrong way round. → A median",
    ),
    "a table's row": (
        [(HALT, "row: Free of pain, column: placebo", "row: Pain-free, column: placebo")],
        ChangeKind.MOVED,
        "place: Free of pain › placebo, Table 1 of halt-paper → Pain-free › placebo, Table 1",
    ),
    "an analysis set": (
        [(HALT, "printed: 80% in the first 80", "analysis_set: ITT, printed: 80% in the first 80")],
        ChangeKind.SUBJECT,
        "analysis set: none → ITT",
    ),
    "a print": (
        [(HALT, "printed: within two doses ~93%", "printed: after two doses ~93%")],
        ChangeKind.WORDING,
        "printed: within two doses ~93% → after two doses ~93%",
    ),
    "a term's label": (
        [(ENDPOINTS, '"vomiting"@en', '"being sick"@en')],
        ChangeKind.WORDING,
        "endpoint “being sick”: label: vomiting → being sick",
    ),
    "a description": (
        [(HALT, "about: An invented trial.", "about: An imagined trial.")],
        ChangeKind.WORDING,
        "HALT: description: An invented trial. → An imagined trial.",
    ),
}


def state(root: Path) -> State:
    return state_of(KnowledgeBase(root))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> State:
    return state(write_example(tmp_path_factory.mktemp("before") / "base"))


def changed(before: State, root: Path, *edits: Edit) -> list[Change]:
    for one in edits:
        edit(root, *one)
    return compare(before, state(root))


@pytest.mark.parametrize("name", PLANTED)
def test_each_change_is_told(name: str, before: State, example_root: Path) -> None:
    edits, kind, text = PLANTED[name]
    found = changed(before, example_root, *edits)
    assert [c.kind for c in found if text in c.text] == [kind], "\n".join(c.text for c in found)


def test_twenty_changes_are_told_apart(before: State, example_root: Path) -> None:
    assert len(PLANTED) == 20
    found = changed(before, example_root, *(e for edits, _, _ in PLANTED.values() for e in edits))
    for name, (_, kind, text) in PLANTED.items():
        # One of the twenty is the label of an endpoint that another is about.
        wanted = text.replace("HALT: vomiting", "HALT: being sick")
        assert [c.kind for c in found if wanted in c.text] == [kind], name


def test_the_same_states_do_not_differ(before: State, example_root: Path) -> None:
    assert compare(before, state(example_root)) == []


def test_the_order_of_claims_is_no_change(before: State, example_root: Path) -> None:
    path = example_root / HALT
    text = path.read_text()
    lines = re.findall(r"^      - \{endpoint: SEX.*\n", text, re.MULTILINE)
    path.write_text(text.replace("".join(lines), "".join(reversed(lines))))
    assert compare(before, state(example_root)) == []


def test_one_more_claim_of_a_measure_leaves_the_others(before: State, example_root: Path) -> None:
    """Claims of one measure in one section are numbered in their order: the numbers may shift."""
    line = "      - {endpoint: PAIN_FREE, printed: 36 patients (63%), values: {calmol: 36 (63%)}}\n"
    more = line.replace("36 patients", "all in all 36 patients")
    found = changed(before, example_root, (HALT, line, more + line))
    assert [c.kind for c in found if c.item.startswith("halt#")] == [ChangeKind.ADDED]


def test_what_is_renamed_is_one_change(before: State, example_root: Path) -> None:
    path = example_root / HALT
    path.write_text(
        re.sub(r"(?<![\w-])aura: \{label", "with-aura: {label", path.read_text("utf-8"))
    )
    found = compare(before, state(example_root))
    assert [(c.kind, c.text) for c in found] == [
        (ChangeKind.MOVED, "HALT: group renamed: aura → with-aura")
    ]


def test_a_study_is_one_change(example_root: Path) -> None:
    after = state(example_root)
    (example_root / "evidence/studies/halt-aura.yaml").unlink()
    gone = [c for c in compare(after, state(example_root)) if c.study == "HALT aura"]
    assert [c.kind for c in gone] == [ChangeKind.WITHDRAWN], gone
    come = [c for c in compare(state(example_root), after) if c.study == "HALT aura"]
    assert [c.kind for c in come] == [ChangeKind.ADDED]


def test_figures_come_first_and_words_last(before: State, example_root: Path) -> None:
    edits = [e for name in ("a print", "a figure", "a time") for e in PLANTED[name][0]]
    found = [c for c in changed(before, example_root, *edits) if c.study == "HALT"]
    ranks = [list(ChangeKind).index(change.kind) for change in found]
    assert ranks == sorted(ranks)
    assert (found[0].kind, found[-1].kind) == (ChangeKind.FIGURE, ChangeKind.WORDING)
