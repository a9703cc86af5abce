"""Where the files of an evidence base are."""

from __future__ import annotations

import os
from pathlib import Path

from kb.errors import UnavailableError


def find_root(start: Path | None = None) -> Path:
    """Return the project folder: ``KB_ROOT``, or the nearest with ``evidence/`` and ``ontology/``.

    Looks in the working folder, then in its parents.

    Args:
        start: where to look instead of the working folder.

    Raises:
        UnavailableError: neither the folder nor any of its parents is a project.
    """
    if named := os.environ.get("KB_ROOT"):
        return Path(named)
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "evidence").is_dir() and (folder / "ontology").is_dir():
            return folder
    raise UnavailableError(
        f"no evidence base in {here} or its parents: a folder with evidence/ and ontology/ is "
        "needed; name it with --root or KB_ROOT"
    )


def study_file(root: Path, study: str) -> Path:
    """Return the path of a study's record."""
    return root / "evidence" / "studies" / f"{study}.yaml"


def source_file(root: Path, source: str) -> Path:
    """Return the path of a source's record."""
    return root / "evidence" / "sources" / f"{source}.yaml"


def adjudications_file(root: Path, study: str) -> Path:
    """Return the path of the adjudications of a study."""
    return root / "evidence" / "adjudications" / f"{study}.yaml"


def publications_file(root: Path) -> Path:
    """Return the path of the file with all publications."""
    return root / "evidence" / "publications.yaml"


def formerly_file(root: Path) -> Path:
    """Return the path of the file with former addresses, which need not exist."""
    return root / "evidence" / "formerly.yaml"


def record_ids(root: Path, folder: str) -> list[str]:
    """Return the ids of the records in a folder of ``evidence/``, sorted.

    >>> "tower" in record_ids(find_root(), "studies")
    True
    """
    return sorted(path.stem for path in (root / "evidence" / folder).glob("*.yaml"))
