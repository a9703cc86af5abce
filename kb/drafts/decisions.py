"""What two readers settled: their decisions, and the record that is kept of them.

The record is ``evidence/consensus/<study>.yaml``. Each decision has its difference, what each
reader had, which reading was taken, by whom and when; each run has the agreement before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from kb.drafts.compare import CATEGORICAL, Comparison, Difference
from kb.drafts.flow import flow
from kb.drafts.insertion import with_entries
from kb.errors import Problem, RecordError, nearest
from kb.records.fields import Line, StrictModel
from kb.records.paths import record_file
from kb.records.problems import validation_problems
from kb.records.yaml import RecordFile, parse_mapping, read_mapping
from kb.util.atomic import write_atomically

VALUE_FIELDS: Final = (
    *("endpoint", "category", "statistic", "unit", "time", "group"),
    *("figure", "denominator", "p"),
)
"""What may be settled by a third reading, which neither reader had."""


class Decision(StrictModel):
    """Which reading is right: that of reader 1, of reader 2, or another ``value``."""

    take: Literal[1, 2, "value"]
    value: Any = None
    why: Line | None = None

    @model_validator(mode="after")
    def _value_where_neither(self) -> Decision:
        if (self.take == "value") != (self.value is not None):
            raise ValueError("'value' with 'take: value', and only there")
        return self


def _long_form(raw: Any) -> Any:
    return {"take": raw} if isinstance(raw, int) and not isinstance(raw, bool) else raw


class DecisionsFile(StrictModel):
    """Decisions by the id of their difference; ``1`` is short for ``{take: 1}``."""

    decisions: dict[str, Annotated[Decision, BeforeValidator(_long_form)]]


class Settled(Decision):
    """A decision with its difference, by whom and when."""

    id: str
    about: str
    field: str
    reader_1: str
    reader_2: str
    by: Line
    date: str


class ConsensusFile(StrictModel):
    """All that was settled about a study."""

    comparisons: list[dict[str, Any]] = Field(default_factory=list)
    settled: list[Settled] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Decided:
    """A difference with its decision."""

    difference: Difference
    decision: Decision


def read_decisions(
    path: Path, differences: Iterable[Difference], settled: Collection[str] = ()
) -> list[Decided]:
    """Read a file of decisions; those on differences in ``settled`` were applied before.

    Raises:
        RecordError: it has another form, or names a difference that there is not.
    """
    return parse_decisions(read_mapping(path), path, differences, settled)


def parse_decisions(
    data: Mapping[str, Any],
    path: Path,
    differences: Iterable[Difference],
    settled: Collection[str] = (),
) -> list[Decided]:
    """Return the decisions of the content of a file, as ``read_decisions`` does.

    Raises:
        RecordError: it has another form, or names a difference that there is not.
    """
    by_id = {one.id: one for one in differences if one.id not in settled}
    try:
        file = DecisionsFile.model_validate(data)
    except ValidationError as error:
        raise RecordError(validation_problems(error, path)) from error
    decisions = {name: one for name, one in file.decisions.items() if name not in settled}
    problems = list[Problem]()
    record = RecordFile(path)
    for name, decision in decisions.items():
        loc = ("decisions", name)
        if name not in by_id:
            expected = "the id of a difference, as kb compare prints it"
            problems.append(record.problem(loc, name, expected, nearest(name, by_id)))
        elif decision.take == "value" and by_id[name].field not in VALUE_FIELDS:
            expected = f"1 or 2: {by_id[name].field} has no value of its own"
            problems.append(record.problem(loc, "take: value", expected))
    if problems:
        raise RecordError(problems)
    return [Decided(by_id[name], decision) for name, decision in decisions.items()]


def consensus_file(root: Path, study: str) -> Path:
    """Return the path of what was settled about a study.

    >>> consensus_file(Path("project"), "tower").as_posix()
    'project/evidence/consensus/tower.yaml'
    """
    return record_file(root, "consensus", study)


def settled_before(root: Path) -> dict[str, Settled]:
    """Return what was settled in an evidence base, by the id of the difference.

    Raises:
        RecordError: with every problem of the files.
    """
    found: dict[str, Settled] = {}
    for path in sorted((root / "evidence" / "consensus").glob("*.yaml")):
        file = _validated(read_mapping(path, root), path)
        found |= {one.id: one for one in file.settled}
    return found


def _validated(data: Mapping[str, Any], path: Path) -> ConsensusFile:
    try:
        return ConsensusFile.model_validate(data)
    except ValidationError as error:
        raise RecordError(validation_problems(error, path)) from error


_HEADER: Final = """\
# What two readers of the sources settled, written by `kb compare --settle`. The agreement is that
# of the independent readings, before anything of it was settled.
"""


def record(root: Path, study: str, outcome: Comparison, decided: list[Decided], by: str) -> Path:
    """Add what was settled to the record of a study; every line that it has stays.

    Raises:
        RecordError: the record has problems; it is unchanged.
    """
    path = consensus_file(root, study)
    text = path.read_text(encoding="utf-8") if path.exists() else f"{_HEADER}comparisons:\n"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    text = with_entries(text, "comparisons", [f"- {flow(_summary(root, outcome, by, now))}"])
    entries = [f"- {flow(_entry(one, by, now))}" for one in decided]
    text = with_entries(text, "settled", entries)
    _validated(parse_mapping(text, path), path)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [text.encode()])
    return path


def _summary(root: Path, outcome: Comparison, by: str, now: str) -> dict[str, Any]:
    pairs = outcome.pairs
    kappas = {name: outcome.agreement[name].kappa for name in CATEGORICAL}
    percent = outcome.overall.percent
    return {
        "reader_1": _shown(outcome.first.path, root),
        "reader_2": _shown(outcome.second.path, root),
        "claims": outcome.total,
        "both": len(pairs.both),
        "alike": outcome.alike,
        "percent": None if percent is None else round(percent, 1),
        "kappa": {name: None if k is None else round(k, 3) for name, k in kappas.items()},
        "by": by,
        "date": now,
    }


def _shown(path: Path, root: Path) -> str:
    """Return a path as others may see it: not where a folder is on one machine."""
    if not path.is_absolute():
        return path.as_posix()
    inside = path.is_relative_to(root.resolve())
    return path.relative_to(root.resolve()).as_posix() if inside else path.name


def _entry(decided: Decided, by: str, now: str) -> dict[str, Any]:
    difference, decision = decided.difference, decided.decision
    return {
        "id": difference.id,
        "about": difference.about,
        "field": difference.field,
        "reader_1": difference.first,
        "reader_2": difference.second,
        **decision.model_dump(exclude_none=True),
        "by": by,
        "date": now,
    }
