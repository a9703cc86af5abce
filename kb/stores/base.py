"""What every engine does, and embedded Oxigraph, which does it in memory or on disk.

The default graph of every query is the union of all named graphs, so that a plain pattern
finds everything and ``GRAPH ?source { … }`` says who says it. What leaves the machine or
changes data is refused before it is evaluated.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple, Protocol, TypeVar

import pyoxigraph as ox

from kb.errors import QueryError, UnavailableError, shorten
from kb.rdf.terms import XSD

Cell = str | int | float | bool | Decimal | None
"""A cell of an answer: IRIs and texts as str, numbers as numbers, unbound as None."""

MAX_ROWS: Final = 1_000_000
"""An answer of more rows or triples is refused, so that it cannot fill the memory."""

Binding = ox.NamedNode | ox.Literal
T = TypeVar("T")
Results = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


class ResultSet:
    """The rows of a SELECT query: column names, and cells in the order of the columns."""

    def __init__(self, columns: list[str], rows: list[tuple[Cell, ...]]) -> None:
        """Keep columns and rows as they are."""
        self.columns = columns
        self.rows = rows


class Graphs(NamedTuple):
    """The graphs that a query is about: merged into its default graph, and open to GRAPH."""

    default: tuple[ox.NamedNode, ...]
    named: tuple[ox.NamedNode, ...]


class Engine(Protocol):
    """What a store must do, whether it is embedded or answers over the network."""

    def __len__(self) -> int:
        """Return the number of quads."""
        ...

    def select(self, query: str, bindings: Mapping[str, Binding] | None = None) -> ResultSet:
        """Answer a SELECT or ASK query, with some of its variables bound."""
        ...

    def graph(self, query: str) -> str:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples, sorted."""
        ...


class Store:
    """Oxigraph in this process, in memory or on disk."""

    def __init__(self, nquads: bytes = b"") -> None:
        """Load N-Quads into memory."""
        self._store = ox.Store()
        self._store.bulk_load(nquads, ox.RdfFormat.N_QUADS)

    @classmethod
    def on_disk(
        cls, folder: Path, inputs: Callable[[], str], parts: Callable[[], Iterable[bytes]]
    ) -> Store:
        """Open the store of a dataset in a folder, where it is made only once.

        ``inputs`` returns the digest (SHA-256) of all that the dataset is made of, and ``parts``
        yields N-Quads in whole lines: they are asked for if no store has been made of these
        inputs, and are never in memory all at once.

        Raises:
            UnavailableError: the folder cannot be read or written, or the inputs changed
                meanwhile.
        """
        store = cls.__new__(cls)
        store._store = _on_disk(folder, inputs, parts)
        return store

    def __len__(self) -> int:
        """Return the number of quads."""
        return len(self._store)

    def select(self, query: str, bindings: Mapping[str, Binding] | None = None) -> ResultSet:
        """Answer a SELECT query; ASK gives one row with the column ``answer``.

        Raises:
            QueryError: the query is not well formed, is an update, leaves the machine, or has
                more rows than an answer may have.
        """
        result = self._evaluate(query, bindings)
        if isinstance(result, ox.QueryBoolean):
            return ResultSet(["answer"], [(bool(result),)])
        if not isinstance(result, ox.QuerySolutions):
            raise QueryError("a graph query has no rows; ask for it with graph()")
        columns = [variable.value for variable in result.variables]
        return ResultSet(columns, [tuple(map(python_value, row)) for row in _bounded(result)])

    def graph(self, query: str) -> str:
        """Answer a CONSTRUCT or DESCRIBE query as N-Triples, sorted."""
        result = self._evaluate(query, None)
        if not isinstance(result, ox.QueryTriples):
            raise QueryError("rows come from select(); graph() is for CONSTRUCT and DESCRIBE")
        return "".join(sorted(f"{triple} .\n" for triple in _bounded(result)))

    def results(self, query: str, graphs: Graphs | None = None) -> Results:
        """Answer any query as the engine does, row by row; ``graphs`` overrules its FROM.

        Raises:
            QueryError: the query is not well formed, is an update, or leaves the machine.
        """
        return self._evaluate(query, None, graphs)

    def _evaluate(
        self,
        query: str,
        bindings: Mapping[str, Binding] | None,
        graphs: Graphs | None = None,
    ) -> Results:
        bound = prepared(query, bindings or {})
        try:
            if graphs is not None:
                return self._store.query(
                    bound, default_graph=[*graphs.default], named_graphs=[*graphs.named]
                )
            return self._store.query(bound, use_default_graph_as_union=not _names_graphs(bound))
        except (SyntaxError, ValueError, OSError) as error:
            raise QueryError(f"the query is not well formed: {shorten(str(error), 300)}") from error


