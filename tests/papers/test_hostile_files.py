"""Hostile files through `read_paper`: each is refused with a clear error or read within bounds.

Reading runs in a child process with limits of time and memory, so that a file that hangs gives
"not read within" and one that fills the memory "too much memory"; no other file is read.
"""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from itertools import pairwise
from pathlib import Path

import pytest
from support.pdf_files import file_of, pdf, prose

from kb.errors import KbError, ReadError
from kb.papers.paper import Paper
from kb.papers.read import read_paper

UNREAD = "TOPSECRET 7.77 months"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XINCLUDE = "http://www.w3.org/2001/XInclude"
FINE = pdf([prose(60, 80, ["Overall survival was 7.7 months in all of them."])])


def jats(body: str, doctype: str = "", back: str = "") -> bytes:
    return f"{doctype}<article><body>{body}</body><back>{back}</back></article>".encode()


def entities(first: str) -> str:
    names = "abcdefghijk"
    chain = "".join(f"<!ENTITY {name} '{f'&{above};' * 10}'>" for above, name in pairwise(names))
    return f"<!DOCTYPE article [<!ENTITY a '{first}'>{chain}]>"


def html(body: str) -> bytes:
    return f"<html><body>{body}".encode()


def docx(body: str, doctype: str = "", **others: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        document = f'{doctype}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", document)
        for name, content in others.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def drawn(
    content: bytes, filters: bytes = b"", resources: bytes = b"", box: bytes = b"612 792"
) -> bytes:
    """Return a PDF of one page with this content."""
    return file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %s] /Contents 4 0 R "
            b"/Resources << /Font << /F0 5 0 R >> %s >> >>" % (box, resources),
            b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), filters, content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )


def pages(kids: bytes, count: int) -> bytes:
    return file_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, count),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>",
        ]
    )


SHOWN = b"BT /F0 10 Tf 50 700 Td (Survival was 7.7 months.) Tj ET\n"
FLATE = b"/Filter /FlateDecode"
ENCRYPTED = FINE.replace(
    b"/Root 1 0 R",
    b"/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /O (%s) /U (%s) /P -4 >> /ID [(a)(b)]"
    % (b"a" * 32, b"b" * 32),
)
SELF = b"/XObject << /X 4 0 R >>"
FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 4 0 R >> >>"

