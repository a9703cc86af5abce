"""Replace a folder by a fresh one: all of it, or nothing changes, whenever the process is killed.

Beside ``build`` stands ``.build.making`` while a build is at work. It holds the fresh folder, and
a lock that the system lets go when its process ends, however it ends. When the fresh folder is
complete it changes places with the old one in one step. Where the system has no such step
(renameat2 of Linux), the old one steps aside, and the next run puts it back if nothing followed.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from kb.errors import InputError, UnavailableError

_LOCK: Final = "lock"
_OLD: Final = "old"
_HERE: Final = -100  # AT_FDCWD of Linux: paths mean what they mean to any other call
_EXCHANGE: Final = 2  # RENAME_EXCHANGE


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a fresh folder, which takes the place of ``target`` when the block ends well.

    When the block begins, ``target`` is the last complete folder, or missing, and what killed
    runs left behind is gone. If the block fails, ``target`` stays as it is. A process that is
    killed leaves ``target`` complete; a machine that loses its power is not provided for.

    Raises:
        InputError: ``target`` is no folder.
        UnavailableError: another process is replacing it, or it cannot be written: the disk is
            full, or the place is read-only. An OSError of the block counts as that.

    >>> import tempfile
    >>> target = Path(tempfile.mkdtemp()) / "build"
    >>> with replacing(target) as fresh:
    ...     _ = (fresh / "kb.nq").write_text("")
    >>> [path.name for path in target.iterdir()], len(list(target.parent.iterdir()))
    (['kb.nq'], 1)
    """
    target = _resolved(target)
    work = target.with_name(f".{target.name}.making")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(work, target):
            _recover(target, work)
            fresh = work / f"new-{secrets.token_hex(8)}"  # what a killed run started knows no name
            fresh.mkdir()
            try:
                yield fresh
                _swap(target, fresh, work / _OLD)
            finally:
                _recover(target, work)
    except OSError as error:
        raise UnavailableError(f"cannot write {target}: {error}") from error


def write_whole(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file that somebody would miss: the old one stays until the new one is complete.

    A pipe or a device is written to as it is.

    Raises:
        UnavailableError: it cannot be written; it is as it was.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "verification.yaml"
    >>> write_whole(path, [b"a: ", b"b"])
    >>> path.read_text(), len(list(path.parent.iterdir()))
    ('a: b', 1)
    """
    real = path.resolve()
    try:
        if real.exists() and not real.is_file():
            _fill(real, parts)
        else:
            _change(real, parts)
    except OSError as error:
        raise UnavailableError(f"cannot write {path}: {error}") from error


def _change(real: Path, parts: Iterable[bytes]) -> None:
    fresh = real.with_name(f".{real.name}.{secrets.token_hex(8)}")
    try:
        _fill(fresh, parts)
        if real.exists():
            shutil.copymode(real, fresh)
        fresh.replace(real)
    finally:
        fresh.unlink(missing_ok=True)


def _fill(path: Path, parts: Iterable[bytes]) -> None:
    with path.open("wb") as file:
        file.writelines(parts)


def _resolved(target: Path) -> Path:
    """Return where a folder really is: the one behind a link is replaced, not the link."""
    try:
        found = target.resolve()
        if found.is_dir() and found.name:
            return found
        if found.name and not found.exists():
            return found
    except (OSError, RuntimeError, ValueError):  # links in a circle; a NUL in the name
        pass
    raise InputError(f"{str(target)!r} is no folder that could be written")


@contextmanager
def _locked(work: Path, target: Path) -> Iterator[None]:
    """Be the only one at work on a target, and leave nothing behind."""
    handle = _lock(work, target)
    try:
        yield
    finally:
        # Still locked: whoever opened the file before it goes sees that it went, and tries again.
        with suppress(OSError):
            (work / _LOCK).unlink()
            work.rmdir()
        os.close(handle)


def _lock(work: Path, target: Path) -> int:
    try:
        import fcntl
    except ImportError as error:
        raise UnavailableError("builds need a system with file locks of POSIX") from error
    while True:
        handle = _opened(work)
        if handle is None:
            continue
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_at(work / _LOCK, handle):
                os.truncate(handle, 0)
                os.write(handle, str(os.getpid()).encode())
                return handle
        except BlockingIOError as error:
            who = os.read(handle, 20).decode("ascii", "replace")
            os.close(handle)
            told = f"process {who} is writing {target}: try again when it is done"
            raise UnavailableError(told) from error
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _opened(work: Path) -> int | None:
    """Open the file of the lock; nothing if another process removed its folder in between."""
    if work.is_symlink():
        raise UnavailableError(f"{work} is a link: what it leads to would be removed")
    try:
        work.mkdir(exist_ok=True)
    except FileExistsError:
        if work.exists() and not work.is_dir():
            raise
        return None
    try:
        return os.open(work / _LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    except FileNotFoundError:
        return None


def _is_at(path: Path, handle: int) -> bool:
    """Tell whether an open file is still the one that has this name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _recover(target: Path, work: Path) -> None:
    """Put back a folder that stepped aside for none, and remove all that is left over."""
    if (work / _OLD).is_dir() and not target.exists():
        (work / _OLD).rename(target)
    for left in work.iterdir():
        if left.name != _LOCK:
            shutil.rmtree(left, ignore_errors=True)


def _swap(target: Path, fresh: Path, aside: Path) -> None:
    """Put a complete folder in the place of another, or of none."""
    if target.exists():
        if _exchanged(target, fresh):
            return
        target.rename(aside)
    fresh.rename(target)


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step, and tell whether the system could."""
    try:
        exchange = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    return bool(exchange(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0)
