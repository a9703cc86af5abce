"""BibTeX and BibLaTeX, with LaTeX as Unicode."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from kb.errors import Problem, UnavailableError
from kb.papers.bibliography.entry import Entry, Fields, parsed, person

if TYPE_CHECKING:
    from bibtexparser.model import Block

_OTHERS: Final = (
    "online electronic www book inbook incollection manual techreport report misc unpublished "
    "phdthesis mastersthesis thesis booklet dataset software"
)
_PAGES: Final = frozenset(_OTHERS.split())
_ABSTRACTS: Final = frozenset({"inproceedings", "conference", "proceedings"})
_PART: Final = re.compile(r'\s*(?:"((?:[^"{}]|\{[^"{}]*\})*)"|([^\s#"{}]+))\s*(?:#|$)')
_TEX: Final = re.compile(r"[\\$~]|--|``|''")
_MACRO: Final = re.compile(r"(?<!\\)\\([A-Za-z]+)(?![A-Za-z])(?:\{\}|(?!\s*[\[{]))")
_SIGNS: Final = {
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
    "textminus": "−",
    "textquotedbl": '"',
}
"""Signs that the decoder does not know."""


def read_bibtex(text: str, file: str, first: int) -> Iterator[Entry | Problem]:
    r"""Yield the entries of BibTeX and what is wrong with them; lines count from ``first``.

    Raises:
        UnavailableError: bibtexparser is not installed.

    >>> bib = r"@article{a, author={B{\"o}hm, Ann and van der Low, B.}, title={5\% {OS}}}"
    >>> [(one.metadata.authors, one.metadata.title) for one in read_bibtex(bib, "a.bib", 1)]
    [(('Böhm A', 'van der Low B'), '5% OS')]
    """
    library = _library(text)
    strings = {one.key.lower(): _enclosed(str(one.value)) for one in library.strings}
    for block in library.blocks:
        line = first + (block.start_line or 0)
        found = getattr(block, "ignore_error_block", None) or block
        if type(found).__name__ == "Entry":
            yield from _entry(found, strings, file, line)
        elif reason := _reason(found):
            yield Problem(file, line, "", "", f"an entry of BibTeX ({reason})")


def _library(text: str) -> Any:
    try:
        import bibtexparser
    except ImportError as error:
        raise UnavailableError(
            "bibtexparser, which reads BibTeX, is not installed: pip install kb-evidence[read]"
        ) from error
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # what it logs is reported here
    return bibtexparser.parse_string(text, parse_stack=[])


def _reason(block: Block) -> str:
    """Return why a block could not be parsed; "" for a comment or a string."""
    error = getattr(block, "error", None)
    if error is None:
        return ""
    reason = str(getattr(error, "abort_reason", "") or error)
    return " ".join(reason.split())[:150] or "it is not closed"


def _entry(
    block: Any, strings: Mapping[str, str], file: str, line: int
) -> Iterator[Entry | Problem]:
    raw: dict[str, str] = {}
    for field in block.fields:
        raw.setdefault(str(field.key).lower(), _value(str(field.value), strings))
    try:
        fields = _fields(block.entry_type.lower(), raw)
    except RecursionError:
        yield Problem(file, line, "", block.key, "LaTeX of fewer levels")
        return
    yield from parsed(fields, file, line, block.key)


def _fields(kind: str, raw: Mapping[str, str]) -> Fields:
    def of(*names: str) -> str:
        return next((tex for name in names if (tex := latex(raw.get(name, "")).strip())), "")

    def code(*names: str) -> str:
        text = next((raw[name] for name in names if raw.get(name, "").strip()), "")
        bare = re.sub(r"(?<!\\)[{}]", "", text.replace(r"{\textasciitilde}", "~"))
        return re.sub(r"\\([_%&#$~^{}])", r"\1", bare).strip()

    is_pubmed = of("eprinttype", "archiveprefix").lower() in {"pubmed", "pmid"}
    is_page = kind in _PAGES
    return Fields(
        title=of("title") + (f": {of('subtitle')}" if of("subtitle") else ""),
        authors=tuple(_authors(raw.get("author", ""))),
        journal=of("journal", "journaltitle", "booktitle" if kind in _ABSTRACTS else "journal"),
        date=of("year", "date"),
        volume=of("volume"),
        issue=of("number", "issue"),
        pages=of("pages", "eid"),
        doi=code("doi"),
        pmid=code("pmid") or (code("eprint") if is_pubmed else ""),
        pmcid=code("pmcid", "pmc"),
        url=code("url"),
        types=(*(("meeting abstract",) if kind in _ABSTRACTS else ()), of("type", "entrysubtype")),
        is_page=is_page,
        notes=raw.get("note", "") + "\n" + raw.get("annote", ""),
    )


def _value(text: str, strings: Mapping[str, str]) -> str:
    """Return a field's value without its braces or quotes, and with strings in their places."""
    if text[:1] == "{":
        return _enclosed(text)
    parts: list[str] = []
    at = 0
    while match := _PART.match(text, at):
        name = match[2] or ""
        parts.append(match[1] if match[2] is None else strings.get(name.lower(), name))
        at = match.end()
        if at >= len(text):
            return "".join(parts)
    return _enclosed(text)


def _enclosed(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] + text[-1] in {"{}", '""'} else text


def _authors(text: str) -> Iterator[str]:
    from bibtexparser.middlewares.names import (
        InvalidNameError,
        parse_single_name_into_parts,
        split_multiple_persons_names,
    )

    for name in split_multiple_persons_names(text):
        if name.strip("{} ").lower() in {"others", "et al.", "et al"}:
            yield "et al."
            continue
        try:
            parts = parse_single_name_into_parts(name)
        except InvalidNameError:
            yield latex(name)
            continue
        first, last = latex(" ".join(parts.first)), latex(" ".join(parts.last))
        if "," not in name and re.fullmatch("[A-Z]{1,3}", last) and not first.isupper():
            first, last = last, first  # "Kantarjian H", which BibTeX reads the other way round
        yield person(latex(" ".join([*parts.von, last])), first, latex(" ".join(parts.jr)))


@lru_cache(maxsize=1)
def _decoder() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text

    return LatexNodes2Text(keep_braced_groups=False, math_mode="text")


def _known(match: re.Match[str]) -> str:
    """Return a macro; as its name where the decoder would drop it, because it knows none."""
    name = match[1]
    is_known = _decoder().latex_context.get_macro_spec(name) is not None
    return match[0] if is_known else _SIGNS.get(name, rf"\textbackslash{{}}{name}")


@lru_cache(maxsize=10_000)
def latex(text: str) -> str:
    r"""Return LaTeX as Unicode.

    >>> latex(r"{\L}ukasz \& Bj\o{}rn: 5% of {BCR}"), latex(r"\textit{in vivo}, $10^9$/L")
    ('Łukasz & Bjørn: 5% of BCR', 'in vivo, 10^9/L')
    >>> latex(r"P \textless{} 0.05, {\textgreater} 5 \nosuchsign x")
    'P < 0.05, > 5 \\nosuchsign x'
    """
    if not _TEX.search(text):
        return text.replace("{", "").replace("}", "")  # the decoder is slow
    escaped = re.sub(r"(?<!\\)%", r"\\%", text)  # elsewhere in LaTeX it begins a comment
    decoded: str = _decoder().latex_to_text(_MACRO.sub(_known, escaped))
    # The decoder takes textasciicircum for a modifier letter.
    return decoded.replace("\u00a0", " ").replace("\u02c6", "^")
