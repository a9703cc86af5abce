"""Numbers with their nouns, as messages and pages write them."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

_SINGULARS: Final = {"studies": "study", "analyses": "analysis", "entries": "entry"}
_SHORTEST: Final = 4
"""The letters of the shortest plural: "days"; "ms" is none."""


def counted(number: int, singular: str, plural: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "claim"), counted(2, "claim"), counted(0, "study", "studies")
    ('1 claim', '2 claims', '0 studies')
    """
    return f"{number} {singular if number == 1 else plural or f'{singular}s'}"


def measured(number: int | Decimal | str, nouns: str) -> str:
    """Return a number as it is printed with its unit, or another noun, that is a plural.

    >>> measured("1", "cycles"), measured(1, "analyses of studies"), measured("1.0", "months")
    ('1 cycle', '1 analysis of studies', '1.0 months')
    >>> measured(1, "mg"), measured(1, "ms")
    ('1 mg', '1 ms')
    """
    first, space, rest = nouns.partition(" ")
    if str(number) != "1":
        return f"{number} {nouns}"
    is_plural = len(first) >= _SHORTEST and first.isalpha() and first.endswith("s")
    word = _SINGULARS.get(first, first[:-1] if is_plural else first)
    return f"{number} {word}{space}{rest}"
