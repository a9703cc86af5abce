"""Confidence intervals of percentages in sentences, against the counts before them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from kb.checks.discrepancy import Outcome, Severity
from kb.checks.proportions import interval_of_share, score_interval
from kb.checks.rounding import Span
from kb.papers.entries import whole
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.phrases import counts, estimates
from kb.sources.numbers import Number

KIND: Final = "interval-of-proportion"
_LEVEL: Final = Decimal(95)
_IS_CI: Final = re.compile(r"%[^%]*\b(?:cis?|confidence)\b")
_OTHER: Final = re.compile(
    r"cluster|weighted|adjusted|kaplan|surviv|cumulative|bayes|credible|multilevel|imput"
    r"|generali[sz]ed estimating",
    re.IGNORECASE,
)
"""Words of methods whose intervals the counts do not give."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield intervals that are much too narrow, or too wide, for the counts before them."""
    for sentence in context.sentences:
        if not _IS_CI.search(sentence.skeleton.text) or _OTHER.search(sentence.text):
            continue
        before = {c.share.start: c for c in counts(sentence) if c.of is not None}
        for estimate in estimates(sentence) if before else ():
            phrase = before.get(estimate.main.start)
            number, of = (whole(phrase.main), whole(phrase.of)) if phrase else (None, None)
            if number is None or of is None or not _is_usual(estimate.level):
                continue
            context.checked[KIND] += 1
            low, high = estimate.low.value, estimate.high.value
            if interval_of_share(number, of, Span(low, high)) is not Outcome.INCONSISTENT:
                continue
            usual = " to ".join(f"{100 * end:.1f}%" for end in score_interval(number, of))
            computed = f"{number}/{of}: {usual} (Wilson)"
            message = f"No usual method gives the interval {low} to {high}% for {number} of {of}."
            place, severity = sentence.place, Severity.MATERIAL
            texts = (estimate.text,)
            yield ScanFinding(KIND, Verdict.DOUBTFUL, severity, place, texts, computed, message)


def _is_usual(level: Number | None) -> bool:
    return level is not None and level.value == _LEVEL
