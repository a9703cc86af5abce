"""Results of checks: an outcome for each pair of figures, and the discrepancies found."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from kb.model import Adjudication, Claim, printed_facts
from kb.util.hashing import digest, line


class Outcome(StrEnum):
    """How figures compare; only ``INCONSISTENT`` is a discrepancy."""

    CONSISTENT = "consistent"
    BY_ROUNDING = "consistent only by rounding"
    INCONSISTENT = "inconsistent"
    NOT_ENOUGH = "not enough printed to tell"


class Status(StrEnum):
    """Whether a curator judged a discrepancy; ``STALE`` if its figures changed since."""

    OPEN = "open"
    ADJUDICATED = "adjudicated"
    STALE = "stale"


class Severity(StrEnum):
    """How much a discrepancy matters: could it lead a reader to a wrong conclusion?"""

    MATERIAL = "material"
    MINOR = "minor"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Claims that cannot all be right, or do not fit their own counts.

    ``kind`` names the check, ``message`` explains in one sentence what does not fit, and
    ``computation`` shows the arithmetic with the numbers filled in. ``adjudication`` is the
    curator's judgement, also when it is stale. ``right_numbers`` are, where reference numbers are
    wrong, the right ones in the same list, by study.
    """

    kind: str
    severity: Severity
    message: str
    claims: tuple[Claim, ...]
    computation: str = ""
    endpoint: str = ""
    status: Status = Status.OPEN
    adjudication: Adjudication | None = None
    right_numbers: tuple[tuple[str, tuple[int, ...]], ...] = ()

    @classmethod
    def of_endpoint(
        cls,
        kind: str,
        severity: Severity,
        message: str,
        claims: Iterable[Claim],
        computation: str = "",
    ) -> Self:
        """Return a discrepancy about one endpoint: that of the first claim."""
        first, *others = claims
        endpoint = first.measure.endpoint
        return cls(kind, severity, message, (first, *others), computation, endpoint)

    @property
    def study(self) -> str:
        """The study of the claims; if they are of several studies, the first one."""
        return self.claims[0].study

    @property
    def id(self) -> str:
        """An id that depends only on the kind, the endpoint and the claims."""
        names = sorted(f"{claim.study}#{claim.id}" for claim in self.claims)
        suffix = hashlib.sha256("\n".join(names).encode()).hexdigest()[:10]
        return f"{self.kind}.{self.study}.{self.endpoint or 'all'}.{suffix}"

    @property
    def contests_figures(self) -> bool:
        """Whether a figure is in doubt, not only the reference given for it."""
        return not self.kind.startswith("reference-")

    @property
    def state(self) -> str:
        """A digest of the figures and the severity: a judgement holds only while it stays."""
        facts = sorted(
            line((f"{c.study}#{c.id}", c.wording, printed_facts(c.figure), printed_facts(c.result)))
            for c in self.claims
        )
        return digest(self.kind, self.severity.value, facts)[:12]

    def data(self) -> dict[str, Any]:
        """Return the discrepancy as plain data for JSON."""
        return {
            "id": self.id,
            "kind": self.kind,
            "severity": self.severity.value,
            "status": self.status.value,
            "study": self.study,
            "endpoint": self.endpoint,
            "message": self.message,
            "computation": self.computation,
            "state": self.state,
            "adjudication": adjudication_data(self.adjudication),
            "claims": [_claim_data(claim) for claim in self.claims],
        }


def adjudication_data(adjudication: Adjudication | None) -> dict[str, Any] | None:
    """Return an adjudication as plain data for JSON, without empty fields."""
    if adjudication is None:
        return None
    return {name: value for name, value in asdict(adjudication).items() if value}


def _claim_data(claim: Claim) -> dict[str, str]:
    figure = claim.figure
    return {
        "id": claim.id,
        "source": claim.source,
        "section": claim.section,
        "printed": claim.printed,
        "noted": claim.noted,
        "value": figure.digits or figure.text_value or claim.result.p_printed,
        "group": claim.measure.group,
    }


def most_material_first(discrepancies: Iterable[Discrepancy]) -> list[Discrepancy]:
    """Return discrepancies once each, the material ones first, then by study and id."""
    rank = {severity: index for index, severity in enumerate(Severity)}
    by_id = {one.id: one for one in discrepancies}
    return sorted(by_id.values(), key=lambda one: (rank[one.severity], one.study, one.id))
