"""``kb query``: named queries, .rq files, and SPARQL itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pyoxigraph as ox

from kb.api.knowledge_base import KnowledgeBase
from kb.api.results import QueryResult
from kb.cli.common import Number, echo, examples, open_base
from kb.cli.rows import format_rows, parse_parameters
from kb.errors import KbError, QueryError, RecordError, UnavailableError, shorten
from kb.records.paths import read_bytes
from kb.stores.library import find_query, library, parse_query, prefixes, with_prefixes
from kb.stores.names import unknown_names
from kb.stores.safety import MAX_QUERY, refuse_unsafe
from kb.util.child import run_limited


@click.command()
@click.argument("query", required=False)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Bind a parameter.")
@click.option("--list", "form", flag_value="list", help="List the named queries.")
@click.option("--text", "form", flag_value="text", help="Show the SPARQL, ready to paste.")
@click.option("--json", "form", flag_value="json", help="Print rows as JSON.")
@click.option("--csv", "form", flag_value="csv", help="Print rows as CSV.")
@click.option(
    "--timeout",
    type=Number(0.1, 3600),
    default=60.0,
    show_default=True,
    help="Seconds to wait for an answer.",
)
@click.pass_context
@examples(
    "kb query --list",
    "kb query study-results --param study=tower",
    "kb query my-query.rq --csv",
    "kb query 'SELECT ?s { ?s a kb:Study }'",
)
def query(
    context: click.Context,
    query: str | None,
    params: tuple[str, ...],
    form: str | None,
    timeout: float,
) -> None:
    """Answer a named query, a .rq file, or SPARQL itself."""
    if form == "list" or query is None:
        echo(_list_queries())
        return
    base = open_base(context)
    values = parse_parameters(params)
    if form == "text":
        echo(_sparql(base, query, values), nl=False)
        return
    _ = base.store  # the timeout does not include the time to load the dataset
    rows = run_limited(timeout, lambda: _answer(base, query, values), _late(base, timeout))
    echo(format_rows(rows, form), nl=False)
    for hint in _hints(base, query):
        echo(hint, err=True)
    for difference in base.differences(rows):
        echo(f"the claims differ in {difference}", err=True)


def _late(base: KnowledgeBase, seconds: float) -> KbError:
    """Return the error of a timeout; with a server, the query need not be the cause."""
    if base.store_config.kind == "endpoint":
        return UnavailableError(f"the server gave no answer in {seconds:g} s (--timeout)")
    return QueryError(f"no answer within {seconds:g} seconds: ask for less, or for longer")


def _list_queries() -> str:
    lines = []
    for query in library().values():
        parameters = " ".join(f"{name}=<{kind}>" for name, kind in query.parameters.items())
        lines.append(f"{query.name}  {parameters}".rstrip() + f"\n    {query.question}")
    return "\n".join(lines)


def _answer(base: KnowledgeBase, argument: str, values: Mapping[str, str]) -> QueryResult:
    if _is_name(argument):
        return base.ask(argument, **values)
    text = _read(argument)
    if base.store_config.kind != "endpoint":
        _require_well_formed(base, text)
    if "# question:" not in text:
        return base.sparql(with_prefixes(base.iris, text), values)
    query = parse_query(argument, text)
    bindings = query.bindings(values, base.vocabulary)
    return QueryResult(base.store.select(query.text(base.iris, values), bindings))


def _sparql(base: KnowledgeBase, argument: str, values: Mapping[str, str]) -> str:
    if _is_name(argument):
        return find_query(argument).text(base.iris, values)
    text = _read(argument)
    if "# question:" not in text:
        return with_prefixes(base.iris, text)
    return parse_query(argument, text).text(base.iris, values)


def _hints(base: KnowledgeBase, argument: str) -> Iterator[str]:
    """Yield a hint for each name of the user's own query that the dataset lacks.

    A server may hold other data too, so its queries have none.
    """
    if not _is_name(argument) and base.store_config.kind != "endpoint":
        yield from unknown_names(_read(argument), base.iris, base.nquads)


def _is_name(argument: str) -> bool:
    return not any(character in argument for character in " {\n.")


def _read(argument: str) -> str:
    """Return SPARQL: the argument itself, or the text of the file that it names."""
    if "{" in argument or not argument.endswith(".rq"):
        return argument
    try:
        return read_bytes(Path(argument), None, 4 * MAX_QUERY).decode()
    except (RecordError, UnicodeDecodeError) as error:
        raise QueryError(f"cannot read a query from {argument!r}: {error}") from error


def _require_well_formed(base: KnowledgeBase, text: str) -> None:
    """Raise QueryError with the line of the user's text: the query that is sent has more lines."""
    refuse_unsafe(text)
    try:
        ox.Store().query(text, prefixes=prefixes(base.iris))
    except (SyntaxError, ValueError) as error:
        raise QueryError(f"the query is not well formed: {shorten(str(error), 300)}") from error
