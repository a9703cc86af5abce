"""The JSON Schemas of records accept and refuse what the loader does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from support.environment import ROOT
from support.record_mistakes import MISTAKES

from kb import KnowledgeBase
from kb.records.json_schema import MODELS, record_schema, schema_text
from kb.records.yaml import read_mapping


@pytest.fixture(params=["example", "real"])
def base(request: pytest.FixtureRequest) -> KnowledgeBase:
    found: KnowledgeBase = request.getfixturevalue(request.param)
    return found


def validator(base: KnowledgeBase, kind: str) -> Draft202012Validator:
    schema = record_schema(kind, base.vocabulary)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def files(root: Path, kind: str) -> list[Path]:
    folders = {"study": "studies", "source": "sources", "adjudications": "adjudications"}
    if kind in folders:
        return sorted((root / "evidence" / folders[kind]).glob("*.yaml"))
    return [root / "evidence" / f"{kind}.yaml"]


def as_json(path: Path) -> Any:
    """Read a record as an editor does: keys are strings."""
    return json.loads(json.dumps(read_mapping(path)))


@pytest.mark.parametrize("kind", MODELS)
def test_every_record_fits_the_schema(base: KnowledgeBase, kind: str) -> None:
    check = validator(base, kind)
    found = files(base.root, kind)
    assert found or (kind == "adjudications" and not base.evidence.adjudications)
    wrong = [
        f"{path.name}: {'.'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for path in found
        for error in check.iter_errors(as_json(path))
    ]
    assert wrong == []


# What an editor cannot know: what a name refers to, what a number means, and other files.
BEYOND = (
    "a group of this study", "each group once", "not within itself", "the id of a", "a section of",
    "reference list", "two different", "exactly two groups", "group and doses together",
    "a statistic", "the statistic of", "a unit that", "the file's own name", "another study",
    "a figure or a word", "an estimate, p", "a duration, an event", "a date", "one kind of bounds",
    "a time phrase", "a number",
)  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (m.old, m.new)
        for m in MISTAKES
        if not any(word in m.expected for word in BEYOND) and ".nan" not in m.new  # not in JSON
    ],
)
def test_the_schema_refuses_malformed_values_as_the_loader_does(
    example: KnowledgeBase, tmp_path: Path, old: str, new: str
) -> None:
    text = (example.root / "evidence" / "studies" / "halt.yaml").read_text("utf-8")
    assert text.count(old) == 1
    path = tmp_path / "halt.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    assert list(validator(example, "study").iter_errors(as_json(path)))


def test_terms_are_listed_for_completion(example: KnowledgeBase) -> None:
    definitions = record_schema("study", example.vocabulary)["$defs"]
    endpoint = definitions["ClaimBlock"]["properties"]["endpoint"]
    assert endpoint["enum"] == sorted(example.vocabulary.schemes["endpoint"])
    word = definitions["Comparison"]["properties"]["finding"]
    assert "longer" in json.dumps(word)
    assert "not-reached" not in json.dumps(word)


def test_fields_are_described(example: KnowledgeBase) -> None:
    text = schema_text("study", example.vocabulary)
    assert "x-scheme" not in text
    assert "the figures as printed, fragments joined by ' … '" in text


@pytest.mark.parametrize("kind", MODELS)
def test_the_same_vocabulary_gives_the_same_schema(example: KnowledgeBase, kind: str) -> None:
    again = KnowledgeBase(example.root).vocabulary
    assert schema_text(kind, again) == schema_text(kind, example.vocabulary)


def test_skeletons_point_to_the_schemas_that_a_build_writes() -> None:
    text = (ROOT / "kb" / "cli" / "new.py").read_text("utf-8")
    pointed = set(re.findall(r"\$schema=../../build/schema/(\w+)\.schema\.json", text))
    assert pointed == {"study", "source", "adjudications"} <= set(MODELS)
