"""``kb import``: files are recognised by their content, and what is not known is named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.command_line import kb
from support.example_base import content

from kb.records.load import load_records
from kb.records.shared_schema import PublicationRecord

NOT_RECOGNISED: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "blank": lambda path: path.write_bytes(b" \r\n\0"),
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 9),
    "a picture": lambda path: path.write_bytes(b"\x89PNG\r\n\x1a\n\0"),
    "words": lambda path: path.write_text("Kantarjian H. A paper. N Engl J Med 2017."),
    "other XML": lambda path: path.write_text("<article><front/></article>"),
    "other JSON": lambda path: path.write_text('{"a": 1}'),
    "a pipe": os.mkfifo,
    "an endless file": lambda path: path.symlink_to("/dev/zero"),
    "a link to nothing": lambda path: path.symlink_to("/nonexistent"),
}


@pytest.mark.parametrize("kind", NOT_RECOGNISED)
def test_a_file_of_another_kind_is_named_and_changes_nothing(
    example_root: Path, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "library.ris"
    NOT_RECOGNISED[kind](path)
    good = tmp_path / "good.ris"
    good.write_text("TY  - JOUR\nTI  - A paper of some length\nPY  - 2020\nJO  - Rev\nER  - \n")
    before = content(example_root)
    result = kb(example_root, "import", good, path)
    assert result.exit_code == 2
    assert str(path) in result.stderr
    assert "expected" in result.stderr
    assert content(example_root) == before


def test_it_needs_a_file(example_root: Path) -> None:
    assert kb(example_root, "import").exit_code == 2


# --- bibliographies ----------------------------------------------------------------------------

PUBLICATIONS = "evidence/publications.yaml"


def ris(title: str = "A paper of nothing at all", **fields: str) -> str:
    tags = {"TI": title, "JO": "Rev", "PY": "2020", **fields}
    return "TY  - JOUR\n" + "".join(f"{t}  - {v}\n" for t, v in tags.items()) + "ER  - \n"


def written(folder: Path, text: str, name: str = "a.ris") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def publications(root: Path) -> dict[str, PublicationRecord]:
    return dict(load_records(root).publications)


def lines_are_kept(before: bytes, after: bytes) -> bool:
    """Whether all lines are still there, in their order."""
    remaining = iter(after.splitlines(keepends=True))
    return all(line in remaining for line in before.splitlines(keepends=True))


def test_entries_become_publications_and_no_line_changes(
    example_root: Path, tmp_path: Path
) -> None:
    path = example_root / PUBLICATIONS
    path.write_bytes(path.read_bytes() + b"  # the last comment\n")
    before, known = path.read_bytes(), set(publications(example_root))
    file = written(tmp_path, ris(AU="Aaa, B", VL="7", DO="10.1000/a") + ris("Another", AU="Zz, C"))
    result = kb(example_root, "import", file)
    assert result.exit_code == 0, result.output
    assert f"{file}:1: new: aaa-2020" in result.output
    assert "2 entries: 2 new" in result.output
    assert lines_are_kept(before, path.read_bytes())
    records = publications(example_root)
    assert set(records) - known == {"aaa-2020", "zz-2020"}
    assert records["aaa-2020"].cited == "Aaa B. Rev 2020;7"
    assert kb(example_root, "check").exit_code in {0, 1}


def test_importing_again_adds_nothing(example_root: Path, tmp_path: Path) -> None:
    texts = [ris(AU="Low, B"), ris("Short", AU="Low, B"), ris("Short"), ris("Page", JO="", PY="")]
    file = written(tmp_path, "".join(texts))
    assert "4 new" in kb(example_root, "import", file).output
    before = content(example_root)
    result = kb(example_root, "import", file)
    assert result.exit_code == 0
    assert "4 entries: 4 known" in result.output
    assert content(example_root) == before


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"DO": "10.1000/A"}, {"DO": "https://doi.org/10.1000/a"}),
        ({"C2": "PMC7"}, {"C2": "PMC7"}),
        ({"N1": "PMID: 7"}, {"AN": "7", "DB": "PubMed"}),
        ({"TI": "A trial of caf\u00e9s, again"}, {"TI": "A Trial of Cafe\u0301s: Again."}),
        ({"TI": "", "VL": "3", "SP": "7", "EP": "9"}, {"TI": "", "VL": "3", "SP": "7-9"}),
    ],
)
def test_two_entries_of_one_publication_are_one(
    example_root: Path, tmp_path: Path, first: dict[str, str], second: dict[str, str]
) -> None:
    one = ris(**{"TI": "Some title of the first", **first})
    two = ris(**{"TI": "Quite another title here", **second, "IS": "4"})
    count = len(publications(example_root))
    result = kb(example_root, "import", written(tmp_path, one + two))
    assert "2 entries: 1 new, 1 repeated" in result.output
    records = publications(example_root)
    assert len(records) == count + 1
    assert [one.issue for one in records.values() if one.journal == "Rev"] == ["4"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"DO": "10.1000/a"}, {"DO": "10.1000/b"}),
        ({"N1": "PMID: 7"}, {"N1": "PMID: 8"}),
        ({"VL": "130", "SP": "2598"}, {"VL": "17", "SP": "897"}),
        ({"PY": "2019"}, {"PY": "2020"}),
    ],
)
def test_a_preprint_an_abstract_and_the_paper_are_three(
    example_root: Path, tmp_path: Path, first: dict[str, str], second: dict[str, str]
) -> None:
    result = kb(example_root, "import", written(tmp_path, ris(**first) + ris(**second)))
    assert "2 entries: 2 new" in result.output


def test_an_entry_with_the_numbers_of_two_publications_is_named(
    example_root: Path, tmp_path: Path
) -> None:
    texts = [ris("First of two papers", DO="10.1000/a"), ris("Second of two papers", C2="PMC7")]
    file = written(tmp_path, "".join(texts) + ris("Both of them", DO="10.1000/a", C2="PMC7"))
    result = kb(example_root, "import", file)
    assert result.exit_code == 2
    assert "the DOI of first-two-2020 and the PMCID of second-two-2020" in result.stderr
    assert "2 entries: 2 new" in result.output


def test_what_is_known_already_is_shown_and_filled_in_only_if_asked(
    example_root: Path, tmp_path: Path
) -> None:
    path = example_root / PUBLICATIONS
    text = path.read_text(encoding="utf-8")
    added = (
        "  zz-2020:\n    authors: Zz B\n    # a comment on the journal\n    journal: Rev\n"
        '    year: 2020   # and one on the year\n    pmid: "77"\n    type: journal-article\n'
    )
    path.write_text(text + added, encoding="utf-8")
    before = path.read_bytes()
    entry = ris("A title", AU="Zz, B", N1="PMID: 77", VL="3", PY="2021", DO="10.1000/z")
    file = written(tmp_path, entry.replace("A title", "RETRACTED: A title"))
    result = kb(example_root, "import", file)
    assert result.exit_code == 0
    for line in (
        "known: zz-2020 (PMID)",
        "  not there: volume: 3",
        "  not there: doi: 10.1000/z",
        "  not there: standing: retracted",
        "  differs: year: 2020 there, 2021 here",
    ):
        assert line in result.output
    assert path.read_bytes() == before
    result = kb(example_root, "import", file, "--fill")
    assert "  added: volume: 3" in result.output
    assert "1 completed" in result.output
    after = path.read_bytes()
    assert lines_are_kept(before, after)
    lines = after.decode().splitlines()
    at = lines.index("    # a comment on the journal")
    assert lines[at - 1] == '    title: "RETRACTED: A title"'
    record = publications(example_root)["zz-2020"]
    assert (record.year, record.volume, record.doi) == (2020, "3", "10.1000/z")
    assert record.standing is not None
    assert record.standing.kind == "retracted"
    again = kb(example_root, "import", file, "--fill")
    assert "completed" not in again.output
    assert path.read_bytes() == after


@pytest.mark.parametrize(
    "entry",
    [
        "  zz-2020: {authors: Zz B, journal: Rev, year: 2020, pmid: '77', type: review}\n",
        '  "zz-2020":\n    journal: Rev\n    year: 2020\n    pmid: "77"\n    type: review\n',
        '  zz-2020:\n      journal: Rev\n      year: 2020\n      pmid: "77"\n      type: review\n',
    ],
)
def test_another_layout_is_left_alone(example_root: Path, tmp_path: Path, entry: str) -> None:
    path = example_root / PUBLICATIONS
    path.write_text(path.read_text(encoding="utf-8") + entry, encoding="utf-8")
    before = path.read_bytes()
    file = written(tmp_path, ris(N1="PMID: 77", VL="3"))
    result = kb(example_root, "import", file, "--fill")
    assert result.exit_code == 2
    assert "publications.yaml: expected each" in result.stderr
    assert path.read_bytes() == before


def test_the_line_ends_of_the_file_stay(example_root: Path, tmp_path: Path) -> None:
    path = example_root / PUBLICATIONS
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    before = path.read_bytes()
    assert kb(example_root, "import", written(tmp_path, ris(AU="Mm, B"))).exit_code == 0
    assert lines_are_kept(before, path.read_bytes())


def test_the_rest_is_imported_when_an_entry_is_broken(example_root: Path, tmp_path: Path) -> None:
    bad = written(tmp_path, ris(AU="Mm, B") + "TY  - JOUR\nER  - \n" + ris("Other", DO="n/a"))
    bib = written(tmp_path, "@article{a, title={x\n@article{b, title={A book of y}}", "b.txt")
    result = kb(example_root, "import", bad, bib)
    assert result.exit_code == 2
    assert "3 entries: 3 new" in result.output
    assert f"{bad}:7: title: expected a title, or journal and year" in result.stderr
    assert f"{bad}:9: doi: found 'n/a', expected a DOI" in result.stderr
    assert f"{bib}:1: expected an entry of BibTeX" in result.stderr


def test_a_file_that_would_be_too_large_is_not_written(
    example_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.cli.import_bibliography.MAX_PUBLICATIONS_BYTES", 20_000)
    before = content(example_root)
    many = "".join(ris(f"A title of paper number {i}", VL=str(i)) for i in range(300))
    result = kb(example_root, "import", written(tmp_path, many))
    assert result.exit_code == 2
    assert "with 300 new publications it has" in result.stderr
    assert content(example_root) == before


def test_folders_stand_for_their_files(example_root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    written(folder, ris(AU="Mm, B"))
    written(folder, "notes", ".hidden")
    result = kb(example_root, "import", folder, folder / "a.ris")
    assert result.exit_code == 0
    assert "1 entry: 1 new" in result.output


def test_a_broken_base_is_not_written_to(example_root: Path, tmp_path: Path) -> None:
    path = example_root / PUBLICATIONS
    path.write_text(path.read_text(encoding="utf-8") + "  x: 7\n", encoding="utf-8")
    before = content(example_root)
    assert kb(example_root, "import", written(tmp_path, ris())).exit_code == 2
    assert content(example_root) == before
