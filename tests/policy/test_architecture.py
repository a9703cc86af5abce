"""The architecture page names what exists, and each of its examples works as it stands."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.environment import ROOT
from support.example_base import name_no_studies, write_example

PAGE = (ROOT / "site" / "pages" / "architecture.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^### (.*?)\n(.*?)(?=^### |\Z)", PAGE, re.DOTALL | re.MULTILINE))
BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package and the site's templates around the records of the example."""
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "front", "recipes")
    for name in ("kb", "site"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
    name_no_studies(tmp_path)
    (tmp_path / "site" / "front").symlink_to(ROOT / "site" / "front")
    return write_example(tmp_path)


def change(root: Path, file: str, diff: str) -> None:
    """Apply a diff: its lines without ``+`` are replaced by its lines without ``-``."""
    lines = diff.splitlines(keepends=True)
    before = "".join(line[1:] for line in lines if line[0] != "+").rstrip("\n")
    after = "".join(line[1:] for line in lines if line[0] != "-").rstrip("\n")
    text = (root / file).read_text(encoding="utf-8")
    assert before in text, f"{file} has no such lines: {before}"
    (root / file).write_text(text.replace(before, after, 1), encoding="utf-8")


def run(root: Path, session: str) -> None:
    """Run the commands of a session; what it shows after the last one must be in the output."""
    *commands, expected = session.splitlines()
    output = ""
    for line in commands:
        program, *words = shlex.split(line.removeprefix("$ "))
        kb = [sys.executable, "-m", "kb"] if program == "kb" else [program]
        done = subprocess.run(
            [*kb, *words],
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            capture_output=True,
            text=True,
            check=False,
        )
        output = done.stdout
        assert done.returncode in (0, 1), done.stderr
    assert expected in output


def test_every_path_that_is_named_exists() -> None:
    introduced = {title for _, title, _ in BLOCK.findall(PAGE)}
    named = set(re.findall(r"`((?:kb|site|tests|ontology|evidence)/[\w./-]*)`", PAGE))
    assert not [path for path in named - introduced if not (ROOT / path).exists()]


def test_every_room_is_in_the_table() -> None:
    names = {path.name for path in (ROOT / "kb").iterdir() if not path.name.startswith("_")}
    rooms = names - {"py.typed"}
    assert {
        room.rstrip("/") for room in re.findall(r"^\| `([\w./]+)` \|", PAGE, re.MULTILINE)
    } == rooms


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_works_as_it_stands(copy: Path, name: str) -> None:
    blocks = BLOCK.findall(EXAMPLES[name])
    assert blocks[-1][0] == "console"
    with pytest.raises(AssertionError):
        run(copy, blocks[-1][2])
    for language, file, text in blocks[:-1]:
        if language == "diff":
            change(copy, file, text)
        else:
            (copy / file).write_text(text, encoding="utf-8")
    run(copy, blocks[-1][2])
