"""Read a paper from a file of any kind, recognised by its content, within bounds."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Final, Literal

from kb.errors import ReadError, UnavailableError
from kb.papers.paper import Paper
from kb.util.archives import check_document
from kb.util.child import read_limited

MAX_BYTES: Final = 50_000_000
"""The largest file that is read."""
MAX_SECONDS: Final = 120.0
MEMORY: Final = 900 * 1024**2
"""Bytes that reading may take; with the process itself, that is below 1 GiB."""
Reader = Callable[..., Paper]
"""It takes the content and what errors call it; that of JATS also whether to read references."""
Kind = Literal["jats", "html", "pdf", "docx", "plain"]
_MODULES: Final = {"jats": "lxml", "html": "lxml", "pdf": "pypdfium2", "docx": "lxml"}
_SIGNATURES: Final = {
    b"\xd0\xcf\x11\xe0": "an old Word document, or an encrypted one: save it as .docx without "
    "a password",
    b"\x1f\x8b": "a gzip archive: unpack it first",
    b"BZh": "a bzip2 archive: unpack it first",
    b"\xfd7zXZ": "an xz archive: unpack it first",
    b"7z\xbc\xaf": "a 7z archive: unpack it first",
    b"{\\rtf": "RTF: save it as .docx",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"version https://git-lfs": "a pointer of Git LFS, not the file",
}
_ROOT: Final = re.compile(r"<([A-Za-z][\w.-]*:)?([A-Za-z][\w.-]*)")
_PROLOGUE: Final = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->)", re.DOTALL)
_JATS_ROOTS: Final = frozenset({"article", "pmc-articleset", "oai-pmh", "record"})
_EXPECTED: Final = "expected JATS XML, HTML, PDF, DOCX, plain text or Markdown"


def read_paper(path: Path, *, references: bool = True) -> Paper:
    """Read a paper: JATS XML, saved HTML, PDF, DOCX, plain text or Markdown.

    Without ``references``, those of JATS are left out: that is faster.

    Raises:
        ReadError: the file is missing, too large, broken, encrypted or of another kind, or
            reading it takes too much time or memory.
        UnavailableError: a library is not installed.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> size = folder.joinpath("a.xml").write_text("<article><body><p>OS</p></body></article>")
    >>> [p.text for _, p in read_paper(folder / "a.xml").paragraphs()]
    ['OS']
    """
    name = path.name
    data = _bytes(path)
    kind = kind_of(data, name)
    reader = _reader(kind)
    if kind == "jats":  # its bounds are those of its parser
        return reader(data, name, references=references)
    return read_limited(name, lambda: reader(data, name), MAX_SECONDS, MEMORY)


def _bytes(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise ReadError(f"{path}: a folder or device, {_EXPECTED}")
        # A file of the system, such as /proc/kmsg, has no size, and reading it may never end.
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1) if path.stat().st_size else b""
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a NUL in the name
        raise ReadError(f"{str(path)!r}: not the name of a file") from error
    if len(data) > MAX_BYTES:
        raise ReadError(f"{path}: more than {MAX_BYTES // 1_000_000} MB, the most that is read")
    if not data.strip(b" \t\r\n\0"):
        raise ReadError(f"{path}: the file is empty, {_EXPECTED}")
    return data


def kind_of(data: bytes, name: str) -> Kind:
    """Return the kind of a file by its content.

    Raises:
        ReadError: it is of another kind, with what it is if that is known.

    >>> kind_of(b"%PDF-1.7", "a"), kind_of(b"<!DOCTYPE html><html>", "a.xml"), kind_of(b"OS", "a")
    ('pdf', 'html', 'plain')
    """
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[:4] == b"PK\x03\x04":
        check_document(data, name, "word/document.xml", "a DOCX", _EXPECTED)
        return "docx"
    for signature, what in _SIGNATURES.items():
        if data.startswith(signature):
            raise ReadError(f"{name}: {what}; {_EXPECTED}")
    head = _head(data)
    if head.lstrip()[:1] == "<" and (kind := _markup_kind(head)):
        return kind
    if "\0" in head:
        raise ReadError(f"{name}: binary data, {_EXPECTED}")
    return "plain"


def _head(data: bytes) -> str:
    """Return the first characters, in the encoding that the byte order mark gives."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return data[len(mark) : 100_000].decode(encoding, "replace")
    return data[:100_000].decode("utf-8", "replace")


def _markup_kind(head: str) -> Kind | None:
    """Return the kind that the root element has; None if the text only begins with "<"."""
    at = 0
    while match := _PROLOGUE.match(head, at):
        at = match.end()
    text = head[at:].lstrip()
    if text[:9].lower() == "<!doctype":
        declared = text[9:60].split()
        if declared and declared[0].lower().startswith("html"):
            return "html"
        return "jats"
    root = _ROOT.match(text)
    if root is None:
        return "jats" if at else None
    name = root[2].lower()
    if name in _JATS_ROOTS or (at and name != "html"):
        return "jats"
    return "html" if name in {"html", "head", "body", "div", "main", "section", "meta"} else "jats"


def _reader(kind: Kind) -> Reader:
    """Return the reader of a kind: it takes the content and what errors call it."""
    try:
        reader: Reader = getattr(import_module(f"kb.papers.{kind}"), f"read_{kind}")
    except ImportError as error:
        library = _MODULES.get(kind, kind)
        raise UnavailableError(
            f"{library}, which reads such files, is not installed: pip install kb-evidence[read]"
        ) from error
    return reader
