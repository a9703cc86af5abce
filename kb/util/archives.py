"""Untrusted zip files, within bounds: unpacked into plain files, or checked as documents."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Final

from kb.errors import InputError, ReadError

_MOST_FILES: Final = 20_000
_MOST_BYTES: Final = 500_000_000
"""All that is unpacked: a base of ten thousand studies has 300 MB of records."""
_MOST_RATIO: Final = 200
"""YAML is compressed to a tenth; a bomb to a thousandth."""
_MOST_OF_DOCUMENT: Final = 200_000_000
"""The largest size of all parts of a document, unpacked."""
_PART: Final = re.compile(r"[^\x00-\x1f\x7f/\\:]+")
_CHUNK: Final = 1 << 20


def check_document(data: bytes, name: str, part: str, kind: str, expected: str) -> None:
    """Check an archive that should be a document of an office program.

    Args:
        data: the content of the file.
        name: what errors call it.
        part: the file inside that makes it a document of its kind.
        kind: the kind, as errors name it.
        expected: what errors say was expected in its place.

    Raises:
        ReadError: it is not such a document, is encrypted, or unpacks to too much.
    """
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReadError(f"{name}: a broken or truncated archive, expected {kind}") from error
    if not any(entry.filename == part for entry in entries):
        raise ReadError(f"{name}: an archive that is not {kind}, {expected}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise ReadError(f"{name}: an encrypted archive: save it without a password")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > min(_MOST_OF_DOCUMENT, _MOST_RATIO * len(data) + 1_000_000):
        raise ReadError(f"{name}: it unpacks to {unpacked:,} bytes, more than is read")


def unpack(archive: Path, target: Path, folders: Collection[str]) -> Path:
    """Unpack some folders of a zip file, which stand at its top or in its one folder.

    Returns:
        The folder below ``target`` that holds them; without them it is empty.

    Raises:
        InputError: not a zip file; a name that leads elsewhere, twice one name, or a link, in any
            of its folders; more or larger files than a base has. Nothing of it is to be used then.
    """
    try:
        with zipfile.ZipFile(archive) as file:
            infos = [info for info in file.infolist() if not info.is_dir()]
            if len(infos) > 10 * _MOST_FILES:
                raise InputError(f"{archive}: more files than an evidence base has")
            names = {info: _safe_parts(archive, info) for info in infos}
            top = _top(names.values(), folders)
            wanted = {i: n for i, n in names.items() if n[: len(top)] == top}
            wanted = {i: n for i, n in wanted.items() if len(n) > len(top) + 1}
            wanted = {i: n for i, n in wanted.items() if n[len(top)] in folders}
            _refuse_size(archive, wanted)
            left = _MOST_BYTES
            for info, parts in wanted.items():
                left -= _write(file, info, target.joinpath(*parts), left)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise InputError(f"{archive} cannot be read as a zip file: {error}") from error
    except (OSError, ValueError) as error:
        raise InputError(f"{archive} cannot be unpacked: {error}") from error
    return target.joinpath(*top)


def _safe_parts(archive: Path, info: zipfile.ZipInfo) -> tuple[str, ...]:
    parts = tuple(info.filename.split("/"))
    plain = all(_PART.fullmatch(part) and part not in (".", "..") for part in parts)
    if not plain or info.orig_filename != info.filename:
        raise InputError(f"{archive}: {info.filename!r} leads out of the archive")
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise InputError(f"{archive}: {info.filename!r} is a link or a device, not a plain file")
    return parts


def _top(names: Collection[tuple[str, ...]], folders: Collection[str]) -> tuple[str, ...]:
    tops = {name[0] for name in names}
    return () if not tops.isdisjoint(folders) or len(tops) != 1 else (*tops,)


def _refuse_size(archive: Path, wanted: dict[zipfile.ZipInfo, tuple[str, ...]]) -> None:
    if len({tuple(map(str.casefold, name)) for name in wanted.values()}) < len(wanted):
        raise InputError(f"{archive}: two files have one name")
    size, packed = (sum(getattr(i, n) for i in wanted) for n in ("file_size", "compress_size"))
    if len(wanted) > _MOST_FILES or size > _MOST_BYTES or size > _CHUNK + _MOST_RATIO * packed:
        raise InputError(f"{archive}: {len(wanted):,} files of {size:,} bytes are not a base")


def _write(file: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path, left: int) -> int:
    """Write a file of at most ``left`` bytes, whatever size the archive states."""
    path.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with file.open(info) as packed, path.open("xb") as out:
        while part := packed.read(_CHUNK):
            size += len(part)
            if size > left:
                raise InputError(f"{file.filename}: more than {_MOST_BYTES:,} bytes")
            out.write(part)
    return size
