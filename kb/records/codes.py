"""Codes of other terminologies for the concepts, read from ``ontology/mappings.sssom.tsv``.

The file is a table with tabs, below a head of YAML in comments (SSSOM). The head's ``curie_map``
has the IRI that each prefix stands for. The code ``sssom:NoTermFound`` says that a curator looked
for one and found none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from kb.errors import Problem, RecordError, nearest
from kb.records.ontology import CONTROL
from kb.records.paths import is_there, read_bytes
from kb.records.vocabulary import Vocabulary
from kb.records.yaml import MAX_BYTES, parse_mapping
from kb.util.grouping import group_by

_PREDICATES: Final = tuple(
    f"skos:{closeness}Match" for closeness in ("exact", "close", "broad", "narrow", "related")
)
_COLUMNS: Final = ("subject_id", "predicate_id", "object_id", "object_label")
_NONE: Final = "sssom:NoTermFound"
_PREFIX: Final = re.compile(r"[A-Za-z][\w.-]*")


@dataclass(frozen=True, slots=True)
class Code:
    """A code of another terminology, and how closely it fits: exact, close, broad, narrow.

    ``subject`` is the concept, as ``scheme:segment``.
    """

    subject: str
    closeness: str
    code: str
    label: str
    address: str


def load_codes(root: Path, vocabulary: Vocabulary) -> Mapping[str, list[Code]]:
    """Return the codes of each concept, by ``scheme:segment``; empty if the table is missing.

    A concept for which none was found has an empty list; one that was not looked for is not there.

    Raises:
        RecordError: with every problem of the file.
    """
    path = root / "ontology" / "mappings.sssom.tsv"
    if not is_there(path):
        return {}
    found = group_by(_CodesFile(path, vocabulary).read(), key=lambda code: code.subject)
    return {
        subject: [code for code in codes if code.code != _NONE] for subject, codes in found.items()
    }


class _CodesFile:
    """Reads the file, and collects its problems."""

    def __init__(self, path: Path, vocabulary: Vocabulary) -> None:
        self._path = path
        self._subjects = {
            f"{term.scheme}:{term.segment}"
            for terms in vocabulary.schemes.values()
            for term in terms.values()
        }
        self._problems: list[Problem] = []
        self._seen: dict[bool, set[str]] = {True: set(), False: set()}  # with codes, with none

    def read(self) -> list[Code]:
        lines = self._lines()
        head = list(takewhile(lambda line: line.startswith("#"), lines))
        prefixes = self._prefixes(head)
        numbered = [(n, line.split("\t")) for n, line in enumerate(lines, 1) if n > len(head)]
        codes = [*self._codes(numbered, prefixes)] if not self._problems else []
        if self._problems:
            raise RecordError(self._problems)
        return codes

    def _lines(self) -> list[str]:
        try:
            text = read_bytes(self._path, self._path.parent, MAX_BYTES).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            problem = Problem(str(self._path), 0, "", str(error), "a readable UTF-8 file")
            raise RecordError([problem]) from error
        return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]

    def _prefixes(self, head: Sequence[str]) -> Mapping[str, str]:
        """Return the IRI of each prefix; an IRI that no browser should follow is a problem."""
        text = "\n".join(line[1:].removeprefix(" ") for line in head)
        found: Any = parse_mapping(text, self._path).get("curie_map")
        if not isinstance(found, dict):
            self._add(1, "curie_map", "", "a head of comments with the IRI of each prefix")
            return {}
        for prefix, iri in found.items():
            line = next((n for n, one in enumerate(head, 1) if f"{prefix}:" in one), 1)
            place = f"curie_map.{prefix}"
            if not isinstance(prefix, str) or not _PREFIX.fullmatch(prefix):
                self._add(line, "curie_map", str(prefix), "a prefix of letters and digits")
            elif not isinstance(iri, str) or not _is_address(iri):
                self._add(line, place, str(iri), "an IRI that begins with http:// or https://")
        return found

    def _codes(
        self, rows: Sequence[tuple[int, list[str]]], prefixes: Mapping[str, str]
    ) -> Iterator[Code]:
        if not rows:
            self._add(0, "", "", "a row with the names of the columns")
            return
        (first, columns), *others = rows
        for name in _COLUMNS:
            if columns.count(name) != 1:
                found = f"{columns.count(name)} of them"
                self._add(first, name, found, "one column of this name", nearest(name, columns))
                return
        for line, cells in others:
            if len(cells) != len(columns):
                self._add(line, "", f"{len(cells)} cells", f"{len(columns)} cells")
            elif CONTROL.search("".join(cells)):
                self._add(line, "", ascii("\t".join(cells)), "text without control characters")
            else:
                yield from self._code(line, dict(zip(columns, cells, strict=True)), prefixes)

    def _code(
        self, line: int, row: Mapping[str, str], prefixes: Mapping[str, str]
    ) -> Iterator[Code]:
        subject, predicate, object_id = (row[name] for name in _COLUMNS[:3])
        prefix, _, code = object_id.partition(":")
        before = len(self._problems)
        if not subject.startswith("kb:") and subject not in self._subjects:
            near = nearest(subject, self._subjects)
            self._add(line, "subject_id", subject, "a concept, as scheme:name", near)
        if predicate not in _PREDICATES:
            expected = f"one of {', '.join(_PREDICATES)}"
            self._add(line, "predicate_id", predicate, expected, nearest(predicate, _PREDICATES))
        has_code = object_id != _NONE
        if subject in self._seen[not has_code]:
            self._add(line, "object_id", object_id, f"either codes of {subject}, or {_NONE}")
        self._seen[has_code].add(subject)
        if prefix not in prefixes or not code:
            expected = "a code with a prefix of the curie_map"
            self._add(line, "object_id", object_id, expected, nearest(prefix, prefixes))
        if len(self._problems) == before:
            closeness = predicate.removeprefix("skos:").removesuffix("Match")
            address = f"{prefixes[prefix]}{code}"
            yield Code(subject, closeness, object_id, row["object_label"], address)

    def _add(self, line: int, field: str, found: str, expected: str, near: str = "") -> None:
        self._problems.append(Problem(str(self._path), line, field, found, expected, near))


def _is_address(iri: str) -> bool:
    try:
        return urlsplit(iri).scheme in ("http", "https") and not re.search(r"[\s<>\"]", iri)
    except ValueError:  # half a bracket of an IPv6 address
        return False
