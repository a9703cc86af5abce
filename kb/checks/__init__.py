"""Checks that read the sources critically: each a pure function with both its edges tested.

A family is a module with ``find(material)``, which yields findings. What remains after all of
them is sorted, each once.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from kb.checks._findings import Finding, Material, Outcome, Severity, Status, in_order
from kb.model import Evidence
from kb.vocabulary import Vocabulary

__all__ = ["Finding", "Material", "Outcome", "Severity", "Status", "check"]

_FAMILIES: Final = (
    "shares",
    "parts",
    "strata",
    "order",
    "inference",
    "agreement",
    "naming",
    "provenance",
    "definitions",
)


def check(evidence: Evidence, vocabulary: Vocabulary) -> list[Finding]:
    """Run every family over the evidence; the material findings come first."""
    return in_order(_found(Material(evidence, vocabulary)))


def _found(material: Material) -> Iterator[Finding]:
    """Families are loaded when they run: most commands run none."""
    for name in _FAMILIES:
        yield from import_module(f"{__name__}.{name}").find(material)
