"""What passes between one build and the next, and between a build and its mkdocs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kb.errors import UnavailableError

BEGIN: Final = "begin\n"
"""What mkdocs reads when the pages are written. Without it, there are none to build."""

_EPOCH: Final = "1735689600"
"""The time that mkdocs writes into pages and archives, so that builds are the same bytes."""


class Mkdocs:
    """A process that has read settings and theme, and waits for the pages."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        """Take the process."""
        self._running = running

    def begin(self, last: Path | None) -> None:
        """Let it build the pages: those that changed since the build in a folder, or all."""
        told = self._running.stdin
        with suppress(BrokenPipeError):  # it has ended, and finish() says why
            if told:
                told.write(f"{BEGIN}{last or ''}\n")
                told.flush()

    def finish(self) -> None:
        """Wait until the pages are built.

        Raises:
            UnavailableError: mkdocs found something wrong with them.
        """
        _, said = self._running.communicate()
        if self._running.returncode:
            raise UnavailableError(f"mkdocs could not build the site:\n{said.strip()}")


@contextmanager
def mkdocs(folder: Path, made_with: str) -> Iterator[Mkdocs]:
    """Start mkdocs on the settings in a folder; it ends with the block, if it has not before."""
    command = [sys.executable, "-P", "-m", "kb.site.rendering", str(folder), made_with]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": _EPOCH}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as running:
        try:
            yield Mkdocs(running)
        finally:
            running.kill()


def link(before: str | Path, target: str | Path) -> None:
    """Share a file with an earlier build, which is removed later; some disks can only copy."""
    try:
        os.link(before, target)
    except OSError:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(before, target)
        except OSError:
            shutil.copyfile(before, target)
