"""Discrepancies on the pages, and what pages offer to programs."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape

from support.built_site import built_site, concept_plots, records, the_site
from support.environment import ROOT
from support.example_base import edit

from kb import KnowledgeBase
from kb.checks import Severity
from kb.checks.adjudication import ClaimStatus
from kb.site.data.citation_formats import bibtex
from kb.site.data.citations import publication_citation
from kb.site.data.schema_org import script
from kb.site.pages.discrepancies import KINDS


def page(path: str) -> str:
    return (built_site() / path / "index.html").read_text(encoding="utf-8")


def claims_of(attributes: str) -> str:
    """The claims of a figure: named, or the one whose id it has."""
    every = re.search(r'data-claims="([^"]*)"', attributes)
    own = every or re.search(r' id="([^"]*)"', attributes) or re.search('#([^"]*)"', attributes)
    return unescape(own[1]) if own else ""


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_page_lists_every_discrepancy_once() -> None:
    html = page("finding")
    assert html.count('<article class="finding') == len(records().discrepancies())
    text = text_of(html)
    for finding in records().discrepancies():
        assert " ".join(the_site().named_sources(finding.message).split())[1:] in text


def test_sources_are_named_as_they_are_cited_and_kinds_in_the_words_of_the_field() -> None:
    checks = "".join(path.read_text("utf-8") for path in (ROOT / "kb/checks").glob("*.py"))
    assert not [kind for kind in KINDS if f'"{kind}"' not in checks]
    text = text_of(page("finding").partition('id="findings"')[2])
    names = the_site().sources
    assert not [name for name in names if re.search(rf"(?<![\w-]){name}(?![\w-])", text)]
    assert the_site().named_sources("2.1 of bruzzese-2025, not x-bruzzese-2025") == (
        "2.1 of Bruzzese 2025, not x-bruzzese-2025"
    )


def test_the_downloads_equal_the_output_of_the_command() -> None:
    data = json.loads((built_site() / "finding/findings.json").read_text(encoding="utf-8"))
    expected = [finding.data() for finding in records().discrepancies()]
    assert data == {"discrepancies": json.loads(json.dumps(expected))}
    table = (built_site() / "finding/findings.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["id"] for row in rows] == [finding.id for finding in records().discrepancies()]
    assert {row["severity"] for row in rows} <= {severity.value for severity in Severity}


def test_a_discrepancy_is_on_the_page_of_its_iri() -> None:
    for finding in records().discrepancies():
        html = page(f"study/{finding.study}")
        assert html.count(f'id="finding.{finding.id}"') == 1
        if finding.adjudication:
            assert html.count(f'id="adjudication.{finding.id}"') == 1
            assert " ".join(finding.adjudication.reason.split()) in text_of(html)


def test_a_figure_set_aside_is_marked_and_still_opens() -> None:
    aside = [f for f in records().claims() if f.standing is ClaimStatus.SET_ASIDE]
    assert aside
    for found in aside:
        if found.claim.kind != "result" or found.claim.figure.value is None:
            continue
        html = page(f"study/{found.claim.study}")
        figures = re.findall(r'<a class="fig([^"]*)"([^>]*)>', html)
        buttons = [(classes, claims_of(attributes)) for classes, attributes in figures]
        mine = [classes for classes, claims in buttons if found.claim.id in claims.split()]
        together = [claims for _, claims in buttons if found.claim.id in claims.split()]
        alone = all(
            one.standing is ClaimStatus.SET_ASIDE
            for name in together[0].split()
            for one in records().claims(study=found.claim.study)
            if one.claim.id == name
        )
        assert ("set-aside" in mine[0]) is alone


def test_every_mark_of_a_figure_links_to_its_discrepancy() -> None:
    html = page("study/campus-all")
    marks = re.findall(r'class="contested [a-z]+" href="([^"]+)"', html)
    assert marks
    for address in marks:
        path, _, fragment = address.partition("#")
        where = path.replace("../", "").strip("/")
        assert f'id="{fragment}"' in page(where)


def test_the_pages_agree_on_the_number_of_discrepancies() -> None:
    found = records().discrepancies()
    assert f"{len(found)} discrepancies between reported values" in text_of(page("."))
    for severity in Severity:
        number = sum(finding.severity is severity for finding in found)
        assert f"{severity.value} {number}" in text_of(page("finding"))


def test_concept_pages_list_differences_before_the_figures() -> None:
    html = page("endpoint/MRD_NEG")
    found = records().claims(endpoint="MRD_NEG").comparability()
    respects = [d.respect for d in found if d.is_stated]
    assert respects
    pattern = r'<details class="unalike"><summary>Differences between studies: ([^<]+)</summary>'
    summary = re.search(pattern, html)
    assert summary is not None
    at = [unescape(summary[1]).find(f"{respect} (") for respect in respects]
    assert at[0] == 0
    assert at == sorted(set(at))
    gaps = [f"{d.respect[0].upper()}{d.respect[1:]}" for d in found if d.missing]
    assert gaps
    listed = re.search(r'<ul class="gaps">(.*?)</ul>', html, re.DOTALL)
    assert listed is not None
    assert re.findall(r"<li>(.*?): ", unescape(listed[1])) == gaps
    assert html.index('class="unalike"') < html.index('class="plot')


def test_the_description_of_a_page_cannot_end_its_script() -> None:
    assert script({"name": "</script><script>alert(1)"}).count("<") == 0
    assert json.loads(script({"name": "a < b & c"})) == {"name": "a < b & c"}


def test_every_page_has_linked_data_and_citations() -> None:
    site = built_site()
    for kind, name in (
        ("study", "tower"),
        ("source", "bruzzese-2025"),
        ("publication", "stock-2021"),
        ("endpoint", "OS"),
        ("regimen", "blinatumomab"),
    ):
        for ending in ("ttl", "jsonld", "bib", "ris", "csl.json"):
            assert (site / f"{kind}/{name}.{ending}").stat().st_size > 0
        json.loads((site / f"{kind}/{name}.jsonld").read_text(encoding="utf-8"))
    guide = (site / "llms.txt").read_text(encoding="utf-8")
    assert all(f"study/{study.id}/" in guide for study in records().studies())


def test_pages_are_described_with_schema_org() -> None:
    html = page("study/tower")
    script = re.search(r'<script type="application/ld\+json">(.+?)</script>', html)
    assert script is not None
    data = json.loads(script[1])
    assert data["name"] == "TOWER"
    assert data["identifier"] == ["NCT02013167"]
    assert "application/ld+json" not in page("finding")


def test_a_publication_is_cited_from_its_record() -> None:
    stock = next(p for p in records().evidence.publications if p.id == "stock-2021")
    cited = bibtex(publication_citation(stock))
    assert cited.startswith("@article{stock-2021,")
    assert stock.doi in cited
    assert f"year = {{{stock.year}}}" in cited


def test_a_stale_judgement_is_shown_on_the_page(example_root: object) -> None:
    from pathlib import Path

    from kb.site.context import PageContext
    from kb.site.pages.discrepancies import cards

    root = Path(str(example_root))
    file = next((root / "evidence/adjudications").glob("*.yaml"))
    judged = re.search(r'judged: "?([0-9a-f]{12})', file.read_text(encoding="utf-8"))
    assert judged is not None
    edit(root, str(file.relative_to(root)), judged[1], "0" * 12)
    site = PageContext(KnowledgeBase(root), ROOT / "site")
    assert "stale" in {card.code for card in cards(site)}


def test_a_figure_set_aside_is_written_but_not_drawn() -> None:
    rows = [row for plots in concept_plots().values() for plot in plots for row in plot.rows]
    aside = [
        (row.cells[0][at].text, row.marks[at])
        for row in rows
        for at, shown in enumerate(row.figures)
        if shown.standing is ClaimStatus.SET_ASIDE
    ]
    assert aside
    assert all(text.startswith("⊘") and mark is None for text, mark in aside)
