"""P-values of sentences against the two counts that they compare: "15/27 vs. 4/28, p = 0.046"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.checks.count_tests import Counts, distance_of_counts
from kb.checks.discrepancy import Severity
from kb.papers.entries import Skeleton, whole
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding, Verdict
from kb.scan.group_counts import shown_tests
from kb.scan.p_fit import names_other_test, p_values_of, printed_p
from kb.scan.phrases import P_PHRASE
from kb.scan.significance import COUNTS

_COUNT: Final = re.compile(
    r"(?<![N.,/-])(?P<count>N)(?: ?/ ?| (?:out )?of (?:the )?)(?P<of>N)\b(?! ?[%/])"
)
_P: Final = re.compile(rf"\b{P_PHRASE}(?! ?%)")
_BETWEEN: Final = re.compile(
    r"(?: ?[(\[]? ?N ?%[)\]]*)?[^N;]{0,80}\b(?:vs\.?|versus|compared (?:with|to)|and|against)\b"
    r"[^N;]{0,60}(?:N ?% ?[(\[] ?)?"
)
_AFTER: Final = re.compile(r"[)\]]*(?: ?[(\[,;]? ?N ?%)?[^N;]{0,60}[,;(\[:] ?")
_OTHER: Final = re.compile(
    r"mcnemar|log-?rank|kaplan|hazard|surviv|cox\b|within|baseline|before|\bpre-|\bpost-|follow-up"
    r"|time to|ratio\b|respectively",
    re.IGNORECASE,
)
"""Words of tests of the same people, of times, or of a model."""
_USUAL: Final = re.compile(r"chi-?square|χ ?2|fisher", re.IGNORECASE)
_GROSS: Final = 1.0
_GROSS_OF_USUAL: Final = 0.5
"""Distances of a p, in standard errors; the smaller one where the sentence names its test."""


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield p-values that no usual test gives for the two counts before them."""
    for sentence in context.sentences:
        has_p = _P.search(sentence.skeleton.text) is not None
        if not has_p or names_other(sentence.text):
            continue
        is_usual = _USUAL.search(sentence.text) is not None
        for first, second, p, text in _comparisons(sentence.skeleton):
            number = sentence.skeleton.figure(p, "p")
            span = p_values_of(number) if number else None
            distance = distance_of_counts(first, second, span) if span else None
            if number is None or distance is None:
                continue
            context.checked[COUNTS] += 1
            if distance > (_GROSS_OF_USUAL if is_usual else _GROSS):
                verdict = Verdict.INCONSISTENT if is_usual else Verdict.DOUBTFUL
                message = f"No usual test of these counts gives p {printed_p(number)}."
                place, computed = sentence.place, shown_tests((first, second))
                yield ScanFinding(
                    COUNTS, verdict, Severity.MATERIAL, place, (text,), computed, message
                )


def names_other(text: str) -> bool:
    """Whether a sentence names a test of the same people, of times, or of a model.

    >>> [names_other(text) for text in ("It fell (log-rank p = 0.03).", "It fell (p = 0.03).")]
    [True, False]
    """
    return names_other_test(text) or _OTHER.search(text) is not None


def _comparisons(skeleton: Skeleton) -> Iterator[tuple[Counts, Counts, re.Match[str], str]]:
    """Yield two counts with the p that follows them, where nothing else is compared."""
    start = 0
    for p in _P.finditer(skeleton.text):
        clause = max(start, skeleton.text.rfind(";", start, p.start() - 2) + 1)
        fractions = list(_COUNT.finditer(skeleton.text, clause, p.start()))
        start = p.end()
        if len(fractions) != 2:
            continue
        one, two = fractions
        between = skeleton.text[one.end() : two.start()]
        after = skeleton.text[two.end() : p.start()]
        counts = [(_whole(skeleton, m, "count"), _whole(skeleton, m, "of")) for m in fractions]
        (a, m), (c, n) = counts
        if _BETWEEN.fullmatch(between) and _AFTER.fullmatch(after) and a <= m and c <= n:
            yield (a, m), (c, n), p, _printed(skeleton, one, p)


def _whole(skeleton: Skeleton, match: re.Match[str], name: str) -> int:
    """Return a whole number of a match; -1 for any other figure, which is not a count."""
    number = whole(skeleton.number(match, name))
    return -1 if number is None else number


def _printed(skeleton: Skeleton, first: re.Match[str], p: re.Match[str]) -> str:
    """Return the text from the first count to the p-value, as printed."""
    one, last = skeleton.number(first, "count"), skeleton.number(p, "p")
    return skeleton.folded[one.start : last.end] if one and last else ""
