"""The site: its files, and what an IRI leads to."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from gzip import compress
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from kb.server.config import MIB
from kb.server.http_errors import HttpError
from kb.server.negotiation import choose, takes_gzip
from kb.server.static import ServedFile, StaticFiles, rooted

_PACKED_BYTES: Final = 64 * MIB


class Pages:
    """The pages of one build."""

    def __init__(self, site: StaticFiles) -> None:
        """Answer with the files of a site."""
        self._site = site
        self._packed: OrderedDict[str, bytes] = OrderedDict()
        self._packing = asyncio.Lock()

    async def answer(self, request: Request) -> Response:
        """Answer with a file, or lead from an IRI to one.

        Raises:
            Refusal: there is none, or none that the client accepts.
        """
        path = request.scope["path"].removeprefix("/")
        if moved := self._site.moved(path):
            return Response(None, 308, {"Location": f"{'../' * path.count('/')}{quote(moved)}"})
        if file := self._site.find(path):
            return await self._file(request, file, {})
        if forms := self._site.forms(path):
            return await self._thing(request, forms)
        return await self._nothing(request)

    async def _thing(self, request: Request, forms: Mapping[str, str]) -> Response:
        """Answer for the thing that an IRI names: with its page, or a file beside it."""
        accept = ",".join(request.headers.getlist("accept"))
        chosen = choose(accept, tuple(forms))
        headers = {"Vary": "Accept, Accept-Encoding"}
        if not chosen:
            offered = ", ".join(forms)
            raise HttpError(406, f"there is: {offered}", "not-acceptable", {"Vary": "Accept"})
        name = PurePosixPath(forms[chosen]).name
        if chosen == "text/html":
            return Response(None, 303, {**headers, "Location": f"{name}/"})
        file = self._site.files[forms[chosen]]
        return await self._file(request, file, {**headers, "Content-Location": name})

    async def _nothing(self, request: Request) -> Response:
        page = self._site.files.get("404.html")
        wanted = choose(request.headers.get("accept", ""), ("text/plain", "text/html"))
        if page is None or wanted != "text/html" or not page.unchanged():
            raise HttpError(404, "there is nothing here", "not-found")
        policy = {"Content-Security-Policy": page.policy}
        content = rooted(await asyncio.to_thread(page.path.read_bytes))
        return Response(content, 404, policy, page.media_type)

    async def _file(self, request: Request, file: ServedFile, more: Mapping[str, str]) -> Response:
        if not file.unchanged():
            told = "the build was replaced, and the new one is not loaded yet"
            raise HttpError(503, told, "replaced", {"Retry-After": "5"})
        packs = file.packs and takes_gzip(",".join(request.headers.getlist("accept-encoding")))
        etag = f'"{file.etag}{"-gz" if packs else ""}"'
        headers = {
            "ETag": etag,
            "Cache-Control": f"public, max-age={31_536_000 if file.forever else 0}",
            "Content-Security-Policy": file.policy,
            **({"Vary": "Accept-Encoding"} if file.packs else {}),
            **more,
        }
        if _known(request.headers.get("if-none-match", ""), etag):
            return Response(None, 304, headers)
        if packs:
            content = await self._pack(file)
            return Response(content, 200, headers | {"Content-Encoding": "gzip"}, file.media_type)
        return FileResponse(file.path, headers=headers, media_type=file.media_type)

    async def _pack(self, file: ServedFile) -> bytes:
        """Compress a file once; what was asked for longest ago is forgotten first."""
        async with self._packing:
            if file.etag not in self._packed:
                content = await asyncio.to_thread(file.path.read_bytes)
                self._packed[file.etag] = await asyncio.to_thread(compress, content, 6, mtime=0)
            self._packed.move_to_end(file.etag)
            found = self._packed[file.etag]
            while sum(map(len, self._packed.values())) > _PACKED_BYTES and len(self._packed) > 1:
                self._packed.popitem(last=False)
            return found


def _known(if_none_match: str, etag: str) -> bool:
    """Tell whether a client holds this state already."""
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return etag in tags or "*" in tags
