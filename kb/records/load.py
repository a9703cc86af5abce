"""Load all records of an evidence base, reporting every problem of the run at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError

from kb.errors import (
    NotFoundError,
    Problem,
    RecordError,
    UnavailableError,
    nearest,
    shorten,
)
from kb.records.fields import PATTERNS
from kb.records.integrity import IdIndex, reference_problems, study_problems
from kb.records.schema import (
    AdjudicationsFile,
    DatasetRecord,
    FormerlyFile,
    PublicationRecord,
    PublicationsFile,
    SourceRecord,
    StudyRecord,
)
from kb.records.vocabulary import Vocabulary
from kb.records.yaml import MAX_BYTES, MAX_BYTES_OF_ALL, Lines, Loc, read_mapping

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Records:
    """Everything a curator wrote, read and checked."""

    root: Path
    dataset: DatasetRecord
    vocabulary: Vocabulary
    publications: Mapping[str, PublicationRecord]
    sources: Mapping[str, SourceRecord]
    studies: Mapping[str, StudyRecord]
    adjudications: Mapping[str, AdjudicationsFile]
    formerly: Mapping[str, str] = field(default_factory=dict)
    """Addresses that things had before, such as ``study/old``, and what they are now."""

    @cached_property
    def files(self) -> dict[str, Path]:
        """The file of every record, by ``study/<id>``, ``source/<id>``, ``adjudications/<id>``."""
        ways = (
            ("study", study_file, self.studies),
            ("source", source_file, self.sources),
            ("adjudications", adjudications_file, self.adjudications),
        )
        return {f"{kind}/{n}": file(self.root, n) for kind, file, names in ways for n in names}


def study_file(root: Path, name: str) -> Path:
    """Return where the record of a study lies."""
    return root / "evidence" / "studies" / f"{name}.yaml"


def source_file(root: Path, name: str) -> Path:
    """Return where the record of a source lies."""
    return root / "evidence" / "sources" / f"{name}.yaml"


def adjudications_file(root: Path, name: str) -> Path:
    """Return where the adjudications of a study lie."""
    return root / "evidence" / "adjudications" / f"{name}.yaml"


def load_records(root: Path) -> Records:
    """Read ``evidence/`` and ``ontology/`` of a project folder.

    Raises:
        RecordError: with every problem found in every file, each with file, line and field.
    """
    shared, reader = load_shared(root)
    studies = reader.folder(root / "evidence" / "studies", StudyRecord)
    records = replace(shared, studies=studies)
    problems = [
        *reader.problems,
        *locate_problems(records, reference_problems(records, reader.broken)),
    ]
    if problems:
        raise RecordError(problems)
    return records


def find_root(start: Path | None = None) -> Path:
    """Return the project folder: ``KB_ROOT``, or the nearest around the working folder.

    Raises ``UnavailableError`` when no folder with ``evidence/`` and ``ontology/`` is in sight.
    """
    if named := os.environ.get("KB_ROOT"):
        return Path(named)
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "evidence").is_dir() and (folder / "ontology").is_dir():
            return folder
    raise UnavailableError(
        f"no evidence base around {here}: a folder with evidence/ and ontology/ is needed; "
        "name it with --root or KB_ROOT"
    )


def load_study(root: Path, name: str) -> Records:
    """Read one study, with its sources and what they refer to, and no other study.

    Raises:
        NotFoundError: no such study; names the nearest one.
        RecordError: with the problems of the files that are read.
    """
    names = frozenset(names_in(root, "studies"))
    if name not in names:
        raise NotFoundError.of("study", name, names)
    some, reader = load_some(root, [name])
    records = replace(some, publications=reader.publications())
    known = IdIndex(records, names | reader.broken)
    study = records.studies.get(name)
    found = study_problems(name, study, records, known) if study else ()
    if problems := [*reader.problems, *locate_problems(records, found)]:
        raise RecordError(problems)
    return records


def load_some(root: Path, names: Iterable[str]) -> tuple[Records, RecordLoader]:
    """Read some studies and their sources, without looking where they refer to.

    Raises:
        RecordError: with what nothing can be read without: the dataset and the vocabulary.
    """
    dataset = load_dataset(root)
    reader = RecordLoader(root, Vocabulary.load(root / "ontology", dataset.base))
    studies = {name: reader.named(study_file(root, name), StudyRecord) for name in names}
    sound = {name: study for name, study in studies.items() if study is not None}
    used = sorted({report.source for study in sound.values() for report in study.reports})
    files = {source: source_file(root, source) for source in used}
    sources = {n: reader.named(path, SourceRecord) for n, path in files.items() if path.exists()}
    read = {n: source for n, source in sources.items() if source is not None}
    return Records(root, dataset, reader.vocabulary, {}, read, sound, {}), reader


def names_in(root: Path, folder: str) -> list[str]:
    """Return the ids of the records in a folder of ``evidence/``, sorted.

    >>> "tower" in names_in(find_root(), "studies")
    True
    """
    return sorted(path.stem for path in (root / "evidence" / folder).glob("*.yaml"))


def load_shared(root: Path) -> tuple[Records, RecordLoader]:
    """Read everything but the studies; the reader holds what was wrong, and reads them next.

    Raises:
        RecordError: with what nothing can be read without: the dataset and the vocabulary.
    """
    dataset = load_dataset(root)
    reader = RecordLoader(root, Vocabulary.load(root / "ontology", dataset.base))
    publications = reader.publications()
    shared = Records(
        root,
        dataset,
        reader.vocabulary,
        publications,
        reader.folder(root / "evidence" / "sources", SourceRecord),
        {},
        reader.folder(root / "evidence" / "adjudications", AdjudicationsFile),
        _formerly(reader, root / "evidence" / "formerly.yaml"),
    )
    return shared, reader


def _formerly(reader: RecordLoader, path: Path) -> Mapping[str, str]:
    found = reader.one(path, FormerlyFile) if path.exists() else None
    return found.formerly if found else {}


def load_dataset(root: Path) -> DatasetRecord:
    """Read ``evidence/dataset.yaml``: the base IRI and the name of the evidence base."""
    path = root / "evidence" / "dataset.yaml"
    data = read_mapping(path, root)
    try:
        return DatasetRecord.model_validate(data)
    except ValidationError as error:
        raise RecordError(problems_of(error, path)) from error


_MANY: Final = 200
"""So many problems of one file are shown; each costs a search for its line and its word."""


class RecordLoader:
    """Reads files, keeps what is sound and collects what is not."""

    def __init__(self, root: Path, vocabulary: Vocabulary) -> None:
        """Read files of this project in the words of its vocabulary."""
        self.root = root
        self.vocabulary = vocabulary
        self.context = {"vocabulary": vocabulary}
        self.problems: list[Problem] = []
        self.broken: set[str] = set()

    def one(self, path: Path, model: type[M], limit: int = MAX_BYTES) -> M | None:
        """Return the record of a file, or None when it is not sound."""
        try:
            data = read_mapping(path, self.root, limit)
            return model.model_validate(data, context=self.context)
        except RecordError as error:
            self.problems += error.problems
        except ValidationError as error:
            self.problems += problems_of(error, path)
        self.broken.add(path.stem)
        return None

    def publications(self) -> Mapping[str, PublicationRecord]:
        """Return all publications, which stand in one file; none when it is not sound."""
        path = self.root / "evidence" / "publications.yaml"
        file = self.one(path, PublicationsFile, MAX_BYTES_OF_ALL)
        return file.publications if file else {}

    def folder(self, directory: Path, model: type[M]) -> dict[str, M]:
        """Return the sound records of a folder, by the names of their files."""
        found: dict[str, M] = {}
        for path in sorted(directory.glob("*.yml")):
            name = path.with_suffix(".yaml").name
            self.problems.append(Problem(str(path), 0, "", path.name, "a name in .yaml", name))
        for path in sorted(directory.glob("*.yaml")):
            record = self.named(path, model)
            if record is not None:
                found[path.stem] = record
        return found

    def named(self, path: Path, model: type[M]) -> M | None:
        """Return the record of a file, which must bear the file's name."""
        record = self.one(path, model)
        name = getattr(record, "id", path.stem)
        if name != path.stem:
            expected = f"the file's own name, {path.stem!r}"
            self.problems.append(Problem(str(path), 1, "id", name, expected, path.stem))
        return record


