r"""Formulas as plain text: MathML and TeX.

Raised and lowered parts become ``<sup>`` and ``<sub>``, fractions ``a/b``. What TeX command has no
known sign stays as it is, so that nothing is guessed.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from kb.papers.xml import local

if TYPE_CHECKING:
    from lxml.etree import _Element

_INVISIBLE: Final = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u2064"))
_SIMPLE: Final = re.compile(r"[\w.]*")
_ACCENTS: Final = dict.fromkeys("\u00af\u203e\u0304", "\u0304") | {
    "^": "\u0302",
    "\u02c6": "\u0302",
    "~": "\u0303",
}


def raised(text: str) -> str:
    """Return a text as raised; nothing if it is empty.

    >>> raised("2"), raised(" ")
    ('<sup>2</sup>', '')
    """
    return f"<sup>{text.strip()}</sup>" if text.strip() else ""


def lowered(text: str) -> str:
    """Return a text as lowered; nothing if it is empty.

    >>> lowered("max")
    '<sub>max</sub>'
    """
    return f"<sub>{text.strip()}</sub>" if text.strip() else ""


def fraction(above: str, below: str) -> str:
    """Return a fraction on one line.

    >>> fraction("a + b", "2")
    '(a + b)/2'
    """
    return "/".join(
        part if _SIMPLE.fullmatch(part) else f"({part})" for part in (above.strip(), below.strip())
    )


def mathml_text(element: _Element) -> str:
    """Return MathML as text.

    >>> from kb.papers.xml import parse_xml
    >>> xml = "<math><mn>1.2</mn><mo>×</mo><msup><mn>10</mn><mn>9</mn></msup></math>"
    >>> mathml_text(parse_xml(xml.encode(), "a.xml"))
    '1.2×10<sup>9</sup>'
    """
    return " ".join(_math(element).translate(_INVISIBLE).split())


def _parts(element: _Element) -> list[str]:
    return [_math(part) for part in element if isinstance(part.tag, str)]


def _math(element: _Element) -> str:
    name = local(element)
    if name in _SCRIPTS or name in _FRAMES:
        parts = _parts(element)
        written = _script(name, parts) if name in _SCRIPTS else _frame(name, parts)
        if written is not None:
            return written
    if name in {"annotation", "annotation-xml", "maligngroup", "malignmark", "none"}:
        return ""
    if name == "mspace":
        return " "
    pieces = [element.text or ""]
    for part in element:
        pieces += [_math(part) if isinstance(part.tag, str) else html.unescape(part.text or "")]
        pieces += [part.tail or ""] if (part.tail or "").strip() else []
    text = "".join(pieces)
    if name == "mfenced":
        inner = (element.get("separators") or ",")[:1].join(_parts(element))
        return f"{element.get('open', '(')}{inner}{element.get('close', ')')}"
    return f" {text} " if name in {"mtd", "mtr"} else text if name == "mtext" else text.strip("\n")


_SCRIPTS: Final = {"msup": 2, "msub": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3}
_FRAMES: Final = {"mfrac": 2, "mroot": 2, "msqrt": 0}


def _script(name: str, parts: list[str]) -> str | None:
    """Return a base with what is raised or lowered; None if the number of parts is wrong."""
    if len(parts) != _SCRIPTS[name]:
        return None
    base = parts[0]
    if name == "mover" and parts[1].strip() in _ACCENTS:
        return base + _ACCENTS[parts[1].strip()]
    below = lowered(parts[1]) if name in {"msub", "msubsup", "munder", "munderover"} else ""
    return base + below + (raised(parts[-1]) if name not in {"msub", "munder"} else "")


def _frame(name: str, parts: list[str]) -> str | None:
    if name == "mfrac":
        return fraction(*parts) if len(parts) == 2 else None
    if name == "mroot":
        return f"{raised(parts[1])}√({parts[0]})" if len(parts) == 2 else None
    inner = "".join(parts)
    return "√" + (inner if _SIMPLE.fullmatch(inner) else f"({inner})")


_SIGN_NAMES: Final = {
    "≤": "leq le leqslant",
    "≥": "geq ge geqslant",
    "<": "lt",
    ">": "gt",
    "≠": "neq ne",
    "×": "times",
    "±": "pm",
    "∓": "mp",
    "≈": "approx",
    "\u223c": "sim",
    "·": "cdot",
    "÷": "div",
    "°": "circ degree",
    "∑": "sum",
    "∞": "infty",
    "→": "rightarrow to",
    "↑": "uparrow",
    "↓": "downarrow",
    " ": "quad qquad",
    "": "left right displaystyle limits",
    "Δ": "Delta",
    "λ": "lambda",
}
_GREEK: Final = "alpha beta gamma delta eta theta kappa mu rho sigma chi tau omega phi pi"
_SIGNS: Final = {name: sign for sign, names in _SIGN_NAMES.items() for name in names.split()} | {
    name: unicodedata.lookup(f"GREEK SMALL LETTER {name}") for name in _GREEK.split()
}
_STYLES: Final = "text|textit|textbf|textrm|textsf|mathrm|mathbf|mathit|mathsf|operatorname|mbox|rm"
_BEGIN, _END = r"\begin{document}", r"\end{document}"
_COMMAND: Final = re.compile(r"\\([A-Za-z]{1,20})(?![A-Za-z])[ \t]?")
_STEPS: Final = (
    (re.compile(r"\\(?:begin|end)\{[a-z*]{1,20}\}(?:\{[a-z|]{1,20}\})?|\$+"), ""),
    (re.compile(rf"\\(?:{_STYLES})(?![A-Za-z])\s?"), ""),
    (re.compile(r"\\[,;: !]|\\\\|(?<!\\)[~&]"), " "),
    (re.compile(r"\\([%#&_$])"), r"\1"),
)
_GROUP: Final = r"(?:\{([^{}]*)\}|(\\[A-Za-z]+|[^\s{}\\]))"
_FRACTION: Final = re.compile(r"\\[dt]?frac\s?\{([^{}]*)\}\s?\{([^{}]*)\}")
_ROOT: Final = re.compile(r"\\sqrt\s?\{([^{}]*)\}")
_UP: Final = re.compile(rf"\^\s?{_GROUP}")
_DOWN: Final = re.compile(rf"(?<!\\)_\s?{_GROUP}")
_BARE: Final = re.compile(r"(?<!\\)\{([^{}]*)\}")
_MAX_TEX: Final = 5_000


def tex_text(tex: str) -> str:
    r"""Return TeX as text; a command without a known sign stays.

    >>> tex_text(r"\begin{document}$$p \leq 1.2 \times 10^{-4}$$\end{document}")
    'p ≤1.2 ×10<sup>-4</sup>'
    >>> tex_text(r"\frac{12}{57}, \unknown{3}")
    '12/57, \\unknown3'
    """
    text = tex.rpartition(_BEGIN)[2].partition(_END)[0].strip()
    if len(text) > _MAX_TEX:
        return " ".join(text.split())
    for pattern, sign in _STEPS:
        text = pattern.sub(sign, text)
    for _ in range(8):  # groups, from the innermost outwards
        before = text
        text = _FRACTION.sub(lambda m: fraction(m[1], m[2]), text)
        text = _ROOT.sub(lambda m: f"√({m[1]})", text)
        text = _UP.sub(lambda m: raised(m[1] or m[2] or ""), text)
        text = _DOWN.sub(lambda m: lowered(m[1] or m[2] or ""), text)
        text = _BARE.sub(r"\1", text)
        if text == before:
            break
    text = _COMMAND.sub(lambda m: _SIGNS.get(m[1], m[0]), text)
    return " ".join(text.split())
