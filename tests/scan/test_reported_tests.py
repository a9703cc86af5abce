"""Test statistics with degrees of freedom and p, as sentences and tables print them."""

from __future__ import annotations

import pytest
from support.scanned import table, verdicts

INCONSISTENT = [("p-of-test-statistic", "inconsistent")]


@pytest.mark.parametrize(
    "text",
    [
        "It fell, t(38) = 2.31, p = 0.03.",
        "It fell (t<sub>38</sub> = 2.31, P = .026).",
        "It fell, t(38) = −2.31, p = 0.013, one-sided.",
        "It fell, t(1,734) = −1.35, p = .177.",
        "They differed, F(2, 57) = 4.1, p = .02.",
        "They differed (F<sub>4,451.2</sub>=0.976, P=.42).",
        "They differed, χ2 = 5.6, df = 1, p = 0.02.",
        "They differed, χ<sup>2</sup> (1, N = 1736) = 2.81, p = .094.",
        "They differed (χ2 = 119.14, 3 df, p < 0.001).",
        "They differed, z = 1.2, p > 0.05.",
        "It was related, r(125) = .25, p = .005.",
        "They differed (F = 3.387, p = 0.010).",  # without its degrees of freedom
        "Imputed data: F(1, 487) = 0.38 [0.01–1.61]; p = 0.64.",
        "It was related (r = 0.25, p = 0.5).",
        "They differed, t(20) = 1.9, p = 0.21 (Bonferroni corrected).",
    ],
)
def test_tests_that_fit_or_cannot_be_judged(text: str) -> None:
    assert verdicts("reported_tests", text) == []


@pytest.mark.parametrize(
    "text",
    [
        "It fell, t(38) = 1.31, p = 0.03.",
        "It fell (t <sub>282</sub>=2.246, P<.001).",
        "They differed, F(2, 57) = 1.1, p = .02.",
        "They differed, χ2 = 5.6, df = 4, p = 0.02.",
        "They differed, chi-square (1) = 1.6, P = 0.02.",
        "They differed, z = 1.2, p < 0.05.",
    ],
)
def test_what_does_not_fit(text: str) -> None:
    assert verdicts("reported_tests", text) == INCONSISTENT


@pytest.mark.parametrize(
    "text",
    [
        "It fell, t(58) = 1.73, p = 0.10.",  # 0.089: the last digits only
        "They differed, z = 1.2, p < 0.05 in the adjusted model.",
    ],
)
def test_what_is_doubtful(text: str) -> None:
    assert verdicts("reported_tests", text) == [("p-of-test-statistic", "doubtful")]


def test_columns_of_statistics() -> None:
    header = "Outcome | t | df | P"
    fitting = ("A | 2.31 | 38 | 0.026", "B | 0.50 | 38 | 0.62", "C | 1.20 | 38 | 0.24")
    assert verdicts("reported_tests", table(header, *fitting)) == []
    assert (
        verdicts("reported_tests", table(header, *fitting, "D | 0.5 | 38 | 0.01")) == INCONSISTENT
    )
    # Where most do not fit, the columns are something else.
    others = ("D | 0.5 | 38 | 0.01", "E | 0.4 | 38 | 0.01", "F | 0.3 | 38 | 0.01")
    assert verdicts("reported_tests", table(header, fitting[0], *others)) == []


def test_degrees_of_freedom_beside_a_statistic() -> None:
    header = "Outcome | F (df) | P"
    assert verdicts("reported_tests", table(header, "A | 1.15 (4,436.3) | .33")) == []
    assert verdicts("reported_tests", table(header, "A | 1.15 (4,436.3) | .03")) == INCONSISTENT


@pytest.mark.parametrize(
    "cell", ["t −0·3 P = 0·76", "Z −0.9 P = 0·37", "χ<sup>2</sup> 0·1 df 1 P = 0·75*", "Z p = 0.02"]
)
def test_cells_that_hold_a_whole_test(cell: str) -> None:
    assert verdicts("reported_tests", table("Item | Evaluation", f"Score | {cell}")) == []


def test_a_cell_whose_test_does_not_fit() -> None:
    rows = ("Score | Z −9 P = 0·37", "Age | MWU Z = −2.9 P = 0.004", "Sex | χ2 0.1 df 1 P = 0.75")
    assert verdicts("reported_tests", table("Item | Evaluation", *rows)) == INCONSISTENT
    assert verdicts("reported_tests", table("Item | Evaluation", *rows[1:])) == []
