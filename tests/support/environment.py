"""Where tests find things: the project, the papers' texts, a browser, and what is made once."""

from __future__ import annotations

import http.server
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
SHARED = "KB_TESTS_SHARED"
"""Names the folder of what is made once for all processes that test side by side."""


def made_once(name: str, make: Callable[[Path], object]) -> Path:
    """A folder of this name, made by the first process that needs it; not to be changed."""
    import fcntl

    folder = Path(os.environ[SHARED]) / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    done = folder.with_suffix(".made")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def unavailable(reason: str) -> NoReturn:
    """Skip, or fail under CI: there a check that could not run must not look like one that held."""
    if os.environ.get("CI", "").lower() in {"1", "true"}:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def texts_folder() -> Path:
    """Where the papers' texts are expected; the folder need not exist."""
    named = os.environ.get("KB_SOURCE_TEXTS")
    return Path(named) if named else ROOT.parent / "shared" / "sources"


def chromium_program() -> str | None:
    """The Chromium to run: KB_CHROMIUM, else the first known name on the path."""
    named = os.environ.get("KB_CHROMIUM")
    return named or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base
        """Say nothing."""


def papers_folder() -> Path:
    """Where the open-access papers are expected; the folder need not exist."""
    named = os.environ.get("KB_PAPERS")
    return Path(named) if named else ROOT.parent / "shared" / "papers"
