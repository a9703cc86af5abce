"""What every SPARQL store does, and the cells of its answers.

The default graph of every query is the union of all named graphs: a plain pattern matches the
statements of every source, and ``GRAPH ?source { … }`` tells which source made them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Final, Protocol, TypeVar

import pyoxigraph as ox

from kb.errors import QueryError
from kb.rdf.terms import XSD

Cell = str | int | float | bool | Decimal | None
"""A cell of an answer: IRIs and texts as str, numbers as numbers, unbound as None."""

MAX_ROWS: Final = 1_000_000
"""Answers of more rows or triples are refused, because they are held in memory."""

Binding = ox.NamedNode | ox.Literal
T = TypeVar("T")


class ResultSet:
    """The rows of a SELECT query: column names, and cells in the order of the columns."""

    def __init__(self, columns: list[str], rows: list[tuple[Cell, ...]]) -> None:
        """Keep columns and rows as they are."""
        self.columns = columns
        self.rows = rows


class Engine(Protocol):
    """A SPARQL store, embedded or remote."""

    def __len__(self) -> int:
        """Return the number of quads."""
        ...

    def select(self, query: str, bindings: Mapping[str, Binding] | None = None) -> ResultSet:
        """Answer a SELECT query, or an ASK query as one row with the column ``answer``."""
        ...

    def graph(self, query: str) -> str:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples, sorted."""
        ...


def result_set(results: ox.QuerySolutions | ox.QueryBoolean) -> ResultSet:
    """Return the answer to a SELECT or ASK query as Python values.

    Raises:
        QueryError: more than ``MAX_ROWS`` rows.
    """
    if isinstance(results, ox.QueryBoolean):
        return ResultSet(["answer"], [(bool(results),)])
    columns = [variable.value for variable in results.variables]
    return ResultSet(columns, [tuple(map(python_value, row)) for row in limited(results)])


def limited(items: Iterable[T]) -> Iterator[T]:
    """Yield rows or triples; raise QueryError above ``MAX_ROWS``. Answers are never truncated."""
    for number, item in enumerate(items):
        if number == MAX_ROWS:
            raise QueryError(f"the answer has more than {MAX_ROWS:,} rows: narrow the query")
        yield item


def python_value(term: object) -> Cell:
    """Return an RDF term as the Python value of its datatype; ill-typed literals stay text.

    >>> python_value(ox.Literal("7.70", datatype=ox.NamedNode(f"{XSD}decimal")))
    Decimal('7.70')
    """
    if isinstance(term, ox.NamedNode):
        return term.value
    if not isinstance(term, ox.Literal):
        return None if term is None else str(getattr(term, "value", term))
    convert = _CONVERTERS.get(term.datatype.value, str)
    try:
        return convert(term.value)
    except (ValueError, ArithmeticError):
        return term.value


_CONVERTERS: Final[Mapping[str, Callable[[str], Cell]]] = {
    f"{XSD}integer": int,
    f"{XSD}decimal": Decimal,
    f"{XSD}double": float,
    f"{XSD}float": float,
    # Booleans stay text, which is how expected answers and CSV write them.
    f"{XSD}boolean": lambda text: {"1": "true", "0": "false"}.get(text, text),
}
