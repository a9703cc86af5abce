"""Recipes and traps run at every build, and a broken one is named."""

from __future__ import annotations

import contextlib
import io
import re
import runpy
from pathlib import Path

import pytest
from support.built_site import page, records
from support.environment import ROOT

from kb import InputError, KnowledgeBase
from kb.site.build import build_site
from kb.site.context import PageContext
from kb.site.pages.cookbook import cookbook_pages, recipes, traps
from kb.site.render import Renderer

RECIPES = ROOT / "site" / "recipes"


@pytest.fixture
def base(example_root: Path) -> KnowledgeBase:
    """An evidence base without recipes, to which they can be added."""
    return KnowledgeBase(example_root)


def write(base: KnowledgeBase, name: str, text: str) -> None:
    path = base.root / "site" / "recipes" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("path", sorted((RECIPES / "python").glob("*.py")), ids=lambda p: p.stem)
def test_a_recipe_shows_the_output_of_a_fresh_run(path: Path) -> None:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(path), init_globals={"kb": KnowledgeBase(ROOT)})
    shown = {f"{program.name}.py": program for program in recipes(records(), "python")}
    recipe = shown[path.name.partition("-")[2]]
    assert recipe.output == printed.getvalue().rstrip()
    assert recipe.code in path.read_text(encoding="utf-8")


def test_a_query_of_the_cookbook_shows_the_answer_of_a_fresh_run() -> None:
    fresh = KnowledgeBase(ROOT)
    asked = recipes(records(), "sparql")
    assert len(asked) == len(list((RECIPES / "sparql").glob("*.rq")))
    for one in asked:
        assert list(fresh.sparql(one.code)) == list(one.output), one.name


def test_the_two_queries_of_a_trap_answer_differently() -> None:
    found = traps(records())
    assert len(found) == len(list((RECIPES / "traps").glob("*.rq")))
    for trap in found:
        wrong = [tuple(row.values()) for row in records().sparql(trap.tempting.code)]
        right = [tuple(row.values()) for row in records().sparql(trap.instead.code)]
        assert wrong != right, trap.name


def test_the_trap_on_publications_counts_the_studies() -> None:
    trap = next(trap for trap in traps(records()) if trap.name == "publications")
    assert not isinstance(trap.instead.output, str)
    assert trap.instead.output[0]["studies"] == records().counts()["studies"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("python/01-a.py", "print(kb.study('nobody'))\n", "NotFoundError"),
        ("python/01-a.py", "print(\n", "SyntaxError"),
        ("python/01-a.py", "raise SystemExit(0)\n", "SystemExit"),
        ("python/01-a.py", "x = 1\n", "printed nothing"),
        ("sparql/01-a.rq", "SELECT ?s { ?s ?p ?o }\n", "question"),
        ("sparql/01-a.rq", "# question: a?\n# why: b\nSELECT ?s { ?s ?p \n", "failed"),
        ("sparql/01-a.rq", "# question: a?\n# why: b\nSELECT ?s { ?s a kb:Nothing }\n", "nothing"),
        ("sql/01-a.sql", "SELECT 1\n", "question"),
        ("sql/01-a.sql", "-- question: a?\n-- why: b\nSELEC 1\n", "the query fails"),
        ("sql/01-a.sql", "-- question: a?\n-- why: b\nSELECT 1 WHERE false\n", "nothing"),
        ("traps/01-a.rq", "# trap: a\nSELECT ?s { ?s ?p ?o }\n", "must hold"),
        (
            "traps/01-a.rq",
            "# trap: a\n# why: b\n# tempting: c\nASK { ?s a ?o }\n# instead: d\nASK { ?s ?p ?o }\n",
            "same answer",
        ),
    ],
)
def test_a_recipe_that_fails_stops_the_build_and_is_named(
    base: KnowledgeBase, name: str, text: str, message: str
) -> None:
    write(base, name, text)
    with pytest.raises(InputError) as raised:
        [page.values() for page in cookbook_pages(PageContext(base, ROOT / "site"))]
    assert name.rpartition("/")[2] in str(raised.value)
    assert message in str(raised.value)


def test_an_evidence_base_without_recipes_has_no_recipe_pages(base: KnowledgeBase) -> None:
    assert list(cookbook_pages(PageContext(base, ROOT / "site"))) == []


def test_without_duckdb_there_is_no_sql_cookbook(
    base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(base, "sql/01-a.sql", "-- question: a?\n-- why: b\nSELECT 1\n")
    site = PageContext(base, ROOT / "site")
    assert [page.path for page in cookbook_pages(site)] == ["cookbook/sql"]
    monkeypatch.setattr("kb.site.pages.cookbook.find_spec", lambda _: None)
    assert list(cookbook_pages(site)) == []


def test_the_navigation_lists_only_existing_pages(example: KnowledgeBase, tmp_path: Path) -> None:
    build_site(example, tmp_path)
    links = page(tmp_path / "site", "about/index.html").links
    assert "../questions/" in links
    assert not [link for link in links if "cookbook" in link or "traps" in link]
    assert not (tmp_path / "site" / "cookbook").exists()
    assert (tmp_path / "site" / "network" / "index.html").is_file()


def test_the_output_of_a_recipe_is_escaped(base: KnowledgeBase) -> None:
    write(base, "python/01-a.py", '"""A title"""\n\nprint("<script>alert(1)</script>")\n')
    site = PageContext(base, ROOT / "site")
    text = Renderer(site).content(next(cookbook_pages(site)))
    output = text.partition('<pre class="output"')[2]
    assert "&lt;script&gt;" in output
    assert "<script>" not in output


def test_the_pages_show_every_recipe(site_folder: Path) -> None:
    python = (site_folder / "cookbook" / "python" / "index.html").read_text(encoding="utf-8")
    sparql = (site_folder / "cookbook" / "sparql" / "index.html").read_text(encoding="utf-8")
    sql = (site_folder / "cookbook" / "sql" / "index.html").read_text(encoding="utf-8")
    assert all(f'id="{one.name}"' in sql for one in recipes(records(), "sql"))
    assert all(f'id="{one.name}"' in python for one in recipes(records(), "python"))
    assert all(f'id="{one.name}"' in sparql for one in recipes(records(), "sparql"))
    assert sparql.count("console/#query=") == len(recipes(records(), "sparql"))


@pytest.mark.parametrize("path", sorted((ROOT / "site" / "recipes" / "sparql").glob("*.rq")))
def test_the_order_of_a_recipe_is_complete(path: Path) -> None:
    """Otherwise engines show different rows first, all of them rightly."""
    text = path.read_text("utf-8")
    columns = re.search(r"SELECT (?:DISTINCT )?([^{]*)\{", text)
    order = re.search(r"ORDER BY (.*)", text)
    assert columns
    assert order
    plain = re.sub(r"\(.*?\) AS \?\w+\)|\(.*?AS \?\w+\)", "", columns[1])
    grouped = re.search(r"GROUP BY ((?:\?\w+ ?)+)", text)
    needed = grouped[1] if grouped else plain
    assert set(re.findall(r"\?\w+", needed)) <= set(re.findall(r"\?\w+", order[1]))
