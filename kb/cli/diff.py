"""``kb diff``: what changed between two states of an evidence base."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kb.cli.common import FINDINGS, echo, examples, json_option, write_json
from kb.errors import KbError
from kb.records.paths import find_root
from kb.util import git
from kb.util.atomic import write_atomically


@click.command()
@click.argument("old")
@click.argument("new")
@json_option
@click.option(
    "--html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page to a file: it needs neither network nor script.",
)
@click.pass_context
@examples(
    "kb diff v1.0 HEAD",
    "kb diff evidence-1.0.zip evidence-1.1.zip --html changes.html",
    "kb diff v1.0 . --json site/changes.json",
)
def diff(
    context: click.Context, old: str, new: str, json_file: Path | None, html: Path | None
) -> None:
    """Say what changed between two states of an evidence base.

    A state is a folder, an archive that `kb release` wrote, or the id, tag or branch of a commit.
    Claims are compared by their place and measure: what was moved or renamed is one change. Study
    by study, changed figures come first, and wording last; then the tested questions whose answers
    moved. Exits 1 if anything differs.
    """
    from kb.analysis.changes import compare
    from kb.api.states import moved_answers, opened_state, state_of
    from kb.export.changes import changes_data, changes_page, changes_text

    root = _repository(context)
    with opened_state(old, root) as before, opened_state(new, root) as after:
        changes = compare(state_of(before), state_of(after))
        answers = list(moved_answers(before, after))
    names = _name(old, root), _name(new, root)
    write_json(json_file, changes_data(*names, changes, answers))
    if html is not None:
        write_atomically(html, [changes_page(*names, changes, answers).encode()])
    echo(changes_text(changes, answers), nl=False)
    if changes or answers:
        sys.exit(FINDINGS)


def _name(state: str, repository: Path) -> str:
    """Return a state as readers know it: a commit by its tag or short id, and its day."""
    commit = "" if Path(state).exists() else git.commit_of(repository, state)
    if not commit:
        return state
    is_id = state == "HEAD" or commit.startswith(state)
    return f"{commit[:9] if is_id else state} ({git.date_of(repository, commit)})"


def _repository(context: click.Context) -> Path:
    """Return where commits are looked up: the project, or the working folder outside of one."""
    named: Path | None = context.obj
    try:
        return named or find_root()
    except KbError:
        return Path.cwd()
