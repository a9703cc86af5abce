r"""What print is made of: typography, numbers and names.

``Folded`` is text whose typography ``kb.sources.match.fold`` has levelled. One tokenizer reads it,
for two questions: what numbers does a record's ``printed`` hold (``read``), and which figures of a
section would a reader expect in some claim (``figures``, without citations and headings)?
All patterns are bounded or free of nested repetition: time grows with the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

OPERATORS = "<>≤≥~="
EM_DASH = "\u2014"
MONEY = "\uff04"  # a dollar sign that is no mark of mathematics

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
CHARACTERS = str.maketrans(
    dict.fromkeys(DASHES, "-")
    | dict.fromkeys("\u223c\u2248\u2243\u2245\uff5e\u301c", "~")
    | dict.fromkeys("\u2018\u2019\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201f", '"')
    | dict.fromkeys("\u2044\u2215", "/")
    | {"\u2a7d": "≤", "\u2266": "≤", "\u2a7e": "≥", "\u2267": "≥", "\u03bc": "µ", "\u2a2f": "×"}
    | {"\uff1c": "<", "\uff1e": ">", "\uff05": "%"}
)
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", "0123456789+-=()n")
# LaTeX commands and HTML entities, by what they print; commands that only style print nothing.
_COMMANDS = {
    "≥": "geq ge geqslant geqq",
    "≤": "leq le leqslant leqq",
    "~": "sim approx simeq thicksim",
    " ": "quad qquad thinspace enspace space",
    "°": "circ degree",
    "": "text textit textbf textrm textsf mathrm mathbf mathit mathsf operatorname mbox rm bf it "
    "left right bar",
} | {"×": "times", "±": "pm", "µ": "mu", "<": "lt", ">": "gt", "·": "cdot"}
COMMANDS = {name: sign for sign, names in _COMMANDS.items() for name in names.split()}
ENTITIES = {"lt": "<", "gt": ">", "le": "≤", "ge": "≥", "amp": "&", "nbsp": " ", "thinsp": " "} | {
    "plusmn": "±", "times": "×", "minus": "-", "ndash": "-", "mdash": EM_DASH, "micro": "µ"
}  # fmt: skip

MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    "|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text, and where each of its characters stands in the original.

    ``offsets[i]`` and ``ends[i]``: where in ``source`` that which became ``text[i]`` begins and
    ends. Offsets never decrease.
    """

    text: str
    offsets: Sequence[int] = field(repr=False)
    ends: Sequence[int] = field(repr=False)
    source: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A number in folded text; ``start`` and ``end`` include its minus sign, not its operator."""

    lexical: str
    value: Decimal
    operator: str
    is_word: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FigureInText(Number):
    """A number that a text prints, with its offsets in the original text."""

    source: str = field(repr=False, compare=False)

    def context(self, width: int = 40) -> str:
        """Return the figure with up to ``width`` characters of the original on either side."""
        return excerpt(self.source, self.start, self.end, width)


@dataclass(frozen=True, slots=True)
class Match:
    """One place where a print stands: a span of the original for each of its fragments."""

    spans: tuple[tuple[int, int], ...]
    source: str = field(repr=False, compare=False)

    def context(self, width: int = 40) -> str:
        """Return the place with up to ``width`` characters of the original on either side."""
        return excerpt(self.source, self.spans[0][0], self.spans[-1][1], width)


def excerpt(source: str, start: int, end: int, width: int) -> str:
    r"""Return ``source[start:end]`` and its surroundings on one line.

    >>> excerpt("the median OS\nwas 7.7 months", 18, 21, 6)
    'S was 7.7 month'
    """
    return " ".join(source[max(0, start - width) : end + width].split())


_ONES = re.findall(
    "[a-z]+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen",
)
_TENS = re.findall("[a-z]+", "twenty thirty forty fifty sixty seventy eighty ninety")
_WORDS = {word: n for n, word in enumerate(_ONES)} | {
    word: 10 * n for n, word in enumerate(_TENS, start=2)
}
# "two-thirds" and "twenty-first" are no counts, and "two hundred" is not two.
_NO_COUNT = re.compile(
    r"-(?:hal|third|quarter|first|second|fourth|fif|sixth|seventh|eighth|ninth)"
    r"|[ -](?:hundred|thousand)"
)

_TOKEN = re.compile(
    r"(?P<skip>https?://\S+|www\.\S+"
    r"|\b10\.[0-9]{4,9}/\S+"  # a DOI
    r"|(?<![^\s(<\[;,:])[^\s@]{1,64}@\S{1,255}"  # an e-mail address
    r"|(?<![A-Za-z])[a-z]{1,3}\([0-9XY]{1,2}; ?[0-9XY]{1,2}(?:; ?[0-9XY]{1,2})?\))"  # t(8;14)
    r"|(?P<commas>[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}(?:\.[0-9]+)?(?![0-9]|,[0-9]))"
    r"|(?P<spaces>[1-9][0-9]{0,2}(?: [0-9]{3}){1,4}(?![0-9]|\.[0-9]))"
    r"|(?P<power>10\^-?[0-9]{1,3}(?![0-9]))"
    r"|(?P<digits>[0-9]+(?:\.[0-9]+)*)"
    r"|(?P<bare>(?<![A-Za-z0-9)\]])\.[0-9]+)"
    rf"|(?P<word>(?<![A-Za-z])(?i:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[1:10])}))?"
    rf"|{'|'.join(_ONES[::-1])})(?![A-Za-z]))"
)
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)*")
# What may follow a figure without making it a name. Letters at once: units, ordinals, parts (phase
# 1b). After a hyphen: what is counted or measured (28-day, 3-arm; not 6-mercaptopurine, 4-1BB).
_UNITS = (
    "mg|g|kg|µg|mcg|ng|pg|ml|l|dl|µl|mm|cm|m|km|nm|µm|hr?s?|hours?|min|mins|s|sec|d|days?|wks?|w|"
    "weeks?|mos?|months?|y|yrs?|years?|gy|cgy|iu|u|mu|kda|mmol|nmol|µmol|pts?|ppm|mmhg"
)
_GLUED = re.compile(rf"(?:{_UNITS}|st|nd|rd|th|x|fold|[abck])(?![A-Za-zµ])", re.IGNORECASE)
_OPEN_END = re.compile(r"-(?:NR|NE|NA|NC|not)\b")  # 4.4-NE: a bound not reached or estimable
_JOINED = re.compile(
    rf"-(?:{_UNITS}|(?:minute|second|time|cycle|course|dose|line|fold|arm|drug|agent|point|step|"
    "stage|phase|centre|center|site|patient|person|hit|level|tier|part|group|way|log|item|gene|"
    "colou?r|parameter|lead|infusion|treatment|case|death|event)s?|hourly|daily|weekly|monthly|"
    "yearly|old|to|or|and|percent|per)(?![A-Za-zµ])",
    re.IGNORECASE,
)
_CHEMICAL = re.compile(r"'?-[(\[']|'-[A-Za-z]|-[0-9]{1,6}[A-Z]{2}")
_BEFORE = re.compile(r"([A-Za-zµ]{1,24})-$")
_NO_NAME = re.compile("(?:mid|pre|post|late|early|and|to|or|vs|versus|by|from|least|until|since)$")


def _original(folded: Folded, index: int) -> str:
    return folded.source[folded.offsets[index]]


def _is_dash(folded: Folded, index: int) -> bool:
    """Tell a hyphen or minus from an em dash, which separates words and never joins them."""
    return folded.text[index : index + 1] == "-" and _original(folded, index) != EM_DASH


def is_thousands(folded: Folded, start: int, end: int) -> bool:
    """Tell whether groups of digits joined by spaces are one number: ``30 000``, not ``14 500``.

    A group that begins with a zero, a space that is not an ordinary one, or a third group says
    so. Two groups with an ordinary space are two numbers: tables print ``14 500 mg`` as well.
    """
    groups = folded.text[start:end].split(" ")
    seams = [start + len(groups[0]) + 4 * n for n in range(len(groups) - 1)]
    marks = {_original(folded, seam) for seam in seams}
    if marks & set("\t\n\r"):
        return False
    return len(groups) > 2 or groups[1].startswith("0") or " " not in marks


def read(folded: Folded) -> Iterator[Number]:
    """Yield every number of the text in order, and no digits that belong to a name or a unit."""
    position, named_until = 0, -1
    while (match := _TOKEN.search(folded.text, position)) is not None:
        kind, (start, end) = match.lastgroup, match.span()
        if kind == "spaces" and not is_thousands(folded, start, end):
            first = _DECIMAL.match(folded.text, start)
            end = first.end() if first else end
        position = end
        if kind == "word":
            number = _word(folded, start, end)
        elif kind == "skip" or _in_name(folded, start, end, named_until):
            number, named_until = None, end
        else:
            number = _digits(folded, start, end)
        if number is not None:
            yield number


def _word(folded: Folded, start: int, end: int) -> Number | None:
    """Return the number that a word says; capitals throughout are an abbreviation."""
    text, lexical = folded.text, folded.text[start:end]
    joined = start > 1 and _is_dash(folded, start - 1) and text[start - 2].isalpha()
    if joined or lexical[1:] != lexical[1:].lower() or _NO_COUNT.match(text, end):
        return None
    value = sum(_WORDS[word] for word in re.findall("[a-z]+", lexical.lower()))
    return Number(lexical, Decimal(value), _operator(text, start), True, start, end)


def _digits(folded: Folded, start: int, end: int) -> Number | None:
    """Return the number at these digits, with its sign, unless they are a unit or a version."""
    text, lexical = folded.text, folded.text[start:end]
    if "^" in lexical:
        if text[start - 1 : start] == "×" or text[end : end + 1] == "/":
            return None
        value = Decimal("1E" + lexical[3:])
    elif lexical.count(".") > 1:
        return None
    else:
        value = Decimal(lexical.replace(",", "").replace(" ", ""))
    if _is_signed(folded, start):
        start, lexical, value = start - 1, "-" + lexical, value.copy_negate()
    return Number(lexical, value, _operator(text, start), False, start, end)


def _operator(text: str, start: int) -> str:
    before = text[start - 1 : start]
    return before if before and before in OPERATORS else ""


def _is_signed(folded: Folded, start: int) -> bool:
    """Tell a minus sign from the dash of a range or a compound."""
    if start == 0 or not _is_dash(folded, start - 1):
        return False
    before = folded.text[start - 2 : start - 1]
    return not (before.isalnum() or before in set("%)]^'+"))


def _in_name(folded: Folded, start: int, end: int, named_until: int) -> bool:
    """Tell digits of a name (CD19, CD-123, G3/4, 6-mercaptopurine, 4-1BB) from a number."""
    text = folded.text
    before = text[start - 1 : start]
    if before.isalpha() or before in ("_", "^"):
        return True
    if before in ("-", "/") and named_until == start - 1:
        return True  # the second half of G3/4
    if before == "-" and _is_dash(folded, start - 1):
        joined = _BEFORE.search(text, max(0, start - 26), start)
        if joined and not _NO_NAME.match(joined[1].lower()):
            return True
    after = text[end : end + 1]
    if after.isalpha():
        return not _GLUED.match(text, end)
    if after == "-" and text[end + 1 : end + 2].isalpha() and _is_dash(folded, end):
        return not (_JOINED.match(text, end) or _OPEN_END.match(text, end))
    return bool(_CHEMICAL.match(text, end)) and _original(folded, end) != EM_DASH


_SAID_BEFORE = {
    "~": r"(?:approximately|about|around|nearly|almost|roughly|circa|ca\.)",
    "<": r"(?:(?:less|fewer|lower) than|under|below)",
    ">": r"(?:(?:more|greater|higher) than|over|above|beyond)",
    "≥": r"(?:at least|a minimum of|not less than)",
    "≤": r"(?:up to|at most|a maximum of|no more than)",
}
_SAID_AFTER = {
    "≥": r"\+(?!\w)|%? ?(?:[A-Za-z]{1,24} )?or (?:more|higher|greater|older|above|beyond)\b",
    "≤": r"%? ?(?:[A-Za-z]{1,24} )?or (?:less|fewer|lower|younger|below)\b",
}


_ROMAN = re.compile(r"(?<![A-Za-z])(?:[Pp]hase|[Gg]rade|[Ss]tage) (?P<roman>IV|I{1,3})(?![A-Za-z])")
_ROMANS = {"I": 1, "II": 2, "III": 3, "IV": 4}


def readings(folded: Folded) -> Iterator[Number]:
    """Yield the numbers, ``2 134`` as one number as well as two, and ``phase III`` as 3."""
    for found in _ROMAN.finditer(folded.text) if "I" in folded.text else ():
        value = Decimal(_ROMANS[found["roman"]])
        yield Number(found["roman"], value, "", True, *found.span("roman"))
    before: Number | None = None
    for number in read(folded):
        yield number
        if before and re.fullmatch(r"[1-9]\d{0,2} \d{3}", folded.text[before.start : number.end]):
            joined = before.lexical + " " + number.lexical
            value = Decimal(before.lexical + number.lexical)
            yield Number(joined, value, before.operator, False, before.start, number.end)
        before = number


def says(text: str, number: Number, operator: str) -> bool:
    """Tell whether an operator, or none, stands at a number of folded text, by sign or in words."""
    wanted, sign = operator.replace("=", ""), number.operator.replace("=", "")
    if sign or not wanted:
        return sign == wanted
    before = text[max(0, number.start - 24) : number.start]
    said = rf"(?<![A-Za-z]){_SAID_BEFORE.get(wanted, '$.')} ?$"
    after = re.compile(_SAID_AFTER.get(wanted, "$."))
    return bool(re.search(said, before, re.IGNORECASE) or after.match(text, number.end))


_CITATION = re.compile(r"\[[0-9][0-9,.\- ]{0,80}\]")
# An interval in square brackets is no citation: 0.61 [0.48-0.77], 34 [15-64], IQR [2, 5].
_INTERVAL = re.compile(r"(?P<whole>\[[0-9]{1,4}-[0-9]{1,4}\])|\[[0-9.]{1,8}(?:-|, ?)[0-9.]{1,8}\]")
_BEFORE_INTERVAL = re.compile(r"(?:%|[0-9]\.[0-9]{1,4}|(?P<whole>(?<![0-9.])[0-9]{1,3})),? $")
_NAMES_INTERVAL = re.compile(r"(?:CI|IQR|[Rr]ange):? ?$")
# "Figures 1, 2 and 3"; but in "Figure 1, 36 patients" the second is a figure.
_REFERENCE = re.compile(
    r"\b(?:Table|Figure|Fig\.?|Section|Ref\.?|Reference|Appendix|Chapter|Box|Eq\.?)(?P<many>s\.?)?"
    r" ?S?[0-9]{1,3}(?:\.[0-9]{1,3}){0,4}[A-Za-z]?(?:-S?[0-9]{1,3}[A-Za-z]?\b)?"
    r"(?(many)(?:, ?S?[0-9]{1,3}[A-Za-z]?(?=[,;:.)]| and| &)){0,6}"
    r"(?:,? (?:and|&) S?[0-9]{1,3}[A-Za-z]?\b(?! ?%))?)(?![0-9])",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"[0-9]{1,2}(?:\.[0-9]{1,2}){0,4}(?:\.?[ \t]{0,4}\||\.[ \t]{1,4}[A-Z][^\n\t.]{0,100}(?:\n|$))"
)
# "one" is a pronoun or an article as often as a count; the words around it tell.
_NO_ONE = re.compile(
    r" ?(?:[.,;:)]|$|of the (?:most|main|key)|of (?:them|these|those|its|our)\b|another|or "
    r"|should|can|could|may|might|would|possib|approach|that|which|who\b|is |was |has "
    r"|(?:[a-z]{1,24} ){1,3}over another)"
)
_NO_ONE_BEFORE = re.compile(
    r"\b(?:first|second|third|last|latter|former|other|any|each|this|that|every|either|the|no) $"
)


def figures(folded: Folded) -> list[FigureInText]:
    """Return every figure that a reader would call one, in the order of the text.

    Left out: citation marks in brackets, cross references (Table 1), numbers of headings, names
    (CD19, 4-1BB), unit exponents, addresses, and "one" where it is no count.
    """
    edges = [edge for span in _barred(folded) for edge in span]
    return [
        _figure(folded, number)
        for number in read(folded)
        if bisect_right(edges, number.start) % 2 == 0
        and not _is_heading(folded, number)
        and not _is_pronoun(folded.text, number)
    ]


def _figure(folded: Folded, n: Number) -> FigureInText:
    start, end = folded.offsets[n.start], folded.ends[n.end - 1]
    return FigureInText(n.lexical, n.value, n.operator, n.is_word, start, end, folded.source)


def _barred(folded: Folded) -> list[tuple[int, int]]:
    """Return the spans of citations and cross references, in order, none within another."""
    spans = [m.span() for m in _CITATION.finditer(folded.text) if not _is_interval(folded, m)]
    spans += [m.span() for m in _REFERENCE.finditer(folded.text)]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart


def _is_interval(folded: Folded, bracket: re.Match[str]) -> bool:
    """Tell an interval by its decimals and by what stands before it, in the same cell."""
    interval, start = _INTERVAL.fullmatch(bracket[0]), bracket.start()
    if interval is None or start == 0 or _original(folded, start - 1) == "\t":
        return False
    before = folded.text[max(0, start - 10) : start]
    figure = _BEFORE_INTERVAL.search(before)
    fits = figure is not None and ("." in bracket[0] or bool(figure["whole"] and interval["whole"]))
    return fits or _NAMES_INTERVAL.search(before) is not None


def _is_heading(folded: Folded, number: Number) -> bool:
    """Tell the number of a heading, which stands at the start of its line in the original."""
    source, start = folded.source, folded.offsets[number.start]
    line = source.rfind("\n", max(0, start - 12), start) + 1
    if (line == 0 and start > 11) or source[line:start].strip("#* \t"):
        return False
    return "#" in source[line:start] or _HEADING.match(source, start) is not None


def _is_pronoun(text: str, number: Number) -> bool:
    if number.lexical.lower() != "one":
        return False
    before = text[max(0, number.start - 12) : number.start].lower()
    return bool(_NO_ONE.match(text, number.end) or _NO_ONE_BEFORE.search(before))
