"""What changed in the vocabulary of two states: terms, their labels, places, flags and codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from kb.analysis.change import Change, ChangeKind, arrow
from kb.analysis.states import State
from kb.records.vocabulary import Term

_LABELS: Final = {"names": "other names", "broader": "part of", "iri": "IRI"}
_WORDS: Final = ("label", "definition", "names")
_BLANK: Final = re.compile(r"_:\w+")
_Key = tuple[str, str]


def term_changes(old: State, new: State) -> Iterator[Change]:
    """Yield terms that were added, withdrawn or renamed, and what of the others changed."""
    before, after = _terms(old), _terms(new)
    by_iri = {after[key].iri: key for key in after.keys() - before.keys()}
    for key in sorted(before.keys() | after.keys()):
        one, other = before.get(key), after.get(key)
        if one and other:
            yield from _changed(one, other)
        elif one and one.iri in by_iri:
            text = f"{_name(one)}: notation: {arrow(one.notation, by_iri[one.iri][1])}"
            yield Change(ChangeKind.MOVED, "", text, _item(one))
            yield from _changed(one, after[by_iri[one.iri]])
        elif one:
            text = f"{_name(one)} withdrawn from the vocabulary"
            yield Change(ChangeKind.WITHDRAWN, "", text, _item(one))
        elif other and other.iri not in {term.iri for term in before.values()}:
            text = f"{_name(other)} added to the vocabulary"
            yield Change(ChangeKind.ADDED, "", text, _item(other))
    yield from _codes(old, new)
    if not _rest_is_equal(old, new, before, after):
        text = "classes, properties or shapes of the ontology changed"
        yield Change(ChangeKind.SUBJECT, "", text, "ontology")


def _rest_is_equal(
    old: State, new: State, before: dict[_Key, Term], after: dict[_Key, Term]
) -> bool:
    """Tell whether the ontologies are the same apart from their concepts.

    Blank nodes have another name whenever a file is read: their statements are compared.
    """
    concepts = {term.iri for terms in (before, after) for term in terms.values()}
    rest, other = (
        Counter(
            _BLANK.sub("_:", str(triple))
            for triple in state.vocabulary.triples
            if _iri(triple.subject) not in concepts
        )
        for state in (old, new)
    )
    return rest == other


def _iri(subject: object) -> str:
    return str(getattr(subject, "value", ""))


def _terms(state: State) -> dict[_Key, Term]:
    schemes = state.vocabulary.schemes.values()
    return {(t.scheme, t.notation): t for terms in schemes for t in terms.values()}


def _name(term: Term) -> str:
    return f"{term.scheme} “{term.label}”"


def _item(term: Term) -> str:
    return f"{term.scheme} {term.notation}"


def _changed(old: Term, new: Term) -> Iterator[Change]:
    for field in (*_WORDS, "iri", "broader"):
        a, b = getattr(old, field), getattr(new, field)
        if a != b and not (field == "names" and old.label != new.label):
            kind = ChangeKind.WORDING if field in _WORDS else ChangeKind.SUBJECT
            yield _change(new, kind, _LABELS.get(field, field), a, b)
    for flag in sorted(old.properties.keys() | new.properties.keys()):
        a, b = (tuple(sorted(t.properties.get(flag, ()))) for t in (old, new))
        if a != b:
            yield _change(new, ChangeKind.SUBJECT, flag, a, b)


def _change(new: Term, kind: ChangeKind, label: str, a: Any, b: Any) -> Change:
    """Return the change of a field; of several values, those that came and went."""
    if isinstance(a, tuple) and a and b:
        values = ", ".join([f"without {v}" for v in a if v not in b] + [v for v in b if v not in a])
    else:
        values = arrow(_text(a), _text(b))
    text = f"{_name(new)}: {label}: {values or 'another order'}"
    return Change(kind, "", text, _item(new), _text(a), _text(b))


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _codes(old: State, new: State) -> Iterator[Change]:
    for concept in sorted(old.codes.keys() | new.codes.keys()):
        before, after = (
            ", ".join(sorted(f"{c.code} ({c.closeness})" for c in state.codes.get(concept, ())))
            for state in (old, new)
        )
        if before != after:
            text = f"codes of {concept}: {arrow(before, after)}"
            yield Change(ChangeKind.WORDING, "", text, concept, before, after)
