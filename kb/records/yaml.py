"""Read YAML safely, and find the line of a field when something is wrong.

Parsing was the slowest step of loading, so a fast parser without line numbers (ryaml) reads the
files. Only a file with a problem is read again, by PyYAML, which knows the lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import ryaml
import yaml

from kb.errors import Problem, RecordError, shorten
from kb.records.paths import read_bytes

MAX_BYTES: Final = 2_000_000
"""A record larger than this is refused before it is parsed."""
MAX_PUBLICATIONS_BYTES: Final = 20_000_000
"""All publications share a file: those of ten thousand studies are 4.5 MB."""
MAX_DEPTH: Final = 128
"""The fast parser refuses deeper nesting; the deepest record needs nine levels."""
_MANY_BRACKETS: Final = 2_000
"""With more brackets, the depth is checked first: the fast parser's time is quadratic in it."""

Loc = Sequence[str | int]


def read_mapping(path: Path, root: Path | None = None, limit: int = MAX_BYTES) -> dict[str, Any]:
    """Read a YAML file of at most ``limit`` bytes whose top level is a mapping.

    ``root`` is the folder that the file must be in once links are resolved, if any.

    Raises:
        RecordError: with file and line: the file is too large, elsewhere, not UTF-8, not YAML or
            not a mapping, repeats a key or uses tags.
    """
    try:
        text = read_bytes(path, root, limit).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(str(path), 0, "", str(error), "a readable UTF-8 file")
        raise RecordError([problem]) from error
    return parse_mapping(text, path)


def parse_mapping(text: str, path: Path) -> dict[str, Any]:
    """Return the mapping that a text of YAML is; problems name ``path``.

    Raises:
        RecordError: the text is not YAML or not a mapping, repeats a key or uses tags.

    >>> parse_mapping("id: halt", Path("halt.yaml"))
    {'id': 'halt'}
    """
    if text.count("[") + text.count("{") > _MANY_BRACKETS and _is_deep(text):
        raise RecordError([_too_deep(path)])
    try:
        data = ryaml.loads(text)
    except ValueError as error:  # a syntax error, or a key that is a list or a mapping
        raise RecordError([_syntax_problem(path, text, str(error))]) from error
    _refuse_tags(path, text)
    if not isinstance(data, dict):
        found = "a list" if isinstance(data, list) else "nothing" if data is None else "one value"
        raise RecordError([Problem(str(path), 1, "", found, "a mapping of fields")])
    return data


_PREFIXED: Final = re.compile(r"[-+]?0[xob][0-9A-Fa-f]+")


def _refuse_tags(path: Path, text: str) -> None:
    """Refuse tags, which the fast parser would drop, and 0x1F, which it would read as 31."""
    if "!" not in text and _PREFIXED.search(text) is None:
        return
    try:
        for token in yaml.scan(text, Loader=yaml.CSafeLoader):
            line = token.start_mark.line + 1
            if isinstance(token, yaml.TagToken):
                raise RecordError([Problem(str(path), line, "", "a YAML tag", "a plain value")])
            plain = token.value if isinstance(token, yaml.ScalarToken) and token.plain else ""
            if _PREFIXED.fullmatch(plain):
                expected = f'a decimal number, or a text in quotes: "{plain}"'
                raise RecordError([Problem(str(path), line, "", plain, expected)])
    except yaml.YAMLError as error:
        raise RecordError([_syntax_problem(path, text, str(error))]) from error


_HINTS: Final = {
    "mapping values are not allowed": "; put a text that has a colon and a space in quotes",
    "cannot start any token": "; put a text that begins with @, %, ` or a tab in quotes",
    "did not find expected ',' or": "; put a text that has a comma, a colon or brackets in quotes",
    "did not find expected key": "; look at the indentation, and for a quote that is not closed",
    "found unexpected end of stream": "; look for a quote or a bracket that is not closed",
}
"""What is usually amiss, by the words of the YAML parser."""


def _syntax_problem(path: Path, text: str, message: str) -> Problem:
    """Return the problem of a text that is not YAML, with its line from the slow parser."""
    expected = f"valid YAML ({message})"
    if "duplicate entry" in message:
        key, line = next(_repeated_keys(text), ("", 0))
        return Problem(str(path), line, key, "the key a second time", "each key once")
    if "repetition limit" in message:
        return Problem(str(path), 0, "", "aliases that multiply", "a file without aliases")
    where = re.search(r"at line (\d+)", message)
    line = int(where[1]) if where else 0
    if "recursion limit" in message:
        return _too_deep(path, line)
    if huge := re.match(r"(\S+): invalid type: integer `(\S+)` as [iu]128", message):
        return Problem(str(path), line, huge[1], huge[2], "a number of fewer digits")
    try:
        for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
            pass
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 0
        hint = next((hint for words, hint in _HINTS.items() if words in str(error.problem)), "")
        return Problem(str(path), line, "", error.problem or "", f"valid YAML{hint}")
    except yaml.YAMLError:
        pass
    return Problem(str(path), 0, "", "", expected)


def _compose(text: str) -> yaml.Node | None:
    """Return the nodes with their lines, or None if PyYAML cannot read the text.

    PyYAML recurses without a limit, so the depth is checked first.
    """
    if _is_deep(text):
        return None
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None
    return node


def _is_deep(text: str) -> bool:
    """Whether the text nests deeper than is allowed; reads no further than that."""
    depth = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                return True
    except yaml.YAMLError:
        pass
    return False


def _too_deep(path: Path, line: int = 0) -> Problem:
    return Problem(str(path), line, "", "", f"at most {MAX_DEPTH} levels of nesting")


def _repeated_keys(text: str) -> Iterator[tuple[str, int]]:
    waiting = [_compose(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if str(key.value) in seen:
                    yield str(key.value), key.start_mark.line + 1
                seen.add(str(key.value))
                waiting.append(value)
        elif isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)


class RecordFile:
    """A file with records, to report problems with the lines that they are on."""

    def __init__(self, path: Path) -> None:
        """Keep the path; the file is read again only if there is a problem."""
        self._path = path

    def problem(self, loc: Loc, found: str, expected: str, near: str = "") -> Problem:
        """Return a problem of a field, with its line or that of the nearest enclosing field."""
        # A YAML key may hold anything, so control characters are escaped.
        steps = (shorten(str(step)) for step in loc)
        field = ".".join(step if step.isprintable() else ascii(step)[1:-1] for step in steps)
        return Problem(str(self._path), self._line(loc), field, found, expected, near)

    def _line(self, loc: Loc) -> int:
        node, line = self._root, 1
        for step in loc:
            child = _child(node, step)
            if child is None:
                break
            line, node = child
        return line

    @cached_property
    def _root(self) -> yaml.Node | None:
        return _compose(self._path.read_text(encoding="utf-8-sig"))


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item.start_mark.line + 1, item
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    return None
