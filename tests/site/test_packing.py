"""The data of the explorer and the comparison equal the look-up."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from support.built_site import records, rows
from support.environment import ROOT

from kb.site.context import PageContext
from kb.site.data.facets import facets
from kb.site.data.packing import json_file
from kb.site.pages.compare import ComparisonData
from kb.site.pages.explore import explored
from kb.stores.library import prefixes

HIERARCHIES = ("endpoint", "regimen", "population", "drug", "study", "source")


@pytest.fixture(scope="module")
def given() -> dict[str, Any]:
    return dict(explored(PageContext(records(), ROOT / "site")))


@pytest.fixture(scope="module")
def compared() -> dict[str, Any]:
    return dict(ComparisonData(PageContext(records(), ROOT / "site")).data())


def finding(facet: dict[str, Any]) -> Counter[str]:
    """The number of claims for each term of a packed facet, narrower terms included."""
    found: Counter[str] = Counter()
    for code in facet["own"]["codes"]:
        terms, waiting = set(), list(facet["own"]["values"][code])
        while waiting:
            term = waiting.pop()
            if term not in terms:
                terms.add(term)
                waiting += facet["broader"][term]
        found.update(facet["names"][term] for term in terms)
    return found


# --- the explorer ----------------------------------------------------------------------------


def test_the_explorer_has_the_rows_of_the_export_in_order(given: dict[str, Any]) -> None:
    assert rows(given["rows"]) == records().rows
    assert len(given["first"]) == len(records().claims()) == records().counts()["claims"]


@pytest.mark.parametrize("name", HIERARCHIES)
def test_a_term_of_a_facet_selects_the_claims_of_the_lookup(
    given: dict[str, Any], name: str
) -> None:
    facet = next(one for one in given["facets"] if one["name"] == name)
    found = finding(facet)
    assert set(found) == set(facet["names"])
    assert found == {term: len(records().claims(**{name: term})) for term in facet["names"]}


def test_the_pattern_of_every_facet_finds_the_same_claims(given: dict[str, Any]) -> None:
    head = "".join(f"PREFIX {p}: <{iri}>\n" for p, iri in prefixes(records().iris).items())
    for facet in given["facets"]:
        counts = finding(facet)
        common = max(counts, key=lambda term: counts[term])
        for term in {common, min(counts, key=lambda term: counts[term])}:
            sparql = facet["sparql"][facet["names"].index(term)]
            query = (
                f"{head}SELECT DISTINCT ?claim {{ VALUES ?{facet['name']} {{ {sparql} }} "
                f"?claim kb:measure ?measure . {facet['pattern']} }}"
            )
            assert len(records().sparql(query)) == counts[term], (facet["name"], term)


def test_every_claim_has_a_term_in_the_general_facets(given: dict[str, Any]) -> None:
    for facet in given["facets"]:
        if facet["name"] not in ("regimen", "drug"):
            assert all(facet["own"]["values"]), facet["name"]


def test_every_facet_has_a_pattern(site: PageContext) -> None:
    for facet in facets(site):
        assert f"?{facet.name}" in facet.pattern


# --- the comparison --------------------------------------------------------------------------


def test_every_comparison_and_single_result_occurs_once(compared: dict[str, Any]) -> None:
    claims = records().claims()
    size = PageContext(records(), ROOT / "site").settings["size"]
    for name, wanted in (
        ("comparisons", [f for f in claims if f.claim.measure.comparator]),
        (
            "figures",
            [
                f
                for f in claims
                if f.claim.kind == "result"
                and not f.claim.measure.comparator
                and f.claim.measure.endpoint != size
            ],
        ),
    ):
        found = [(e["study"], c) for e in rows(compared[name]) for c in e["claims"]]
        assert sorted(found) == sorted((f.claim.study, f.claim.id) for f in wanted), name


def test_direct_comparisons_are_of_regimens_given_in_the_study(compared: dict[str, Any]) -> None:
    vocabulary = records().vocabulary
    indirect = vocabulary.narrower("design", "indirect-comparison")
    natures = {entry["study"]: entry["nature"] for entry in rows(compared["comparisons"])}
    assert set(natures.values()) == {"direct", "indirect", "statement"}
    for name, nature in natures.items():
        kind = records().study(name).kind
        assert (nature == "indirect") == (kind in indirect), name
        assert (nature == "statement") == vocabulary.has_flag("design", kind, "isNoStudy"), name


def test_derived_and_printed_intervals_are_distinct(compared: dict[str, Any]) -> None:
    figures = rows(compared["figures"])
    derived = [figure for figure in figures if figure["derived"]]
    assert derived
    assert all("Clopper" in figure["method"] and "CI" not in figure["text"] for figure in derived)
    assert not [figure for figure in figures if figure["method"] and not figure["derived"]]


def test_a_figure_set_aside_has_a_reason(compared: dict[str, Any]) -> None:
    every = rows(compared["figures"]) + rows(compared["comparisons"])
    aside = [entry for entry in every if entry["standing"] == "set-aside"]
    assert aside
    assert all(entry["reasons"] for entry in aside)


# --- files -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["explore", "compare"])
def test_a_file_is_small_and_named_by_its_content(
    site_folder: Path,
    name: str,
) -> None:
    content = (site_folder / "data" / f"{name}.json.gz").read_bytes()
    assert content[4:8] == bytes(4), "the time of packing is in the file"
    assert len(content) < 100 * len(records().claims())
    page = (site_folder / name / "index.html").read_text("utf-8")
    assert page.count(f"data/{name}.json.gz?v=") == 2
    assert json.loads(gzip.decompress(content))


def test_a_file_is_the_same_bytes_each_time() -> None:
    assert json_file("a", {"b": ["ü"]}).content == json_file("a", {"b": ["ü"]}).content


def test_without_javascript_the_pages_link_to_the_claims(site_folder: Path) -> None:
    for name in ("explore", "compare"):
        text = (site_folder / name / "index.html").read_text("utf-8")
        assert 'href="../data/claims.csv"' in text.partition("<noscript>")[2]
