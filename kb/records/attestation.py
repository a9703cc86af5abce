"""Attestations: for each source and study, the digest of its claims when last verified.

The texts of papers are not part of a project. A build without them still shows what was
verified, as long as no claim on the study in that source has changed since.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from kb.errors import Problem, RecordError
from kb.records.paths import is_there
from kb.records.yaml import read_mapping
from kb.util.atomic import write_atomically

_HEADER: Final = """\
# For each source and study: the SHA-256 of all claims as they stood when `kb verify --record`
# found every one of them in the source's text. A changed claim makes its attestation void.
"""

_SHA256: Final = re.compile(r"[0-9a-f]{64}")

Digests = Mapping[str, Mapping[str, str]]
"""SHA-256 digests by source and study."""


def attestation_file(root: Path) -> Path:
    """Return the path of the attestations."""
    return root / "evidence" / "verification.yaml"


def read_attestations(root: Path) -> Digests:
    """Return the digests by source and study; empty when nothing was ever attested.

    Raises:
        RecordError: the file is not a mapping from sources and studies to digests.
    """
    path = attestation_file(root)
    if not is_there(path):
        return {}
    data = read_mapping(path, root)
    return {str(source): _digests(path, str(source), studies) for source, studies in data.items()}


def _digests(path: Path, source: str, studies: Any) -> dict[str, str]:
    if not isinstance(studies, dict):
        raise RecordError([Problem(str(path), 0, source, repr(studies), "a digest for each study")])
    for study, digest in studies.items():
        if not isinstance(digest, str) or not _SHA256.fullmatch(digest):
            field = f"{source}.{study}"
            raise RecordError([Problem(str(path), 0, field, repr(digest), "a SHA-256")])
    return {str(study): digest for study, digest in studies.items()}


def write_attestations(root: Path, digests: Digests) -> None:
    """Write the digests, sorted by source and study."""
    lines = (
        line
        for source, studies in sorted(digests.items())
        for line in (f"{source}:", *(f"  {s}: {json.dumps(d)}" for s, d in sorted(studies.items())))
    )
    text = _HEADER + "".join(f"{line}\n" for line in lines)
    write_atomically(attestation_file(root), [text.encode()])
