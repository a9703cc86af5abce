"""A typo in the ontology is an error that names file, line and the nearest valid word."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.environment import ROOT
from support.example_base import edit

from kb import RecordError
from kb.errors import Problem
from kb.records.load import load_vocabulary
from kb.records.ontology import MAX_DEPTH

ENDPOINTS = "ontology/endpoints.ttl"
PREFIXES = """\
@prefix kb: <ontology#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


def found(root: Path) -> tuple[Problem, ...]:
    with pytest.raises(RecordError) as raised:
        load_vocabulary(root)
    return raised.value.problems


def added(root: Path, turtle: str) -> Path:
    path = root / "ontology" / "odd.ttl"
    path.write_text(PREFIXES + turtle, encoding="utf-8")
    return path


@pytest.mark.parametrize("root", [ROOT, None])
def test_the_ontologies_of_the_project_and_of_the_example_are_accepted(
    root: Path | None, example_root: Path
) -> None:
    assert load_vocabulary(root or example_root).schemes["endpoint"]


TYPOS = {
    "a value that is no number": ("kb:plausibleHigh 520", 'kb:plausibleHigh "52O"', "52O", ""),
    "a number in quotes": ("kb:plausibleHigh 520", 'kb:plausibleHigh "520"', "520", ""),
    "not a number": (
        "kb:plausibleHigh 520",
        'kb:plausibleHigh "NaN"^^<http://www.w3.org/2001/XMLSchema#double>',
        "NaN",
        "",
    ),
    "an endless number": ("kb:plausibleHigh 520", "kb:plausibleHigh 1e999", "1e999", ""),
    "a property": (
        "kb:plausibleHigh 520",
        "kb:plausibelHigh 520",
        "kb:plausibelHigh",
        "kb:plausibleHigh",
    ),
    "two bounds": ("kb:plausibleHigh 520", "kb:plausibleHigh 520, 521", "520", ""),
    "a word": ('kb:betterWhen "lower"', 'kb:betterWhen "lowr"', "lowr", "lower"),
    "a flag": ("kb:isTopic true", 'kb:isTopic "treu"', "treu", "true"),
    "a flag in quotes": ("kb:isTopic true", 'kb:isTopic "true"', "true", "true"),
    "a flag as a number": ("kb:isTopic true", "kb:isTopic 1", "1", ""),
    "a unit": ("unit:weeks", "unit:weks", "unit/weks", "unit/weeks"),
    "a concept of another class": ("unit:weeks", "endpoint:AE", "endpoint/AE", ""),
    "a text for a concept": ("unit:weeks", '"weeks"', "weeks", "unit/weeks"),
    "a concept": (
        "kb:countedAmong endpoint:RELIEF",
        "kb:countedAmong endpoint:RELEIF",
        "endpoint/RELEIF",
        "endpoint/RELIEF",
    ),
    "a broader concept": (
        "skos:broader endpoint:NAUSEA",
        "skos:broader endpoint:NAUSAE",
        "endpoint/NAUSAE",
        "endpoint/NAUSEA",
    ),
    "a notation": (
        'skos:notation "VOMITING"',
        'skos:notaton "VOMITING"',
        "skos:notaton",
        "notation",
    ),
    "a hierarchy": (
        "skos:broader endpoint:NAUSEA",
        "skos:broadr endpoint:NAUSEA",
        "skos:broadr",
        "broader",
    ),
}


@pytest.mark.parametrize(("old", "new", "word", "near"), TYPOS.values(), ids=TYPOS)
def test_a_typo_is_reported_with_its_line_and_the_nearest_word(
    example_root: Path, old: str, new: str, word: str, near: str
) -> None:
    path = example_root / ENDPOINTS
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    lines = path.read_text("utf-8").split("\n")
    written = next(n for n, line in enumerate(lines, 1) if new in line)
    problem = next(p for p in found(example_root) if p.found == word)
    assert (problem.file, problem.nearest) == (str(path), near)
    assert abs(problem.line - written) <= 1


