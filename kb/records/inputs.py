"""Digests of the inputs of a build or a store: software, ontology, records and texts."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from kb.util.hashing import digest, digest_of_files, files_below

_SKIPPED: Final = ("__pycache__", "node_modules")


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
    return digest(_installed(), files)


def _installed() -> list[str]:
    """Return the names and versions of all packages, as their folders of metadata are called."""
    return sorted({path.name for place in sys.path for path in Path(place).glob("*.dist-info")})


def changed_at(root: Path, texts: Path | None) -> float:
    """Return when records, ontology or texts last changed, in seconds since the epoch."""
    folders = (root / "evidence", root / "ontology", *([texts] if texts else []))
    # A file that is removed or renamed changes only the time of its folder.
    paths = (p for folder in folders for p in (folder, *folder.rglob("*/"), *files_below(folder)))
    return max(path.stat().st_mtime for path in paths)
