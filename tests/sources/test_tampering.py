"""One changed character at a figure of a print, and the claim no longer agrees with it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from kb import KnowledgeBase
from kb.model import Claim
from kb.sources.agreement import Agreement
from kb.sources.arms import arms_by_study
from kb.sources.names import Names, names_of
from kb.sources.normalise import fold
from kb.sources.roles import PrintedNumber, read_print
from kb.sources.text import load_texts
from kb.sources.verify import VerificationState, verify

_OPERATORS = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "~": ">", "=": "<"}
_UNITS = ["months", "years", "weeks", "days", "hours", "cycles", "mg", "µg", "ng"]
_OTHER_UNIT = dict(zip(_UNITS, [*_UNITS[1:], _UNITS[0]], strict=True))
_OTHER_UNIT |= {unit[:-1]: other for unit, other in _OTHER_UNIT.items() if unit.endswith("s")}
_OTHER_UNIT |= {"mcg": "mg"}
_UNIT = re.compile(r"(?:\([^()]*\))?[ -]?([A-Za-zµ]+)")
_LEVEL = re.compile(r"9(?=[05]% CI)")


def changes(printed: str, number: PrintedNumber) -> Iterator[tuple[str, str]]:
    """Yield a print with one character at a number changed, and the kind of the change."""
    start, end = number.number.start, number.number.end
    text, head, tail = printed[start:end], printed[:start], printed[end:]
    for i, char in enumerate(text):
        if char.isdigit():
            digit = str((int(char) + 1) % 10)
            yield "digit", head + text[:i] + digit + text[i + 1 :] + tail
        if char == ".":
            yield "decimal mark", head + text[:i] + text[i + 1 :] + tail
            yield "decimal mark", head + text[:i] + "," + text[i + 1 :] + tail
    sign = head[-1:]
    if sign in _OPERATORS:
        yield "operator", head[:-1] + _OPERATORS[sign] + text + tail
        yield "operator", head[:-1] + " " + text + tail if sign != "=" else head + ">" + text + tail
    elif not number.number.is_word and (not sign or sign in " ("):
        yield "operator", f"{head}<{text}{tail}"
        yield "sign", f"{head}-{text}{tail}"
    if tail[:1] == "%":
        yield "unit", head + text + "‰" + tail[1:]
    elif (unit := _UNIT.match(tail)) and unit[1] in _OTHER_UNIT:
        other = _OTHER_UNIT[unit[1]]
        yield "unit", head + text + tail[: unit.start(1)] + other + tail[unit.end(1) :]


def stored(claim: Claim) -> set[Decimal]:
    figure, result = claim.figure, claim.result
    numbers = (figure.value, figure.numerator, figure.denominator, figure.low, figure.high)
    numbers = (*numbers, figure.dispersion, result.p_value, *(s.amount for s in claim.steps))
    return {Decimal(number) for number in numbers if number is not None}


def tampered(claim: Claim, names: Names) -> Iterator[tuple[str, Claim]]:
    """Yield the claim with each change of its print at a figure that it stores."""
    printed = fold(claim.printed).text
    numbers = read_print(printed, names)
    values = [number.number.value for number in numbers]
    for number in numbers:
        if number.number.value in stored(claim) and values.count(number.number.value) == 1:
            for kind, text in changes(printed, number):
                yield kind, replace(claim, printed=text)
    if claim.figure.low is not None and (level := _LEVEL.search(printed)):
        text = printed[: level.start() + 1] + "9" + printed[level.end() + 1 :]
        yield "level", replace(claim, printed=text)


def test_no_tampered_print_of_the_papers_is_accepted(
    real: KnowledgeBase, source_texts: Path
) -> None:
    names = names_of(real.vocabulary)
    arms = arms_by_study(real.evidence.groups, names)
    texts = load_texts(source_texts, real.records.sources.values())
    checked = verify(real.evidence, texts, real.vocabulary)
    kinds: Counter[str] = Counter()
    accepted = []
    for claim in (v.claim for v in checked if v.state is VerificationState.VERIFIED):
        for kind, other in tampered(claim, names):
            kinds[kind] += 1
            if not Agreement([other], names, arms[claim.study]).faults()[claim.id]:
                accepted.append((kind, claim.study, claim.id, other.printed))
    assert accepted == []
    assert min(kinds[kind] for kind in ("digit", "sign", "operator", "decimal mark", "unit")) > 300
