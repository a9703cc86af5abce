"""What is known about a figure in a few words: how it was checked, where it is from, its judgement.

A page shows these words beside the figure, and their meaning in its legend, where a pointer rests
on them and where the keyboard is on the figure; the pop-up of the figure has it in sentences.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from kb.checks.adjudication import ClaimStatus
from kb.site.labels import short_citation
from kb.site.tables.figures import DisplayedFigure
from kb.sources.verify import VerificationState

MEANINGS: Final = {
    "checked": "found in the source, at its place",
    "noted": "read in a summary, not checked in the text",
    "not found": "not found in the source, at its place",
    "not checked": "not checked in the source",
    "second-hand": "the source cites another publication for it",
    "preferred": "a judgement prefers it to other reported values",
    "set aside": "a judgement sets it aside for another reported value",
    "disputed": "it cannot be right together with another reported value, and none was preferred",
    "values differ": "sources report different values",
    "note": "has a note on how it was read",
}
"""The words beside figures."""

LEGEND: Final[Mapping[str, str]] = MEANINGS | {
    "discrepancy": "reported values that do not agree; the word leads there"
}
"""The words beside figures and of their links, in the order of the legend."""

_WORDS: Final = {
    VerificationState.FAILED: "not found",
    VerificationState.VERIFIED: "checked",
    VerificationState.NOTED: "noted",
    VerificationState.NOT_CHECKED: "not checked",
    VerificationState.SOURCE_UNAVAILABLE: "not checked",
}
"""The word of each state; of several states, the first decides."""
_JUDGED: Final = {
    ClaimStatus.PREFERRED: "preferred",
    ClaimStatus.SET_ASIDE: "set aside",
    ClaimStatus.DISPUTED: "disputed",
}


def legend_of(states: Iterable[VerificationState]) -> dict[str, str]:
    """Return the legend of an evidence base whose claims have these states of verification.

    >>> list(legend_of([VerificationState.NOTED]))[:2]
    ['noted', 'second-hand']
    """
    absent = set(_WORDS.values()) - {_WORDS[state] for state in states}
    return {word: meaning for word, meaning in LEGEND.items() if word not in absent}


class Mark(NamedTuple):
    """The words beside a figure, the first of them, and what they mean."""

    kind: str
    text: str
    meaning: str


def mark(shown: DisplayedFigure) -> Mark:
    """Return the mark of a figure."""
    parts = list(_parts(shown))
    kind = parts[0][0].replace(" ", "-")
    meaning = "; ".join(meaning for _, meaning in parts)
    return Mark(kind, " · ".join(text for text, _ in parts), meaning)


def judged(shown: DisplayedFigure) -> str:
    """Return what was judged about a figure that a discrepancy is about."""
    return _JUDGED.get(shown.standing, "values differ" if shown.differs else "discrepancy")


def judged_meaning(shown: DisplayedFigure) -> str:
    """Return what the word means that ``judged`` returns."""
    return LEGEND[judged(shown)]


def _parts(shown: DisplayedFigure) -> Iterator[tuple[str, str]]:
    states = dict(shown.states)
    state = next(state for state in _WORDS if state in states)
    word, number, every = _WORDS[state], states[state], len(shown.claims)
    places = f" in {number} of {every} places" if number < every else ""
    yield f"{word}{places}", f"{MEANINGS[word]}{places and f' ({places.strip()})'}"
    if shown.is_second_hand:
        cited = ", ".join(map(short_citation, shown.second_hand))
        yield "second-hand", f"{MEANINGS['second-hand']}: {cited}"
    if not shown.findings:
        word = judged(shown)
        if word in MEANINGS:
            yield word, MEANINGS[word]
    if shown.notes:
        yield "note", MEANINGS["note"]