REFUSED: dict[str, tuple[bytes, str]] = {
    "entities that grow": (jats("<p>&k;</p>", entities("a" * 10)), "amplification"),
    "an attribute of entities": (jats("<p a='&k;'/>", entities("a" * 10)), "amplification"),
    "one long entity many times": (
        jats("<p>" + "&a;" * 20_000 + "</p>", f"<!DOCTYPE a [<!ENTITY a '{'A' * 100_000}'>]>"),
        "amplification",
    ),
    "entities in a circle": (
        jats("<p>&a;</p>", "<!DOCTYPE a [<!ENTITY a '&b;'><!ENTITY b '&a;'>]>"),
        "loop",
    ),
    "a million open elements": (b"<article><body>" + b"<p>" * 1_000_000, "depth"),
    "a million rows": (
        jats("<table>" + "<tr><td>1</td></tr>" * 300_000 + "</table>"),
        "more than 500,000 elements",
    ),
    "a million places": (
        jats("<table>" + "<tr/>" * 2000 + "<tr>" + "<td/>" * 600 + "</tr></table>"),
        "more than 1,000,000 places",
    ),
    "an unknown encoding": (b"<?xml version='1.0' encoding='x'?><article/>", "encoding"),
    "a NUL in XML": (jats("<p>a\0b</p>"), "not well-formed"),
    "another vocabulary": (b"<?xml version='1.0'?><svg/>", "expected a JATS <article>"),
    "HTML without an end": (html("<div>" * 300_000), "HTML without paragraphs|elements|nested"),
    "an attribute without an end": (html("<a href='" * 200_000), "HTML without paragraphs"),
    "comments without an end": (html("<!--" * 300_000), "HTML without paragraphs"),
    "wide cells in HTML": (
        html("<p>a</p><table><tr>" + "<td colspan=1000 rowspan=65534>1" * 2000),
        "more than 1,000,000 places",
    ),
    "no objects": (b"%PDF-1.7\n1 0 obj\n<<", "cannot be opened"),
    "half a PDF": (FINE[: len(FINE) // 2], "cannot be opened"),
    "noise": (b"%PDF-1.5\n" + bytes(n * n % 251 for n in range(300_000)), "cannot be opened"),
    "an encrypted PDF": (ENCRYPTED, "needs a password"),
    "pages in a circle": (pages(b"2 0 R", 1_000_000), "pages, a paper has at most|no page"),
    "one page many times": (pages(b"3 0 R " * 20_000, 20_000), "20,000 pages, a paper has at most"),
    "a stream that inflates to gigabytes": (
        drawn(
            zlib.compress(zlib.compress(b"\0" * 100_000_000, 9), 9),
            b"/Filter [/FlateDecode /FlateDecode]",
        ),
        "too much memory|no page has text",
    ),
    "a picture of huge size": (
        drawn(b"q 9 0 0 9 0 0 cm BI /W 99999 /H 99999 /CS /RGB /BPC 8 /F /Fl ID x EI Q"),
        "no page has text",
    ),
    "an archive that inflates": (docx(" " * 50_000_000), "it unpacks to 50,0"),
    "an archive cut off": (docx("<w:p/>" * 2000)[:200], "a broken or truncated archive"),
    "deep tables in DOCX": (
        docx("<w:tbl><w:tr><w:tc>" * 200 + "</w:tc></w:tr></w:tbl>" * 200),
        "depth",
    ),
    "DOCX with a tag left open": (docx("<w:p><w:r>"), "not well-formed"),
    "a text of 40 MB": (b"OS 7 " * 8_000_000, "bytes of text, expected at most"),
    "binary data": (bytes(range(256)) * 400, "binary data"),
    "UTF-32": (("OS 5 " * 100).encode("utf-32"), "binary data"),
    "nothing": (b"", "the file is empty"),
    "NUL bytes": (b"\0" * 10_000, "empty|binary"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_a_clear_error(tmp_path: Path, name: str) -> None:
    data, message = REFUSED[name]
    path = tmp_path / "paper.any"
    path.write_bytes(data)
    with pytest.raises(ReadError, match=message) as raised:
        read_paper(path)
    assert "paper.any" in str(raised.value)
    assert len(str(raised.value)) < 400


def texts(paper: Paper) -> str:
    cells = [cell.text for table in paper.tables for row in table.grid for cell in row]
    return " ".join([*(p.text for _, p in paper.paragraphs()), *cells, *paper.unsure])


def leaking(address: str, file: str) -> dict[str, bytes]:
    """Return files that ask for another file."""
    entity = f"<!DOCTYPE a [<!ENTITY x SYSTEM '{address}'>]>"
    include = f"<xi:include xmlns:xi='{XINCLUDE}' href='{address}' parse='text'/>"
    frames = f"<iframe src='{address}'></iframe><object data='{address}'></object>"
    launch = b"/Type /Catalog /OpenAction << /S /JavaScript /JS (app.launchURL('%s')) >>"
    return {
        "an entity": jats("<p>OS 5 &x;</p>", entity),
        "a parameter": jats(
            "<p>OS 5 &x;</p>", f"<!DOCTYPE a [<!ENTITY % y SYSTEM '{address}'>%y;]>"
        ),
        "a DTD": jats("<p>OS 5</p>", f"<!DOCTYPE a SYSTEM '{address}'>"),
        "an address": jats("<p>OS 5</p>", "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'>"),
        "XInclude": jats(f"<p>OS 5 {include}</p>"),
        "a style sheet": f"<?xml-stylesheet href='{address}'?>".encode() + jats("<p>OS 5</p>"),
        "frames": html(f"<h2>Results</h2><p>OS 5</p>{frames}<img src='{address}'>"),
        "an entity in DOCX": docx("<w:p><w:r><w:t>OS 5 &x;</w:t></w:r></w:p>", entity),
        "a name that leads out": docx(
            "<w:p><w:r><w:t>OS 5</w:t></w:r></w:p>", **{f"../../{file}": "x"}
        ),
        "a script": FINE.replace(b"/Type /Catalog", launch % address.encode()),
    }


@pytest.mark.parametrize("name", leaking("", ""))
def test_reads_no_other_file_and_writes_none(tmp_path: Path, name: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text(UNREAD)
    folder = tmp_path / "papers" / "own"
    folder.mkdir(parents=True)
    path = folder / "paper"
    path.write_bytes(leaking(secret.as_uri(), "written.txt")[name])
    before = sorted(tmp_path.rglob("*"))
    found = texts(read_paper(path))
    assert "OS 5" in found or "7.7 months" in found
    assert "TOPSECRET" not in found
    assert sorted(tmp_path.rglob("*")) == before


ATTRIBUTES = " ".join(f"a{n}=''" for n in range(50_000))
ODD: dict[str, bytes] = {
    "a span of a billion": jats(
        "<table><tr><td colspan='1000000000' rowspan='1000000000'>7.7</td></tr></table>"
    ),
    "many references": jats(
        "<p>7.7</p>",
        back="<ref-list>" + "<ref><citation>A</citation></ref>" * 5_000 + "</ref-list>",
    ),
    "many attributes": jats(f"<p {ATTRIBUTES}>7.7</p>"),
    "Latin-1": "OS was 7.7 ± 2 months. ".encode("latin-1") * 20_000,
    "marks without an end": b"7.7 " + b"[" * 99_999 + b"*" * 99_999 + b"_" * 99_999,
    "a line without an end": b"7.7 " + b"1" * 999_990 + b" " * 999_990 + b"5",
    "a heading without an end": b"7.7\n\n" + b"#" * 300_000,
    "a row without an end": b"7.7\n\n" + b"a\t" * 5_000,
    "many rows": b"7.7\n\nTable 1. A\n\n" + b"a\t1\n" * 5_000,
    "a DOI without an end": b"7.7\n\nReferences\n\n1. 10.1000/" + b")" * 1_000_000,
    "a form within itself": drawn(
        b"BT /F0 10 Tf 50 700 Td (Survival was 7.7 months.) Tj ET /X Do", FORM, SELF
    ),
    "a page without bounds": drawn(SHOWN, box=b"1e30 1e30"),
    "a font that is missing": drawn(SHOWN.replace(b"/F0", b"/F9")),
    "a wrong table of objects": FINE.replace(b"0000000009", b"9999999999"),
}


@pytest.mark.parametrize("name", ODD)
def test_much_of_one_thing_is_read_within_the_bounds(tmp_path: Path, name: str) -> None:
    path = tmp_path / "paper.any"
    path.write_bytes(ODD[name])
    assert "7.7" in texts(read_paper(path))


@pytest.mark.parametrize(
    "kind", ["fifo", "folder", "circle", "missing", "device", "unreadable", "long name"]
)
def test_what_is_not_a_file_of_its_own_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / ("a" * 300 if kind == "long name" else "paper.xml")
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind in {"circle", "missing", "device"}:
        path.symlink_to({"circle": path, "missing": tmp_path / "no", "device": "/dev/zero"}[kind])
    elif kind == "unreadable":
        path.write_bytes(FINE)
        path.chmod(0)
        if os.access(path, os.R_OK):
            pytest.skip("this user may read every file")
    with pytest.raises(KbError) as raised:
        read_paper(path)
    assert path.name in str(raised.value)
