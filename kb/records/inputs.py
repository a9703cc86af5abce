"""Digests of the inputs of a build or a store: software, ontology, records and texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from kb.util.hashing import digest, digest_of_files, files_below

_SKIPPED: Final = ("__pycache__", "node_modules")
_NAME: Final = re.compile(r"[^A-Za-z0-9._-]")
_FOR_CHECKS: Final = re.compile(r"extra == ['\"](dev|bench)['\"]")


def digest_of_inputs(root: Path, themes: Iterable[Path], texts: Path | None) -> str:
    """Return the digest of all inputs of a build or a store.

    Args:
        root: the project, with ``evidence/`` and ``ontology/``.
        themes: the folders with templates, pages, theme and front end.
        texts: the folder with the texts of the sources, if they are used.
    """
    package = Path(__file__).parents[1]
    folders = [package, *themes, root / "ontology", root / "evidence", *([texts] if texts else [])]
    files = [digest_of_files(folder, files_below(folder, _SKIPPED)) for folder in folders]
    return digest(installed_packages(), files)


def installed_packages() -> dict[str, str]:
    """Return the versions of the packages that builds may use, "" for what is not installed.

    Packages for the development of kb are left out: installing them does not cause a new build.
    """
    try:
        wanted = [line for line in requires("kb-evidence") or () if not _FOR_CHECKS.search(line)]
    except PackageNotFoundError:  # run from a folder that is not installed
        wanted = []
    return {
        name: _version(name)
        for name in sorted({_NAME.split(line, maxsplit=1)[0] for line in wanted})
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def stamp_of_inputs(root: Path, texts: Path | None) -> str:
    """Return what changes whenever a file of the records, the ontology or the texts does.

    Unlike a digest of their contents it costs next to nothing, and unlike the time of the last
    change it does not depend on a clock.
    """
    folders = (root / "evidence", root / "ontology", *([texts] if texts else []))
    stats = ((path, path.stat()) for folder in folders for path in files_below(folder))
    return digest([(str(path), s.st_size, s.st_mtime_ns, s.st_ino) for path, s in stats])