def _bounded(found: Iterable[T]) -> Iterator[T]:
    """Yield rows or triples as far as an answer may be long; it is whole or refused."""
    for number, item in enumerate(found):
        if number == MAX_ROWS:
            raise QueryError(f"the answer has more than {MAX_ROWS:,} rows: ask for less")
        yield item


_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_BATCH: Final = 32_000_000
"""Bytes that are loaded at a time: Oxigraph sorts in memory all that it loads in one go."""


def _on_disk(
    folder: Path, inputs: Callable[[], str], parts: Callable[[], Iterable[bytes]]
) -> ox.Store:
    """Open the store of these inputs, made first where it is not there yet.

    Its name is their digest, and it appears complete or not at all; stores of other inputs are
    removed. Any number of processes may read it.
    """
    try:
        made = folder / inputs()
        if not made.exists():
            _make_on_disk(parts(), made, lambda: inputs() == made.name)
        return ox.Store.read_only(str(made))
    except (OSError, ValueError) as error:
        raise UnavailableError(f"no store in {folder}: {shorten(str(error), 300)}") from error


def _batches(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Join small parts, and cut large ones between lines."""
    batch = bytearray()
    for part in parts:
        batch += part
        while len(batch) >= _BATCH:
            end = batch.find(b"\n", _BATCH - 1) + 1 or len(batch)
            yield bytes(batch[:end])
            del batch[:end]
    yield bytes(batch)


def _make_on_disk(parts: Iterable[bytes], made: Path, as_before: Callable[[], bool]) -> None:
    made.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".new-", dir=made.parent) as new:
        batches = _batches(parts)
        first = next(batches)  # whatever makes them begins before the engine has threads
        store = ox.Store(f"{new}/store")
        for batch in chain([first], batches):
            store.bulk_load(batch, ox.RdfFormat.N_QUADS)
        store.optimize()
        store.flush()
        del store
        if not as_before():
            raise UnavailableError("the records changed while they were read: ask again")
        try:
            Path(new, "store").rename(made)
        except OSError:
            if not made.exists():  # else another process was first, with the same bytes
                raise
    for other in made.parent.iterdir():
        if _DIGEST.fullmatch(other.name) and other != made:
            shutil.rmtree(other, ignore_errors=True)


def python_value(term: object) -> Cell:
    """Turn an RDF term into a Python value; a number that is none stays text."""
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.Literal):
        return typed_value(term.value, term.datatype.value)
    if term is None:
        return None
    return str(getattr(term, "value", term))


def typed_value(text: str, datatype: str) -> Cell:
    """Turn the text of a literal into the Python value of its datatype; else it stays text.

    >>> typed_value("7.70", "http://www.w3.org/2001/XMLSchema#decimal")
    Decimal('7.70')
    """
    convert = _CONVERTERS.get(datatype.rpartition("#")[2], str)
    try:
        return convert(text)
    except (ValueError, ArithmeticError):
        return text


def binding(value: object, base: str) -> Binding:
    """Turn a Python value into a term: a text that begins with the base is an IRI of the dataset.

    Raises:
        QueryError: a value of another type, or one that begins as an IRI and is none.
    """
    try:
        if isinstance(value, str) and value.startswith(base):
            return ox.NamedNode(value)
        if isinstance(value, Decimal):
            return ox.Literal(f"{value:f}", datatype=ox.NamedNode(f"{XSD}decimal"))
        if isinstance(value, str | int | float | bool):
            return ox.Literal(value)
    except ValueError as error:
        raise QueryError(f"{shorten(str(value))!r} is no IRI") from error
    raise QueryError(f"a binding is a text, number or IRI, not {type(value).__name__}")


_CONVERTERS: Final[Mapping[str, Callable[[str], Cell]]] = {
    "integer": int,
    "decimal": Decimal,
    "double": float,
    "float": float,
    "boolean": lambda text: {"1": "true", "0": "false"}.get(text, text),
}

_TOKENS: Final = re.compile(
    r"""
      (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"           # long strings
    | '''(?:[^'\\]|\\.|'(?!''))*'''
    | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'     # short strings
    | \#[^\n\r]*                                    # a comment
    | [?$]\w+                                       # a variable
    | (?P<prefix>[\w.-]*+):(?:[\w.:%-]|\\.)*        # a prefixed name
    | (?P<word>[\w.-]++)                            # keywords, with what stands close to them
    | (?P<brace>\{)
    | (?P<open>["'])                                # of no string: it has no end
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_REMOTE: Final = "SERVICE"
_FORBIDDEN: Final = frozenset(
    {"LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"}
)
MAX_QUERY: Final = 100_000
_ENDLESS: Final = 100
"""So many quotes may be of no string; each of them is looked at to the end of the query."""


@lru_cache(maxsize=64)
def refuse_unsafe(query: str) -> None:
    """Refuse what reaches the network or changes data, whatever it is hidden in.

    Raises:
        QueryError: naming the keyword.

    >>> refuse_unsafe("SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } }")
    Traceback (most recent call last):
        ...
    kb.errors.QueryError: SERVICE is not allowed: queries read this dataset only
    """
    if len(query) > MAX_QUERY:
        raise QueryError(f"a query has at most {MAX_QUERY:,} characters")
    # Parsers differ in where they read escapes: neither reading may hold a forbidden word.
    decoded = _ESCAPE.sub(lambda found: _decoded(found[1] or found[2]), query)
    for text in {query, decoded}:
        endless = 0
        for token in _TOKENS.finditer(text):
            if word := _forbidden(token):
                raise QueryError(f"{word} is not allowed: queries read this dataset only")
            endless += token["open"] is not None
            if endless > _ENDLESS:
                raise QueryError("the query is not well formed: strings have no end")


def _forbidden(token: re.Match[str]) -> str:
    """Return the forbidden keyword that a token is or may hide, or "".

    Oxigraph reads keywords without the space around them: ``SERVICESILENT``, ``SERVICEex:a`` and
    ``trueSERVICE`` reach the network. What looks like an IRI can be two comparisons, with the
    end of the first one's bracket in between.
    """
    words = _words(token)
    after_bracket = (token["iri"] or "").partition(")")[2].upper()
    parts = (*words, (token["prefix"] or "").upper(), after_bracket)
    if any(_REMOTE in part for part in parts):
        return _REMOTE
    return next((word for word in words if word in _FORBIDDEN), "")


def _words(token: re.Match[str]) -> list[str]:
    """Return the words of a token in capitals: ``1.SERVICE`` and ``true.SERVICE`` hold one."""
    return re.findall("[A-Z]+", token["word"].upper()) if token["word"] else []


def _names_graphs(query: str) -> bool:
    """Tell whether a query says with FROM which graphs it asks; the union would overrule it."""
    return any("FROM" in _words(token) for token in _TOKENS.finditer(query))


def _unambiguous(query: str) -> str:
    """End the line after each IRI with a hash: if a parser takes it for a comment, no more is."""
    return _TOKENS.sub(lambda t: f"{t[0]}\n" if "#" in (t["iri"] or "") else t[0], query)


def prepared(query: str, bindings: Mapping[str, Binding]) -> str:
    """Return a query that was found safe, with its bindings, as every engine gets it.

    Raises:
        QueryError: what is asked leaves the dataset or changes it, or cannot be bound.
    """
    refuse_unsafe(query)
    return _unambiguous(with_bindings(query, bindings))


def with_bindings(query: str, bindings: Mapping[str, Binding]) -> str:
    r"""Bind variables of a query by VALUES at the start of its pattern, as any engine reads it.

    Raises:
        QueryError: a name that is no variable, or a query without a pattern.

    >>> with_bindings("SELECT ?o { ?s ?p ?o }", {"s": ox.Literal(7)}).replace("\n", " ")
    'SELECT ?o { VALUES ?s { "7"^^<http://www.w3.org/2001/XMLSchema#integer> } ?s ?p ?o }'
    """
    if not bindings:
        return query
    brace = next((t for t in _TOKENS.finditer(query) if t["brace"]), None)
    wrong = [name for name in bindings if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII)]
    if brace is None or wrong:
        raise QueryError(f"{wrong[0]!r} is no variable" if wrong else "the query has no pattern")
    values = "".join(f"\n  VALUES ?{name} {{ {term} }}" for name, term in bindings.items())
    return query[: brace.end()] + values + query[brace.end() :]


def _decoded(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code < 0x110000 else "\ufffd"
