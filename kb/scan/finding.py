"""What a scan reports: figures of one paper that cannot be right, or that are doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kb.checks.discrepancy import Severity


class Verdict(StrEnum):
    """How sure a scan is."""

    INCONSISTENT = "inconsistent"
    """No reading that the paper offers makes the figures fit."""
    DOUBTFUL = "doubtful"
    """A reading is possible in which they fit, but the paper does not state it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where figures are printed; a part that does not apply is ""."""

    section: str = ""
    table: str = ""
    row: str = ""
    column: str = ""

    def __str__(self) -> str:
        """Return the place as a reader looks for it.

        >>> str(Place("Results", "Table 2", "Women", "Drug")), str(Place("Abstract"))
        ('Table 2, row "Women", column "Drug"', 'section "Abstract"')
        """
        if not self.table:
            return f'section "{self.section}"' if self.section else ""
        row = f', row "{self.row}"' if self.row else ""
        return f"{self.table}{row}" + (f', column "{self.column}"' if self.column else "")


def two_prints(one: Place, text: str, other: Place, other_text: str) -> str:
    """Return a sentence on what two places print.

    >>> two_prints(Place("Abstract"), "0.61", Place("Results", "Table 2"), "0.62")
    'Section "Abstract" prints 0.61; Table 2 prints 0.62.'
    """
    message = f"{one} prints {text}; {other} prints {other_text}."
    return message[0].upper() + message[1:]


@dataclass(frozen=True, slots=True)
class ScanFinding:
    """Figures that do not fit together, with the arithmetic that shows it."""

    kind: str
    verdict: Verdict
    severity: Severity
    place: Place
    printed: tuple[str, ...]
    """The figures as printed."""
    computed: str
    """The arithmetic, with the numbers filled in: "3/24 = 12.5%"."""
    message: str
    """What does not fit, in one plain sentence."""
