r"""Numbers in running text: their signs, operators and values.

``read`` yields every number of a text, such as a record's ``printed``; ``kb.sources.figures``
chooses those of a section that belong in a claim. All patterns are bounded or free of nested
repetition, so that time is linear in the length of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kb.sources.folded import EM_DASH, FoldedText
from kb.sources.normalise import MINUS

OPERATORS = "<>≤≥~="
UNKNOWN_SIGN = "?"
"""The operator of a number beside a character whose meaning is unknown."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number in folded text; ``start`` and ``end`` include its minus sign, not its operator."""

    text: str
    """As printed: digits with their sign, or a word such as ``twelve``."""
    value: Decimal
    operator: str
    """Its operator as a sign, "" for none, or ``UNKNOWN_SIGN``."""
    is_word: bool
    """Whether it is not written in plain digits: ``twelve``, ``1½``, ``1.2×10^-4``."""
    start: int
    end: int


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

FRACTIONS = "\u00bc-\u00be\u2150-\u215e\u2189"
"""Vulgar fractions, as a range of a pattern."""
_TOKEN = re.compile(
    # Within a word only a number, or the address of a page, may begin: this halves the time.
    rf"(?:(?<![A-Za-z])|(?=[hw0-9.{FRACTIONS}]))"
    r"(?:(?P<skip>https?://\S+|www\.\S+"
    r"|\b10\.[0-9]{4,9}/\S+"  # a DOI
    r"|(?<![^\s(<\[;,:])[^\s@]{1,64}@\S{1,255}"  # an e-mail address
    r"|(?<![A-Za-z])[a-z]{1,3}\([0-9XY]{1,2}; ?[0-9XY]{1,2}(?:; ?[0-9XY]{1,2})?\))"  # t(8;14)
    r"|(?P<science>[0-9]+(?:\.[0-9]+)?×10\^-[0-9]{1,3}(?![0-9])"
    r"|(?:[0-9]+\.[0-9]+[eE][-+]?|[0-9]+[eE][-+])[0-9]{1,3}(?![0-9A-Za-z]))"
    rf"|(?P<fraction>(?:[0-9]{{1,4}} ?)?[{FRACTIONS}]"
    r"|(?<![0-9./] )(?<![0-9./])[0-9] [1-3]/[2-4](?= (?:year|month|week|day|hour)))"
    r"|(?P<primes>[1-9][0-9]{0,2}(?:'[0-9]{3}){1,4}(?![0-9]))"
    r"|(?P<commas>[1-9][0-9]{0,2}(?:,[0-9]{3}){1,4}(?:\.[0-9]+)?(?![0-9]|,[0-9]))"
    r"|(?P<spaces>[1-9][0-9]{0,2}(?: [0-9]{3}){1,4}(?![0-9]|\.[0-9]))"
    r"|(?P<power>10\^-?[0-9]{1,3}(?![0-9]))"
    r"|(?P<digits>[0-9]+(?:\.[0-9]+)*)"
    r"|(?P<bare>(?<![A-Za-z0-9)\]])\.[0-9]+)"
    rf"|(?P<word>(?<![A-Za-z])(?i:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[1:10])}))?"
    rf"|{'|'.join(_ONES[::-1])})(?![A-Za-z])))"
)
# What may follow a number without making it part of a name. Directly: units, ordinals, parts
# (phase 1b). After a hyphen: what is counted or measured (28-day, 3-arm; not 6-mercaptopurine,
# 4-1BB).
_UNITS = (
    "mg|g|kg|µg|mcg|ng|pg|ml|l|dl|µl|mm|cm|m|km|nm|µm|hr?s?|hours?|min|mins|s|sec|d|days?|wks?|w|"
    "weeks?|mos?|months?|y|yrs?|years?|gy|cgy|iu|u|mu|kda|mmol|nmol|µmol|pts?|ppm|mmhg"
)
_GLUED = re.compile(
    rf"(?:{_UNITS}|st|nd|rd|th|x|fold|[abcefk](?![0-9]))(?![A-Za-zµ])", re.IGNORECASE
)
_OPEN_END = re.compile(  # 4-NE: a bound not reached or estimable
    r"-(?:n\.?[rea]\.?|n\.?c\.?|nyr|inf(?:\.|inity|inite)?|not|upper|lower"
    r"|un(?:reached|defined|known|bounded|estimable|determined))(?![A-Za-zµ])",
    re.IGNORECASE,
)
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
    "(?:mid|pre|post|late|early|and|to|or|vs|versus|by|from|least|until|since|hours?|days?|weeks?|"
    "months?|years?|cycles?|courses?|doses?|grades?|phases?|stages?|levels?|steps?|lines?|arms?|"
    "cohorts?|groups?|parts?|visits?|scores?|ages?|aged)$"
)


