"""Where two readers of the same source differ, and how far they agree."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from kb.drafts.pairing import Pair, Pairs, pair, place_differs
from kb.drafts.readings import FIELDS, Reader, Reading
from kb.errors import InputError

CATEGORICAL: Final = ("endpoint", "category", "statistic", "unit", "time", "group")
"""The fields for which agreement by chance is taken off."""
_SHARED: Final = frozenset({"place", "endpoint", "category", "statistic", "unit", "time"})
"""Fields that a block gives once for all its claims: differing there is one difference."""
ONLY: Final = "in one only"
_NOT_READ: Final = "not read"


@dataclass(frozen=True)
class Difference:
    """One thing that two readers read differently, in one claim or in all claims of a block."""

    id: str
    field: str
    first: str
    second: str
    pairs: tuple[tuple[Reading | None, Reading | None], ...]

    @property
    def reading(self) -> Reading:
        """A claim that it is in: that of reader 1, if there is one."""
        first, second = self.pairs[0]
        found = first or second
        if found is None:
            raise ValueError("a difference without a claim")
        return found

    @property
    def about(self) -> str:
        """The place and the claims, for messages."""
        facts = self.reading.facts
        members = (first or second for first, second in self.pairs)
        groups = dict.fromkeys(one.facts["group"] for one in members if one)
        what = (facts["endpoint"], facts["category"], facts["time"], " and ".join(groups))
        return f"{self.reading.place}: {', '.join(filter(None, what))}"

    def __str__(self) -> str:
        """Return one line with the id and what each reader has."""
        first, second = self.first or "none", self.second or "none"
        return f"{self.id} {self.about}: {self.field}: reader 1 {first}, reader 2 {second}"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two readers agree on a field of the claims that both read.

    >>> Agreement.of([("OS", "OS"), ("OS", "PFS"), ("PFS", "PFS"), ("PFS", "PFS")]).kappa
    0.5
    >>> Agreement.of([("OS", "OS")]).kappa is None  # one category only: nothing to tell apart
    True
    """

    alike: int
    total: int
    kappa: float | None = None
    """Cohen's kappa; None for what is not categorical, and where it is undefined."""

    @classmethod
    def of(cls, ratings: Sequence[tuple[str, str]], *, categorical: bool = True) -> Agreement:
        """Count the agreement of pairs of ratings."""
        alike, total = sum(one == other for one, other in ratings), len(ratings)
        kappa = _kappa(ratings, alike) if categorical and total else None
        return cls(alike, total, kappa)

    @property
    def percent(self) -> float | None:
        """The percentage of agreement; None where there is nothing to agree on."""
        return 100 * self.alike / self.total if self.total else None


def _kappa(ratings: Sequence[tuple[str, str]], alike: int) -> float | None:
    """Return Cohen's kappa, which is undefined where chance alone would give full agreement."""
    total = len(ratings)
    firsts, seconds = Counter(one for one, _ in ratings), Counter(other for _, other in ratings)
    by_chance = sum(number * seconds[name] for name, number in firsts.items())
    if by_chance == total * total:
        return None
    return (alike * total - by_chance) / (total * total - by_chance)


@dataclass(frozen=True)
class Comparison:
    """The outcome of comparing two readers."""

    first: Reader
    second: Reader
    pairs: Pairs
    differences: tuple[Difference, ...]

    @property
    def alike(self) -> int:
        """The number of claims that both read, without any difference."""
        return sum(not any(True for _ in _differing(one)) for one in self.pairs.both)

    @property
    def total(self) -> int:
        """The number of claims that either of the two read."""
        pairs = self.pairs
        return len(pairs.both) + len(pairs.first_only) + len(pairs.second_only)

    @property
    def overall(self) -> Agreement:
        """The agreement on whole claims; those of one reader only are disagreements."""
        return Agreement(self.alike, self.total)

    @property
    def agreement(self) -> dict[str, Agreement]:
        """The agreement by field, on the claims that both read."""
        pairs = [(one, two, set(_differing((one, two)))) for one, two in self.pairs.both]
        fields = {
            name: [
                (a.facts[name], (b if name in found else a).facts[name]) for a, b, found in pairs
            ]
            for name in FIELDS
        }
        fields["place"] = [("", "x" if "place" in found else "") for _, _, found in pairs]
        return {
            name: Agreement.of(ratings, categorical=name in CATEGORICAL)
            for name, ratings in fields.items()
        }


def compare(first: Reader, second: Reader) -> Comparison:
    """Compare what two readers took from the same source.

    Raises:
        InputError: the two are records of different studies, or a folder and a file.
    """
    if first.path.is_dir() != second.path.is_dir():
        expected = "name two files, or two folders"
        raise InputError(f"{first.path} and {second.path} are a folder and a file: {expected}")
    names = {file.study.id for one in (first, second) for file in one.files if not file.is_draft}
    is_files = all(len(one.files) == 1 for one in (first, second))
    if is_files and len(names) > 1 and not any(r.study for r in first.readings):
        raise InputError(f"records of different studies: {' and '.join(sorted(names))}")
    pairs = pair(first.readings, second.readings)
    return Comparison(first, second, pairs, tuple(_differences(pairs)))


def _differing(pair_: Pair) -> Iterator[str]:
    one, other = pair_
    if place_differs(one, other):
        yield "place"
    is_word = not (one.has_unit and other.has_unit)
    for name in FIELDS[1:]:
        if one.facts[name] != other.facts[name] and not (name == "unit" and is_word):
            yield name


def _differences(pairs: Pairs) -> Iterator[Difference]:
    found: dict[object, tuple[str, str, str, list[Pair]]] = {}
    for one, other in pairs.both:
        for name in _differing((one, other)):
            texts = (
                (one.place, other.place)
                if name == "place"
                else (one.facts[name], other.facts[name])
            )
            blocks = (one.study, one.report, one.block, other.report, other.block)
            own = () if name in _SHARED else (one.part, one.claim.id)
            key = (name, texts, blocks, own)
            found.setdefault(key, (name, *texts, []))[3].append((one, other))
    grouped: Iterable[tuple[str, str, str, Sequence[tuple[Reading | None, Reading | None]]]]
    grouped = chain(
        found.values(),
        ((ONLY, _shown(one), _NOT_READ, [(one, None)]) for one in pairs.first_only),
        ((ONLY, _NOT_READ, _shown(one), [(None, one)]) for one in pairs.second_only),
    )
    used: Counter[str] = Counter()
    for name, first, second, members in grouped:
        difference = Difference("", name, first, second, tuple(members))
        # A letter first: YAML would read digits alone as a number.
        digest = "d" + hashlib.sha256(str(difference).encode()).hexdigest()[:7]
        used[digest] += 1
        number = f"-{used[digest]}" if used[digest] > 1 else ""
        yield Difference(digest + number, name, first, second, tuple(members))


def _shown(reading: Reading) -> str:
    facts = reading.facts
    parts = (facts["figure"], facts["bounds"], f"p {facts['p']}" if facts["p"] else "")
    return ", ".join(filter(None, parts)) or facts["details"] or "a claim"
