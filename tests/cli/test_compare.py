"""``kb compare``: its output, its exit codes, and hostile arguments."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import kb
from support.example_base import edit

HALT = Path("evidence/studies/halt.yaml")


@pytest.fixture
def other(example_root: Path, tmp_path: Path) -> Path:
    path = tmp_path / "reader-2.yaml"
    path.write_bytes((example_root / HALT).read_bytes())
    return path


def test_two_readings_that_are_alike(example_root: Path, other: Path) -> None:
    ran = kb(example_root, "compare", example_root / HALT, other)
    assert ran.exit_code == 0
    assert ran.output.startswith("0 differences; 35 claims: 35 read by both, 35 alike")
    assert "100.0% agreement" in ran.output


def test_a_difference_is_a_finding(example_root: Path, other: Path, tmp_path: Path) -> None:
    edit(tmp_path, other.name, "calmol: 24/57 (42%)", "calmol: 23/57 (42%)")
    out = tmp_path / "differences.json"
    ran = kb(example_root, "compare", example_root / HALT, other, "--json", out)
    assert ran.exit_code == 1
    line = "PAIN_FREE, at 2 hours, calmol: figure: reader 1 24 (42), reader 2 23 (42)"
    assert line in ran.output
    assert "34 alike" in ran.output
    data = json.loads(out.read_text("utf-8"))
    (difference,) = data["differences"]
    assert (difference["reader_1"], difference["reader_2"]) == ("24 (42)", "23 (42)")
    assert data["agreement"]["group"]["kappa"] == 1
    assert "kappa" not in data["agreement"]["figure"]
    assert data["agreement"]["figure"]["alike"] == 34


def test_kappa_of_one_category_is_undefined(example_root: Path, tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    block = '{endpoint: RELIEF, printed: "60%", values: {all: 60%}}'
    path.write_text(f'reports: [{{source: halt-paper, at: "2", claims: [{block}]}}]')
    ran = kb(example_root, "compare", path, path)
    assert (
        "endpoint: 100.0% of the 1 read by both, kappa undefined (one category only)" in ran.output
    )


def test_nothing_to_compare_is_not_agreement(example_root: Path, tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("reports: []\n")
    ran = kb(example_root, "compare", path, path)
    assert (ran.exit_code, "nothing was compared" in ran.output) == (3, True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"reports: [{source: halt-paper, at: 2, claims: [{endpoint: RELIEFS, printed: x}]}]",
         "reports.0.claims.0.endpoint: found 'RELIEFS'"),
        (b"\xff\xfe\x00", "a readable UTF-8 file"),
        (b"[1, 2]", "a mapping of fields"),
        (b"reports: " + b"[" * 5_000, "expected"),
        (b"reprots: []", "did you mean 'reports'"),
    ],
)  # fmt: skip
def test_a_bad_file_is_named(example_root: Path, other: Path, content: bytes, message: str) -> None:
    other.write_bytes(content)
    ran = kb(example_root, "compare", example_root / HALT, other)
    assert ran.exit_code == 2
    assert other.name in ran.output
    assert message in ran.output