# Signs that may stand before a number and mean nothing for it; other signs may be operators.
_HARMLESS = frozenset("+<=>|~±×÷−≤≥→←↔⇒∞∆^`°©®™№$#∙⋅▪●■□◦‣")
_ODD = frozenset("¡¿‹›\u2043\u2796")
_LOST = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})


def unknown_sign(text: str, start: int) -> str:
    """Return the character before a number if it may have been a sign or an operator, else "".

    >>> unknown_sign("difference \N{REPLACEMENT CHARACTER}0.5", 12), unknown_sign("(0.5", 1)
    ('�', '')
    """
    char = text[start - 1 : start]
    spaced = char == " "
    if spaced:
        char = text[start - 2 : start - 1] if start > 1 else ""
    if not char or char.isascii() or char.isalnum():
        return ""
    kind = unicodedata.category(char)
    if char in _ODD or char == "\ufffd" or kind in _LOST:
        return char
    if char in _HARMLESS:
        return ""
    glued = kind in ("So", "Pd") or char in "•·‧"
    return char if kind in ("Sm", "Sk") or (glued and not spaced) else ""


def lost_after(text: str, end: int) -> str:
    """Return the character after a number if its meaning is unknown, else ""."""
    char = text[end : end + 1]
    lost = char == "\ufffd" or (bool(char) and unicodedata.category(char) in _LOST)
    return char if lost else ""


def is_thousands(folded: FoldedText, start: int, end: int) -> bool:
    """Whether groups of digits separated by spaces are one number: ``30 000``, not ``14 500``.

    They are if a group begins with a zero, if the spaces are thin or no-break ones, or if the
    words around them count people or things: ``1 234 patients``. Else they are several numbers,
    since tables have ``14 500 mg`` and lines of a cell run together; so are those before a percent
    sign: ``22 447 100%``. A no-break space may also stand between a count and 100 percent.
    """
    groups = folded.text[start:end].split(" ")
    marks = _seams(folded, start, groups)
    after = folded.text[end : end + 2]
    if marks & set("\t\n\r") or re.match(" ?%", after):
        return False
    may_be_all = groups[1:] == ["100"] and marks == {"\u00a0"}
    is_narrow = " " not in marks and not may_be_all
    if is_narrow or any(group.startswith("0") for group in groups[1:]):
        return True
    is_followed = re.match(" [0-9]", after) is not None and folded.original(end) == " "
    if is_followed or _MEASURED.match(folded.text, end):
        return False
    if _MILLIONS.fullmatch(folded.text):
        return True
    before = folded.text[max(0, start - 16) : start]
    return bool(_COUNTED.match(folded.text, end) or _COUNTS.search(before))


def may_be_thousands(folded: FoldedText, start: int, end: int) -> bool:
    """Whether groups of digits are one number, or three that nothing tells from one."""
    if is_thousands(folded, start, end):
        return True
    groups = folded.text[start:end].split(" ")
    is_plain = not _seams(folded, start, groups) & set("\t\n\r")
    return len(groups) > 2 and is_plain and not _MEASURED.match(folded.text, end)


