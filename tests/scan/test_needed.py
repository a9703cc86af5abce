"""Numbers needed to treat, and categories of which everybody has one."""

from __future__ import annotations

import pytest
from support.scanned import table, verdicts


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Pain fell in 45% vs 20% (number needed to treat 4).", False),
        ("Pain fell in 45% vs 20% (number needed to treat 8).", True),
        ("Pain fell in 45% vs 20% (NNT = 4.0).", False),
        ("Pain fell in 45% vs 20% (NNT = 5.2).", True),
        ("The absolute risk reduction was 12.5% and the NNT was 8.", False),
        ("The absolute risk reduction was 12.5% and the NNT was 18.", True),
        ("The adjusted risk difference was 12.5% and the NNT was 18.", False),
        ("Pain fell in 45% vs 20% and sleep in 30% vs 10% (NNT 5).", False),
        ("The NNT was 8.", False),
    ],
)
def test_the_number_needed_of_a_sentence(text: str, *, wrong: bool) -> None:
    expected = [("number-needed-to-treat", "doubtful")] if wrong else []
    assert verdicts("needed", text) == expected


def stages(*rows: str, heading: str = "Stage, n (%)") -> list[tuple[str, str]]:
    header = " | Drug (n = 40) | Placebo (n = 38)"
    return verdicts("exclusive", table(header, f"{heading} | | ", *rows))


def test_stages_are_not_more_than_the_people() -> None:
    rows = ("  I | 12 (30) | 11 (29)", "  II | 20 (50) | 21 (55)")
    assert stages(*rows, "  III | 8 (20) | 6 (16)") == []
    assert stages(*rows, "  III | 7 (18) | 6 (16)") == []  # one unknown
    above = [("categories-above-all", "doubtful")]
    assert stages(*rows, "  III | 11 (20) | 6 (16)") == above
    # Several symptoms may be of one person, and "≥ II" holds others.
    assert stages(*rows, "  III | 11 (20) | 6 (16)", heading="Symptoms, n (%)") == []
    assert stages(*rows, "  ≥ II | 28 (70) | 27 (71)") == []
