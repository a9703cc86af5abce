"""Careless and hostile records: each gives a clear error, all of a run at once, nothing changes."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest
from example_base import TEXTS, content, edit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb import KnowledgeBase, Problem, RecordError
from kb.building import claims_csv
from kb.errors import UnavailableError
from kb.loading import load_dataset, load_records
from kb.reading import MAX_BYTES
from kb.texts import TextError

HALT = "evidence/studies/halt.yaml"
REVIEW = "evidence/sources/headache-review.yaml"
EASE = "evidence/studies/ease.yaml"


def problems(root: Path) -> tuple[Problem, ...]:
    """Return the problems of a folder whose records must not load, and must not change."""
    before = content(root)
    with pytest.raises(RecordError) as raised:
        KnowledgeBase(root)
    assert content(root) == before
    return raised.value.problems


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


# --- one mistake in a record -----------------------------------------------------------------


class Mistake(NamedTuple):
    """An edit of the example's record, and what the error must say."""

    old: str
    new: str
    field: str
    found: str
    expected: str
    near: str


_MISTAKES = [
    ("name: HALT", "name: [HALT]", "name", "a list", "a text", ""),
    ("name: HALT", "name: 7", "name", "7", "a text", ""),
    ("name: HALT", "name: null", "name", "nothing", "a text", ""),
    ("name: HALT", "name: true", "name", "true", "a text", ""),
    ("name: HALT\n", "", "name", "", "the field 'name', which is missing", ""),
    ("groups:", "grups:", "grups", "grups", "a known field", "groups"),
    ("phase: 3", "phase: 7", "design.phase", "7", "'1b'", ""),
    ("phase: 3", "phase: true", "design.phase", "true", "'1b'", ""),
    ("kind: randomised-trial", "kind: randomized-trial", "design.kind", "randomized-trial",
     "a known design", "randomised-trial"),
    ("population: migraine\n", "population: migrane\n", "population", "migrane",
     "a known population", "migraine"),
    ("regimen: placebo", "regimen: placbo", "groups.placebo.regimen", "placbo",
     "a known regimen", "placebo"),
    ("{endpoint: SAMPLE_SIZE,", "{endpoint: SAMPLESIZE,", "reports.0.claims.0.endpoint",
     "SAMPLESIZE", "a known endpoint", "SAMPLE_SIZE"),
    ("unit: hours", "unit: hour", "reports.0.claims.2.unit", "hour", "a known unit", "hours"),
    ("value: 0.61,", "value: 0.61, unit: weeks,", "reports.2.claims.9.comparison.unit", "weeks",
     "a unit that a hazard-ratio can have (dimensionless)", ""),
    ("values: {first-80: 80%}", "statistic: duration, values: {first-80: 80%}",
     "reports.2.claims.3.values.first-80", "%", "a unit that a duration can have (time)", ""),
    ("statistic: difference, value: 1.6, unit: weeks", "value: 1.6, unit: weeks",
     "reports.2.claims.10.comparison", "", "the statistic of the estimate", ""),
    ("values: {all: {n: 120}}", "values: {everybody: {n: 120}}",
     "reports.0.claims.0.values.everybody", "everybody", "a group of this study", ""),
    ("values: {first-80: 80%}", "values: {first-08: 80%}", "reports.2.claims.3.values.first-08",
     "first-08", "a group of this study", "first-80"),
    ("values: {first-80: 80%}", "values: {First 80: 80%}", "reports.2.claims.3.values.First 80",
     "First 80", "the name of a group", ""),
    ("values: {first-80: 80%}", "values: {first-80: null}", "reports.2.claims.3.values.first-80",
     "nothing", "a figure such as", ""),
    ("values: {first-80: 80%}", "values: {first-80: yes-many}",
     "reports.2.claims.3.values.first-80.word", "yes-many", "a known word", ""),
    ("values: {first-80: 80%}", "values: {first-80: not-reachd}",
     "reports.2.claims.3.values.first-80.word", "not-reachd", "a known word", "not-reached"),
    ("values: {first-80: 80%}", "values: {first-80: true}", "reports.2.claims.3.values.first-80",
     "true", "a figure such as", ""),
    ("values: {first-80: 80%}", "values: {first-80: {unit: '%'}}",
     "reports.2.claims.3.values.first-80", "nothing", "a figure or a word", ""),
    ("values: {first-80: 80%}", "values: {first-80: {value: null}}",
     "reports.2.claims.3.values.first-80", "nothing", "a figure or a word", ""),
    ("values: {first-80: 80%}", "values: {first-80: {n: true}}",
     "reports.2.claims.3.values.first-80.n", "true", "a whole number", ""),
    ("values: {first-80: 80%}", "values: {first-80: {n: -1}}",
     "reports.2.claims.3.values.first-80.n", "-1", "greater than or equal to 0", ""),
    ("values: {first-80: 80%}", "values: {first-80: {n: 1.5}}",
     "reports.2.claims.3.values.first-80.n", "1.5", "integer", ""),
    ("values: {first-80: 80%}", "values: {first-80: .nan}",
     "reports.2.claims.3.values.first-80.word", "nan", "a known word", ""),
    ("values: {first-80: 80%}", "values: {first-80: {value: .inf}}",
     "reports.2.claims.3.values.first-80.value", "inf", "a number", ""),
    ("values: {first-80: 80%}", "values: {first-80: 7.7}", "reports.2.claims.3.values.first-80",
     "", "a statistic", ""),
    ("range: [15, 64]", "range: [15]", "reports.3.claims.0.values.calmol.range.1", "",
     "which is missing", ""),
    ("range: [15, 64]", "range: [15, 64], iqr: [20, 40]", "reports.3.claims.0.values.calmol",
     "a mapping", "one kind of bounds", ""),
    ("{date: 2017-08}", "{date: 2017-02-30}", "reports.6.claims.0.values.all.date", "2017-02-30",
     "a date", ""),
    ("{date: 2017-08}", "{date: next week}", "reports.6.claims.0.values.all.date", "next week",
     "a date", ""),
    ('{p: "=0.03"}', '{p: "0.03"}', "reports.2.claims.1.comparison.p", "0.03",
     "a p-value with its operator", ""),
    ('{p: "=0.03"}', "{p: 0.03}", "reports.2.claims.1.comparison.p", "0.03",
     "a p-value with its operator", ""),
    ('{p: "=0.03"}', '"=0.03"', "reports.2.claims.1.comparison", "=0.03", "a mapping", ""),
    ('{p: "=0.03"}', "{note: none}", "reports.2.claims.1.comparison", "nothing",
     "an estimate, p", ""),
    ('{p: "=0.03"}', "{p: null}", "reports.2.claims.1.comparison", "nothing", "an estimate, p", ""),
    ("{of: calmol, versus: placebo, p: ns,", "{of: calmol, p: ns,",
     "reports.2.claims.11.comparison", "", "exactly two groups", ""),
    ("{of: calmol, versus: placebo, p: ns,", "{of: calmol, versus: calmol, p: ns,",
     "reports.2.claims.11.comparison", "calmol", "two different groups", ""),
    ("favours: calmol", "favours: calmool", "reports.2.claims.9.comparison.favours", "calmool",
     "a group of this study", "calmol"),
    ("time: within 2 doses", "time: inside 2 doses", "reports.2.claims.2.time", "inside 2 doses",
     "a time phrase", ""),
    ("time: within 2 doses", "time: within 2 parsecs", "reports.2.claims.2.time", "2 parsecs",
     "a duration, an event, a drug or a regimen", ""),
    ("time: within 2 doses", "time: after calmool", "reports.2.claims.2.time", "calmool",
     "a duration, an event, a drug or a regimen", "calmol"),
    ("        group: calmol\n", "", "reports.1.claims.0", "", "group and doses together", ""),
    ("{drug: calmol, amount: 9,", "{drug: calmole, amount: 9,",
     "reports.1.claims.0.doses.0.drug", "calmole", "a known drug", "calmol"),
    ("amount: 9, unit: mg/day", "amount: nine, unit: mg/day", "reports.1.claims.0.doses.0.amount",
     "nine", "a number", ""),
    ("  - source: calmol-label\n", "  - source: calmol-labl\n", "reports.6.source", "calmol-labl",
     "the id of a source", "calmol-label"),
    ('    at: "4.1"', '    at: "4.2"', "reports.6.at", "4.2", "a section of calmol-label", "4.1"),
    ("cites: [11]", "cites: [99]", "reports.5.cites.0", "99", "reference list", ""),
    ("cites: [11]", "cites: [true]", "reports.5.cites.0", "true", "a whole number", ""),
    ("cites: [11]", "cites: 11", "reports.5.cites", "11", "a list", ""),
    ("publications: [halt-2020]", "publications: [halt-2021]", "publications.0", "halt-2021",
     "the id of a publication", "halt-2020"),
    ("registry: [NCT01234567]", "registry: [NCT1]", "registry.0", "NCT1", "match", ""),
    ("within: calmol,", "within: aura,", "groups.aura", "aura", "not within itself", ""),
    ("within: calmol,", "within: calmoll,", "groups.aura.within", "calmoll",
     "a group of this study", "calmol"),
    ("first-80.calmol:", "first-90.calmol:", "groups.first-90.calmol", "first-90",
     "a group of this study", "first-80"),
    ("parts: [calmol, placebo]", "parts: [calmol, calmol]", "partitions.0.parts.1", "calmol",
     "each group once", ""),
    ("id: halt\n", "id: hallt\n", "id", "hallt", "the file's own name", "halt"),
    ("id: halt\n", "id: ../../etc/passwd\n", "id", "../../etc/passwd", "an id", ""),
    ("about: An invented trial.", "analysis_of: [halt]", "analysis_of", "halt", "another study",
     ""),
    ("title: calmol versus placebo", 'title: "bell\\a"', "title", "bell", "control", ""),
    ("title: calmol versus placebo", 'title: "\\e[31mred"', "title", "[31mred", "control", ""),
    ("title: calmol versus placebo", 'title: "nul\\0"', "title", "nul", "control", ""),
    ("title: calmol versus placebo", 'title: "two\\nlines"', "title", "two\nlines", "one line", ""),
    ("title: calmol versus placebo", 'title: "evil \\u202e txet"', "title", "evil", "control", ""),
    ("about: An invented trial.", 'about: "\\x9b31m"', "about", "31m", "control", ""),
]  # fmt: skip


