"""Ids of trials in registries, as papers print them: "NCT 01234567", "ISRCTN: 12345678"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kb.records.registries import REGISTRIES

_WEAK: Final = re.compile(r"(?:NL|NTR|C)\d{1,9}|\d{4}-\d{6}-\d{2}|PER-.*|RBR-.*")
"""Forms that other things have too, such as a patent or a number in a catalogue."""
_CONTEXT: Final = re.compile(
    r"trial|regist|eudra|clinical study|ictrp|\bNTR\b|dutch|japan|UMIN|number", re.IGNORECASE
)
_FORM: Final = re.compile(
    rf"(?<![A-Za-z0-9/.-])(?:{'|'.join(REGISTRIES.values())})(?![A-Za-z0-9]|[./-][0-9])"
)
_PARTED: Final = re.compile(
    r"\b(NCT|ISRCTN|ACTRN|DRKS|KCT|UMIN|JPRN-UMIN|NTR|PACTR|RPCEC|TCTR|LBCTR|ITMCTR|jRCT|ChiCTR|"
    r"JapicCTI)(?:-?CTR)?(?:\s?(?:number|no\.?|ID|#))?[\s\u00a0\u2009:#\u2010-\u2015-]{1,3}"
    r"(?=[A-Z]{0,4}-?[0-9]{3})"
)
_HYPHENATED: Final = frozenset({"ChiCTR", "JapicCTI"})


def registrations_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the ids in some texts, in order of appearance, each once and in its registry's form.

    >>> registrations_in(["Registered as NCT 01466660.", "ISRCTN: 12345678; NCT01466660; C123"])
    ('NCT01466660', 'ISRCTN12345678')
    >>> registrations_in(["EudraCT number 2004-000446-20", "grant 2004-000446-20"])
    ('2004-000446-20',)
    """
    ids: dict[str, None] = {}
    for text in texts:
        joined = _PARTED.sub(_join, text)
        for match in _FORM.finditer(joined):
            around = joined[max(0, match.start() - 80) : match.start()]
            if not _WEAK.fullmatch(match[0]) or _CONTEXT.search(around):
                ids[match[0]] = None
    return tuple(ids)


def _join(match: re.Match[str]) -> str:
    return match[1] + ("-" if match[1] in _HYPHENATED and "-" in match[0] else "")