def _seams(folded: FoldedText, start: int, groups: Sequence[str]) -> set[str]:
    """Return the characters of the original between groups of three digits."""
    first = start + len(groups[0])
    return {folded.original(first + 4 * n) for n in range(len(groups) - 1)}


_MILLIONS = re.compile("[1-9](?: [0-9]{3}){2,4}")
"""A text of its own that is one number: 1 234 567."""
_MEASURED = re.compile(rf" ?(?:{_UNITS}|%|×)(?![A-Za-zµ])|%", re.IGNORECASE)
_COUNTED = re.compile(
    r" (?!and |or |to |vs|versus |with |in |of |by |from |for |at )[A-Za-z]{3}"
    r"| of [1-9][0-9]{0,2} [0-9]{3}(?![0-9])"
)
_COUNTS = re.compile(r"(?:[nN]=|(?<![A-Za-z])(?:of|among|total|all|included|enrolled|treated) )$")


def read(folded: FoldedText) -> Iterator[Number]:
    """Yield the numbers of a text in order, without digits of names (CD19) and units (m^2)."""
    position, named_until = 0, -1
    while (match := _TOKEN.search(folded.text, position)) is not None:
        kind, (start, end) = match.lastgroup, match.span()
        if kind == "spaces":
            end = _end_of_groups(folded, start, end)
        position = end
        if kind == "word":
            number = _word(folded, start, end)
        elif kind == "skip" or _in_name(folded, start, end, named_until):
            number, named_until = None, end
        elif kind in ("science", "fraction"):
            number = _signed(folded, _exact(match[0]), start, end, is_word=True)
        else:
            number = _digits(folded, start, end)
        if number is not None:
            yield number


def _end_of_groups(folded: FoldedText, start: int, end: int) -> int:
    """Return the end of the groups of digits that are one number with the first."""
    while " " in folded.text[start:end] and not is_thousands(folded, start, end):
        end = folded.text.rindex(" ", start, end)
    return end


def _word(folded: FoldedText, start: int, end: int) -> Number | None:
    """Return the number that a word stands for; a word in capitals is an abbreviation."""
    text, word = folded.text, folded.text[start:end]
    joined = start > 1 and folded.is_dash(start - 1) and text[start - 2].isalpha()
    if joined or word[1:] != word[1:].lower() or _NOT_A_COUNT.match(text, end):
        return None
    value = sum(_WORDS[part] for part in re.findall("[a-z]+", word.lower()))
    return Number(word, Decimal(value), _operator(text, start, end), True, start, end)


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
        value = Decimal(re.sub("[, ']", "", digits))
    return _signed(folded, value, start, end)


def _exact(text: str) -> Decimal:
    """Return the value of a power or of a vulgar fraction.

    >>> _exact("1.2×10^-4"), _exact("3e-2"), _exact("1½")
    (Decimal('0.00012'), Decimal('0.03'), Decimal('1.5'))
    """
    if text[-1].isascii() and "/" not in text:
        return Decimal(re.sub(r"×10\^", "E", text))
    parts = re.findall("[0-9]+", unicodedata.normalize("NFKC", f"{text[:-1]} {text[-1]}"))
    return sum(map(Decimal, parts[:-2]), Decimal(parts[-2]) / Decimal(parts[-1]))


def _signed(
    folded: FoldedText, value: Decimal, start: int, end: int, *, is_word: bool = False
) -> Number:
    """Return a number with the sign and the operator that stand before it."""
    text, digits = folded.text, folded.text[start:end]
    minus = _minus(folded, start)
    if minus:
        start, digits, value = start - minus, "-" + digits, value.copy_negate()
    return Number(digits, value, _operator(text, start, end), is_word, start, end)


