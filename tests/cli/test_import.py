"""``kb import``: files are recognised by their content, and what is not known is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.command_line import kb
from support.example_base import content

NOT_RECOGNISED: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "blank": lambda path: path.write_bytes(b" \r\n\0"),
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 9),
    "a picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\0"),
    "words": lambda path: path.write_text("Kantarjian H. A paper. N Engl J Med 2017."),
    "other XML": lambda path: path.write_text("<article><front/></article>"),
    "other JSON": lambda path: path.write_text('{"a": 1}'),
    "a pipe": os.mkfifo,
    "an endless file": lambda path: path.symlink_to("/dev/zero"),
    "a link to nothing": lambda path: path.symlink_to("/nonexistent"),
}


@pytest.mark.parametrize("kind", NOT_RECOGNISED)
def test_a_file_of_another_kind_is_named_and_changes_nothing(
    example_root: Path, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "library.ris"
    NOT_RECOGNISED[kind](path)
    good = tmp_path / "good.ris"
    good.write_text("TY  - JOUR\nTI  - A paper of some length\nPY  - 2020\nJO  - Rev\nER  - \n")
    before = content(example_root)
    result = kb(example_root, "import", good, path)
    assert result.exit_code == 2
    assert str(path) in result.stderr
    assert "expected" in result.stderr
    assert content(example_root) == before


def test_it_needs_a_file(example_root: Path) -> None:
    assert kb(example_root, "import").exit_code == 2
