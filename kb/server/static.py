"""The files of the built site: known when the server starts, so that no other can be asked for."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Final

from kb.errors import UnavailableError

TYPES: Final = {
    ".csl.json": "application/vnd.citationstyles.csl+json",
    ".bib": "application/x-bibtex; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".jsonld": "application/ld+json",
    ".map": "application/json",
    ".nq": "application/n-quads",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttl": "text/turtle; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
BESIDE: Final = (".ttl", ".jsonld", ".csv", ".bib", ".csl.json")
"""What may stand beside a page at the path of its IRI."""
_PACKED: Final = (".gz", ".png", ".ico", ".woff2", ".wasm")
_HASHED: Final = re.compile(r"\.[0-9a-f]{8,}\.")
_POLICY: Final = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]*)"')
_ASSETS: Final = re.compile(rb'="(/[^"]*?)assets/')
_LOCKED: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
# A worker's own script says what it may do, not the page that starts it.
_SCRIPT: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "connect-src 'self'; worker-src 'self'"
)
_DRAWING: Final = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class ServedFile:
    """One file: where it is, what it is, and how it may be kept and used."""

    path: Path
    size: int
    changed: int
    etag: str
    media_type: str
    policy: str
    forever: bool
    packs: bool

    def unchanged(self) -> bool:
        """Tell whether the file is still the one that was there at the start."""
        try:
            now = self.path.stat()
        except OSError:
            return False
        return (now.st_size, now.st_mtime_ns) == (self.size, self.changed)


class StaticFiles:
    """All files of a folder by their paths; a page stands at its folder's path as well."""

    def __init__(self, folder: Path) -> None:
        """Read every file once.

        Raises:
            UnavailableError: there is no site.
        """
        if not (folder / "index.html").is_file():
            raise UnavailableError(f"no site in {folder}: run `kb build` first")
        found = sorted(path for path in folder.rglob("*") if _ordinary(path, folder))
        self.files: Mapping[str, ServedFile] = {
            path.relative_to(folder).as_posix(): _read(path) for path in found
        }
        self._formerly = _formerly(folder / "redirects.json")

    def moved(self, path: str) -> str:
        """Return where a path of a former address is now, or "": ``study/old.csv`` as well."""
        thing = "/".join(path.split("/")[:2])
        for end in ("", *BESIDE):
            new = self._formerly.get(thing.removesuffix(end) if thing.endswith(end) else "", "")
            if new:
                return f"{new}{end}{path.removeprefix(thing)}"
        return ""

    def find(self, path: str) -> ServedFile | None:
        """Return the file at a path without its first slash; ``study/`` is ``study/index.html``."""
        return self.files.get(f"{path}index.html" if path.endswith("/") or not path else path)

    def forms(self, path: str) -> dict[str, str]:
        """Return the paths of what describes the thing at the path of an IRI, by media type.

        The page comes first, at the path with a slash at its end.
        """
        forms = {"text/html": f"{path}/"} if path and self.find(f"{path}/") else {}
        for suffix in BESIDE:
            if f"{path}{suffix}" in self.files:
                forms[TYPES[suffix].partition(";")[0]] = f"{path}{suffix}"
        return forms


def rooted(page: bytes) -> bytes:
    """Let a page's links begin at the root: the one for missing pages names the base's path.

    >>> rooted(b'<link href="/all/assets/a.css"> <a href="/all/study/">')
    b'<link href="/assets/a.css"> <a href="/study/">'
    """
    found = _ASSETS.search(page)
    if found is None or found[1] == b"/":
        return page
    return page.replace(b'"' + found[1], b'"/').replace(b'"' + found[1][:-1] + b'"', b'"/"')


def _formerly(path: Path) -> dict[str, str]:
    """Read the table that the build wrote; a site may have none."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(old): str(new) for old, new in said.items()} if isinstance(said, dict) else {}


def _ordinary(path: Path, folder: Path) -> bool:
    """A link could lead out of the folder, and a hidden file is none of the site's."""
    parts = path.relative_to(folder).parts
    return path.is_file() and not path.is_symlink() and not any(p[0] == "." for p in parts)


def _read(path: Path) -> ServedFile:
    content, seen = path.read_bytes(), path.stat()
    suffix = path.suffix.lower()
    return ServedFile(
        path,
        seen.st_size,
        seen.st_mtime_ns,
        hashlib.sha256(content).hexdigest()[:24],
        _media_type(path.name),
        _policy(suffix, content),
        bool(_HASHED.search(path.name)),
        suffix not in _PACKED and len(content) > 500,
    )


def _media_type(name: str) -> str:
    ends = (ending for ending in TYPES if name.lower().endswith(ending))
    return TYPES.get(next(ends, ""), "application/octet-stream")


def _policy(suffix: str, content: bytes) -> str:
    """Return the policy of a page as it stands in its head, and the strictest for all else."""
    if suffix == ".html":
        said = _POLICY.search(content[:8192].decode("utf-8", errors="replace"))
        return f"{unescape(said[1])}; frame-ancestors 'self'" if said else _LOCKED
    return {".js": _SCRIPT, ".svg": _DRAWING}.get(suffix, _LOCKED)
