"""The families of checks, and the worked example of a new one."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from pathlib import Path
from runpy import run_path
from textwrap import dedent

import pytest
from support.small_evidence import claim, kinds, material, months

from kb import checks
from kb.checks import ACROSS, FAMILIES, wording


def test_the_worked_example_of_a_check_runs(tmp_path: Path) -> None:
    code = dedent((checks.__doc__ or "").split("::\n")[1].split("\nAn outcome")[0])
    example = tmp_path / "example.py"
    example.write_text(code, encoding="utf-8")
    names = {**vars(checks), **vars(wording), "Decimal": Decimal}
    find = run_path(str(example), names)["find"]
    printed = [claim("OS", months(text), statistic="median") for text in ("7.7", "-1")]
    assert kinds(find(material(printed))) == ["negative-time"]
    assert not [*find(material(printed[:1]))]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_finds_nothing_in_nothing(name: str) -> None:
    family = import_module(f"kb.checks.{name}")
    assert not [*family.find(material([]))]


@pytest.mark.parametrize("name", ACROSS)
def test_nothing_to_compare_gives_no_discrepancy_between_studies(name: str) -> None:
    module = import_module(f"kb.checks.{name}")
    assert not [*module.needed(material([]))]
    assert not [*module.across(material([]))]


def test_every_module_with_a_find_is_registered() -> None:
    folder = Path(checks.__file__).parent
    finding = {p.stem for p in folder.glob("*.py") if "\ndef find(context" in p.read_text("utf-8")}
    assert finding == set(FAMILIES)
