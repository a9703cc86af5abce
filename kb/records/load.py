"""Load the records of an evidence base, reporting every problem of the run at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from kb.errors import NotFoundError, Problem, RecordError
from kb.records.codes import Code, load_codes
from kb.records.integrity import IdIndex, reference_problems, study_problems
from kb.records.paths import is_there, record_file, record_ids
from kb.records.problems import validation_problems
from kb.records.schema import StudyRecord
from kb.records.shared_schema import (
    AdjudicationsFile,
    DatasetRecord,
    FormerlyFile,
    PublicationRecord,
    PublicationsFile,
    SourceRecord,
)
from kb.records.vocabulary import Vocabulary
from kb.records.yaml import MAX_BYTES, MAX_PUBLICATIONS_BYTES, read_mapping

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Records:
    """The records that curators wrote, each kind by id."""

    root: Path
    dataset: DatasetRecord
    vocabulary: Vocabulary
    publications: Mapping[str, PublicationRecord]
    sources: Mapping[str, SourceRecord]
    studies: Mapping[str, StudyRecord]
    adjudications: Mapping[str, AdjudicationsFile]
    """By the id of the study that they are about."""
    formerly: Mapping[str, str] = field(default_factory=dict)
    """Former addresses of pages, such as ``study/old``, and their present ones."""
    codes: Mapping[str, list[Code]] = field(default_factory=dict)
    """Codes of other terminologies, by concept, such as ``drug:inotuzumab``."""


def load_records(root: Path) -> Records:
    """Read and check ``evidence/`` and ``ontology/`` of a project folder.

    Raises:
        RecordError: with every problem found in every file, each with file, line and field.
    """
    shared, loader = load_shared(root)
    studies = loader.load_folder(root / "evidence" / "studies", StudyRecord)
    records = replace(shared, studies=studies)
    references = reference_problems(records, frozenset(loader.broken))
    if problems := [*loader.problems, *references]:
        raise RecordError(problems)
    return records


def load_study(root: Path, study: str) -> Records:
    """Read and check one study, its sources and the publications, and no other study.

    Raises:
        NotFoundError: no such study; names the nearest one.
        RecordError: with the problems of the files that are read.
    """
    ids = frozenset(record_ids(root, "studies"))
    if study not in ids:
        raise NotFoundError.of("study", study, ids)
    partial, loader = load_studies(root, [study])
    records = replace(partial, publications=loader.load_publications())
    index = IdIndex(records, frozenset(loader.broken), ids)
    record = records.studies.get(study)
    references = study_problems(study, record, records, index) if record else ()
    if problems := [*loader.problems, *references]:
        raise RecordError(problems)
    return records


def load_studies(root: Path, ids: Iterable[str]) -> tuple[Records, RecordLoader]:
    """Read some studies and their sources, without checking references.

    Returns:
        The valid records, and the loader with the problems of the others.

    Raises:
        RecordError: the dataset's record or the vocabulary, which all need, has problems.
    """
    loader = _loader(root)
    studies = loader.load_each({i: record_file(root, "studies", i) for i in ids}, StudyRecord)
    used = sorted({report.source for study in studies.values() for report in study.reports})
    files = {source: record_file(root, "sources", source) for source in used}
    sources = loader.load_each({i: p for i, p in files.items() if is_there(p)}, SourceRecord)
    records = Records(root, load_dataset(root), loader.vocabulary, {}, sources, studies, {})
    return records, loader


def load_shared(root: Path) -> tuple[Records, RecordLoader]:
    """Read everything but the studies, without checking references.

    Returns:
        The valid records, and the loader with the problems of the others, to read studies with.

    Raises:
        RecordError: the dataset's record or the vocabulary, which all need, has problems.
    """
    loader = _loader(root)
    publications = loader.load_publications()
    sources = loader.load_folder(root / "evidence" / "sources", SourceRecord)
    adjudications = loader.load_folder(root / "evidence" / "adjudications", AdjudicationsFile)
    path = record_file(root, "formerly")
    file = loader.load_file(path, FormerlyFile) if is_there(path) else None
    records = Records(
        root,
        load_dataset(root),
        loader.vocabulary,
        publications,
        sources,
        {},
        adjudications,
        file.formerly if file else {},
        loader.load_codes(),
    )
    return records, loader


def load_dataset(root: Path) -> DatasetRecord:
    """Read ``evidence/dataset.yaml``: the base IRI and the name of the evidence base.

    Raises:
        RecordError: with every problem of the file.
    """
    path = record_file(root, "dataset")
    data = read_mapping(path, root)
    try:
        return DatasetRecord.model_validate(data)
    except ValidationError as error:
        raise RecordError(validation_problems(error, path)) from error


def load_vocabulary(root: Path) -> Vocabulary:
    """Read ``ontology/`` of a project folder.

    Raises:
        RecordError: the dataset's record, which has the base IRI, or the ontology has problems.
    """
    return Vocabulary.load(root / "ontology", load_dataset(root).base)


class RecordLoader:
    """Reads record files, returns the valid records and collects the problems of the others."""

    def __init__(self, root: Path, vocabulary: Vocabulary) -> None:
        """Read files below ``root`` and check terms against ``vocabulary``."""
        self.root = root
        self.vocabulary = vocabulary
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        """The ids of records with problems; references to them are not problems as well."""

    def load_file(self, path: Path, model: type[M], limit: int = MAX_BYTES) -> M | None:
        """Return the record of a file of at most ``limit`` bytes, or None if it has problems."""
        try:
            data = read_mapping(path, self.root, limit)
            return model.model_validate(data, context={"vocabulary": self.vocabulary})
        except RecordError as error:
            self.problems += error.problems
        except ValidationError as error:
            self.problems += validation_problems(error, path)
        self.broken.add(path.stem)
        return None

    def load_record(self, path: Path, model: type[M]) -> M | None:
        """Return the record of a file as ``load_file`` does; its id must be the file's name."""
        record = self.load_file(path, model)
        name = getattr(record, "id", path.stem)
        if name != path.stem:
            expected = f"the file's own name, {path.stem!r}"
            self.problems.append(Problem(str(path), 1, "id", name, expected, path.stem))
        return record

    def load_each(self, files: Mapping[str, Path], model: type[M]) -> dict[str, M]:
        """Return the valid records of some files, by id."""
        records = {name: self.load_record(path, model) for name, path in files.items()}
        return {name: record for name, record in records.items() if record is not None}

    def load_folder(self, directory: Path, model: type[M]) -> dict[str, M]:
        """Return the valid records of a folder, by id, which is the name of the file."""
        for path in sorted(directory.glob("*.yml")):
            name = path.with_suffix(".yaml").name
            self.problems.append(Problem(str(path), 0, "", path.name, "a name in .yaml", name))
        return self.load_each({p.stem: p for p in sorted(directory.glob("*.yaml"))}, model)

    def load_codes(self) -> Mapping[str, list[Code]]:
        """Return the codes of other terminologies; none if their file has problems."""
        try:
            return load_codes(self.root, self.vocabulary)
        except RecordError as error:
            self.problems += error.problems
            return {}

    def load_publications(self) -> Mapping[str, PublicationRecord]:
        """Return all publications, which share one file; none if it has problems."""
        path = record_file(self.root, "publications")
        file = self.load_file(path, PublicationsFile, MAX_PUBLICATIONS_BYTES)
        return file.publications if file else {}


def _loader(root: Path) -> RecordLoader:
    return RecordLoader(root, load_vocabulary(root))
