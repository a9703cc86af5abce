"""Lines put into a record or taken out of it; every other line stays as it is, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from kb.drafts.flow import Verbatim
from kb.errors import InputError


def compose(text: str) -> yaml.MappingNode:
    """Return the nodes of a text of YAML that was read as a mapping before.

    Raises:
        InputError: it is not a mapping.
    """
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    if not isinstance(node, yaml.MappingNode):
        raise InputError("expected a mapping of fields")
    return node


def child(node: yaml.Node | None, *path: str | int) -> yaml.Node | None:
    """Return the node at a path of keys and numbers, or None."""
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step] if step < len(node.value) else None
        else:
            return None
    return node


def last_line(node: yaml.Node) -> int:
    """Return the number, from 0, of the last line that a node's content is on."""
    is_block = not getattr(node, "flow_style", True)
    if isinstance(node, yaml.MappingNode) and node.value and is_block:
        return last_line(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and node.value and is_block:
        return last_line(node.value[-1])
    line = int(node.end_mark.line)
    is_literal = isinstance(node, yaml.ScalarNode) and node.style in ("|", ">")
    return line - 1 if is_literal and node.end_mark.column == 0 else line


def exact(text: str, node: yaml.Node) -> Any:
    """Return the content of a node, each scalar as it is written: 5.0 stays 5.0.

    >>> content = "a: [5.0, '7']"
    >>> exact(content, compose(content))
    {'a': ['5.0', "'7'"]}
    """
    if isinstance(node, yaml.MappingNode):
        return {key.value: exact(text, value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [exact(text, value) for value in node.value]
    written = text[node.start_mark.index : node.end_mark.index]
    return Verbatim(written) if "\n" not in written else str(node.value)


def with_entries(text: str, key: str, entries: Sequence[str]) -> str:
    r"""Return a record with entries, without their indent, at the end of a mapping or list.

    Raises:
        InputError: its entries are in brackets on one line.

    >>> with_entries("id: a\ngroups: {} # none\nx: 1\n", "groups", ["drug: {label: Drug}"])
    'id: a\ngroups: # none\n  drug: {label: Drug}\nx: 1\n'
    """
    if not entries:
        return text
    node = child(compose(text), key)
    if node is None:
        return text.rstrip("\n") + f"\n{key}:\n" + "".join(f"  {entry}\n" for entry in entries)
    if not getattr(node, "value", None):
        written = text[node.start_mark.index : node.end_mark.index]
        if written.strip():
            text = text[: node.start_mark.index].rstrip(" ") + text[node.end_mark.index :]
        return insert(text, node.start_mark.line + 1, [f"  {entry}" for entry in entries])
    indent = " " * indent_of(node, key)
    return insert(text, last_line(node) + 1, [indent + entry for entry in entries])


def indent_of(node: yaml.Node, key: str) -> int:
    """Return the column of a block's entries.

    Raises:
        InputError: they are in brackets.
    """
    if getattr(node, "flow_style", True):
        line = node.start_mark.line + 1
        raise InputError(f"line {line}, {key}: in brackets; expected an entry on each line")
    return int(node.start_mark.column)


def insert(text: str, line: int, lines: Iterable[str]) -> str:
    """Return a text with lines before the one of a number, from 0."""
    whole = text if text.endswith("\n") or not text else f"{text}\n"
    old = whole.splitlines(keepends=True)
    return "".join((*old[:line], *(f"{one}\n" for one in lines), *old[line:]))


def above_comments(text: str, line: int) -> int:
    """Return the line where the comments directly above a line begin, or the line itself."""
    lines = text.splitlines()
    while line and re.match(r"\s*#", lines[line - 1]):
        line -= 1
    return line


def without(text: str, taken: Mapping[int, set[int]]) -> str:
    """Return a file of drafts without some blocks, by the numbers of their reports and their own.

    A report of which nothing is left goes too, and so does the list of reports.
    """
    reports = child(compose(text), "reports")
    if not isinstance(reports, yaml.SequenceNode):
        return text
    gone: set[int] = set()
    left = 0
    for number, report in enumerate(reports.value):
        claims = child(report, "claims")
        blocks = claims.value if isinstance(claims, yaml.SequenceNode) else []
        chosen = taken.get(number, set())
        whole = len(chosen) == len(blocks)
        left += not whole
        for node in [report] if whole else [blocks[i] for i in sorted(chosen)]:
            gone |= set(range(node.start_mark.line, last_line(node) + 1))
    if not left:
        gone.add(reports.start_mark.line - 1)
    lines = text.splitlines(keepends=True)
    return "".join(one for i, one in enumerate(lines) if i not in gone)