def test_a_property_of_another_class_is_reported(example_root: Path) -> None:
    added(example_root, '<drug/a> a skos:Concept, kb:Drug ; skos:notation "a" ; kb:isTopic true .')
    (problem,) = found(example_root)
    assert problem.expected == "a subject of the class kb:Endpoint"
    assert problem.line == 4


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            '<endpoint/A> a skos:Concept, kb:Endpont ; skos:notation "A" .',
            "a class of the ontology",
        ),
        ('<endpont/A> a skos:Concept ; skos:notation "A" .', "a known scheme"),
        ('<assets/A> a skos:Concept ; skos:notation "A" .', "a known scheme"),
        ('<study/A> a skos:Concept ; skos:notation "A" .', "a known scheme"),
        ("<endpoint/A> a skos:Concept, kb:Endpoint .", "the notation of the concept"),
        ('<endpoint/A> skos:notation "A", "B" .', "one notation of a concept"),
        ('<endpoint/index> skos:notation "A" .', "not one of a file"),
        ('<endpoint/INDEX> skos:notation "A" .', "not one of a file"),
        ('<endpoint/index.html> skos:notation "A" .', "not one of a file"),
        ('<endpoint/README> skos:notation "A" .', "not one of a file"),
        ('<endpoint/AE.ttl> skos:notation "A" .', "not one of a file"),
        ('<endpoint/a/b> skos:inScheme <endpoint/> ; skos:notation "A" .', "not one of a file"),
        (f'<endpoint/{"a" * 300}> skos:notation "A" .', "a name of up to 100"),
        ('<endpoint/..> skos:inScheme <endpoint/> ; skos:notation "A" .', "name of up to 100"),
        ('<endpoint/%2e%2e> skos:notation "A" .', "a name of up to 100"),
        ('<endpoint/ae> skos:notation "ae" .', "more than capitals"),
        ('<endpoint/A> skos:notation "A" ; skos:prefLabel "a\\u0007b"@en .', "control characters"),
        ('<endpoint/A> skos:notation "A" ; skos:prefLabel "a\\uFFFEb"@en .', "control characters"),
        ('<endpoint/A> skos:notation "A\\u202E" .', "control characters"),
        ('<< <a> <b> <c> >> <d> "e" .', "an IRI, a literal or a list"),
        ("<a> <b> <<( <c> <d> <e> )>> .", "an IRI, a literal or a list"),
        ("_:a rdf:first 1 ; rdf:rest _:a .", "a list that does not lead back to itself"),
        ("_:a rdf:rest _:b . _:b rdf:rest _:a .", "a list that does not lead back to itself"),
        ("_:a <p> _:b . _:b <p> _:a .", "no blank node within itself"),
        ("<a> <b> " + "(" * 3000 + ")" * 3000 + " .", "levels of blank nodes"),
        ("<a> <b> " + "(1 " * 3000 + ")" * 3000 + " .", "levels of blank nodes"),
        ("<a> <b> " + "[ <c> " * 3000 + "1" + "]" * 3000 + " .", "levels of blank nodes"),
        (
            '<regimen/a> skos:notation "a" ; kb:part <regimen/b> .'
            '<regimen/b> skos:notation "b" ; kb:part <regimen/a> .',
            "no regimen that is part of itself",
        ),
    ],
)
def test_what_cannot_be_read_or_has_no_page_is_refused(
    example_root: Path, statement: str, expected: str
) -> None:
    path = added(example_root, statement)
    began = time.monotonic()
    problems = found(example_root)
    assert time.monotonic() - began < 5
    assert any(expected in problem.expected for problem in problems)
    assert {problem.file for problem in problems} == {str(path)}


@pytest.mark.parametrize(
    "statement",
    [
        '<endpoint/A.b-2> a skos:Concept, kb:Endpoint ; skos:notation "A" .',
        f'<endpoint/{"a" * 100}> skos:notation "A" .',
        "<a> <b> (" + "1 " * 5000 + ") .",
        "<a> <b> " + "(" * (MAX_DEPTH - 2) + ")" * (MAX_DEPTH - 2) + " .",
        '<endpoint/A> skos:notation "A" ; skos:definition """two\nlines"""@en .',
    ],
)
def test_what_is_unusual_but_right_is_accepted(example_root: Path, statement: str) -> None:
    added(example_root, statement)
    assert load_vocabulary(example_root)


def test_an_invalid_value_is_reported_in_the_file_of_its_line(example_root: Path) -> None:
    edit(example_root, ENDPOINTS, "kb:plausibleHigh 520", "kb:plausibleHigh -")
    assert found(example_root)[0].expected == "valid Turtle"
