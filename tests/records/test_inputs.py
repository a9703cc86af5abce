"""Any input of a build or a store changes its digest, and changes during a build are noticed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from support.example_base import TEXTS

from kb.records.inputs import digest_of_inputs, stamp_of_inputs


@pytest.mark.parametrize(
    "file", ["evidence/dataset.yaml", "ontology/kb.ttl", "theme/page.html", "texts/halt-paper.txt"]
)
def test_each_input_changes_the_digest(example_root: Path, file: str) -> None:
    texts, theme = example_root / "texts", example_root / "theme"
    shutil.copytree(TEXTS, texts)
    theme.mkdir()
    (theme / "page.html").write_text("<p>", encoding="utf-8")
    before = digest_of_inputs(example_root, [theme], texts)
    assert before == digest_of_inputs(example_root, [theme], texts)
    with (example_root / file).open("a", encoding="utf-8") as changed:
        changed.write("\n")
    assert before != digest_of_inputs(example_root, [theme], texts)


@pytest.mark.parametrize("seconds", [0, 4_102_444_800])
def test_a_removed_or_edited_record_is_a_change_whatever_the_clock_says(
    example_root: Path, seconds: int
) -> None:
    folder = example_root / "evidence" / "adjudications"
    for path in (*example_root.rglob("*"), example_root):
        os.utime(path, (seconds, seconds))
    before = stamp_of_inputs(example_root, None)
    assert before == stamp_of_inputs(example_root, None)
    path = next(folder.iterdir())
    with path.open("a", encoding="utf-8") as file:
        file.write("\n")
    edited = stamp_of_inputs(example_root, None)
    path.unlink()
    assert len({before, edited, stamp_of_inputs(example_root, None)}) == 3
