"""Recipes and traps: files of the project that are run at each build, and shown with the output.

``site/recipes/python/*.py`` are programs that are given ``kb`` and print; ``sparql/*.rq`` and
``sql/*.sql`` are queries with a question and a reason; ``traps/*.rq`` hold two queries, one that
tempts and one to ask instead, and their answers must differ. A recipe that fails, or shows nothing,
fails the build.
"""

from __future__ import annotations

import ast
import io
import re
import runpy
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from kb.api.knowledge_base import KnowledgeBase
from kb.api.results import QueryResult
from kb.errors import InputError, UnavailableError
from kb.site.context import PageContext
from kb.site.page import Page, Values
from kb.site.pages.questions import SHOWN_ROWS, console_link
from kb.stores.library import Query, parse_query

_LINE: Final = r"[^\n]+"
_TRAP: Final = re.compile(
    rf"# trap: (?P<title>{_LINE})\n# why: (?P<why>{_LINE})\n"
    rf"# tempting: (?P<tempting>{_LINE})\n(?P<wrong>.+)"
    rf"# instead: (?P<instead>{_LINE})\n(?P<right>.+)",
    re.DOTALL,
)
_SQL: Final = re.compile(
    rf"-- question: (?P<question>{_LINE})\n-- why: (?P<why>{_LINE})\n(?P<sql>.+)", re.DOTALL
)
_TITLES: Final = {
    "python": ("Python cookbook", "Recipes in Python, each with what it printed at this build."),
    "sparql": ("SPARQL cookbook", "Recipes in SPARQL, each with its answer at this build."),
    "sql": ("SQL cookbook", "Recipes in SQL over the tables, each with its answer at this build."),
    "traps": (
        "Common query mistakes",
        "Queries that give a plausible wrong answer here, and what to ask instead.",
    ),
}
T = TypeVar("T")


class Recipe(NamedTuple):
    """A program or query, with the text that it printed, or its answer."""

    name: str
    title: str
    why: str
    code: str
    output: str | QueryResult
    console: str = ""


class Trap(NamedTuple):
    """A query that gives a plausible wrong answer, and the one to ask instead."""

    name: str
    title: str
    why: str
    tempting: Recipe
    instead: Recipe


def cookbook_pages(site: PageContext) -> Iterator[Page]:
    """Yield the pages of recipes and traps that the project has files and packages for."""
    for kind, (title, description) in _TITLES.items():
        is_possible = kind != "sql" or find_spec("duckdb") is not None
        if is_possible and _files(site.base, kind):
            path = kind if kind == "traps" else f"cookbook/{kind}"
            template = f"{path.partition('/')[0]}.html.j2"
            yield Page(path, template, title, partial(_values, site, kind), description)


def _values(site: PageContext, kind: str) -> Values:
    made = traps(site.base) if kind == "traps" else recipes(site.base, kind)
    return {"kind": kind, "recipes": made, "most": SHOWN_ROWS, "highlighted": highlighted}


def recipes(base: KnowledgeBase, kind: str) -> list[Recipe]:
    """Run every recipe of a kind: ``python``, ``sparql`` or ``sql``.

    Raises:
        InputError: a recipe failed, or has no output; names it.
    """
    return _read(base, kind, {"python": _program, "sparql": _sparql, "sql": _sql}[kind])


def traps(base: KnowledgeBase) -> list[Trap]:
    """Ask both queries of every trap.

    Raises:
        InputError: a query failed, or the two answers are alike; names the trap.
    """
    return _read(base, "traps", _trap)


def highlighted(code: str, language: str) -> str:
    """Return code as HTML with a class for each token, as the theme colours it.

    >>> print(highlighted("1", "python"))
    <div class="highlight"><pre><span></span><code><span class="mi">1</span>
    </code></pre></div>
    <BLANKLINE>
    """
    formatter = HtmlFormatter(wrapcode=True)
    html: str = highlight(code.strip(), get_lexer_by_name(language), formatter)
    return html


def _files(base: KnowledgeBase, kind: str) -> list[Path]:
    # Only the evidence base's own: recipes of this project serve no other.
    suffix = {"python": "py", "sql": "sql"}.get(kind, "rq")
    return sorted((base.root / "site" / "recipes" / kind).glob(f"*.{suffix}"))


def _read(base: KnowledgeBase, kind: str, read: Callable[[str, Path, KnowledgeBase], T]) -> list[T]:
    items = []
    for path in _files(base, kind):
        try:
            items.append(read(re.sub(r"^\d+-", "", path.stem), path, base))
        except UnavailableError:  # it needs a package that is not installed
            continue
        except (Exception, SystemExit) as error:
            reason = f"{type(error).__name__}: {error}"
            raise InputError(f"recipe {path.name} failed: {reason}") from error
    return items


def _program(name: str, path: Path, base: KnowledgeBase) -> Recipe:
    text = path.read_text(encoding="utf-8")
    module = ast.parse(text)
    printed = io.StringIO()
    with redirect_stdout(printed):
        runpy.run_path(str(path), init_globals={"kb": base})
    if not printed.getvalue().strip():
        raise InputError("it printed nothing")
    title, _, why = (ast.get_docstring(module) or name).partition("\n")
    first = module.body[1].lineno if len(module.body) > 1 else 1
    code = "\n".join(text.splitlines()[first - 1 :])
    return Recipe(name, title.rstrip("."), why.strip(), code, printed.getvalue().rstrip())


def _sparql(name: str, path: Path, base: KnowledgeBase) -> Recipe:
    return _ask(parse_query(name, path.read_text(encoding="utf-8")), base)


def _ask(query: Query, base: KnowledgeBase) -> Recipe:
    code = query.text(base.iris).strip()
    answer = _answered(base.sparql(code))
    return Recipe(query.name, query.question, query.why, code, answer, console_link(code))


def _answered(answer: QueryResult) -> QueryResult:
    if not answer:
        raise InputError("nothing answers it")
    return answer


def _sql(name: str, path: Path, base: KnowledgeBase) -> Recipe:
    recipe = _SQL.fullmatch(path.read_text(encoding="utf-8"))
    if recipe is None:
        raise InputError("it must begin with '-- question:' and '-- why:'")
    question, why, sql = recipe.groups()
    return Recipe(name, question, why, sql, _answered(base.sql(sql)))


def _trap(name: str, path: Path, base: KnowledgeBase) -> Trap:
    trap = _TRAP.fullmatch(path.read_text(encoding="utf-8"))
    if trap is None:
        raise InputError("it must hold trap, why, tempting with a query, instead with a query")
    title, why, question, wrong, better, right = trap.groups()
    tempting = _ask(Query(name, question, why, {}, wrong), base)
    instead = _ask(Query(name, better, why, {}, right), base)
    if list(tempting.output) == list(instead.output):
        raise InputError("both queries give the same answer")
    return Trap(name, title, why, tempting, instead)
