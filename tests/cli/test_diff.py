"""``kb diff``: folders, archives and commits; and archives that are not to be trusted."""

from __future__ import annotations

import json
import re
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support.command_line import kb
from support.environment import unavailable
from support.example_base import content, edit, write_example

from kb.errors import InputError
from kb.util import archives
from kb.util.archives import unpack

HALT = "evidence/studies/halt.yaml"
FIGURE = "HALT: freedom from pain, calmol arm: 63% → 64% (section 3 of halt-paper)"


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The example with one figure changed."""
    root = write_example(tmp_path / "later")
    edit(root, HALT, "63% were free of pain, values: {calmol: 63%}", CHANGED)
    return root


CHANGED = "64% were free of pain, values: {calmol: 64%}"


def zipped(root: Path, out: Path, top: str = "") -> Path:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, raw in content(root).items():
            file.writestr(f"{top}{name}", raw)
    return out


def test_no_difference(example_root: Path) -> None:
    ran = kb(example_root, "diff", example_root, example_root)
    assert (ran.exit_code, ran.output) == (0, "no difference\n")


def test_folders_and_archives(example_root: Path, later: Path, tmp_path: Path) -> None:
    expected = kb(None, "diff", example_root, later)
    assert expected.exit_code == 1
    assert FIGURE in expected.output
    assert "Answers that moved" in expected.output
    old = zipped(example_root, tmp_path / "old.zip", "base-1.0/")
    new = zipped(later, tmp_path / "new.zip")
    assert kb(None, "diff", old, new).output == expected.output


def test_commits(example_root: Path, tmp_path: Path) -> None:
    def git(*words: str) -> None:
        names = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        program = shutil.which("git") or unavailable("git is not installed")
        command = [program, *names, *words]
        subprocess.run(command, cwd=example_root, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "one")
    git("tag", "v1")
    edit(example_root, HALT, "63% were free of pain, values: {calmol: 63%}", CHANGED)
    ran = kb(example_root, "diff", "v1", example_root)
    assert (ran.exit_code, FIGURE in ran.output) == (1, True)
    assert kb(example_root, "diff", "v1", "HEAD").output == "no difference\n"
    for name, shown in (("v1", r"v1 \(\d{4}-\d\d-\d\d\)"), ("HEAD", r"[0-9a-f]{9} \(.+\)")):
        kb(example_root, "diff", name, example_root, "--json", tmp_path / "named.json")
        named = json.loads((tmp_path / "named.json").read_text("utf-8"))
        assert re.fullmatch(shown, named["old"])
        assert named["new"] == str(example_root)
    left = tmp_path / "written"
    for name in ("v2", f"--output={left}", "HEAD --output=x", "-h", "HEAD:evidence", ""):
        ran = kb(example_root, "diff", "--", name, "HEAD")
        assert (ran.exit_code, "neither a folder" in ran.output) == (2, True), name
    assert not left.exists()


def test_data_and_page(example_root: Path, later: Path, tmp_path: Path) -> None:
    edit(later, HALT, "about: An invented trial.", 'about: "<script>alert(1)</script>"')
    data, page = tmp_path / "changes.json", tmp_path / "changes.html"
    kb(None, "diff", example_root, later, "--json", data, "--html", page)
    found = json.loads(data.read_text("utf-8"))
    assert found["changes"][0] == {
        "kind": "figure",
        "study": "HALT",
        "text": FIGURE,
        "item": "halt#halt-paper.3.PAIN_FREE.calmol",
        "old": "63%",
        "new": "64%",
    }
    assert all(set(answer) >= {"question", "gone", "come"} for answer in found["answers"])
    html = page.read_text("utf-8")
    assert FIGURE in html
    assert "<h1>What changed</h1>" in html
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "src=" not in html
    assert 'href="http' not in html


def test_what_holds_no_base_is_refused(example_root: Path, tmp_path: Path) -> None:
    (tmp_path / "text.zip").write_text("not a zip file")
    (tmp_path / "empty").mkdir()
    for name in (tmp_path / "text.zip", tmp_path / "empty"):
        ran = kb(example_root, "diff", name, example_root)
        assert ran.exit_code == 2, ran.output


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


HOSTILE: dict[str, Callable[[zipfile.ZipFile], None]] = {
    "out": lambda file: file.writestr("../evidence/dataset.yaml", "x"),
    "out below": lambda file: file.writestr("evidence/../../x.yaml", "x"),
    "absolute": lambda file: file.writestr("/evidence/x.yaml", "x"),
    "backslash": lambda file: file.writestr("evidence\\..\\..\\x.yaml", "x"),
    "drive": lambda file: file.writestr("C:/evidence/x.yaml", "x"),
    "link": lambda file: file.writestr(link("evidence/x.yaml"), "/etc/passwd"),
    "link elsewhere": lambda file: file.writestr(link("site/x"), "/etc/passwd"),
    "one name twice": lambda file: (
        [file.writestr(f"evidence/{name}.yaml", "x") for name in ("a", "A")] and None
    ),
    "bomb": lambda file: file.writestr("evidence/x.yaml", b"0" * 30_000_000),
    "file as folder": lambda file: (
        [file.writestr(name, "x") for name in ("evidence/a", "evidence/a/b")] and None
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_archives_are_refused(name: str, example_root: Path, tmp_path: Path) -> None:
    path = tmp_path / "hostile.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        HOSTILE[name](file)
    before = set(tmp_path.rglob("*"))
    ran = kb(example_root, "diff", path, example_root)
    assert ran.exit_code == 2, ran.output
    assert set(tmp_path.rglob("*")) == before


def test_sizes_are_counted_and_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "base.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("evidence/x.yaml", b"0123456789")
    assert unpack(path, tmp_path / "out", ("evidence",)) == tmp_path / "out"
    monkeypatch.setattr(archives, "_MOST_BYTES", 9)
    with pytest.raises(InputError):
        unpack(path, tmp_path / "other", ("evidence",))
