"""``kb read``: from a file to a text, a draft record and publications, losing nothing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support.command_line import kb
from support.example_base import write_example
from support.jats_samples import article

META = (
    "<title-group><article-title>A trial</article-title></title-group><contrib-group><contrib "
    "contrib-type='author'><name><surname>Hay</surname><given-names>C</given-names></name>"
    "</contrib></contrib-group><pub-date pub-type='ppub'><year>2022</year></pub-date>"
    "<related-article related-article-type='correction-forward' ext-link-type='doi' "
    "xlink:href='10.1000/corrected'/><abstract><p>NCT01564784</p></abstract>"
)
BODY = (
    "<sec><title>Results</title><p>OS was 7.7 months.</p><table-wrap><label>Table 1</label>"
    "<table><tr><th>Age</th><th>n</th></tr><tr><td>34</td><td>57</td></tr></table></table-wrap>"
    "<table-wrap><label>Table 2</label><graphic/></table-wrap></sec>"
)
BACK = "<ref-list><ref><label>1</label><citation>A page of the web.</citation></ref></ref-list>"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    root = tmp_path / "base"
    write_example(root)
    return root


@pytest.fixture
def paper(tmp_path: Path) -> Path:
    path = tmp_path / "paper.xml"
    path.write_bytes(article(BODY, BACK, META))
    return path


def content(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_paper_is_read_into_a_base_that_still_checks(
    base: Path, paper: Path, tmp_path: Path
) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    before = (base / "evidence" / "publications.yaml").read_text(encoding="utf-8")
    result = kb(base, "read", paper, "--texts", texts)
    assert result.exit_code == 0, result.output
    for line in (
        "4 sections, 5 paragraphs, 0 figures",
        "Table 1: 2 rows x 2 columns",
        "1 reference: 0 known, 1 new",
        "registrations: NCT01564784",
        "related: correction-forward 10.1000/corrected",
        "unsure: Table 2: it is a picture: its cells were not read",
    ):
        assert line in result.output.splitlines()
    after = (base / "evidence" / "publications.yaml").read_text(encoding="utf-8")
    kept = iter(after.splitlines())
    assert all(line in kept for line in before.splitlines())
    assert "OS was 7.7 months." in (texts / "hay-2022.txt").read_text(encoding="utf-8")
    assert kb(base, "check").exit_code in {0, 1}


def test_a_file_without_a_sentence_writes_nothing(base: Path, tmp_path: Path) -> None:
    texts, path = tmp_path / "texts", tmp_path / "empty.xml"
    texts.mkdir()
    path.write_text("<article><body><sec><title/></sec></body></article>")
    before = content(tmp_path)
    result = kb(base, "read", path, "--texts", texts)
    assert result.exit_code == 2
    assert "no sentence, table or figure was found" in result.output
    assert content(tmp_path) == before
    path.write_text("<article><body><sec><p>OS was 7.</p></sec></body></article>")
    assert kb(base, "read", path, "--texts", texts).exit_code == 0


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<sec><title>S</title><p>7</p></sec>" * 40_000, "record"),
        ("<sec><title>S</title>" + f"<p>{'7 ' * 900}</p>" * 3_000 + "</sec>", "text"),
    ],
)
def test_what_no_command_could_load_is_not_written(
    base: Path, tmp_path: Path, body: str, what: str
) -> None:
    texts, path = tmp_path / "texts", tmp_path / "long.xml"
    texts.mkdir()
    path.write_text(f"<article><body>{body}</body></article>")
    before = content(tmp_path)
    result = kb(base, "read", path, "--texts", texts)
    assert result.exit_code == 2
    assert f"the {what} would have" in result.output
    assert content(tmp_path) == before


def test_two_papers_of_which_nothing_is_known_are_two(base: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for name in ("a", "b"):
        path = tmp_path / f"{name}.xml"
        path.write_text(f"<article><body><sec><p>OS was 7{name}.</p></sec></body></article>")
        assert kb(base, "read", path, "--texts", texts, "--id", f"paper-{name}").exit_code == 0
    record = (base / "evidence/sources/paper-b.yaml").read_text()
    assert "publication: paper-b" in record


def test_nothing_is_overwritten(base: Path, paper: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    assert kb(base, "read", paper, "--texts", texts, "--id", "hay-2022").exit_code == 0
    before = content(tmp_path)
    again = kb(base, "read", paper, "--texts", texts, "--id", "hay-2022")
    assert again.exit_code == 2
    assert "exists already" in again.stderr
    (base / "evidence" / "sources" / "hay-2022.yaml").rename(tmp_path / "kept.yaml")
    assert kb(base, "read", paper, "--texts", texts, "--id", "hay-2022").exit_code == 2
    (tmp_path / "kept.yaml").rename(base / "evidence" / "sources" / "hay-2022.yaml")
    assert content(tmp_path) == before


def test_texts_are_kept_out_of_git(base: Path, paper: Path, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    texts = repository / "texts"
    texts.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(repository)], check=True)  # noqa: S607
    refused = kb(base, "read", paper, "--texts", texts)
    assert refused.exit_code == 2
    assert "a git repository that does not ignore it" in refused.stderr
    assert not list(texts.iterdir())
    (repository / ".gitignore").write_text("texts/\n")
    assert kb(base, "read", paper, "--texts", texts).exit_code == 0


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [("no Slug", b"<article/>", "is not an id"), ("x", b"\x89PNG", "a picture")],
)
def test_bad_input_changes_nothing(
    base: Path, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    texts, path = tmp_path / "texts", tmp_path / "bad.xml"
    texts.mkdir()
    path.write_bytes(data)
    before = content(tmp_path)
    result = kb(base, "read", path, "--texts", texts, "--id", name)
    assert result.exit_code == 2
    assert message in result.stderr
    assert content(tmp_path) == before
