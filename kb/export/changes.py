"""What changed between two states of an evidence base: as text, as data, and as a page."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kb.analysis.change import Change, ChangeKind, MovedAnswer, Row
from kb.errors import InputError, shorten
from kb.util.grouping import group_by
from kb.util.visible import visible

NO_DIFFERENCE: Final = "no difference"
_BASE: Final = "Evidence base"
_SHOWN: Final = 5
"""Rows of an answer that the text shows; the page and the data have all."""


def changes_text(changes: Sequence[Change], answers: Sequence[MovedAnswer]) -> str:
    r"""Return the changes as text: a part for each study, then the answers that moved.

    >>> changes_text([], [])
    'no difference\n'
    """
    if not changes and not answers:
        return f"{NO_DIFFERENCE}\n"
    return "\n".join((*_change_lines(changes), *_answer_lines(answers))) + "\n"


def _change_lines(changes: Sequence[Change]) -> Iterator[str]:
    for study, kinds in _grouped(changes):
        yield study
        for kind, own in kinds.items():
            yield f"  {kind.value}"
            yield from (f"    {' '.join(change.text.split())}" for change in own)


def _answer_lines(answers: Sequence[MovedAnswer]) -> Iterator[str]:
    if answers:
        yield "Answers that moved"
    for one in answers:
        yield f"  {one.question} ({question_name(one)})"
        for sign, rows in (("−", one.gone), ("+", one.come)):
            yield from (f"    {sign} {_readable(row)}" for row in rows[:_SHOWN])
            if len(rows) > _SHOWN:
                yield f"    {sign} and {len(rows) - _SHOWN:,} more rows"


def _readable(row: Row) -> str:
    """Return the cells of a row without the ids of claims, groups and places."""
    return " | ".join(cell for cell in row if cell and "#" not in cell)


def question_name(one: MovedAnswer) -> str:
    """Return the name of a question with its parameters.

    >>> question_name(MovedAnswer("study-results", "?", {"study": "halt"}, (), (), ()))
    'study-results, study=halt'
    """
    return ", ".join((one.query, *(f"{name}={value}" for name, value in one.parameters.items())))


def _grouped(changes: Sequence[Change]) -> list[tuple[str, dict[ChangeKind, list[Change]]]]:
    """Return the changes by study and kind; they are sorted."""
    by_study = group_by(changes, lambda change: change.study or _BASE)
    return [(name, group_by(own, lambda c: c.kind)) for name, own in by_study.items()]


def changes_data(
    old: str, new: str, changes: Sequence[Change], answers: Sequence[MovedAnswer]
) -> dict[str, Any]:
    """Return the changes as plain data for JSON; ``old`` and ``new`` name the states."""
    return {
        "old": old,
        "new": new,
        "changes": [change.data() for change in changes],
        "answers": [answer.data() for answer in answers],
    }


def read_changes(path: Path) -> tuple[str, str, list[Change], list[MovedAnswer]]:
    """Return the names of the two states, and what changed, from a file of ``kb diff --json``.

    Raises:
        InputError: it is not such a file.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        changes = [
            Change(**{**one, "kind": ChangeKind[one["kind"].upper()]}) for one in data["changes"]
        ]
        answers = [MovedAnswer(**one) for one in data["answers"]]
        return str(data["old"]), str(data["new"]), changes, answers
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        reason = f"{type(error).__name__}: {shorten(str(error))}"
        raise InputError(f"{path} is not what `kb diff --json` writes ({reason})") from error


def changes_page(
    old: str, new: str, changes: Sequence[Change], answers: Sequence[MovedAnswer]
) -> str:
    """Return the changes as a page of HTML that needs neither network nor script.

    >>> "<b>" in changes_page("<b>", "new", [], [])
    False
    """
    return _rendered("changes.html", old, new, changes, answers, sys.maxsize)


def changes_body(
    old: str, new: str, changes: Sequence[Change], answers: Sequence[MovedAnswer], most: int
) -> str:
    """Return the content of the page: at most so many lines of a study and kind, or of an answer.

    >>> "There is no difference." in changes_body("1.0", "1.1", [], [], 10)
    True
    """
    return _rendered("changes-body.html", old, new, changes, answers, most)


def _rendered(
    template: str,
    old: str,
    new: str,
    changes: Sequence[Change],
    answers: Sequence[MovedAnswer],
    most: int,
) -> str:
    studies = _grouped(changes)
    return (
        _environment()
        .get_template(template)
        .render(
            old=old,
            new=new,
            counts={kind.value: sum(c.kind is kind for c in changes) for kind in ChangeKind},
            studies=[(f"part-{n}", name, kinds) for n, (name, kinds) in enumerate(studies, 1)],
            answers=[(question_name(one), one) for one in answers],
            nothing=NO_DIFFERENCE,
            most=most,
        )
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if isinstance(value, str) else value,
    )
