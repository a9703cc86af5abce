"""``kb scan``: its arguments, exit codes and files; one bad paper never stops the rest."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.command_line import kb
from support.scan_samples import WRONG_SHARE, WRONG_TEXT, paper, write_papers

from kb.cli.main import main
from kb.papers.paper import Paper
from kb.scan import run
from kb.util.workers import Failure, map_in_workers

GOOD, WRONG = paper(), paper(share=WRONG_SHARE)


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    return write_papers(tmp_path / "papers", good=GOOD, wrong=WRONG, text=paper(text=WRONG_TEXT))


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# --- what is scanned, and exit codes -----------------------------------------------------------


def test_exit_codes(papers: Path) -> None:
    (papers / "broken.xml").write_text("<article>")
    (papers / "empty.xml").write_text("<article><body/></article>")
    codes = {
        name: kb(None, "scan", papers / f"{name}.xml").exit_code
        for name in ("good", "wrong", "broken", "empty", "missing")
    }
    assert codes == {"good": 0, "wrong": 1, "broken": 3, "empty": 3, "missing": 2}
    assert kb(None, "scan", papers / "good.xml", papers / "broken.xml").exit_code == 1
    assert kb(None, "scan").exit_code == 2


def test_a_finding_is_told_with_its_place_and_arithmetic(papers: Path) -> None:
    output = kb(None, "scan", papers / "text.xml").output
    assert 'cannot be right (material): section "Results"' in output
    assert "    printed: 3/24 subjects (28%)\n    3 of 24 is 12.5%, not 28%.\n" in output
    assert "3/24 = 12.50%" in output
    assert "Percentages against their counts (" in output
    assert "1 paper: 1 cannot be right, 0 doubtful" in output


def test_links_to_nothing_are_reported(papers: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "linked", tmp_path / "linked.jsonl"
    folder.mkdir()
    (folder / "a.xml").write_bytes((papers / "good.xml").read_bytes())
    (folder / "gone.xml").symlink_to(tmp_path / "nothing.xml")
    (folder / "gone.png").symlink_to(tmp_path / "nothing.png")
    assert kb(None, "scan", folder, "--json", out).exit_code == 1
    reports = [json.loads(line) for line in out.read_text().splitlines()]
    assert [Path(r["file"]).name for r in reports] == ["a.xml", "gone.xml"]
    assert "No such file" in reports[1]["error"]


def test_folders_and_lists_name_files_once(papers: Path, tmp_path: Path) -> None:
    (papers / "plot.png").write_bytes(b"\x89PNG")
    listed = tmp_path / "list.txt"
    listed.write_text(f"{papers / 'good.xml'}\n\n{papers / 'gone.xml'}\n")
    out = tmp_path / "out.jsonl"
    kb(None, "scan", papers, f"@{listed}", papers / "good.xml", "--json", out)
    names = [Path(str(row["file"])).name for row in lines(out)]
    assert names == ["good.xml", "text.xml", "wrong.xml", "gone.xml"]
    assert "error" in lines(out)[3]


def test_a_list_may_come_from_standard_input(papers: Path) -> None:
    ran = CliRunner().invoke(main, ["scan", "-"], input=f"{papers / 'wrong.xml'}\n")
    assert ran.exit_code == 1
    assert "1 paper: 1 cannot be right" in ran.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["papers/godo.xml"], "did you mean 'papers/good.xml'?"),
        (["@papers"], "the list cannot be read"),
        (["@papers/empty.txt"], "an empty list"),
        (["nothing"], "a folder without papers"),
        (["x" * 5000], "no such file"),
        (["papers", "--only", "percentage-of-counts"], "did you mean 'percentage-of-count'?"),
        (["papers", "--html", "one.html"], "one page for 3 papers"),
        (["papers", "--json", "papers/good.xml"], "is one of the papers"),
        (["papers", "--json", "a", "--csv", "a"], "named twice"),
        (["papers", "--json", "no/a.jsonl"], "there is no folder"),
        (["papers", "--jobs", "0"], "jobs"),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_read(
    papers: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], message: str
) -> None:
    monkeypatch.chdir(papers.parent)
    (papers / "empty.txt").write_text("\n")
    (papers.parent / "nothing").mkdir()
    if "one.html" in words:
        (papers / "empty.txt").unlink()
    ran = kb(None, "scan", *words)
    assert ran.exit_code == 2
    assert message in ran.output
    assert (papers / "good.xml").read_bytes() == GOOD


# --- filters ------------------------------------------------------------------------------------


def test_findings_may_be_of_one_kind_and_severity_only(papers: Path) -> None:
    assert kb(None, "scan", papers, "--only", "p-of-means").exit_code == 0
    assert kb(None, "scan", papers, "--only", "percentage-of-count").exit_code == 1
    ran = kb(None, "scan", papers, "--severity", "material", "--no-doubtful")
    assert "2 cannot be right, 0 doubtful" in ran.output


# --- files --------------------------------------------------------------------------------------


def test_json_has_an_object_for_each_paper(papers: Path, tmp_path: Path) -> None:
    out = tmp_path / "scan.jsonl"
    assert kb(None, "scan", papers, "--json", out).exit_code == 1
    good, _, wrong = lines(out)
    assert list(good) == ["file", "pmcid", "doi", "title", "checked", "findings"]
    assert good["findings"] == []
    [finding] = wrong["findings"]
    assert list(finding) == [
        *("kind", "verdict", "severity", "place", "printed", "computed", "message")
    ]
    assert finding["place"] == {
        "section": "Results",
        "table": "Table 1",
        "row": "Smokers, n (%)",
        "column": "Control (n = 50)",
    }
    assert (finding["verdict"], finding["printed"]) == ("inconsistent", [WRONG_SHARE])


def test_csv_has_a_row_for_each_finding_and_each_file_not_read(
    papers: Path, tmp_path: Path
) -> None:
    (papers / "broken.xml").write_text("<article>")
    (papers / "wrong.xml").write_bytes(paper(share=WRONG_SHARE, word="=1+1"))
    out = tmp_path / "findings.csv"
    kb(None, "scan", papers, "--csv", out)
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8-sig"))))
    assert [(Path(r["file"]).name, r["verdict"]) for r in rows] == [
        ("broken.xml", ""),
        ("text.xml", "inconsistent"),
        ("wrong.xml", "inconsistent"),
    ]
    assert "not well-formed" in rows[0]["message"]


def test_pages_of_papers_with_one_name_stay_apart(papers: Path, tmp_path: Path) -> None:
    other = write_papers(papers / "more", good=WRONG)
    kb(None, "scan", papers / "good.xml", other, "--html", tmp_path / "pages")
    names = sorted(path.name for path in (tmp_path / "pages").iterdir())
    assert names == ["good-2.html", "good.html"]
    assert "cannot be right" in (tmp_path / "pages" / "good-2.html").read_text(encoding="utf-8")
    kb(None, "scan", papers / "wrong.xml", "--html", tmp_path / "one.html")
    assert "Table 1" in (tmp_path / "one.html").read_text(encoding="utf-8")


def test_a_page_is_not_written_over_a_paper(papers: Path) -> None:
    page = papers / "good.html"
    page.write_text("<html><p>It was 3/24 (28%).</p></html>")
    ran = kb(None, "scan", page, "--html", papers)
    assert ran.exit_code == 2
    assert "3/24" in page.read_text()


# --- what goes wrong in one paper ---------------------------------------------------------------


def broken_rule(what: Callable[[], object]) -> Callable[[Paper], object]:
    def scan(paper: Paper) -> object:
        if any(WRONG_SHARE in cell.text for row in paper.tables[0].grid for cell in row):
            what()
        return scan_paper(paper)

    scan_paper = run.scan_paper
    return scan


def endless() -> None:
    while True:
        pass


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (lambda: 1 // 0, "a defect of kb, please report it: ZeroDivisionError"),
        (lambda: os._exit(7), "ended (exit code 7)"),
        (lambda: os.kill(os.getpid(), 9), "ended (SIGKILL)"),
        (endless, "not done within 2 seconds"),
        (lambda: bytearray(2**40), "too much memory"),
    ],
    ids=["mistake", "exit", "crash", "endless", "memory"],
)
def test_a_paper_that_fails_does_not_stop_the_others(
    papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: object, message: str
) -> None:
    monkeypatch.setattr(run, "scan_paper", broken_rule(what))
    out = tmp_path / "out.jsonl"
    write_papers(papers, z=paper(text=WRONG_TEXT))
    ran = kb(None, "scan", papers, "--json", out, "--timeout", "2", "--jobs", "1")
    assert ran.exit_code == 1
    assert message in ran.output
    assert [bool(row.get("error")) for row in lines(out)] == [False, False, True, False]
    assert lines(out)[3]["findings"]


def test_results_come_in_order_whatever_the_processes_do() -> None:
    found = list(map_in_workers(lambda n: os._exit(1) if n % 10 == 3 else n, range(40), 3, 60))
    assert [one for one in found if not isinstance(one, Failure)] == [
        n for n in range(40) if n % 10 != 3
    ]


def test_names_that_are_not_text_are_reported(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.xml"))
    try:
        path.write_bytes(WRONG)
    except OSError:
        pytest.skip("this system's names of files are text")
    out = tmp_path / "out.jsonl"
    assert kb(None, "scan", path, "--json", out, "--csv", tmp_path / "out.csv").exit_code == 1
    assert str(lines(out)[0]["file"]).endswith("a\\udcff.xml")
