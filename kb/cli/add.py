"""``kb add term``: a word for the vocabulary, with its flags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from kb.cli.common import echo, examples, root_of
from kb.records.flags import CLASSES, flags
from kb.records.load import load_vocabulary
from kb.records.new_term import NewTerm, add_term
from kb.records.vocabulary import Vocabulary


@click.group()
def add() -> None:
    """Add to the vocabulary."""


@add.command("term")
@click.argument("kind", type=click.Choice(list(CLASSES)))
@click.argument("notation", metavar="ID", required=False, default="")
@click.option("--label", default="", help="What pages call it; required.")
@click.option("--alt", multiple=True, help="Another name (repeatable).")
@click.option("--definition", default="", help="What it means, in a sentence.")
@click.option("--broader", multiple=True, metavar="ID", help="A wider one, which finds it.")
@click.option(
    "--flag",
    "flags",
    multiple=True,
    metavar="NAME[=VALUE]",
    help="A property that checks or pages rest on (repeatable).",
)
@click.option(
    "--code",
    "codes",
    multiple=True,
    metavar="PREFIX:CODE",
    help="Its code elsewhere, as MESH:D003371; close:MESH:D003371 if it is not exactly this.",
)
@click.option(
    "--anyway", "is_meant", is_flag=True, help="Add it though its name is much like another."
)
@click.option("--flags", "is_list", is_flag=True, help="Only list the flags of KIND.")
@click.pass_context
@examples(
    'kb add term endpoint FEV1 --label "forced expiratory volume in 1 second" '
    "--broader MEASUREMENT --flag betterWhen=higher",
    'kb add term unit mL/min --label "millilitre per minute" --flag quantityKind=physical '
    "--flag ucum=mL/min",
    'kb add term population copd --label "people with COPD" --code MESH:D029424',
    "kb add term endpoint --flags",
)
def add_term_command(
    context: click.Context, /, is_list: bool, is_meant: bool, **fields: Any
) -> None:
    """Add a word that records may use, ID, to ontology/, and say what its flags do.

    The rest of the file stays as it is, byte for byte. A name that is in the vocabulary is refused.
    """
    root = root_of(context)
    vocabulary = load_vocabulary(root)
    term = NewTerm(**fields)
    if is_list:
        for flag in flags(vocabulary, term.kind).values():
            echo(f"{flag.name}={flag.given_as}{' (required)' if flag.is_needed else ''}")
            echo(f"    {flag.comment}")
        return
    if not (term.notation and term.label):
        raise click.UsageError("name the word and its label: kb add term KIND ID --label TEXT")
    path = add_term(root, vocabulary, term, is_meant)
    echo(f"added {term.notation} to {path}")
    for line in _effects(term, load_vocabulary(root)):
        echo(f"  {line}")


def _effects(term: NewTerm, vocabulary: Vocabulary) -> Iterator[str]:
    """Yield what each flag of the new concept means, and each that it has from a broader one."""
    own = vocabulary.get(term.kind, term.notation).properties
    named = {flag.partition("=")[0].removeprefix("kb:") for flag in term.flags}
    found = False
    for name, flag in flags(vocabulary, term.kind).items():
        inherited = vocabulary.inherited(term.kind, term.notation, name)
        if name in named:
            values = ", ".join(value.removeprefix(vocabulary.base) for value in own.get(name, ()))
            yield f"{name}{f' {values}' if values else ''}: {flag.comment}"
        elif inherited and "Not inherited." not in flag.comment:
            value = inherited.removeprefix(vocabulary.base)
            yield f"{name} {value}, as a broader one: {flag.comment}"
        found = found or name in named or bool(inherited)
    if not found:
        yield f"without flags; kb add term {term.kind} --flags lists them"
