"""Each record names its JSON Schema in its first line, so that editors complete."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.environment import ROOT

FOLDERS = {"studies": "study", "sources": "source", "adjudications": "adjudications"}


@pytest.mark.parametrize("evidence", [ROOT / "evidence", ROOT / "kb" / "starter" / "evidence"])
@pytest.mark.parametrize("folder", FOLDERS)
def test_the_first_line_names_the_schema(evidence: Path, folder: str) -> None:
    line = f"# yaml-language-server: $schema=../../build/schema/{FOLDERS[folder]}.schema.json\n"
    paths = sorted((evidence / folder).glob("*.yaml"))
    assert [path.name for path in paths if not path.read_text("utf-8").startswith(line)] == []
