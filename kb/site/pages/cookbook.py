"""Recipes and traps: files of the project that are run at each build, and shown with what they say.

``site/recipes/python/*.py`` are programs that are given ``kb`` and print; ``sparql/*.rq`` are
queries with a question and a reason; ``traps/*.rq`` hold two queries, one that tempts and one to
ask instead, and their answers must differ. A recipe that fails, or shows nothing, fails the build.
"""

from __future__ import annotations

import ast
import io
import re
import runpy
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from kb.api.knowledge_base import KnowledgeBase
from kb.api.results import QueryResult
from kb.errors import InputError, KbError
from kb.site.context import PageContext
from kb.site.page import Page, Safe
from kb.stores.library import Query, parse_query

_MADE_OF: Final = {
    "cookbook/python.md": ("python", "py"),
    "cookbook/sparql.md": ("sparql", "rq"),
    "traps.md": ("traps", "rq"),
}
SHOWN_ROWS: Final = 8
_LINE: Final = r"[^\n]+"
_TRAP: Final = re.compile(
    rf"# trap: (?P<title>{_LINE})\n# why: (?P<why>{_LINE})\n"
    rf"# tempting: (?P<tempting>{_LINE})\n(?P<wrong>.+)"
    rf"# instead: (?P<instead>{_LINE})\n(?P<right>.+)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Program:
    """A recipe in Python with what it printed."""

    name: str
    title: str
    why: str
    code: str
    output: str


@dataclass(frozen=True)
class Asked:
    """A query as it can be pasted, with its answer."""

    name: str
    title: str
    why: str
    sparql: str
    answer: QueryResult

    @property
    def console(self) -> str:
        """The address of the console with this query in it."""
        return f"console/#query={quote(self.sparql, safe='')}"


@dataclass(frozen=True)
class Trap:
    """A query that gives a plausible wrong answer, and the one to ask instead."""

    name: str
    title: str
    why: str
    tempting: Asked
    instead: Asked


def recipe_folder(base: KnowledgeBase) -> Path:
    """Return where an evidence base has its recipes: those of this project serve no other."""
    return base.root / "site" / "recipes"


def programs(base: KnowledgeBase) -> list[Program]:
    """Run every recipe in Python.

    Raises:
        InputError: a recipe failed, or printed nothing; names it.
    """
    return [_run(path, base) for path in _files(base, "python", "py")]


def queries(base: KnowledgeBase) -> list[Asked]:
    """Ask every recipe in SPARQL.

    Raises:
        InputError: a query is not well formed, or finds nothing; names it.
    """
    return [_query(path, base) for path in _files(base, "sparql", "rq")]


def traps(base: KnowledgeBase) -> list[Trap]:
    """Ask both queries of every trap.

    Raises:
        InputError: a query failed, or the two answers are alike; names the trap.
    """
    return [_trap(path, base) for path in _files(base, "traps", "rq")]


def cookbook_pages(site: PageContext) -> Iterator[Page]:
    """Yield the pages of recipes and traps that the project has files for."""
    base = site.base
    if made := programs(base):
        yield _page("cookbook/python", "Python cookbook", site, {"programs": made})
    if asked := queries(base):
        yield _page("cookbook/sparql", "SPARQL cookbook", site, {"asked": asked})
    if found := traps(base):
        yield _page("traps", "Traps", site, {"traps": found})


def absent(base: KnowledgeBase) -> set[str]:
    """Return the pages that an evidence base without recipes does not have."""
    return {page for page, files in _MADE_OF.items() if not _files(base, *files)}


def _page(path: str, title: str, site: PageContext, values: dict[str, Any]) -> Page:
    template = f"{path.replace('/', '-')}.html.j2"
    said = {
        "cookbook/python": "Recipes in Python, each with what it printed at this build.",
        "cookbook/sparql": "Recipes in SPARQL, each with its answer at this build.",
        "traps": "Queries that give a plausible wrong answer here, and what to ask instead.",
    }
    more = {"site": site, "most": SHOWN_ROWS, "fenced": fenced}
    return Page(path, template, title, values | more, said[path])


def fenced(code: str, language: str) -> Safe:
    """Return code between fences that it does not hold, for Markdown to colour.

    >>> print(fenced("1 + 1", "python"))
    ```python
    1 + 1
    ```
    """
    longest = max((len(found) for found in re.findall(r"`{3,}", code)), default=2)
    fence = "`" * (longest + 1)
    return Safe(f"{fence}{language}\n{code.strip()}\n{fence}")


def _files(base: KnowledgeBase, kind: str, suffix: str) -> list[Path]:
    return sorted((recipe_folder(base) / kind).glob(f"*.{suffix}"))


def _name(path: Path) -> str:
    return re.sub(r"^\d+-", "", path.stem)


def _run(path: Path, base: KnowledgeBase) -> Program:
    text = path.read_text(encoding="utf-8")
    printed = io.StringIO()
    try:
        module = ast.parse(text)
        with redirect_stdout(printed):
            runpy.run_path(str(path), init_globals={"kb": base})
    except (Exception, SystemExit) as error:
        raise InputError(f"recipe {path.name} failed: {type(error).__name__}: {error}") from error
    if not printed.getvalue().strip():
        raise InputError(f"recipe {path.name} failed: it printed nothing")
    title, _, why = (ast.get_docstring(module) or path.stem).partition("\n")
    first = module.body[1].lineno if len(module.body) > 1 else 1
    code = "\n".join(text.splitlines()[first - 1 :])
    return Program(_name(path), title.rstrip("."), why.strip(), code, printed.getvalue().rstrip())


def _query(path: Path, base: KnowledgeBase) -> Asked:
    try:
        query = parse_query(path.stem, path.read_text(encoding="utf-8"))
    except KbError as error:
        raise InputError(f"recipe {path.name} failed: {error}") from error
    return _ask(path, query, base)


def _ask(path: Path, query: Query, base: KnowledgeBase) -> Asked:
    text = query.text(base.iris).strip()
    try:
        answer = base.sparql(text)
    except KbError as error:
        raise InputError(f"recipe {path.name} failed: {error}") from error
    if not answer:
        raise InputError(f"recipe {path.name} failed: nothing answers it")
    return Asked(_name(path), query.question, query.why, text, answer)


def _trap(path: Path, base: KnowledgeBase) -> Trap:
    said = _TRAP.fullmatch(path.read_text(encoding="utf-8"))
    if said is None:
        parts = "trap, why, tempting with a query, instead with a query"
        raise InputError(f"recipe {path.name} failed: it must hold {parts}")
    name, why = path.stem, said["why"]
    tempting = _ask(path, Query(name, said["tempting"], why, {}, said["wrong"]), base)
    instead = _ask(path, Query(name, said["instead"], why, {}, said["right"]), base)
    if list(tempting.answer) == list(instead.answer):
        raise InputError(f"recipe {path.name} failed: both queries give the same answer")
    return Trap(_name(path), said["title"], why, tempting, instead)
