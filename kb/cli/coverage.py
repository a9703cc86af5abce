"""``kb coverage``: every figure that the sources print, in claims or not."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.cli.common import (
    FINDINGS,
    NOT_CHECKED,
    echo,
    examples,
    json_option,
    open_base,
    required_texts,
    stop,
    texts_option,
    write_json,
)
from kb.sources.coverage import measure_coverage


@click.command()
@texts_option
@json_option
@click.option(
    "--section", help="List the figures of one source, or one section: <source>:<section>."
)
@click.pass_context
@examples("kb coverage --texts ../papers", "kb coverage --texts ../papers --section a-source:3.1")
def coverage(
    context: click.Context, texts: Path | None, json_file: Path | None, section: str | None
) -> None:
    """Count the figures that the sources print; those in no claim are listed where few are left."""
    folder = required_texts(context, texts)
    base = open_base(context, folder)
    report = measure_coverage(base.records, base.evidence, folder)
    write_json(json_file, report.data())
    source, _, name = (section or "").partition(":")
    for line in report.lines(source, name):
        echo(line)
    if report.unaccounted:
        sys.exit(FINDINGS)
    read = {part.source for part in report.sections}
    unread = [s.id for s in base.evidence.sources if s.text and s.id not in read]
    if unread:
        stop(f"not checked, because there is no text: {', '.join(unread)}", NOT_CHECKED)
