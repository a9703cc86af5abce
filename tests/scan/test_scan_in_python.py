"""``kb.scan(path)`` works whatever was imported before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.scan_samples import WRONG_SHARE, paper

import kb
from kb.errors import ReadError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "paper.xml"
    path.write_bytes(paper(share=WRONG_SHARE))
    return path


@pytest.mark.parametrize(
    "before", ["import kb", "import kb.scan", "from kb.scan.finding import Place\nimport kb"]
)
def test_the_function_and_the_room_have_one_name(file: Path, before: str) -> None:
    program = f"{before}\nprint(len(kb.scan({str(file)!r}).findings), kb.scan.__name__)"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split()[0] == "1"


def test_a_scan_has_findings_counts_and_a_frame(file: Path) -> None:
    scan = kb.scan(file)
    assert scan.checked["percentage-of-count"] == 4
    frame = scan.to_frame()
    assert list(frame["printed"]) == [WRONG_SHARE]
    assert list(frame["row"]) == ["Smokers, n (%)"]


def test_what_is_not_a_paper_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        kb.scan(tmp_path / "missing.xml")
