"""The style sheets of the site: few and small, since a browser paints nothing before it has them.

The theme's sheets dress everything that the theme can do, most of which no page of the site has.
Of them those rules and custom properties stay whose names may occur in a page. A name too many
costs bytes, one too few the look of a page: so every word of a template counts as a name.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from pathlib import Path
from typing import Any, Final, NamedTuple

import tinycss2

from kb.errors import UnavailableError
from kb.site.front import FRONT

THEME: Final = ("stylesheets/main.*.min", "stylesheets/palette.*.min")
"""The sheets of the theme, which writes a digest into their names."""

_ALL: Final = ("site", "plots", "maps", "access", "paper")

SHEETS: Final[Mapping[str, Sequence[str]]] = {
    "style": ("theme", *_ALL),
    "chosen": ("theme", "chosen", *_ALL),
    "forest": ("theme", "chosen", "forest", *_ALL),
    "console": ("theme", "console", *_ALL),
    "embed": ("site", "plots", "access", "embed"),
    "embed-forest": ("site", "plots", "access", "chosen", "forest", "embed"),
}
"""The sheets of pages, one for each, and what they are made from in order: sheets of ``assets``."""

_OTHERS: Final = frozenset(
    {
        *("admonition", "admonition-title", "failure"),  # an error of `kb serve --live`
        *("js", "focus-visible", "highlight"),
        *("md-code__button", "md-code__button--active", "md-code__content", "md-code__nav"),
    }
)
"""Names of the theme that pages have from Python, or from its script for the features in use."""

_PARENTHESES: Final = re.compile(r"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)")
_ATTRIBUTE: Final = re.compile(r"\[[^\]]*\]")
_SELECTOR: Final = re.compile(rf"(?:[^,(\[]|{_PARENTHESES.pattern}|{_ATTRIBUTE.pattern})+")
_NAME: Final = re.compile(r"[.#]([\w-]+)")
_WORD: Final = re.compile(r"[\w-]+")
_NAMES: Final = re.compile(r'\b(?:class|id)="([^"]*)')
_VARIABLE: Final = re.compile(r"--[\w-]+")
_PART: Final = re.compile(r"__|--")
"""What divides the name of a part or state from that of the whole: ``md-dialog--active``."""

_REFERENCE: Final = re.compile(r"var\((--[\w-]+)")
_SETTING: Final = re.compile(r'\b(dir|data-md-color-(?:primary|accent))="?([\w-]+)')
"""Attributes whose values are settings of the theme, which no script changes to others."""

_CONDITION: Final = ("@media", "@supports")
_OF_RULES: Final = ("media", "supports", "keyframes", "-webkit-keyframes", "layer", "container")
"""The at-rules that hold rules: others hold declarations."""


class Rule(NamedTuple):
    """A rule of a sheet, or a declaration: that has nothing within.

    Args:
        text: what stands before the braces, or the declaration.
        within: the rules and declarations in the braces.
    """

    text: str
    within: list[Rule] | None = None


def join_styles(site: Path, templates: Path) -> None:
    """Replace the sheets of a site by ``SHEETS``, with what its pages may use of the theme's.

    Args:
        site: the site with its hand-written pages, shells and scripts.
        templates: the folder with the templates of its other pages.

    Raises:
        UnavailableError: a sheet is missing.
    """
    assets = site / "assets"
    own = [name for name in dict.fromkeys(chain(*SHEETS.values())) if name != "theme"]
    paths = {name: _path(assets, name) for name in (*THEME, *own)}
    sheets = {name: parsed(_text(path)) for name, path in paths.items()}
    for path in paths.values():
        path.unlink()
    shutil.rmtree(assets / "stylesheets")  # what is left are maps to sources that are not there
    names = _names(site, templates)
    for name in own:
        names.update(_REFERENCE.findall(written(sheets[name])))
    # Both at once, for one refers to variables of the other.
    sheets["theme"] = used([*chain.from_iterable(sheets[name] for name in THEME)], names)
    for name, parts in SHEETS.items():
        joined = "".join(written(sheets[part]) for part in parts)
        (assets / f"{name}.css").write_text(joined, encoding="utf-8")


def _path(assets: Path, name: str) -> Path:
    found = sorted(assets.glob(f"{name}.css"))
    if not found:
        raise UnavailableError(f"the site has no style sheet assets/{name}.css")
    return found[0]


def _names(site: Path, templates: Path) -> set[str]:
    """Return the names of the theme that pages may have, and the variables they refer to."""
    from pygments.token import STANDARD_TYPES

    names = {*_OTHERS, *STANDARD_TYPES.values()}
    for page in map(_text, site.rglob("*.html")):
        names.update(_WORD.findall(" ".join(_NAMES.findall(page))), _VARIABLE.findall(page))
        names.update(map("=".join, _SETTING.findall(page)))
    for template in map(_text, templates.glob("*.j2")):
        names.update(_WORD.findall(template))
    scripts = [*map(_text, (site / FRONT).glob("*.js"))]
    for script in scripts:
        names.update(_VARIABLE.findall(script))
    # The theme's script can do more than is switched on: it gives parts to what pages have.
    for script in (*scripts, *map(_text, (site / "assets/javascripts").glob("*.js"))):
        names.update(word for word in _WORD.findall(script) if _PART.split(word)[0] in names)
    return names


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def parsed(text: str) -> list[Rule]:
    """Read a style sheet without its comments, and without blanks around rules.

    Raises:
        ValueError: a place is not CSS.

    >>> parsed("/* Links */ a:hover, b { color: red; }")
    [Rule(text='a:hover, b', within=[Rule(text='color:red', within=None)])]
    """
    values = tinycss2.parse_component_value_list(text, skip_comments=True)
    return [_rule(node) for node in tinycss2.parse_stylesheet(values, skip_whitespace=True)]


def _rule(node: Any) -> Rule:
    """Return a rule or declaration as ``tinycss2`` has parsed it."""
    if node.type == "error":
        raise ValueError(f"line {node.source_line} of a style sheet: {node.message}")
    if node.type == "declaration":
        important = "!important" if node.important else ""
        return Rule(f"{node.name}:{tinycss2.serialize(node.value).strip()}{important}")
    is_at = node.type == "at-rule"
    text = (f"@{node.at_keyword}" if is_at else "") + tinycss2.serialize(node.prelude).rstrip()
    if node.content is None:
        return Rule(text)
    has_rules = is_at and node.lower_at_keyword in _OF_RULES
    read = tinycss2.parse_rule_list if has_rules else tinycss2.parse_blocks_contents
    return Rule(text, [_rule(one) for one in read(node.content, skip_whitespace=True)])


def written(rules: Iterable[Rule]) -> str:
    """Write a style sheet in as few characters as is safe.

    >>> written([Rule("a", [Rule("color:red"), Rule("margin:0")])])
    'a{color:red;margin:0}'
    """
    return "".join(
        f"{text};" if within is None else f"{text}{{{written(within).removesuffix(';')}}}"
        for text, within in rules
    )


def used(rules: Sequence[Rule], names: Set[str]) -> list[Rule]:
    """Return the rules whose names are given, without variables that none refers to.

    >>> written(used(parsed(":root{--a:1;--b:2} .x,.y{top:var(--a)} .z{top:var(--b)}"), {"x"}))
    ':root{--a:1}.x{top:var(--a)}'
    """
    kept = list(_matching(rules, names))
    while True:
        references = names | set(_REFERENCE.findall(written(kept)))
        fewer = list(_referred(kept, references))
        if fewer == kept:
            return kept
        kept = fewer  # a variable less, and so may be what it alone referred to


def _matching(rules: Iterable[Rule], names: Set[str]) -> Iterator[Rule]:
    for text, within in rules:
        if within is None or text.startswith("@"):
            inner = list(_matching(within or (), names)) if text.startswith(_CONDITION) else within
            if inner or inner is None:
                yield Rule(text, inner)
            continue
        selectors = _SELECTOR.findall(text)
        if ",".join(selectors) != text:  # brackets within brackets: too much to read here
            yield Rule(text, within)
        elif kept := ",".join(one for one in selectors if _may_match(one, names)):
            yield Rule(kept, within)


def _may_match(selector: str, names: Set[str]) -> bool:
    """Return whether the site may have what a selector names; in parentheses it may be absent.

    >>> _may_match(".a:not(.b) > .c", {"a", "c"}), _may_match(".a .b", {"a"})
    (True, False)
    """
    outside = _PARENTHESES.sub("", selector)
    settings = map("=".join, _SETTING.findall(outside))
    needed = _NAME.findall(_ATTRIBUTE.sub("", outside))
    return "\\" in selector or all(name in names for name in chain(needed, settings))


def _referred(rules: Iterable[Rule], references: Set[str]) -> Iterator[Rule]:
    for text, within in rules:
        inner = within if within is None else list(_referred(within, references))
        name = text.partition(":")[0]
        if inner or (inner is None and (not name.startswith("--") or name in references)):
            yield Rule(text, inner)
