"""Mistakes in records: each is reported clearly, all of a run at once, and nothing changes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.example_base import edit, problems
from support.record_mistakes import MISTAKES, Mistake

from kb import KnowledgeBase, RecordError
from kb.errors import UnavailableError
from kb.site.build import claims_csv

HALT = "evidence/studies/halt.yaml"
REVIEW = "evidence/sources/headache-review.yaml"
EASE = "evidence/studies/ease.yaml"


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


# --- one mistake in a record -----------------------------------------------------------------


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: f"{m.field}: {m.new[:40]!r}")
def test_a_mistake_is_reported_with_its_place_and_the_nearest_word(
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


def test_the_line_of_a_mistake_is_reported(example_root: Path) -> None:
    path = edit(example_root, HALT, "values: {first-80: 80%}", "values: {first-8: 80%}")
    (problem,) = problems(example_root)
    assert problem.line == line_of(path, "first-8: 80%")
    assert str(problem) == (
        f"{path}:{problem.line}: reports.2.claims.3.values.first-8: found 'first-8', "
        "expected a group of this study; did you mean 'first-80'?"
    )


LABEL = "Adverse event"


def test_another_name_of_a_word_leads_to_it(example_root: Path) -> None:
    edit(
        example_root,
        HALT,
        "endpoint: SAMPLE_SIZE, printed: In",
        f'endpoint: "{LABEL}", printed: In',
    )
    (problem, *_) = problems(example_root)
    assert (problem.found, problem.nearest) == (LABEL, "AE")


def test_a_print_that_is_too_long_may_be_shortened(example_root: Path) -> None:
    edit(example_root, HALT, "printed: In 120 adults", f"printed: In 120 adults{' of' * 70}")
    (problem, *_) = problems(example_root)
    assert problem.expected == "at most 200 characters, not 223; … may stand for words left out"


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
def test_a_mistake_in_a_source_is_reported(
    example_root: Path, old: str, new: str, field: str, expected: str
) -> None:
    path = edit(example_root, REVIEW, old, new)
    shown = [p for p in problems(example_root) if p.file == str(path)]
    assert any(p.field.startswith(field) and expected in p.expected for p in shown), shown
    assert all(p.line for p in shown)


def test_all_mistakes_of_a_run_are_reported_at_once(example_root: Path) -> None:
    """They are in several files of several kinds, and the publications cannot be read."""
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
    # Ids that an invalid file would have defined are not reported as missing as well.
    assert not [p for p in found if p.expected in ("the id of a publication", "the id of a study")]


def test_a_file_with_a_wrong_id_has_its_other_mistakes_reported(
    example_root: Path,
) -> None:
    edit(example_root, HALT, "id: halt\n", "id: hallt\n")
    edit(example_root, HALT, "favours: calmol", "favours: calmool")
    found = [p for p in problems(example_root) if p.file.endswith("/halt.yaml")]
    assert {p.found for p in found} == {"hallt", "calmool"}


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
def test_a_mistake_in_the_ontology_is_reported(
    example_root: Path, old: str, new: str, expected: str
) -> None:
    edit(example_root, "ontology/endpoints.ttl", old, new)
    assert expected in problems(example_root)[0].expected


def test_every_invalid_file_of_the_ontology_is_reported(example_root: Path) -> None:
    for name in ("drugs", "units"):
        (example_root / "ontology" / f"{name}.ttl").write_bytes(b"a b \xff")
    found = {Path(p.file).name for p in problems(example_root)}
    assert found == {"drugs.ttl", "units.ttl"}


@pytest.mark.parametrize("base", ["no-iri", "https://example.org/no-slash", "file:///etc/"])
def test_an_invalid_base_iri_is_refused(example_root: Path, base: str) -> None:
    edit(example_root, "evidence/dataset.yaml", "https://example.org/headache/", base)
    assert [p.field for p in problems(example_root)] == ["base"]


def test_a_folder_without_an_evidence_base_is_refused(tmp_path: Path) -> None:
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
def test_an_implausible_figure_is_not_a_loading_error(
    example_root: Path, old: str, new: str
) -> None:
    edit(example_root, HALT, old, new)
    assert len(KnowledgeBase(example_root).claims(study="halt")) > 30


def test_a_paragraph_is_refused_as_printed_text(example_root: Path) -> None:
    sentence = " ".join(["word"] * 25)
    edit(example_root, HALT, "printed: 63% were free of pain", f"printed: {sentence}")
    (problem,) = problems(example_root)
    assert problem.field == "reports.4.claims.0.printed"
    assert "at most 24 words" in problem.expected
    edit(example_root, HALT, sentence, sentence * 3)
    assert "at most 200 characters" in problems(example_root)[0].expected


HOSTILE = '<script>alert(1)</script> & "quotes" \\ {{ 7*7 }} ${x} \' ; ‹é›'


def test_markup_in_a_label_is_escaped(example_root: Path) -> None:
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
def test_a_formula_in_a_record_is_escaped_in_csv(example_root: Path, formula: str) -> None:
    quoted = formula.replace("'", "''")
    edit(example_root, HALT, "printed: 63% were free of pain", f"printed: '{quoted} 63%'")
    table = claims_csv(KnowledgeBase(example_root))
    assert f"'{formula}" in table
    assert not re.search(rf'(?:^|,)"?{re.escape(formula)}', table, re.MULTILINE)


def test_names_must_differ_in_letters_or_digits_of_any_script(
    example_root: Path,
) -> None:
    line = "      - {endpoint: PAIN_FREE, printed: 63% were free of pain, values: {calmol: 63%}}\n"
    both = "".join(line.replace("{endpoint", f"{{category: {c}, endpoint") for c in ("a b", "a/b"))
    path = edit(example_root, HALT, line, both)
    (problem,) = problems(example_root)
    assert (problem.file, problem.found) == (str(path), "PAIN_FREE, a/b, frequency, calmol")
    path.write_text(path.read_text("utf-8").replace("a b", "ж").replace("a/b", "ü"), "utf-8")
    assert len({c.measure for c in KnowledgeBase(example_root).evidence.claims}) > 1


def test_coverage_without_any_text_is_unavailable(tmp_path: Path, example_root: Path) -> None:
    from kb.sources.coverage import measure_coverage

    base = KnowledgeBase(example_root)
    with pytest.raises(UnavailableError, match="no text of any source"):
        measure_coverage(base.records, base.evidence, tmp_path)


def test_a_publication_may_have_a_long_title(example_root: Path) -> None:
    """Longer than any other line, and still not without end."""
    titled = "year: 2020\n    title: "
    edit(example_root, "evidence/publications.yaml", "year: 2020", titled + "T" * 280)
    assert KnowledgeBase(example_root).claims()
    edit(example_root, "evidence/publications.yaml", "T" * 280, "T" * 401)
    (problem,) = problems(example_root)
    assert "at most 400 characters" in problem.expected
