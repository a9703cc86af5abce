"""The pages for developers: the reference has every public name, and what is linked exists."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from urllib.parse import unquote, urljoin

import pytest
from support.built_site import page

import kb
from kb import KnowledgeBase
from kb.server.negotiation import GRAPHS, ROWS
from kb.server.static import ALTERNATES, MEDIA_TYPES
from kb.site.reference import Entry, docstring_parts, reference


@pytest.fixture(scope="module")
def entries() -> dict[str, Entry]:
    found = reference()
    return {one.name: one for entry in found for one in (entry, *entry.members)}


def test_the_reference_has_every_public_name_once(entries: dict[str, Entry]) -> None:
    assert sorted(name for name in entries if "." not in name) == sorted(kb.__all__)
    plain = ("field", "value")
    assert not [name for name, one in entries.items() if one.kind not in plain and not one.parts]


def test_the_reference_has_every_public_member(entries: dict[str, Entry]) -> None:
    for name in kb.__all__:
        thing = getattr(kb, name)
        if not inspect.isclass(thing):
            continue
        public = {member for member in vars(thing) if not member.startswith("_")}
        if dataclasses.is_dataclass(thing):
            public |= {field.name for field in dataclasses.fields(thing)}
        assert {f"{name}.{member}" for member in public} <= entries.keys()


def test_a_signature_is_that_of_the_code(entries: dict[str, Entry]) -> None:
    claims = entries["KnowledgeBase.claims"].signature
    assert claims.startswith("claims(*, study: str | None=None, ")
    assert claims.endswith(") -> Claims")
    assert entries["KnowledgeBase.ask"].signature == (
        "ask(name: str, /, **parameters: str) -> QueryResult"
    )
    assert entries["KnowledgeBase.nquads"].signature == "nquads: bytes"
    assert entries["Claim.cites"].signature == "cites: tuple[int, ...]"
    assert entries["scan"].kind == "function"
    assert "KnowledgeBase.__init__" not in entries


def test_a_docstring_is_divided_into_its_parts() -> None:
    parts = docstring_parts(KnowledgeBase.__doc__ or "")
    assert [part.kind for part in parts] == ["text", "Arguments", "Raises", "example"]
    assert [name for name, _ in parts[1].items] == ["root", "texts", "store"]
    assert parts[1].items[1][1].startswith("the folder with the texts")
    assert parts[3].text.startswith(">>> kb = KnowledgeBase()\n>>> ")


@pytest.mark.parametrize("path", ["developers/index.html", "python/index.html"])
def test_what_the_pages_link_exists(site_folder: Path, path: str) -> None:
    for link in page(site_folder, path).links:
        name, _, anchor = unquote(urljoin(f"/{path}", link))[1:].partition("#")
        if "//" in link or "?" in link:
            continue
        target = site_folder / (f"{name}index.html" if not name or name.endswith("/") else name)
        assert target.is_file(), link
        if anchor and target.suffix == ".html":
            assert anchor in page(site_folder, target.relative_to(site_folder).as_posix()).ids


def test_the_page_names_every_content_type_that_the_server_offers(site_folder: Path) -> None:
    text = (site_folder / "developers/index.html").read_text("utf-8")
    types = (MEDIA_TYPES[ending].partition(";")[0] for ending in ALTERNATES)
    missing = {name for name in (*types, *ROWS, *GRAPHS) if f"<code>{name}" not in text}
    assert missing == {"application/sparql-results+xml"}  # written as "or +xml"
