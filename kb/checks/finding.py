"""What a check says: an outcome for each pair of figures, and a finding where they do not fit."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from kb.model import Adjudication, Claim, printed_facts
from kb.util.hashing import digest, line


class Outcome(StrEnum):
    """What a check can say of figures; only ``INCONSISTENT`` makes a finding."""

    CONSISTENT = "consistent"
    BY_ROUNDING = "consistent only by rounding"
    INCONSISTENT = "inconsistent"
    NOT_ENOUGH = "not enough printed to tell"


class Status(StrEnum):
    """Whether a curator judged a finding, and whether it is still the one that was judged."""

    OPEN = "open"
    ADJUDICATED = "adjudicated"
    STALE = "stale"


class Severity(StrEnum):
    """How much a finding matters: could a reader draw a wrong conclusion from the print?"""

    MATERIAL = "material"
    MINOR = "minor"
    ROUNDING = "rounding"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Claims that cannot all be right, or do not fit their own counts.

    ``kind`` names the check, ``message`` says in one plain sentence what does not fit, and
    ``computation`` shows the arithmetic with the numbers put in. ``adjudication`` is what a
    curator judged about it, also when the finding changed since and the judgement is stale.
    """

    kind: str
    severity: Severity
    message: str
    claims: tuple[Claim, ...]
    computation: str = ""
    endpoint: str = ""
    status: Status = Status.OPEN
    adjudication: Adjudication | None = None

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
        """The study of the claims; the first one's when they are of several."""
        return self.claims[0].study

    @property
    def id(self) -> str:
        """A name that stays while the kind and the claims stay: other findings do not move it."""
        names = sorted(f"{claim.study}#{claim.id}" for claim in self.claims)
        suffix = hashlib.sha256("\n".join(names).encode()).hexdigest()[:10]
        return f"{self.kind}.{self.study}.{self.endpoint or 'all'}.{suffix}"

    @property
    def contests_figures(self) -> bool:
        """Whether a figure is in doubt, and not only the reference given for it."""
        return not self.kind.startswith("reference-")

    @property
    def state(self) -> str:
        """A digest of the figures and the severity: a judgement holds only while it stays."""
        facts = sorted(
            line((f"{c.study}#{c.id}", c.printed, printed_facts(c.figure), printed_facts(c.result)))
            for c in self.claims
        )
        return digest(self.kind, self.severity.value, facts)[:12]

    def data(self) -> dict[str, Any]:
        """Return the finding as plain data for JSON."""
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
    """Return an adjudication as plain data for JSON, without what it leaves unsaid."""
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
        "value": figure.digits or figure.text_value or claim.result.p_printed,
        "group": claim.measure.group,
    }


def most_material_first(findings: Iterable[Discrepancy]) -> list[Discrepancy]:
    """Return findings once each, the material ones first, then by study and id."""
    rank = {severity: index for index, severity in enumerate(Severity)}
    once = {finding.id: finding for finding in findings}
    return sorted(once.values(), key=lambda f: (rank[f.severity], f.study, f.id))
