"""The answers shown in the README are those that a newcomer gets."""

from __future__ import annotations

import doctest
import re

import pytest
from support.command_line import kb
from support.environment import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.findall(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert len(found) == 1, f"one block of {language} is expected"
    return found[0]


def test_the_command_gives_the_answer_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command, answer = re.fullmatch(
        r"\$ kb query '(.*?)'\n(.*)", block("console"), re.DOTALL
    ).groups()
    assert kb(ROOT, "query", command).output == answer


def test_python_gives_the_answers_that_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    example = doctest.DocTestParser().get_doctest(block("pycon"), {}, "README.md", None, None)
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example).failed == 0
