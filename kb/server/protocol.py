"""The SPARQL 1.1 Protocol: the query and parameters of an HTTP request, read strictly.

A query is a parameter of the address, a field of a form, or the whole body. Ambiguous requests
and updates are refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from kb.server.config import MAX_BODY, REQUEST_SECONDS
from kb.server.errors import HttpError
from kb.server.evaluation import SparqlRequest
from kb.server.negotiation import GRAPHS, ROWS, accepts_gzip, choose
from kb.stores.safety import MAX_QUERY

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
_UPDATES: Final = ("update", "using-graph-uri", "using-named-graph-uri")
_READ_ONLY: Final = "updates are not allowed: this endpoint is read-only"
_MAX_FIELDS: Final = 64
_CLOSE: Final = {"Connection": "close"}

Parameters = Mapping[str, list[str]]


async def read_request(request: Request) -> SparqlRequest | None:
    """Return the query and parameters of a request, or None for a GET without a query.

    Raises:
        HttpError: the request is ambiguous or not allowed, or accepts no form of an answer.
    """
    parameters: Parameters = read_parameters(request.scope["query_string"])
    if request.method == "POST":
        query, parameters = await _read_post(request, parameters)
    elif "query" not in parameters and not set(_UPDATES) & set(parameters):
        return None
    else:
        query = _single_query(parameters)
    accept = ",".join(request.headers.getlist("accept"))
    rows, graph = choose(accept, tuple(ROWS)), choose(accept, tuple(GRAPHS))
    if not rows and not graph:
        offered = ", ".join((*ROWS, *GRAPHS))
        raise HttpError(406, f"an answer can be: {offered}", "not-acceptable")
    return SparqlRequest(
        query,
        rows,
        graph,
        # Forms of other programs send these fields empty when no graph is named.
        tuple(filter(None, parameters.get("default-graph-uri", ()))),
        tuple(filter(None, parameters.get("named-graph-uri", ()))),
        accepts_gzip(",".join(request.headers.getlist("accept-encoding"))),
    )


def read_parameters(encoded: bytes) -> dict[str, list[str]]:
    """Read the parameters of an address or a form, each with all its values.

    Raises:
        HttpError: they are not UTF-8, contain NUL, or are too many.

    >>> read_parameters(b"query=ASK%7B%7D&a=1&a=")
    {'query': ['ASK{}'], 'a': ['1', '']}
    """
    try:
        pairs = parse_qsl(
            encoded.decode("utf-8"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError as error:
        raise _malformed("the parameters are not UTF-8, or too many") from error
    parameters: dict[str, list[str]] = {}
    for name, value in pairs:
        parameters.setdefault(name, []).append(_without_nul(value))
    return parameters


async def _read_post(request: Request, address: Parameters) -> tuple[str, Parameters]:
    media_type = _media_type(request)
    body = await _body(request)
    if media_type == FORM:
        form = read_parameters(body)
        if "query" in address:
            raise _malformed("the query of a form belongs in its body, not in the address")
        merged = {name: [*address.get(name, ()), *form.get(name, ())] for name in {*address, *form}}
        return _single_query(merged), merged
    if "query" in address:
        raise _malformed("the query is given twice: in the address and in the body")
    _refuse_updates(address)
    try:
        return _bounded(_without_nul(body.decode("utf-8"))), address
    except UnicodeDecodeError as error:
        raise _malformed("a query must be UTF-8") from error


def _media_type(request: Request) -> str:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise HttpError(415, "compressed requests are not accepted", "media-type")
    media_type, *parameters = request.headers.get("content-type", "").lower().split(";")
    charsets = [p.strip() for p in parameters if p.strip().startswith("charset=")]
    if any(charset.replace('"', "") != "charset=utf-8" for charset in charsets):
        raise HttpError(415, "a query must be UTF-8", "media-type")
    media_type = media_type.strip()
    if media_type == UPDATE:
        raise HttpError(403, _READ_ONLY, "forbidden")
    if media_type not in (FORM, QUERY):
        raise HttpError(415, f"a query is posted as {FORM} or {QUERY}", "media-type")
    return media_type


async def _body(request: Request) -> bytes:
    too_big = HttpError(413, f"a request has at most {MAX_BODY:,} bytes", "size")
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:20]) > MAX_BODY:
        raise too_big
    body = bytearray()
    try:
        async with asyncio.timeout(REQUEST_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > MAX_BODY:
                    raise too_big
    except TimeoutError as error:
        raise HttpError(408, "the request took too long to arrive", "slow", _CLOSE) from error
    return bytes(body)


def _single_query(parameters: Parameters) -> str:
    _refuse_updates(parameters)
    queries = parameters.get("query", [])
    if len(queries) != 1:
        raise _malformed(f"a request must have one query, not {len(queries)}")
    return _bounded(queries[0])


def _refuse_updates(parameters: Parameters) -> None:
    if set(_UPDATES) & set(parameters):
        raise HttpError(403, _READ_ONLY, "forbidden")


def _bounded(query: str) -> str:
    if len(query) > MAX_QUERY:
        raise HttpError(413, f"a query has at most {MAX_QUERY:,} characters", "size")
    return query


def _without_nul(value: str) -> str:
    if "\0" in value:
        raise _malformed("a query must not contain NUL")
    return value


def _malformed(message: str) -> HttpError:
    return HttpError(400, message, "malformed")
