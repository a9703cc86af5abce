"""The names under which prints mention what the vocabulary has: units, statistics, bounds, arms.

Nothing of a field of medicine is here: every name is a label of a concept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from kb.sources.normalise import fold

if TYPE_CHECKING:
    from kb.records.vocabulary import Term, Vocabulary

_PURE_NUMBER: Final = "1"
_DAILY: Final = re.compile(r"/day$")


class NameTable:
    """Names of concepts, to be found in normalised text; the longest name wins.

    Abbreviations keep their case: "OR" is an odds ratio, "or" is not.

    >>> table = NameTable([("hazard ratio", "hazard-ratio"), ("HR", "hazard-ratio")])
    >>> table.notations("Hazard Ratio 0.5, hr, HR 1, THR")
    ['hazard-ratio', 'hazard-ratio']
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Take pairs of a name and the notation of its concept; the first pair of a name counts."""
        self._notations: dict[str, str] = {}
        for name, notation in names:
            folded = fold(name).text.strip()
            if folded:
                key = folded.lower() if _any_case(folded) else folded
                self._notations.setdefault(key, notation)
        ordered = sorted(self._notations, key=lambda name: (-len(name), name))
        words = (rf"(?i:{re.escape(n)})" if _any_case(n) else re.escape(n) for n in ordered)
        alternatives = "|".join(words) or "(?!)"
        self.pattern = re.compile(
            rf"(?<![A-Za-zµ])(?<![A-Za-z]\.)(?:{alternatives})(?![A-Za-zµ0-9]|\^[-0-9])"
        )

    def notation(self, name: str) -> str:
        """Return the notation of a name that the pattern matched."""
        return self._notations.get(name) or self._notations[name.lower()]

    def notations(self, text: str) -> list[str]:
        """Return the notation of every name in a normalised text, in order."""
        return [self.notation(match[0]) for match in self.pattern.finditer(text)]


def _any_case(name: str) -> bool:
    return len(name) > 5 or (len(name) > 3 and name == name.lower())


class Names:
    """The names of a vocabulary that the reading of a print needs."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Take the schemes ``unit``, ``statistic`` and ``word`` of a vocabulary."""
        self.vocabulary = vocabulary
        units = [term for term in self._terms("unit") if term.notation != _PURE_NUMBER]
        self.kinds = {term.notation: term.first("quantityKind") for term in units}
        self.units = NameTable((n, t.notation) for t in units for n in _unit_names(t))
        words = self._terms("word")
        self.bounds = _table(t for t in words if "bounds" in t.properties.get("wordKind", ()))
        self.spreads = _table(t for t in words if "spread" in t.properties.get("wordKind", ()))
        statistics = self._terms("statistic")
        self._families = [
            (family, _table(t for t in statistics if t.notation in family))
            for family in (self._narrower("ratio", "difference"), self._narrower("mean", "median"))
        ]

    def _terms(self, scheme: str) -> list[Term]:
        return [term for _, term in sorted(self.vocabulary.schemes.get(scheme, {}).items())]

    def _narrower(self, *notations: str) -> frozenset[str]:
        known = (n for n in notations if self.vocabulary.knows("statistic", n))
        return frozenset().union(*(self.vocabulary.narrower("statistic", n) for n in known))

    def rivals(self, statistic: str) -> NameTable | None:
        """Return the names of the statistics that this one may be mistaken for, and its own.

        Those of comparisons (ratios and differences), or those of averages (means and medians).
        """
        return next((table for family, table in self._families if statistic in family), None)

    def is_ratio(self, statistic: str) -> bool:
        """Whether a statistic is a ratio, which has no unit."""
        return statistic in self._narrower("ratio")

    def agree(self, statistic: str, other: str) -> bool:
        """Whether two statistics are the same, or one is broader than the other."""
        narrower = self.vocabulary.narrower
        return statistic in narrower("statistic", other) or other in narrower(
            "statistic", statistic
        )

    def label(self, scheme: str, notation: str) -> str:
        """Return the label of a concept, or the notation itself."""
        term = self.vocabulary.schemes.get(scheme, {}).get(notation)
        return term.label if term else notation


@lru_cache(maxsize=4)
def names_of(vocabulary: Vocabulary) -> Names:
    """Return the names of a vocabulary, collected once."""
    return Names(vocabulary)


def _table(terms: Iterable[Term]) -> NameTable:
    return NameTable(
        (name + plural, term.notation)
        for term in terms
        for name in _words(term)
        for plural in ("", "s")
    )


def _words(term: Term) -> Iterator[str]:
    """Yield the names of a term with the variants of abbreviations: S.D., s.d., aHR."""
    for name in term.names:
        yield name
        if name.isupper() and name.isalpha() and len(name) <= 3:
            yield from (".".join((*name, "")), ".".join((*name.lower(), "")), f"a{name}")


def _unit_names(term: Term) -> Iterator[str]:
    """Yield the forms of a unit's names: singular and plural, ``mg/day`` and ``mg per day``."""
    for name in (term.notation, *term.names):
        last = " per ".join(name.rsplit("/", 1))  # mg/kg per day
        forms = [name, name.replace("/", " per "), last, _DAILY.sub(" daily", name)]
        for form in dict.fromkeys(forms):
            yield form
            if form[-4:].isalpha():
                yield form.removesuffix("s") if form.endswith("s") else f"{form}s"
                yield f"{form[:-3]}y" if form.endswith("ies") else form
