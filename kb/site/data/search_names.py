"""What the search of the site knows of a page: the names it is found by, and how it ranks.

The theme ranks a word in a page's ``tags`` above one in its title, and that above one in its
text. So the names of a thing are its tags, of whatever language or abbreviation, and the
pages on which most is said come first among those that are called alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from statistics import mean
from typing import Any, Final

from kb.model import Publication, Study
from kb.records.vocabulary import Term

Found = Mapping[str, Any]
"""The fields of a page that the search reads: ``boost`` and ``more``."""

_WEIGHTS: Final = {
    "drug": 2.0,
    "endpoint": 1.7,
    "regimen": 1.6,
    "study": 1.5,
    "analysis": 1.3,
    "population": 1.2,
    "publication": 1.0,
    "source": 0.8,
}
"""What a reader who types a name most likely means; a drug has the name of its regimen."""

_BREAK: Final = re.compile(r"[\s\-,:;!=\[\]()\"/·›]+")


def of_study(study: Study, claims: int) -> Found:
    """Return how a study is found: by its name and registry numbers."""
    kind = "analysis" if study.analysis_of else "study"
    return _found(kind, claims, [study.name], study.registry)


def of_term(term: Term, other_labels: Iterable[str], claims: int) -> Found:
    """Return how a concept is found: by label, other labels and notation.

    A label such as ``A/B`` is made of the names of other concepts, which are found by them.
    """
    others = (label for label in other_labels if "/" not in label)
    return _found(term.scheme, claims, [term.label, term.notation.replace("_", " ")], others)


def of_publication(publication: Publication, claims: int, kind: str = "publication") -> Found:
    """Return how a publication, or the source that it is, is found: by its numbers and author."""
    author = publication.citation.partition(",")[0]
    numbers = filter(None, (publication.doi, publication.pmid))
    return _found(kind, claims, [f"{author} {publication.year or ''}"], numbers)


def _found(kind: str, claims: int, names: Iterable[str], others: Iterable[str]) -> Found:
    """Rank a short name first, and of names alike the one on which most is said.

    The names are given word by word: what is called alike twice is not meant more.

    >>> _found("study", 9, ["A-B"], ["B/c"])
    {'boost': 2.08, 'more': {'tags': ['A', 'B', 'c']}}
    """
    words = [list(filter(None, _BREAK.split(name))) for name in names]
    length = mean(map(len, words))
    boost = _WEIGHTS[kind] * (1 + 0.7 / length) * (1 + math.log10(1 + claims) / 40)
    words += [list(filter(None, _BREAK.split(name))) for name in others]
    tags = list(dict.fromkeys(word for name in words for word in name))
    return {"boost": round(boost, 2), "more": {"tags": tags}}
