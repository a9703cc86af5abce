"""What all commands share: errors as exit codes, options, and the evidence base they open."""

from __future__ import annotations

import errno
import json
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import click

from kb.errors import KbError, UnavailableError
from kb.records.paths import find_root
from kb.util.atomic import write_atomically
from kb.util.visible import visible

if TYPE_CHECKING:
    from kb.api.knowledge_base import KnowledgeBase

FINDINGS, BAD_INPUT, NOT_CHECKED = 1, 2, 3
INTERRUPTED: Final = 130
"""What shells expect of a program that Ctrl-C ended; 1 would mean that there are findings."""
STORE: Final = "kb.store"
_NO_SPACE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
F = TypeVar("F", bound=Callable[..., Any])


class Group(click.Group):
    """A group that shows errors as one clear message and an exit code, never a traceback."""

    def main(self, *args: Any, **more: Any) -> Any:
        """Run the command line, and write out all of its output.

        Output is buffered: a full disk may only show when the buffer is written at the end.
        """
        try:
            try:
                return super().main(*args, **more)
            except SystemExit:
                if sys.stdout is not None:
                    with suppress(BrokenPipeError):  # the reader has enough, as `head` does
                        sys.stdout.flush()
                raise
        except OSError as error:
            stop(str(error), NOT_CHECKED if error.errno in _NO_SPACE else BAD_INPUT)

    def make_context(self, *args: Any, **more: Any) -> click.Context:
        """Read the arguments."""
        with _visible_messages():
            return super().make_context(*args, **more)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command and turn the package's errors into exit codes."""
        try:
            with _visible_messages():
                return super().invoke(ctx)
        except KbError as error:
            is_unavailable = isinstance(error, UnavailableError)
            stop(str(error), NOT_CHECKED if is_unavailable else BAD_INPUT)
        except KeyboardInterrupt:
            stop("interrupted: nothing was completed", INTERRUPTED)


def stop(message: str, code: int) -> NoReturn:
    """Print an error message and exit."""
    with suppress(OSError):  # standard error may be closed, or a full disk
        echo(message, err=True)
    sys.exit(code)


def echo(text: str, *, nl: bool = True, err: bool = False) -> None:
    """Print a text: a message as ``visible``, and so is all output on a terminal."""
    stream = sys.stderr if err else sys.stdout
    is_shown = err or (stream is not None and stream.isatty())
    click.echo(visible(text) if is_shown else text, nl=nl, err=err)


@contextmanager
def _visible_messages() -> Iterator[None]:
    """Escape the messages that click prints itself, about arguments."""
    try:
        yield
    except click.ClickException as error:
        error.message = visible(error.message)  # type: ignore[misc]
        raise


def examples(*lines: str) -> Callable[[F], F]:
    """Add examples to a command's help, one a line, not reflowed."""
    text = "\n\nExamples:\n\n\b\n" + "\n".join(f"  {line}" for line in lines)

    def add(function: F) -> F:
        function.__doc__ = cleandoc(function.__doc__ or "") + text
        return function

    return add


class Number(click.FloatRange):
    """A number within a range, to which ``nan`` does not belong."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, or fail with an error of usage."""
        number: float = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not in the range {self._describe_range()}.", param, ctx)
        return number


texts_option = click.option(
    "--texts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="KB_SOURCE_TEXTS",
    help="Folder with the texts of the sources (default: $KB_SOURCE_TEXTS).",
)
json_option = click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write JSON to a file.",
)
out_option = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File (default: print)."
)


def root_of(context: click.Context) -> Path:
    """Return the project folder that the command works on."""
    root: Path | None = context.obj
    return root or find_root()


def open_base(context: click.Context, texts: Path | None = None) -> KnowledgeBase:
    """Read the evidence base that the command works on."""
    from kb.api.knowledge_base import KnowledgeBase

    return KnowledgeBase(context.obj, texts, context.meta.get(STORE))


def required_texts(context: click.Context, texts: Path | None) -> Path:
    """Return the folder with the texts, ``texts/`` of the project if none is named.

    Raises:
        UsageError: none is named, and the project has no such folder.
    """
    folder = texts or root_of(context) / "texts"
    if not folder.is_dir():
        raise click.UsageError("name the folder with the texts: --texts DIR, or KB_SOURCE_TEXTS")
    return folder


def print_or_write(text: str, out: Path | None) -> None:
    """Print a text, or write it to the file that ``--out`` names."""
    if out is None:
        echo(text, nl=False)
        return
    write_atomically(out, [text.encode()])


def write_json(path: Path | None, data: object) -> None:
    """Write data to the file that ``--json`` names, if any."""
    if path is not None:
        text = json.dumps(data, ensure_ascii=False, indent=2, sort_keys=False)
        write_atomically(path, [text.encode(), b"\n"])