def _operator(text: str, start: int, end: int) -> str:
    if unknown_sign(text, start) or lost_after(text, end) or _is_comma_pair(text, start, end):
        return UNKNOWN_SIGN
    if _LOST_POINT.match(text, start, end + 4) or _is_after_lost_point(text, start, end):
        return UNKNOWN_SIGN
    before = text[start - 1 : start]
    if before == ")" and text[start - 3 : start - 1] in ("(-", "(+"):  # (−)3.2
        return UNKNOWN_SIGN
    if not before or before not in OPERATORS:
        return ""
    negated = unknown_sign(text, start - 1) or _NEGATED.search(text, max(0, start - 5), start - 1)
    return UNKNOWN_SIGN if negated else before


_LOST_POINT = re.compile(r"[0-9]{1,2} 0[0-9]{1,2}(?![0-9.,/-])")
"""Two halves of a decimal whose mark was lost: 0 05."""
_BEFORE_LOST_POINT = re.compile(r"(?<![0-9.,/-])[0-9]{1,2} $")


def _is_after_lost_point(text: str, start: int, end: int) -> bool:
    """Whether this is the second half of a decimal whose mark was lost: 0 05."""
    is_half = re.fullmatch("0[0-9]{1,2}", text[start:end]) is not None
    return is_half and _BEFORE_LOST_POINT.search(text, max(0, start - 4), start) is not None


def _is_comma_pair(text: str, start: int, end: int) -> bool:
    """Whether this is half of ``63,2%``: a decimal comma in a text that has decimal points."""
    if text[start - 1 : start] != "," and text[end : end + 1] != ",":
        return False
    left = _DIGITS_BEFORE.search(text, max(0, start - 16), start)
    return _COMMA_PAIR.match(text, left.start() if left else start) is not None


_DIGITS_BEFORE = re.compile(r"[0-9]{1,15},$")
_COMMA_PAIR = re.compile(
    rf"(?:0,[0-9]+|[0-9]+,[0-9]+(?=%| ?(?:{_UNITS})(?![A-Za-zµ])))(?![0-9]|,[0-9])", re.IGNORECASE
)
_NEGATED = re.compile(r"(?<![A-Za-z])not ?$")  # "not <5%"


_MINUS_MONEY = re.compile(rf"[-{MINUS}][£€¥$]$")
_FROM_MINUS = re.compile(r"-[0-9.]{1,15}%? ?to-$")
"""Before a bound whose hyphen is a minus sign, since the lower one has it too: -0.53 to-0.15."""
_MINUS_WORD = re.compile(r"(?<![A-Za-z0-9%])(?<![0-9%] )[Mm]inus $")


def _minus(folded: FoldedText, start: int) -> int:
    """Return the length of the minus sign before a number; 0 for the hyphen of a compound."""
    text = folded.text
    if text[start - 1 : start] == MINUS:
        return 1
    if _MINUS_WORD.search(text, max(0, start - 9), start):
        return len("minus ")
    if _MINUS_MONEY.search(text, max(0, start - 3), start):
        minus = _minus(folded, start - 1)
        return minus + 1 if minus else 0
    return int(start > 0 and folded.is_dash(start - 1) and _is_sign(folded, start))


def _is_sign(folded: FoldedText, start: int) -> bool:
    """Whether the dash before a number is its sign, and not a hyphen."""
    text = folded.text
    before = text[start - 2 : start - 1]
    if _FROM_MINUS.search(text, max(0, start - 24), start):
        return True
    if before.isalpha() and folded.original(start - 1) == MINUS:
        joined = _BEFORE.search(text, max(0, start - 26), start)
        return joined is not None and _NOT_A_NAME.match(joined[1].lower()) is not None
    return not (before.isalnum() or before in set("%)]^'+"))


