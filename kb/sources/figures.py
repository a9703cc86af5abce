"""The figures of a section: the numbers that belong in a claim."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from kb.sources.folded import FoldedText
from kb.sources.markup import UNKNOWN
from kb.sources.numbers import Number, read

_SEPARATORS = re.compile("[\x1c-\x1f]")


@dataclass(frozen=True, slots=True)
class FigureInText(Number):
    """A number in a source's text, with its offsets in the original text."""

    source: str = field(repr=False, compare=False)

    def context(self, width: int = 40) -> str:
        """Return the figure with up to ``width`` characters of the original on either side."""
        return excerpt(self.source, self.start, self.end, width)


def excerpt(source: str, start: int, end: int, width: int) -> str:
    r"""Return ``source[start:end]`` and its surroundings on one line.

    >>> excerpt("the median OS\nwas 7.7 months", 18, 21, 6)
    'S was 7.7 month'

    A control character that Python takes for a space is shown as an unknown one, as it is read.

    >>> excerpt("7.7\x1f%", 0, 5, 0)
    '7.7\ufffd%'
    """
    around = _SEPARATORS.sub(UNKNOWN, source[max(0, start - width) : end + width])
    return " ".join(around.split())


_CITATION = re.compile(r"\[[0-9][0-9,.\- ]{0,80}\]")
# An interval in square brackets is not a citation: 0.61 [0.48-0.77], 34 [15-64], IQR [2, 5].
_INTERVAL = re.compile(r"\[(?P<low>[0-9]{1,4})(?:-|, ?)(?P<high>[0-9]{1,4})\]")
_BEFORE_INTERVAL = re.compile(
    r"(?<![0-9.])(?P<figure>[0-9]{1,4}(?:\.[0-9]{1,4})?)(?P<unit> (?:years?|yrs?|months?|mos?|"
    r"weeks?|days?|hours?|cycles?))?,? $"
)
_NAMES_INTERVAL = re.compile(
    r"(?:CI|CrI|IQR|[Rr]ange|[Ii]nterval|[Qq]uartiles?|[Ll]imits|[Mm]in.{1,5}max)[):,]{0,2} ?$"
)
_STATISTIC = re.compile(r"\b(?:median|mean|range|IQR|inter-?quartile)\b", re.IGNORECASE)
_WIDE = 20
"""The most references that are cited in a row."""
# "Figures 1, 2 and 3"; but in "Figure 1, 36 patients" the second is a figure.
_REFERENCE = re.compile(
    r"\b(?:Table|Figure|Fig\.?|Section|Ref\.?|Reference|Appendix|Chapter|Box|Eq\.?)(?P<many>s\.?)?"
    r" ?S?[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}[A-Za-z]?(?:-S?[0-9]{1,3}[A-Za-z]?\b)?"
    r"(?(many)(?:, ?S?[0-9]{1,3}[A-Za-z]?(?=[,;:.)]| and| &)){0,6}"
    r"(?:,? (?:and|&) S?[0-9]{1,3}[A-Za-z]?\b(?! ?%))?)(?![0-9])",
    re.IGNORECASE,
)
_SECTION = r"[0-9]{1,2}(?:\.[0-9]{1,2}){0,4}"
_HEADING = re.compile(
    rf"{_SECTION}(?:\.?[ \t]{{0,4}}\|[ \t]{{0,4}}[A-Z][^\n\t|]{{0,160}}"
    r"|\.[ \t]{1,4}[A-Z][^\n\t.]{0,100})(?:\n|$)"
)
_MARKED_HEADING = re.compile(rf"{_SECTION}\.?[ \t]{{0,4}}(?:\||[A-Z])")
_BLANK_LINE = re.compile(r"\n[ \t]{0,8}\n[ \t]{0,8}$")
_ENDS = re.compile(r"[.!?:;)\]\"'”’*|][ \t]{0,8}$|^[ \t]{0,8}(?:#|[0-9]{1,2}[.\d]{0,12}[ \t|])|\t")
# "one" is a pronoun or an article as often as a count; the words around it decide.
_NOT_ONE = re.compile(
    r" ?(?:[.,;:)]|$|of the (?:most|main|key)|of (?:them|these|those|its|our)\b|another|or "
    r"|should|can|could|may|might|would|possib|approach|that|which|who\b|is |was |has "
    r"|(?:[a-z]{1,24} ){1,3}over another)"
)
_NOT_ONE_BEFORE = re.compile(
    r"\b(?:first|second|third|last|latter|former|other|any|each|this|that|every|either|the|no) $"
)


def figures(folded: FoldedText) -> list[FigureInText]:
    """Return the numbers that report something, in the order of the text.

    Left out: citation marks in brackets, cross references (Table 1), numbers of headings, names
    (CD19, 4-1BB), unit exponents, addresses, and "one" where it is not a count.
    """
    edges = [edge for span in _references(folded) for edge in span]
    return [
        _figure(folded, number)
        for number in read(folded)
        if bisect_right(edges, number.start) % 2 == 0
        and not _is_heading(folded, number)
        and not _is_pronoun(folded.text, number)
    ]


def _figure(folded: FoldedText, n: Number) -> FigureInText:
    start, end = folded.offsets[n.start], folded.ends[n.end - 1]
    return FigureInText(n.text, n.value, n.operator, n.is_word, start, end, folded.source)


def _references(folded: FoldedText) -> list[tuple[int, int]]:
    """Return the spans of citations and cross references, in order and without overlaps."""
    spans = [m.span() for m in _CITATION.finditer(folded.text) if not _is_interval(folded, m)]
    spans += [m.span() for m in _REFERENCE.finditer(folded.text)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart


def _is_interval(folded: FoldedText, bracket: re.Match[str]) -> bool:
    """Whether brackets hold an interval: by its decimals, or by the text before it in its cell."""
    start = bracket.start()
    if re.search(r"[0-9]\.[0-9]", bracket[0]):
        return True
    interval = _INTERVAL.fullmatch(bracket[0])
    if interval is None or start == 0 or folded.original(start - 1) == "\t":
        return False
    before = folded.text[max(0, start - 60) : start]
    figure = _BEFORE_INTERVAL.search(before)
    if figure is None:
        return _NAMES_INTERVAL.search(before) is not None
    low, high = int(interval["low"]), int(interval["high"])
    if not figure["unit"]:
        return "-" in bracket[0] and "." not in figure["figure"]
    within = low <= float(figure["figure"]) <= high
    return within and (high - low > _WIDE or _STATISTIC.search(before) is not None)


def _is_heading(folded: FoldedText, number: Number) -> bool:
    """Whether this is the number of a heading, at the start of its line in the original."""
    source, start = folded.source, folded.offsets[number.start]
    line = source.rfind("\n", max(0, start - 12), start) + 1
    if (line == 0 and start > 11) or source[line:start].strip("#* \t"):
        return False
    if "#" in source[line:start]:
        return _MARKED_HEADING.match(source, start) is not None
    if not _HEADING.match(source, start):
        return False
    return number.start == 0 or _ends_paragraph(source[max(0, line - 400) : line])


def _ends_paragraph(before: str) -> bool:
    """Whether a blank line ends a sentence, a heading or a table, and not just a page."""
    lines = before.rstrip().split("\n")
    if not before.strip():
        return True
    return _BLANK_LINE.search(before) is not None and _ENDS.search(lines[-1]) is not None


def _is_pronoun(text: str, number: Number) -> bool:
    if number.text.lower() != "one":
        return False
    before = text[max(0, number.start - 12) : number.start].lower()
    return bool(_NOT_ONE.match(text, number.end) or _NOT_ONE_BEFORE.search(before))
