"""Odd files and statements in an evidence base: a clear answer, and every other file stays."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.command_line import kb
from support.example_base import content, edit

FILES = (
    "evidence/dataset.yaml",
    "evidence/publications.yaml",
    "evidence/formerly.yaml",
    "evidence/studies/halt.yaml",
    "evidence/sources/halt-paper.yaml",
    "evidence/adjudications/halt.yaml",
    "evidence/verification.yaml",
    "ontology/endpoints.ttl",
    "ontology/mappings.sssom.tsv",
)
KINDS: dict[str, Callable[[Path], None]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("/nonexistent"),
    "an endless file": lambda path: path.symlink_to("/dev/zero"),
    "a file elsewhere": lambda path: path.symlink_to("/etc/passwd"),
    "binary": lambda path: path.write_bytes(bytes(range(256))) and None,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("file", FILES)
def test_what_is_not_a_file_of_the_base_is_refused(
    example_root: Path, file: str, kind: str
) -> None:
    path = example_root / file
    path.unlink(missing_ok=True)
    KINDS[kind](path)
    before = content(example_root) if kind != "an endless file" else {}
    result = kb(example_root, "check")
    assert result.exit_code == 2, result.output
    assert path.name in result.output
    assert not before or content(example_root) == before


FOLDERS = ("evidence", "evidence/studies", "ontology")


@pytest.mark.parametrize("kind", ["a pipe", "a link to itself"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_what_is_not_a_folder_of_the_base_is_refused(
    example_root: Path, folder: str, kind: str
) -> None:
    shutil.rmtree(example_root / folder)
    KINDS[kind](example_root / folder)
    result = kb(example_root, "check")
    assert (result.exit_code, bool(result.output)) == (2, True)


BASES = (
    *("http://é/", "http://[::1", "https://example.org", "https://example.org/a b/", "//x/"),
    *("javascript:alert(1)", "https://example.org/#", "https://example.org/?q=", "urn:x:", ""),
    *("https://example.org/<x>/", "file:///", "https://example.org/x\\n/"),
)


@pytest.mark.parametrize("base", BASES)
def test_a_base_that_is_not_an_address_is_refused(example_root: Path, base: str) -> None:
    old = "base: https://example.org/headache/"
    edit(example_root, "evidence/dataset.yaml", old, f'base: "{base}"')
    result = kb(example_root, "build")
    assert result.exit_code == 2, result.output
    assert "dataset.yaml" in result.output
    assert not (example_root / "build").exists()


OUTPUTS = (".", "evidence", "ontology", "evidence/studies", "..")


@pytest.mark.parametrize("out", OUTPUTS)
@pytest.mark.parametrize("words", [("build",), ("export", "claims"), ("export", "nquads")])
def test_an_output_never_replaces_the_records(
    example_root: Path, words: tuple[str, ...], out: str
) -> None:
    before = content(example_root)
    result = kb(example_root, *words, "--out", example_root / out)
    assert result.exit_code == 2, result.output
    assert content(example_root) == before
