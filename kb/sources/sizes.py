"""The number of people that a header prints."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from kb.sources.normalise import fold

_SIZE: Final = re.compile(
    r"(?:(?:\b[nN]o?\.?|(?<=[a-z])N)\s?[=:]\s?|(?<=[A-Z]{2})(?<!MI)N\s?=\s?|\b[nN]\s(?=[0-9]))"
    r"(?P<size>[0-9]{1,3}(?:[, ][0-9]{3})+|[0-9]{1,7})(?![0-9.%])"
    r"|(?P<people>[0-9]{1,7}) (?:patients|subjects|participants|women|men|children"
    r"|infants|people)\b"
    r"|(?<=[a-zA-Z] )\((?P<bare>[0-9]{1,7})\)$"
    r"|%\s?\(of (?P<of>[0-9]{1,7})\)"
)


@lru_cache(maxsize=4096)
def printed_size(header: str) -> int | None:
    """Return the number of people that a header prints.

    >>> [printed_size(h) for h in ("Drug (n = 1,045)", "PlaceboN=45", "Week 12", "Drug (45)")]
    [1045, 45, None, 45]
    >>> printed_size("All on LTOTN = 2,249"), printed_size("MIN = 3")
    (2249, None)
    """
    match = _SIZE.search(fold(header).text)
    if match is None:
        return None
    digits = match["size"] or match["people"] or match["bare"] or match["of"]
    return int(re.sub("[, ]", "", digits))
