"""Run ``kb`` as a user types it, without the settings of the shell that runs the tests."""

from __future__ import annotations

from pathlib import Path

import click
from click.testing import CliRunner, Result

from kb.cli.main import COMMANDS, main

UNSET = {"KB_ROOT": None, "KB_SOURCE_TEXTS": None, "KB_STORE": None}


def kb(root: Path | None, *words: str | Path, answers: str = "") -> Result:
    """Run a command as a user would; an exception other than the exit is a defect.

    ``answers`` are what the user types.
    """
    options = ("--root", str(root)) if root else ()
    result = CliRunner().invoke(main, [*options, *map(str, words)], input=answers, env=UNSET)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return result


def all_commands() -> dict[str, click.Command]:
    """Return every command by its words, such as ``export claims``."""
    assert isinstance(main, click.Group)
    commands: dict[str, click.Command] = {}
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        assert command is not None
        if isinstance(command, click.Group):
            commands |= {f"{name} {sub}": inner for sub, inner in command.commands.items()}
        else:
            commands[name] = command
    return commands
