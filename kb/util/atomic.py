"""Replace a folder or a file completely or not at all, even if the process is killed.

While a build runs, ``.build.making`` stands beside ``build``. It holds the new folder, and a lock
that the system releases when the process ends for any reason. When the new folder is complete,
the two are exchanged in one step. Where the system cannot do that (only Linux has renameat2), the
old folder is moved away first, and the next run moves it back if nothing took its place.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from kb.errors import InputError, UnavailableError

_LOCK: Final = "lock"
_OLD: Final = "old"
_KEPT: Final = "kept"
_HERE: Final = -100  # AT_FDCWD of Linux: relative to the working directory
_EXCHANGE: Final = 2  # RENAME_EXCHANGE


@contextmanager
def replacing(target: Path, kept: Collection[str] = ()) -> Iterator[Path]:
    """Yield an empty folder, which replaces ``target`` at the end of the block.

    ``kept`` are names in ``target`` that are moved to the new folder. While they are moved, a
    process that is killed may leave them beside it, and the next run moves them back.

    In the block, ``target`` is the last complete folder, or missing, and remains of killed runs
    have been removed. If the block fails, ``target`` stays as it is. A process that is killed
    leaves ``target`` complete; after a power failure it may not be.

    Raises:
        InputError: ``target`` is not a folder.
        UnavailableError: another process is replacing it, or it cannot be written: the disk is
            full, or read-only. An OSError in the block is raised as this error.

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
            fresh = (
                work / f"new-{secrets.token_hex(8)}"
            )  # not one that a child of a killed run may still write to
            fresh.mkdir()
            try:
                yield fresh
                _set_aside(target, work / _KEPT, kept)
                _swap(target, fresh, work / _OLD)
            finally:
                _recover(target, work)
    except OSError as error:
        raise UnavailableError(f"cannot write {target}: {error}") from error


def remove_remains(target: Path) -> None:
    """Delete what killed runs of ``replacing`` left, unless another process is replacing it.

    >>> remove_remains(Path("folder-without-remains"))
    """
    target = _resolved(target)
    work = target.with_name(f".{target.name}.making")
    if work.is_dir():
        with suppress(OSError, UnavailableError), _locked(work, target):
            _recover(target, work)


def write_atomically(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file, which keeps its old content until the new one is complete.

    A pipe or a device is written to directly.

    Raises:
        InputError: there is no such folder.
        UnavailableError: the file cannot be written; it is unchanged.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "verification.yaml"
    >>> write_atomically(path, [b"a: ", b"b"])
    >>> path.read_text(), len(list(path.parent.iterdir()))
    ('a: b', 1)
    """
    with writing(path) as file:
        file.writelines(parts)


@contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """Yield an open file, which replaces ``path`` at the end of the block, if the block succeeds.

    A pipe or a device is written to directly.

    Raises:
        InputError: there is no such folder.
        UnavailableError: the file cannot be written; it is unchanged. An OSError in the block is
            raised as this error.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "rows.jsonl"
    >>> with writing(path) as file:
    ...     _ = file.write(b"{}")
    >>> path.read_text(), len(list(path.parent.iterdir()))
    ('{}', 1)
    """
    real = path.resolve()
    if not real.parent.exists():
        raise InputError(f"cannot write {path}: there is no folder {path.parent}")
    try:
        if real.exists() and not real.is_file():
            with real.open("wb") as file:
                yield file
        else:
            with _fresh(real) as file:
                yield file
    except OSError as error:
        raise UnavailableError(f"cannot write {path}: {error}") from error


@contextmanager
def _fresh(real: Path) -> Iterator[BinaryIO]:
    """Yield a new file beside the one that it replaces."""
    fresh = real.with_name(f".{real.name}.{secrets.token_hex(8)}")
    try:
        with fresh.open("wb") as file:
            yield file
        if real.exists():
            shutil.copymode(real, fresh)
        fresh.replace(real)
    finally:
        fresh.unlink(missing_ok=True)


def _resolved(target: Path) -> Path:
    """Return the path without links: the folder that a link leads to is replaced, not the link."""
    with suppress(OSError, RuntimeError, ValueError):  # a loop of links; a NUL in the name
        path = target.resolve()
        if path.name and (path.is_dir() or not path.exists()):
            return path
    raise InputError(f"{str(target)!r} is not a folder that can be written")


@contextmanager
def _locked(work: Path, target: Path) -> Iterator[None]:
    """Hold the lock of a target; remove its file and folder at the end."""
    handle = _lock(work, target)
    try:
        yield
    finally:
        # Remove them before the lock is released: a process that has opened the file meanwhile
        # then sees that it is gone (_is_at), and tries again.
        with suppress(OSError):
            (work / _LOCK).unlink()
            work.rmdir()
        os.close(handle)


def _lock(work: Path, target: Path) -> int:
    try:
        import fcntl
    except ImportError as error:
        raise UnavailableError("builds need POSIX file locks, which Windows lacks") from error
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
            message = f"process {who} is writing {target}: try again when it is done"
            raise UnavailableError(message) from error
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)


def _opened(work: Path) -> int | None:
    """Open the lock file; None if another process removed its folder meanwhile."""
    if work.is_symlink():
        raise UnavailableError(f"{work} is a link; refusing to delete what it leads to")
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
    except OSError:  # a full disk
        with suppress(OSError):
            work.rmdir()
        raise


def _is_at(path: Path, handle: int) -> bool:
    """Say whether an open file is still the one at this path."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


def _recover(target: Path, work: Path) -> None:
    """Move back an old folder that nothing replaced, and what was kept; delete what was made."""
    if (work / _OLD).is_dir() and not target.exists():
        (work / _OLD).rename(target)
    if (work / _KEPT).is_dir():
        for path in (work / _KEPT).iterdir():
            if not os.path.lexists(target / path.name):
                path.rename(target / path.name)
        with suppress(OSError):  # never deleted while it holds anything
            (work / _KEPT).rmdir()
    for left in work.iterdir():
        if left.name not in (_LOCK, _KEPT):
            shutil.rmtree(left, ignore_errors=True)


def _set_aside(target: Path, aside: Path, names: Collection[str]) -> None:
    if names:
        aside.mkdir(exist_ok=True)
    for name in names:
        if os.path.lexists(aside / name):
            raise UnavailableError(f"a killed run left {aside / name}: move it away first")
        (target / name).rename(aside / name)


def _swap(target: Path, fresh: Path, aside: Path) -> None:
    """Replace the target with a complete folder."""
    if target.exists():
        if _exchanged(target, fresh):
            return
        target.rename(aside)
    fresh.rename(target)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False if the system cannot."""
    try:
        exchange = ctypes.CDLL(None).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    return bool(exchange(_HERE, paths[0], _HERE, paths[1], _EXCHANGE) == 0)
