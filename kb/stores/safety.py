"""What a query may not do, and how values are bound to its variables.

Queries that reach the network or change data are refused before an engine evaluates them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Final

import pyoxigraph as ox

from kb.errors import QueryError, shorten
from kb.rdf.terms import XSD
from kb.stores.base import Binding

MAX_QUERY: Final = 100_000
"""Characters of a query."""

_TOKENS: Final = re.compile(
    r"""
      (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>)
    | \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\"           # long strings
    | '''(?:[^'\\]|\\.|'(?!''))*'''
    | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'     # short strings
    | \#[^\n\r]*                                    # a comment
    | [?$]\w+                                       # a variable
    | (?P<prefix>[\w.-]*+):(?:[\w.:%-]|\\.)*        # a prefixed name
    | (?P<word>[\w.-]++)                            # keywords, with characters attached to them
    | (?P<brace>\{)
    | (?P<unclosed>["'])                            # a quote that closes nowhere
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_REMOTE: Final = "SERVICE"
_FORBIDDEN: Final = frozenset(
    {"LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD"}
)
_MAX_UNCLOSED: Final = 100
"""Unclosed quotes of a query. The tokeniser scans to the end of the query for each of them."""


@lru_cache(maxsize=64)
def refuse_unsafe(query: str) -> None:
    """Refuse a query that reaches the network or changes data, however it hides that.

    Raises:
        QueryError: names the keyword.

    >>> refuse_unsafe("SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } }")
    Traceback (most recent call last):
        ...
    kb.errors.QueryError: SERVICE is not allowed: queries read this dataset only
    """
    if len(query) > MAX_QUERY:
        raise QueryError(f"a query has at most {MAX_QUERY:,} characters")
    # Parsers differ in where they decode escapes: neither reading may hold a forbidden keyword.
    decoded = _ESCAPE.sub(lambda escape: _character(escape[1] or escape[2]), query)
    for text in {query, decoded}:
        unclosed = 0
        for token in _TOKENS.finditer(text):
            if keyword := _forbidden(token):
                raise QueryError(f"{keyword} is not allowed: queries read this dataset only")
            unclosed += token["unclosed"] is not None
            if unclosed > _MAX_UNCLOSED:
                raise QueryError("the query is not well formed: its strings are not closed")


def _forbidden(token: re.Match[str]) -> str:
    """Return the forbidden keyword that a token is or may hide, or "".

    Oxigraph needs no space around keywords: ``SERVICESILENT``, ``SERVICEex:a`` and
    ``trueSERVICE`` reach the network. What looks like an IRI may be two comparisons with the
    closing bracket of the first FILTER between them.
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


def _character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if code < 0x110000 else "\ufffd"


def names_graphs(query: str) -> bool:
    """Tell whether a query names its graphs with FROM."""
    return any("FROM" in _words(token) for token in _TOKENS.finditer(query))


def prepared(query: str, bindings: Mapping[str, Binding]) -> str:
    """Return a safe query with its bindings, as every engine gets it.

    Raises:
        QueryError: the query reaches the network or changes data, or a variable cannot be bound.
    """
    refuse_unsafe(query)
    # A line break after each IRI with a #: a parser that takes the # for a comment loses no more.
    return _TOKENS.sub(
        lambda token: f"{token[0]}\n" if "#" in (token["iri"] or "") else token[0],
        with_bindings(query, bindings),
    )


def with_bindings(query: str, bindings: Mapping[str, Binding]) -> str:
    r"""Bind variables by VALUES at the start of the query's pattern, which every engine accepts.

    Raises:
        QueryError: a name that is not a variable's, or a query without a pattern.

    >>> with_bindings("SELECT ?o { ?s ?p ?o }", {"s": ox.Literal(7)}).replace("\n", " ")
    'SELECT ?o { VALUES ?s { "7"^^<http://www.w3.org/2001/XMLSchema#integer> } ?s ?p ?o }'
    """
    if not bindings:
        return query
    for name in bindings:
        if not re.fullmatch(r"[A-Za-z]\w*", name, re.ASCII):
            raise QueryError(f"{name!r} is not the name of a variable")
    brace = next((token for token in _TOKENS.finditer(query) if token["brace"]), None)
    if brace is None:
        raise QueryError("the query has no pattern")
    values = "".join(f"\n  VALUES ?{name} {{ {term} }}" for name, term in bindings.items())
    return query[: brace.end()] + values + query[brace.end() :]


def binding(value: object, base: str) -> Binding:
    """Return a Python value as an RDF term; a text that begins with the base IRI is an IRI.

    Raises:
        QueryError: a value of another type, or an invalid IRI.

    >>> binding("https://w3id.org/all-evidence/study/tower", "https://w3id.org/all-evidence/")
    <NamedNode value=https://w3id.org/all-evidence/study/tower>
    """
    try:
        if isinstance(value, str) and value.startswith(base):
            return ox.NamedNode(value)
        if isinstance(value, Decimal):
            return ox.Literal(f"{value:f}", datatype=ox.NamedNode(f"{XSD}decimal"))
        if isinstance(value, str | int | float | bool):
            return ox.Literal(value)
    except ValueError as error:
        raise QueryError(f"{shorten(str(value))!r} is not a valid IRI") from error
    raise QueryError(f"a binding is a text, number or IRI, not {type(value).__name__}")
