"""The JSON-LD of every page equals its Turtle, with a context on the site."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from rdflib.compare import isomorphic

from kb.site.context import PageContext
from kb.site.data.linked_data import CONTEXT
from kb.site.data.linked_data_files import KINDS
from kb.site.data.redirects import TABLE


def with_context(site_folder: Path, path: Path) -> bytes:
    """A file with its context inlined, for a parser that fetches nothing."""
    document = json.loads(path.read_text(encoding="utf-8"))
    at = (path.parent / document["@context"]).resolve()
    assert at == (site_folder / CONTEXT).resolve()
    document["@context"] = json.loads(at.read_text(encoding="utf-8"))["@context"]
    return json.dumps(document).encode()


def former_addresses(site_folder: Path) -> dict[str, str]:
    return dict(json.loads((site_folder / TABLE).read_text(encoding="utf-8")))


def graph_of(content: bytes, form: ox.RdfFormat) -> ox.Dataset:
    """The triples of a file, with canonical names for blank nodes."""
    graph = ox.Dataset(ox.parse(content, form))
    graph.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return graph


def dangling(graph: ox.Dataset) -> list[object]:
    """Blank nodes without triples of their own."""
    return [
        quad
        for quad in graph
        if isinstance(quad.object, ox.BlankNode)
        and not any(True for _ in graph.quads_for_subject(quad.object))
    ]


def test_json_ld_and_turtle_of_a_page_are_equal(site_folder: Path) -> None:
    files = [path for kind in KINDS for path in sorted((site_folder / kind).glob("*.jsonld"))]
    assert len(files) > len(KINDS)
    moved = {site_folder / f"{old}.jsonld" for old in former_addresses(site_folder)}
    for path in files:
        turtle = graph_of(path.with_suffix(".ttl").read_bytes(), ox.RdfFormat.TURTLE)
        # The one statement of a former address is written out, and needs no context.
        content = path.read_bytes() if path in moved else with_context(site_folder, path)
        linked = graph_of(content, ox.RdfFormat.JSON_LD)
        assert linked == turtle, path
        assert not dangling(turtle), path


def test_the_vocabulary_is_linked_data_too(site_folder: Path, site: PageContext) -> None:
    base = site.base.iris.base
    for name in ("ontology", *site.vocabulary.schemes):
        turtle = graph_of((site_folder / f"{name}.ttl").read_bytes(), ox.RdfFormat.TURTLE)
        content = with_context(site_folder, site_folder / f"{name}.jsonld")
        assert graph_of(content, ox.RdfFormat.JSON_LD) == turtle, name
        assert not dangling(turtle), name
        subjects = {quad.subject.value for quad in turtle if isinstance(quad.subject, ox.NamedNode)}
        assert {term.iri for term in site.terms(name)} <= subjects
        assert (f"{base}{name}" if name == "ontology" else f"{base}{name}/") in subjects


@pytest.mark.parametrize("kind", KINDS)
def test_another_json_ld_parser_reads_the_same_graph(site_folder: Path, kind: str) -> None:
    path = min((site_folder / kind).glob("*.jsonld"), key=lambda path: path.stat().st_size)
    linked = rdflib.Graph().parse(path, format="json-ld")
    turtle = rdflib.Graph().parse(path.with_suffix(".ttl"), format="turtle")
    assert len(turtle) > 0
    assert isomorphic(linked, turtle)


def test_the_context_is_on_the_site_itself(site_folder: Path, site: PageContext) -> None:
    context = json.loads((site_folder / CONTEXT).read_text(encoding="utf-8"))["@context"]
    assert all(isinstance(entry, str | dict) for entry in context.values())
    assert "@import" not in context
    assert context["study"] == f"{site.base.iris.base}study/"


def test_json_ld_is_about_as_short_as_turtle(site_folder: Path) -> None:
    def size(ending: str) -> int:
        return sum(path.stat().st_size for path in (site_folder / "study").glob(f"*.{ending}"))

    assert size("jsonld") < 1.5 * size("ttl")
