"""``kb new``: the beginnings of records, with every field explained."""

from __future__ import annotations

import click

from kb.cli.common import examples, open_base, root_of


@click.group("new")
def new() -> None:
    """Begin a record, with every field explained."""


@new.command("study")
@click.argument("name")
@click.pass_context
@examples("kb new study my-trial")
def new_study(context: click.Context, name: str) -> None:
    """Begin evidence/studies/NAME.yaml."""
    from kb.cli.skeletons import begin_record

    click.echo(f"begun: {begin_record(root_of(context), 'study', name)}")


@new.command("source")
@click.argument("name")
@click.pass_context
@examples("kb new source my-paper-2026")
def new_source(context: click.Context, name: str) -> None:
    """Begin evidence/sources/NAME.yaml."""
    from kb.cli.skeletons import begin_record

    click.echo(f"begun: {begin_record(root_of(context), 'source', name)}")


@new.command("adjudication")
@click.argument("finding")
@click.pass_context
@examples("kb new adjudication count-and-share.my-trial.OS.0123456789")
def new_adjudication(context: click.Context, finding: str) -> None:
    """Begin a judgement of FINDING, an id that `kb check` prints, at the end of its file."""
    from kb.cli.skeletons import begin_adjudication

    click.echo(f"begun: {begin_adjudication(open_base(context), finding)}")