MISTAKES = [Mistake(*row) for row in _MISTAKES]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.field}: {m.new[:40]!r}")
def test_a_mistake_is_named_with_its_place_and_the_nearest_word(
    example_root: Path, mistake: Mistake
) -> None:
    path = edit(example_root, HALT, mistake.old, mistake.new)
    shown = [
        p
        for p in problems(example_root)
        if p.field.startswith(mistake.field)
        and mistake.found in p.found
        and mistake.expected in p.expected
        and p.nearest == mistake.near
    ]
    assert shown, "\n".join(map(str, problems(example_root)))
    assert {p.file for p in shown} == {str(path)}
    assert all(0 < p.line <= len(path.read_text(encoding="utf-8").splitlines()) for p in shown)
    assert str(shown[0]).isprintable()


def test_the_line_is_that_of_the_mistake(example_root: Path) -> None:
    path = edit(example_root, HALT, "values: {first-80: 80%}", "values: {first-8: 80%}")
    (problem,) = problems(example_root)
    assert problem.line == line_of(path, "first-8: 80%")
    assert str(problem) == (
        f"{path}:{problem.line}: reports.2.claims.3.values.first-8: found 'first-8', "
        "expected a group of this study; did you mean 'first-80'?"
    )


@pytest.mark.parametrize(
    ("old", "new", "field", "expected"),
    [
        ("text: headache-review.txt", "text: ../../secret.txt", "text", "match"),
        ("text: headache-review.txt", "text: ..", "text", "match"),
        ("text: headache-review.txt", "text: /etc/passwd", "text", "match"),
        ("publication: headache-review-2021", "publication: nobody", "publication", "the id of a"),
        ("{11: halt-2020,", "{11: halt-2002,", "references.11", "the id of a publication"),
        ("{11: halt-2020,", "{eleven: halt-2020,", "references.eleven", "integer"),
        ("{11: halt-2020,", "{true: halt-2020,", "references", "a whole number"),
        ("from: Sequences}", "from: Sequences, resumes: true}", "sections.1.resumes", "has begun"),
        ('id: "2",', 'id: "1",', "sections.1.id", "resumes: true"),
        ('id: "2",', "id: Table-1,", "sections.2.id", "has not begun"),
        ('id: "2",', 'id: "..",', "sections.1.id", "a letter or a digit"),
        ("kind: review", "kind: rumour", "kind", "primary-report"),
    ],
)
def test_a_mistake_in_a_source(
    example_root: Path, old: str, new: str, field: str, expected: str
) -> None:
    path = edit(example_root, REVIEW, old, new)
    shown = [p for p in problems(example_root) if p.file == str(path)]
    assert any(p.field.startswith(field) and expected in p.expected for p in shown), shown
    assert all(p.line for p in shown)


