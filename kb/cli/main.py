"""The command line: ``kb build``, ``kb verify``, ``kb coverage``, ``kb query`` and the others.

Exit codes: 0 all holds, 1 findings, 2 bad input or usage, 3 could not check, or could not write
all of the output, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Final

import click

from kb import __version__
from kb.cli.common import STORE, Group
from kb.errors import UnavailableError
from kb.records.paths import base_folder

COMMANDS: Final = (
    "add",
    "build",
    "check",
    "compare",
    "coverage",
    "diff",
    "draft",
    "export",
    "import",
    "init",
    "load",
    "mcp",
    "new",
    "query",
    "read",
    "release",
    "scan",
    "schema",
    "serve",
    "show",
    "sql",
    "test",
    "verify",
)
"""Each is a function of the module of its name in this folder; ``import`` of ``import_``."""


class _Commands(Group):
    """Imports a command only when it is used: ``kb show`` needs few of the libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click passes it
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command; None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        name = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = getattr(import_module(f"kb.cli.{name}"), name)
        return command


def _named_base(_context: click.Context, _option: click.Parameter, root: str | None) -> Path | None:
    try:
        return None if root is None else base_folder(root)
    except UnavailableError as error:
        raise click.BadParameter(str(error)) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    callback=_named_base,
    metavar="FOLDER",
    help="Project folder with evidence/ and ontology/, or the name of an installed evidence base "
    "(default: $KB_ROOT, else the working folder or its nearest parent that has both).",
)
@click.option(
    "--store",
    envvar="KB_STORE",
    metavar="STORE",
    help="What answers queries: memory (default), oxigraph:FOLDER, or the URL of a SPARQL "
    "endpoint (default: $KB_STORE).",
)
@click.version_option(__version__)
@click.pass_context
def main(context: click.Context, root: Path | None, store: str | None) -> None:
    """Build, check and query an evidence base of figures transcribed from papers.

    Exit codes: 0 all holds, 1 findings, 2 bad input or usage, 3 could not check, or could not
    write all of the output, 130 interrupted.
    """
    context.obj = root
    context.meta[STORE] = store


def run() -> None:
    """Run the command line as a program, skipping the interpreter's shutdown.

    Freeing all objects takes 5% of a build.
    """
    try:
        main()
    except SystemExit as ended:
        for stream in filter(None, (sys.stdout, sys.stderr)):  # None if closed
            with suppress(OSError):  # reported already, by Group.main
                stream.flush()
        if isinstance(ended.code, int):
            os._exit(ended.code)
        raise
