"""Drafts of one place that would say different things of one measure.

Either a heading or header tells them apart by a word that no field has, "p (t-test)" and
"p (Wilcoxon)", or something was missed, and then none of them is drafted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from kb.drafts.labels import MAX_LABEL
from kb.drafts.tables import Draft
from kb.model import slug
from kb.util.grouping import group_by

ALIKE: Final = "nothing tells it from another figure of the same outcome and people"
_MEASURED: Final = ("endpoint", "category", "statistic", "time", "analysis_set", "unit")
_TOLD: Final = ("of", "versus", "statistic", "adjusted", "p_for")
"""The parts of a value or comparison that say what it is, and not how large."""


def told_apart(drafts: Iterable[Draft]) -> tuple[list[Draft], list[Draft]]:
    """Return drafts of which no two differ about one measure, and those that are left out.

    >>> def one(category: str, row: str, column: str, value: str) -> Draft:
    ...     block = {"endpoint": "AGE", "category": category, "row": row, "column": column}
    ...     return Draft({**block, "values": {"all": {"p": value}}}, "sure", [], "Table 1", 0)
    >>> kept, left = told_apart(
    ...     [one("", "A", "p (t-test)", "0.1"), one("", "A", "p (ANOVA)", "0.2")]
    ... )
    >>> [draft.block["category"] for draft in kept], left
    (['p (t-test)', 'p (ANOVA)'], [])
    >>> len(told_apart([one("", "A", "Drug", "0.1"), one("", "B", "Drug", "0.2")])[1])
    2
    """
    kept: list[Draft] = []
    left: list[Draft] = []
    for alike in group_by(drafts, key=_measure).values():
        if len({str(_result(draft)) for draft in alike}) < 2:
            kept += alike
        elif named := _named(alike):
            kept += named
        else:
            left += alike
    return kept, left


def _named(drafts: Sequence[Draft]) -> list[Draft]:
    """Return drafts with what is their own in their categories; nothing if they are alike."""
    parts = [_parts(draft) for draft in drafts]
    shared = set(parts[0]).intersection(*parts)
    own = [" › ".join(part for part in one if part not in shared) for one in parts]
    if len(set(map(slug, own))) < len(own):
        return []
    return [
        _within(draft, name) if name else draft for draft, name in zip(drafts, own, strict=True)
    ]


def _parts(draft: Draft) -> list[str]:
    """Return the headings and the header of a figure that its anchor names."""
    row, column = draft.block.get("row", ()), str(draft.block.get("column", ""))
    above = [one for one in draft.headings if one in row] if isinstance(row, list) else []
    name = column.rpartition(" › ")[2]
    return [one for one in (*above, name) if any(map(str.isalpha, one))]


def _within(draft: Draft, part: str) -> Draft:
    category = draft.block.get("category", "")
    kept = [one for one in part.split(" › ") if one not in category.split(" › ")]
    category = " › ".join(filter(None, (category, *kept)))[:MAX_LABEL].strip()
    first = {name: part for name, part in draft.block.items() if name in ("endpoint", "named")}
    return replace(draft, block=first | {"category": category} | _others(draft.block))


def _others(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that stand behind the category."""
    return {k: v for k, v in block.items() if k not in ("endpoint", "named", "category")}


def _measure(draft: Draft) -> tuple[object, ...]:
    """Return what a draft is about: place, outcome, people and the kinds of its figures."""
    block = draft.block
    measured = (block.get(name) or "" for name in _MEASURED)
    parts = tuple((name, *_kinds(value)) for name, value in block.get("values", {}).items())
    return (draft.at, *measured, parts, _kinds(block.get("comparison", {})))


def _kinds(value: Any) -> tuple[object, ...]:
    if not isinstance(value, dict):
        return ("value",)
    return (*value, *((name, value[name]) for name in _TOLD if name in value))


def _result(draft: Draft) -> tuple[Any, Any]:
    return draft.block.get("values"), draft.block.get("comparison")