def test_all_mistakes_of_a_run_are_shown_at_once(example_root: Path) -> None:
    """In several files, of several kinds, and with the file of publications broken as well."""
    edit(example_root, HALT, "unit: hours", "unit: parsecs")
    edit(example_root, HALT, "favours: calmol", "favours: calmool")
    edit(example_root, EASE, "printed: 40% after calmol, ", "")
    edit(example_root, EASE, "column: Free of pain", "colum: Free of pain")
    edit(example_root, REVIEW, 'id: "2",', 'id: "1",')
    edit(example_root, "evidence/studies/halt-aura.yaml", "[11, 12]", "[11, 99]")
    edit(example_root, "evidence/publications.yaml", "year: 2020", "year: two thousand")
    found = problems(example_root)
    files = {Path(p.file).name for p in found}
    assert files >= {"halt.yaml", "ease.yaml", "halt-aura.yaml", "publications.yaml"}
    assert "headache-review.yaml" in files
    assert sum(p.file.endswith("ease.yaml") for p in found) == 2
    assert list(found) == sorted(found)
    # What a broken file would have defined is not reported as missing a second time.
    assert not [p for p in found if p.expected in ("the id of a publication", "the id of a study")]


def test_a_file_with_another_name_than_its_id_still_shows_its_other_mistakes(
    example_root: Path,
) -> None:
    edit(example_root, HALT, "id: halt\n", "id: hallt\n")
    edit(example_root, HALT, "favours: calmol", "favours: calmool")
    found = [p for p in problems(example_root) if p.file.endswith("/halt.yaml")]
    assert {p.found for p in found} == {"hallt", "calmool"}


