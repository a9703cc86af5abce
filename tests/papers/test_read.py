"""The reader is chosen by content; what cannot be read is named."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from kb.errors import ReadError, UnavailableError
from kb.papers import read
from kb.papers.paper import Metadata, Paper
from kb.papers.plain import MAX_BYTES, read_plain
from kb.papers.read import kind_of, read_paper


def archive(**files: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return whole.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<?xml version='1.0'?>\n<!-- c --><article/>", "jats"),
        (b'<!DOCTYPE article PUBLIC "-//NLM"><article/>', "jats"),
        ("<?xml version='1.0' encoding='utf-16'?><article/>".encode("utf-16"), "jats"),
        (b"<pmc-articleset><article/></pmc-articleset>", "jats"),
        (b"<!doctype html><html>", "html"),
        (b"\n<html lang='en'>", "html"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "html"),
        (b"%PDF-1.7\n", "pdf"),
        (b"\xef\xbb\xbf%PDF-1.7\n", "pdf"),
        (archive(word__document_xml=b"<a/>"), "docx"),
        (b"# Title\n\nOS was 7.7", "plain"),
        (b"<5 months", "plain"),
    ],
)
def test_the_content_tells_the_kind(data: bytes, kind: str) -> None:
    assert kind_of(data, "paper.pdf") == kind


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b" \n\0", "the file is empty"),
        (b"PK\x03\x04 truncated", "broken or truncated archive"),
        (archive(a_xml=b"<a/>"), "an archive that is not a DOCX"),
        (archive(word__document_xml=b" " * 50_000_000), "it unpacks to 50,000,000 bytes"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word document, or an encrypted one"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x89PNG\r\n", "a picture"),
        (b"ab\x00\x01\x02", "binary data"),
        (b"<article><body>", "not well-formed XML"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "paper.xml"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=message) as raised:
        read_paper(path)
    assert "paper.xml" in str(raised.value)


def test_a_missing_file_a_folder_and_a_huge_file_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"cannot be read: No such file"):
        read_paper(tmp_path / "none.xml")
    with pytest.raises(ReadError, match="a folder or device"):
        read_paper(tmp_path)
    huge = tmp_path / "huge.xml"
    huge.touch()
    os.truncate(huge, 500_000_000)
    with pytest.raises(ReadError, match="more than 50 MB"):
        read_paper(huge)


def test_a_file_of_the_system_is_empty() -> None:
    """It has no size, and a read of some, such as /proc/kmsg, never ends."""
    path = Path("/proc/self/status")
    if not path.exists():
        pytest.skip("needs /proc")
    with pytest.raises(ReadError, match="the file is empty"):
        read_paper(path)


@pytest.mark.parametrize("size", [MAX_BYTES, MAX_BYTES + 1])
def test_a_text_of_more_than_a_bound_is_refused(size: int) -> None:
    data = b"OS " + b"7" * (size - 3)
    if size > MAX_BYTES:
        with pytest.raises(ReadError, match=r"a\.txt: 2,000,001 bytes of text, expected at most"):
            read_plain(data, "a.txt")
    else:
        assert len(list(read_plain(data, "a.txt").paragraphs())) == 1


@pytest.mark.parametrize(("size", "is_read"), [(500_000_000, True), (1_000_000_000, False)])
def test_reading_takes_less_than_a_gibibyte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, is_read: bool
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("OS was 7.7 months.")

    def fill(data: bytes, name: str) -> Paper:
        assert data
        assert bytearray(size)
        return Paper(Metadata(name), ())

    monkeypatch.setattr(read, "_reader", lambda _: fill)
    if is_read:
        assert read_paper(path).metadata.title == "a.txt"
    else:
        with pytest.raises(ReadError, match="too much memory"):
            read_paper(path)


def test_an_encrypted_archive_is_named() -> None:
    data = bytearray(archive(word__document_xml=b"<a/>"))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ReadError, match="an encrypted archive"):
        kind_of(bytes(data), "a.docx")


def test_a_reader_that_hangs_or_fills_the_memory_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("OS was 7.7 months.")

    def hang(data: bytes, name: str) -> None:
        while data and name:
            pass

    def fill(data: bytes, name: str) -> None:
        bytearray(10**12 + len(data) + len(name))

    monkeypatch.setattr(read, "MAX_SECONDS", 0.2)
    monkeypatch.setattr(read, "_reader", lambda _: hang)
    with pytest.raises(ReadError, match=r"a\.txt: not read within 0\.2 seconds"):
        read_paper(path)
    monkeypatch.setattr(read, "MAX_SECONDS", 60.0)
    monkeypatch.setattr(read, "_reader", lambda _: fill)
    with pytest.raises(ReadError, match=r"a\.txt: reading it takes too much memory"):
        read_paper(path)


def test_an_error_of_a_library_is_not_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("OS was 7.7 months.")

    def fail(data: bytes, name: str) -> None:
        raise IndexError(f"{name}: {len(data)} of 3")

    monkeypatch.setattr(read, "_reader", lambda _: fail)
    with pytest.raises(ReadError, match=r"a\.txt: broken, .*IndexError: a\.txt: 18 of 3"):
        read_paper(path)


def test_each_kind_reaches_its_reader(tmp_path: Path) -> None:
    import docx

    text = "OS was 7.7 months."
    document = docx.Document()
    document.add_paragraph(text)
    document.save(str(tmp_path / "b"))
    for name, content in {
        "a": text,
        "c": f"<html><body><h2>Results</h2><p>{text}</p></body></html>",
        "d": f"<article><body><p>{text}</p></body></article>",
    }.items():
        (tmp_path / name).write_text(content)
    for path in sorted(tmp_path.iterdir()):
        assert text in [p.text for _, p in read_paper(path).paragraphs()], path.name


def test_a_broken_pdf_is_an_error_not_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n<<")
    with pytest.raises(ReadError, match=r"a\.pdf"):
        read_paper(path)


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import sys

    path = tmp_path / "a.xml"
    path.write_text("<article/>")
    monkeypatch.setitem(sys.modules, "lxml", None)
    with pytest.raises(UnavailableError, match=r"pip install kb-evidence\[read\]"):
        read_paper(path)
