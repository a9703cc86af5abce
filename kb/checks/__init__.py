"""Checks that read the evidence critically: each a pure function, tested at both its edges.

A family of checks is a module of this package that is named in ``FAMILIES``. It has a function
``find(context)``, which yields the discrepancies that rest on one study, its sources and its
related studies. A module that compares studies is named in ``ACROSS`` and has two functions:
``needed(context)`` yields the claims of a study that the comparison needs, and
``across(context)`` yields the discrepancies between studies, given those claims and no others.
So checks run study by study, in little memory.

To add a check, write a module with a judgement, which is a pure function of numbers, and a
``find`` that applies it; add its name to ``FAMILIES``; test the judgement with what it must
accept and what it must refuse. For example, that a median time is not negative::

    def is_duration(months: Decimal) -> Outcome:
        return Outcome.CONSISTENT if months >= 0 else Outcome.INCONSISTENT


    def find(context: CheckContext) -> Iterator[Discrepancy]:
        for claim in context.evidence.claims:
            value = claim.figure.value
            is_time = claim.statistic == "median" and claim.figure.unit == "months"
            if is_time and value is not None and is_duration(value) is Outcome.INCONSISTENT:
                subject, figure = context.describe.subject(claim), figure_text(claim)
                yield Discrepancy.of_endpoint(
                    kind="negative-time",
                    severity=Severity.MATERIAL,
                    message=f"{subject} is printed as {figure} ({place(claim)}).",
                    claims=[claim],
                    computation=f"{value} < 0",
                )

An outcome that is not ``INCONSISTENT`` yields nothing. The id of a discrepancy is made of its
kind and claims, so renaming a kind orphans the adjudications of its discrepancies.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from types import ModuleType
from typing import Final

from kb.checks.context import CheckContext
from kb.checks.discrepancy import Discrepancy, Outcome, Severity, Status, most_material_first
from kb.checks.merging import one_for_each_cause
from kb.errors import UnavailableError
from kb.model import Claim, Evidence
from kb.records.vocabulary import Vocabulary

__all__ = [
    "ACROSS",
    "FAMILIES",
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

FAMILIES: Final = (
    "shares",
    "parts",
    "spreads",
    "proportions",
    "scales",
    "changes",
    "baseline",
    "strata",
    "order",
    "inference",
    "effects",
    "arms",
    "needed",
    "agreement",
    "naming",
    "eligibility",
    "provenance",
    "registration",
    "follow_up",
    "definitions",
)
"""The modules that find discrepancies within a study."""
ACROSS: Final = ("references", "definitions")
"""The modules that find discrepancies between studies."""


def check(evidence: Evidence, vocabulary: Vocabulary) -> list[Discrepancy]:
    """Run every family over the evidence; material discrepancies come first."""
    context = CheckContext(evidence, vocabulary)
    return most_material_first(chain(within(context), across(context)))


def within(context: CheckContext, not_run: dict[str, str] | None = None) -> Iterator[Discrepancy]:
    """Yield the discrepancies that each rest on one study, one for each cause.

    Args:
        context: what is checked.
        not_run: takes each family that could not run to its end, with the reason.

    Raises:
        UnavailableError: a library that a family needs is missing, and ``not_run`` is None.
    """
    discrepancies = chain.from_iterable(_run(name, context, not_run) for name in FAMILIES)
    yield from one_for_each_cause(context, discrepancies)


def _run(name: str, context: CheckContext, not_run: dict[str, str] | None) -> Iterator[Discrepancy]:
    try:
        yield from _family(name).find(context)
    except UnavailableError as error:
        if not_run is None:
            raise
        not_run[name] = str(error)


def across(context: CheckContext) -> Iterator[Discrepancy]:
    """Yield the discrepancies between studies."""
    for name in ACROSS:
        yield from _family(name).across(context)


def needed_across(context: CheckContext) -> list[Claim]:
    """Return the claims that ``across`` needs, in the order of the evidence."""
    wanted = {(c.study, c.id) for name in ACROSS for c in _family(name).needed(context)}
    return [claim for claim in context.evidence.claims if (claim.study, claim.id) in wanted]


def _family(name: str) -> ModuleType:
    """Load a family when it runs: most commands run none."""
    return import_module(f"{__name__}.{name}")
