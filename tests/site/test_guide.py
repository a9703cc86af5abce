"""The guide "Your first paper in an hour" prints what its commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from support.command_line import kb
from support.environment import ROOT

PAGE = ROOT / "site" / "pages" / "first-paper.md"
_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^\$ kb (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
MENDED = [
    ("EXACERBATON", "EXACERBATION"),
    (
        "Placebo, printed: 6 (6%), values: {placebo: 6 (6%)}",
        "Placebo, printed: 7 (7%), values: {placebo: 7 (7%)}",
    ),
]


def test_the_guide_prints_what_its_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    root, mended, verified = tmp_path / "copd", list(MENDED), 0
    for language, title, body in _BLOCK.findall(PAGE.read_text("utf-8")):
        if title:
            (root / title).write_text(body, encoding="utf-8")
        for line, shown in _COMMAND.findall(body) if language == "console" else ():
            words = shlex.split(line)
            if words == ["verify"]:
                verified += 1
                if verified > 1:  # the page says what to put in its place
                    _replace(root / "evidence" / "studies" / "breathe.yaml", *mended.pop(0))
            output = kb(None, *words).output.replace(f"{root}/", "")
            assert output == shown, line
            if words[0] == "init":
                monkeypatch.chdir(root)
    assert verified == 3
    assert not mended


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")
