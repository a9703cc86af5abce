"""Which publication a figure is cited from, where its reference number is misprinted too.

What is printed stays: ``Claim.cites``. A finding may say that those numbers lead to reports of
other studies, and a curator may judge it. Pages, exports and the graph attribute the figure to
the publication that was meant, and never to the one that the wrong number leads to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from kb.checks.discrepancy import Discrepancy, Status
from kb.model import Claim

Key = tuple[str, str]
"""A study and the id of one of its claims."""

_NUMBERS: Final = re.compile(r"\[(\d{1,9}(?:, ?\d{1,9})*)\]")


class Reference(NamedTuple):
    """A number of a reference list, and the id of the publication that it leads to."""

    number: int
    publication: str


@dataclass(frozen=True, slots=True)
class Citation:
    """The references of a claim: as printed, and as meant.

    ``meant`` is empty where the printed numbers are wrong and it is not known which is right.
    """

    printed: tuple[Reference, ...] = ()
    meant: tuple[Reference, ...] = ()

    @property
    def is_misprinted(self) -> bool:
        """Whether the printed numbers lead to other publications than the one meant."""
        return self.printed != self.meant


def cite(
    claim: Claim, references: Mapping[int, str], meant: Mapping[Key, tuple[int, ...]]
) -> Citation:
    """Return the references of a claim.

    Args:
        claim: the claim.
        references: the reference list of its source.
        meant: the numbers that were meant, by study and claim, as ``numbers_meant`` returns them.
    """
    numbers = meant.get((claim.study, claim.id), claim.cites)
    return Citation(_listed(claim.cites, references), _listed(numbers, references))


def _listed(numbers: Iterable[int], references: Mapping[int, str]) -> tuple[Reference, ...]:
    return tuple(Reference(n, references[n]) for n in numbers if n in references)


def numbers_meant(discrepancies: Iterable[Discrepancy]) -> dict[Key, tuple[int, ...]]:
    """Return the numbers that were meant, for each claim whose printed ones lead elsewhere."""
    meant: dict[Key, tuple[int, ...]] = {}
    for one in discrepancies:
        right = _right_numbers(one)
        meant |= {(c.study, c.id): right[c.study] for c in one.claims if c.study in right}
    return meant


def _right_numbers(one: Discrepancy) -> Mapping[str, tuple[int, ...]]:
    """Return the right numbers by study: what a curator read, or else the only one listed.

    Where the list has several publications of the study, which of them was meant is unknown.
    """
    right = {study: n if len(n) == 1 else () for study, n in one.right_numbers}
    if right and one.adjudication and one.status is Status.ADJUDICATED:
        if one.adjudication.judgement == "both-stand":
            return {}
        if one.adjudication.judgement == "unresolved":
            return dict.fromkeys(right, ())
        if read := _NUMBERS.fullmatch(one.adjudication.reads):
            return dict.fromkeys(right, tuple(map(int, read[1].split(","))))
    return right
