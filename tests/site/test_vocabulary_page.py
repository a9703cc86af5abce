"""The page on the vocabulary has every flag, in the words of the ontology."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from support.command_line import kb
from support.environment import ROOT

from kb.checks.idle import RESTRAINS, RESTS_ON
from kb.records.flags import Flag, flags
from kb.records.load import load_vocabulary
from kb.records.starter import write_starter

PAGE = (ROOT / "site" / "pages" / "vocabulary.md").read_text("utf-8")


def row(flag: Flag) -> str:
    """The row of a flag: of what it is, its values, what it says, and which checks heed it."""
    classes = ", ".join(flag.classes).lower()
    values = flag.given_as.replace("|", ", ")
    checks = RESTS_ON[flag.name][1] if flag.name in RESTS_ON else ""
    if flag.name in RESTRAINS:
        checks = f"not compared: {RESTRAINS[flag.name]}"
    return f"| `{flag.name}` | {classes} | {values} | {flag.comment} | {checks} |"


def test_every_flag_has_its_row(tmp_path: Path) -> None:
    write_starter(tmp_path, "Base", "https://example.org/base/")
    wanted = [row(flag) for flag in flags(load_vocabulary(tmp_path)).values()]
    assert len(wanted) > 30
    assert re.findall(r"^\| `\w+` \|.*\|$", PAGE, re.MULTILINE) == wanted


def test_the_commands_that_it_shows_work(tmp_path: Path) -> None:
    write_starter(tmp_path, "Base", "https://example.org/base/")
    commands = re.findall(r"^kb (add term .*)$", PAGE, re.MULTILINE)
    assert len(commands) > 3
    for command in commands:
        ran = kb(tmp_path, *shlex.split(command))
        assert ran.exit_code == 0, ran.output
