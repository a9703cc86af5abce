"""What git knows of a folder: its commit, whether all is committed, and its files at a commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from kb.errors import InputError, UnavailableError

_REVISION: Final = re.compile(r"[\w][\w./@^~{}+-]{0,199}")


def commit_of(folder: Path, revision: str = "HEAD") -> str:
    """Return the full id of a commit, by its id, a tag or a branch; "" if there is none.

    >>> commit_of(Path("."), "--output=x")
    ''
    """
    if not _REVISION.fullmatch(revision):  # never an option
        return ""
    name = f"{revision}^{{commit}}"
    found = _run(folder, "rev-parse", "--quiet", "--verify", "--end-of-options", name)
    return found.stdout.decode().strip() if found and found.returncode == 0 else ""


def date_of(folder: Path, commit: str) -> str:
    """Return the day on which a commit was made, in universal time."""
    found = _run(folder, "log", "-1", "--date=format-local:%Y-%m-%d", "--format=%cd", commit)
    return found.stdout.decode().strip() if found and found.returncode == 0 else ""


def uncommitted(folder: Path, generated: str) -> list[str]:
    """Return the files below a folder that differ from the last commit, as git prints them.

    What is in ``generated``, a folder of it, does not count.
    """
    places = ("--", ".", f":(exclude){generated}")
    found = _run(folder, "status", "--porcelain", "--untracked-files=all", *places)
    return found.stdout.decode(errors="replace").splitlines() if found else []


def archive(folder: Path, commit: str, out: Path, names: tuple[str, ...]) -> None:
    """Write folders of a folder, as they were at a commit, to a zip file.

    Raises:
        InputError: the commit does not have them.
        UnavailableError: git is not installed.
    """
    found = _run(folder, "archive", "--format=zip", f"--output={out}", commit, "--", *names)
    if found is None:
        raise UnavailableError("git is not installed")
    if found.returncode != 0:
        raise InputError(f"{commit[:12]}: {found.stderr.decode(errors='replace').strip()}")


def _run(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes] | None:
    git = shutil.which("git")
    if git is None:
        return None
    command = [git, "-C", str(folder), *words]
    # What a hook or a shell has set must not lead to another repository.
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment = kept | {"TZ": "UTC", "LC_ALL": "C"}
    return subprocess.run(command, check=False, capture_output=True, env=environment)
