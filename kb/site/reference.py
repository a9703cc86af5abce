"""The reference of the Python face, read from the source of its classes: ``kb.__all__``.

Signatures, fields and docstrings are read as text, so that nothing is run for it.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, Final

import kb

FIRST: Final = ("KnowledgeBase", "Claims", "ClaimView", "QueryResult", "scan")
"""What a reader begins with; the rest follows by name."""

_SECTIONS: Final = {"Args": "Arguments", "Raises": "Raises"}
_ITEM: Final = re.compile(r"^(\S+): ", re.MULTILINE)
_PROPERTIES: Final = {"property", "cached_property"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a docstring.

    Args:
        kind: ``text``, ``example`` or the title of a list.
        text: of a text or an example.
        items: of a list: names and what they are.
    """

    kind: str
    text: str = ""
    items: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A public name: a class, function, method, property or field.

    Args:
        name: that of a member follows its class and a dot.
        kind: ``class``, ``function``, ``method``, ``property``, ``field`` or ``value``.
        signature: as it is written, without ``self``.
        parts: its docstring.
        members: of a class.
    """

    name: str
    kind: str
    signature: str
    parts: Sequence[Part]
    members: Sequence[Entry] = ()


def reference() -> list[Entry]:
    """Return an entry for each public name, those that a reader begins with first.

    >>> [entry.name for entry in reference()][:2]
    ['KnowledgeBase', 'Claims']
    """
    names = (*FIRST, *(name for name in kb.__all__ if name not in FIRST))
    return [_entry(name, getattr(kb, name)) for name in names]


def docstring_parts(text: str) -> list[Part]:
    """Return the parts of a docstring.

    >>> [part.kind for part in docstring_parts(KeyError.__doc__)]
    ['text']
    """
    return [_part(block) for block in re.split(r"\n\s*\n", inspect.cleandoc(text)) if block]


def _part(block: str) -> Part:
    if block.startswith(">>>"):
        return Part("example", block)
    head, _, body = block.partition("\n")
    title = _SECTIONS.get(head.removesuffix(":"))
    if not title:
        return Part("text", " ".join(block.split()))
    _, *pairs = _ITEM.split(f"\n{textwrap.dedent(body)}")
    texts = (" ".join(text.split()) for text in pairs[1::2])
    return Part(title, items=tuple(zip(pairs[::2], texts, strict=True)))


def _entry(name: str, thing: Any) -> Entry:
    if not inspect.isclass(thing):
        thing = getattr(thing, name, thing)  # ``kb.scan`` is a module that can be called
    node = _definitions(thing.__module__)[name]
    if isinstance(node, ast.FunctionDef):
        return _function(node, "")
    parts, members = docstring_parts(ast.get_docstring(node) or ""), list(_members(node))
    start = next((one for one in members if one.name == f"{name}.__init__"), None)
    members = [one for one in members if one is not start]
    if start and any(part.kind == _SECTIONS["Args"] for part in parts):
        signature = start.signature.replace("__init__", name, 1)
    else:  # only this package makes instances of it
        bases = f"({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
        signature = f"class {name}{bases}"
    return Entry(name, "class", signature, parts, members)


@cache
def _definitions(module: str) -> Mapping[str, ast.ClassDef | ast.FunctionDef]:
    """Return the classes and functions of a module by name, as they are written."""
    nodes = ast.parse(inspect.getsource(import_module(module))).body
    return {one.name: one for one in nodes if isinstance(one, ast.ClassDef | ast.FunctionDef)}


def _members(node: ast.ClassDef) -> Iterator[Entry]:
    """Yield the public members of a class, and ``__init__``."""
    for at, one in enumerate(node.body):
        following = node.body[at + 1] if at + 1 < len(node.body) else None
        if isinstance(one, ast.FunctionDef):
            is_hidden = one.name.startswith("_") or "overload" in _decorators(one)
            if one.name == "__init__" or not is_hidden:
                yield _function(one, node.name)
        elif isinstance(one, ast.AnnAssign) and not ast.unparse(one.target).startswith("_"):
            yield _field(one, node.name, _docstring_of(following))
        elif isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name):
            name, value = one.targets[0].id, ast.unparse(one.value)
            parts = docstring_parts(_docstring_of(following))
            yield Entry(f"{node.name}.{name}", "value", f"{name} = {value}", parts)


def _function(node: ast.FunctionDef, of: str) -> Entry:
    parts = docstring_parts(ast.get_docstring(node) or "")
    name = f"{of}.{node.name}" if of else node.name
    returns = f": {ast.unparse(node.returns)}" if node.returns else ""
    if _decorators(node) & _PROPERTIES:
        return Entry(name, "property", f"{node.name}{returns}", parts)
    of_class = node.args.posonlyargs or node.args.args if of else []
    if of_class and of_class[0].arg in ("self", "cls"):
        del of_class[0]
    arrow = returns.replace(": ", " -> ", 1) if node.name != "__init__" else ""
    signature = f"{node.name}({ast.unparse(node.args).removeprefix('/, ')}){arrow}"
    return Entry(name, "method" if of else "function", signature, parts)


def _field(node: ast.AnnAssign, of: str, text: str) -> Entry:
    kind, name = node.annotation, ast.unparse(node.target)
    if isinstance(kind, ast.Subscript) and isinstance(kind.slice, ast.Tuple):
        is_annotated = ast.unparse(kind.value) == "Annotated"
        kind = kind.slice.elts[0] if is_annotated else kind
    return Entry(f"{of}.{name}", "field", f"{name}: {ast.unparse(kind)}", docstring_parts(text))


def _decorators(node: ast.FunctionDef) -> set[str]:
    """Return the names of the decorators of a function."""
    return {ast.unparse(one).rpartition(".")[2] for one in node.decorator_list}


def _docstring_of(following: ast.stmt | None) -> str:
    """Return the docstring below a field; "" if the statement there is not a text."""
    if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
        return str(following.value.value)
    return ""
