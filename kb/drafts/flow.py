"""Plain data as YAML on one line, as records are written by hand."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

# What YAML reads as the same text without quotes, inside of brackets too.
_PLAIN: Final = re.compile(r"[A-Za-z](?:[\w.()/%+≥≤±°µ-]|[ ](?![ #]))*(?<![ ])")
_WORDS: Final = frozenset({"yes", "no", "true", "false", "on", "off", "null", "none"})
# A figure of a record: 36 (63%), 24/57 (42%), 63%; a text of digits alone would be a number.
_FIGURE: Final = re.compile(r"[0-9]+ ?/ ?[0-9]+(?: \([0-9.]+%\))?|[0-9]+ \([0-9.]+%\)|[0-9.]+%")


class Verbatim(str):
    """A scalar as it is written in YAML, with its quotes if it has any."""

    __slots__ = ()


def flow(value: Any) -> str:
    """Return plain data as one line of YAML.

    >>> flow({"endpoint": "AGE", "row": ["Age, years"], "values": {"drug": {"n": 3}}})
    '{endpoint: AGE, row: ["Age, years"], values: {drug: {n: 3}}}'
    >>> flow(["24/57 (42%)", "<0.001", "3.10", Decimal("7.0"), True, None])
    '[24/57 (42%), "<0.001", "3.10", 7.0, true, null]'
    """
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(k)}: {flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, int | float | Verbatim) or value is None:
        return str(value) if isinstance(value, Verbatim) else json.dumps(value)
    text = str(value)
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if is_plain or _FIGURE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
