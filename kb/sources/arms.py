"""Which group a print names for a figure, where it names groups at all.

A name is a group's label, its id, or a label of its regimen. "A versus B: 7.7 vs 4", "7.7 with A"
and a table's headers name the group of a figure; where that is another group than the record's,
the figures were exchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from kb.model import WHOLE, Group
from kb.sources.names import Names, NameTable
from kb.sources.normalise import fold
from kb.sources.order import Mention, Reading
from kb.sources.roles import PrintedNumber
from kb.util.grouping import group_by

_GENERIC: Final = re.compile(
    r"\b(?:the|arms?|groups?|cohorts?|patients|treated|with|received|receiving)\b", re.IGNORECASE
)
_OF_ROLE: Final = {
    "experimental": ("experimental", "investigational"),
    "comparator": ("comparator", "comparative", "control"),
}


# A part of a label is a name if it has a word that is not just a comparison or a unit.
_IS_NAME: Final = re.compile(
    r"(?<![A-Za-z])(?!(?:not|with|without|after|before|from|than|older|younger|over|under|years?|"
    r"months?|yes|none|other|achieved|first|second|third|later|sooner|all|part|treated)\b)"
    r"[A-Za-z][A-Za-z-]{2,}"
)
_COMPARATIVES: Final = tuple(
    (re.compile(words, re.IGNORECASE), name)
    for words, name in (
        (r"\byounger\b|\bunder [0-9]|< ?[0-9]+ years", "younger"),
        (r"\bolder\b|\bover [0-9]|[>≥] ?[0-9]+ years", "older"),
    )
)


class _Table(NamedTuple):
    """The groups of each name, and the names to be found."""

    groups: dict[str, frozenset[str]]
    names: NameTable


class Arms:
    """The groups of one study and the names that prints have for them."""

    def __init__(self, groups: Iterable[Group], names: Names) -> None:
        """Take every group of a study."""
        self.groups = {group.id: group for group in groups}
        self.names = names
        self._tables: dict[frozenset[str], _Table] = {}

    def _table(self, among: frozenset[str]) -> _Table:
        """Return the names of all groups, and more names of those to be distinguished."""
        if among not in self._tables:
            named: dict[str, set[str]] = {}
            forms: list[tuple[str, str]] = []
            for group in self.groups.values():
                others = [self.groups[one] for one in sorted(among) if one != group.id]
                more = _more_names(group, self.names, others) if group.id in among else ()
                for name in (*_names(group, self.names), *more) if group.id != WHOLE else ():
                    for form in _forms(name):
                        forms.append((form, form.lower()))
                        named.setdefault(form.lower(), set()).add(group.id)
            groups = {name: frozenset(ids) for name, ids in named.items()}
            self._tables[among] = _Table(groups, NameTable(forms))
        return self._tables[among]

    def wider(self, group: str) -> frozenset[str]:
        """Return the groups that a group is within, at any depth."""
        above = set()
        while group in self.groups and (group := self.groups[group].within):
            above.add(group)
        return frozenset(above)

    def nested(self, group: str, other: str) -> bool:
        """Whether one of two groups is within the other."""
        return group in self.wider(other) or other in self.wider(group)

    def _mentions(self, text: str, among: frozenset[str] = frozenset()) -> list[Mention]:
        """Return the names in a text; two names of one group side by side are one."""
        mentions: list[Mention] = []
        named, table = self._table(among)
        for match in table.pattern.finditer(_spaced(text)):
            groups = named[table.notation(match[0])]
            last = mentions[-1] if mentions else None
            if last and last.end + 1 == match.start() and last.groups & groups:
                mentions[-1] = Mention(last.start, match.end(), last.groups | groups)
            else:
                mentions.append(Mention(*match.span(), groups))
        return mentions

    def _others(
        self, groups: Iterable[str], group: str, among: frozenset[str] = frozenset()
    ) -> list[str]:
        """Return the groups named, unless the claim's own or a related one is among them."""
        named = list(groups)
        return [] if any(self._related(name, group, among) for name in named) else sorted(named)

    def _related(self, name: str, group: str, among: frozenset[str]) -> bool:
        """Whether what names one group may mean the other: nested, or of the same kind."""
        if name in among and group in among:
            return name == group
        one, other = self.groups[name], self.groups.get(group)
        if other is None or name == group or self.nested(name, group):
            return True
        kinds = [(g.regimen, g.who_endpoint, g.who_category) for g in (one, other)]
        same_regimen = bool(one.regimen) and one.regimen == other.regimen
        return same_regimen or (bool(one.who_endpoint) and kinds[0][1:] == kinds[1][1:])

    def other_in_labels(self, labels: str, group: str) -> str:
        """Return the group that labels of a table name instead of this one, or ""."""
        groups = {g for mention in self._mentions(fold(labels).text) for g in mention.groups}
        # A row such as "Free of pain" may also be the name of a subgroup.
        arms = {name for name in groups if self.groups[name].kind in ("arm", "cohort")}
        return next(iter(self._others(arms or groups, group)), "")

    def other_at(
        self, text: str, numbers: Sequence[PrintedNumber], i: int, group: str, among: frozenset[str]
    ) -> str:
        """Return the group that a normalised text names for a number instead of this one.

        ``among`` are the groups to choose from; a name of all of them decides nothing.
        """
        mentions = self._telling(text, among) if len(among) > 1 else self._mentions(text)
        reading = Reading(text, numbers, mentions)
        groups = reading.groups_at(i)
        if not groups:
            described = reading.described(i, several=len(among) > 1)
            return "the group compared with" if group in described else ""
        return next(iter(self._others(groups, group, among)), "")

    def _telling(self, text: str, among: frozenset[str]) -> list[Mention]:
        """Return the names that distinguish these groups: names of some of them, not of all."""
        telling = []
        for mention in self._mentions(text, among):
            groups = mention.groups & among or mention.groups
            meant = {g for g in among if any(self._related(one, g, among) for one in groups)}
            if 0 < len(meant) < len(among):
                telling.append(mention._replace(groups=frozenset(meant)))
        return telling


