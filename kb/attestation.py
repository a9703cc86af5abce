"""Attestations: for each source, the digest of its claims when they were last verified.

Texts of papers are not part of a project. Who builds without them still sees what was
verified, as long as no claim has changed since.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from kb._replacing import write_whole
from kb.errors import Problem, RecordError
from kb.reading import read_mapping

_HEADER: Final = """\
# For each source: the SHA-256 of all its claims as they stood when `kb verify --record` found
# every one of them in the source's text. A changed claim makes the attestation void.
"""


def attestation_file(root: Path) -> Path:
    """Return where attestations are kept."""
    return root / "evidence" / "verification.yaml"


def read_attestations(root: Path) -> dict[str, str]:
    """Return the digests by source; none when nothing was ever attested.

    Raises:
        RecordError: the file is not a mapping from sources to digests.
    """
    path = attestation_file(root)
    if not path.exists():
        return {}
    data = read_mapping(path, root)
    for source, digest in data.items():
        if not isinstance(digest, str) or len(digest) != 64:
            raise RecordError([Problem(str(path), 0, str(source), str(digest), "a SHA-256")])
    return {str(source): str(digest) for source, digest in data.items()}


def write_attestations(root: Path, digests: dict[str, str]) -> None:
    """Write the digests, sorted by source."""
    lines = (f"{source}: {json.dumps(digest)}\n" for source, digest in sorted(digests.items()))
    write_whole(attestation_file(root), _HEADER + "".join(lines))
