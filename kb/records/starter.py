"""The evidence base that ``kb init`` writes, and the defaults of a base without its own.

``kb/starter`` has what is its own. The general vocabulary (classes, shapes, units, statistics,
words, events, designs, reasons) is copied from the ``ontology/`` of this software: there is one
source of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from kb.errors import Problem, RecordError, UnavailableError
from kb.records.shared_schema import DatasetRecord
from kb.records.yaml import parse_mapping

STARTER: Final = Path(__file__).parents[1] / "starter"
GENERAL: Final = ("kb", "shapes", "statistics", "units", "words", "events", "designs", "reasons")
"""The files of the vocabulary that do not depend on the disease."""
_DATASET: Final = "evidence/dataset.yaml"
_RENAMED: Final = {
    "gitignore": ".gitignore",  # git would read a file of that name here
    "ci/evidence.yml": ".github/workflows/evidence.yml",
}


def general_files() -> tuple[Path, ...]:
    """Return the files of the general vocabulary.

    A wheel carries them in ``kb/starter/ontology``; a checkout has them in ``ontology/``.

    >>> [path.name for path in general_files()][:2]
    ['kb.ttl', 'shapes.ttl']

    Raises:
        UnavailableError: they are not there.
    """
    for folder in (STARTER / "ontology", STARTER.parents[1] / "ontology"):
        files = tuple(folder / f"{name}.ttl" for name in GENERAL)
        if all(path.is_file() for path in files):
            return files
    raise UnavailableError(f"the general vocabulary is missing from {STARTER}: install kb again")


def write_starter(folder: Path, title: str, base: str) -> None:
    """Write an evidence base with one invented study.

    Args:
        folder: a folder that is new or empty.
        title: what the evidence base is called.
        base: the IRI that all of its IRIs begin with.

    Raises:
        RecordError: the title or the base does not fit; nothing is written.
        UnavailableError: the folder cannot be written.
    """
    files = _files() | _filled(title, base)
    try:
        for name, content in files.items():
            target = folder / _RENAMED.get(name, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise UnavailableError(f"cannot write {folder}: {error}") from error


def _files() -> dict[str, bytes]:
    paths = {
        path.relative_to(STARTER).as_posix(): path for path in STARTER.rglob("*") if path.is_file()
    }
    paths |= {f"ontology/{path.name}": path for path in general_files()}
    return {name: path.read_bytes() for name, path in sorted(paths.items())}


def _filled(title: str, base: str) -> dict[str, bytes]:
    """Return the files with the title or the base in them, filled in."""
    quoted = {_DATASET: json.dumps(title, ensure_ascii=False)}
    texts = {
        name: (STARTER / name)
        .read_text(encoding="utf-8")
        .replace("{title}", quoted.get(name, title))
        .replace("{base}", base)
        for name in ("README.md", _DATASET, "ontology/mappings.sssom.tsv")
    }
    try:
        DatasetRecord.model_validate(parse_mapping(texts[_DATASET], Path(_DATASET)))
    except ValidationError as error:
        raise RecordError(
            Problem(f"--{one['loc'][0]}", 0, "", str(one["input"]), _expected(one["msg"]))
            for one in error.errors()
        ) from error
    return {name: text.encode() for name, text in texts.items()}


def _expected(message: str) -> str:
    return (
        "one line of up to 200 characters"
        if "String" in message
        else message.removeprefix("Value error, ")
    )
