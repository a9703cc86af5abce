"""The codes of other terminologies: what a table may hold, and what the error must name."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.example_base import problems

from kb.records.codes import Code
from kb.records.load import load_records

HEAD = "# curie_map:\n#   CHEBI: http://purl.obolibrary.org/obo/CHEBI_\n"
COLUMNS = "subject_id\tpredicate_id\tobject_id\tobject_label\n"
ROW = "drug:calmol\tskos:exactMatch\tCHEBI:7\tcalmol\n"
GOOD = HEAD + COLUMNS + ROW


def write(root: Path, content: str | bytes) -> Path:
    path = root / "ontology" / "mappings.sssom.tsv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("content", [GOOD, GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD])
def test_codes_of_concepts_are_read(example_root: Path, content: str) -> None:
    write(example_root, content)
    address = "http://purl.obolibrary.org/obo/CHEBI_7"
    code = Code("drug:calmol", "exact", "CHEBI:7", "calmol", address)
    assert load_records(example_root).codes == {"drug:calmol": [code]}


def test_a_table_may_be_missing_or_have_no_rows(example_root: Path) -> None:
    assert load_records(example_root).codes == {}
    write(example_root, HEAD + COLUMNS)
    assert load_records(example_root).codes == {}


SSSOM = "#   sssom: https://w3id.org/sssom/\n"
NONE = "drug:seltiran\tskos:exactMatch\tsssom:NoTermFound\t\n"


def test_a_concept_for_which_no_code_was_found_has_none(example_root: Path) -> None:
    write(example_root, HEAD + SSSOM + COLUMNS + ROW + NONE)
    codes = load_records(example_root).codes
    assert [len(codes[name]) for name in ("drug:calmol", "drug:seltiran")] == [1, 0]


@pytest.mark.parametrize("rows", [ROW + NONE, NONE + ROW])
def test_a_concept_has_codes_or_none(example_root: Path, rows: str) -> None:
    write(example_root, HEAD + SSSOM + COLUMNS + rows.replace("seltiran", "calmol"))
    (found,) = problems(example_root)
    assert (found.line, found.field) == (6, "object_id")
    assert "either codes of drug:calmol, or sssom:NoTermFound" in found.expected


WRONG = {
    "nothing": ("", 1, "a mapping"),
    "no head": (COLUMNS + ROW, 1, "a mapping"),
    "no prefixes": ("# license: x\n" + COLUMNS + ROW, 1, "the IRI of each prefix"),
    "prefixes in a list": ("# curie_map: [CHEBI]\n" + COLUMNS + ROW, 1, "the IRI of each prefix"),
    "a prefix of a script": (GOOD.replace("http://", "javascript:"), 2, "http:// or https://"),
    "a prefix without an IRI": (GOOD.replace("http://purl.obolibrary.org/obo/CHEBI_", ""), 2,
        "http:// or https://"),
    "a prefix that is no host": (GOOD.replace("purl.obolibrary.org", "[x"), 2, "http://"),
    "a head that is not YAML": ("# a: b: c\n" + GOOD, 1, "valid YAML"),
    "a head of aliases": ("# a: &a [*a]\n" + GOOD, 1, "levels of nesting"),
    "no columns": (HEAD, 0, "the names of the columns"),
    "a column missing": (GOOD.replace("object_id", "objectid"), 3, "one column"),
    "a column twice": (GOOD.replace("object_label", "object_id"), 3, "one column"),
    "too few cells": (GOOD + "drug:calmol\n", 5, "4 cells"),
    "too many cells": (GOOD + ROW.replace("\n", "\t\n"), 5, "4 cells"),
    "an empty line": (GOOD + "\n" + ROW, 5, "4 cells"),
    "an unknown concept": (GOOD.replace("drug:calmol", "drug:calmoll"), 4, "a concept"),
    "an unknown relation": (GOOD.replace("exactMatch", "exactmatch"), 4, "skos:exactMatch"),
    "an unknown prefix": (GOOD.replace("CHEBI:7", "CHEBBI:7"), 4, "a prefix of the curie_map"),
    "no code": (GOOD.replace("CHEBI:7", "CHEBI:"), 4, "a prefix of the curie_map"),
    "a mark of direction": (GOOD.replace("\tcalmol", "\t\u202ecalmol"), 4, "control characters"),
    "NUL": (GOOD.replace("\tcalmol", "\t\x00"), 4, "control characters"),
    "not UTF-8": (b"\xff\xfe", 0, "UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_table_with_a_mistake_is_refused(example_root: Path, name: str) -> None:
    content, line, expected = WRONG[name]
    path = write(example_root, content)
    (found,) = problems(example_root)
    assert (found.file, found.line) == (str(path), line)
    assert expected in found.expected


def test_the_nearest_concept_and_prefix_are_suggested(example_root: Path) -> None:
    write(example_root, GOOD.replace("drug:calmol", "drug:calmoll").replace("CHEBI:7", "CHEB:7"))
    assert {one.nearest for one in problems(example_root)} == {"drug:calmol", "CHEBI"}


def test_a_folder_or_a_link_elsewhere_is_not_read(example_root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.tsv"
    outside.write_text(GOOD, encoding="utf-8")
    path = example_root / "ontology" / "mappings.sssom.tsv"
    path.symlink_to(outside)
    assert "a file inside" in problems(example_root)[0].expected
    path.unlink()
    path.mkdir()
    assert problems(example_root)[0].expected == "a plain file"
