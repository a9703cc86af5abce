"""Headers that name a group at a moment, and captions that call figures changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import block_of, blocks, drafted, table

_OF_TWO = "\tTussolan before\tTussolan after\tP\tPlacebo before\tPlacebo after\tP"
_NOTE = "Values are means (SD)."


def test_a_group_at_two_moments_is_one_group(root: Path) -> None:
    rows = (_OF_TWO, "Cough score\t9.1 (3.3)\t7.0 (4.7)\t0.02\t9.3 (2.3)\t9.5 (2.0)\tNS")
    made = drafted(root, table(*rows, notes=_NOTE))
    after = block_of(made, "7.0 (4.7)")
    assert after["values"].keys() == {"tussolan"}
    assert after["category"].endswith("after")
    assert block_of(made, "9.5 (2.0)")["values"].keys() == {"placebo"}
    # The p-value behind the columns of one group is its own.
    assert block_of(made, "0.02")["values"] == {"tussolan": {"p": "=0.02"}}


def test_a_moment_may_stand_before_the_groups(root: Path) -> None:
    rows = (
        "\tBefore tussolan\tAfter tussolan\tBefore placebo\tAfter placebo",
        "Cough score\t9.1 (3.3)\t7.0 (4.7)\t9.3 (2.3)\t9.5 (2.0)",
    )
    made = drafted(root, table(*rows, notes=_NOTE))
    assert block_of(made, "7.0 (4.7)")["values"].keys() == {"tussolan"}
    assert block_of(made, "9.3 (2.3)")["values"].keys() == {"placebo"}


@pytest.mark.parametrize(
    "header",
    [
        "\tBefore treatment\tAfter treatment",  # of the same people, without a name
        "\tRelapse after dialysis (n = 20)\tPlacebo (n = 44)",  # a name, once only
    ],
)
def test_other_words_of_time_part_no_group(root: Path, header: str) -> None:
    made = drafted(root, table(header, "Cough score\t9.1 (3.3)\t7.0 (4.7)", notes=_NOTE))
    assert {"treatment", "relapse"}.isdisjoint(g for block in blocks(made) for g in block["values"])


_CHANGES = (
    "\tTussolan (n = 45)\tPlacebo (n = 44)",
    "Weight (kg)\t1.6 (1.1 to 2.1)\t4.2 (3.6 to 4.7)",
    "Weight at 6 months (kg)\t70.6 (69.1 to 72.1)\t71.2 (69.6 to 72.7)",
    "Grip at end of trial\t31.6 (29.1 to 32.1)\t31.2 (29.6 to 33.7)",
)


@pytest.mark.parametrize(
    ("caption", "statistic"),
    [
        ("Changes in outcomes from entry to 6 months, mean (95% CI)", "mean-change"),
        ("Outcomes and changes in treatment, mean (95% CI)", "mean"),
    ],
)
def test_a_caption_may_call_figures_changes(root: Path, caption: str, statistic: str) -> None:
    made = drafted(root, table(*_CHANGES, caption=caption))
    assert block_of(made, "4.2 (3.6 to 4.7)")["statistic"] == statistic
    # not those whose own label names a moment
    assert block_of(made, "71.2 (69.6 to 72.7)")["statistic"] == "mean"
    assert block_of(made, "31.2 (29.6 to 33.7)")["statistic"] == "mean"
