r"""Numbers in running text.

One tokenizer serves two purposes: ``read`` yields every number of a text, such as a record's
``printed``; ``figures`` yields those of a section that belong in a claim, so no citations and no
numbers of headings. All patterns are bounded or free of nested repetition, so that time is linear
in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from kb.sources.normalise import EM_DASH, FoldedText

OPERATORS = "<>≤≥~="


@dataclass(frozen=True, slots=True)
class Number:
    """A number in folded text; ``start`` and ``end`` include its minus sign, not its operator."""

    text: str
    """As printed: digits with their sign, or a word such as ``twelve``."""
    value: Decimal
    operator: str
    is_word: bool
    start: int
    end: int


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
# "two-thirds" and "twenty-first" are not counts, and "two hundred" is not two.
_NOT_A_COUNT = re.compile(
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
# What may follow a number without making it part of a name. Directly: units, ordinals, parts
# (phase 1b). After a hyphen: what is counted or measured (28-day, 3-arm; not 6-mercaptopurine,
# 4-1BB).
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
_NOT_A_NAME = re.compile(
    "(?:mid|pre|post|late|early|and|to|or|vs|versus|by|from|least|until|since)$"
)


def _original(folded: FoldedText, index: int) -> str:
    return folded.source[folded.offsets[index]]


def _is_dash(folded: FoldedText, index: int) -> bool:
    """Whether there is a hyphen or minus sign here, and not an em dash, which never joins words."""
    return folded.text[index : index + 1] == "-" and _original(folded, index) != EM_DASH


def is_thousands(folded: FoldedText, start: int, end: int) -> bool:
    """Whether groups of digits separated by spaces are one number: ``30 000``, not ``14 500``.

    They are if a group begins with a zero, if a space is a thin or no-break space, or if there
    are three groups. Two groups with an ordinary space are two numbers: tables have ``14 500 mg``.
    """
    groups = folded.text[start:end].split(" ")
    seams = [start + len(groups[0]) + 4 * n for n in range(len(groups) - 1)]
    marks = {_original(folded, seam) for seam in seams}
    if marks & set("\t\n\r"):
        return False
    return len(groups) > 2 or groups[1].startswith("0") or " " not in marks


def read(folded: FoldedText) -> Iterator[Number]:
    """Yield the numbers of a text in order, without digits of names (CD19) and units (m^2)."""
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


def _word(folded: FoldedText, start: int, end: int) -> Number | None:
    """Return the number that a word stands for; a word in capitals is an abbreviation."""
    text, word = folded.text, folded.text[start:end]
    joined = start > 1 and _is_dash(folded, start - 1) and text[start - 2].isalpha()
    if joined or word[1:] != word[1:].lower() or _NOT_A_COUNT.match(text, end):
        return None
    value = sum(_WORDS[part] for part in re.findall("[a-z]+", word.lower()))
    return Number(word, Decimal(value), _operator(text, start), True, start, end)


def _digits(folded: FoldedText, start: int, end: int) -> Number | None:
    """Return the number at these digits, with its sign; None for parts of units and versions."""
    text, digits = folded.text, folded.text[start:end]
    if "^" in digits:
        if text[start - 1 : start] == "×" or text[end : end + 1] == "/":
            return None
        value = Decimal("1E" + digits[3:])
    elif digits.count(".") > 1:
        return None
    else:
        value = Decimal(digits.replace(",", "").replace(" ", ""))
    if _is_signed(folded, start):
        start, digits, value = start - 1, "-" + digits, value.copy_negate()
    return Number(digits, value, _operator(text, start), False, start, end)


def _operator(text: str, start: int) -> str:
    before = text[start - 1 : start]
    return before if before and before in OPERATORS else ""


def _is_signed(folded: FoldedText, start: int) -> bool:
    """Tell a minus sign from the hyphen of a range or a compound."""
    if start == 0 or not _is_dash(folded, start - 1):
        return False
    before = folded.text[start - 2 : start - 1]
    return not (before.isalnum() or before in set("%)]^'+"))


def _in_name(folded: FoldedText, start: int, end: int, named_until: int) -> bool:
    """Tell digits of a name (CD19, CD-123, G3/4, 6-mercaptopurine, 4-1BB) from a number."""
    text = folded.text
    before = text[start - 1 : start]
    if before.isalpha() or before in ("_", "^"):
        return True
    if before in ("-", "/") and named_until == start - 1:
        return True  # the second half of G3/4
    if before == "-" and _is_dash(folded, start - 1):
        joined = _BEFORE.search(text, max(0, start - 26), start)
        if joined and not _NOT_A_NAME.match(joined[1].lower()):
            return True
    after = text[end : end + 1]
    if after.isalpha():
        return not _GLUED.match(text, end)
    if after == "-" and text[end + 1 : end + 2].isalpha() and _is_dash(folded, end):
        return not (_JOINED.match(text, end) or _OPEN_END.match(text, end))
    return bool(_CHEMICAL.match(text, end)) and _original(folded, end) != EM_DASH


_WORDS_BEFORE = {
    "~": r"(?:approximately|about|around|nearly|almost|roughly|circa|ca\.)",
    "<": r"(?:(?:less|fewer|lower) than|under|below)",
    ">": r"(?:(?:more|greater|higher) than|over|above|beyond)",
    "≥": r"(?:at least|a minimum of|not less than)",
    "≤": r"(?:up to|at most|a maximum of|no more than)",
}
_WORDS_AFTER = {
    "≥": r"\+(?!\w)|%? ?(?:[A-Za-z]{1,24} )?or (?:more|higher|greater|older|above|beyond)\b",
    "≤": r"%? ?(?:[A-Za-z]{1,24} )?or (?:less|fewer|lower|younger|below)\b",
}


_ROMAN = re.compile(r"(?<![A-Za-z])(?:[Pp]hase|[Gg]rade|[Ss]tage) (?P<roman>IV|I{1,3})(?![A-Za-z])")
_ROMANS = {"I": 1, "II": 2, "III": 3, "IV": 4}


def readings(folded: FoldedText) -> Iterator[Number]:
    """Yield every number that a record may mean: ``2 134`` as one or two, ``phase III`` as 3."""
    for match in _ROMAN.finditer(folded.text) if "I" in folded.text else ():
        value = Decimal(_ROMANS[match["roman"]])
        yield Number(match["roman"], value, "", True, *match.span("roman"))
    before: Number | None = None
    for number in read(folded):
        yield number
        if before and re.fullmatch(r"[1-9]\d{0,2} \d{3}", folded.text[before.start : number.end]):
            joined = before.text + " " + number.text
            value = Decimal(before.text + number.text)
            yield Number(joined, value, before.operator, False, before.start, number.end)
        before = number


def has_operator(text: str, number: Number, operator: str) -> bool:
    """Whether a number of folded text has an operator, as a sign or in words; "" for none."""
    wanted, sign = operator.replace("=", ""), number.operator.replace("=", "")
    if sign or not wanted:
        return sign == wanted
    before = text[max(0, number.start - 24) : number.start]
    words = rf"(?<![A-Za-z]){_WORDS_BEFORE.get(wanted, '$.')} ?$"
    after = re.compile(_WORDS_AFTER.get(wanted, "$."))
    return bool(re.search(words, before, re.IGNORECASE) or after.match(text, number.end))


_CITATION = re.compile(r"\[[0-9][0-9,.\- ]{0,80}\]")
# An interval in square brackets is not a citation: 0.61 [0.48-0.77], 34 [15-64], IQR [2, 5].
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
    """Tell an interval from a citation by its decimals and by what precedes it in its cell."""
    interval, start = _INTERVAL.fullmatch(bracket[0]), bracket.start()
    if interval is None or start == 0 or _original(folded, start - 1) == "\t":
        return False
    before = folded.text[max(0, start - 10) : start]
    figure = _BEFORE_INTERVAL.search(before)
    fits = figure is not None and ("." in bracket[0] or bool(figure["whole"] and interval["whole"]))
    return fits or _NAMES_INTERVAL.search(before) is not None


def _is_heading(folded: FoldedText, number: Number) -> bool:
    """Whether this is the number of a heading, at the start of its line in the original."""
    source, start = folded.source, folded.offsets[number.start]
    line = source.rfind("\n", max(0, start - 12), start) + 1
    if (line == 0 and start > 11) or source[line:start].strip("#* \t"):
        return False
    return "#" in source[line:start] or _HEADING.match(source, start) is not None


def _is_pronoun(text: str, number: Number) -> bool:
    if number.text.lower() != "one":
        return False
    before = text[max(0, number.start - 12) : number.start].lower()
    return bool(_NOT_ONE.match(text, number.end) or _NOT_ONE_BEFORE.search(before))
