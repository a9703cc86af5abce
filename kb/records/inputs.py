"""Digests of the inputs of a build or a store: software, ontology, records and texts."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from kb.util.hashing import digest, digest_of_files, files_below

_SKIPPED: Final = ("__pycache__", "node_modules")


def of_inputs(root: Path, themes: Iterable[Path], texts: Path | None) -> tuple[str, str]:
    """Return the digest of all inputs of a build or a store, and that of all but the records.

    Args:
        root: the project, with ``evidence/`` and ``ontology/``.
        themes: the folders with templates, pages, theme and front end.
        texts: the folder with the texts of the sources, if they are used.
    """
    package = Path(__file__).parents[1]
    software = digest_of_files(package, files_below(package, _SKIPPED))
    theme = [digest_of_files(folder, files_below(folder, _SKIPPED)) for folder in themes]
    ontology = digest_of_files(root, files_below(root / "ontology"))
    settings = digest(software, _installed(), theme, ontology)
    evidence = digest_of_files(root, files_below(root / "evidence"))
    of_texts = digest_of_files(texts, files_below(texts)) if texts else ""
    return digest(settings, evidence, of_texts), settings


def _installed() -> list[str]:
    """Return the names and versions of all packages, as their folders of metadata are called."""
    return sorted({path.name for place in sys.path for path in Path(place).glob("*.dist-info")})


def changed_at(root: Path, texts: Path | None) -> float:
    """Return when records, ontology or texts last changed, in seconds since the epoch."""
    folders = (root / "evidence", root / "ontology", *([texts] if texts else []))
    return max(path.stat().st_mtime for folder in folders for path in files_below(folder))
