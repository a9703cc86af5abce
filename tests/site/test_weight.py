"""No page is too large for a phone; what is folded or loaded later has a place without scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from support.built_site import pages, records
from support.environment import ROOT

from kb.site.context import PageContext
from kb.site.pages import concepts, discrepancies, home, network, safety, sources
from kb.site.render import Renderer
from kb.site.tables.safety import Safety

MOST_BYTES, MOST_NODES = 400_000, 6_000


def test_no_page_is_too_large(site_folder: Path) -> None:
    large = {}
    for path in pages(site_folder):
        html = (site_folder / path).read_text(encoding="utf-8")
        size = (len(html.encode()), len(re.findall("<[a-zA-Z]", html)))
        if size[0] > MOST_BYTES or size[1] > MOST_NODES:
            large[path] = size
    assert not large


def test_what_a_pop_up_loads_has_every_claim_of_the_study(
    site: PageContext, site_folder: Path
) -> None:
    for study, views in site.by_study.items():
        prints = json.loads((site_folder / f"study/{study}/prints.json").read_text("utf-8"))
        assert prints["claims"].keys() == {view.claim.id for view in views}
        for view in views:
            shown = prints["claims"][view.claim.id]
            assert set(shown["concerns"]) >= {one.id for one in view.discrepancies}
            assert set(shown["concerns"]) <= prints["concerns"].keys()
            assert site.section_path(view.claim.source, view.claim.section) in shown["html"]


def test_a_source_with_much_has_a_page_for_each_section(
    site: PageContext, site_folder: Path
) -> None:
    divided = [name for name in site.sources if site.is_divided(name)]
    assert divided
    for name in divided:
        for section in {view.claim.section for view in site.by_source[name]}:
            page = site_folder / site.section_path(name, section) / "index.html"
            shown = re.findall(r'class="fig', page.read_text("utf-8"))
            claims = [v for v in site.by_source[name] if v.claim.section == section]
            assert len(shown) == len(claims)


def test_many_discrepancies_are_listed_in_part_and_the_rest_counted(
    site: PageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = discrepancies.cards(site)
    (page,) = discrepancies.finding_pages(site)
    assert "more are on the pages of their studies" not in Renderer(site).content(page)
    monkeypatch.setattr(discrepancies, "_MOST_CARDS", 5)
    html = Renderer(site).content(page)
    listed = re.findall(r'data-source="', html)
    assert len(listed) == 5
    assert f"{len(every) - 5} more are on the pages of their studies" in html
    counts = re.findall(r'#discrepancies">[^<]+</a> <span class="count">(\d+)', html)
    assert sum(map(int, counts)) == len(every) - 5


def test_a_pair_of_regimens_with_many_studies_is_cut(
    site: PageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = next(page for page in network.network_pages(site) if page.path == "network")
    whole = Renderer(site).content(page)
    monkeypatch.setattr(network, "_MOST_STUDIES", 1)
    html = Renderer(site).content(page)
    more = re.findall(r"(\d+) more (?:study|studies) of this pair", html)
    rows = [text.count('<td class="kind">') for text in (whole, html)]
    assert more
    assert rows[0] - rows[1] == sum(map(int, more))


def test_pairs_of_regimens_share_the_room_of_a_page(
    site: PageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = next(page for page in network.network_pages(site) if page.path == "network")
    whole = Renderer(site).content(page).count('class="claim-link"')
    monkeypatch.setattr(network, "_MOST_CLAIMS", whole - 1)
    part = Renderer(site).content(page).count('class="claim-link"')
    assert 0 < part < whole
    monkeypatch.setattr(network, "_MOST_CLAIMS", 0)
    html = Renderer(site).content(page)
    assert html.count("<tbody id=") == html.count('<td class="kind">') > 1


def test_safety_of_many_studies_has_a_page_for_each_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kb.site.tables.safety.MOST_FIGURES", 1)
    site = PageContext(records(), ROOT / "site")
    whole, *parts = safety.safety_pages(site)
    rows = [Renderer(site).content(page).count("<tr data-prints") for page in (whole, *parts)]
    assert rows[0] == 0
    assert "studies</li>" in Renderer(site).content(whole)
    assert rows[1:] == [len(part.rows) for part in Safety.of(site).parts]
    for title, address in Safety.of(site).links():
        path, _, anchor = address.partition("/#")
        html = next(Renderer(site).content(page) for page in parts if page.path == path)
        assert f'<h2 id="{anchor}">{title}</h2>' in html
    assert Safety.of(site).links_of_study("ino-vate")[0][1] == "safety/vod/#vod"


def test_many_publications_are_listed_by_initial(
    site: PageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lists() -> dict[str, str]:
        pages = (p for p in sources.source_pages(site) if p.template == "publications.html.j2")
        return {page.path: Renderer(site).content(page) for page in pages}

    row = re.compile(r'<th scope="row"><a href="[./]*publication/([^/"]+)/"')
    (whole,) = lists().values()
    monkeypatch.setattr(sources, "_MOST_PUBLICATIONS", len(site.publications) - 1)
    first, *parts = lists().items()
    assert not row.findall(first[1])
    assert re.findall(r'href="[./]*(publications/\w)/"', first[1]) == [path for path, _ in parts]
    listed = [name for _, html in parts for name in row.findall(html)]
    assert sorted(listed) == sorted(row.findall(whole)) == sorted(site.publications)


def test_plots_without_room_lead_to_the_builder(
    site: PageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(concepts, "_MOST_NODES", 400)
    made = {page.path: page for page in concepts.concept_pages(site)}
    html = Renderer(site).content(made["endpoint/OS"])
    assert "Too large for a page" in html
    assert 'href="../../forest/#measure=OS' in html.partition("Too large for a page")[2]


def test_the_first_page_of_a_large_base_lists_no_studies(
    site: PageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = next(home.home_pages(site))
    assert 'class="map"' in Renderer(site).content(page)
    monkeypatch.setattr(home, "_MOST_STUDIES", 10)
    html = Renderer(site).content(page)
    assert 'class="map"' not in html
    assert f'<a href="study/">{len(site.studies)} studies and analyses</a>' in html
