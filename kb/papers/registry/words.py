"""Words of the registry's closed lists, in the form that readers and labels of tables have."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_STATISTICS: Final = {
    "mean": "mean",
    "median": "median",
    "least squares mean": "least squares mean",
    "geometric mean": "geometric mean",
    "geometric least squares mean": "geometric least squares mean",
    "log mean": "log mean",
}
_SPREADS: Final = {
    "standard deviation": "SD",
    "standard error": "SE",
    "inter quartile range": "IQR",
    "full range": "range",
}
_COUNTED: Final = frozenset({"count of participants", "count of units"})
_SHARE: Final = re.compile(r"(?:percentage|percent) of (?:participants|patients|subjects)|%")
_TIME: Final = r"(?:day|week|month|year)s? [0-9]{1,3}|[0-9]{1,3}[ -](?:hour|day|week|month|year)s?"
_MOMENT: Final = re.compile(
    rf"(?:(?:from )?baseline(?: (?:to|and|through|until)|,) )?(?:at |after )?({_TIME})",
    re.IGNORECASE,
)
_A_MOMENT: Final = re.compile(rf"\b(?:{_TIME})\b", re.IGNORECASE)
_PEOPLE: Final = frozenset({"participants", "subjects", "patients", ""})


def moment(time_frame: str) -> str:
    """Return the one time that a time frame names, or "".

    >>> moment("Week 12"), moment("Baseline to 12 weeks"), moment("up to 24 weeks")
    ('Week 12', '12 weeks', '')
    """
    match = _MOMENT.fullmatch(time_frame.strip())
    return match[1] if match else ""


def names_moment(title: str) -> bool:
    """Whether a title names a time itself.

    >>> names_moment("Relief at week 12"), names_moment("Relief")
    (True, False)
    """
    return _A_MOMENT.search(title) is not None


def phrase(word: str) -> str:
    """Return a word of a closed list as words.

    >>> phrase("ACTIVE_NOT_RECRUITING"), phrase("EARLY_PHASE1"), phrase("NA"), phrase("RANDOMIZED")
    ('Active not recruiting', 'Early phase 1', 'Not applicable', 'Randomized')
    """
    if word == "NA":
        return "Not applicable"
    words = re.sub(r"(?<=[A-Za-z])(?=[0-9])", " ", word.replace("_", " "))
    return words.capitalize() if word.isupper() or "_" in word else words


def folded(word: str) -> str:
    """Return a word of a list in lower case without signs: entries vary in both.

    >>> folded("INTER_QUARTILE_RANGE"), folded("Inter-Quartile Range")
    ('inter quartile range', 'inter quartile range')
    """
    return re.sub(r"[_-]", " ", word).strip().lower()


def is_count(param_type: str) -> bool:
    """Whether figures are numbers of people or of other units."""
    return folded(param_type) in _COUNTED


def is_people(units: str) -> bool:
    """Whether units are people."""
    return units.strip().lower() in _PEOPLE


def is_spread(dispersion_type: str) -> bool:
    """Whether a figure's dispersion is one number, not two limits.

    >>> is_spread("STANDARD_DEVIATION"), is_spread("95% Confidence Interval")
    (True, False)
    """
    return folded(dispersion_type) in ("standard deviation", "standard error")


def is_share(unit: str) -> bool:
    """Whether a unit is the percentage of people.

    >>> is_share("percentage of participants"), is_share("percent change")
    (True, False)
    """
    return _SHARE.fullmatch(unit.strip().lower()) is not None


def label(title: str, param_type: str, dispersion_type: str, unit: str) -> str:
    """Return a title with the statistic and the unit, as the labels of tables have them.

    >>> label("Age, Continuous", "MEAN", "STANDARD_DEVIATION", "years")
    'Age, Continuous, mean (SD), years'
    >>> label("Relief", "NUMBER", "95% Confidence Interval", "percentage of participants")
    'Relief, percentage of participants (95% CI)'
    >>> label("Relief", "COUNT_OF_PARTICIPANTS", "", "Participants")
    'Relief'
    """
    if is_count(param_type):
        return title
    share = is_share(unit)
    statistic = "percentage of participants" if share else _STATISTICS.get(folded(param_type), "")
    spread = folded(dispersion_type)
    shown = _SPREADS.get(spread) or spread.replace(" confidence interval", " CI")
    if shown and shown != "na":
        statistic = f"{statistic} ({shown})".strip()
    parts: Sequence[str] = (title, statistic, "" if share else unit)
    return ", ".join(part for part in parts if part)
