"""Answers sized for the context of an assistant: pages of items, and claims as short objects."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from kb.api.knowledge_base import KnowledgeBase
from kb.checks import Discrepancy
from kb.errors import InputError, shorten
from kb.export.csv import Row
from kb.util.visible import visible

MAX_PAGE: Final = 50
"""Items of one answer."""
MAX_SIZE: Final = 24_000
"""Characters of the items of one answer: some 8,000 tokens."""
MAX_TEXT: Final = 2_000
"""Characters of one text; a longer one is cut, with an ellipsis."""
_MAX_CLAIMS: Final = 8
"""Claims that are shown of one discrepancy."""

_FIELDS: Final = (
    "kind",
    "group_label",
    "comparator_label",
    "regimen",
    "population",
    "endpoint",
    "category",
    "statistic",
    "timepoint",
    "adjustment",
    "operator",
    "value",
    "unit",
    "value_text",
    "numerator",
    "denominator",
    "low",
    "high",
    "bounds",
    "level",
    "dispersion",
    "dispersion_kind",
    "p_value",
    "p_sides",
    "p_for",
    "margin",
    "adjusted_for",
    "date",
    "date_from",
    "date_to",
    "direction",
    "significance",
    "favours",
    "analysis_set",
    "data_cut",
    "imputation",
    "named",
    "note",
)
"""What a claim says: columns of ``kb export claims``, left out where empty."""
_ANCHOR: Final = (
    "source",
    "section",
    "row",
    "column",
    "cites",
    "cites_meant",
    "cited_citation",
    "cited_doi",
)
_TRUST: Final = ("printed", "noted", "read_in", "verification", "discrepancies")
_UNCONTESTED: Final = "uncontested"
"""The standing of a claim that no discrepancy is about, which the columns leave empty."""

Item = dict[str, Any]
T = TypeVar("T")


def page(
    items: Sequence[T], start: int, limit: int, shown: Callable[[T], Any], **about: Any
) -> Item:
    """Return one page of an answer: ``total``, ``items`` and, if there are more, ``more``.

    ``more`` is the ``start`` of the next page. A page holds at most ``limit`` items, and no
    item after the first that would take it over ``MAX_SIZE``.

    Raises:
        InputError: the page would begin after the last item.

    >>> page(["a", "b", "c"], 0, 2, str.upper)
    {'total': 3, 'items': ['A', 'B'], 'more': 2}
    """
    if start and start >= len(items):
        raise InputError(f"start is {start}, expected less than the total, {len(items)}")
    chosen: list[Any] = []
    size = 0
    for item in items[start : start + limit]:
        one = shown(item)
        size += len(as_text(one))
        if chosen and size > MAX_SIZE:
            break
        chosen.append(one)
    after = start + len(chosen)
    more = {"more": after} if after < len(items) else {}
    return {"total": len(items), **about, "items": chosen, **more}


def as_text(answer: Any) -> str:
    r"""Return an answer as JSON on one line; texts of others show what would disguise them.

    >>> print(as_text({"printed": "7.7\u202e"}))
    {"printed":"7.7\\u202e"}
    """
    return json.dumps(_plain(answer), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {readable(str(name)): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    text = str(value)
    return readable(text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…")


def readable(text: str) -> str:
    r"""Return a text that can be sent and cannot disguise what it says.

    >>> print(readable("a\udc80b\x1b"))
    a\udc80b\x1b
    """
    return visible(text.encode("utf-8", "backslashreplace").decode())


def claim_item(row: Row) -> Item:
    """Return a claim: what it says, of whom, where it is printed, and how far to trust it.

    >>> from kb import KnowledgeBase
    >>> item = claim_item(KnowledgeBase().claims(study="tower", endpoint="OS").rows()[0])
    >>> item["where"]["source"], item["verification"]
    ('bruzzese-2025', 'verified')
    """
    return {
        "claim": f"{row['study']}#{row['claim']}",
        "study": row["study_name"],
        **_given(row, _FIELDS),
        **anchors(row),
    }


def anchors(row: Row) -> Item:
    """Return where a claim is printed, the words of the print, verification and standing."""
    standing = row["standing"] or _UNCONTESTED
    return {"where": _given(row, _ANCHOR), **_given(row, _TRUST), "standing": standing}


def _given(row: Row, names: Iterable[str]) -> Item:
    return {name: row[name] for name in names if row.get(name)}


def discrepancy_item(base: KnowledgeBase, discrepancy: Discrepancy) -> Item:
    """Return a discrepancy with its arithmetic, the judgement of it, and its claims' places.

    >>> from kb import KnowledgeBase
    >>> base = KnowledgeBase()
    >>> discrepancy_item(base, base.discrepancies()[0])["severity"]
    'material'
    """
    claims = [f"{claim.study}#{claim.id}" for claim in discrepancy.claims]
    rows = rows_by_name(base, claims[:_MAX_CLAIMS])
    judged = discrepancy.adjudication
    names = ("id", "kind", "severity", "status", "endpoint", "message", "computation")
    data = discrepancy.data()
    return {
        **{name: data[name] for name in names if data[name]},
        **({"judgement": _judgement(judged)} if judged else {}),
        "claims_total": len(claims),
        "claims": [{"claim": name, **anchors(row)} for name, row in rows.items()],
    }


def _judgement(judged: Any) -> Item:
    parts = {
        "judgement": judged.judgement,
        "because": judged.because,
        "should_read": judged.reads,
        "reason": judged.explanation,
        "date": judged.date,
    }
    return {name: value for name, value in parts.items() if value}


def rows_by_name(base: KnowledgeBase, names: Iterable[str]) -> dict[str, Row]:
    """Return the rows of claims that are named as ``<study>#<claim id>``, each once.

    >>> from kb import KnowledgeBase
    >>> rows_by_name(KnowledgeBase(), ["no#claim"])
    {}
    """
    wanted = dict.fromkeys(names)
    found: dict[str, Row] = {}
    for row in base.rows:
        name = f"{row['study']}#{row['claim']}"
        if name in wanted and name not in found:
            found[name] = row
    return {name: found[name] for name in wanted if name in found}


def cited(rows: Iterable[Row]) -> dict[str, str]:
    """Return the citation of each source of some rows, by its id.

    >>> cited([])
    {}
    """
    return {row["source"]: shorten(row["source_citation"], 200) for row in rows}
