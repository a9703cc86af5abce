"""A build that is killed, fails or runs twice at once leaves the last one and no other files."""

from __future__ import annotations

import json
import math
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support.example_base import content, edit, write_example

from kb import InputError, KnowledgeBase
from kb.site.build import build

ROOT = Path(__file__).resolve().parents[2]
MOMENTS = 20
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGINT)
EMPTY = {"inputs": "", "files": {"kb.nq": ""}, "counts": {}, "stale": []}
TITLES = ("calmol versus placebo", "calmol against placebo")


def start(root: Path, out: Path, largest: int = 0) -> subprocess.Popen[str]:
    """Start ``kb build`` as a user does; ``largest`` bounds the size of its files, in bytes."""

    def bounded() -> None:
        if largest:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    return subprocess.Popen(
        [*PROGRAM, "--root", root, "build", "--fresh", "--out", out],
        env={name: value for name, value in os.environ.items() if not name.startswith("KB_")}
        | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=bounded,  # noqa: PLW1509 - it only sets a limit, and no lock is held
    )


PROGRAM = (sys.executable, "-c", "from kb.cli.main import run; run()")


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    out, err = process.communicate(timeout=300)
    assert "Traceback" not in err
    return process.returncode, out + err


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_example(tmp_path / "base")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "place" / "out"


def test_a_build_killed_at_any_moment_leaves_the_last_one_or_the_next(
    root: Path, out: Path
) -> None:
    good, lasts = [], math.inf
    for title, other in (TITLES, TITLES[::-1]):
        began = time.monotonic()
        assert finish(start(root, out))[0] == 0
        lasts = min(lasts, time.monotonic() - began)
        good.append(content(out))
        edit(root, "evidence/studies/halt.yaml", f"title: {title}", f"title: {other}")
    assert good[0] != good[1]
    killed = attempt = 0
    while killed < MOMENTS:
        before, (title, other) = content(out), TITLES[:: -1 if attempt % 2 else 1]
        process = start(root, out)
        time.sleep(lasts * killed / MOMENTS)
        process.send_signal(SIGNALS[attempt % len(SIGNALS)])
        process.communicate()
        killed += process.returncode != 0  # it may have been done already
        assert content(out) in (before, good[attempt % 2])
        edit(root, "evidence/studies/halt.yaml", f"title: {title}", f"title: {other}")
        attempt += 1
        assert attempt < 4 * MOMENTS
    assert finish(start(root, out))[0] == 0
    assert content(out) == good[attempt % 2]
    assert names(out.parent) == ["out"]


def test_two_builds_at_once_do_not_mix(root: Path, out: Path) -> None:
    finish(start(root, out))
    good = content(out)
    results = [finish(process) for process in [start(root, out), start(root, out)]]
    codes = sorted(code for code, _ in results)
    assert codes in ([0, 0], [0, 3])
    if codes == [0, 3]:
        assert "is writing" in max(results)[1]
    assert content(out) == good
    assert names(out.parent) == ["out"]


@pytest.mark.parametrize("largest", [1_000, 30_000, 300_000])
def test_without_disk_space_the_last_build_stays(root: Path, out: Path, largest: int) -> None:
    finish(start(root, out))
    good = content(out)
    code, output = finish(start(root, out, largest))
    assert code == 3
    assert "File too large" in output or "mkdocs" in output
    assert content(out) == good
    assert names(out.parent) == ["out"]


@pytest.mark.parametrize("place", ["/proc/out", "/dev/null/out"])
def test_a_folder_that_cannot_be_written_is_reported(root: Path, place: str) -> None:
    code, output = finish(start(root, Path(place)))
    assert code == 3
    assert output.startswith(f"cannot write {place}: ")


def test_a_build_does_not_replace_a_folder_that_is_not_a_build(example_root: Path) -> None:
    before = content(example_root)
    with pytest.raises(InputError, match="not a kb build"):
        build(KnowledgeBase(example_root), example_root / "evidence")
    assert content(example_root) == before


def test_a_build_that_fails_leaves_the_last_one(
    example_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "kb.nq").write_text("the last good one", "utf-8")
    (target / "manifest.json").write_text(json.dumps(EMPTY), "utf-8")

    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("kb.site.build._write_tables", broken)
    with pytest.raises(Exception, match="the disk is full"):
        build(KnowledgeBase(example_root), target)
    assert content(target)["kb.nq"] == b"the last good one"
    assert list(tmp_path.glob(".*")) == []
