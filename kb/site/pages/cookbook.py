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
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from kb.api.knowledge_base import KnowledgeBase
from kb.api.results import QueryResult
from kb.errors import InputError
from kb.site.context import PageContext
from kb.site.page import Page, Values
from kb.site.pages.questions import SHOWN_ROWS, AnsweredQuery
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
T = TypeVar("T")


@dataclass(frozen=True)
class Program:
    """A recipe in Python with its output."""

    name: str
    title: str
    why: str
    code: str
    output: str


@dataclass(frozen=True)
class AnsweredSql:
    """A recipe in SQL with its answer."""

    name: str
    question: str
    why: str
    sql: str
    answer: QueryResult


@dataclass(frozen=True)
class Trap:
    """A query that gives a plausible wrong answer, and the one to ask instead."""

    name: str
    title: str
    why: str
    tempting: AnsweredQuery
    instead: AnsweredQuery


def programs(base: KnowledgeBase) -> list[Program]:
    """Run every recipe in Python.

    Raises:
        InputError: a recipe failed, or printed nothing; names it.
    """
    return _read(base, "python/*.py", _program)


def queries(base: KnowledgeBase) -> list[AnsweredQuery]:
    """Ask every recipe in SPARQL.

    Raises:
        InputError: a query is not well formed, or finds nothing; names it.
    """
    return _read(base, "sparql/*.rq", _query)


def sql_queries(base: KnowledgeBase) -> list[AnsweredSql]:
    """Ask every recipe in SQL.

    Raises:
        InputError: a query fails, or finds nothing; names it.
    """
    return _read(base, "sql/*.sql", _sql)


def traps(base: KnowledgeBase) -> list[Trap]:
    """Ask both queries of every trap.

    Raises:
        InputError: a query failed, or the two answers are alike; names the trap.
    """
    return _read(base, "traps/*.rq", _trap)


class _Kind(NamedTuple):
    """A page of recipes; its template has what is read under the name ``values``."""

    title: str
    description: str
    pattern: str
    values: str
    read: Callable[[KnowledgeBase], Sequence[object]]
    package: str = ""
    """The optional package that its recipes need."""


_KINDS: Final = {
    "cookbook/python": _Kind(
        "Python cookbook",
        "Recipes in Python, each with what it printed at this build.",
        "python/*.py",
        "programs",
        programs,
    ),
    "cookbook/sparql": _Kind(
        "SPARQL cookbook",
        "Recipes in SPARQL, each with its answer at this build.",
        "sparql/*.rq",
        "asked",
        queries,
    ),
    "cookbook/sql": _Kind(
        "SQL cookbook",
        "Recipes in SQL over the tables, each with its answer at this build.",
        "sql/*.sql",
        "asked",
        sql_queries,
        package="duckdb",
    ),
    "traps": _Kind(
        "Traps",
        "Queries that give a plausible wrong answer here, and what to ask instead.",
        "traps/*.rq",
        "traps",
        traps,
    ),
}


def cookbook_pages(site: PageContext) -> Iterator[Page]:
    """Yield the pages of recipes and traps that the project has files and packages for."""
    for path, kind in _KINDS.items():
        is_installed = not kind.package or find_spec(kind.package) is not None
        if is_installed and _files(site.base, kind.pattern):
            template = f"{path.replace('/', '-')}.html.j2"
            yield Page(path, template, kind.title, partial(_values, site, kind), kind.description)


def _values(site: PageContext, kind: _Kind) -> Values:
    return {"most": SHOWN_ROWS, "highlighted": highlighted, kind.values: kind.read(site.base)}


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


def _files(base: KnowledgeBase, pattern: str) -> list[Path]:
    # Only the evidence base's own: recipes of this project serve no other.
    return sorted((base.root / "site" / "recipes").glob(pattern))


def _name(path: Path) -> str:
    return re.sub(r"^\d+-", "", path.stem)


def _read(base: KnowledgeBase, pattern: str, read: Callable[[Path, KnowledgeBase], T]) -> list[T]:
    recipes = []
    for path in _files(base, pattern):
        try:
            recipes.append(read(path, base))
        except (Exception, SystemExit) as error:
            reason = f"{type(error).__name__}: {error}"
            raise InputError(f"recipe {path.name} failed: {reason}") from error
    return recipes


def _program(path: Path, base: KnowledgeBase) -> Program:
    text = path.read_text(encoding="utf-8")
    module = ast.parse(text)
    printed = io.StringIO()
    with redirect_stdout(printed):
        runpy.run_path(str(path), init_globals={"kb": base})
    if not printed.getvalue().strip():
        raise InputError("it printed nothing")
    title, _, why = (ast.get_docstring(module) or path.stem).partition("\n")
    first = module.body[1].lineno if len(module.body) > 1 else 1
    code = "\n".join(text.splitlines()[first - 1 :])
    return Program(_name(path), title.rstrip("."), why.strip(), code, printed.getvalue().rstrip())


def _query(path: Path, base: KnowledgeBase) -> AnsweredQuery:
    return _ask(parse_query(_name(path), path.read_text(encoding="utf-8")), base)


def _sql(path: Path, base: KnowledgeBase) -> AnsweredSql:
    recipe = _SQL.fullmatch(path.read_text(encoding="utf-8"))
    if recipe is None:
        raise InputError("it must begin with '-- question:' and '-- why:'")
    answer = base.sql(recipe["sql"])
    if not answer:
        raise InputError("nothing answers it")
    return AnsweredSql(_name(path), recipe["question"], recipe["why"], recipe["sql"], answer)


def _ask(query: Query, base: KnowledgeBase) -> AnsweredQuery:
    sparql = query.text(base.iris).strip()
    answer = base.sparql(sparql)
    if not answer:
        raise InputError("nothing answers it")
    return AnsweredQuery(query, sparql, answer)


def _trap(path: Path, base: KnowledgeBase) -> Trap:
    trap = _TRAP.fullmatch(path.read_text(encoding="utf-8"))
    if trap is None:
        raise InputError("it must hold trap, why, tempting with a query, instead with a query")
    name, title, why = _name(path), trap["title"], trap["why"]
    tempting = _ask(Query(name, trap["tempting"], why, {}, trap["wrong"]), base)
    instead = _ask(Query(name, trap["instead"], why, {}, trap["right"]), base)
    if list(tempting.answer) == list(instead.answer):
        raise InputError("both queries give the same answer")
    return Trap(name, title, why, tempting, instead)
