"""Checks that find nothing because the ontology lacks what they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kb.records.vocabulary import Vocabulary

RESTS_ON: Final = {
    "isGroupSize": (
        "no endpoint is a group size",
        "sums of groups, and shares against the size of their group",
    ),
    "dividedInto": (
        "no endpoint has categories that divide a group",
        "breakdowns other than scales from 0",
    ),
    "hasExclusiveCategories": (
        "no endpoint has exclusive categories",
        "sums of categories against their total",
    ),
    "exclusiveKind": ("no endpoint has exclusive kinds", "sums of kinds against their total"),
    "countsEvents": ("no endpoint counts events", "a kind of event against all events"),
    "fallsWithTime": (
        "no endpoint falls with time",
        "survival over time, against its median and against hazard ratios",
    ),
    "betterWhen": (
        "no endpoint is better when higher or lower",
        "words such as better against figures",
    ),
    "neverAbove": ("no endpoint is never above another", "one endpoint against another"),
    "countedAmong": (
        "no endpoint is counted among those with another",
        "endpoints of responders against the response",
    ),
    "hasRivalNames": ("no endpoint has rival names", "one figure under two names"),
    "isAge": ("no endpoint is an age", "ages against those of the population"),
    "plausibleHigh": ("no endpoint has a highest plausible value", "implausible values"),
}
"""By property of endpoints in the ontology: what it means that none has it, and what is idle."""


def idle(vocabulary: Vocabulary) -> Iterator[str]:
    """Yield a sentence for each property that no endpoint has, with what is not checked.

    >>> next(idle(Vocabulary("https://example.org/", [], [])))
    'no endpoint is a group size (kb:isGroupSize): sums of groups, and shares against the size of \
their group, are not checked'
    """
    terms = vocabulary.schemes.get("endpoint", {}).values()
    used = {name for term in terms for name in term.properties if term.first(name) != "false"}
    for name, (reason, checks) in RESTS_ON.items():
        if name not in used:
            comma = "," if "," in checks else ""
            yield f"{reason} (kb:{name}): {checks}{comma} are not checked"
