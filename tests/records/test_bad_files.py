"""Broken, hostile and misplaced files: each is refused clearly, and nothing changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.example_base import TEXTS, problems

from kb import KnowledgeBase, Problem, RecordError
from kb.records.load import load_dataset, load_records
from kb.records.ontology import MAX_DEPTH
from kb.records.yaml import MAX_BYTES
from kb.sources.text import TextError

HALT = "evidence/studies/halt.yaml"


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
    "two colons": (b"id: halt\nname: a: b\n", "a text that has a colon and a space in quotes", 2),
    "an at-sign": (b"id: halt\nname: @x\n", "a text that begins with @", 2),
    "a quote that is not closed": (b"id: halt\nname: 'x\n", "a quote or a bracket", 3),
    "a tab": (b"id: halt\n\tname: HALT\n", "valid YAML", 2),
    "two documents": (b"id: halt\n---\nid: ease\n", "valid YAML", 0),
    "a key twice": (b"id: halt\nname: a\nname: b\n", "each key once", 3),
    "a key twice, deep": (b"id: halt\ngroups:\n  a: {label: a}\n  a: {label: b}\n", "once", 4),
    "a key that is a list": (b"id: halt\n[a]: b\n", "valid YAML", 0),
    "a tag": (b"id: halt\nname: !!python/object:os.system x\n", "a plain value", 2),
    "a tag of its own": (b"!study\nid: halt\n", "a plain value", 1),
    "a number in hexadecimal": (b"id: halt\nname: 0x1F\n", 'in quotes: "0x1F"', 2),
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
    "not UTF-8": (b"id: halt\nname: H\xe4LT\n", "a readable UTF-8 file", 0),
    "UTF-16": ("id: halt\n".encode("utf-16"), "a readable UTF-8 file", 0),
    "NUL": (b"id: halt\nname: H\x00LT\n", "valid YAML", 0),
    "a control character": (b"id: halt\nname: H\x07LT\n", "valid YAML", 0),
    "a number without end": (b"id: halt\nname: -" + b"9" * 30, "fewer digits", 2),
    "a byte order mark and nothing": (b"\xef\xbb\xbf", "a mapping", 1),
    "a lone surrogate": (b'id: halt\nname: "\\ud800"\n', "valid YAML", 2),
    "50 MB": (b"#" * 50_000_000, f"at most {MAX_BYTES:,} bytes", 0),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_not_a_record_is_refused(example_root: Path, name: str) -> None:
    data, expected, line = FILES[name]
    path = example_root / HALT
    path.write_bytes(data)
    found = [p for p in problems(example_root) if p.file == str(path)]
    assert len(found) == 1
    assert expected in found[0].expected
    if line:
        assert found[0].line == line


def test_a_special_file_or_a_link_elsewhere_is_refused(example_root: Path, tmp_path: Path) -> None:
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
    messages = {Path(p.file).name: p.expected for p in raised.value.problems}
    assert "a file inside" in messages["link.yaml"]
    assert "a readable" in messages["circle.yaml"]
    assert "a readable" in messages["broken.yaml"]
    assert messages["folder.yaml"] == messages["pipe.yaml"] == "a plain file"
    assert messages["other.yml"] == "a name in .yaml"
    assert outside.read_text(encoding="utf-8") == "id: outside\n"


@pytest.mark.parametrize("kind", ["pipe", "folder", "device", "circle", "link", "large"])
def test_a_special_file_or_a_link_elsewhere_in_the_ontology_is_refused(
    example_root: Path, tmp_path: Path, kind: str
) -> None:
    path = example_root / "ontology" / "odd.ttl"
    outside = tmp_path / "outside.ttl"
    outside.write_text("", encoding="utf-8")
    {
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "device": lambda: path.symlink_to("/dev/zero"),
        "circle": lambda: path.symlink_to(path),
        "link": lambda: path.symlink_to(outside),
        "large": lambda: path.write_bytes(b"#" * 6_000_000),
    }[kind]()
    (found,) = problems_of_folder(example_root)
    assert found.file == str(path)
    assert any(word in found.expected for word in ("plain file", "inside", "readable", "bytes"))


def problems_of_folder(root: Path) -> tuple[Problem, ...]:
    """Return the problems of a folder with files that cannot be read."""
    with pytest.raises(RecordError) as raised:
        load_records(root)
    return raised.value.problems


def hierarchy(root: Path, broader: Callable[[int], Sequence[int]], size: int) -> KnowledgeBase:
    """Return an evidence base with more events, which are below each other."""
    lines = ["@prefix skos: <http://www.w3.org/2004/02/skos/core#> ."]
    for number in range(size):
        above = "".join(f" ; skos:broader <event/{wider}>" for wider in broader(number))
        lines.append(f'<event/{number}> skos:notation "{number}"{above} .')
    (root / "ontology" / "odd.ttl").write_text("\n".join(lines), encoding="utf-8")
    return KnowledgeBase(root)


def test_a_deep_hierarchy_is_read_up_to_a_limit(example_root: Path) -> None:
    base = hierarchy(example_root, lambda number: [number - 1] if number else [], MAX_DEPTH)
    assert len(base.vocabulary.narrower("event", "0")) == MAX_DEPTH
    with pytest.raises(RecordError, match=f"at most {MAX_DEPTH} levels of skos:broader"):
        hierarchy(example_root, lambda number: [number - 1] if number else [], MAX_DEPTH + 1)
    with pytest.raises(RecordError, match=f"at most {MAX_DEPTH} levels of skos:broader"):
        hierarchy(example_root, lambda number: [number - 1] if number else [], 20_000)


def test_a_hierarchy_with_very_many_paths_is_read(example_root: Path) -> None:
    """Each of 100 levels has two concepts below both of the level above: 2^100 paths."""
    base = hierarchy(example_root, lambda n: [n // 2 * 2 - 2, n // 2 * 2 - 1] if n > 1 else [], 200)
    assert base.vocabulary.inherited("event", "199", "isSomething") == ""
    assert base.vocabulary.inherited_links("event", "199", "isSomething") == ()


def test_a_circle_of_very_many_concepts_is_refused(example_root: Path) -> None:
    with pytest.raises(RecordError, match=r"no circle of skos:broader"):
        hierarchy(example_root, lambda number: [(number - 1) % 20_000], 20_000)


def test_a_record_may_not_name_a_text_outside_the_folder(
    example_root: Path, tmp_path: Path
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "headache-review.txt").symlink_to(TEXTS / "headache-review.txt")
    with pytest.raises(TextError, match="not within"):
        _ = KnowledgeBase(example_root, texts).verifications


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(max_size=80),
        st.text(alphabet="ab:-[]{}&*!|>%@`\"'#,? \n\t\\0", max_size=60),
        st.binary(max_size=60),
    )
)
def test_any_content_loads_or_is_a_record_error(tmp_path: Path, text: str | bytes) -> None:
    (tmp_path / "evidence").mkdir(exist_ok=True)
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    (tmp_path / "evidence" / "dataset.yaml").write_bytes(raw)
    with pytest.raises(RecordError) as raised:
        load_dataset(tmp_path)
    assert str(raised.value)
