"""Run ``kb`` as a user types it, without the settings of whoever runs the tests."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from kb.cli.main import main

UNSET = {"KB_ROOT": None, "KB_SOURCE_TEXTS": None, "KB_STORE": None}


def kb(root: Path | None, *words: str | Path) -> Result:
    """Run a command as a user would; an exception other than the exit is a defect."""
    options = ("--root", str(root)) if root else ()
    result = CliRunner().invoke(main, [*options, *map(str, words)], env=UNSET)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return result
