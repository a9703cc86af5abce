"""What changed between two states of an evidence base, in words for readers of the papers."""

from __future__ import annotations

from collections.abc import Iterator

from kb.analysis.change import Change, ChangeKind
from kb.analysis.claim_changes import ClaimChanges
from kb.analysis.item_changes import ItemChanges
from kb.analysis.judgement_changes import judgement_changes
from kb.analysis.states import State, pair_claims, renames
from kb.analysis.term_changes import term_changes


def compare(old: State, new: State) -> list[Change]:
    """Return every change, study by study, in each the most weighty first.

    What is not of a single study comes first. A study that is new or withdrawn is one change; what
    was moved or renamed is one change too, and not a removal and an addition.
    """
    rank = {kind: position for position, kind in enumerate(ChangeKind)}
    found = dict.fromkeys(_changes(old, new))
    return sorted(found, key=lambda c: (c.study, rank[c.kind], c.text, c.item))


def _changes(old: State, new: State) -> Iterator[Change]:
    renamed = renames(old, new)
    items = ItemChanges(old, new, renamed)
    before = [c for c in old.evidence.claims if renamed.of("study", c.study) in items.kept]
    after = [c for c in new.evidence.claims if c.study in items.kept]
    pairs = pair_claims(before, after, renamed)
    yield from items.changes()
    yield from ClaimChanges(old, new, pairs).changes()
    yield from judgement_changes(old, new, pairs)
    yield from term_changes(old, new)
