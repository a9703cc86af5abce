"""The files of the built site, and the file that each IRI leads to.

All paths are listed when the build is loaded, so that no other file can be requested.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kb.errors import UnavailableError
from kb.server.errors import HttpError
from kb.server.negotiation import accepts_gzip, choose
from kb.site.page import EMBED

MEDIA_TYPES: Final = {
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
    ".ris": "application/x-research-info-systems; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttl": "text/turtle; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
ALTERNATES: Final = (".ttl", ".jsonld", ".csv", ".bib", ".ris", ".csl.json")
"""Endings of the files that may describe the same thing as a page, at the path of its IRI."""
_COMPRESSED: Final = (".gz", ".png", ".ico", ".woff2", ".wasm")
_WORTH_COMPRESSING: Final = 500
_DIGEST_IN_NAME: Final = re.compile(r"\.[0-9a-f]{8,}\.")
_POLICY: Final = re.compile(r'http-equiv="Content-Security-Policy" content="([^"]*)"')
_ASSETS: Final = re.compile(rb'="(/[^"]*?)assets/')
_STRICT_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
# For the script of a web worker its own policy counts, not that of the page that starts it.
_SCRIPT_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; "
    "connect-src 'self'; worker-src 'self'"
)
_DRAWING_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class ServedFile:
    """One file: where it is, what it is, and how a client may cache and use it."""

    path: Path
    size: int
    changed: int
    etag: str
    media_type: str
    policy: str
    immutable: bool
    compressible: bool

    @classmethod
    def read(cls, path: Path, name: str) -> ServedFile:
        """Read a file once, for its digest and the policy of a page.

        Args:
            path: where it is.
            name: its path within the site.
        """
        content, stat = path.read_bytes(), path.stat()
        suffix = path.suffix.lower()
        return cls(
            path,
            stat.st_size,
            stat.st_mtime_ns,
            hashlib.sha256(content).hexdigest()[:24],
            media_type(path.name),
            content_policy(name, content),
            bool(_DIGEST_IN_NAME.search(path.name)),
            suffix not in _COMPRESSED and len(content) > _WORTH_COMPRESSING,
        )

    def unchanged(self) -> bool:
        """Return whether the file is still the one that was read."""
        try:
            stat = self.path.stat()
        except OSError:
            return False
        return (stat.st_size, stat.st_mtime_ns) == (self.size, self.changed)


class StaticFiles:
    """The files of a site by their paths."""

    def __init__(self, folder: Path) -> None:
        """Read every file once.

        Raises:
            UnavailableError: there is no site.
        """
        if not (folder / "index.html").is_file():
            raise UnavailableError(f"no site in {folder}: run `kb build` first")
        paths = (path for path in sorted(folder.rglob("*")) if _is_public(path, folder))
        names = ((path, path.relative_to(folder).as_posix()) for path in paths)
        self.files: Mapping[str, ServedFile] = {
            name: ServedFile.read(path, name) for path, name in names
        }
        self._redirects = _read_redirects(folder / "redirects.json")

    async def respond(self, request: Request) -> Response:
        """Answer with a file, or with a redirect to a page or to a new address.

        Raises:
            HttpError: there is no such file, or none that the client accepts.
        """
        path = request.scope["path"].removeprefix("/")
        if target := self.redirect(path):
            # Relative, so that the server need not know the address under which it is reached.
            return Response(None, 308, {"Location": f"{'../' * path.count('/')}{quote(target)}"})
        if file := self.files.get(f"{path}index.html" if path.endswith("/") or not path else path):
            forms = self._forms(path.removesuffix("/")) if path.endswith("/") else {}
            return await self._page(request, file, forms)
        if forms := self._forms(path):
            return await self._negotiate(request, forms)
        return await self._not_found(request)

    def redirect(self, path: str) -> str:
        """Return the new path of a former one, or "", for all files of a thing.

        ``study/old.csv`` and ``study/old/table.csv`` have moved with ``study/old``.
        """
        thing = "/".join(path.split("/")[:2])
        for ending in ("", *ALTERNATES):
            former = thing.removesuffix(ending) if thing.endswith(ending) else ""
            if new := self._redirects.get(former, ""):
                return f"{new}{ending}{path.removeprefix(thing)}"
        return ""

    def _forms(self, path: str) -> dict[str, str]:
        """Return the files that describe the thing at the path of an IRI, by media type.

        The page comes first, at the path with a slash at its end.
        """
        forms = {"text/html": f"{path}/"} if f"{path}/index.html" in self.files else {}
        for ending in ALTERNATES:
            if f"{path}{ending}" in self.files:
                forms[MEDIA_TYPES[ending].partition(";")[0]] = f"{path}{ending}"
        return forms

    async def _page(self, request: Request, page: ServedFile, forms: Mapping[str, str]) -> Response:
        """Answer with a page, or with another form of it that the client prefers."""
        if len(forms) < 2:
            return await _file_response(request, page, {})
        headers = {"Vary": "Accept, Accept-Encoding"}
        chosen = choose(",".join(request.headers.getlist("accept")), tuple(forms))
        if chosen in ("", "text/html"):
            return await _file_response(request, page, headers)
        headers["Content-Location"] = f"../{PurePosixPath(forms[chosen]).name}"
        return await _file_response(request, self.files[forms[chosen]], headers)

    async def _negotiate(self, request: Request, forms: Mapping[str, str]) -> Response:
        chosen = choose(",".join(request.headers.getlist("accept")), tuple(forms))
        if not chosen:
            message = f"available as: {', '.join(forms)}"
            raise HttpError(406, message, "not-acceptable", {"Vary": "Accept"})
        headers = {"Vary": "Accept, Accept-Encoding"}
        name = PurePosixPath(forms[chosen]).name
        if chosen == "text/html":
            return Response(None, 303, {**headers, "Location": f"{name}/"})
        file = self.files[forms[chosen]]
        return await _file_response(request, file, {**headers, "Content-Location": name})

    async def _not_found(self, request: Request) -> Response:
        page = self.files.get("404.html")
        preferred = choose(request.headers.get("accept", ""), ("text/plain", "text/html"))
        if page is None or preferred != "text/html" or not page.unchanged():
            raise HttpError(404, "there is nothing at this address", "not-found")
        content = root_links(await asyncio.to_thread(page.path.read_bytes))
        return Response(content, 404, {"Content-Security-Policy": page.policy}, page.media_type)


async def _file_response(
    request: Request, file: ServedFile, more_headers: Mapping[str, str]
) -> Response:
    if not file.unchanged():  # one response must not mix two builds
        message = "the build was replaced, and the new one is not loaded yet"
        raise HttpError(503, message, "replaced", {"Retry-After": "5"})
    encodings = ",".join(request.headers.getlist("accept-encoding"))
    compress = file.compressible and accepts_gzip(encodings)
    etag = f'"{file.etag}{"-gz" if compress else ""}"'
    headers = {
        "ETag": etag,
        "Cache-Control": f"public, max-age={31_536_000 if file.immutable else 0}",
        "Content-Security-Policy": file.policy,
        **({"Vary": "Accept-Encoding"} if file.compressible else {}),
        **more_headers,
    }
    if _matches(request.headers.get("if-none-match", ""), etag):
        return Response(None, 304, headers)
    if compress:
        content = await asyncio.to_thread(_compressed, file)
        return Response(content, 200, headers | {"Content-Encoding": "gzip"}, file.media_type)
    return FileResponse(file.path, headers=headers, media_type=file.media_type)


@lru_cache(maxsize=512)
def _compressed(file: ServedFile) -> bytes:
    return gzip.compress(file.path.read_bytes(), 6, mtime=0)


def _matches(if_none_match: str, etag: str) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or "*" in tags


def root_links(page: bytes) -> bytes:
    """Let the links of the 404 page begin at the root: the build puts the base's path first.

    >>> root_links(b'<link href="/all/assets/a.css"> <a href="/all/study/">')
    b'<link href="/assets/a.css"> <a href="/study/">'
    """
    match = _ASSETS.search(page)
    if match is None or match[1] == b"/":
        return page
    return page.replace(b'"' + match[1], b'"/').replace(b'"' + match[1][:-1] + b'"', b'"/"')


def _read_redirects(path: Path) -> dict[str, str]:
    """Read the redirects that the build wrote; a site may have none."""
    if not path.is_file():
        return {}
    try:
        redirects = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(redirects, dict):
        return {}
    return {str(old): str(new) for old, new in redirects.items()}


def _is_public(path: Path, folder: Path) -> bool:
    """Refuse symbolic links, which could lead out of the folder, and hidden files."""
    parts = path.relative_to(folder).parts
    return path.is_file() and not path.is_symlink() and not any(p[0] == "." for p in parts)


def media_type(name: str) -> str:
    """Return the media type of a file by the ending of its name."""
    endings = (ending for ending in MEDIA_TYPES if name.lower().endswith(ending))
    return MEDIA_TYPES.get(next(endings, ""), "application/octet-stream")


def content_policy(name: str, content: bytes) -> str:
    """Return the content security policy in the head of a page, or a fixed one for other files.

    Other sites may frame the embedded pages, which only show figures; no other page.

    >>> page = b'<meta http-equiv="Content-Security-Policy" content="default-src x">'
    >>> content_policy("embed/forest/index.html", page), content_policy("index.html", page)
    ('default-src x; frame-ancestors *', "default-src x; frame-ancestors 'self'")
    """
    suffix = PurePosixPath(name).suffix.lower()
    if suffix == ".html":
        match = _POLICY.search(content[:8192].decode("utf-8", errors="replace"))
        ancestors = "*" if name.startswith(f"{EMBED}/") else "'self'"
        return f"{unescape(match[1])}; frame-ancestors {ancestors}" if match else _STRICT_POLICY
    return {".js": _SCRIPT_POLICY, ".svg": _DRAWING_POLICY}.get(suffix, _STRICT_POLICY)
