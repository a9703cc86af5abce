"""The site's own way through mkdocs leaves the pages as mkdocs alone makes them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.example_base import content

from kb import KnowledgeBase
from kb.site.asides import put_back, set_aside
from kb.site.compiled import compiled
from kb.site.data.search_index import entries
from kb.site.output import Output
from kb.site.page import OutputFile, Page, Renderer
from kb.site.writer import write_pages

PARTS = (
    "<p>*one*</p>",
    "<div>\n\n**two**\n\n</div>",
    "three *four*",
    "```\n<p>five</p>\n```",
    "<span>six</span>",
    '<div data-aside="0"></div>',
    "<table><tr><td># seven</td></tr></table>",
    "",
)


def pages(site: Path) -> dict[str, str]:
    """The pages of a site, without the space between elements."""
    return {
        path.relative_to(site).as_posix(): re.sub(r"\s*([<>])\s*", r"\1", path.read_text("utf-8"))
        for path in site.rglob("*.html")
    }


SHARED = """
from kb.site import rendering
rendering._FEW, rendering.MOST, rendering.processors = 0, 3, lambda: 3
rendering.main()
"""
"""Build pages by three processes, however few there are and on whichever machine."""


def run(folder: Path, *command: str, last: Path | str = "") -> None:
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "0"}
    ran = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        input=f"begin\n{last}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert not ran.returncode, ran.stderr


def test_pages_are_those_of_mkdocs_alone(example: KnowledgeBase, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write_pages(example, one)
    shutil.copytree(one, other)
    shutil.copytree(one, tmp_path / "shared")
    run(one, "-m", "kb.site.rendering", str(one))
    run(other, "-m", "mkdocs", "build", "--strict", "--quiet")
    assert pages(one / "site") == pages(other / "site")
    assert len(pages(one / "site")) > 20
    run(tmp_path / "shared", "-c", SHARED, ".")
    assert content(tmp_path / "shared") == content(one)


def test_a_page_that_one_of_several_processes_cannot_build_is_named(
    example: KnowledgeBase, tmp_path: Path
) -> None:
    write_pages(example, tmp_path)
    ill = tmp_path / "docs" / "study" / "halt.md"
    ill.write_text(f"{ill.read_text('utf-8')}\n[nowhere](nowhere.md)\n", "utf-8")
    with pytest.raises(AssertionError, match=r"(?s)study/halt\.md.*nowhere\.md"):
        run(tmp_path, "-c", SHARED, ".")


def test_a_page_may_lead_to_one_that_is_taken_over(example: KnowledgeBase, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    write_pages(example, one)
    shutil.copytree(one, other)
    page = other / "docs" / "about.md"
    page.write_text(f"{page.read_text('utf-8')}\nSee [HALT](study/halt.md).\n", "utf-8")
    run(one, "-m", "kb.site.rendering", str(one))
    run(other, "-m", "kb.site.rendering", str(other), last=one)
    assert 'See <a href="../study/halt/">' in (other / "site/about/index.html").read_text("utf-8")
    assert (other / "site/study/halt/index.html").samefile(one / "site/study/halt/index.html")


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(PARTS)), max_size=8))
def test_what_is_set_aside_comes_back_to_its_place(drawn: list[tuple[bool, str]]) -> None:
    markdown = "\n\n".join(f"## A heading\n\n{part}" if is_new else part for is_new, part in drawn)
    text, aside = set_aside(markdown)
    if '<div data-aside="0"></div>' not in markdown:
        assert put_back(text, aside) == markdown
    for part in aside:
        assert part.startswith("<")
        assert part.endswith(">")
        assert "```" not in part


@pytest.mark.parametrize(
    "part", ["three *four*", "```\n<p>\n```", "<span>six</span>", "a\n<p>b</p>"]
)
def test_markdown_is_left_to_markdown(part: str) -> None:
    assert set_aside(f"## A\n\n{part}\n") == (f"## A\n\n{part}\n", [])


def test_the_search_knows_parts_by_their_headings_and_not_what_is_excluded() -> None:
    html = (
        '<nav><a href="/">Home</a></nav><h1>Title</h1><p>first &amp; last</p>'
        '<h2 id="a">Part<a class="headerlink" href="#a">#</a></h2><p>said</p>'
        "<section data-search-exclude><section>no</section>no</section><script>no</script>yes"
        '<h2 id="b" data-search-exclude>Gone</h2><p>no</p><img alt="x>y"><br>'
        '<h3 id="c">Third</h3><svg><text>no</text></svg>last'
    )
    ranked = {"tags": ["T"], "boost": 2}
    assert list(entries("p/", "P", html, {"search": {"boost": 2}, "tags": ["T"]})) == [
        {"location": "p/", "title": "P", "text": "Title first &amp; last", **ranked},
        {"location": "p/#a", "title": "Part", "text": "said yes", **ranked},
        {"location": "p/#c", "title": "Third", "text": "last", **ranked},
    ]
    assert list(entries("p/", "P", html, {"search": {"exclude": True}})) == []


def test_files_stand_beside_pages_also_where_no_page_is(tmp_path: Path) -> None:
    output = Output(tmp_path, Renderer(tmp_path, {}), None, {})
    output.write(OutputFile("a/b/c.csv", b"x"))
    (tmp_path / "site" / "a").mkdir(parents=True)
    output.put_beside()
    assert content(tmp_path) == {"site/a/b/c.csv": b"x"}


def test_what_was_made_of_a_template_holds_for_the_same_software_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "page.j2").write_text("{{ 'x'|said }}", "utf-8")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def rendered(said: str, made_with: str) -> str:
        renderer = Renderer(tmp_path, {"said": lambda _: said}, compiled(made_with))
        return renderer.markdown(Page("a", "page.j2", "A")).splitlines()[-1]

    assert [rendered(said, "one") for said in ("first", "second")] == ["first", "first"]
    assert rendered("third", "another") == "third"
    assert rendered("fourth", "one") == "fourth"
    assert [rendered(said, "") for said in ("fifth", "sixth")] == ["fifth", "sixth"]
    assert len(list(tmp_path.glob("_jinja2-cache-*/*"))) == 1
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    assert rendered("seventh", "one") == "seventh"
