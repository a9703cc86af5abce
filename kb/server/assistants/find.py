"""Find the ids that other tools take, by names and labels: studies, concepts, publications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from kb.api.knowledge_base import KnowledgeBase
from kb.errors import nearest

FILTERS: Final = ("endpoint", "drug", "regimen", "population")
"""The schemes whose concepts are filters of ``claims``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something with an id: what it is, its names, and other words by which it is found."""

    kind: str
    id: str
    names: tuple[str, ...]
    text: str
    claims: int

    def rank(self, wanted: str, words: list[str]) -> int:
        """Return how well it matches, 0 best; -1 if a word is missing."""
        names = [name.casefold() for name in (self.id, *self.names)]
        if wanted in names:
            return 0
        for rank, where in ((1, " ".join(names)), (2, f"{' '.join(names)} {self.text}".casefold())):
            if all(word in where for word in words):
                return rank
        return -1


def entries(base: KnowledgeBase) -> Iterator[Entry]:
    """Yield everything that can be found; ``claims`` counts the claims that are directly about it.

    >>> from kb import KnowledgeBase
    >>> next(entry.names[0] for entry in entries(KnowledgeBase()) if entry.id == "tower")
    'TOWER'
    """
    counts = {
        kind: Counter(row[kind] for row in base.rows) for kind in (*FILTERS, "study", "source")
    }
    citations = {one.id: one for one in base.evidence.publications}
    for study in base.studies():
        reports = " ".join(citations[name].citation for name in study.publications)
        text = f"{study.title} {study.about} {reports}"
        names = (study.name, *study.registry)
        yield Entry("study", study.id, names, text, counts["study"][study.id])
    for scheme in FILTERS:
        for term in base.vocabulary.schemes.get(scheme, {}).values():
            names = tuple(dict.fromkeys((term.label, *term.names)))
            number = counts[scheme][term.notation]
            yield Entry(scheme, term.notation, names, term.definition, number)
    for source in base.evidence.sources:
        yield Entry("source", source.id, (source.title,), "", counts["source"][source.id])
    cited = Counter(name for row in base.rows for name in row["publication"].split())
    for one in citations.values():
        names = tuple(filter(None, (one.doi, one.pmid, one.pmcid)))
        text = f"{one.citation} {one.authors} {one.title}"
        yield Entry("publication", one.id, names, text, cited[one.id])


def find(found: list[Entry], query: str) -> list[Entry]:
    """Return the entries that have every word of a query, the best first.

    >>> entry = Entry("drug", "blina", ("blinatumomab",), "", 0)
    >>> find([entry], "Blinatumomab") == find([entry], "blinatumumab") == [entry]
    True
    """
    wanted = " ".join(query.casefold().split())
    ranked = [(entry.rank(wanted, wanted.split()), entry) for entry in found]
    hits = [(rank, entry) for rank, entry in ranked if rank >= 0]
    if not hits:  # mistyped: what has the nearest name
        near = nearest(wanted, (name for entry in found for name in (entry.id, *entry.names)))
        return [entry for entry in found if near and near in (entry.id, *entry.names)]
    return [entry for _, entry in sorted(hits, key=lambda hit: (hit[0], -hit[1].claims, hit[1].id))]