# --- files that are no records ---------------------------------------------------------------


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines)


FILES = {
    "nothing": (b"", "a mapping", 1),
    "only a comment": (b"# to do\n", "a mapping", 1),
    "a list": (b"- id: halt\n", "a mapping", 1),
    "a word": (b"halt\n", "a mapping", 1),
    "no YAML": (b"id: halt\nname: [HALT\n", "valid YAML", 3),
    "two colons": (b"id: halt\nname: a: b\n", "valid YAML", 2),
    "a tab": (b"id: halt\n\tname: HALT\n", "valid YAML", 2),
    "two documents": (b"id: halt\n---\nid: ease\n", "valid YAML", 0),
    "a key twice": (b"id: halt\nname: a\nname: b\n", "each key once", 3),
    "a key twice, deep": (b"id: halt\ngroups:\n  a: {label: a}\n  a: {label: b}\n", "once", 4),
    "a key that is a list": (b"id: halt\n[a]: b\n", "valid YAML", 0),
    "a tag": (b"id: halt\nname: !!python/object:os.system x\n", "a plain value", 2),
    "a tag of its own": (b"!study\nid: halt\n", "a plain value", 1),
    "aliases that explode": (bomb().encode(), "without aliases", 0),
    "an alias of itself": (b"id: &a [*a]\n", "levels of nesting", 1),
    "deep brackets": (b"id: " + b"[" * 100_000, "levels of nesting", 0),
    "closed deep brackets": (b"id: " + b"[" * 5000 + b"]" * 5000, "levels of nesting", 0),
    "a deep list": (b"- " * 100_000 + b"x\n", "levels of nesting", 1),
    "a key twice above a deep list": (
        b"id: a\nid: b\nc: " + b"[" * 500 + b"]" * 500,
        "each key once",
        0,
    ),
    "no UTF-8": (b"id: halt\nname: H\xe4LT\n", "a readable UTF-8 file", 0),
    "UTF-16": ("id: halt\n".encode("utf-16"), "a readable UTF-8 file", 0),
    "NUL": (b"id: halt\nname: H\x00LT\n", "valid YAML", 0),
    "a control character": (b"id: halt\nname: H\x07LT\n", "valid YAML", 0),
    "a lone surrogate": (b'id: halt\nname: "\\ud800"\n', "valid YAML", 2),
    "50 MB": (b"#" * 50_000_000, f"at most {MAX_BYTES:,} bytes", 0),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_record(example_root: Path, name: str) -> None:
    data, expected, line = FILES[name]
    path = example_root / HALT
    path.write_bytes(data)
    found = [p for p in problems(example_root) if p.file == str(path)]
    assert len(found) == 1
    assert expected in found[0].expected
    if line:
        assert found[0].line == line


def test_a_file_of_another_kind_or_elsewhere(example_root: Path, tmp_path: Path) -> None:
    studies = example_root / "evidence" / "studies"
    outside = tmp_path / "outside.yaml"
    outside.write_text("id: outside\n", encoding="utf-8")
    (studies / "link.yaml").symlink_to(outside)
    (studies / "circle.yaml").symlink_to(studies / "circle.yaml")
    (studies / "broken.yaml").symlink_to(studies / "nowhere")
    (studies / "folder.yaml").mkdir()
    os.mkfifo(studies / "pipe.yaml")
    (studies / "other.yml").write_text("id: other\n", encoding="utf-8")
    with pytest.raises(RecordError) as raised:
        load_records(example_root)
    said = {Path(p.file).name: p.expected for p in raised.value.problems}
    assert "a file inside" in said["link.yaml"]
    assert "a readable" in said["circle.yaml"]
    assert "a readable" in said["broken.yaml"]
    assert said["folder.yaml"] == said["pipe.yaml"] == "a plain file"
    assert said["other.yml"] == "a name in .yaml"
    assert outside.read_text(encoding="utf-8") == "id: outside\n"


def test_a_record_that_loads_may_not_name_a_text_elsewhere(
    example_root: Path, tmp_path: Path
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "headache-review.txt").symlink_to(TEXTS / "headache-review.txt")
    with pytest.raises(TextError, match="not within"):
        _ = KnowledgeBase(example_root, texts).checks


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.text(alphabet="ab:-[]{}&*!|>%@`\"'#,? \n\t\\0", max_size=60),
        st.binary(max_size=60),
    )
)
def test_any_file_at_all_is_an_error_of_the_record(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / "evidence").mkdir(exist_ok=True)
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    (tmp_path / "evidence" / "dataset.yaml").write_bytes(raw)
    with pytest.raises(RecordError) as raised:
        load_dataset(tmp_path)
    assert str(raised.value)


