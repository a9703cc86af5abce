"""Two readers of a source: what differs is found once, what is alike in content is alike."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from support.example_base import edit

from kb.drafts.compare import ONLY, Agreement, Comparison, compare
from kb.drafts.readings import read_reader
from kb.errors import InputError
from kb.model import Time

HALT = "evidence/studies/halt.yaml"
PLANTED = [
    ("figure", "calmol: 24/57 (42%)", "calmol: 23/57 (42%)"),
    ("figure", "printed: was not reached, values: {calmol: not-reached}",
     "printed: was 4, values: {calmol: {value: 4, unit: weeks}}"),
    ("denominator", "placebo: 14/63 (22%)}", "placebo: 14/62 (22%)}"),
    ("p", 'comparison: {p: "=0.03"}', 'comparison: {p: "<0.03"}'),
    ("bounds", "ci95: [0.40, 0.93]", "ci95: [0.40, 0.98]"),
    ("bounds", "ci95: [0.40, 0.93]", "ci90: [0.40, 0.93]"),
    ("endpoint", "VOMITING, printed: vomiting in 6", "NAUSEA, printed: vomiting in 6"),
    ("time", "time: within 2 doses", "time: within 3 doses"),
    ("statistic", "statistic: hazard-ratio", "statistic: odds-ratio"),
    ("group", "{calmol.pain-free: 78%}", "{calmol: 78%}"),
    ("category", "category: dizziness, printed: four", "category: vertigo, printed: four"),
    ("unit", "unit: weeks, finding: longer", "unit: days, finding: longer"),
    ("details", "significance: not-significant", "significance: significant"),
]  # fmt: skip


@pytest.fixture
def other(example_root: Path, tmp_path: Path) -> Path:
    """The record as a second reader has it: a copy to edit."""
    path = tmp_path / "reader-2" / HALT
    path.parent.mkdir(parents=True)
    path.write_bytes((example_root / HALT).read_bytes())
    return path


def compared(root: Path, other: Path) -> Comparison:
    return compare(read_reader(root / HALT, root), read_reader(other, root))


@pytest.mark.parametrize(("field", "old", "new"), PLANTED)
def test_a_changed_field_is_one_difference(
    example_root: Path, other: Path, field: str, old: str, new: str
) -> None:
    edit(other.parents[2], HALT, old, new)
    outcome = compared(example_root, other)
    assert [one.field for one in outcome.differences] == [field]
    assert not outcome.pairs.first_only
    assert not outcome.pairs.second_only
    back = compare(outcome.second, outcome.first)
    assert [one.field for one in back.differences] == [field]


def test_a_field_of_a_block_is_one_difference_for_all_its_claims(
    example_root: Path, other: Path
) -> None:
    edit(
        other.parents[2],
        HALT,
        "time: at 2 hours\n        printed",
        "time: at 3 hours\n        printed",
    )
    (difference,) = compared(example_root, other).differences
    assert (difference.first, difference.second) == ("at 2 hours", "at 3 hours")
    assert len(difference.pairs) == 3
    assert "calmol and placebo and calmol versus placebo" in str(difference)


CHANGED = {
    "figure": lambda c: c.figure.value and replace(c, figure=replace(c.figure, value=Decimal(77))),
    "group": lambda c: replace(c, measure=replace(c.measure, group="another")),
    "endpoint": lambda c: replace(c, measure=replace(c.measure, endpoint="ANOTHER")),
    "time": lambda c: replace(c, measure=replace(c.measure, time=Time(at="another"))),
    "statistic": lambda c: replace(c, statistic="another"),
    "place": lambda c: replace(c, section="another"),
}


@pytest.mark.parametrize("field", CHANGED)
def test_any_claim_of_a_base_that_is_read_otherwise_is_one_difference(
    example_root: Path, field: str
) -> None:
    base = read_reader(example_root, example_root)
    for number, file in enumerate(base.files):
        for position, reading in enumerate(file.readings):
            if not (claim := CHANGED[field](reading.claim)):
                continue
            readings = list(file.readings)
            readings[position] = replace(reading, claim=claim)
            files = list(base.files)
            files[number] = replace(file, readings=tuple(reversed(readings)))
            found = compare(base, replace(base, files=tuple(files))).differences
            assert [one.field for one in found] == [field], reading.claim.id


def test_a_section_is_a_place(example_root: Path, other: Path) -> None:
    data = yaml.safe_load(other.read_text("utf-8"))
    block = data["reports"][2]["claims"].pop(0)
    data["reports"].append({"source": "halt-paper", "at": "1", "claims": [block]})
    other.write_text(yaml.safe_dump(data), "utf-8")
    (difference,) = compared(example_root, other).differences
    assert difference.field == "place"
    assert (difference.first, difference.second) == ("halt-paper › 2", "halt-paper › 1")


@pytest.mark.parametrize(
    ("column", "fields"),
    [
        ("Drug (n=45)", []),
        ("drug (N = 45)", []),
        ("Drug (n=54)", ["place"]),
        ("Drug n 45", ["place"]),
    ],
)
def test_the_typography_of_a_label_is_not_another_place(
    example_root: Path, column: str, fields: list[str]
) -> None:
    base = read_reader(example_root, example_root)
    first = base.files[0]
    cell = {"row": ("Age",), "column": "Drug (n = 45)"}
    one = replace(first.readings[0], claim=replace(first.readings[0].claim, **cell))
    other = replace(one, claim=replace(one.claim, column=column))
    pair = (replace(base, files=(replace(first, readings=(r,)),)) for r in (one, other))
    assert [d.field for d in compare(*pair).differences] == fields


def test_figures_exchanged_between_groups_are_found(example_root: Path, other: Path) -> None:
    old = "values: {calmol: 24/57 (42%), placebo: 14/63 (22%)}"
    edit(other.parents[2], HALT, old, "values: {calmol: 14/63 (22%), placebo: 24/57 (42%)}")
    differences = compared(example_root, other).differences
    assert [one.field for one in differences] == ["group", "group"]


def test_what_one_reader_left_out_is_in_one_only(example_root: Path, other: Path) -> None:
    data = yaml.safe_load(other.read_text("utf-8"))
    del data["reports"][0]["claims"][2]["values"]["placebo"]
    data["reports"][0]["claims"][2]["comparison"] |= {"of": "calmol", "versus": "placebo"}
    other.write_text(yaml.safe_dump(data), "utf-8")
    outcome = compared(example_root, other)
    (difference,) = outcome.differences
    assert (difference.field, difference.first, difference.second) == (ONLY, "5", "not read")
    assert outcome.overall.alike == outcome.total - 1
    assert compare(outcome.second, outcome.first).differences[0].first == "not read"


def test_two_times_of_two_readers_are_two_claims(example_root: Path, other: Path) -> None:
    new = "time: within 3 doses, printed: within three doses ~95%, values: {calmol: ~95%}"
    edit(
        other.parents[2],
        HALT,
        "time: within 2 doses, printed: within two doses ~93%, values: {calmol: ~93%}",
        new,
    )
    assert [one.field for one in compared(example_root, other).differences] == [ONLY, ONLY]


def test_order_and_layout_make_no_difference(example_root: Path, other: Path) -> None:
    data = yaml.safe_load(other.read_text("utf-8"))
    reports = []
    for report in reversed(data["reports"]):
        shared = {k: v for k, v in report.items() if k != "claims"}
        for block in reversed(report["claims"]):
            values = block.pop("values", {})
            if comparison := block.pop("comparison", None):
                names = list(values) if len(values) == 2 else [None, None]
                pair = {"of": names[0], "versus": names[1]} if names[0] else {}
                reports.append({**shared, "claims": [{**block, "comparison": pair | comparison}]})
            for group, value in reversed(values.items()):
                reports.append({**shared, "claims": [{**block, "values": {group: value}}]})
            if "doses" in block:
                reports.append({**shared, "claims": [block]})
    other.write_text(yaml.safe_dump({**data, "reports": reports}), "utf-8")
    outcome = compared(example_root, other)
    assert not outcome.differences
    assert outcome.overall.percent == 100


def test_a_draft_is_compared_with_a_record(example_root: Path, other: Path) -> None:
    data = yaml.safe_load(other.read_text("utf-8"))
    drafts = {"reports": data["reports"]}
    drafts["reports"][0]["claims"][0] |= {"sure": "likely", "why": "a guess"}
    other.write_text(yaml.safe_dump(drafts), "utf-8")
    assert not compared(example_root, other).differences


def test_bases_and_folders_are_compared_by_study(example_root: Path, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    base = read_reader(example_root, example_root)
    assert len(base.readings) > 40
    assert not compare(base, base).differences
    folder = read_reader(example_root / "evidence" / "studies", example_root)
    assert not compare(base, folder).differences
    with pytest.raises(InputError, match="neither"):
        read_reader(tmp_path / "nothing", example_root)


def test_records_of_two_studies_are_refused(example_root: Path) -> None:
    ease = example_root / "evidence" / "studies" / "ease.yaml"
    with pytest.raises(InputError, match="different studies: ease and halt"):
        compared(example_root, ease)


def test_a_folder_is_not_compared_with_a_file(example_root: Path) -> None:
    with pytest.raises(InputError, match="name two files, or two folders"):
        compare(
            read_reader(example_root, example_root), read_reader(example_root / HALT, example_root)
        )


@pytest.mark.parametrize(
    ("ratings", "kappa"),
    [
        (["aa", "ab", "bb", "bb"], 0.5),
        (["ab", "ba"], -1.0),
        (["aa", "bb"], 1.0),
        (["aa", "aa"], None),
        (["ab", "ab"], 0.0),
        ([], None),
    ],
)
def test_kappa(ratings: list[str], kappa: float | None) -> None:
    assert Agreement.of([(one[0], one[1]) for one in ratings]).kappa == kappa
