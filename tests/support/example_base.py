"""A small evidence base of invented trials of headache: nothing of it is in the code."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from kb import KnowledgeBase, Problem, RecordError

HERE = Path(__file__).resolve().parents[1]
EXAMPLE = HERE / "example"
TEXTS = EXAMPLE / "texts"
# What any evidence base needs; endpoints, drugs, regimens and populations are the example's own.
SHARED = ("kb", "shapes", "statistics", "units", "words", "events", "designs", "reasons")
BASE = "https://example.org/headache/"


def write_example(root: Path) -> Path:
    """Write the example's ``evidence/`` and ``ontology/`` into a folder, and return it."""
    for part in ("evidence", "ontology"):
        shutil.copytree(EXAMPLE / part, root / part)
    for name in SHARED:
        shutil.copy(HERE.parent / "ontology" / f"{name}.ttl", root / "ontology")
    return root


def edit(root: Path, file: str, old: str, new: str) -> Path:
    """Replace the one place of a file where a text stands."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def judged_state(finding: str) -> str:
    """Return the state of a finding that the example's adjudication of it records."""
    study = finding.split(".")[1]
    text = (EXAMPLE / "evidence" / "adjudications" / f"{study}.yaml").read_text("utf-8")
    recorded = re.search(rf'finding: {re.escape(finding)}\n +judged: "(\w+)"', text)
    assert recorded, finding
    return recorded[1]


def content(root: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes: two of them tell whether it changed."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def problems(root: Path) -> tuple[Problem, ...]:
    """Return the problems of a folder whose records must not load, and must not change."""
    before = content(root)
    with pytest.raises(RecordError) as raised:
        KnowledgeBase(root)
    assert content(root) == before
    return raised.value.problems


def name_no_studies(root: Path) -> None:
    """Take the key studies out of a copy of `site/`: the example does not have them."""
    path = root / "site" / "site.yaml"
    text = path.read_text("utf-8")
    changed = re.sub(r"(?m)^  studies: \[.*\]$", "  studies: []", text)
    assert changed != text
    path.write_text(changed, "utf-8")
