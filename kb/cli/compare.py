"""``kb compare``: two independent readings of a source, their differences and the consensus."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kb.cli.common import (
    FINDINGS,
    NOT_CHECKED,
    echo,
    examples,
    json_option,
    root_of,
    stop,
    write_json,
)
from kb.drafts.compare import CATEGORICAL, Agreement, Comparison
from kb.drafts.compare import compare as compared
from kb.drafts.readings import read_reader


@click.command()
@click.argument("first", metavar="A", type=click.Path(exists=True, path_type=Path))
@click.argument("second", metavar="B", type=click.Path(exists=True, path_type=Path))
@json_option
@click.pass_context
@examples(
    "kb compare evidence/drafts/my-trial.yaml ../reader-2/my-trial.yaml",
    "kb compare . ../reader-2 --json differences.json",
)
def compare(context: click.Context, first: Path, second: Path, json_file: Path | None) -> None:
    """Compare two independent readings of the same sources: A by reader 1, B by reader 2.

    A and B are files of drafts, records of a study, or folders of either: also whole evidence
    bases. Claims are paired by their place and print, so order and layout make no difference.
    Prints each difference, and how far the readers agree: in percent, and for what is
    categorical by Cohen's kappa. Exit code 1 if they differ.
    """
    root = root_of(context)
    outcome = compared(read_reader(first, root), read_reader(second, root))
    if not outcome.total:
        stop(f"{first} and {second} have no claim: nothing was compared", NOT_CHECKED)
    for difference in outcome.differences:
        echo(str(difference))
    _print_agreement(outcome)
    write_json(json_file, as_data(outcome))
    if outcome.differences:
        sys.exit(FINDINGS)


def _print_agreement(outcome: Comparison) -> None:
    pairs = outcome.pairs
    both = len(pairs.both)
    echo(
        f"{_counted(len(outcome.differences), 'difference')}; "
        f"{_counted(outcome.total, 'claim')}: {both} read by both, "
        f"{outcome.alike} alike, {len(pairs.first_only)} by reader 1 only, "
        f"{len(pairs.second_only)} by reader 2 only: {_percent(outcome.overall)} agreement"
    )
    for name, one in outcome.agreement.items():
        kappa = f", kappa {_kappa(one)}" if name in CATEGORICAL and both else ""
        echo(f"{name}: {_percent(one)} of the {both} read by both{kappa}")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _percent(agreement: Agreement) -> str:
    return "none" if agreement.percent is None else f"{agreement.percent:.1f}%"


def _kappa(agreement: Agreement) -> str:
    return "undefined (one category only)" if agreement.kappa is None else f"{agreement.kappa:.2f}"


def as_data(outcome: Comparison) -> dict[str, Any]:
    """Return the outcome for JSON."""
    pairs = outcome.pairs
    return {
        "reader_1": str(outcome.first.path),
        "reader_2": str(outcome.second.path),
        "claims": {
            "total": outcome.total,
            "both": len(pairs.both),
            "alike": outcome.alike,
            "reader_1_only": len(pairs.first_only),
            "reader_2_only": len(pairs.second_only),
            "percent": outcome.overall.percent,
        },
        "agreement": {
            name: {
                "alike": one.alike,
                "total": one.total,
                "percent": one.percent,
                **({"kappa": one.kappa} if name in CATEGORICAL else {}),
            }
            for name, one in outcome.agreement.items()
        },
        "differences": [
            {
                "id": one.id,
                "about": one.about,
                "study": one.reading.study,
                "source": one.reading.claim.source,
                "field": one.field,
                "reader_1": one.first,
                "reader_2": one.second,
            }
            for one in outcome.differences
        ],
    }
