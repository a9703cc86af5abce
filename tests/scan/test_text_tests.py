"""P-values of sentences against the two counts that they compare."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("More did (22/27 vs. 7/28, p = 0.033).", ["doubtful"]),
        ("More did (22/27 (81%) vs. 7/28 (25%); p = 0.033).", ["doubtful"]),
        ("Relief was seen in 22 of 27 and 7 of 28 patients (p = 0.40).", ["doubtful"]),
        ("More did (22/27 vs. 7/28, p < 0.001).", []),
        ("More did (22/27 vs. 7/28, p = 0.00003).", []),
        ("More did (15/27 vs. 4/28, p = 0.046).", []),  # hardly far enough for any test
        ("More did (15/27 vs. 4/28, p = 0.046, chi-square test).", ["inconsistent"]),
        ("More did (15/27 vs. 4/28, p = 0.002, chi-square test).", []),
        ("It was 3/26, 22/27 and 7/28 in the groups (p = 0.33).", []),  # three groups
        ("It rose from 7/28 before to 22/27 after (p = 0.033).", []),  # the same people
        ("Survival was better (22/27 vs. 7/28, log-rank p = 0.033).", []),
        ("More did (22/27 vs. 7/28, adjusted p = 0.033).", []),
        ("More did (22/27 vs. 7/28, p for trend = 0.033).", []),
        ("Pressure was 120/80 vs. 110/70 mmHg (p = 0.9).", []),
        ("It was 0.5/27 vs. 7/28 (p = 0.9).", []),
    ],
)
def test_counts_with_a_p(text: str, expected: list[str]) -> None:
    assert [finding.verdict.value for finding in findings("text_tests", text)] == expected


def test_each_p_has_the_counts_of_its_own_clause() -> None:
    text = "More did (3/27 vs. 2/28, p = 0.67 at week 4; 22/27 vs. 7/28, p = 0.033 at week 8)."
    reported = findings("text_tests", text)
    assert [finding.printed for finding in reported] == [("22/27 vs. 7/28, p=0.033",)]
    assert reported[0].message == "No usual test of these counts gives p = 0.033."


def test_counts_of_a_table_are_not_those_of_a_sentence() -> None:
    assert verdicts("text_tests", table(" | Drug | P", "Cured | 22/27 | 0.9")) == []
