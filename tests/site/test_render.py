"""A generated page is what the theme would have made of it, in the shell of its section."""

from __future__ import annotations

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import pytest
from mkdocs.commands.build import build as build_with_mkdocs
from mkdocs.config import load_config
from support.built_site import search_rows
from support.environment import ROOT
from support.example_base import name_no_studies

from benchmarks.builds import write_markdown
from kb import KnowledgeBase, UnavailableError
from kb.site.build import build_site, write_file
from kb.site.page import Page
from kb.site.shell import Shell

LINKS = ("href", "src")
SECTIONS = ("study/index", "network", "data", "ontology")
"""Pages of the navigation whose table of contents has something in it."""


@pytest.fixture(scope="module")
def built(example: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build_site(example, folder)
    return folder / "site"


@pytest.fixture
def own_site(example_root: Path) -> Path:
    """A project with its own ``site/``, to change at will."""
    site = example_root / "site"
    skipped = shutil.ignore_patterns("node_modules", "recipes")
    shutil.copytree(ROOT / "site", site, ignore=skipped)
    name_no_studies(example_root)
    (site / "front" / "node_modules").symlink_to(ROOT / "site" / "front" / "node_modules")
    return example_root


# --- the theme around a page -----------------------------------------------------------------


class Elements(HTMLParser):
    """The elements of a page with their attributes and text; links lead from one place."""

    def __init__(self, text: str, url: str) -> None:
        super().__init__()
        self.url = f"http://site/{url}"
        self.found: list[object] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        places = {name: urljoin(self.url, value or "") for name, value in attrs if name in LINKS}
        self.found.append((tag, sorted({**dict(attrs), **places}.items())))

    def handle_data(self, data: str) -> None:
        self.found.extend(data.split())


@pytest.fixture(scope="module")
def bare(example: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same pages, each given to mkdocs as Markdown."""
    folder = tmp_path_factory.mktemp("bare") / "site"
    write_markdown(example, folder)
    build_with_mkdocs(load_config(str(folder / "mkdocs.yml")))
    return folder / "site"


@pytest.mark.parametrize("path", SECTIONS)
def test_a_page_of_the_navigation_is_as_mkdocs_alone_makes_it(
    built: Path, bare: Path, path: str
) -> None:
    """Fails when a version of the theme writes something that the shell does not know."""
    place = Page(path, "", "", dict).url
    one, other = ((folder / place / "index.html").read_text("utf-8") for folder in (built, bare))
    assert Elements(one, place).found == Elements(other, place).found


def test_a_page_within_a_section_has_a_head_and_contents_of_its_own(
    example: KnowledgeBase, built: Path
) -> None:
    text = (built / "study" / "halt" / "index.html").read_text("utf-8")
    base, study = example.iris.base, example.study("halt")
    assert f"<title>{study.name} · {example.evidence.dataset.title}</title>" in text
    assert f'<link rel="canonical" href="{base}study/halt/">' in text
    assert f'<meta name="description" content="{study.name}: {study.title}">' in text
    assert '"@type": "MedicalStudy"' in text
    assert 'rel="next"' not in text
    contents = text.partition('data-md-component="toc"')[2].partition("</ul>")[0]
    headings = re.findall(r'<h2 id="([^"]+)"', text)
    assert re.findall(r'href="#([^"]+)"', contents) == headings
    assert len(headings) > 3
    # Its section is marked in tabs and menu; the menu does not hold the contents of the page.
    assert text.count("--active") == 3
    assert "__toc" not in text


def test_a_page_without_headings_has_no_table_of_contents(built: Path) -> None:
    for path in ("explore", "publication", "endpoint", "unit"):
        text = (built / path / "index.html").read_text("utf-8")
        assert "<h2" not in text
        assert "Table of contents" not in text.replace('aria-label="Table of contents"', "")


def test_what_a_page_hides_is_hidden(built: Path) -> None:
    for path, hidden in {"data": 0, "study/halt": 1, "explore": 2, "index": 2}.items():
        file = built / ("" if path == "index" else path) / "index.html"
        found = re.findall(r'data-md-type="\w+"( hidden)?>', file.read_text("utf-8"))
        assert (len(found), len(list(filter(None, found)))) == (2, hidden), path


def test_blanks_in_what_a_page_says_are_not_filled(example: KnowledgeBase) -> None:
    shell = Shell("<title>@@title@@</title><h1>@@content@@</h1><h2></h2>", "a/")
    page_ = Page("a", "", "@@content@@ <b>", dict)
    text = shell.fill(page_, "", "@@title@@", [], example.evidence.dataset)
    assert text == "<title>@@content@@ &lt;b&gt;</title>@@title@@"


# --- the site as a whole ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("pages/about.md", "\n[nowhere](nowhere.md)\n", r"about\.md.*nowhere\.md"),
        ("mkdocs.yml", "\nno_such_setting: 1\n", "no_such_setting"),
    ],
)
def test_what_mkdocs_refuses_is_named(
    own_site: Path, tmp_path: Path, file: str, text: str, message: str
) -> None:
    path = own_site / "site" / file
    path.write_text(path.read_text("utf-8") + text, "utf-8")
    with pytest.raises(UnavailableError, match=f"(?s)mkdocs could not build the site:.*{message}"):
        build_site(KnowledgeBase(own_site), tmp_path / "out")


def test_a_hand_written_page_is_built_searched_and_in_the_sitemap(
    own_site: Path, tmp_path: Path
) -> None:
    (own_site / "site" / "pages" / "more.md").write_text("# More\n\nA *zebra*.\n", "utf-8")
    build_site(KnowledgeBase(own_site), tmp_path / "out")
    site = tmp_path / "out" / "site"
    assert "<em>zebra</em>" in (site / "more" / "index.html").read_text("utf-8")
    assert "A zebra." in search_rows(site)["more/"]["snippet"]
    assert "/headache/more/</loc>" in (site / "sitemap.xml").read_text("utf-8")


def test_the_search_and_the_sitemap_know_every_page(built: Path) -> None:
    indexed = {url.partition("#")[0] for url in search_rows(built)}
    moved = json.loads((built / "redirects.json").read_text("utf-8"))
    pages = {path.relative_to(built).as_posix() for path in built.rglob("index.html")}
    urls = {path.removesuffix("index.html") for path in pages} - {f"{old}/" for old in moved}
    # What other sites frame is on a page of the site too.
    urls = {url for url in urls if not url.startswith("embed/")}
    assert indexed == urls
    sitemap = (built / "sitemap.xml").read_text("utf-8")
    assert re.findall("<loc>https://example.org/headache/(.*?)</loc>", sitemap) == sorted(urls)
    assert "@@" not in "".join(path.read_text("utf-8") for path in built.rglob("*.html"))


def test_no_file_is_written_outside_the_site(tmp_path: Path) -> None:
    write_file(tmp_path, "a/b/c.csv", b"x")
    assert (tmp_path / "a" / "b" / "c.csv").read_bytes() == b"x"
    for path in ("../x", "/x", "a/../../x"):
        with pytest.raises(UnavailableError, match="outside the site"):
            write_file(tmp_path / "a", path, b"")
