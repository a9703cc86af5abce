"""Lines of prose joined to paragraphs: words broken at the end of a line are whole again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from kb.papers.paper import plain

_WORD: Final = r"[^\W\d_]+(?:[-\u2010][^\W\d_]+)*"
_WORDS: Final = re.compile(_WORD)
_BROKEN: Final = re.compile(rf"({_WORD})([-\u2010])$")
_SIGN: Final = re.compile(r"[^\W\d_]\s[-\u2010–−]$")
"""A minus sign after a word; after a figure it is a dash between two figures."""
_DASHES: Final = "-\u2010\u2011–—−/"
_PREFIXES: Final = frozenset(
    re.findall(
        r"\S+",
        "all alpha anti beta co cross double ex first five follow four half high intention log "
        "long low meta multi non one open per post pre quasi second self semi short single six "
        "third three two well",
    )
)


class Words:
    """The unbroken words of a paper, by which a hyphen is distinguished from a broken word.

    >>> words = Words(["The follow-up of treatment", "was long."])
    >>> words.join("after treat-", "ment"), words.join("at follow-", "up")
    ('after treatment', 'at follow-up')
    >>> words.join("loss of –", "2.5 kg"), words.join("34 –", "45"), words.join("over –", "a")
    ('loss of –2.5 kg', '34 – 45', 'over – a')
    >>> words.join("aged 15–", "64"), words.join("n =", "64"), words.join("IL-", "6")
    ('aged 15–64', 'n = 64', 'IL-6')
    """

    def __init__(self, lines: Iterable[str]) -> None:
        """Count the words of lines, without those at the ends."""
        self._counts: Counter[str] = Counter()
        for line in lines:
            found = [word.lower().replace("\u2010", "-") for word in _WORDS.findall(plain(line))]
            whole = found[:-1] if _BROKEN.search(plain(line)) else found
            self._counts.update(whole)

    def join(self, above: str, below: str) -> str:
        """Join two lines of a paragraph."""
        broken = _BROKEN.search(above[-60:])
        following = _WORDS.match(below)
        if broken and following and following[0][0].islower():
            keep = self._is_compound(broken[1], following[0], broken[2])
            return (above if keep else above[:-1]) + below
        if _SIGN.search(above[-4:]) and below[:1].isdigit():
            return above + below
        if above and above[-1] in _DASHES and len(above) > 1 and above[-2] != " ":
            return above + below
        return f"{above} {below}" if above else below

    def _is_compound(self, left: str, right: str, hyphen: str) -> bool:
        """Whether a hyphen at the end of a line belongs to the word."""
        left, right = left.lower().replace("\u2010", "-"), right.lower().replace("\u2010", "-")
        whole, compound = self._counts[left + right], self._counts[f"{left}-{right}"]
        if whole != compound:
            return compound > whole
        if "-" in right:  # "end-of-" and "life-saving": a compound is broken at its hyphens
            return True
        last = left.rsplit("-", 1)[-1]
        if last in _PREFIXES:
            return True
        return hyphen == "-" and self._counts[last] > 1 and self._counts[right] > 1
