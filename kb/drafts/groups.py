"""The groups that the columns of tables are about: those of the study's record, or new ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from kb.drafts.store import Sureness
from kb.model import WHOLE
from kb.papers.from_source import label_text
from kb.records.schema import GroupRecord
from kb.records.vocabulary import Term, Vocabulary
from kb.sources.normalise import fold

_GENERIC: Final = re.compile(
    r"\b(?:the|arms?|groups?|cohorts?|patients|participants|subjects|treated|treatment|with|in"
    r"|received|receiving|therapy)\b"
)
_CONTROL: Final = re.compile(
    r"placebo|control|usual care|standard|sham|no treatment|comparator|waiting|untreated",
    re.IGNORECASE,
)
_SHORTEST: Final = 4
_PEOPLE: Final = r"(?:patients|participants|subjects|individuals|people|persons|cases|groups)"
_EVERYBODY: Final = re.compile(
    rf"(?:grand |study )?total(?: {_PEOPLE}| sample| population| cohort| group)?"
    rf"|all(?: (?:enrolled |included |randomi[sz]ed |study )?{_PEOPLE})?"
    r"|overall(?: sample| population| cohort| group)?|combined"
    r"|both(?: groups)?|whole (?:group|sample|cohort)|pooled|entire (?:group|sample|cohort)",
    re.IGNORECASE,
)


_SHORT: Final = re.compile(
    r"(?:^|[.;,] ?|\n)(?P<short>[A-Za-z][A-Za-z0-9+-]{1,9})(?:,| ?[=:]) ?"
    r"(?P<long>[a-z][^.;,:=]{3,60})"
)
"""An abbreviation that a note explains: "TAU, treatment as usual;"."""
_IN_BRACKETS: Final = re.compile(
    r"(?P<long>[A-Za-z][\w-]+(?: [\w-]+){0,3}) \((?P<short>[A-Z][A-Za-z0-9+-]{1,9})\)"
)
"""One that stands behind its words: "chloroquine (CQ)"; which words they are shows the match."""


def is_everybody(label: str) -> bool:
    """Whether a header means all people that a table is about.

    >>> is_everybody("Total patients"), is_everybody("All"), is_everybody("Total score")
    (True, True, False)
    """
    return _EVERYBODY.fullmatch(label.strip(" :")) is not None


def is_generic(label: str) -> bool:
    """Whether a header above those of groups only says what they are.

    >>> is_generic("Treatment arm"), is_generic("Women treated")
    (True, False)
    """
    return not _GENERIC.sub(" ", group_key(label)).strip()


class GroupOf(NamedTuple):
    """The group of a column or row, and how sure it is."""

    id: str
    sure: Sureness
    why: str


class GroupNames:
    """Finds the group that a header or the label of a row names.

    >>> drug = GroupRecord(label="calmol arm")
    >>> names = GroupNames({"calmol": drug}, None, {"Arm B": "calmol"})
    >>> names.find("Calmol group").sure, names.find("Arm B").why, names.find("Placebo")
    ('sure', 'as answered', None)
    >>> names.add("Placebo", sized=True).id, names.new
    ('placebo', {'placebo': {'label': 'Placebo', 'kind': 'arm'}})
    """

    def __init__(
        self,
        groups: Mapping[str, GroupRecord],
        vocabulary: Vocabulary | None,
        answers: Mapping[str, str | None],
    ) -> None:
        """Take the groups of a study, and the answers about headers."""
        self.groups = groups
        self.answers = {group_key(label): group for label, group in answers.items()}
        self.new: dict[str, dict[str, Any]] = {}
        self.used: dict[str, str | None] = {}
        """The group of each label that was resolved; None if it is not one of people."""
        self._names: dict[str, set[str]] = {}
        self._similar: dict[str, set[str]] = {}
        """The names of the groups that the record has: others may resemble them."""
        regimens = vocabulary.schemes.get("regimen", {}) if vocabulary else {}
        for name, group in groups.items():
            labels = [group.label, name.rsplit(".", 1)[-1].replace("-", " ")]
            labels += re.findall(r"\(([^()]+)\)", group.label)
            if group.regimen in regimens and vocabulary:
                labels += _regimen_names(regimens[group.regimen], vocabulary)
            for label in labels:
                self._names.setdefault(_short(label), set()).add(name)
        self._sizes: dict[str, int] = {}
        """The greatest number of people that a header prints of each group."""
        self.short: dict[str, str] = {}
        """The abbreviations that notes explain, by what they stand for."""
        self._parts: set[str] = set()
        """The labels of groups that would otherwise mean everybody: "Combined"."""
        self._similar = {name: set(ids) for name, ids in self._names.items()}
        for header, given in answers.items():
            if given and given not in groups and given != WHOLE:
                self.new[given] = {"label": header}

    def explain(self, note: str) -> None:
        """Learn the abbreviations that a note explains.

        >>> names = GroupNames({}, None, {})
        >>> names.explain("CI, interval; TAU, treatment as usual.")
        >>> names.add("TAU", sized=True).id, names.find("Treatment as usual").id
        ('tau', 'tau')
        """
        self.short |= {group_key(found["long"]): found["short"] for found in _SHORT.finditer(note)}
        for found in _IN_BRACKETS.finditer(note):
            words = found["long"].split()
            for start in range(len(words)):
                self.short.setdefault(group_key(" ".join(words[start:])), found["short"])

    def find(self, label: str) -> GroupOf | None:
        """Return the group that a label, its abbreviation, or the words for it name, or None."""
        key, short = group_key(label), self.short.get(group_key(label))
        if (found := self._find(label)) or (found := self._find(short) if short else None):
            return found
        last = _short(label.rpartition(" › ")[2])
        spelled = (words for words, mark in self.short.items() if group_key(mark) in (key, last))
        return next(filter(None, map(self._find_exactly, spelled)), None)

    def _find_exactly(self, words: str) -> GroupOf | None:
        found = self._names.get(_short(words), set())
        why = "a note explains the header, which names the group"
        return GroupOf(next(iter(found)), "sure", why) if len(found) == 1 else None

    def find_part(self, label: str) -> GroupOf | None:
        """Return the group that a label names, or None; also None if it means everybody.

        >>> names = GroupNames({}, None, {})
        >>> _ = names.add("Placebo", sized=True)
        >>> names.find_part("Placebo group").id, names.find_part("All patients")
        ('placebo', None)
        """
        found = self.find(label)
        return found if found and found.id != WHOLE else None

    def _find(self, label: str) -> GroupOf | None:
        key = group_key(label)
        if key in self.answers:
            answer = self.answers[key]
            return GroupOf(answer, "sure", "as answered") if answer else None
        if is_everybody(label) and key not in self._parts:
            return GroupOf(WHOLE, "sure", "the header names everybody")
        short = _short(label)
        found = self._names.get(short, set())
        if len(found) == 1:
            return GroupOf(next(iter(found)), "sure", "the header names the group")
        if not found and short:
            inside = {g for name, ids in self._similar.items() if _holds(short, name) for g in ids}
            if len(inside) == 1:
                return GroupOf(inside.pop(), "likely", "the header resembles the group")
            short_for = {
                g for name, ids in self._names.items() if _is_short(short, name) for g in ids
            }
            if len(short_for) == 1:
                return GroupOf(short_for.pop(), "likely", "the header is short for the group")
        return None

    def find_by_part(self, label: str) -> GroupOf | None:
        """Return the one group whose name has a label within it: "Formoterol 9 µg" for "9 µg"."""
        short = _short(label)
        found = {g for name, ids in self._names.items() if f" {short} " in f" {name} " for g in ids}
        why = "the header names a part of the group's name"
        return GroupOf(found.pop(), "likely", why) if short and len(found) == 1 else None

    def is_not_about_people(self, label: str) -> bool:
        """Whether a header was answered not to be about people."""
        return self.answers.get(group_key(label), "") is None

    def add(self, label: str, *, sized: bool) -> GroupOf:
        """Return a new group of a label; ``sized`` if the number of its people is printed."""
        parent, _, last = label.rpartition(" › ")
        above = self.find_part(parent) if parent else None
        prefix = f"{above.id}." if above and above.sure == "sure" else ""
        base = prefix + (_slug(last if prefix else label) or "group")
        name, number = base, 2
        while name in self.groups or name in self.new:
            name, number = f"{base}-{number}", number + 1
        self.new[name] = {"label": last if prefix else label}
        inner = self.find_part(last) if parent and not prefix else None
        if inner and inner.sure == "sure":
            self.new[name]["within"] = inner.id  # "Mild pain › Drug" are people of an arm
        elif sized and not prefix:
            self.new[name]["kind"] = "arm"
        self._names.setdefault(_short(label), set()).add(name)
        if is_everybody(label):
            self._parts.add(group_key(label))
        return GroupOf(name, "likely", "a new group, named by the header")

    def resolve(self, label: str, *, sized: bool) -> GroupOf:
        """Return the group of a label, a new one if the study has none of this name."""
        found = None if self._is_part(label) else self.find(label)
        found = found or self.add(label, sized=sized)
        self.used[label] = found.id
        return found

    def _is_part(self, label: str) -> bool:
        """Whether a header names people of a known group only: "Mild pain › Drug"."""
        parent, _, last = label.rpartition(" › ")
        if not parent or group_key(label) in self.answers or self.find(parent):
            return False
        inner, whole = self.find_part(last), self.find(label)
        is_known = inner is not None and inner.sure == "sure"
        return is_known and (whole is None or whole.sure == "likely")

    def arms(self) -> list[str]:
        """Return the arms of the study, or else those that its tables have named with a size."""
        known = [name for name, group in self.groups.items() if group.kind == "arm" or group.role]
        return known or [name for name, group in self.new.items() if group.get("kind") == "arm"]

    def add_size(self, group: str, size: int) -> None:
        """Learn a number of people that a header prints of a group."""
        self._sizes[group] = max(size, self._sizes.get(group, 0))

    def is_part(self, group: str, size: int | None) -> bool:
        """Whether a header's number of people is of a part of its group only.

        >>> names = GroupNames({}, None, {})
        >>> names.add_size("drug", 59)
        >>> names.is_part("drug", 43), names.is_part("drug", 59), names.is_part("drug", None)
        (True, False, False)
        """
        arms = sum(self._sizes.get(arm, 0) for arm in self.arms()) if group == WHOLE else 0
        return size is not None and size < max(self._sizes.get(group, 0), arms)

    def is_new(self, group: str) -> bool:
        """Whether a group was added and is not of the record."""
        return group in self.new

    def withdraw(self, label: str) -> None:
        """Take back the new group of a label, which is not about people after all."""
        group = self.used.pop(label)
        self.new.pop(group or "", None)
        for ids in self._names.values():
            ids.discard(group or "")

    def is_control(self, group: str) -> bool:
        """Whether a group is what others are compared with."""
        record = self.groups.get(group)
        if record is not None and record.role is not None:
            return record.role == "comparator"
        label = record.label if record else str(self.new.get(group, {}).get("label", group))
        return _CONTROL.search(label) is not None

    def mentioned(self, sentence: str) -> list[str]:
        """Return the groups that a sentence names, in the order of their names there."""
        text = f" {group_key(sentence)} "
        places = {
            text.find(f" {name} "): next(iter(ids))
            for name, ids in self._names.items()
            if len(ids) == 1 and f" {name} " in text
        }
        return list(dict.fromkeys(group for _, group in sorted(places.items())))

    def known_labels(self) -> Iterator[str]:
        """Yield the labels of all groups, in short forms."""
        yield from self._names


def _regimen_names(regimen: Term, vocabulary: Vocabulary) -> list[str]:
    """Return the names of a regimen, and those of its drug if it has one only."""
    drugs = regimen.properties.get("component", ())
    known = vocabulary.schemes.get("drug", {}).values() if len(drugs) == 1 else ()
    return [*regimen.names, *(name for term in known if term.iri in drugs for name in term.names)]


def _short(label: str) -> str:
    return " ".join(_GENERIC.sub(" ", group_key(label)).split()) or group_key(label)


def group_key(label: str) -> str:
    """Return a label in lower case, without signs that a name does not need."""
    folded = fold(label_text(label)).text.lower()
    words = " ".join(re.sub(r"[^\w+%<>=.]+", " ", folded).split())
    return re.sub(r" ?\+ ?", "+", words)  # "A + M" is "A+M"


def _holds(text: str, name: str) -> bool:
    """Whether one of two names is within the other, as whole words."""
    small, large = sorted((text, name), key=len)
    return len(small) > 2 and f" {small} " in f" {large} "


def _is_short(text: str, name: str) -> bool:
    """Whether a word is the beginning of a name's first word: "physio" of "physiotherapy"."""
    return len(text) >= _SHORTEST and text.isalpha() and name.partition(" ")[0].startswith(text)


def _slug(label: str) -> str:
    signs = {"<": " under ", ">": " over ", "≥": " from ", "≤": " to ", "+": " plus "}
    text = "".join(signs.get(char, char) for char in fold(label).text.lower())
    return re.sub(r"[^a-z0-9]+", "-", text).strip("-")[:40].strip("-")
