"""States of an evidence base to compare: a folder, an archive of a release, or a commit."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kb.analysis.change import MovedAnswer, Row
from kb.analysis.states import State
from kb.api.answers import answer_files, cell
from kb.api.knowledge_base import KnowledgeBase
from kb.errors import InputError, shorten
from kb.records.yaml import read_mapping
from kb.stores.library import library
from kb.util import git
from kb.util.archives import unpack

_FOLDERS: Final = ("evidence", "ontology")
_Question = tuple[str, tuple[tuple[str, str], ...]]


@contextmanager
def opened_state(name: str, repository: Path) -> Iterator[KnowledgeBase]:
    """Yield the evidence base that a folder, a zip file or a commit of a repository holds.

    What exists as a path is read as one; anything else is the id, tag or branch of a commit.

    Raises:
        InputError: it is none of them, or holds no evidence base.
    """
    path = Path(name)
    with tempfile.TemporaryDirectory(prefix="kb-state-") as folder:
        if name and path.is_dir():
            root = path
        elif name and path.is_file():
            root = unpack(path, Path(folder), _FOLDERS)
        elif commit := git.commit_of(repository, name):
            file = Path(folder, "commit.zip")
            git.archive(repository, commit, file, _FOLDERS)
            root = unpack(file, Path(folder, "commit"), _FOLDERS)
        else:
            raise InputError(
                f"{shorten(name)!r} is neither a folder, nor an archive, nor a commit of the "
                f"git repository of {repository}"
            )
        if not all((root / one).is_dir() for one in _FOLDERS):
            raise InputError(f"{shorten(name)!r} holds no evidence base: evidence/ and ontology/")
        yield KnowledgeBase(root, store="memory")


def state_of(base: KnowledgeBase) -> State:
    """Return the state of an evidence base, as ``kb.analysis.changes`` compares it."""
    states = {key: one.state.value for key, one in base.verifications.items()}
    records = base.records
    return State(
        base.evidence, base.vocabulary, states, base.curated, records.codes, records.formerly
    )


def moved_answers(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[MovedAnswer]:
    """Yield the tested questions whose answers differ.

    These are the questions of ``evidence/answers`` of either state, and the named questions that
    need no parameter. A question that one state cannot answer has no rows there.
    """
    asked = {question: None for base in (old, new) for question in _questions(base)}
    free = (q for q in library().values() if q.optional >= q.parameters.keys())
    asked |= {(q.name, ()): None for q in free if not q.is_for_pages}
    for name, parameters in sorted(asked):
        query, values = library()[name], dict(parameters)
        (columns, before), (others, after) = (_answer(base, name, values) for base in (old, new))
        if before != after:
            gone, come = (
                tuple(sorted(rows.elements())) for rows in (before - after, after - before)
            )
            shown = columns or others
            yield MovedAnswer(name, query.question, values, shown, gone, come)


def _questions(base: KnowledgeBase) -> Iterator[_Question]:
    for path in answer_files(base.root):
        written = read_mapping(path, path.parent)
        parameters = written.get("parameters") or {}
        if str(written.get("query")) in library() and isinstance(parameters, dict):
            pairs = sorted((str(k), str(v)) for k, v in parameters.items())
            yield str(written["query"]), tuple(pairs)


def _answer(
    base: KnowledgeBase, name: str, parameters: dict[str, str]
) -> tuple[tuple[str, ...], Counter[Row]]:
    try:
        answer = base.ask(name, **parameters)
    except InputError:  # the study asked for is of one state only
        return (), Counter()
    columns = tuple(answer.columns)
    return columns, Counter(tuple(cell(row[column]) for column in columns) for row in answer)
