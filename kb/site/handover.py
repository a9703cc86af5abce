"""What passes between one build and the next, and between a build and its mkdocs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

BEGIN: Final = "begin\n"
"""What mkdocs reads when the pages are written. Without it, there are none to build."""


def link(before: str | Path, target: str | Path) -> None:
    """Share a file with an earlier build, which is removed later; some disks can only copy."""
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(before, target)
    except OSError:
        shutil.copyfile(before, target)
