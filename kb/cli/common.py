"""What all commands share: errors as exit codes, options, and the evidence base they open."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

from kb.errors import InputError, KbError, UnavailableError

if TYPE_CHECKING:
    from kb.api.knowledge_base import KnowledgeBase

FINDINGS, BAD_INPUT, NOT_CHECKED = 1, 2, 3
INTERRUPTED: Final = 130
"""What shells expect of a program that Ctrl-C ended; 1 would say that there are findings."""
STORE: Final = "kb.store"
RECORDS: Final = ("study", "source", "publications", "adjudications", "dataset", "formerly")
TEXTS_HELP: Final = "Folder with the texts of the sources (default: $KB_SOURCE_TEXTS)."

F = TypeVar("F", bound=Callable[..., Any])


class Group(click.Group):
    """A group whose errors are one clear message and an exit code, never a traceback."""

    def main(self, *args: Any, **more: Any) -> Any:
        """Run the command line; even its help may meet a full disk."""
        try:
            return super().main(*args, **more)
        except OSError as error:
            stop(str(error), BAD_INPUT)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command and turn the package's errors into exit codes."""
        try:
            return super().invoke(ctx)
        except UnavailableError as error:
            stop(str(error), NOT_CHECKED)
        except InputError as error:
            stop(str(error), BAD_INPUT)
        except KbError as error:
            stop(str(error), BAD_INPUT)
        except KeyboardInterrupt:
            stop("interrupted: nothing was completed", INTERRUPTED)
        except BrokenPipeError:
            raise
        except OSError as error:
            stop(str(error), BAD_INPUT)


def stop(message: str, code: int) -> NoReturn:
    """Say what is wrong and leave with an exit code."""
    with suppress(OSError):  # nobody may be there to be told
        click.echo(message, err=True)
    sys.exit(code)


def examples(*lines: str) -> Callable[[F], F]:
    """Add examples to a command's help, one a line, not reflowed."""
    text = "\n\nExamples:\n\n\b\n" + "\n".join(f"  {line}" for line in lines)

    def add(function: F) -> F:
        function.__doc__ = (function.__doc__ or "") + text
        return function

    return add


def open_base(context: click.Context, texts: Path | None = None) -> KnowledgeBase:
    """Read the evidence base that the command is about."""
    from kb.api.knowledge_base import KnowledgeBase

    return KnowledgeBase(context.obj, texts, context.meta.get(STORE))


texts_option = click.option(
    "--texts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="KB_SOURCE_TEXTS",
    help=TEXTS_HELP,
)
json_option = click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write JSON to a file.",
)


def write_json(path: Path | None, data: object) -> None:
    """Write data to a file, where one was asked for."""
    if path is not None:
        text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=False)
        path.write_text(text + "\n", encoding="utf-8")


def root_of(context: click.Context) -> Path:
    """Return the folder of the evidence base that the command is about."""
    from kb.records.paths import find_root

    root: Path | None = context.obj
    return root or find_root()
