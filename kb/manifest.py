"""The manifest of a build: what it was made of, and the digest of every file that it made.

It tells the next build what it need not make again, and anybody whether a build is complete.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Final

from kb.digests import digest, digest_of_file, digest_of_files, files_below

NAME: Final = "manifest.json"
_NAME: Final = re.compile(r"[^A-Za-z0-9._-]")
_FOR_CHECKS: Final = re.compile(r"extra == ['\"](dev|bench)['\"]")
_SKIPPED: Final = ("__pycache__", "node_modules")


@dataclass(frozen=True)
class Summary:
    """What a build says of itself: how much it holds, and which judgements are stale."""

    counts: Mapping[str, int]
    stale: Sequence[str]


@dataclass(frozen=True)
class Manifest:
    """What a build was made of, as SHA-256 digests.

    ``inputs`` goes over everything; ``settings`` over all but the evidence: software, ontology
    and theme. ``made_of`` has, for pages and files that say so, what each was made of; ``files``
    what each file of the build holds.
    """

    inputs: str
    settings: str
    made_of: Mapping[str, str]
    files: Mapping[str, str]
    summary: Summary


def of_inputs(root: Path, themes: Iterable[Path], texts: Path | None) -> tuple[str, str]:
    """Return the digests of all that a build of a project is made of, and of its settings.

    Args:
        root: the project, with ``evidence/`` and ``ontology/``.
        themes: the folders with templates, pages, theme and front end.
        texts: the folder with the texts of the sources, if they are read.
    """
    package = Path(__file__).parent
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


def read(build: Path) -> Manifest | None:
    """Return the manifest of a build; nothing if it has none, or if it cannot be read."""
    try:
        said = json.loads((build / NAME).read_text(encoding="utf-8"))
        return Manifest(**said | {"summary": Summary(**said["summary"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write(build: Path, manifest: Manifest) -> None:
    """Write the manifest of a build whose files are all there."""
    made = replace(manifest, made_of=dict(sorted(manifest.made_of.items())))
    text = json.dumps(asdict(made), indent=0, ensure_ascii=False)
    (build / NAME).write_text(f"{text}\n", encoding="utf-8")


def is_intact(build: Path, manifest: Manifest) -> bool:
    """Say whether a build holds exactly the files of its manifest, each as it was made."""
    return digests(build) == manifest.files


def digests(build: Path, known: Mapping[int, str] | None = None) -> dict[str, str]:
    """Return the digest of each file of a build, by its place.

    Args:
        build: the folder of the build.
        known: digests by the number of the file on this disk, for files that need not be read.
    """
    paths = ((path.relative_to(build).as_posix(), path) for path in files_below(build))
    read = ((name, path) for name, path in paths if name != NAME)
    if known is None:
        return {name: digest_of_file(path) for name, path in read}
    return {name: known.get(path.stat().st_ino) or digest_of_file(path) for name, path in read}
