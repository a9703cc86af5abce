"""What a build gives the console: the dataset, completions and questions."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from support.built_site import records

from kb.stores.library import library, prefixes


@pytest.fixture(scope="module")
def offered(site_folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((site_folder / "data" / "console.json").read_text("utf-8"))
    return found


@pytest.fixture(scope="module")
def page(site_folder: Path) -> str:
    return (site_folder / "console" / "index.html").read_text("utf-8")


def test_the_console_loads_exactly_the_dataset(site_folder: Path) -> None:
    packed = (site_folder / "data" / "kb.trig.gz").read_bytes()
    assert packed[4:8] == bytes(4), "the time of packing is in the file"
    quads = set(ox.parse(gzip.decompress(packed), ox.RdfFormat.TRIG))
    assert quads == set(ox.parse(records().nquads, ox.RdfFormat.N_QUADS))
    assert len(packed) < len(records().nquads) / 20


def test_every_completion_is_in_the_dataset(offered: dict[str, Any]) -> None:
    declared = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in offered["prefixes"].items())
    assert offered["prefixes"] == prefixes(records().iris)
    terms = [word["term"] for word in offered["words"]]
    assert len(terms) == len(set(terms)) > 500
    missing = [
        term
        for term in terms
        if not records().sparql(f"{declared}ASK {{ {{ {term} ?p ?o }} UNION {{ ?s ?q {term} }} }}")[
            0
        ]["answer"]
    ]
    assert not missing


def test_every_question_has_a_value_for_each_required_parameter(offered: dict[str, Any]) -> None:
    names = {query.name for query in library().values() if not query.is_for_pages}
    assert {one["name"] for one in offered["questions"]} == names
    values = {(word["kind"], word.get("value")) for word in offered["words"]}
    for question in offered["questions"]:
        for parameter in question["parameters"]:
            kind, value = parameter["kind"], parameter["value"]
            assert value or parameter["optional"], question["name"]
            assert not value or kind == "text" or (kind, value) in values, question["name"]


def test_the_console_opens_with_one_of_its_questions(offered: dict[str, Any], page: str) -> None:
    first = re.search(r'<option value="([^"]+)" selected', page)
    assert first
    assert first[1] in {one["name"] for one in offered["questions"]}


def test_the_files_of_the_console_exist_and_are_not_preloaded(
    site_folder: Path,
    page: str,
) -> None:
    named = re.findall(r'data-(?:dataset|offered)="([^"]+)"', page)
    assert len(named) == 2
    assert "preload" not in page
    for address in named:
        assert (site_folder / "console" / address.partition("?")[0]).resolve().is_file(), address


def test_only_the_console_may_compile_an_engine(site_folder: Path) -> None:
    allowed = {
        str(path.relative_to(site_folder))
        for path in site_folder.rglob("*.html")
        if re.search(r"script-src[^;]*'wasm-unsafe-eval'", path.read_text("utf-8"))
    }
    assert allowed == {"console/index.html"}


def test_every_listed_question_links_to_the_console(
    site_folder: Path,
    offered: dict[str, Any],
) -> None:
    text = (site_folder / "questions" / "index.html").read_text("utf-8")
    linked = re.findall(r'href="\.\./console/#question=([\w-]+)', text)
    assert sorted(linked) == sorted(one["name"] for one in offered["questions"])


def test_licences_of_bundled_packages_are_published(site_folder: Path) -> None:
    text = (site_folder / "assets" / "front" / "licences.txt").read_text("utf-8")
    for name in ("oxigraph", "codemirror", "@codemirror/view", "@observablehq/plot", "d3-scale"):
        assert re.search(rf"^{re.escape(name)} \d", text, re.MULTILINE), name
