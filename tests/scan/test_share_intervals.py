"""Confidence intervals of percentages in sentences: both edges."""

from __future__ import annotations

import pytest
from support.scanned import verdicts


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("A response was seen in 24 of 57 patients (42%; 95% CI 29.1 to 55.9).", False),
        ("A response was seen in 24 of 57 patients (42%; 95% CI 38.5 to 45.5).", True),
        ("A response was seen in 24/57 (42%, 95% CI 11.1-75.9) patients.", True),
        ("A response was seen in 24/57 (42%, 99% CI 11.1-75.9) patients.", False),
        ("The adjusted rate was 24/57 (42%, 95% CI 11.1-75.9).", False),
    ],
)
def test_intervals_of_sentences(sentence: str, *, found: bool) -> None:
    expected = [("interval-of-proportion", "doubtful")] if found else []
    assert verdicts("share_intervals", sentence) == expected
