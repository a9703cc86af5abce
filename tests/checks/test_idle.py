"""Every property that checks rest on is named where no concept has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.example_base import edit

from kb.checks.idle import RESTRAINS, RESTS_ON, idle
from kb.records.flags import flags
from kb.records.load import load_vocabulary
from kb.records.starter import write_starter
from kb.records.vocabulary import Vocabulary

FOR_PAGES = {"tellsPopulationsApart", "ageBand"}
"""What only pages and comparisons read."""


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    root = tmp_path_factory.mktemp("idle") / "base"
    write_starter(root, "Base", "https://example.org/base/")
    return load_vocabulary(root)


@pytest.mark.parametrize("scheme", ["endpoint", "population"])
def test_each_flag_is_one_that_checks_rest_on_or_is_known_to_do_less(
    vocabulary: Vocabulary, scheme: str
) -> None:
    known = {*RESTS_ON, *RESTRAINS, *FOR_PAGES, "ageTo", "plausibleUnit"}
    assert not flags(vocabulary, scheme).keys() - known


def test_each_property_is_of_the_ontology(vocabulary: Vocabulary) -> None:
    assert {*RESTS_ON, *RESTRAINS, *FOR_PAGES} <= flags(vocabulary).keys()
    assert not RESTS_ON.keys() & RESTRAINS.keys()


def test_without_a_vocabulary_every_check_is_idle() -> None:
    lines = list(idle(Vocabulary("https://example.org/", [], [])))
    assert len(lines) == len(RESTS_ON)
    assert all(f"(kb:{name})" in line for name, line in zip(RESTS_ON, lines, strict=True))


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "is_idle"),
    [
        ("isAge", "endpoints", "kb:isAge true", "kb:isAge false", True),
        ("ageFrom", "populations", "kb:ageFrom 18", "kb:ageTo 18", False),
        ("ageFrom", "populations", "    kb:ageFrom 18 ;\n", "", True),
        ("excludes", "populations", " ;\n    kb:excludes endpoint:ACUTE_COUGH .", " .", True),
        ("isAnyOfBroader", "endpoints", "kb:isAnyOfBroader true", "kb:isOfFewer true", True),
        ("countedAmong", "endpoints", "countedAmong", "neverAbove", True),
    ],
)
def test_a_property_that_goes_makes_its_checks_idle(
    tmp_path: Path, name: str, file: str, old: str, new: str, is_idle: bool
) -> None:
    write_starter(tmp_path, "Base", "https://example.org/base/")
    edit(tmp_path, f"ontology/{file}.ttl", old, new)
    lines = list(idle(load_vocabulary(tmp_path)))
    assert [f"(kb:{name})" in line for line in lines] == ([True] if is_idle else [])
