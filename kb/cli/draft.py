"""``kb draft``: claims proposed from the tables of a source, and their acceptance."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from kb.cli.common import (
    FINDINGS,
    echo,
    examples,
    json_option,
    open_base,
    required_texts,
    texts_option,
    write_json,
)
from kb.drafts.accept import accept
from kb.drafts.draft import Drafter, SourceDrafts, merged
from kb.drafts.groups import group_key
from kb.drafts.labels import without_size
from kb.drafts.store import SURENESS, drafts_file, read_drafts, write_drafts
from kb.errors import InputError, NotFoundError
from kb.model import WHOLE
from kb.records.fields import GROUP
from kb.records.load import Records
from kb.records.shared_schema import SourceRecord
from kb.records.yaml import read_mapping
from kb.sources.text import load_text, load_texts
from kb.util.wording import counted

_NOBODY = "-"
"""The answer for a column that is not about people."""
_SHOWN = 20


@click.command()
@click.argument("source", required=False)
@click.option("--study", help="The study that SOURCE is about (default: that of its publication).")
@click.option(
    "--columns",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML or CSV: the header of a column, and its group ('-' if it is not about people).",
)
@click.option(
    "--accept", "accepted", metavar="STUDY", help="Move the drafts of STUDY into its record."
)
@click.option("--at", help="With --accept: only the drafts of one place, such as 'Table 1'.")
@click.option("--sure", is_flag=True, help="With --accept: only the drafts that are sure.")
@texts_option
@json_option
@click.pass_context
@examples(
    "kb draft low-2020",
    "kb draft low-2020 --study my-trial --columns columns.yaml --texts ../papers",
    'kb draft --accept my-trial --at "Table 1" --sure',
)
def draft(
    context: click.Context,
    /,
    source: str | None,
    texts: Path | None,
    json_file: Path | None,
    **options: Any,
) -> None:
    """Draft claims from the tables of SOURCE into evidence/drafts/<study>.yaml.

    Each block has its place and how sure it is; nothing of it is in the dataset. Figures of
    running text near the name of an endpoint are listed as suggestions. Figures that a claim or a
    draft has already are left alone. At a terminal, the group of each column is asked once.

    With --accept, drafts move into the record of the study, where every other line stays as it
    is. Drafts that fail verification stay (exit code 1).
    """
    study = options["accepted"]
    _check_usage(source, options)
    folder = required_texts(context, texts)
    records = open_base(context, folder).records
    if study is not None:
        _accept(records, folder, study, options)
    elif source is not None:
        _draft(records, folder, _source(records, source), options, json_file)


def _check_usage(source: str | None, options: Mapping[str, Any]) -> None:
    if (source is None) == (options["accepted"] is None):
        raise click.UsageError("name a SOURCE to draft from, or --accept STUDY")
    if source is not None and (options["at"] or options["sure"]):
        raise click.UsageError("--at and --sure choose drafts to --accept")
    if source is None and (options["study"] or options["columns"]):
        raise click.UsageError("--study and --columns are for drafting, not for --accept")


def _source(records: Records, name: str) -> SourceRecord:
    if name not in records.sources:
        raise NotFoundError.of("source", name, records.sources)
    return records.sources[name]


def _study(records: Records, source: SourceRecord, study: str | None) -> str:
    """Return the study that a source is about.

    Raises:
        InputError: none is, or several are; the message says how to go on.
    """
    if study is not None:
        if study not in records.studies:
            raise NotFoundError.of("study", study, records.studies)
        return study
    found = sorted(
        name
        for name, one in records.studies.items()
        if source.publication in one.publications
        or any(report.source == source.id for report in one.reports)
    )
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{source.id} is about several studies: --study {' or '.join(found)}")
    raise InputError(
        f"no study has the publication {source.publication}: begin its record with "
        "`kb new study NAME`, then name it with --study NAME"
    )


def _draft(
    records: Records,
    folder: Path,
    source: SourceRecord,
    options: Mapping[str, Any],
    json_file: Path | None,
) -> None:
    columns: Path | None = options["columns"]
    name = _study(records, source, options["study"])
    existing = read_drafts(records.root, name, records.vocabulary)
    path = drafts_file(records.root, name)
    raw = read_mapping(path, records.root) if path.exists() else {}
    text = load_text(folder, source)
    record = records.studies[name]
    answers = _columns(columns) if columns else {}
    if answers:
        labels = Drafter(records, record, source, text, existing, {}).labels()
        answers = _of_headers(answers, labels, source.id)
    _refuse_unknown(answers, {*record.groups, *existing.groups, WHOLE})
    if columns is None and sys.stdin.isatty():
        answers = _ask(Drafter(records, record, source, text, existing, {}), existing.columns)
    made = Drafter(records, record, source, text, existing, answers).draft()
    write_drafts(records.root, name, merged(existing, raw, made))
    write_json(json_file, _data(made))
    _report(made, path)


def _columns(path: Path) -> dict[str, str | None]:
    """Read which group each header is about.

    Raises:
        InputError: a line of the CSV does not have two cells.
        RecordError: the YAML is not a mapping.
    """
    if path.suffix.lower() != ".csv":
        given = read_mapping(path)
        return {str(k): None if v in (None, _NOBODY) else str(v) for k, v in given.items()}
    answers: dict[str, str | None] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for number, row in enumerate(csv.reader(file), 1):
            if row and len(row) != 2:
                raise InputError(
                    f"{path}:{number}: {len(row)} cells, expected a header and its group"
                )
            if row:
                answers[row[0]] = row[1].strip() if row[1].strip() not in ("", _NOBODY) else None
    return answers


def _of_headers(
    answers: Mapping[str, str | None], labels: Sequence[str], source: str
) -> dict[str, str | None]:
    """Return the answers by the headers that they are about: "CQ" may name "Arm › CQ (n = 268)".

    Raises:
        NotFoundError: a source has no such header, or several end so.
    """
    found: dict[str, str | None] = {}
    whole = {group_key(label) for label in labels}
    for header, group in answers.items():
        key = group_key(without_size(header))
        same = {one for one in labels if group_key(one.rpartition(" › ")[2]) == key}
        if key not in whole and len(same) != 1:
            raise NotFoundError.of(f"header of a column of {source}", header, same or labels)
        found[header if key in whole else same.pop()] = group
    return found


def _refuse_unknown(answers: Mapping[str, str | None], known: set[str]) -> None:
    """Refuse the name of a group that cannot be one, or that is like one that exists."""
    for header, group in answers.items():
        if group is None or group in known:
            continue
        error = NotFoundError.of("group", group, known)
        if re.fullmatch(GROUP, group) is None or "did you mean" in str(error):
            raise InputError(f"column {header!r}: {error}")


def _ask(drafter: Drafter, answered: Mapping[str, str | None]) -> dict[str, str | None]:
    """Ask whose figures each column has, once."""
    answers: dict[str, str | None] = {}
    headers = {h: g for h, g in drafter.headers().items() if h not in answered}
    if headers:
        echo(f"Whose figures does each column have? A group, or {_NOBODY} if not of people.")
    for header, guess in headers.items():
        answer = click.prompt(f"  {header}", default=guess, err=True).strip()
        answers[header] = None if answer == _NOBODY else answer
        _refuse_unknown(answers, {*drafter.groups.groups, *drafter.groups.new, WHOLE})
    return answers


def _data(made: SourceDrafts) -> dict[str, object]:
    left = [{"at": one.at, "printed": one.printed, "why": one.why} for one in made.left]
    cells = {"drafted": made.cells, "left": made.cells_left, "no_results": made.no_results}
    sure = _sureness(made)
    return {"blocks": sum(sure.values()), "sure": sure, "cells": cells, "not_drafted": left}


def _sureness(made: SourceDrafts) -> dict[str, int]:
    blocks = Counter(block["sure"] for report in made.reports for block in report["claims"])
    return {name: blocks[name] for name in SURENESS}


def _report(made: SourceDrafts, path: Path) -> None:
    for report in made.reports:
        echo(f"{report['at']}: {counted(len(report['claims']), 'block')}")
    for label, group in made.columns.items():
        echo(f"column {label!r}: {group or _NOBODY}")
    for why, number in Counter(one.why for one in made.left).most_common(_SHOWN):
        echo(f"not drafted: {number} x {why}")
    numbers = _sureness(made)
    sure = ", ".join(f"{number} {name}" for name, number in numbers.items())
    total = sum(numbers.values())
    suggested = counted(len(made.suggestions), "suggestion")
    echo(f"drafted {counted(total, 'block')} ({sure}), {suggested}")
    echo(f"wrote {path}")


def _accept(records: Records, folder: Path, study: str, options: Mapping[str, Any]) -> None:
    if study not in records.studies:
        raise NotFoundError.of("study", study, records.studies)
    texts = load_texts(folder, records.sources.values())
    outcome = accept(records, study, texts, at=options["at"], sure=options["sure"])
    for place in outcome.claimed:
        echo(f"already claimed: {place}")
    for problem in outcome.refused:
        echo(f"refused: {problem}")
    echo(
        f"accepted {outcome.accepted}, already claimed {len(outcome.claimed)}, "
        f"refused {len(outcome.refused)}"
    )
    if outcome.refused:
        sys.exit(FINDINGS)
