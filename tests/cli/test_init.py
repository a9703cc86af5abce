"""``kb init``: a new evidence base in which every command works at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import kb


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("init") / "copd"
    made = kb(None, "init", folder, "--title", "COPD")
    assert made.exit_code == 0, made.output
    return folder


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (["verify"], "verified, 0 failed"),
        (["check"], "0 material"),
        (["coverage"], "0 unaccounted"),
        (["show", "example-trial"], "chronic cough"),
        (["query", "studies-by-design"], "example-trial"),
        (["build"], "29 verified"),
    ],
)
def test_commands_work_in_it(root: Path, command: list[str], shown: str) -> None:
    ran = kb(root, *command)
    assert (ran.exit_code, ran.stderr) == (0, "")
    assert shown in ran.stdout


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ran = kb(None, "init", tmp_path)
    assert (ran.exit_code, ran.stderr) == (2, f"{tmp_path} is not empty: name a new folder\n")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert kb(None, "init", ".").exit_code == 0
    assert (tmp_path / "evidence" / "dataset.yaml").is_file()
