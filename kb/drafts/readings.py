"""What a reader took from a source: a claim for each figure, wherever its file has put it.

A reading comes from a file of drafts, a study's record, or a folder of them. Claims are written
out first, so that order, layout and defaults make no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from kb.drafts.store import DraftsFile, as_study
from kb.errors import InputError, RecordError
from kb.model import Claim, ComparisonResult, Figure, printed_facts
from kb.records.expand import block_claims
from kb.records.load import RecordLoader, Records, load_dataset, load_vocabulary
from kb.records.paths import record_file
from kb.records.problems import validation_problems
from kb.records.schema import ClaimBlock, Design, Report, StudyRecord
from kb.records.vocabulary import Vocabulary
from kb.records.yaml import read_mapping

FIELDS: Final = (
    *("place", "endpoint", "category", "statistic", "unit", "time", "group"),
    *("figure", "denominator", "bounds", "p", "details"),
)
"""What two readers may read differently."""
DETAILS: Final = (
    *("analysis_set", "data_cut", "imputation", "measure.regimen", "measure.population"),
    *("measure.adjustment", "result.adjusted_for", "result.sides", "result.p_for"),
    *("result.direction", "result.significance", "result.favours", "result.margin"),
)
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Reading:
    """One claim of a reader, and the part of the block that it is in."""

    study: str
    report: int
    block: int
    part: str
    """The group of a value, or ``""`` for the comparison or the doses of the block."""
    claim: Claim

    @cached_property
    def facts(self) -> Mapping[str, str]:
        """What was read, by field; the place has the section only."""
        claim, measure, figure = self.claim, self.claim.measure, self.claim.figure
        versus = f" versus {measure.comparator}" if measure.comparator else ""
        return {
            "place": claim.section,
            "endpoint": measure.endpoint,
            "category": measure.category,
            "statistic": claim.statistic,
            "unit": figure.unit,
            "time": str(measure.time),
            "group": f"{measure.group}{versus}",
            "figure": _figure(figure),
            "denominator": _text(figure.denominator),
            "bounds": _bounds(figure),
            "p": _p(claim.result),
            "details": _details(claim),
        }

    @property
    def place(self) -> str:
        """The source, section, row and column, for messages."""
        claim = self.claim
        return " › ".join(filter(None, (claim.source, claim.section, *claim.row, claim.column)))

    @property
    def has_unit(self) -> bool:
        """Whether the figure may have a unit, which a word has not."""
        figure = self.claim.figure
        return not figure.text_value or figure.value is not None

    @property
    def is_comparison(self) -> bool:
        """Whether two groups are compared."""
        return bool(self.claim.measure.comparator)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple):
        return " and ".join(map(_text, value))
    return "" if value is None else str(value)


def _figure(figure: Figure) -> str:
    """Return the point and what belongs to it: ``36 (63)``, ``54.3 sd 11.2``, ``not-reached``."""
    value = figure.operator + _text(figure.value)
    if figure.numerator is not None:
        count = str(figure.numerator)
        value = f"{count} ({value})" if value not in ("", count) else count
    spread = f"{figure.dispersion_kind or '±'} {_text(figure.dispersion)}"
    dates = "–".join(filter(None, (figure.date_from, figure.date_to)))
    parts = (value, "" if figure.dispersion is None else spread)
    return " ".join(filter(None, (*parts, figure.text_value, figure.date, dates)))


def _bounds(figure: Figure) -> str:
    if not figure.bounds:
        return ""
    low, high = (_text(bound) or "none" for bound in (figure.low, figure.high))
    return f"{figure.bounds} {low} to {high}"


def _p(result: ComparisonResult) -> str:
    return result.p_operator + _text(result.p_value) if result.p_operator else result.p_printed


def _details(claim: Claim) -> str:
    found = []
    for name in DETAILS:
        value: Any = claim
        for step in name.split("."):
            value = getattr(value, step)
        if value not in (None, ""):
            found.append(f"{name.rpartition('.')[2].replace('_', ' ')}: {_text(value)}")
    steps = (printed_facts(step) for step in claim.steps)
    found += ["dose " + ", ".join(f"{k} {_text(v)}" for k, v in step.items()) for step in steps]
    return "; ".join(found)


@dataclass(frozen=True)
class StudyReading:
    """What one reader took from the sources about one study; ``path`` is its file."""

    path: Path
    study: StudyRecord
    is_draft: bool
    readings: tuple[Reading, ...]

    @property
    def reports(self) -> list[Report]:
        """The places that were read, in the order of the file."""
        return self.study.reports

    def block(self, reading: Reading) -> ClaimBlock:
        """Return the block that a claim is in."""
        return self.reports[reading.report].claims[reading.block]


@dataclass(frozen=True)
class Reader:
    """All that one reader read."""

    path: Path
    files: tuple[StudyReading, ...]
    vocabulary: Vocabulary = field(repr=False)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """The claims of all files."""
        return tuple(reading for file in self.files for reading in file.readings)


def read_reader(path: Path, root: Path) -> Reader:
    """Read a file of drafts, a study's record, a folder of such files, or an evidence base.

    ``root`` is the evidence base whose vocabulary files and plain folders use.

    Raises:
        InputError: a folder has no such file.
        RecordError: with every problem of every file.
    """
    if path.is_dir() and (path / "evidence").is_dir():
        return _read_base(path)
    records = _empty(root)
    paths = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not paths:
        raise InputError(f"{path} has neither evidence/ nor a file in .yaml")
    names = [one.stem if path.is_dir() else "" for one in paths]
    files = [_read_file(one, name, records) for one, name in zip(paths, names, strict=True)]
    return Reader(path, tuple(files), records.vocabulary)


def read_content(data: Mapping[str, Any], path: Path, root: Path) -> StudyReading:
    """Return the reading that the content of a file is; problems name ``path``.

    Raises:
        RecordError: it is neither drafts nor a record of a study.
    """
    return _reading(data, path, "", _empty(root))


def _empty(root: Path) -> Records:
    return Records(root, load_dataset(root), load_vocabulary(root), {}, {}, {}, {})


def _read_base(root: Path) -> Reader:
    records = _empty(root)
    loader = RecordLoader(root, records.vocabulary)
    studies = loader.load_folder(root / "evidence" / "studies", StudyRecord)
    drafts = {
        path.stem: loader.load_file(path, DraftsFile)
        for path in sorted((root / "evidence" / "drafts").glob("*.yaml"))
    }
    if loader.problems:
        raise RecordError(loader.problems)
    files = [
        _with_claims(record_file(root, "studies", name), study, name, records, is_draft=False)
        for name, study in studies.items()
    ]
    for name, file in drafts.items():
        study = as_study(studies.get(name) or _unknown_study(), file or DraftsFile())
        path = record_file(root, "drafts", name)
        files.append(_with_claims(path, study, name, records, is_draft=True))
    return Reader(root, tuple(files), records.vocabulary)


def _read_file(path: Path, study: str, records: Records) -> StudyReading:
    return _reading(read_mapping(path), path, study, records)


def _reading(data: Mapping[str, Any], path: Path, study: str, records: Records) -> StudyReading:
    if "design" in data or "id" in data:
        record = _validated(data, StudyRecord, path, records)
        return _with_claims(path, record, study, records, is_draft=False)
    drafts = _validated(data, DraftsFile, path, records)
    record = as_study(_unknown_study(), drafts)
    return _with_claims(path, record, study, records, is_draft=True)


def _validated(data: Mapping[str, Any], model: type[M], path: Path, records: Records) -> M:
    try:
        return model.model_validate(data, context={"vocabulary": records.vocabulary})
    except ValidationError as error:
        raise RecordError(validation_problems(error, path)) from error


def _unknown_study() -> StudyRecord:
    """Return the study of a file of drafts alone: only its name is missing for its claims."""
    name = "unknown"
    return StudyRecord(id=name, name=name, title=name, design=Design(kind=name), population=name)


def _with_claims(
    path: Path, study: StudyRecord, name: str, records: Records, *, is_draft: bool
) -> StudyReading:
    """Return a study with its claims; ``name`` is empty where two files are compared."""
    return StudyReading(path, study, is_draft, tuple(_readings(study, name, records)))


def _readings(study: StudyRecord, name: str, records: Records) -> Iterator[Reading]:
    claims = iter(block_claims(study, records))
    for number, report in enumerate(study.reports):
        for position, block in enumerate(report.claims):
            names = iter(block.values)
            for claim in next(claims):
                yield Reading(name, number, position, next(names, ""), claim)
