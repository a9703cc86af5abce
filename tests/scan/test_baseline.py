"""Means of randomised groups at baseline: both edges."""

from __future__ import annotations

import pytest
from support.scanned import table

from kb.papers.paper import Metadata, Paper
from kb.scan.baseline import find
from kb.scan.context import ScanContext

HEADER = "Variable | Drug (n = 40) | Placebo (n = 42)"
CAPTION = "Baseline characteristics. Values are means ± SD."
ALIKE = (
    "Age, years | 54.1 ± 10.2 | 52.9 ± 11.0",
    "Weight, kg | 76.1 ± 12.2 | 78.4 ± 13.1",
    "Pulse, beats/min | 71.0 ± 9.0 | 70.2 ± 8.8",
)
WRONG = "Height, cm | 171 ± 9 | 111 ± 9"
TITLE = "A randomised trial of a drug"


def kinds_of(
    *rows: str, title: str = TITLE, caption: str = CAPTION, header: str = HEADER
) -> list[tuple[str, str]]:
    made = Paper(Metadata(title=title), (), (table(header, *rows, caption=caption),))
    return [(f.kind, f.verdict.value) for f in find(ScanContext(made))]


def test_one_variable_of_groups_that_are_alike_otherwise() -> None:
    assert kinds_of(*ALIKE, WRONG) == [("difference-at-baseline", "doubtful")]
    assert kinds_of(*ALIKE, WRONG.replace("111", "168")) == []
    assert kinds_of(*ALIKE, WRONG.replace("111", "165")) == []  # p is 0.004: by chance
    assert kinds_of(*ALIKE[1:], WRONG) == []
    assert kinds_of(*ALIKE, WRONG, WRONG.replace("Height", "Reach")) == []


@pytest.mark.parametrize(
    "other",
    [
        {"title": "A cohort of people with a drug"},
        {"title": "A cluster-randomised trial of a drug"},
        {"caption": CAPTION.replace("Baseline characteristics", "Outcomes")},
        {"caption": CAPTION.replace(".", " of responders.", 1)},
        {"caption": CAPTION.replace("SD", "SE")},
        {"header": HEADER.replace("Drug", "Women")},
        {"header": HEADER.replace("40", "8").replace("42", "9")},
        {"header": f"{HEADER} | P value"},
    ],
)
def test_groups_that_chance_did_not_make(other: dict[str, str]) -> None:
    rows = [*ALIKE, WRONG]
    if "P value" in other.get("header", ""):
        rows = [f"{row} | 0.4" for row in rows]
    assert kinds_of(*rows, **other) == []
