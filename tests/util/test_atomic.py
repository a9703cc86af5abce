"""A folder or file is replaced completely or not at all, even if the process is killed."""

from __future__ import annotations

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from support.example_base import content
from support.killing import fill, kind_of

from kb.errors import InputError, UnavailableError
from kb.util import atomic
from kb.util.atomic import remove_remains, replacing, write_atomically


def killed_at_each_step(
    folder: Path, signum: signal.Signals, way: str, before: str
) -> list[tuple[str, str, list[str]]]:
    """For each step: the folder after the kill, for the next run, and what stands beside it."""
    script = Path(__file__).parents[1] / "support" / "killing.py"
    ran = subprocess.run(
        [sys.executable, script, folder / "out", str(signum.value), way, before],
        env=os.environ | {"PYTHONPATH": str(Path(atomic.__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seen = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(seen) >= 20
    return seen


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_after_a_kill_at_any_step_the_folder_is_the_old_or_the_new_one(
    tmp_path: Path, signum: signal.Signals
) -> None:
    seen = killed_at_each_step(tmp_path, signum, "swap", "old")
    assert {killed for killed, _, _ in seen} == {"old", "new"}
    for killed, found, beside in seen:
        assert found == killed
        assert beside == ["out"]


def test_without_an_exchange_of_folders_the_next_run_restores_the_old_one(
    tmp_path: Path,
) -> None:
    seen = killed_at_each_step(tmp_path, signal.SIGKILL, "aside", "old")
    assert {killed for killed, _, _ in seen} == {"old", "missing", "new"}
    assert {found for _, found, _ in seen} == {"old", "new"}
    assert all(beside == ["out"] for _, _, beside in seen)


def test_after_a_kill_before_the_first_is_complete_there_is_none(tmp_path: Path) -> None:
    seen = killed_at_each_step(tmp_path, signal.SIGKILL, "swap", "")
    assert {killed for killed, _, _ in seen} == {"missing", "new"}
    assert all(found == killed and beside == ["out"] for killed, found, beside in seen)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder that is complete, with nothing beside it."""
    target = tmp_path / "out"
    with replacing(target) as fresh:
        fill(fresh, "old")
    return target


def test_a_failing_block_changes_nothing(tmp_path: Path, target: Path) -> None:
    for error in (KeyError("x"), KeyboardInterrupt(), SystemExit(3)):
        failing = pytest.raises(type(error))
        with failing, replacing(target) as fresh:
            fill(fresh, "half")
            raise error
        assert kind_of(target) == "old"
    with pytest.raises(UnavailableError, match=r"cannot write .*out: No space"), replacing(target):
        raise OSError("No space left on device")
    assert kind_of(target) == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("exchange", [True, False])
def test_a_swap_that_fails_half_way_is_undone(
    tmp_path: Path, target: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr(atomic, "_exchanged", lambda _one, _other: False)
    real: Callable[[Path, Path], Path] = Path.rename

    def refuse(self: Path, other: Path) -> Path:
        if self.name.startswith("new-"):
            raise PermissionError("not allowed")
        return real(self, other)

    monkeypatch.setattr(Path, "rename", refuse)
    if exchange:
        with replacing(target) as fresh:
            (fresh / "mark").write_text("", encoding="utf-8")
        assert list(content(target)) == ["mark"]
    else:
        with pytest.raises(UnavailableError, match="not allowed"), replacing(target):
            pass
        assert kind_of(target) == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


# --- two at once -----------------------------------------------------------------------------


def test_a_second_process_is_refused_and_the_first_is_named(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with replacing(target) as fresh:
        with (
            pytest.raises(UnavailableError, match=f"process {os.getpid()} is writing"),
            replacing(target),
        ):
            pytest.fail("two at once")
        (fresh / "mark").write_text("", encoding="utf-8")
    assert list(content(target)) == ["mark"]
    with replacing(target / "another"), replacing(target / "more"):
        pass


def test_concurrent_writers_never_mix_files(tmp_path: Path, target: Path) -> None:
    done: list[str] = []

    def write(kind: str) -> None:
        for _ in range(20):
            try:
                with replacing(target) as fresh:
                    fill(fresh, kind)
                done.append(kind)
            except UnavailableError as error:
                assert "is writing" in str(error)  # noqa: PT017 - the only way to fail here

    writers = [threading.Thread(target=write, args=(f"kind {n}",)) for n in range(6)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert target.exists()
    assert done
    assert kind_of(target) in done
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


# --- places that cannot be written -----------------------------------------------------------


def test_a_link_is_followed_and_kept(tmp_path: Path) -> None:
    (tmp_path / "disk" / "real").mkdir(parents=True)
    link = tmp_path / "out"
    link.symlink_to(tmp_path / "disk" / "real")
    with replacing(link) as fresh:
        (fresh / "mark").write_text("", encoding="utf-8")
    assert link.is_symlink()
    assert list(content(tmp_path / "disk")) == ["real/mark"]


def test_a_target_that_is_not_a_folder_is_refused_and_kept(tmp_path: Path) -> None:
    file, circle = tmp_path / "file", tmp_path / "circle"
    file.write_text("precious", encoding="utf-8")
    circle.symlink_to(circle)
    for target in (file, circle, Path("/"), tmp_path / "a\0b"):
        with pytest.raises((InputError, UnavailableError)), replacing(target):
            pytest.fail("written")
    for target in (file / "inside", tmp_path / ("n" * 250)):
        with pytest.raises(UnavailableError, match="cannot write"), replacing(target):
            pytest.fail("written")
    assert file.read_text(encoding="utf-8") == "precious"


def test_a_link_in_place_of_the_working_folder_is_not_emptied(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("", encoding="utf-8")
    (tmp_path / ".out.making").symlink_to(precious)
    with pytest.raises(UnavailableError, match="is a link"), replacing(tmp_path / "out"):
        pytest.fail("written")
    assert list(content(precious)) == ["file"]


def test_on_a_full_disk_the_old_folder_stays(tmp_path: Path, target: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    full = pytest.raises(UnavailableError, match=r"cannot write .*too large")
    with full, replacing(target) as fresh:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        try:
            fill(fresh, "x" * 10_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert kind_of(target) == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_file_is_written_completely_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "precious.yaml"
    write_atomically(path, [b"old"])
    path.chmod(0o640)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
        with pytest.raises(UnavailableError, match=r"cannot write .*precious.yaml.*too large"):
            write_atomically(path, [b"x" * 10_000])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert content(tmp_path) == {"precious.yaml": b"old"}
    write_atomically(path, [b"new"])
    assert content(tmp_path) == {"precious.yaml": b"new"}
    assert path.stat().st_mode & 0o777 == 0o640


def test_what_is_kept_moves_to_the_new_folder(tmp_path: Path, target: Path) -> None:
    (target / "mine").mkdir()
    (target / "mine" / "notes").write_text("mine", "utf-8")
    with replacing(target, ["mine"]) as fresh:
        fill(fresh, "new")
    assert (target / "mine" / "notes").read_text("utf-8") == "mine"
    assert list(tmp_path.glob(".*")) == []


def test_what_was_kept_by_a_killed_run_is_moved_back(tmp_path: Path, target: Path) -> None:
    kept = tmp_path / f".{target.name}.making" / "kept"
    kept.mkdir(parents=True)
    (kept / "mine").write_text("mine", "utf-8")
    remove_remains(target)
    assert (target / "mine").read_text("utf-8") == "mine"
    assert list(tmp_path.glob(".*")) == []


def test_what_was_kept_is_never_deleted_nor_overwrites(tmp_path: Path, target: Path) -> None:
    kept = tmp_path / f".{target.name}.making" / "kept"
    kept.mkdir(parents=True)
    (kept / "mine").write_text("old", "utf-8")
    (target / "mine").write_text("new", "utf-8")
    with (
        pytest.raises(UnavailableError, match="move it away first"),
        replacing(target, ["mine"]) as fresh,
    ):
        fill(fresh, "new")
    assert (kept / "mine").read_text("utf-8") == "old"
    assert (target / "mine").read_text("utf-8") == "new"


def test_a_disk_without_room_for_the_lock_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "open", full)
    with pytest.raises(UnavailableError, match="No space left"), replacing(tmp_path / "out"):
        pass
    assert list(tmp_path.iterdir()) == []