def arms_by_study(groups: Iterable[Group], names: Names) -> dict[str, Arms]:
    """Return the groups of each study with the names that prints have for them."""
    by_study = group_by(groups, lambda group: group.study)
    return {study: Arms(own, names) for study, own in by_study.items()}


def _spaced(text: str) -> str:
    """Return a text in which "standard-of-care" and "standard of care" are the same name."""
    return text.replace("-", " ")


def _forms(name: str) -> Iterator[str]:
    """Yield a name as it may be printed; digits alone are not a name."""
    folded = _spaced(fold(name).text)
    if re.search("[A-Za-z]{2}", folded):
        for form in dict.fromkeys((folded, folded.replace(" › ", " "))):  # of headers in two rows
            yield form
            yield f"{form}s"
        if re.fullmatch("[a-z]{2,4}", folded):  # an id such as "rr", which prints have as RR
            yield folded.upper()


def _names(group: Group, names: Names) -> Iterator[str]:
    """Yield what a print may call a group: by its label, id, role or regimen."""
    ids = group.id.rsplit(".", 1)[-1].replace("-", " ")
    terms = names.vocabulary.schemes.get("regimen", {})
    regimen = terms[group.regimen].names if group.regimen in terms else ()
    # "calmol arm (CAL)" is known by its abbreviation too.
    abbreviated = re.fullmatch(r"(.+) \(([^()]+)\)", group.label)
    for name in (
        group.label,
        *(abbreviated.groups() if abbreviated else ()),
        ids,
        *_OF_ROLE.get(group.role, ()),
        *regimen,
    ):
        yield from filter(None, (name, _short(name)))


def _more_names(group: Group, names: Names, others: Sequence[Group]) -> Iterator[str]:
    """Yield names that distinguish a group from the others of its block, and only there.

    They are parts of its label, what is in no other label, the category or endpoint that it is
    defined by, and "younger" or "older".
    """
    apart = (_apart(group.label, other.label) for other in others)
    for name in (*group.label.split(", "), group.who_category, *apart):
        yield from (form for form in (name, _short(name)) if _IS_NAME.search(form))
    yield from (word for words, word in _COMPARATIVES if words.search(group.label))
    endpoint = names.vocabulary.schemes.get("endpoint", {}).get(group.who_endpoint)
    categories = {one.who_category for one in others if one.who_endpoint == group.who_endpoint}
    if endpoint and not group.who_category and any(categories):
        yield from endpoint.names


def _short(name: str) -> str:
    return " ".join(_GENERIC.sub(" ", name).split())


def _apart(label: str, other: str) -> str:
    """Return a label without the words at its beginning and end that another one shares.

    >>> _apart("TP53 wild type", "TP53 mutation")
    'wild type'
    """
    words, others = label.split(), other.split()
    while words and others and words[0] == others[0]:
        words, others = words[1:], others[1:]
    while words and others and words[-1] == others[-1]:
        words, others = words[:-1], others[:-1]
    return " ".join(words)
