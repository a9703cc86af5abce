"""The manifest of a build: what it was made of, and the digest of every file that it made.

It tells the next build what it need not make again, and anybody whether a build is complete.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from kb.util.hashing import digest_of_file, files_below

NAME: Final = "manifest.json"


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
