"""The file of drafts of one study: ``evidence/drafts/<study>.yaml``.

It has the form of a study's ``reports:``; each block also says how sure its draft is, and why.
``groups:`` has the groups that the study's record lacks, ``columns:`` whose figures each column
of the tables has, ``suggestions:`` figures in running text that are no claims yet. Nothing of it
is in the dataset: only ``evidence/studies`` is read there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from kb.drafts.flow import flow
from kb.errors import RecordError
from kb.records.fields import GroupName, Label, Line, Printed, Slug, StrictModel
from kb.records.load import RecordLoader
from kb.records.paths import record_file
from kb.records.schema import ClaimBlock, Endpoint, GroupRecord, Report, Statistic, StudyRecord
from kb.records.vocabulary import Vocabulary
from kb.util.atomic import write_atomically

Sureness = Literal["sure", "likely", "unsure"]
SURENESS: Final[tuple[Sureness, ...]] = ("sure", "likely", "unsure")
OWN_FIELDS: Final = frozenset({"sure", "why"})
"""What a block of drafts has besides the fields of a claim block."""


class DraftBlock(ClaimBlock):
    """A claim block that is proposed."""

    sure: Sureness = "unsure"
    why: Line | None = Field(None, description="what the draft rests on, in a few words")


class DraftReport(Report):
    """What is proposed for one place of a source."""

    claims: Annotated[list[DraftBlock], Field(min_length=1)]  # type: ignore[assignment]


class Suggestion(StrictModel):
    """Figures of running text near the name of an endpoint; what is not known is left open."""

    source: Slug
    at: Label
    endpoint: Endpoint
    printed: Printed
    statistic: Statistic | None = None
    time: Line | None = None
    groups: list[GroupName] = Field(default_factory=list)


class DraftsFile(StrictModel):
    """The drafts of one study; the file is named by the study's id."""

    columns: dict[Label, GroupName | None] = Field(default_factory=dict)
    groups: dict[GroupName, GroupRecord] = Field(default_factory=dict)
    reports: list[DraftReport] = Field(default_factory=list)
    suggestions: list[Suggestion] = Field(default_factory=list)


def drafts_file(root: Path, study: str) -> Path:
    """Return the path of the drafts of a study.

    >>> drafts_file(Path("project"), "tower").as_posix()
    'project/evidence/drafts/tower.yaml'
    """
    return record_file(root, "drafts", study)


def read_drafts(root: Path, study: str, vocabulary: Vocabulary) -> DraftsFile:
    """Read the drafts of a study; there are none if it has no file.

    Raises:
        RecordError: with every problem of the file.
    """
    path = drafts_file(root, study)
    if not path.exists():
        return DraftsFile()
    loader = RecordLoader(root, vocabulary)
    file = loader.load_file(path, DraftsFile)
    if file is None:
        raise RecordError(loader.problems)
    return file


def as_study(study: StudyRecord, drafts: DraftsFile) -> StudyRecord:
    """Return a study that has the drafts' groups with its own, and the drafts for its reports."""
    groups = {**drafts.groups, **study.groups}
    return study.model_copy(update={"groups": groups, "reports": list(drafts.reports)})


def groups_of(block: Mapping[str, Any]) -> set[str]:
    """Return the groups of a block as plain data, and those that their names are within.

    >>> sorted(groups_of({"values": {"drug.women": 8}, "comparison": {"of": "low"}}))
    ['drug', 'drug.women', 'low']
    """
    comparison = block.get("comparison", {})
    names = [*block.get("values", {}), comparison.get("of"), comparison.get("versus")]
    given = {str(name) for name in (*names, block.get("group")) if name}
    return {*given, *(name[:i] for name in given for i, char in enumerate(name) if char == ".")}


_HEADER: Final = """\
# Drafts of claims about the study, made by `kb draft`. They are in no dataset. Correct them here,
# check them with `kb verify --drafts`, and move them into the record with `kb draft --accept`.
"""


def write_drafts(root: Path, study: str, content: Mapping[str, Any]) -> Path:
    """Write the drafts of a study, given as plain data of the form of ``DraftsFile``."""
    path = drafts_file(root, study)
    text = _HEADER + "".join(f"{line}\n" for line in _lines(content))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [text.encode()])
    return path


def _lines(content: Mapping[str, Any]) -> Iterator[str]:
    for name in ("columns", "groups"):
        if given := content.get(name):
            yield f"{name}:"
            yield from (f"  {flow(key)}: {flow(value)}" for key, value in given.items())
    if reports := content.get("reports"):
        yield "reports:"
        for report in reports:
            yield from report_lines(report, "  ")
    if suggestions := content.get("suggestions"):
        yield "suggestions:"
        yield from (f"  - {flow(one)}" for one in suggestions)
    if not any(content.values()):
        yield "reports: []"  # a file without a field could not be read again


def report_lines(report: Mapping[str, Any], indent: str) -> Iterator[str]:
    r"""Yield the lines of a report in the form of the records, each block on its line.

    >>> block = {"endpoint": "OS", "printed": "7.7", "values": {"drug": 8}}
    >>> print(*report_lines({"source": "low", "at": "3.2", "claims": [block]}, ""), sep="\n")
    - source: low
      at: "3.2"
      claims:
        - {endpoint: OS, printed: "7.7", values: {drug: 8}}
    """
    first = "- "
    for name, value in report.items():
        if name != "claims":
            yield f"{indent}{first}{name}: {flow(value)}"
            first = "  "
    yield f"{indent}  claims:"
    yield from claim_lines(report["claims"], f"{indent}    ")


def claim_lines(claims: Iterable[Mapping[str, Any]], indent: str) -> Iterator[str]:
    """Yield the line of each block."""
    yield from (f"{indent}- {flow(block)}" for block in claims)
