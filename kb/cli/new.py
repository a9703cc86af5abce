"""``kb new``: skeletons of records, with every field explained."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import ryaml

from kb.cli.common import echo, examples, open_base, root_of
from kb.errors import InputError, NotFoundError
from kb.records.load import load_vocabulary
from kb.records.paths import record_file
from kb.util.atomic import write_atomically

_STUDY: Final = """\
# yaml-language-server: $schema=../../build/schema/study.schema.json
id: {name}
name: {name}
title: what was compared, in a few words
registry: []                # ids of trial registries, such as NCT02013167
design: {{kind: single-arm-trial}}  # and phase, masking, centres
population: {population}
publications: []            # ids of evidence/publications.yaml

groups: {{}}
  # treated: {{label: treated patients, role: single, regimen: some-regimen}}
  # treated.women: {{label: women, who: {{endpoint: SEX, category: female}}}}

reports: []
  # - source: a-paper-2026
  #   at: "3.1"
  #   claims:
  #     - endpoint: OS
  #       statistic: median
  #       unit: months
  #       printed: "7.7 vs. 4 months; p=0.01"
  #       values: {{treated: 7.7}}
"""
_SOURCE: Final = """\
# yaml-language-server: $schema=../../build/schema/source.schema.json
id: {name}
publication: {name}         # an id of evidence/publications.yaml
title: title of the document
kind: primary-report        # or review, abstract, label, registry-entry
text: {name}.txt            # file name of its text, which is never committed
# read_in: a news page      # in place of text: the summary that was read; claims are then 'noted'
credit: authors, journal, licence
sections:                   # in the order of the text; each begins at its marker
  - {{id: Abstract, label: Abstract, from: "Abstract"}}
references: {{}}            # number: id of a publication
"""
_ADJUDICATIONS: Final = """\
# yaml-language-server: $schema=../../build/schema/adjudications.schema.json
adjudications:
"""
_ADJUDICATION: Final = """\
  # {message}
  - finding: {id}
    judged: "{state}"
    judgement: unresolved   # or one-stands, both-stand, misprint
    # because: data-cut     # both-stand: analysis-set, denominator, definition, time, precision
    # stands: []            # with one-stands: the claims that are preferred
    # faulty: []            # the claims that are set aside, out of
{claims}
    # reads: "5.3%"         # what should be printed, if the grounds show it
    reason: why this is decided so
    grounds: [judgement]    # arithmetic, other-prints, primary-publication, primary-summary
    # publications: []      # with the primary ones: ids of evidence/publications.yaml
    date: {date}
"""


@click.group()
def new() -> None:
    """Create a record skeleton with every field explained."""


@new.command("study")
@click.argument("name")
@click.pass_context
@examples("kb new study my-trial")
def new_study(context: click.Context, name: str) -> None:
    """Create evidence/studies/NAME.yaml."""
    root = root_of(context)
    populations = load_vocabulary(root).schemes["population"].values()
    # The widest population, so that the new record is valid as it is.
    widest = (term.notation for term in populations if not term.broader)
    text = _STUDY.format(name=name, population=next(widest, "a-population"))
    _create(record_file(root, "studies", _checked(name)), text)


@new.command("source")
@click.argument("name")
@click.pass_context
@examples("kb new source my-paper-2026")
def new_source(context: click.Context, name: str) -> None:
    """Create evidence/sources/NAME.yaml."""
    path = record_file(root_of(context), "sources", _checked(name))
    _create(path, _SOURCE.format(name=name))


@new.command("adjudication")
@click.argument("finding")
@click.pass_context
@examples("kb new adjudication count-and-share.my-trial.OS.0123456789")
def new_adjudication(context: click.Context, finding: str) -> None:
    """Append an adjudication of FINDING, an id that `kb check` prints, to its study's file."""
    base = open_base(context)
    findings = {one.id: one for one in base.discrepancies()}
    if finding not in findings:
        raise NotFoundError.of("finding", finding, findings)
    found = findings[finding]
    path = record_file(base.root, "adjudications", found.study)
    if found.adjudication is not None:
        raise InputError(f"{path} already has an adjudication of {finding}")
    text = _ADJUDICATION.format(
        id=finding,
        state=found.state,
        message=found.message,
        claims="\n".join(f"    #   {claim.study}#{claim.id}" for claim in found.claims),
        date=datetime.now(UTC).date().isoformat(),
    )
    _append(path, text)
    echo(f"added to {path}")


def _checked(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name) or len(name) > 60:
        raise InputError(f"{name!r} is not an id: lower-case letters, digits and single hyphens")
    return name


def _create(path: Path, text: str) -> None:
    """Write a new file; an existing one, or a link to nothing, is never overwritten."""
    if os.path.lexists(path):
        raise InputError(f"{path} exists already")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [text.encode()])
    echo(f"created {path}")


def _append(path: Path, text: str) -> None:
    """Append to a file of adjudications, unless the result would not be YAML.

    Raises:
        InputError: the file has another layout; the message has the text to write by hand.
    """
    existing = path.read_text(encoding="utf-8") if path.exists() else _ADJUDICATIONS
    whole = f"{existing.rstrip()}\n{text}"
    try:
        ryaml.loads(whole)
    except ValueError as error:
        raise InputError(f"{path} has another layout; write by hand:\n{text}") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [whole.encode()])
