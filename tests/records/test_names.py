"""Names of records become addresses of pages: those that cannot are refused when they are read."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from support.example_base import edit

from kb import RecordError
from kb.errors import Problem
from kb.records.integrity import MAX_DEPTH
from kb.records.load import load_dataset, load_records

HALT = "evidence/studies/halt.yaml"


def problems(root: Path) -> tuple[Problem, ...]:
    with pytest.raises(RecordError) as raised:
        load_records(root)
    return raised.value.problems


@pytest.mark.parametrize("folder", ["studies", "sources"])
def test_a_record_is_not_called_index(example_root: Path, folder: str) -> None:
    path = next((example_root / "evidence" / folder).glob("*.yaml"))
    text = path.read_text("utf-8").replace(f"id: {path.stem}\n", "id: index\n")
    path.with_stem("index").write_text(text, "utf-8")
    assert any("an id that is not the name of a file" in p.expected for p in problems(example_root))


def test_a_publication_is_not_called_index(example_root: Path) -> None:
    path = example_root / "evidence" / "publications.yaml"
    path.write_text(path.read_text("utf-8").replace("halt-2020:", "index:"), "utf-8")
    assert any("an id that is not the name of a file" in p.expected for p in problems(example_root))


@pytest.mark.parametrize(
    "old",
    [
        "study/.",
        "study/..",
        "study/index",
        "study/index.html",
        "study/halt.ttl",
        "study/a.csv",
        "data/search.json.gz",
        "sitemap/a",
        "assets/a",
        "stdy/a",
        "study/halt",
    ],
)
def test_a_former_address_replaces_no_file(example_root: Path, old: str) -> None:
    path = example_root / "evidence" / "formerly.yaml"
    path.write_text(f"formerly: {{{old}: study/halt}}\n", "utf-8")
    (problem,) = problems(example_root)
    assert (problem.file, problem.line) == (str(path), 1)


@pytest.mark.parametrize("new", ["study/index", "study/.", "study/old", "about", "study/halt.ttl"])
def test_a_former_address_leads_to_a_page(example_root: Path, new: str) -> None:
    path = example_root / "evidence" / "formerly.yaml"
    path.write_text(f"formerly: {{study/old: {new}}}\n", "utf-8")
    assert len(problems(example_root)) == 1


def test_a_former_address_may_be_that_of_any_page(example_root: Path) -> None:
    path = example_root / "evidence" / "formerly.yaml"
    path.write_text("formerly: {study/old: study/halt, endpoint/OLD.1: endpoint/AE}\n", "utf-8")
    assert len(load_records(example_root).formerly) == 2


BASES = {
    "https://example.org/": True,
    "http://localhost:8000/": True,
    "http://127.0.0.1/a/b~c/": True,
    "https://xn--e1afmkfd.example/": True,
    "http://é/": False,
    "http://-a.org/": False,
    "http://a..org/": False,
    "http://a.org:99999/": False,
    "http://a.org:/": False,
    "http://a.org": False,
    "http://a.org/../": False,
    "http://a.org/é/": False,
    "http://user@a.org/": False,
    "http://a.org/?a/": False,
    "http://[::1]/": False,
    "ftp://a.org/": False,
    f"http://{'a' * 64}.org/": False,
    f"http://{'a.' * 150}org/": False,
}


@pytest.mark.parametrize(("base", "accepted"), BASES.items())
def test_the_base_is_an_address_that_every_program_reads(
    example_root: Path, base: str, accepted: bool
) -> None:
    edit(example_root, "evidence/dataset.yaml", "https://example.org/headache/", f"'{base}'")
    if accepted:
        assert load_dataset(example_root).base == base
        return
    with pytest.raises(RecordError) as raised:
        load_dataset(example_root)
    (problem,) = raised.value.problems
    assert problem.field == "base"
    assert "the base of all IRIs" in problem.expected


@pytest.mark.parametrize("by", ["within", "name"])
def test_groups_are_within_each_other_up_to_a_limit(example_root: Path, by: str) -> None:
    path = example_root / HALT
    text = path.read_text("utf-8")

    def write(depth: int) -> None:
        names = ["g0" if by == "within" else "g"]
        lines = [f"  {names[0]}: {{label: a}}\n"]
        for number in range(1, depth):
            names.append(f"g{number}" if by == "within" else f"{names[-1]}.g")
            within = f", within: {names[-2]}" if by == "within" else ""
            lines.append(f"  {names[-1]}: {{label: a{within}}}\n")
        path.write_text(text.replace("groups:\n", f"groups:\n{''.join(lines)}"), "utf-8")

    write(MAX_DEPTH)
    assert load_records(example_root)
    write(MAX_DEPTH + 1)
    (problem,) = problems(example_root)
    assert problem.expected == f"at most {MAX_DEPTH} groups within each other"
    assert problem.line > 1
    if by == "within":
        write(2_000)
        assert len(problems(example_root)) == 2_000 - MAX_DEPTH


def test_a_mark_of_byte_order_is_read_at_the_start_and_nowhere_else(example_root: Path) -> None:
    for file in (HALT, "evidence/dataset.yaml", "ontology/endpoints.ttl"):
        path = example_root / file
        path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())
    assert load_records(example_root)
    edit(example_root, HALT, "title: ", "title: a\ufeff")
    (problem,) = problems(example_root)
    assert problem.expected == "one line of text without control characters"


@pytest.mark.parametrize("character", ["\ufffe", "\uffff", "\u0085", "\u202e", "\u2066"])
def test_a_name_has_no_invisible_character(example_root: Path, character: str) -> None:
    escape = f"\\u{ord(character):04X}"
    edit(example_root, HALT, "title: ", f'title: "a{escape}" #')
    assert any("control characters" in problem.expected for problem in problems(example_root))
