"""Associations with an outcome within one group of people: odds ratios of predictors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from kb.drafts.labels import MAX_LABEL, OTHER, EndpointNames, NamedEndpoint, is_statistic
from kb.papers.from_source import label_text
from kb.papers.paper import Table
from kb.papers.statistic import declared

_OUTCOME: Final = re.compile(
    r"\b(?:associated with|(?:associations?|relations?) (?:to|with)"
    r"|predict(?:ors?|ion|ive) (?:of|for)|determinants? (?:of|for)"
    r"|factors? (?:for|influencing)"
    r"|(?:ratios?|(?-i:HRs?|ORs?|RRs?))(?: \([^()]{1,9}\)){0,2} (?:for|of)"
    r"|(?:associations?|relations?|correlations?|regressions?) (?:of|between)"
    r" (?:.{3,150}?(?<!patients)(?<!people)(?<!participants)(?<!children)(?<!men) with"
    r"|.{3,150}? and)"
    r"|(?:analysis|GLM|models?) between .{3,150}? and|effects? of .{3,150} on) (?:the |adjusted )?"
    r"(?P<outcome>(?!factors|predictors|determinants)[^.;:,(]{3,80}?)"
    r"(?= (?:among|in|by|according|at|from|during|after|within|using|with)\b|[,.;:(]|$)",
    re.IGNORECASE,
)
_TIME: Final = re.compile(r"^[0-9]{1,3}[- ](?:day|week|month|year)s? ", re.IGNORECASE)
_IN_HEADER: Final = re.compile(r"\b(?:outcome|dependent variable)", re.IGNORECASE)
MODEL: Final = re.compile(
    r"(?:(?:un)?adjusted|crude|(?:uni|multi|bi)varia\w+|(?:un)?standardi[sz]ed)"
    r"(?: (?:analys[ie]s|models?|results?))?",
    re.IGNORECASE,
)
_CRUDE: Final = re.compile(
    r"\b(?:unadjusted|un-adjusted|crude|univaria\w+|bivaria\w+)", re.IGNORECASE
)


def associated(labels: Sequence[str], table: Table, names: EndpointNames) -> NamedEndpoint | None:
    """Return the outcome of an association, with the predictor that labels name as category.

    >>> from kb.records.load import load_vocabulary
    >>> from kb.records.paths import find_root
    >>> names = EndpointNames(load_vocabulary(find_root()))
    >>> table = Table("Table 1", "Table 1", "Factors associated with relapse of pain", ())
    >>> associated(["Gender", "Male", "OR"], table, names).named
    'relapse of pain › Gender › Male'
    """
    kept = [one for one in dict.fromkeys(labels) if not _is_kind(one)]
    if not kept:
        return None
    found = _OUTCOME.search(table.caption)
    outcome = _TIME.sub("", label_text(found["outcome"])) if found else ""
    category = " › ".join(kept)[:MAX_LABEL].strip()
    if endpoint := names.endpoint(outcome):
        return NamedEndpoint(endpoint, category)
    is_named = outcome or any(map(_IN_HEADER.search, labels))
    if not is_named or not names.vocabulary.knows("endpoint", OTHER):
        return None
    has_digits = any(map(str.isdigit, outcome))  # a number of a caption does not stand in a row
    named = f"{outcome} › {category}" if outcome and not has_digits else category
    named = named if len(named) <= MAX_LABEL else category
    return NamedEndpoint(OTHER, named, named)


def _is_kind(label: str) -> bool:
    """Whether a label only names the kind of an estimate."""
    is_named = declared(label).centre is not None
    return is_named or is_statistic(label) or MODEL.fullmatch(label) is not None


def adjustment(labels: Sequence[str]) -> dict[str, bool]:
    """Return whether labels call an estimate adjusted; nothing if they do not say.

    >>> adjustment(["Univariate", "OR"]), adjustment(["OR adj."]), adjustment(["OR"])
    ({'adjusted': False}, {'adjusted': True}, {})
    """
    for label in reversed(labels):
        if _CRUDE.search(label):
            return {"adjusted": False}
        if declared(label).adjusted or re.search(r"\badj\b", label):
            return {"adjusted": True}
    return {}


def in_group(estimate: Mapping[str, Any], group: str) -> dict[str, Any]:
    """Return an estimate as the value of one group.

    >>> in_group({"statistic": "odds-ratio", "value": 2, "p": "=0.04"}, "all")
    {'statistic': 'odds-ratio', 'values': {'all': {'value': 2, 'p': '=0.04'}}}
    """
    value = {name: part for name, part in estimate.items() if name != "statistic"}
    return {"statistic": estimate["statistic"], "values": {group: value}}