def locate_problems(
    records: Records, found: Iterable[tuple[str, Loc, str, str, str]]
) -> Iterator[Problem]:
    """Turn what ``kb.records.integrity`` finds into problems with files and lines."""
    lines: dict[Path, Lines] = {}
    for file, loc, word, expected, near in found:
        path = records.files.get(file, records.root / "evidence" / file)
        line = lines.setdefault(path, Lines(path)).of(loc)
        yield Problem(str(path), line, _field(loc), word, expected, near)


def problems_of(error: ValidationError, path: Path) -> list[Problem]:
    """Turn the errors of one record into problems with the lines they stand on."""
    lines = Lines(path)
    items = error.errors(include_url=False)
    found = [_problem(dict(item), path, lines) for item in items[:_MANY]]
    if len(items) > _MANY:
        more = f"{len(items) - _MANY:,} more mistakes"
        found.append(Problem(str(path), 0, "", more, "a record"))
    return found


def _problem(item: dict[str, Any], path: Path, lines: Lines) -> Problem:
    loc: Loc = tuple(item["loc"])
    context = item.get("ctx", {})
    expected = _EXPECTED.get(item["type"]) or PATTERNS.get(context.get("pattern", ""))
    expected = expected or str(context.get("expected", item["msg"].removeprefix("Value error, ")))
    near = str(context.get("nearest", ""))
    found = _found(item["input"])
    if item["type"] == "extra_forbidden":
        found, expected = str(loc[-1]), "a known field"
        near = nearest(str(loc[-1]), _FIELD_NAMES)
    elif item["type"] == "missing":
        found, expected = "", f"the field {loc[-1]!r}, which is missing"
    return Problem(str(path), lines.of(loc), _field(loc), found, expected, near)


_EXPECTED: Final = {
    "bool_type": "true or false",
    "dict_type": "a mapping of names to values",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_type": "a mapping of fields",
    "string_type": "a text",
    "tuple_type": "a list of two numbers",
}
"""What pydantic's types of errors ask for, in the words of YAML."""


def _found(value: object) -> str:
    """Show a value in the words of YAML."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if value is None or isinstance(value, bool):
        return "nothing" if value is None else str(value).lower()
    return str(value)


def _field(loc: Loc) -> str:
    """Join the steps to a field; a key can be anything, so what is unprintable is escaped."""
    steps = (shorten(str(step)) for step in loc)
    return ".".join(step if step.isprintable() else ascii(step)[1:-1] for step in steps)


def _all_fields() -> frozenset[str]:
    import kb.records.schema as module

    models = (m for m in vars(module).values() if isinstance(m, type) and issubclass(m, BaseModel))
    return frozenset(f.alias or name for m in models for name, f in m.model_fields.items())


_FIELD_NAMES = _all_fields()
