"""What changed in the discrepancies of two states, and in the judgements of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict
from typing import Any, Final

from kb.analysis.change import Change, ChangeKind, arrow
from kb.analysis.states import Key, Pairs, State
from kb.checks.discrepancy import Discrepancy, Status
from kb.model import Adjudication

_Identity = tuple[str, str, frozenset[Key]]
_STATUS: Final = {
    Status.OPEN: "not judged",
    Status.ADJUDICATED: "judged",
    Status.STALE: "judged, but it changed since",
}
_SIDES: Final = ("stands", "faulty")
_SHOWN: Final = ("because", "reads", *_SIDES, "reason", "grounds", "publications", "date")


def judgement_changes(old: State, new: State, pairs: Pairs) -> Iterator[Change]:
    """Yield discrepancies that are found, gone, or judged otherwise, by the claims involved."""
    forth = {former: present for present, former in pairs.former.items()}
    before = {_identity(d, forth): d for d in old.curated.discrepancies}
    after = {_identity(d, {}): d for d in new.curated.discrepancies}
    kept = {study for study, _ in pairs.former}
    for identity in before.keys() | after.keys():
        one, other = before.get(identity), after.get(identity)
        if one and other:
            yield from _judged(one, other, forth, new)
        elif (found := one or other) and _involves(identity, kept):
            yield _appeared(found, "is gone" if one else "found", new if other else old)
    yield from _orphans(old, new)


def _identity(one: Discrepancy, forth: Mapping[Key, Key]) -> _Identity:
    keys = ((claim.study, claim.id) for claim in one.claims)
    return one.kind, one.endpoint, frozenset(forth.get(key, key) for key in keys)


def _involves(identity: _Identity, studies: Collection[str]) -> bool:
    return any(study in studies for study, _ in identity[2])


def _appeared(one: Discrepancy, verb: str, state: State) -> Change:
    name = state.describe.studies.get(one.study, one.study)
    text = f"{name}: discrepancy {verb}: {one.message} ({one.severity.value}; {_status(one)})"
    values = (_status(one), "") if verb == "is gone" else ("", _status(one))
    return Change(ChangeKind.JUDGED, name, text, f"finding {one.id}", *values)


def _judged(
    old: Discrepancy, new: Discrepancy, forth: Mapping[Key, Key], state: State
) -> Iterator[Change]:
    parts = []
    if old.severity != new.severity:
        parts.append(arrow(old.severity.value, new.severity.value))
    before, after = _judgement(old.adjudication, forth), _judgement(new.adjudication, {})
    if old.status != new.status or before.get("judgement") != after.get("judgement"):
        parts.append(arrow(_status(old), _status(new)))
    if old.adjudication and new.adjudication:
        parts += [
            f"{name}: {arrow(_text(before[name]), _text(after[name]))}"
            for name in _SHOWN
            if before[name] != after[name]
        ]
    elif new.adjudication:
        parts.append(new.adjudication.explanation)
    if parts:
        name = state.describe.studies.get(new.study, new.study)
        text = f"{name}: {new.message}: {'; '.join(parts)}"
        values = (_status(old), _status(new))
        yield Change(ChangeKind.JUDGED, name, text, f"finding {new.id}", *values)


def _status(one: Discrepancy) -> str:
    made = one.adjudication
    judged = f" ({made.judgement.replace('-', ' ')})" if made else ""
    return f"{_STATUS[one.status]}{judged}"


def _judgement(made: Adjudication | None, forth: Mapping[Key, Key]) -> dict[str, Any]:
    if made is None:
        return {}
    values = asdict(made)
    for side in _SIDES:
        keys = (tuple(name.split("#", 1)) for name in values[side])
        values[side] = sorted("#".join(forth.get((k[0], k[1]), (k[0], k[1]))) for k in keys)
    return values


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _orphans(old: State, new: State) -> Iterator[Change]:
    """Yield judgements of no discrepancy that appeared or went."""
    before, after = ({one.finding: one for one in s.curated.orphans} for s in (old, new))
    known = {d.id for state in (old, new) for d in state.curated.discrepancies}
    for finding in (before.keys() ^ after.keys()) - known:
        one = before.get(finding) or after[finding]
        verb = "withdrawn" if finding in before else "added"
        names = (new if finding in after else old).describe.studies
        name = names.get(one.study, one.study)
        text = f"{name}: judgement {verb} that fits no discrepancy: {one.reason}"
        yield Change(ChangeKind.JUDGED, name, text, f"finding {finding}")
