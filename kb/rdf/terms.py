"""RDF terms as N-Quads text.

Writing text directly is ten times faster than building the terms of a library first. A library
parses it again, in the store and in the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Final
from urllib.parse import quote

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    | {chr(code): f"\\u{code:04X}" for code in (*range(9), 11, 12, *range(14, 32), 127)}
)
_ESCAPED: Final = re.compile(r'[\x00-\x1f\x7f"\\]')
_NOT_IN_IRI: Final = re.compile(r'[\x00-\x20<>"{}|\\^`]')


@lru_cache(maxsize=65_536)
def iri(value: str) -> str:
    """Write an IRI; characters that N-Quads forbids are percent-encoded.

    >>> iri("https://doi.org/10.1/a<b>")
    '<https://doi.org/10.1/a%3Cb%3E>'
    """
    return fresh_iri(value)


def fresh_iri(value: str) -> str:
    """Write an IRI without caching: those of claims and measures are used only a few times."""
    if _NOT_IN_IRI.search(value):
        value = _NOT_IN_IRI.sub(lambda match: quote(match[0]), value)
    return f"<{value}>"


def text(value: str) -> str:
    r"""Write a plain literal.

    >>> text('say "no"')
    '"say \\"no\\""'
    """
    return f'"{value.translate(_ESCAPES)}"' if _ESCAPED.search(value) else f'"{value}"'


def typed(value: object, datatype: str) -> str:
    """Write a literal with a datatype of XML Schema, e.g. ``typed(7, "integer")``."""
    return f'"{value}"^^<{XSD}{datatype}>'


def literal(value: str | bool | int | Decimal) -> str:
    """Write a Python value as a literal with the datatype of its class.

    >>> literal(Decimal("7.70"))
    '"7.70"^^<http://www.w3.org/2001/XMLSchema#decimal>'
    """
    if isinstance(value, str):
        return text(value)
    if isinstance(value, bool):
        return typed(str(value).lower(), "boolean")
    if isinstance(value, int):
        return typed(value, "integer")
    return typed(f"{value:f}", "decimal")


def amounts(numbers: Iterable[Decimal]) -> str:
    """Write alternative amounts with their digits as reported, joined by slashes.

    >>> amounts([Decimal("9"), Decimal("28.0")])
    '9/28.0'
    """
    return "/".join(f"{one:f}" for one in numbers)


def dated(value: str) -> str:
    """Write a year, month or day with the datatype that fits its length.

    >>> dated("2017-08")
    '"2017-08"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'
    """
    return typed(value, {4: "gYear", 7: "gYearMonth", 10: "date"}[len(value)])
