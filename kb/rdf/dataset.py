"""The whole dataset as N-Quads, made study by study so that memory stays bounded.

``dataset`` reads the records one study at a time, for a store on disk or a file. A knowledge base
that holds all records in memory passes them to the same ``dataset_lines``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kb.checks.adjudication import (
    ClaimStatus,
    most_severe,
    values_compared,
    with_adjudications,
    with_their_values,
)
from kb.checks.citations import Key
from kb.errors import RecordError
from kb.model import Claim, Evidence, Study
from kb.rdf.closure import hierarchy_quads
from kb.rdf.discrepancies import citation_quads, discrepancy_quads, status_quads
from kb.rdf.study_checks import CommonInputs, StudyChecks
from kb.rdf.writer import GraphWriter, encoded
from kb.records.expand import expand
from kb.records.integrity import IdIndex, shared_problems, study_problems
from kb.records.load import RecordLoader, Records, load_shared
from kb.records.paths import record_file, record_ids
from kb.records.schema import StudyRecord
from kb.records.yaml import read_mapping


def dataset(root: Path, texts: Path | None = None) -> Iterator[bytes]:
    """Yield the whole dataset as N-Quads in parts of whole lines, reading one study at a time.

    The lines are those of ``KnowledgeBase.nquads``, unsorted. ``texts`` is the folder with the
    texts of the sources, if claims are to be compared with them.

    Raises:
        RecordError: with every problem of the records, at the end; discard what was yielded.

    >>> from kb.records.paths import find_root
    >>> next(dataset(find_root())).startswith(b"<https://")
    True
    """
    shared, loader = load_shared(root)
    names = record_ids(root, "studies")
    ids = IdIndex(shared, frozenset(loader.broken), names)
    loader.problems += shared_problems(shared, ids)
    studies = _read_studies(shared, loader, names, ids)
    if loader.problems:
        list(studies)  # reads them too, and raises: all problems are reported at once
    # Relatives are needed before their turn comes, so every header is read first.
    headers = [header for name in names if (header := _read_header(root, name))]
    inputs = CommonInputs(shared, expand(shared), headers, texts)
    for lines in dataset_lines(inputs, (StudyChecks(inputs, study) for study in studies)):
        yield encoded(lines)


def dataset_lines(inputs: CommonInputs, studies: Iterable[StudyChecks]) -> Iterator[list[str]]:
    """Yield the lines of the dataset: what studies share, each study, and what compares them."""
    writer = GraphWriter(inputs.vocabulary)
    yield [*writer.shared(inputs.shared), *hierarchy_quads(writer)]
    cross_claims: list[Claim] = []
    statuses: dict[Key, ClaimStatus] = {}
    compared: dict[Key, tuple[Key, ...]] = {}
    for study in studies:
        curated = with_adjudications(study.discrepancies, study.evidence.adjudications)
        yield [
            *writer.of_studies(study.evidence),
            *citation_quads(study.settled_claims, {}, inputs.references, writer),
            *writer.verification(study.verifications),
            *discrepancy_quads(curated.discrepancies, writer),
        ]
        cross_claims += study.cross_claims
        statuses |= curated.standings
        compared |= values_compared(study.evidence.claims)
    curated = with_adjudications(inputs.across(cross_claims), inputs.shared.adjudications)
    for key, status in curated.standings.items():
        statuses[key] = most_severe((status, statuses.get(key, ClaimStatus.UNCONTESTED)))
    statuses = with_their_values(statuses, compared)
    yield [
        *citation_quads(cross_claims, curated.numbers_meant, inputs.references, writer),
        *discrepancy_quads(curated.discrepancies, writer),
        *status_quads(statuses, writer),
    ]


def _read_studies(
    shared: Records, loader: RecordLoader, names: Sequence[str], ids: IdIndex
) -> Iterator[Evidence]:
    """Yield the evidence of each study up to the first problem, then read on for further ones."""
    for name in names:
        record = loader.load_record(record_file(shared.root, "studies", name), StudyRecord)
        if record is None:
            continue
        problems = list(study_problems(name, record, shared, ids))
        loader.problems += problems
        if problems:
            continue
        try:
            evidence = expand(_with_study(shared, name, record))
        except RecordError as error:
            loader.problems += error.problems
        if not loader.problems:
            yield evidence
    if loader.problems:
        raise RecordError(loader.problems)


def _with_study(shared: Records, name: str, study: StudyRecord) -> Records:
    """Return the records that the evidence of one study is made of."""
    used = {report.source for report in study.reports}
    return replace(
        shared,
        publications={},
        sources={n: shared.sources[n] for n in sorted(used & shared.sources.keys())},
        studies={name: study},
        adjudications={n: file for n, file in shared.adjudications.items() if n == name},
    )


class _StudyHeader(BaseModel):
    """The fields of a study that the checks of other studies use; the others are ignored."""

    model_config = ConfigDict(defer_build=True)  # most programs never read one

    name: str
    analysis_of: list[str] = []
    publications: list[str] = []


def _read_header(root: Path, name: str) -> Study | None:
    """Return a study without its claims, or None if its record has problems, reported later."""
    try:
        header = _StudyHeader.model_validate(read_mapping(record_file(root, "studies", name), root))
    except (RecordError, ValidationError):
        return None
    return Study(
        name,
        header.name,
        title="",
        kind="",
        population="",
        analysis_of=tuple(header.analysis_of),
        publications=tuple(header.publications),
    )
