"""What passes between one build and the next, and between a build and its mkdocs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kb.errors import UnavailableError

BEGIN: Final = "begin\n"
"""What mkdocs reads when the pages are written. Without it, there are none to build."""

_EPOCH: Final = "1735689600"
"""The time that mkdocs writes into pages and archives, so that builds are the same bytes."""


@contextmanager
def mkdocs(folder: Path) -> Iterator[Callable[[Path | None], None]]:
    """Start mkdocs, which reads settings and theme meanwhile; give what lets it build the pages.

    That is given the folder of the last build, whose pages can be taken over.

    Raises:
        UnavailableError: mkdocs found something wrong with the pages.
    """
    command = [sys.executable, "-P", "-m", "kb.site.rendering", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": _EPOCH}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as running:

        def run(last: Path | None) -> None:
            _, said = running.communicate(f"{BEGIN}{last or ''}\n")
            if running.returncode:
                raise UnavailableError(f"mkdocs could not build the site:\n{said.strip()}")

        try:
            yield run
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