def _in_name(folded: FoldedText, start: int, end: int, named_until: int) -> bool:
    """Whether digits belong to a name: CD19, CD-123, G3/4, 6-mercaptopurine, 4-1BB."""
    text = folded.text
    before = text[start - 1 : start]
    if before.isalpha() or before in ("_", "^"):
        return True
    if before in ("-", "/") and named_until == start - 1:
        return True  # the second half of G3/4
    if before == "-" and folded.is_dash(start - 1):
        joined = _BEFORE.search(text, max(0, start - 26), start)
        if joined and not _NOT_A_NAME.match(joined[1].lower()):
            return True
    after = text[end : end + 1]
    if after.isalpha():
        return not _GLUED.match(text, end)
    if after == "-" and text[end + 1 : end + 2].isalpha() and folded.is_dash(end):
        # A name does not contain a decimal or a dash: 0.09-we, 45–we.
        decimal = "." in text[start:end] or folded.original(end) not in "-\u2010\u2011"
        return not (decimal or _JOINED.match(text, end) or _OPEN_END.match(text, end))
    return bool(_CHEMICAL.match(text, end)) and folded.original(end) != EM_DASH


_ROMAN = re.compile(
    r"(?<![A-Za-z])(?:[Pp]hase|[Gg]rade|[Ss]tage)s?[ -](?:[<>≤≥])?(?P<roman>IV|I{1,3})(?![A-Za-z])"
    r"(?:(?:[-/]| or | and | to )(?P<upper>IV|I{1,3})(?![A-Za-z]))?"
)
_ROMANS = {"I": 1, "II": 2, "III": 3, "IV": 4}


def readings(folded: FoldedText) -> Iterator[Number]:
    """Yield every number that a record may mean: ``2 134`` as one or two, ``phase III`` as 3."""
    for match in _ROMAN.finditer(folded.text) if "I" in folded.text else ():
        for name in ("roman", "upper") if match["upper"] else ("roman",):
            start, end = match.span(name)
            operator = _operator(folded.text, start, end)
            yield Number(match[name], Decimal(_ROMANS[match[name]]), operator, True, start, end)
    numbers = list(read(folded))
    yield from numbers
    for i, first in enumerate(numbers):
        for last in numbers[i + 1 : i + 5]:
            joined = folded.text[first.start : last.end]
            if not _JOINABLE.fullmatch(joined) or re.match(" ?%", folded.text[last.end :][:2]):
                break
            value = Decimal(joined.replace(" ", ""))
            yield Number(joined, value, first.operator, False, first.start, last.end)


_JOINABLE = re.compile("[1-9][0-9]{0,2}(?: [0-9]{3}){1,4}")
_YEAR = re.compile("(?:19|20)[0-9]{2}")


def reads_as_one(folded: FoldedText, digits: str) -> bool:
    """Whether a text has these groups of digits as one number: ``3 118``.

    With ordinary spaces they are one where other numbers of the text have groups with spaces, and
    none of as many digits has commas or no groups.

    >>> from kb.sources.normalise import fold
    >>> reads_as_one(fold("N = 3 118; died: 1 040"), "1 040")
    True
    >>> reads_as_one(fold("doses of 14 500 mg"), "14 500")
    False
    """
    spans = [match.span() for match in re.finditer(rf"(?<![0-9.,]){digits}(?![0-9])", folded.text)]
    spans = [span for span in spans if not _goes_on(folded, *span)]
    if any(is_thousands(folded, *span) for span in spans):
        return True
    apart = [span for span in spans if _MEASURED.match(folded.text, span[1])]
    written = [number.text for number in read(folded) if not number.is_word]
    wide = len(digits.replace(" ", ""))
    plain = (text for text in written if text.isdecimal() and not _YEAR.fullmatch(text))
    is_mixed = any("," in text for text in written) or any(len(text) >= wide for text in plain)
    return len(spans) > len(apart) and any(" " in text for text in written) and not is_mixed


def _goes_on(folded: FoldedText, start: int, end: int) -> bool:
    """Whether more digits stand beside these groups: ``22 447`` in ``22 447 100``."""
    text = folded.text
    before = re.search("[0-9] $", text[max(0, start - 2) : start])
    after = re.match(" [0-9]", text[end : end + 2])
    is_before = before is not None and folded.original(start - 1) == " "
    return is_before or (after is not None and folded.original(end) == " ")


