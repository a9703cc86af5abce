"""What the site generator writes: complete, addressable, harmless, and the same every time."""

from __future__ import annotations

import atexit
import csv
import filecmp
import functools
import io
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlparse

import pyoxigraph as ox
import pytest
from conftest import ROOT

from kb.errors import UnavailableError
from kb.expansion import slug
from kb.exports import COLUMNS
from kb.judging import Standing
from kb.lookup import KnowledgeBase
from kb.queries import library
from kb.site import build_site
from kb.site import writing as site_writing
from kb.site.context import SCHEMES, Site
from kb.site.findings import of_study
from kb.site.questions import common_values, is_for_pages, with_values
from kb.site.tables import StudyTables
from kb.vocabulary import RDF_TYPE

ATTACK = "</title></script><script>alert(1)</script>"
MARKDOWN = "*x* [y](javascript:alert(2)) `z` {{ 7*7 }} {: #evil } | <b>"


@functools.cache
def records() -> KnowledgeBase:
    return KnowledgeBase(os.environ.get("KB_ROOT", ROOT))


@functools.cache
def built_site() -> Path:
    """The site of the project's records, built once for all tests."""
    folder = Path(tempfile.mkdtemp(prefix="kb-site-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    build_site(records(), folder)
    return folder / "site"


@pytest.fixture(scope="session")
def site_folder() -> Path:
    return built_site()


@pytest.fixture(scope="session")
def site() -> Site:
    return Site(records(), ROOT / "site")


# --- a page for everything -------------------------------------------------------------------


class Reader(HTMLParser):
    """The ids and links of one page, and whether a script or handler is written into it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if (
                name in ("href", "src")
                and value
                and not (tag == "link" and "canonical" in str(attrs))
            ):
                self.links.append(value)
            if name.startswith("on"):
                self.inline.append(f"{tag} {name}={value}")


@functools.cache
def page(folder: Path, path: str) -> Reader:
    return Reader((folder / path).read_text(encoding="utf-8"))


def pages(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*.html"))


def file_of(folder: Path, iri: str, base: str) -> Path:
    return folder / iri.removeprefix(base).partition("#")[0] / "index.html"


def test_every_thing_has_a_page_at_the_path_of_its_iri(site_folder: Path, site: Site) -> None:
    iris = site.base.iris
    kinds = {"study": site.studies, "source": site.sources, "publication": site.publications}
    wanted = [iris.entity(kind, name) for kind, names in kinds.items() for name in names]
    wanted += [term.iri for scheme in SCHEMES for term in site.terms(scheme)]
    assert not [iri for iri in wanted if not file_of(site_folder, iri, iris.base).is_file()]


def test_every_claim_group_and_measure_is_an_anchor_of_its_study(
    site_folder: Path, site: Site
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


def test_every_word_of_the_ontology_is_an_anchor(site_folder: Path, site: Site) -> None:
    for scheme in set(site.vocabulary.schemes) - set(SCHEMES):
        ids = page(site_folder, f"{scheme}/index.html").ids
        assert not [term.iri for term in site.terms(scheme) if term.segment not in ids]
    own = site.base.iris.own("")
    named = {str(getattr(s, "value", "")) for s, _, _ in site.vocabulary.triples}
    ids = page(site_folder, "ontology/index.html").ids
    assert not [iri for iri in named if iri.startswith(own) and iri.removeprefix(own) not in ids]


def test_every_internal_link_and_anchor_resolves(site_folder: Path, site: Site) -> None:
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


def test_tables_show_every_claim_of_a_study_once(site: Site) -> None:
    for study in site.studies:
        arranged = StudyTables(site, study)
        shown = [f.iri for t in arranged.tables() for s in t.shown for f in s.claims]
        shown += [found.iri for found in arranged.claims if found.claim.steps]
        assert sorted(shown) == sorted(found.iri for found in arranged.claims), study


def test_a_figure_stands_in_the_column_of_its_own_arm_or_names_its_group(site: Site) -> None:
    for study in site.studies:
        arranged = StudyTables(site, study)
        for table in arranged.tables():
            for row in (row for block in table.blocks for row in block.rows):
                for column, cell in zip(table.columns, row.cells, strict=True):
                    groups = {f.claim.measure.group for s in cell.shown for f in s.claims}
                    named = {site.who(study, group) for group in groups}
                    assert groups <= {column.group.id} or named == {cell.who or row.among}


def test_a_download_holds_exactly_the_claims_of_its_table(site_folder: Path, site: Site) -> None:
    study = max(site.by_study, key=lambda name: len(site.by_study[name]))
    for table in StudyTables(site, study).tables():
        rows = list(csv.DictReader(io.StringIO((site_folder / table.csv).read_text("utf-8"))))
        assert list(rows[0]) == list(COLUMNS)
        assert {row["claim"] for row in rows} == {found.claim.id for found in table.claims}


def test_pages_of_concepts_find_what_the_lookup_finds(site: Site) -> None:
    from kb.site.concepts import evidence_by_concept

    for scheme in SCHEMES:
        evidence = evidence_by_concept(site, scheme)
        name = max(evidence, key=lambda notation: (len(evidence[notation]), notation))
        found = site.base.claims(**{scheme: name})
        assert {f.iri for f in evidence[name]} == {f.iri for f in found}, (scheme, name)


def test_every_top_of_the_endpoints_is_under_one_heading(site: Site) -> None:
    tops = [top for heading in site.headings for top in heading.tops]
    assert sorted(tops) == sorted(t.notation for t in site.terms("endpoint") if not t.broader)


def test_queries_as_shown_give_the_answers_of_the_lookup(site: Site) -> None:
    values = common_values(site)
    for query in (q for q in library().values() if not is_for_pages(q)):
        example = {n: values.get(kind, values.get(n, "")) for n, kind in query.parameters.items()}
        if all(example.values()):
            shown = site.base.sparql(with_values(site, query, example))
            assert sorted(map(str, shown)) == sorted(map(str, site.base.ask(query.name, **example)))


# --- discrepancies ---------------------------------------------------------------------------


def cards_of(folder: Path, path: str) -> list[str]:
    text = (folder / path / "index.html").read_text(encoding="utf-8")
    return re.findall(r"<article class=\"finding .*?</article>", text, re.DOTALL)


def test_a_card_holds_its_judgement_and_leads_to_its_prints(site_folder: Path, site: Site) -> None:
    for study in {finding.study for finding in site.base.discrepancies()}:
        every = cards_of(site_folder, f"study/{study}")
        for one in of_study(site, study):
            (text,) = (card for card in every if f'id="finding.{one.finding.id}"' in card)
            assert (f'id="adjudication.{one.finding.id}"' in text) is bool(one.finding.adjudication)
            linked = {unquote(link).rpartition("study/")[2] for link in Reader(text).links}
            assert {f"{f.claim.study}/#{f.claim.id}" for f in one.claims} <= linked
            where = {f"{f.source.id}/#{slug(f.claim.section)}" for f in one.claims}
            assert where <= {link.rpartition("source/")[2] for link in Reader(text).links}


def test_a_finding_is_named_on_the_page_of_every_study_that_it_concerns(
    site_folder: Path, site: Site
) -> None:
    several = [f for f in site.base.discrepancies() if len({c.study for c in f.claims}) > 1]
    assert several
    for finding in several:
        for study in {claim.study for claim in finding.claims}:
            text = (site_folder / "study" / study / "index.html").read_text(encoding="utf-8")
            part = text.partition('id="discrepancies"')[2].partition("<h2")[0]
            own = f'id="finding.{finding.id}"' in part
            led = any(
                link.endswith(f"{finding.study}/#finding.{finding.id}")
                for link in Reader(part).links
            )
            assert own is (study == finding.study)
            assert own or led, study


def test_the_numbers_of_a_source_are_what_their_links_show(site_folder: Path, site: Site) -> None:
    cards = cards_of(site_folder, "finding")
    shown = [re.findall(r'data-source="([^"]*)"', card)[0].split() for card in cards]
    checked = 0
    for source in site.sources:
        text = (site_folder / "source" / source / "index.html").read_text(encoding="utf-8")
        for place, number in re.findall(r'finding/#source=([^"]+)">(\d+)</a>', text):
            assert sum(place in places for places in shown) == int(number), place
            checked += 1
    assert checked


def test_a_preferred_figure_stands_before_what_is_set_aside(site: Site) -> None:
    order = [Standing.PREFERRED, Standing.SET_ASIDE]
    both = 0
    for study in site.studies:
        for table in StudyTables(site, study).tables():
            for row in (row for block in table.blocks for row in block.rows):
                for cell in row.cells:
                    found = [s.standing for s in cell.shown if s.standing in order]
                    assert found == sorted(found, key=order.index)
                    both += len(set(found)) == 2
    assert both


def test_the_turtle_of_a_study_holds_its_findings_and_judgements(
    site_folder: Path, site: Site
) -> None:
    own = site.base.iris.own
    for study in {finding.study for finding in site.base.discrepancies()}:
        text = (site_folder / f"study/{study}.ttl").read_bytes()
        kinds = [
            str(getattr(t.object, "value", ""))
            for t in ox.parse(text, ox.RdfFormat.TURTLE)
            if t.predicate.value == RDF_TYPE
        ]
        findings = [f for f in site.base.discrepancies() if f.study == study]
        assert kinds.count(own("Discrepancy")) == len(findings)
        assert kinds.count(own("Adjudication")) == sum(bool(f.adjudication) for f in findings)


# --- harmless --------------------------------------------------------------------------------


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A small evidence base whose every free text tries to become markup."""
    root = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ROOT / "ontology", root / "ontology")
    population = next(iter(records().vocabulary.schemes["population"]))
    evidence = root / "evidence"
    write(
        evidence / "dataset.yaml",
        f"title: '{ATTACK}'\ndescription: '\"{MARKDOWN}'\nbase: https://example.org/e/\n"
        f"license: https://example.org/licence\ncredits: ['{ATTACK} {MARKDOWN}']\n",
    )
    write(
        evidence / "publications.yaml",
        f"publications:\n  p:\n    citation: '{ATTACK} {MARKDOWN}'\n    type: review\n"
        f"    note: '{ATTACK}'\n",
    )
    write(
        evidence / "sources" / "s.yaml",
        f"id: s\npublication: p\ntitle: '{ATTACK} {MARKDOWN}'\nkind: review\n"
        f"credit: '{ATTACK}'\nsections:\n  - {{id: '1', label: '{MARKDOWN}', from: '1.'}}\n"
        "references: {1: p}\n",
    )
    write(
        evidence / "studies" / "t.yaml",
        f"id: t\nname: '{ATTACK} {MARKDOWN}'\ntitle: '{ATTACK}'\n"
        f"design: {{kind: randomised-trial}}\npopulation: {population}\n"
        f"groups:\n  a: {{label: '{ATTACK}', role: experimental}}\n"
        f"  b: {{label: '{MARKDOWN}', role: comparator}}\n"
        "reports:\n  - source: s\n    at: '1'\n    cites: [1]\n    claims:\n"
        f"      - endpoint: OS\n        named: '{ATTACK}'\n        category: '{MARKDOWN}'\n"
        f"        statistic: median\n        unit: months\n        printed: '{ATTACK} 7.7 and 4'\n"
        f"        note: '{ATTACK}'\n        values: {{a: 7.7, b: 4}}\n"
        "        comparison: {finding: longer}\n"
        f"      - {{endpoint: OS, category: '{MARKDOWN}', statistic: median, unit: months,\n"
        "         printed: '9 and 4', values: {a: 9, b: 4}}\n",
    )
    (finding,) = KnowledgeBase(root).discrepancies()
    faulty, stands = (claim.id for claim in finding.claims)
    write(
        evidence / "adjudications" / "t.yaml",
        f"adjudications:\n  - finding: {finding.id}\n    judged: '{finding.state}'\n"
        f"    judgement: one-stands\n    stands: [{stands}]\n    faulty: [{faulty}]\n"
        f"    reads: '{ATTACK}'\n    reason: 'Because {ATTACK} {MARKDOWN}'\n"
        "    grounds: [judgement]\n    date: 2026-01-01\n",
    )
    return KnowledgeBase(root)


@pytest.fixture(scope="module")
def hostile_site(hostile: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile-site")
    build_site(hostile, folder)
    return folder


def test_markup_in_records_is_shown_and_does_nothing(hostile_site: Path) -> None:
    folder = hostile_site / "site"
    for path in pages(folder):
        text = (folder / path).read_text(encoding="utf-8")
        found = page(folder, path)
        assert "<script>alert" not in text, path
        assert "evil" not in found.ids, path
        assert not found.inline, path
        assert not [link for link in found.links if link.startswith("javascript:")], path
        data = text.count('<script type="application/ld+json">')
        scripts = page(folder, "about/index.html").tags.count("script")
        assert data <= 1, path
        assert found.tags.count("script") == scripts + data


def test_markup_in_records_reads_as_it_was_written(hostile_site: Path) -> None:
    text = (hostile_site / "site" / "study" / "t" / "index.html").read_text(encoding="utf-8")
    headings = Text(text)
    assert ATTACK in headings.text
    assert "{{ 7*7 }}" in headings.text
    assert "[y](javascript:alert(2))" in headings.text
    section = (hostile_site / "site" / "source" / "s" / "index.html").read_text(encoding="utf-8")
    assert f"1 {MARKDOWN}" in Text(section).text


@pytest.mark.parametrize("path", ["finding", "study/t"])
def test_markup_in_a_judgement_is_only_text(
    hostile: KnowledgeBase, hostile_site: Path, path: str
) -> None:
    (finding,) = hostile.discrepancies()
    text = (hostile_site / "site" / path / "index.html").read_text(encoding="utf-8")
    assert f"should read {ATTACK}" in Text(text).text
    assert f"Because {ATTACK} {MARKDOWN}" in Text(text).text
    assert finding.message.count(MARKDOWN)
    assert finding.message[1:] in Text(text).text


class Text(HTMLParser):
    """The text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data


# --- the same every time, and complete or not at all -----------------------------------------


def files(folder: Path) -> Iterator[str]:
    return (str(p.relative_to(folder)) for p in sorted(folder.rglob("*")) if p.is_file())


def test_two_builds_give_the_same_bytes(
    hostile: KnowledgeBase, hostile_site: Path, tmp_path: Path
) -> None:
    again = tmp_path / "elsewhere"
    again.mkdir()
    build_site(hostile, again)
    names = list(files(again))
    assert names == list(files(hostile_site))
    assert filecmp.cmpfiles(hostile_site, again, names, shallow=False)[1:] == ([], [])


def test_no_path_of_the_machine_is_in_the_site(hostile_site: Path) -> None:
    for name in files(hostile_site):
        content = (hostile_site / name).read_bytes()
        assert str(hostile_site).encode() not in content, name
        assert str(ROOT).encode() not in content, name


def test_without_mkdocs_the_error_names_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hostile: KnowledgeBase
) -> None:
    monkeypatch.setattr(site_writing.importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(UnavailableError, match=r"kb\[site\]"):
        build_site(hostile, tmp_path)
    assert not list(tmp_path.iterdir())
