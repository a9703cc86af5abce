"""Digests of all inputs of a build or a store: software, ontology, records and texts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from kb.util.hashing import digest, digest_of_files, files_below

_NAME: Final = re.compile(r"[^A-Za-z0-9._-]")

_FOR_CHECKS: Final = re.compile(r"extra == ['\"](dev|bench)['\"]")

_SKIPPED: Final = ("__pycache__", "node_modules")


def of_inputs(root: Path, themes: Iterable[Path], texts: Path | None) -> tuple[str, str]:
    """Return the digests of all that a build of a project is made of, and of its settings.

    Args:
        root: the project, with ``evidence/`` and ``ontology/``.
        themes: the folders with templates, pages, theme and front end.
        texts: the folder with the texts of the sources, if they are read.
    """
    package = Path(__file__).parents[1]
    software = digest_of_files(package, files_below(package, _SKIPPED))
    theme = [digest_of_files(folder, files_below(folder, _SKIPPED)) for folder in themes]
    ontology = digest_of_files(root, files_below(root / "ontology"))
    settings = digest(software, _libraries(), theme, ontology)
    evidence = digest_of_files(root, files_below(root / "evidence"))
    read = digest_of_files(texts, files_below(texts)) if texts else ""
    return digest(settings, evidence, read), settings


def _libraries() -> dict[str, str]:
    """Return the versions of the libraries that builds may use; "" for what is not installed."""
    said = (line for line in requires("kb") or () if not _FOR_CHECKS.search(line))
    names = {_NAME.split(line, maxsplit=1)[0] for line in said}
    return {name: _version(name) for name in sorted(names)}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def changed_at(root: Path, texts: Path | None) -> float:
    """Return when the records, the ontology or the texts last changed, in seconds of the epoch."""
    folders = (root / "evidence", root / "ontology", *([texts] if texts else []))
    return max(path.stat().st_mtime for folder in folders for path in files_below(folder))
