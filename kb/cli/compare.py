"""``kb compare``: two independent readings of a source, their differences and the consensus."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Collection, Sequence
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
from kb.drafts.compare import CATEGORICAL, Agreement, Comparison, Difference
from kb.drafts.compare import compare as compared
from kb.drafts.consensus import settled_text
from kb.drafts.decisions import (
    VALUE_FIELDS,
    Decided,
    Decision,
    read_decisions,
    record,
    settled_before,
)
from kb.drafts.readings import read_reader
from kb.errors import InputError, Problem, RecordError
from kb.records.paths import record_ids
from kb.records.yaml import parse_mapping
from kb.util.atomic import write_atomically
from kb.util.wording import counted


@click.command()
@click.argument("first", metavar="A", type=click.Path(exists=True, path_type=Path))
@click.argument("second", metavar="B", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--settle",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="Apply the decisions of FILE to A; at a terminal the others are asked. '-' asks all.",
)
@click.option("--by", help="Who settles (default: the user.name of git).")
@click.option("--study", help="The study (default: that of A, whose drafts have its name).")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --settle: write the consensus here and leave A as it is.",
)
@json_option
@click.pass_context
@examples(
    "kb compare evidence/drafts/my-trial.yaml ../reader-2/my-trial.yaml",
    "kb compare evidence/drafts/my-trial.yaml reader-2.yaml --settle decisions.yaml --by 'A. Name'",
    "kb compare . ../reader-2 --json differences.json",
)
def compare(
    context: click.Context, /, first: Path, second: Path, json_file: Path | None, **options: Any
) -> None:
    """Compare two independent readings of the same sources: A by reader 1, B by reader 2.

    A and B are files of drafts, records of a study, or folders of either: also whole evidence
    bases. Claims are paired by their place and print, so order and layout make no difference.
    Prints each difference, and how far the readers agree: in percent, and for what is
    categorical by Cohen's kappa. Exit code 1 if a difference is not settled.

    With --settle, decisions are applied to the drafts of reader 1 and kept, with by whom and
    when, in evidence/consensus/<study>.yaml. FILE is YAML: under `decisions:`, the id of each
    difference with 1 or 2 for the reader who is right, or with
    {take: value, value: ..., why: ...}.
    """
    root = root_of(context)
    if options["settle"] is None and any(options[name] for name in ("by", "study", "out")):
        raise click.UsageError("--by, --study and --out are for --settle")
    outcome = compared(read_reader(first, root), read_reader(second, root))
    if not outcome.total:
        stop(f"{first} and {second} have no claim: nothing was compared", NOT_CHECKED)
    before = settled_before(root)
    left = [one for one in outcome.differences if one.id not in before]
    for difference in outcome.differences:
        if (one := before.get(difference.id)) is not None:
            echo(f"settled: {difference} ({_taken(one.take)}, {one.by}, {one.date[:10]})")
    decided: list[Decided] = []
    if options["settle"] is not None:
        decided = _settle(root, outcome, before, left, options)
    settled = {one.difference.id for one in decided}
    left = [one for one in left if one.id not in settled]
    for difference in left:
        echo(str(difference))
    _print_agreement(outcome, len(left))
    write_json(json_file, as_data(outcome))
    if left:
        sys.exit(FINDINGS)


def _taken(take: object) -> str:
    return "another value" if take == "value" else f"reader {take}"


def _settle(
    root: Path,
    outcome: Comparison,
    before: Collection[str],
    left: Sequence[Difference],
    options: dict[str, Any],
) -> list[Decided]:
    file: Path = options["settle"]
    study, out = _target(root, outcome, options)
    by = options["by"] or _git_user()
    decided = _decisions(file, left, before)
    asked = {one.difference.id for one in decided}
    if _is_asked():
        decided += _ask([one for one in left if one.id not in asked])
    if not decided:
        return []
    text = settled_text(root, outcome, decided)
    write_atomically(out, [text.encode()])
    path = record(root, study, outcome, decided, by)
    echo(f"settled {counted(len(decided), 'difference')}")
    echo(f"wrote {out}")
    echo(f"wrote {path}")
    return decided


def _target(root: Path, outcome: Comparison, options: dict[str, Any]) -> tuple[str, Path]:
    """Return the study and the file that the consensus goes to.

    Raises:
        InputError: several files are compared, or it is not known which study they are about.
        UsageError: reader 1 has a record, which is not changed.
    """
    files = outcome.first.files, outcome.second.files
    if any(len(side) != 1 for side in files) or outcome.first.path.is_dir():
        raise InputError("--settle takes one study: name the file of each reader")
    first, second = files[0][0], files[1][0]
    records = [one.study.id for one in (first, second) if not one.is_draft]
    study = options["study"] or (records or [first.path.stem])[0]
    if study not in record_ids(root, "studies"):
        raise InputError(f"{study!r} is not a study of {root}: name it with --study")
    if options["out"] is None and not first.is_draft:
        raise click.UsageError(f"{first.path} is a record: name the file to write with --out")
    out: Path = options["out"] or first.path
    if out.resolve() == second.path.resolve():
        raise InputError(f"{out} is the file of reader 2, which stays as it is")
    return study, out


def _git_user() -> str:
    git = shutil.which("git")
    command = [git or "", "config", "user.name"]
    done = subprocess.run(command, check=False, capture_output=True, text=True) if git else None
    if done is None or not (name := done.stdout.strip()):
        raise click.UsageError("say who settles: --by NAME")
    return name


def _decisions(file: Path, left: Sequence[Difference], before: Collection[str]) -> list[Decided]:
    if str(file) != "-":
        return read_decisions(file, left, before)
    if not _is_asked():
        raise click.UsageError("--settle - asks at a terminal; here, name a file of decisions")
    return []


def _is_asked() -> bool:
    return sys.stdin.isatty()


def _ask(left: Sequence[Difference]) -> list[Decided]:
    """Ask for each difference which reader is right; Enter leaves it open."""
    decided: list[Decided] = []
    for difference in left:
        echo(str(difference))
        other = ", or the value" if difference.field in VALUE_FIELDS else ""
        question = f"  1 or 2 for the reader who is right{other}; Enter leaves it open"
        while answer := click.prompt(question, default="", show_default=False, err=True).strip():
            try:
                decided.append(_answered(answer, difference))
                break
            except RecordError as error:
                echo(str(error), err=True)
    return decided


def _answered(answer: str, difference: Difference) -> Decided:
    """Return a decision as it was typed.

    Raises:
        RecordError: it is not YAML, or the field has no value of its own.
    """
    if answer in ("1", "2"):
        return Decided(difference, Decision.model_validate({"take": int(answer)}))
    value = parse_mapping(f"value: {answer}", Path("-"))["value"]
    if value is None or difference.field not in VALUE_FIELDS:
        raise RecordError([Problem("-", 0, difference.field, answer, "1 or 2")])
    return Decided(difference, Decision(take="value", value=value))


def _print_agreement(outcome: Comparison, left: int) -> None:
    pairs = outcome.pairs
    both = len(pairs.both)
    settled = len(outcome.differences) - left
    shown = counted(len(outcome.differences), "difference")
    echo(
        f"{shown}{f', {settled} settled' if settled else ''}; "
        f"{counted(outcome.total, 'claim')}: {both} read by both, "
        f"{outcome.alike} alike, {len(pairs.first_only)} by reader 1 only, "
        f"{len(pairs.second_only)} by reader 2 only: {_percent(outcome.overall)} agreement"
    )
    used = {name for pair in pairs.both for one in pair for name, text in one.facts.items() if text}
    for name, one in outcome.agreement.items():
        if name not in used:
            continue
        kappa = f", kappa {_kappa(one)}" if name in CATEGORICAL and both else ""
        echo(f"{name}: {_percent(one)} of the {both} read by both{kappa}")


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
