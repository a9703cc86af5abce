"""The recipes of the page about scans work as they stand."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
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


PARALLEL = """#!/bin/bash
while [ "$1" != ::: ]; do words+=("$1"); shift; done
shift
for one in "$@"; do "${words[@]//\\{\\}/$one}"; done
"""
"""What GNU parallel does with one list of arguments, one after the other."""


@pytest.mark.skipif(sys.platform == "win32", reason="the recipes are of a Unix shell")
def test_lists_of_files_are_units_of_work(tmp_path: Path) -> None:
    names = ["a", "b", "c"]
    folder = write_papers(tmp_path / "papers", **dict.fromkeys(names, paper()))
    (tmp_path / "list.txt").write_text("".join(f"{folder / name}.xml\n" for name in names))
    [recipe] = re.findall(r'^```bash title="many.sh"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE)
    assert "-l 1000 " in recipe
    tools = {"kb": f'#!/bin/sh\nexec "{sys.executable}" -m kb "$@"\n', "parallel": PARALLEL}
    (tmp_path / "bin").mkdir()
    for name, text in tools.items():
        (tmp_path / "bin" / name).write_text(text)
        (tmp_path / "bin" / name).chmod(0o755)
    path = f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "SLURM_ARRAY_TASK_ID": "1"}
    for alone in (r"parallel .*", r"kb scan @\$part.*"):  # each way without the other
        script = re.sub(rf"^{alone}$", "", recipe, flags=re.MULTILINE).replace("-l 1000", "-l 2")
        command = ["bash", "-c", script]
        subprocess.run(command, cwd=tmp_path, env=environment, check=True)
        lines = {f.name: len(f.read_text().splitlines()) for f in tmp_path.glob("scans/*")}
        both = {"part.0000.jsonl": 2, "part.0001.jsonl": 1}
        assert lines == ({"part.0001.jsonl": 1} if "parallel" in alone else both)


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
