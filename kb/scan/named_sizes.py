"""Groups that the text prints with the size that the tables print for another group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from kb.checks.discrepancy import Severity
from kb.papers.reading import ColumnKind
from kb.scan.context import ScanContext, Sentence
from kb.scan.finding import ScanFinding, Verdict

KIND: Final = "size-of-another-group"
_SIZE: Final = re.compile(r" ?[(\[] ?[nN] ?= ?(?P<size>[0-9]{1,6}) ?[)\]]")
_HEADER_SIZE: Final = re.compile(r"[,;]? ?[(\[]?[nN] ?=.*$")
_NOUN: Final = re.compile(
    r" (?:groups?|arms?|patients|subjects|participants|women|men|children|cohort)$"
)


class _Printed(NamedTuple):
    """A size in a sentence, with the group of the tables that stands before it, if any."""

    name: str
    size: int
    text: str


def find(context: ScanContext) -> Iterator[ScanFinding]:
    """Yield groups whose size in a sentence is that of another one, and the reverse."""
    sizes = _sizes(context)
    for sentence in context.sentences if len(sizes) > 1 else ():
        printed = list(_printed(sentence, sizes))
        for one in printed:
            context.checked[KIND] += bool(one.name)
            finding = _judge(sentence, one, printed, sizes) if one.name else None
            if finding:
                yield finding
                break


def _sizes(context: ScanContext) -> dict[str, set[int]]:
    """Return all sizes that the tables print for each group, by its name as printed."""
    sizes: dict[str, set[int]] = {}
    for column in (c for reading in context.readings for c in reading.columns):
        header = _HEADER_SIZE.sub("", "".join(column.path[-1:])).strip()
        name = column.group.rpartition(" › ")[2] or header
        if column.size and name and column.kind is not ColumnKind.LABEL:
            sizes.setdefault(name, set()).add(column.size)
    return sizes


def _printed(sentence: Sentence, names: Mapping[str, set[int]]) -> Iterator[_Printed]:
    text = sentence.skeleton.folded
    for match in _SIZE.finditer(text):
        before = _NOUN.sub("", text[: match.start()].casefold())
        own = [n for n in names if re.search(rf"(?<![\w-]){re.escape(n.casefold())}$", before)]
        name = max(own, key=len, default="")
        start = len(before) - len(name)
        yield _Printed(name, int(match["size"]), text[start : match.end()])


def _judge(
    sentence: Sentence, one: _Printed, printed: Sequence[_Printed], sizes: Mapping[str, set[int]]
) -> ScanFinding | None:
    """Return a finding if the size is another group's, and another size here is that of the group.

    The names of the other groups of the sentence need not be those of the tables.
    """
    own = sizes[one.name]
    others = [name for name in sizes if name != one.name and one.size in sizes[name]]
    exchanged = [p.size for p in printed if p.size in own and p.name != one.name]
    if one.size in own or not others or not exchanged:
        return None
    computed = f"{one.name}: {exchanged[0]} in the tables; {others[0]}: {one.size}"
    message = (
        f'{one.text} is printed here, but the tables print {one.size} for "{others[0]}", and '
        f'{exchanged[0]} for "{one.name}".'
    )
    return ScanFinding(
        KIND,
        Verdict.DOUBTFUL,
        Severity.MATERIAL,
        sentence.place,
        (one.text,),
        computed,
        message,
    )
