"""The analyses of a posted outcome: which groups they compare, in which order, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kb.papers.registry.entry import Analysis
from kb.papers.registry.words import folded, phrase

_PAIR: Final = 2
_CLAUSES: Final = re.compile(r"[;:()\[\]]|(?<!\bvs)[.,]\s", re.IGNORECASE)
_BETWEEN: Final = re.compile(
    r"\s(?:vs?\.?|versus|minus|over|compared (?:with|to)|relative to|[-–])\s|/", re.IGNORECASE
)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]+")
_NUMBER: Final = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_P: Final = re.compile(r"(?:[Pp](?:[- ]?value)?(?=[ =<>≤≥0-9.]))?[ =]*")
_SIDES: Final = re.compile(
    r"\b(?P<one>1|one)[- ]?(?:sided|tailed)|\b(?:2|two)[- ]?(?:sided|tailed)"
)


def compares(one: Analysis) -> bool:
    """Whether an analysis is an estimate or a p-value of two groups."""
    return len(one.group_ids) == _PAIR and bool(one.param_value or one.p_value)


def order(one: Analysis, titles: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the two groups in the order that the entry states, or None if it states none.

    The registry lists the groups of an analysis as it lists them elsewhere: which of them is
    compared with which stands in the words about it, if anywhere.

    >>> titles = {"OG000": "Placebo (FAS)", "OG001": "Tussolan 30 mg (FAS)"}
    >>> given = {"groupIds": list(titles), "groupDescription": "Odds ratio: Tussolan/Placebo"}
    >>> order(Analysis.model_validate(given), titles)
    ('Tussolan 30 mg (FAS)', 'Placebo (FAS)')
    """
    first, second = (titles[name] for name in one.group_ids)
    texts = (one.estimate_comment, one.group_description, one.param_type)
    more = (one.other_analysis_description, one.statistical_comment)
    found = {
        is_first
        for text in (*texts, *more)
        for clause in _CLAUSES.split(text)
        for is_first in _orders(clause, first, second)
    }
    if len(found) != 1:
        return None
    return (first, second) if found.pop() else (second, first)


def _orders(clause: str, first: str, second: str) -> Iterator[bool]:
    """Yield for each comparison of the two groups whether it names the first one first."""
    one, other = _own_words(first, second)
    matches = list(_BETWEEN.finditer(clause)) if one and other else []
    for number, match in enumerate(matches):
        start = matches[number - 1].end() if number else 0
        end = matches[number + 1].start() if number + 1 < len(matches) else len(clause)
        left, right = _words(clause[start : match.start()]), _words(clause[match.end() : end])
        if left & one and right & other and not (left & other or right & one):
            yield True
        elif left & other and right & one and not (left & one or right & other):
            yield False


def _words(text: str) -> set[str]:
    return {word.casefold() for word in (*_WORD.findall(text), *_NUMBER.findall(text))}


def _own_words(first: str, second: str) -> tuple[set[str], set[str]]:
    """Return the words that only one title has; numbers only where the titles differ in them."""
    one, other = _words(first) - _words(second), _words(second) - _words(first)
    named = [{word for word in words if not word[0].isdigit()} for words in (one, other)]
    if all(named):
        one, other = named
    return one, other


def columns(one: Analysis, titles: Mapping[str, str]) -> tuple[list[str], list[str], list[str]]:
    """Return the headers of an analysis, upper and lower, and its cells."""
    below, cells = [], []
    if one.param_value:
        interval = "" if is_one_sided(one) else limits(one.ci_lower_limit, one.ci_upper_limit)
        level = f"{one.ci_pct_value}% CI" if one.ci_pct_value else "CI"
        below.append(f"{one.param_type} ({level})" if interval else one.param_type)
        cells.append(f"{one.param_value} ({interval})" if interval else one.param_value)
    if one.p_value:
        sides = sides_of_test(one)
        below.append(f"P value ({sides}-sided)" if sides else "P value")
        cells.append(_P.sub("", one.p_value, count=1))
    stated = order(one, titles)
    names = " and ".join(titles[name] for name in one.group_ids)
    return [" versus ".join(stated) if stated else names, *[""] * (len(below) - 1)], below, cells


def limits(low: str, high: str) -> str:
    """Return two limits as an interval, or "" where none is given."""
    return f"{low or 'NA'} to {high or 'NA'}" if low or high else ""


def is_one_sided(one: Analysis) -> bool:
    """Whether the interval of an analysis has one limit by design."""
    return folded(one.ci_num_sides) == "one sided" or folded(one.ci_num_sides) == "1 sided"


def sides_of_test(one: Analysis) -> int | None:
    """Return the sides of the test of the p-value, where method or comment states one number.

    >>> sides_of_test(Analysis.model_validate({"statisticalMethod": "t-test, 2 sided"}))
    2
    """
    stated = f"{one.statistical_method}. {one.p_value_comment}. {one.p_value}".lower()
    found = {1 if match["one"] else 2 for match in _SIDES.finditer(stated)}
    return found.pop() if len(found) == 1 else None


def sentence(one: Analysis, titles: Mapping[str, str]) -> str:
    """Return an analysis that is not of two groups, in words."""
    p = f"P {one.p_value}" if one.p_value[:1] in ("<", ">", "=") else f"P = {one.p_value}"
    value = " ".join(filter(None, (one.param_type, one.param_value)))
    return _joined(one, titles, (one.statistical_method, value, p if one.p_value else ""))


def note(one: Analysis, titles: Mapping[str, str]) -> str:
    """Return what an entry says of an analysis beside its figures."""
    return _joined(one, titles, (one.statistical_method,))


def _joined(one: Analysis, titles: Mapping[str, str], parts: Sequence[str]) -> str:
    who = ", ".join(titles[name] for name in one.group_ids)
    return "Analysis of " + "; ".join(filter(None, (who, *parts, *_details(one))))


def _details(one: Analysis) -> Iterator[str]:
    yield one.group_description
    yield phrase(one.non_inferiority_type)
    if one.dispersion_value:
        yield f"{phrase(one.dispersion_type) or 'Dispersion'} {one.dispersion_value}"
    if is_one_sided(one):
        level = f"{one.ci_pct_value}% " if one.ci_pct_value else ""
        bounds = (("lower", one.ci_lower_limit), ("upper", one.ci_upper_limit))
        yield from (f"one-sided {level}CI, {name} limit {x}" for name, x in bounds if x)
    yield from (
        " ".join(comment.split())
        for comment in (
            one.p_value_comment,
            one.statistical_comment,
            one.non_inferiority_comment,
            one.ci_lower_limit_comment,
            one.ci_upper_limit_comment,
            one.estimate_comment,
            one.other_analysis_description,
        )
    )