# --- an ontology with mistakes ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('skos:notation "VOMITING"', 'skos:notation "AE"', "a notation of its own"),
        ("skos:broader endpoint:NAUSEA", "skos:broader endpoint:QUEASY", "that exists"),
        ("skos:broader endpoint:AE", "skos:broader endpoint:VOMITING", "no circle"),
        ('skos:prefLabel "vomiting"@en ;', "skos:prefLabel vomiting ;", "valid Turtle"),
    ],
)
def test_a_mistake_in_the_ontology(example_root: Path, old: str, new: str, expected: str) -> None:
    edit(example_root, "ontology/endpoints.ttl", old, new)
    assert expected in problems(example_root)[0].expected


def test_every_broken_file_of_the_ontology_is_named(example_root: Path) -> None:
    for name in ("drugs", "units"):
        (example_root / "ontology" / f"{name}.ttl").write_bytes(b"a b \xff")
    found = {Path(p.file).name for p in problems(example_root)}
    assert found == {"drugs.ttl", "units.ttl"}


@pytest.mark.parametrize("base", ["no-iri", "https://example.org/no-slash", "file:///etc/"])
def test_a_base_that_is_no_base(example_root: Path, base: str) -> None:
    edit(example_root, "evidence/dataset.yaml", "https://example.org/headache/", base)
    assert [p.field for p in problems(example_root)] == ["base"]


