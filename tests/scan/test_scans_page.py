"""The recipes of the page about scans work as they stand."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from support.command_line import kb
from support.environment import ROOT
from support.scan_samples import WRONG_SHARE, paper, write_papers

from kb.scan.kinds import KINDS
from kb.scan.run import Filter, scan_files

PAGE = (ROOT / "site" / "pages" / "scans.md").read_text(encoding="utf-8")


def test_lines_become_a_table_that_sql_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_papers(
        tmp_path / "papers", good=paper(), wrong=paper(share=WRONG_SHARE), bad=b"<article>"
    )
    (tmp_path / "scans").mkdir()
    for name in ("good", "wrong", "bad"):
        kb(None, "scan", f"papers/{name}.xml", "--json", f"scans/{name}.jsonl")
    [program] = re.findall(
        r'^```python title="tables.py"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE
    )
    exec(compile(program, "tables.py", "exec"), {})  # noqa: S102 - our own page
    first, second = (
        kb(None, *shlex.split(line)[1:]).output
        for line in re.findall(r"^kb sql .*$", PAGE, re.MULTILINE)
    )
    assert re.search(r"percentage-of-count +inconsistent +1\n", first)
    assert second.split() == ["n", "8", "(1", "row)"]


def test_every_option_that_the_page_names_exists() -> None:
    shown = kb(None, "scan", "--help").output
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", PAGE)) - {"--tables-from"}
    assert not [option for option in named if option not in shown]


def test_the_kinds_are_listed() -> None:
    ran = kb(None, "scan", "--kinds")
    assert ran.exit_code == 0
    assert all(f"{kind.id}: {kind.title}" in ran.output for kind in KINDS.values())


def test_a_partition_of_files_is_scanned_as_the_page_shows(tmp_path: Path) -> None:
    folder = write_papers(tmp_path, wrong=paper(share=WRONG_SHARE))
    assert "jobs=1" in PAGE
    [report] = scan_files([folder / "wrong.xml"], [None], Filter(), jobs=1)
    assert WRONG_SHARE in report.line().decode()
