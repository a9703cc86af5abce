"""What changed in studies, groups, sources and publications, and in the evidence base itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from kb.analysis.change import Change, ChangeKind, arrow, differing, field_label, value_words
from kb.analysis.states import Renames, State
from kb.model import Group, Partition, Publication, Section, Source, Study, outputs
from kb.util.wording import counted

_WORDS: Final = ("name", "title", "about", "label", "note", "credit", "language")
_STANDING: Final = ("standing", "standing_note", "standing_checked")


class ItemChanges:
    """The changes of everything but claims, judgements and vocabulary."""

    def __init__(self, old: State, new: State, renamed: Renames) -> None:
        """Find the studies that both states have: ``kept``, by their new ids."""
        self.old, self.new, self.renamed = old, new, renamed
        names = {renamed.of("study", study.id) for study in old.evidence.studies}
        self.kept = frozenset(names & {study.id for study in new.evidence.studies})

    def changes(self) -> Iterator[Change]:
        """Yield all of these changes."""
        yield from self._fields("evidence base", "", [self._dataset])
        yield from self._renamed()
        yield from self._studies()
        yield from self._groups()
        yield from self._partitions()
        yield from self._sources()
        yield from self._publications()

    @property
    def _dataset(self) -> tuple[Any, Any]:
        return self.old.evidence.dataset, self.new.evidence.dataset

    def _study(self, name: str) -> str:
        known = self.new.describe.studies
        return known.get(name) or self.old.describe.studies.get(name, name)

    def _fields(
        self, what: str, study: str, pairs: Iterable[tuple[Any, Any]], skipped: tuple[str, ...] = ()
    ) -> Iterator[Change]:
        """Yield the differing fields of items, whose ids are the same."""
        for old, new in pairs:
            item = f"{what} {getattr(new, 'id', '')}".strip()
            for output in differing(outputs(new.__class__), old, new, ("id", *skipped)):
                before = value_words(output, old, self.old.vocabulary)
                after = value_words(output, new, self.new.vocabulary)
                kind = ChangeKind.WORDING if output.attr in _WORDS else ChangeKind.SUBJECT
                text = f"{field_label(output)}: {arrow(before, after)}"
                yield Change(kind, study, f"{study or what}: {text}", item, before, after)

    def _renamed(self) -> Iterator[Change]:
        for kind, names in self.renamed.ids.items():
            for old, new in names.items():
                study = self._study(new) if kind == "study" else ""
                text = f"{f'{study}: ' if study else ''}{kind} renamed: {arrow(old, new)}"
                yield Change(ChangeKind.MOVED, study, text, f"{kind} {new}", old, new)
        for (study, old), new in self.renamed.groups.items():
            name = self._study(study)
            text = f"{name}: group renamed: {arrow(old, new)}"
            yield Change(ChangeKind.MOVED, name, text, f"group {study}#{new}", old, new)

    def _studies(self) -> Iterator[Change]:
        of = self.renamed.of
        before = {of("study", s.id): self._with_new_ids(s) for s in self.old.evidence.studies}
        after = {study.id: study for study in self.new.evidence.studies}
        for name in before.keys() - after.keys():
            yield self._whole(before[name], ChangeKind.WITHDRAWN, self.old)
        for name in after.keys() - before.keys():
            yield self._whole(after[name], ChangeKind.ADDED, self.new)
        for name in self.kept:
            yield from self._fields("study", after[name].name, [(before[name], after[name])])

    def _with_new_ids(self, study: Study) -> Study:
        of = self.renamed.of
        return replace(
            study,
            id=of("study", study.id),
            analysis_of=tuple(sorted(of("study", name) for name in study.analysis_of)),
            publications=tuple(sorted(of("publication", name) for name in study.publications)),
        )

    def _whole(self, study: Study, kind: ChangeKind, state: State) -> Change:
        claims = [c for c in state.evidence.claims if c.study == study.id]
        sources = sorted({claim.source for claim in claims})
        number = sum(claim.has_figure for claim in claims)
        what = f"{counted(number, 'figure')} and {counted(len(claims) - number, 'statement')}"
        text = f"{study.name}: study {kind.value} ({study.title}): {what} from {', '.join(sources)}"
        return Change(kind, study.name, text, f"study {study.id}")

    def _groups(self) -> Iterator[Change]:
        before = {(g.study, g.id): g for g in map(self.renamed.group, self.old.evidence.groups)}
        yield from self._items(before, dict(self.new.groups), "group", self._group_name)

    def _group_name(self, group: Group) -> str:
        who = f"within {group.within}" if group.within not in ("", "all") else ""
        return f"group “{group.label}”{f' ({who})' if who else ''}"

    def _items(
        self,
        before: Mapping[tuple[str, str], Any],
        after: Mapping[tuple[str, str], Any],
        what: str,
        name_of: Callable[[Any], str],
    ) -> Iterator[Change]:
        """Yield what was added, withdrawn or changed of the items of studies that are kept."""
        for key in before.keys() | after.keys():
            if key[0] not in self.kept:
                continue
            study, item = self._study(key[0]), f"{what} {key[0]}#{key[1]}"
            old, new = before.get(key), after.get(key)
            if old is None or new is None:
                kind = ChangeKind.ADDED if old is None else ChangeKind.WITHDRAWN
                text = f"{study}: {name_of(new or old)} {kind.value}"
                yield Change(kind, study, text, item)
                continue
            for one in self._fields(what, study, [(old, new)], ("study",)):
                text = one.text.removeprefix(f"{study}: ")
                line = f"{study}: {name_of(old)}: {text}"
                yield replace(one, text=line, item=item)

    def _partitions(self) -> Iterator[Change]:
        def with_new_ids(one: Partition) -> Partition:
            study = self.renamed.of("study", one.study)
            name = {g: self.renamed.groups.get((study, g), g) for g in (one.of, *one.parts)}
            parts = tuple(sorted(name[part] for part in one.parts))
            return replace(one, study=study, of=name[one.of], parts=parts)

        before, after = (
            {(p.study, p.id): p for p in partitions}
            for partitions in (
                map(with_new_ids, self.old.evidence.partitions),
                self.new.evidence.partitions,
            )
        )
        yield from self._items(before, after, "partition", lambda p: f"division by {p.by}")

    def _sources(self) -> Iterator[Change]:
        of = self.renamed.of
        before = {
            of("source", s.id): replace(
                s, id=of("source", s.id), publication=of("publication", s.publication)
            )
            for s in self.old.evidence.sources
        }
        after = {source.id: source for source in self.new.evidence.sources}
        yield from self._simple("source", before, after, lambda source: source.title)
        for name in before.keys() & after.keys():
            yield from self._references(before[name], after[name])
        yield from self._sections(before.keys() & after.keys())

    def _references(self, old: Source, new: Source) -> Iterator[Change]:
        before, after = dict(old.references), dict(new.references)
        for number in sorted(before.keys() | after.keys()):
            a, b = self.renamed.of("publication", before.get(number, "")), after.get(number, "")
            if a != b:
                text = f"source {new.id}: reference {number}: {arrow(a, b)}"
                yield Change(ChangeKind.SUBJECT, "", text, f"source {new.id}", a, b)

    def _sections(self, sources: Iterable[str]) -> Iterator[Change]:
        of = self.renamed.of
        before = [replace(s, source=of("source", s.source)) for s in self.old.evidence.sections]
        after = self.new.evidence.sections
        for source in sorted(sources):
            old, new = (
                {s.id: s for s in sections if s.source == source} for sections in (before, after)
            )
            item = f"source {source}"
            for name in sorted(old.keys() ^ new.keys()):
                kind = ChangeKind.ADDED if name in new else ChangeKind.WITHDRAWN
                yield Change(kind, "", f"source {source}: section {name} {kind.value}", item)
            for name in sorted(old.keys() & new.keys()):
                pair = [(old[name], new[name])]
                skipped = ("position", "source")
                for one in self._fields(f"section {name} of {source}", "", pair, skipped):
                    yield replace(one, kind=ChangeKind.WORDING)
            if [s for s in _in_order(old) if s in new] != [s for s in _in_order(new) if s in old]:
                yield Change(ChangeKind.WORDING, "", f"{item}: order of its sections", item)

    def _publications(self) -> Iterator[Change]:
        of = self.renamed.of
        before = {
            of("publication", p.id): replace(
                p,
                id=of("publication", p.id),
                reports=tuple(sorted(of("study", name) for name in p.reports)),
            )
            for p in self.old.evidence.publications
        }
        after = {p.id: p for p in self.new.evidence.publications}
        yield from self._simple("publication", before, after, lambda p: p.citation)
        for name in before.keys() & after.keys():
            yield from self._standing(before[name], after[name])

    def _standing(self, old: Publication, new: Publication) -> Iterator[Change]:
        if old.standing == new.standing:
            return
        studies = ", ".join(self._study(name) for name in new.reports)
        sources = {s.id for s in self.new.evidence.sources if s.publication == new.id}
        number = sum(claim.source in sources for claim in self.new.evidence.claims)
        parts = (
            f"reports {studies}" if studies else "",
            f"{number} figures and statements were read in it" if number else "",
            new.standing_note,
        )
        more = "; ".join(filter(None, parts))
        text = f"{new.citation}: {arrow(old.standing, new.standing)}{f' ({more})' if more else ''}"
        item = f"publication {new.id}"
        yield Change(ChangeKind.PUBLICATION, "", text, item, old.standing, new.standing)

    def _simple(
        self,
        what: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        title: Callable[[Any], str],
    ) -> Iterator[Change]:
        """Yield sources or publications that were added, withdrawn or changed."""
        for name in sorted(before.keys() | after.keys()):
            old, new = before.get(name), after.get(name)
            if old is not None and new is not None:
                standing = (
                    _STANDING
                    if getattr(old, "standing", "") != getattr(new, "standing", "")
                    else ()
                )
                for one in self._fields(what, "", [(old, new)], standing):
                    text = one.text.removeprefix(f"{what}: ")
                    kind = ChangeKind.WORDING if what == "publication" else one.kind
                    line = f"{what} {name}: {text}"
                    yield replace(one, kind=kind, text=line)
            else:
                kind = ChangeKind.ADDED if old is None else ChangeKind.WITHDRAWN
                text = f"{what} {kind.value}: {title(new or old)} ({name})"
                yield Change(kind, "", text, f"{what} {name}")


def _in_order(sections: Mapping[str, Section]) -> list[str]:
    return sorted(sections, key=lambda name: sections[name].position)
