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


def stamp_of_inputs(root: Path, texts: Path | None) -> str:
    """Return what changes whenever a file of the records, the ontology or the texts does.

    Unlike a digest of their contents it costs next to nothing, and unlike the time of the last
    change it does not depend on a clock.
    """
    folders = (root / "evidence", root / "ontology", *([texts] if texts else []))
    stats = ((path, path.stat()) for folder in folders for path in files_below(folder))
    return digest([(str(path), s.st_size, s.st_mtime_ns, s.st_ino) for path, s in stats])
