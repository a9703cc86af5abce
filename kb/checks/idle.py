"""Checks that find nothing because the ontology lacks what they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from kb.records.vocabulary import Vocabulary

RESTS_ON: Final = {
    "isGroupSize": (
        "no endpoint is a group size",
        "sums of groups, and proportions against the size of their group",
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
    "isAnyOfBroader": (
        "no endpoint counts all people with anything of a broader one",
        "a kind of event against the total that has a name of its own",
    ),
    "protocolItem": (
        "no endpoint is an item of a protocol",
        "late registration, and primary outcomes against those registered",
    ),
    "claimKind": ("no endpoint is a kind of statement", "definitions, doses and approvals"),
    "isFollowUp": ("no endpoint is a length of follow-up", "follow-up against dates"),
    "isAge": ("no endpoint is an age", "ages against those of the population"),
    "ageFrom": ("no population states its ages", "ages against those of the population"),
    "excludes": ("no population excludes an endpoint", "counts of what the population excludes"),
    "plausibleHigh": ("no endpoint has a highest plausible value", "implausibly high values"),
    "plausibleLow": ("no endpoint has a lowest plausible value", "implausibly low values"),
    "wholeNumberOf": (
        "no endpoint is a whole number for each person",
        "means and standard deviations that whole numbers cannot have",
    ),
    "isOneMeasure": (
        "no statistic gathers prints of one measure",
        "a count against a percentage of the same people",
    ),
}
"""By property in the ontology: what it means that no concept has it, and what is idle."""

RESTRAINS: Final = {
    "isTopic": "a figure of an endpoint that only gathers others against theirs",
    "isEstimated": "a proportion that may be read off a curve against counts",
    "isOfFewer": "a proportion of those treated or tested against the size of the group",
    "beginsAt": "figures of those who reached the beginning against the whole group",
}
"""By property of endpoints: what is not compared where it is stated."""

_SCHEMES: Final = {"ageFrom": "population", "excludes": "population", "isOneMeasure": "statistic"}
"""The scheme of the concepts that have a property, if not endpoints."""
_ALSO: Final = {"ageFrom": "ageTo"}
"""A property that does as well."""


def idle(vocabulary: Vocabulary) -> Iterator[str]:
    """Yield a sentence for each property that no concept has, with what is not checked.

    >>> next(idle(Vocabulary("https://example.org/", [], [])))
    'no endpoint is a group size (kb:isGroupSize): sums of groups, and proportions against the \
size of their group, are not checked'
    """
    for name, (reason, checks) in RESTS_ON.items():
        terms = vocabulary.schemes.get(_SCHEMES.get(name, "endpoint"), {}).values()
        wanted = (name, _ALSO.get(name, name))
        if not any(term.first(one) not in ("", "false") for term in terms for one in wanted):
            comma = "," if "," in checks else ""
            yield f"{reason} (kb:{name}): {checks}{comma} are not checked"
