"""Checks that read the sources critically: each a pure function with both its edges tested.

A family is a module with ``find(material)``, which yields findings. What remains after all of
them is sorted, each once.
"""

from __future__ import annotations

from kb.checks import (
    agreement,
    definitions,
    inference,
    naming,
    order,
    parts,
    provenance,
    shares,
    strata,
)
from kb.checks._findings import Finding, Material, Outcome, Severity, Status, in_order
from kb.model import Evidence
from kb.vocabulary import Vocabulary

__all__ = ["Finding", "Material", "Outcome", "Severity", "Status", "check"]

_FAMILIES = (
    shares,
    parts,
    strata,
    order,
    inference,
    agreement,
    naming,
    provenance,
    definitions,
)


def check(evidence: Evidence, vocabulary: Vocabulary) -> list[Finding]:
    """Run every family over the evidence; the material findings come first."""
    material = Material(evidence, vocabulary)
    return in_order(finding for family in _FAMILIES for finding in family.find(material))