def test_a_folder_that_is_no_evidence_base(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match=r"dataset\.yaml"):
        KnowledgeBase(tmp_path)


# --- what is no mistake, and what is shown harmlessly ----------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("values: {calmol: {value: 34, range: [15, 64]}}",
         "values: {calmol: {value: 99, range: [64, 15]}}"),
        ("values: {first-80: 80%}", "values: {first-80: 180%}"),
        ("values: {first-80: 80%}", "values: {first-80: 90/80 (5%)}"),
        ('{p: "=0.03"}', '{p: "=3"}'),
        ("{date: 2017-08}", "{from: 2018, to: 2016}"),
        ("phase: 3", 'phase: "3"'),
        ("phase: 3, ", ""),
    ],
)  # fmt: skip
def test_what_a_paper_prints_is_never_an_error(example_root: Path, old: str, new: str) -> None:
    edit(example_root, HALT, old, new)
    assert len(KnowledgeBase(example_root).claims(study="halt")) > 30


def test_a_whole_paragraph_is_no_print(example_root: Path) -> None:
    sentence = " ".join(["word"] * 25)
    edit(example_root, HALT, "printed: 63% were free of pain", f"printed: {sentence}")
    (problem,) = problems(example_root)
    assert problem.field == "reports.4.claims.0.printed"
    assert "at most 24 words" in problem.expected
    edit(example_root, HALT, sentence, sentence * 3)
    assert "at most 200 characters" in problems(example_root)[0].expected


HOSTILE = '<script>alert(1)</script> & "quotes" \\ {{ 7*7 }} ${x} \' ; ‹é›'


def test_markup_in_a_label_is_shown_harmlessly(example_root: Path) -> None:
    quoted = HOSTILE.replace("'", "''")
    edit(example_root, HALT, "label: calmol arm, role", f"label: '{quoted}', role")
    base = KnowledgeBase(example_root)
    groups = [g for g in base.evidence.groups if (g.study, g.id) == ("halt", "calmol")]
    assert groups[0].label == HOSTILE
    found = base.sparql(
        "SELECT ?s { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?label }", {"label": HOSTILE}
    )
    assert [row["s"] for row in found] == [base.iris.group("halt", "calmol")]
    assert HOSTILE in {found.group.label for found in base.claims(study="halt")}


@pytest.mark.parametrize("formula", ["=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", "-1+1", "=1+1"])
def test_a_formula_in_a_record_is_no_formula_in_a_table(example_root: Path, formula: str) -> None:
    quoted = formula.replace("'", "''")
    edit(example_root, HALT, "printed: 63% were free of pain", f"printed: '{quoted} 63%'")
    table = claims_csv(KnowledgeBase(example_root))
    assert f"'{formula}" in table
    assert not re.search(rf'(?:^|,)"?{re.escape(formula)}', table, re.MULTILINE)


def test_names_that_differ_in_signs_only_are_refused_and_letters_of_any_script_are_not(
    example_root: Path,
) -> None:
    line = "      - {endpoint: PAIN_FREE, printed: 63% were free of pain, values: {calmol: 63%}}\n"
    both = "".join(line.replace("{endpoint", f"{{category: {c}, endpoint") for c in ("a b", "a/b"))
    path = edit(example_root, HALT, line, both)
    (problem,) = problems(example_root)
    assert (problem.file, problem.found) == (str(path), "PAIN_FREE, a/b, percentage, calmol")
    path.write_text(path.read_text("utf-8").replace("a b", "ж").replace("a/b", "ü"), "utf-8")
    assert len({c.measure for c in KnowledgeBase(example_root).evidence.claims}) > 1


def test_nothing_to_check_against_is_said(tmp_path: Path, example_root: Path) -> None:
    from kb.coverage import measure_coverage

    base = KnowledgeBase(example_root)
    with pytest.raises(UnavailableError, match="no text of any source"):
        measure_coverage(base.records, base.evidence, tmp_path)
