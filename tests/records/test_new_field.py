"""A developer adds a field to a claim: three files change, and every output has it."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from support.environment import ROOT
from support.example_base import BASE, edit, write_example

from kb.export.csv import COLUMNS
from kb.model import Claim, ComparisonResult, DoseStep, Figure, Measure, claim_outputs, outputs

CHANGES = (
    (
        "kb/model.py",
        '    text_value: Annotated[str, Output("word"',
        '    certainty: Annotated[str, Output(csv="certainty", label="certainty")] = ""\n',
    ),
    (
        "kb/model.py",
        '    named: Annotated[str, Output(table="named"',
        '    care_setting: Annotated[str, Output(csv="care_setting", label="care setting")] = ""\n',
    ),
    (
        "kb/records/schema.py",
        '    word: Annotated[str, TermOf("word", "value")] | None = None\n',
        "    certainty: Line | None = None\n",
    ),
    (
        "kb/records/schema.py",
        "    named: Line | None",
        "    care_setting: Line | None = None\n",
    ),
    (
        "project/ontology/kb.ttl",
        "kb:named\n",
        'kb:certainty a owl:DatatypeProperty ; rdfs:label "certainty"@en ; rdfs:domain kb:Claim .\n'
        'kb:careSetting a owl:DatatypeProperty ; rdfs:label "care setting"@en .\n',
    ),
)
PRINT = "relief in 60%, values: {all: 60%}"
USED = 'relief in 60%, care_setting: at home, values: {all: {value: 60, unit: "%", certainty: low}}'
READ = """
import json, sys
import pyarrow.parquet as pq
from kb import KnowledgeBase
from kb.cli.main import main

main(["--root", "project", "export", "parquet", "--out", "tables"], standalone_mode=False)
rows = pq.read_table("tables/claims.parquet").to_pylist()
text = KnowledgeBase("project").claim(f"ease#{sys.argv[1]}").explain()
row = next(row for row in rows if row["id"] == sys.argv[1])
print(json.dumps({"row": row, "text": text}, default=str))
"""
CLAIM = "headache-review.1.RELIEF.after-calmol.all"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with two fields more, and a build of a project that uses them."""
    folder = tmp_path_factory.mktemp("changed")
    shutil.copytree(ROOT / "kb", folder / "kb", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "site").symlink_to(ROOT / "site")
    write_example(folder / "project")
    for file, before, line in CHANGES:
        edit(folder, file, before, line + before)
    edit(folder / "project", "evidence/studies/ease.yaml", PRINT, USED)
    run(folder, "-m", "kb", "--root", "project", "build")
    return folder


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_new_field_changes_three_files() -> None:
    assert {file for file, _, _ in CHANGES} == {
        "kb/model.py",
        "kb/records/schema.py",
        "project/ontology/kb.ttl",
    }


def test_a_new_field_is_in_the_graph(changed: Path) -> None:
    quads = (changed / "project" / "build" / "kb.nq").read_text("utf-8")
    subject, graph = f"<{BASE}study/ease#{CLAIM}>", f"<{BASE}source/headache-review>"
    assert f'{subject} <{BASE}ontology#certainty> "low" {graph} .\n' in quads
    assert f'{subject} <{BASE}ontology#careSetting> "at home" {graph} .\n' in quads


def test_a_new_field_is_the_last_column_of_the_csv(changed: Path) -> None:
    with (changed / "project" / "build" / "claims.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [*COLUMNS, "care_setting", "certainty"]
    used = [(row["claim"], row["certainty"]) for row in rows if row["certainty"]]
    assert used == [(CLAIM, "low")]


def test_a_new_field_is_in_the_typed_table_and_in_the_explanation(changed: Path) -> None:
    data = json.loads(run(changed, "-c", READ, CLAIM).splitlines()[-1])
    assert (data["row"]["certainty"], data["row"]["care_setting"]) == ("low", "at home")
    assert list(data["row"])[-2:] == ["care_setting", "certainty"]
    assert "certainty:     low\n" in data["text"]
    assert "care setting:  at home\n" in data["text"]


def test_a_new_field_is_on_the_page_of_the_study(changed: Path) -> None:
    path = changed / "project/build/site/study/ease/prints.json"
    pop_up = json.loads(path.read_text("utf-8"))["claims"][CLAIM]["html"]
    assert "<div>Certainty: low</div>" in pop_up
    assert "<div>Care setting: at home</div>" in pop_up


# --- no field is forgotten -------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Claim, Measure, Figure, ComparisonResult, DoseStep])
def test_every_field_of_a_claim_is_written_somewhere(kind: type) -> None:
    written = {o.attr for o in outputs(kind) if o.kind != "id" or o.csv}
    parts = {"measure", "figure", "result", "steps"} if kind is Claim else set()
    assert {field.name for field in fields(kind)} - written == parts


@pytest.mark.parametrize("column", ["predicate", "csv", "table", "label"])
def test_no_two_fields_of_a_claim_are_written_to_one_place(column: str) -> None:
    of_claim = (
        o for o in claim_outputs() if not o.attr.startswith("measure.") or column != "predicate"
    )
    names = [name for output in of_claim if (name := getattr(output, column))]
    assert len(names) == len(set(names))
