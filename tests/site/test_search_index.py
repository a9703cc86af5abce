"""The index of the search: every page with its kind and names, every claim with its figure."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from support.built_site import page, rows, search_rows
from support.environment import ROOT

from kb import KnowledgeBase
from kb.checks.adjudication import ClaimStatus
from kb.site.build import build_site
from kb.site.context import SCHEMES, PageContext
from kb.site.data.search_index import search_index
from kb.site.render import Renderer
from kb.site.search_entries import publication_entry, study_entry, term_entry


@pytest.fixture(scope="module")
def built(example: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build_site(example, folder)
    return folder / "site"


@pytest.fixture(scope="module")
def real_site(real: KnowledgeBase) -> PageContext:
    return PageContext(real, ROOT / "site")


@pytest.fixture(scope="module")
def index(real_site: PageContext) -> dict[str, Any]:
    made = search_index(real_site, Renderer(real_site).pages(), ())
    given: dict[str, Any] = json.loads(gzip.decompress(made.content))
    return given


def test_every_address_in_the_index_is_a_place_of_the_site(built: Path) -> None:
    lost = []
    for url in search_rows(built):
        path, _, anchor = url.partition("#")
        file = f"{path}index.html"
        if not (built / file).is_file() or (anchor and anchor not in page(built, file).ids):
            lost.append(url)
    assert not lost


def test_every_claim_is_found_at_its_place_on_the_page_of_its_study(
    index: dict[str, Any], real_site: PageContext
) -> None:
    pages, claims = rows(index["pages"]), rows(index["claims"])
    given = [(pages[claim["study"]]["url"], claim["id"]) for claim in claims]
    assert given == [(f"study/{v.claim.study}/", v.claim.id) for v in real_site.claims]


def test_a_claim_is_about_its_endpoint_first_and_has_its_figure(
    index: dict[str, Any], real_site: PageContext
) -> None:
    pages, claims = rows(index["pages"]), rows(index["claims"])
    for claim, view in zip(claims, real_site.claims, strict=True):
        endpoint = real_site.vocabulary.get("endpoint", view.claim.measure.endpoint)
        assert pages[claim["about"][0]]["url"] == f"endpoint/{endpoint.segment}/"
        assert not view.claim.figure.digits or view.claim.figure.digits in claim["figure"]


def test_a_figure_that_a_judgement_set_aside_is_marked(
    index: dict[str, Any], real_site: PageContext
) -> None:
    marked = ["set aside" in claim["standing"] for claim in rows(index["claims"])]
    assert marked == [view.standing is ClaimStatus.SET_ASIDE for view in real_site.claims]
    assert any(marked)


def test_a_concept_without_evidence_leads_to_its_place_in_the_list(
    index: dict[str, Any], real_site: PageContext
) -> None:
    urls = {row["url"] for row in rows(index["pages"])}
    for scheme in SCHEMES:
        for term in real_site.terms(scheme):
            has_page = real_site.has_page(scheme, term.notation)
            assert (f"{scheme}/{term.segment}/" in urls) is has_page
            assert (f"{scheme}/#{term.segment}" in urls) is not has_page


def test_names_are_those_of_the_records_and_the_ontology(real_site: PageContext) -> None:
    for study in real_site.studies.values():
        assert {study.name, *study.registry} <= set(study_entry(real_site, study).names)
    for scheme in SCHEMES:
        for term in real_site.terms(scheme):
            names = {term.label, term.notation, *real_site.other_labels.get(term.iri, ())}
            assert names <= set(term_entry(real_site, term).names)
    for publication in real_site.publications.values():
        numbers = {name for name in (publication.doi, publication.pmid) if name}
        assert numbers <= set(publication_entry(real_site, publication, 0).names)


def test_one_name_of_two_things_has_two_kinds(index: dict[str, Any]) -> None:
    """A drug and the regimen of its name have the same title: the kind tells them apart."""
    shown = [(row["title"], row["kind"]) for row in rows(index["pages"]) if row["size"]]
    named = [(title, kind) for title, kind in shown if kind in ("Drug", "Regimen", "Endpoint")]
    assert len(set(named)) == len(named)
    assert len({title for title, _ in named}) < len(named)


def test_the_index_is_the_same_for_the_same_records(example: KnowledgeBase) -> None:
    site = PageContext(example, ROOT / "site")
    first, second = (search_index(site, Renderer(site).pages(), ()) for _ in range(2))
    assert first == second


def test_the_theme_s_own_search_is_not_in_the_site(built: Path) -> None:
    scripts = {path.name for path in (built / "assets" / "javascripts").iterdir()}
    assert not scripts & {"workers", "lunr"}
    assert not (built / "search").exists()
    assert "search_index" not in (built / "about" / "index.html").read_text("utf-8")


def test_a_concept_is_found_by_its_hidden_labels_and_its_target(real_site: PageContext) -> None:
    transplant = term_entry(real_site, real_site.vocabulary.get("endpoint", "ALLOSCT"))
    assert "bone marrow transplant" in transplant.names
    drug = term_entry(real_site, real_site.vocabulary.get("drug", "inotuzumab-ozogamicin"))
    assert "anti-CD22" in drug.names
    assert not [name for name in drug.names if "CD19" in name]


def test_parts_of_written_pages_are_text_without_tags(built: Path) -> None:
    shown = [row["snippet"] for row in search_rows(built).values() if row["kind"] == "Page"]
    assert len(shown) > 50
    assert not [text for text in shown if re.search(r"</?(p|code|a|em|strong|li|td)\b", text)]
