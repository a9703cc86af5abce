"""Names of a query that the dataset lacks, each with the nearest one that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.errors import nearest
from kb.rdf.iris import Iris
from kb.stores.library import prefixes

_PREFIX: Final = re.compile(r"\bPREFIX\s+([\w-]*):\s*<([^<>\s]*)>", re.IGNORECASE)
_TOKEN: Final = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*"""'
    r"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|<(?P<iri>[^<>\s]*)>|#[^\n]*"
    r"|(?<![\w?$:@-])(?P<prefix>[A-Za-z][\w-]*):(?P<local>[\w.%-]*(?:\\.[\w.%-]*)*)",
    re.DOTALL,
)


def unknown_names(text: str, iris: Iris, nquads: bytes) -> Iterator[str]:
    r"""Yield a sentence for each name in the dataset's own namespaces that is not in the dataset.

    A misspelt name is no error in SPARQL: the query has no answer.

    >>> from kb.rdf.iris import Iris
    >>> iris = Iris("https://example.org/")
    >>> data = b"<https://example.org/study/a> <https://example.org/ontology#endpoint> <x:y> .\n"
    >>> list(unknown_names('ASK { ?s kb:endpiont "kb:no" . study:a a ?c } # kb:none', iris, data))
    ["kb:endpiont is not in the dataset; did you mean 'kb:endpoint'?"]
    """
    own = {name: iri for name, iri in prefixes(iris).items() if iri.startswith(iris.base)}
    names = dict.fromkeys(_names(text, prefixes(iris)))
    missing = [
        name
        for name in names
        if name.startswith(iris.base)
        and name not in own.values()
        and f"<{name}>".encode() not in nquads
    ]
    # All names of the dataset are read only where one of the query is to be compared with them.
    known = re.findall(rf"<({re.escape(iris.base)}[^>]*)>", nquads.decode()) if missing else []
    for name in missing:
        prefix, start = max(
            ((p, iri) for p, iri in own.items() if name.startswith(iri)),
            key=lambda pair: len(pair[1]),
            default=("", iris.base),
        )
        locals_ = {one.removeprefix(start) for one in known if one.startswith(start)}
        near = nearest(name.removeprefix(start), locals_)
        hint = f"; did you mean '{prefix}:{near}'?" if prefix and near else ""
        shown = f"{prefix}:{name.removeprefix(start)}" if prefix else f"<{name}>"
        yield f"{shown} is not in the dataset{hint}"


def _names(text: str, usual: dict[str, str]) -> Iterator[str]:
    """Yield the IRIs that a query names, outside of its strings, comments and prefixes."""
    declared = {**usual, **dict(_PREFIX.findall(text))}
    for token in _TOKEN.finditer(_PREFIX.sub(" ", text)):
        if token["iri"] is not None:
            yield token["iri"]
        elif token["prefix"] in declared:
            local = re.sub(r"\\(.)", r"\1", token["local"].rstrip("."))
            yield declared[token["prefix"]] + local
