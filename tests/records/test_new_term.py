"""``kb add term``: a concept in the form of the file, which stays as it is otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import kb
from support.example_base import content

from kb import InputError, RecordError
from kb.records.codes import load_codes
from kb.records.flags import CLASSES, flags
from kb.records.load import load_vocabulary
from kb.records.new_term import NewTerm, add_term
from kb.records.starter import write_starter


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "base"
    write_starter(folder, "Base", "https://example.org/base/")
    return folder


def add(root: Path, term: NewTerm, is_meant: bool = False) -> Path:
    return add_term(root, load_vocabulary(root), term, is_meant)


FEV1 = NewTerm(
    "endpoint",
    "FEV1",
    'volume in "1 second" \\ µ',
    "How much is breathed out.",
    ["FEV-1"],
    ["MEASUREMENT"],
    ["isOfFewer", "betterWhen=higher", "plausibleLow=-5", "neverAbove=WEIGHT,BMI"],
    ["MESH:D005541", "close:NCIT:C38084"],
)


def test_a_term_has_its_names_flags_and_codes(root: Path) -> None:
    add(root, FEV1)
    vocabulary = load_vocabulary(root)
    term = vocabulary.get("endpoint", "FEV1")
    assert term.names == ('volume in "1 second" \\ µ', "FEV-1")
    assert (term.definition, term.broader) == ("How much is breathed out.", ("MEASUREMENT",))
    assert vocabulary.has_flag("endpoint", "FEV1", "isOfFewer")
    assert (term.first("betterWhen"), term.first("plausibleLow")) == ("higher", "-5")
    assert vocabulary.linked("endpoint", "FEV1", "neverAbove") == ("WEIGHT", "BMI")
    codes = load_codes(root, vocabulary)["endpoint:FEV1"]
    assert [(c.code, c.closeness) for c in codes] == [
        ("MESH:D005541", "exact"),
        ("NCIT:C38084", "close"),
    ]


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("last", ["", "\n", "\n\n# the end", "\n\n\n"])
def test_all_else_stays_byte_for_byte(root: Path, ends: str, last: str) -> None:
    path = root / "ontology" / "endpoints.ttl"
    path.write_bytes((path.read_text().rstrip() + last).replace("\n", ends).encode())
    before = content(root)
    add(root, NewTerm("endpoint", "NEW", "something new"))
    after = content(root)
    old, new = before.pop("ontology/endpoints.ttl"), after.pop("ontology/endpoints.ttl")
    assert before == after
    assert new.startswith(old)
    added = new.removeprefix(old).decode()
    assert added.count("\n") == added.count(ends)
    assert added.lstrip().startswith("endpoint:NEW" + ends + "    a skos:Concept, kb:Endpoint ;")


@pytest.mark.parametrize(
    ("kind", "name", "given", "segment"),
    [
        ("unit", "mL/min", ["quantityKind=physical", "ucum=mL/min"], "mL-per-min"),
        ("unit", "µmol/m²", ["quantityKind=physical", "ucum=umol/m2"], "umol-per-m2"),
        ("unit", "°F", ["quantityKind=physical", "ucum=[degF]"], "degF"),
        ("unit", "kcal·day", ["quantityKind=physical", "ucum=kcal.d"], "kcal-day"),
        ("population", "copd", [], "copd"),
        ("drug", "drug-x", ["target=a receptor"], "drug-x"),
        ("regimen", "x-then-y", ["part=placebo,tussolan", "sequence=placebo,tussolan"], "x-then-y"),
    ],
)
def test_every_kind(root: Path, kind: str, name: str, given: list[str], segment: str) -> None:
    add(root, NewTerm(kind, name, f"the {name}", flags=given))
    assert load_vocabulary(root).get(kind, name).segment == segment


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (NewTerm("endpoint", "AGE", "age at entry"), "'AGE' exists"),
        (NewTerm("endpoint", "Age", "years lived"), "'AGE' exists"),
        (NewTerm("endpoint", "OLD", "Age"), "'AGE' exists"),
        (NewTerm("endpoint", "HEADACHES", "pain of the head"), "'HEADACHE' exists"),
        (NewTerm("endpoint", "X", "relapse", alt=["y"]), "'RELAPSE' exists"),
        (NewTerm("endpoint", "X", "y", alt=["recurrences"]), "'RELAPSE', 'recurrence' exists"),
        (NewTerm("endpoint", "EXACERBATON", "worse"), "much like a name of 'EXACERBATION'"),
        (NewTerm("endpoint", "bad id", "bad"), "'bad id' is not an id"),
        (NewTerm("endpoint", "a/b", "bad"), "'a/b' is not an id"),
        (NewTerm("endpoint", "X", "y", broader=["MEASURMENT"]), "did you mean 'MEASUREMENT'"),
        (NewTerm("endpoint", "X", "y", flags=["betterwen=up"]), "did you mean 'betterWhen'"),
        (NewTerm("endpoint", "X", "y", flags=["betterWhen=hihger"]), "did you mean 'higher'"),
        (NewTerm("endpoint", "X", "y", flags=["isTopic=yes"]), "expected one of true, false"),
        (NewTerm("endpoint", "X", "y", flags=["plausibleLow=1e3"]), "expected a number"),
        (NewTerm("endpoint", "X", "y", flags=["neverAbove=OSS"]), "did you mean 'OS'"),
        (NewTerm("endpoint", "X", "y", flags=["ucum=m"]), "no flag of an endpoint 'ucum'"),
        (NewTerm("unit", "mL/min", "flow"), "a unit needs --flag quantityKind=.* and --flag ucum"),
        (NewTerm("drug", "x", "y", codes=["MESS:D1"]), "did you mean 'MESH'"),
        (NewTerm("drug", "x", "y", codes=["clos:MESH:D1"]), "did you mean 'skos:closeMatch'"),
    ],
)
def test_a_mistake_is_explained_and_changes_nothing(
    root: Path, term: NewTerm, message: str
) -> None:
    before = content(root)
    with pytest.raises(InputError, match=message):
        add(root, term)
    assert content(root) == before


def test_problems_name_the_file_of_the_project(root: Path) -> None:
    with pytest.raises(RecordError) as raised:
        add(root, NewTerm("endpoint", "index", "an index"))
    assert {p.file for p in raised.value.problems} == {str(root / "ontology" / "endpoints.ttl")}


def test_names_alike_by_intention_are_added(root: Path) -> None:
    term = NewTerm("endpoint", "UNSUSTAINED_RESPONSE", "unsustained response")
    with pytest.raises(InputError, match="--anyway"):
        add(root, term)
    add(root, term, is_meant=True)
    add(root, NewTerm("endpoint", "AE_G4", "adverse event of grade 4 or higher"))
    add(
        root,
        NewTerm(
            "unit", "mg/L", "milligram per litre", flags=["quantityKind=physical", "ucum=mg/L"]
        ),
    )


def test_the_command_says_what_the_flags_do(root: Path) -> None:
    words = ["HICCUP", "--label", "hiccup", "--broader", "CLINICAL_EVENT", "--flag", "isOfFewer"]
    ran = kb(root, "add", "term", "endpoint", *words)
    known = flags(load_vocabulary(root), "endpoint")
    assert ran.exit_code == 0
    assert f"isOfFewer true: {known['isOfFewer'].comment}" in ran.output
    assert f"countsEvents true, as a broader one: {known['countsEvents'].comment}" in ran.output
    assert "isTopic" not in ran.output  # it is not inherited


@pytest.mark.parametrize("kind", CLASSES)
def test_the_command_lists_the_flags_of_a_kind(root: Path, kind: str) -> None:
    ran = kb(root, "add", "term", kind, "--flags")
    listed = [line.partition("=")[0] for line in ran.output.splitlines() if line[0] != " "]
    assert listed == list(flags(load_vocabulary(root), kind))


def test_the_command_needs_a_name_and_a_label(root: Path) -> None:
    assert "--label TEXT" in kb(root, "add", "term", "drug", "x").output