_LESS = "less|fewer|lower|smaller|shorter|younger|earlier"
_MORE = "more|greater|higher|larger|longer|older|later"
_NOT = r"(?:not|cannot|no|never|nor|neither) (?:significantly |any )?"
_OR_EQUAL = r"(?:(?:,? ?or |/)equal(?: to)?| or the same as)"
# What an operator is in words, before a number and after it; the first that fits is meant.
_BEFORE_NUMBER = (
    ("≤", rf"{_NOT}(?:(?:{_MORE}) than|(?:to )?exceed(?:ing|ed|s)?|above|over|beyond)"),
    ("≥", rf"{_NOT}(?:(?:{_LESS}) than|below|under)"),
    ("≤", rf"(?:{_LESS}) than{_OR_EQUAL}|(?:below|under){_OR_EQUAL}"),
    ("≥", rf"(?:{_MORE}) than{_OR_EQUAL}|(?:above|over){_OR_EQUAL}"),
    ("≤", rf"equal(?: to)?,? or (?:(?:{_LESS}) than|below|under)|at or (?:below|under)"),
    ("≥", rf"equal(?: to)?,? or (?:(?:{_MORE}) than|above|over)|at or (?:above|over)"),
    ("≥", r"at (?:the )?(?:very )?least|(?:a )?minim(?:um|al)(?: of)?|no fewer than"),
    ("≤", r"up to|at (?:the )?(?:very )?most|(?:a )?maxim(?:um|al)(?: of)?"),
    ("<", rf"(?:{_LESS}) than|under|below"),
    (">", rf"(?:{_MORE}) than|over|above|beyond|exceed(?:ing|ed|s)|in excess of"),
    ("~", r"approximately|approx\.?|about|around|nearly|almost|roughly|circa|ca?\.|ca"),
)
_FILLER = (
    r"(?: (?:an? |the )?(?:approximately|about|around|estimated|total of|mean of|median of|an?))?"
)
_BEFORE_ANY = re.compile(
    "(?<![A-Za-z])(?:"
    + "|".join(f"(?P<o{i}>{words})" for i, (_, words) in enumerate(_BEFORE_NUMBER))
    + f"){_FILLER},? ?$",
    re.IGNORECASE,
)
_GAP = r"%? ?\)?(?: ?[A-Za-z]{1,24}){0,2}? ?(?:,|\()? ?"
_AFTER_NUMBER = (
    ("≥", re.compile(r"\+(?!\w)")),
    ("≥", re.compile(rf"{_GAP}(?:or|and) (?:{_MORE}|above|beyond|over|up|upwards?)\b(?! than)")),
    ("≤", re.compile(rf"{_GAP}(?:or|and) (?:{_LESS}|below|under)\b(?! than)")),
    ("≥", re.compile(r"%? (?:[A-Za-z]{1,24} )?(?:at (?:the )?least|minimum)\b(?! \d)")),
    ("≤", re.compile(r"%? (?:[A-Za-z]{1,24} )?(?:at (?:the )?most|maximum)\b(?! \d)")),
)


def worded_operator(text: str, number: Number) -> str:
    """Return the operator that folded text gives a number in words, "" for none.

    >>> from kb.sources.normalise import fold
    >>> [worded_operator(t, next(read(fold(t)))) for t in ("no more than 5%", "3 or more", "5")]
    ['≤', '≥', '']
    """
    match = _BEFORE_ANY.search(text[max(0, number.start - 48) : number.start])
    if match and match.lastgroup:
        return _BEFORE_NUMBER[int(match.lastgroup[1:])][0]
    after = text[number.end : number.end + 64]
    return next((sign for sign, words in _AFTER_NUMBER if words.match(after)), "")


def has_operator(text: str, number: Number, operator: str) -> bool:
    """Whether a number of folded text has an operator, as a sign or in words; "" for none."""
    wanted, sign = operator.replace("=", ""), number.operator.replace("=", "")
    if sign or not wanted:
        return sign == wanted
    return worded_operator(text, number) == wanted
