"""Two states of an evidence base: what was renamed between them, and which claims are the same.

A claim is the same where its place and its measure are; else where its figures are printed alike
in one source, of one measure (it moved), or at one place (it is about something else now).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import Any, Final, TypeVar

from kb.checks.adjudication import CuratedDiscrepancies
from kb.checks.wording import Describer
from kb.model import Claim, Evidence, Group, Measure
from kb.records.codes import Code
from kb.records.vocabulary import Vocabulary
from kb.util.grouping import group_by

Key = tuple[str, str]
"""The study and the id of a claim."""
T = TypeVar("T")

_NAMED: Final = {"study": "studies", "source": "sources", "publication": "publications"}


@dataclass(frozen=True)
class State:
    """An evidence base at one time.

    Args:
        evidence: the model.
        vocabulary: the terms of the ontology.
        verification: the state of verification of each claim.
        curated: the discrepancies with their adjudications.
        codes: the codes of other terminologies, by concept.
        formerly: former addresses of pages, such as ``study/old``, and their present ones.
    """

    evidence: Evidence
    vocabulary: Vocabulary
    verification: Mapping[Key, str]
    curated: CuratedDiscrepancies
    codes: Mapping[str, Sequence[Code]] = field(default_factory=dict)
    formerly: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def describe(self) -> Describer:
        """What claims are about, in words."""
        return Describer(self.evidence, self.vocabulary)

    @cached_property
    def groups(self) -> Mapping[Key, Group]:
        """The groups by study and id."""
        return {(one.study, one.id): one for one in self.evidence.groups}


@dataclass(frozen=True)
class Renames:
    """The new ids of studies, sources and publications, and of groups by their new study."""

    ids: Mapping[str, Mapping[str, str]]
    groups: Mapping[Key, str]

    def of(self, kind: str, name: str) -> str:
        """Return the new id of a study, source or publication; the same if it kept its own."""
        return self.ids[kind].get(name, name)

    def group(self, group: Group) -> Group:
        """Return a group of the old state with the ids of the new one."""
        study = self.of("study", group.study)
        names = {n: self.groups.get((study, n), n) for n in (group.id, group.within)}
        return replace(group, study=study, id=names[group.id], within=names[group.within])

    def claim(self, claim: Claim) -> Claim:
        """Return a claim of the old state with the ids of the new one; its own id stays."""
        m, study = claim.measure, self.of("study", claim.study)
        group, other = (self.groups.get((study, n), n) for n in (m.group, m.comparator))
        measure = replace(m, study=study, group=group, comparator=other)
        return replace(claim, measure=measure, source=self.of("source", claim.source))


def renames(old: State, new: State) -> Renames:
    """Find what has another id in the new state.

    Studies, sources and publications that ``formerly`` names, or that are gone while one with the
    same registry id, publication, DOI or text has appeared; groups that differ only in the id.
    """
    marks: dict[str, Callable[[Any], Iterable[Hashable]]] = {
        "study": lambda one: (*one.registry, ("name", one.name, one.title)),
        "source": lambda one: (("source", one.publication, one.title),),
        "publication": lambda one: (*filter(None, (one.doi, one.pmid)), ("cited", one.citation)),
    }
    ids = {kind: _renamed(kind, old, new, mark) for kind, mark in marks.items()}
    return Renames(ids, _renamed_groups(old, new, Renames(ids, {})))


def _renamed(
    kind: str, old: State, new: State, marks: Callable[[Any], Iterable[Hashable]]
) -> dict[str, str]:
    before, after = ({o.id: o for o in getattr(s.evidence, _NAMED[kind])} for s in (old, new))
    addresses = new.formerly.items()
    pages = {a.partition("/")[2]: b.partition("/")[2] for a, b in addresses if a.startswith(kind)}
    found = {mark: name for name in after.keys() - before.keys() for mark in marks(after[name])}
    renamed: dict[str, str] = {}
    for name in sorted(before.keys() - after.keys()):
        candidates = (pages.get(name), *(found.get(mark) for mark in marks(before[name])))
        to = next((c for c in candidates if c in after and c not in renamed.values()), None)
        if to is not None:
            renamed[name] = to
    return renamed


def _renamed_groups(old: State, new: State, known: Renames) -> dict[Key, str]:
    """Return the new ids of groups that differ only in their id, the widest ones first."""
    names: dict[Key, str] = {}
    before = [known.group(group) for group in old.evidence.groups]
    gone = {(one.study, one.id) for one in before} - new.groups.keys()
    appeared = new.groups.keys() - {(one.study, one.id) for one in before}
    for _ in range(len(gone)):
        alike = group_by((new.groups[k] for k in sorted(appeared)), lambda g: replace(g, id=""))
        found: dict[Key, str] = {}
        for one in before:
            key = (one.study, one.id)
            within = names.get((one.study, one.within), one.within)
            same = alike.get(replace(one, id="", within=within), [])
            if key in gone and len(same) == 1 and same[0].id not in found.values():
                found[key] = same[0].id
        if not found:
            break
        names |= found
        gone -= found.keys()
        appeared -= {(study, name) for (study, _), name in found.items()}
    return names


@dataclass(frozen=True)
class Pairs:
    """Claims of the old state, with the ids of the new one, and the same claims there."""

    same: Sequence[tuple[Claim, Claim]]
    withdrawn: Sequence[Claim]
    added: Sequence[Claim]
    former: Mapping[Key, Key]
    """The old study and id of each paired claim of the new state."""


def pair_claims(old: Sequence[Claim], new: Sequence[Claim], renamed: Renames) -> Pairs:
    """Pair the claims of two states, each with one at most; the surest pairs first."""
    left = {(c.study, c.id): renamed.claim(c) for c in old}
    right = {(c.study, c.id): c for c in new}
    pairs: list[tuple[Key, Key]] = []
    for key in _SAMENESS:
        by_key: dict[Hashable, list[Key]] = defaultdict(list)
        for name, claim in right.items():
            by_key[key(claim)].append(name)
        for name, claim in [*left.items()]:
            if found := by_key[key(claim)]:
                pairs.append((name, found[0]))
                del left[name], right[found.pop(0)]
    olds = {(c.study, c.id): renamed.claim(c) for c in old}
    news = {(c.study, c.id): c for c in new}
    return Pairs(
        [(olds[a], news[b]) for a, b in sorted(pairs, key=lambda pair: pair[1])],
        [*left.values()],
        [*right.values()],
        {b: a for a, b in pairs},
    )


def _where(claim: Claim) -> Hashable:
    return (claim.source, claim.section, claim.row, claim.column)


def _facts(claim: Claim) -> Hashable:
    return (claim.wording, claim.figure, claim.result, claim.steps, claim.statistic)


def _subject(measure: Measure, *free: str) -> Hashable:
    """Return what is measured, without some fields, which may differ."""
    return tuple(getattr(measure, f.name) for f in fields(measure) if f.name not in free)


_SAMENESS: Final[Sequence[Callable[[Claim], Hashable]]] = (
    lambda c: (_where(c), c.measure, _facts(c)),
    lambda c: (_where(c), c.measure, c.wording),
    lambda c: (_where(c), c.measure, c.figure),
    lambda c: (_where(c), c.measure),
    lambda c: (c.source, c.section, c.measure),
    lambda c: (c.source, c.measure, _facts(c)),
    lambda c: (_where(c), _facts(c), _subject(c.measure, "group", "comparator")),
    lambda c: (_where(c), _facts(c), _subject(c.measure, "time")),
    lambda c: (_where(c), _facts(c), c.study, c.measure.group, c.measure.comparator),
    lambda c: (_where(c), _facts(c), c.study),
    lambda c: (c.measure, _facts(c)),
)
"""What two claims may share to be the same one, the surest first.

Place, measure and figures; then all but the wording or the figure; another place in the source;
what it is about, at one place; another source.
"""
