"""Checks that read the sources critically: each a pure function with both its edges tested.

A family is a module with ``find(material)``, which yields findings that each rest on one study,
its sources and its relatives. Two families also set studies side by side: ``across(material)``
needs the claims that ``needed(material)`` yields of each study, and no others. So findings can
be found study by study. What remains after all of them is sorted, each once.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from types import ModuleType
from typing import Final

from kb.checks.finding import (
    CheckContext,
    Discrepancy,
    Outcome,
    Severity,
    Status,
    most_material_first,
)
from kb.model import Claim, Evidence
from kb.records.vocabulary import Vocabulary

__all__ = [
    "CheckContext",
    "Discrepancy",
    "Outcome",
    "Severity",
    "Status",
    "across",
    "check",
    "most_material_first",
    "needed_across",
    "within",
]

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
_ACROSS: Final = ("provenance", "definitions")


def check(evidence: Evidence, vocabulary: Vocabulary) -> list[Discrepancy]:
    """Run every family over the evidence; the material findings come first."""
    material = CheckContext(evidence, vocabulary)
    return most_material_first(chain(within(material), across(material)))


def within(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield the findings that each rest on one study."""
    for name in _FAMILIES:
        yield from _family(name).find(material)


def across(material: CheckContext) -> Iterator[Discrepancy]:
    """Yield the findings that set studies side by side."""
    for name in _ACROSS:
        yield from _family(name).across(material)


def needed_across(material: CheckContext) -> list[Claim]:
    """Return the claims that ``across`` needs, in the order of the evidence."""
    wanted = {(c.study, c.id) for name in _ACROSS for c in _family(name).needed(material)}
    return [claim for claim in material.evidence.claims if (claim.study, claim.id) in wanted]


def _family(name: str) -> ModuleType:
    """Families are loaded when they run: most commands run none."""
    return import_module(f"{__name__}.{name}")
