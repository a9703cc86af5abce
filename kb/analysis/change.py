"""One change between two states of an evidence base, and the fields in which two items differ."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Final

from kb.errors import shorten
from kb.model import Output
from kb.records.vocabulary import Vocabulary

Row = tuple[str, ...]


class ChangeKind(StrEnum):
    """Kinds of change, most weighty first; the value is their heading."""

    FIGURE = "figures changed"
    PUBLICATION = "standing of publications"
    SUBJECT = "what figures are about"
    WITHDRAWN = "withdrawn"
    JUDGED = "judged again"
    VERIFICATION = "verification"
    ADDED = "added"
    MOVED = "moved or renamed"
    WORDING = "wording"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: a sentence, and what a program needs of it.

    ``study`` is the name of the study, or "" for what is not of a single study; ``item`` names what
    changed: a claim as ``<study>#<id>``, or the kind and the id of another item.

    >>> Change(ChangeKind.ADDED, "", "unit added: days", "unit days").data()["kind"]
    'added'
    """

    kind: ChangeKind
    study: str
    text: str
    item: str
    old: str = ""
    new: str = ""

    def data(self) -> dict[str, str]:
        """Return the change as plain data for JSON."""
        return asdict(self) | {"kind": self.kind.name.lower()}


@dataclass(frozen=True, slots=True)
class MovedAnswer:
    """A question whose answer is not the same: the rows that went, and those that came."""

    query: str
    question: str
    parameters: Mapping[str, str]
    columns: tuple[str, ...]
    gone: Sequence[Row]
    come: Sequence[Row]

    def data(self) -> dict[str, Any]:
        """Return the difference as plain data for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


def arrow(old: str, new: str) -> str:
    """Write a change of a value; a long text is shortened, and "none" stands for an empty one.

    >>> arrow("7.7 months", "7.8 months"), arrow("", "at 2 years")
    ('7.7 months → 7.8 months', 'none → at 2 years')
    """
    return f"{shorten(old, _WIDTH) or 'none'} → {shorten(new, _WIDTH) or 'none'}"


def differing(
    outputs: Iterable[Output], old: object, new: object, skipped: Collection[str] = ()
) -> Iterator[Output]:
    """Yield the outputs of which two items of the model have different values."""
    for output in outputs:
        if output.attr not in skipped and output.value(old) != output.value(new):
            yield output


def value_words(output: Output, item: object, vocabulary: Vocabulary) -> str:
    """Return a field's value in words: terms by their labels, sets with commas."""
    value = output.value(item)
    values: tuple[Any, ...] = value if isinstance(value, tuple) else (value,)
    if output.scheme:
        known = vocabulary.schemes.get(output.scheme, {})
        return ", ".join(known[v].label if v in known else str(v) for v in values if v)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(f"{v}" for v in values if v is not None and v != "")


def field_label(output: Output) -> str:
    """Return the name of a field in words: its label, else its attribute.

    >>> field_label(Output(attr="measure.comparator")), field_label(Output(attr="data_cut"))
    ('compared with', 'data cut')
    """
    name = output.attr.rpartition(".")[2]
    return output.label or _LABELS.get(name) or name.strip("_").replace("_", " ")


_WIDTH: Final = 160
_LABELS: Final = {
    "about": "description",
    "analysis_of": "analysis of",
    "centres": "centres",
    "comparator": "compared with",
    "group": "patients",
    "kind": "kind",
    "named": "called",
    "parts": "parts",
    "read_in": "read in the summary",
    "registry": "registry ids",
    "who_category": "who (category)",
    "who_endpoint": "who (endpoint)",
    "who_time": "who (time)",
}
