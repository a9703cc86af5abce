"""What the site generator writes: complete, addressable, harmless, and the same every time."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlparse

from support.built_site import file_of, page, pages

from kb.export.csv import COLUMNS
from kb.site.context import SCHEMES, PageContext
from kb.site.pages.questions import common_values, with_values
from kb.site.tables.study import StudyTables
from kb.stores.library import library


def test_every_thing_has_a_page_at_the_path_of_its_iri(
    site_folder: Path, site: PageContext
) -> None:
    iris = site.base.iris
    kinds = {"study": site.studies, "source": site.sources, "publication": site.publications}
    wanted = [iris.entity(kind, name) for kind, names in kinds.items() for name in names]
    wanted += [term.iri for scheme in SCHEMES for term in site.with_page(scheme)]
    assert not [iri for iri in wanted if not file_of(site_folder, iri, iris.base).is_file()]


def test_a_concept_without_evidence_has_no_page_and_stands_in_its_list(
    site_folder: Path, site: PageContext
) -> None:
    for scheme in SCHEMES:
        bare = [t for t in site.terms(scheme) if not site.evidence_on(scheme).get(t.notation)]
        assert not [t for t in bare if file_of(site_folder, t.iri, site.base.iris.base).exists()]
        index = (site_folder / scheme / "index.html").read_text("utf-8")
        assert not [t.segment for t in bare if f'<li id="{t.segment}">' not in index]
        assert len(bare) < len(site.terms(scheme))


def test_every_claim_group_and_measure_is_an_anchor_of_its_study(
    site_folder: Path, site: PageContext
) -> None:
    iris = site.base.iris
    wanted = [found.iri for found in site.claims]
    wanted += [iris.measure(found.claim.measure) for found in site.claims]
    wanted += [iris.group(group.study, group.id) for group in site.evidence.groups]
    assert wanted
    missing = [
        iri
        for iri in set(wanted)
        if urldefrag(iri).fragment
        not in set(
            page(site_folder, f"{urldefrag(iri).url.removeprefix(iris.base)}/index.html").ids
        )
    ]
    assert not missing


def test_no_id_stands_twice_on_a_page(site_folder: Path) -> None:
    twice = {
        path: sorted({name for name in found if found.count(name) > 1})
        for path in pages(site_folder)
        if len(found := page(site_folder, path).ids) != len(set(found))
    }
    assert not twice


def test_every_word_of_the_ontology_is_an_anchor(site_folder: Path, site: PageContext) -> None:
    for scheme in set(site.vocabulary.schemes) - set(SCHEMES):
        ids = page(site_folder, f"{scheme}/index.html").ids
        assert not [term.iri for term in site.terms(scheme) if term.segment not in ids]
    own = site.base.iris.own("")
    named = {str(getattr(s, "value", "")) for s, _, _ in site.vocabulary.triples}
    ids = page(site_folder, "ontology/index.html").ids
    assert not [iri for iri in named if iri.startswith(own) and iri.removeprefix(own) not in ids]


def test_every_internal_link_and_anchor_resolves(site_folder: Path, site: PageContext) -> None:
    home = urlparse(site.base.iris.base)
    broken = []
    for path in pages(site_folder):
        here = f"{home.scheme}://{home.netloc}{home.path}{path.removesuffix('index.html')}"
        for link in set(page(site_folder, path).links):
            full = urlparse(urljoin(here, link))
            if full.netloc != home.netloc or not full.path.startswith(home.path):
                continue
            target = site_folder / unquote(full.path.removeprefix(home.path))
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                broken.append((path, link))
            # A fragment with "=" is the state of the console, which no id stands for.
            elif full.fragment and "=" not in full.fragment and target.suffix == ".html":
                ids = page(site_folder, str(target.relative_to(site_folder))).ids
                if unquote(full.fragment) not in ids:
                    broken.append((path, link))
    assert not broken[:20]


def test_links_out_are_plain_links_and_nothing_is_loaded_from_elsewhere(site_folder: Path) -> None:
    for path in pages(site_folder):
        text = (site_folder / path).read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|img|iframe|source|video|audio)[^>]+src=\"([^\"]+)\"", text)
        loaded += re.findall(
            r"<link[^>]+rel=\"(?:stylesheet|icon|pre\w+)\"[^>]+href=\"([^\"]+)\"", text
        )
        assert not [one for one in loaded if "//" in one], path
        assert "Content-Security-Policy" in text, path


# --- tables ----------------------------------------------------------------------------------


def test_tables_show_every_claim_of_a_study_once(site: PageContext) -> None:
    for study in site.studies:
        arranged = StudyTables(site, study)
        shown = [f.iri for t in arranged.tables() for s in t.figures for f in s.claims]
        shown += [found.iri for found in arranged.claims if found.claim.steps]
        assert sorted(shown) == sorted(found.iri for found in arranged.claims), study


def test_a_figure_stands_in_the_column_of_its_own_arm_or_names_its_group(site: PageContext) -> None:
    for study in site.studies:
        arranged = StudyTables(site, study)
        for table in arranged.tables():
            for row in (row for block in table.blocks for row in block.rows):
                for column, cell in zip(table.columns, row.cells, strict=True):
                    groups = {f.claim.measure.group for s in cell.figures for f in s.claims}
                    named = {site.who(study, group) for group in groups}
                    assert groups <= {column.group.id} or named == {cell.who or row.among}


def test_a_download_holds_exactly_the_claims_of_its_table(
    site_folder: Path, site: PageContext
) -> None:
    study = max(site.by_study, key=lambda name: len(site.by_study[name]))
    for table in StudyTables(site, study).tables():
        rows = list(csv.DictReader(io.StringIO((site_folder / table.csv).read_text("utf-8-sig"))))
        assert list(rows[0]) == list(COLUMNS)
        assert {row["claim"] for row in rows} == {found.claim.id for found in table.claims}


def test_pages_of_concepts_find_what_the_lookup_finds(site: PageContext) -> None:
    for scheme in SCHEMES:
        evidence = site.evidence_on(scheme)
        name = max(evidence, key=lambda notation: (len(evidence[notation]), notation))
        found = site.base.claims(**{scheme: name})
        assert {f.iri for f in evidence[name]} == {f.iri for f in found}, (scheme, name)


def test_every_top_of_the_endpoints_is_under_one_heading(site: PageContext) -> None:
    tops = [top for heading in site.headings for top in heading.tops]
    assert sorted(tops) == sorted(t.notation for t in site.terms("endpoint") if not t.broader)


def test_queries_as_shown_give_the_answers_of_the_lookup(site: PageContext) -> None:
    values = common_values(site)
    for query in (q for q in library().values() if not q.is_for_pages):
        example = {n: values.get(kind, values.get(n, "")) for n, kind in query.parameters.items()}
        if all(example.values()):
            shown = site.base.sparql(with_values(site, query, example))
            assert sorted(map(str, shown)) == sorted(map(str, site.base.ask(query.name, **example)))


def test_a_card_of_the_first_page_shows_one_figure_for_a_measure_and_no_empty_column(
    site_folder: Path,
) -> None:
    cards = (site_folder / "index.html").read_text("utf-8").split('class="results card"')[1:]
    cards[-1] = cards[-1].partition("</section>")[0]
    assert cards
    for card in cards:
        rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", card, re.DOTALL)
        assert rows
        cells = [re.findall(r'<td class="num"[^>]*>(.*?)</td>', row, re.DOTALL) for row in rows]
        assert all(cell.count('class="fig') <= 1 for row in cells for cell in row)
        columns = zip(*cells, strict=True)
        assert all(any('class="fig' in cell for cell in column) for column in columns)


def test_every_table_is_read_as_utf_8_by_spreadsheets(site_folder: Path) -> None:
    tables = list(site_folder.rglob("*.csv"))
    assert len(tables) > 10
    assert [path for path in tables if not path.read_bytes().startswith(BOM_UTF8)] == []


def test_a_flow_and_a_network_can_be_taken_as_csv(site_folder: Path) -> None:
    flows = list(site_folder.glob("study/*/flow.csv"))
    assert flows
    for path in (*flows, site_folder / "network.csv"):
        assert list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
