"""``kb serve --live``: each page is rendered on request, from the records as they are.

It serves one curator at work: the first request after an edit reads all records again.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterable
from functools import cached_property
from html import escape
from itertools import chain
from pathlib import Path
from typing import Final

import yaml
from jinja2 import TemplateError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kb.api.knowledge_base import KnowledgeBase
from kb.errors import KbError, RecordError
from kb.server.app import application
from kb.server.errors import HttpError
from kb.server.limits import LimitsMiddleware
from kb.server.monitoring import Metrics
from kb.server.static import content_policy, media_type, root_links
from kb.site.build import build_theme, site_folder, theme_folders
from kb.site.context import PageContext
from kb.site.data.search_index import SEARCH_INDEX, search_index
from kb.site.page import EMBED, Page
from kb.site.render import Renderer
from kb.site.shell import Shells, section_pages
from kb.util.hashing import files_below

_RECORDS: Final = ("evidence", "ontology")
_ERRORS: Final = (KbError, TemplateError, yaml.YAMLError, OSError)
"""What an edit can cause: in records, templates, settings, or by saving a file half-way."""

_CONTENT: Final = 'id="page-content">'
"""The end of the tag in which each page has its content."""

_EMPTY_PAGE: Final = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Not rendered</title>'
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'"></head>'
    f"<body><main {_CONTENT}</main></body></html>"
)
"""Shown with an error as long as a page could never be rendered."""

_NO_SPARQL: Final = (
    "kb serve --live does not answer SPARQL. The console queries the current records in the "
    "browser, and kb query on the command line; kb serve answers from a build."
)


def live_application(site: LiveSite) -> LimitsMiddleware:
    """Return the application that serves a live site."""

    def sparql(_: Request) -> Response:
        raise HttpError(501, _NO_SPARQL, "live")

    routes = [
        Route("/sparql", sparql, methods=["GET", "POST"]),
        # Not a coroutine, so that Starlette calls it in a thread.
        Route("/{path:path}", lambda request: site.get(request.path_params["path"])),
    ]
    return application(routes, Metrics())


class LiveSite:
    """The site of a project, read again whenever one of its files has changed.

    Args:
        root: the project, with ``evidence/`` and ``ontology/``.
        texts: the folder with the texts of the sources, to check claims against, or None.
        folder: an empty folder for the theme, the hand-written pages and the scripts.
    """

    def __init__(self, root: Path, texts: Path | None, folder: Path) -> None:
        self._root = root
        self._texts = texts
        self._folder = folder
        self._lock = threading.Lock()
        self._inputs: object = None
        self._site: _Site | None = None
        self._error: Exception | None = None
        self._rendered: dict[str, bytes] = {}

    def get(self, path: str) -> Response:
        """Answer with the file at a path without its first slash.

        If the records or the templates have an error, each page shows it, above the page as it
        was in the last state without one, with status 500.
        """
        with self._lock:  # what is computed for one page is kept for the others
            self._update()
            if self._site and f"{path}/" in self._site.pages:
                return Response(None, 303, {"Location": f"{path.rpartition('/')[2]}/"})
            path += "index.html" if path.endswith("/") or not path else ""
            content, error = self._content(path)
        if error and path.endswith(".html"):
            return _response(path, _with_notice(content or _EMPTY_PAGE.encode(), error), 500)
        if content is not None:
            return _response(path, content, 200)
        page = self._site.content("404.html") if self._site else None
        return _response("404.html", root_links(page or _EMPTY_PAGE.encode()), 404)

    def _update(self) -> None:
        """Read everything again if a file has changed."""
        folders = [*(self._root / name for name in _RECORDS), *theme_folders(self._root)]
        inputs = _state_of([*folders, self._texts] if self._texts else folders)
        if inputs == self._inputs:
            return
        try:
            base = KnowledgeBase(self._root, self._texts, "memory")  # no server has the edits
            self._site = _Site(base, self._folder, self._site)
            self._error = None
        except _ERRORS as error:
            self._error = error
        self._inputs = inputs

    def _content(self, path: str) -> tuple[bytes | None, Exception | None]:
        """Return a file as it is, or was when it last could be made, and what is wrong with it."""
        if self._site is None:
            return None, self._error
        try:
            content = self._site.content(path)
        except _ERRORS as error:
            return self._rendered.get(path), self._error or error
        if content and path.endswith(".html"):
            self._rendered[path] = content
        return content, self._error


class _Site:
    """The pages and files of one state of the records, each made when it is first requested."""

    def __init__(self, base: KnowledgeBase, folder: Path, previous: _Site | None) -> None:
        """Keep the theme of the previous state if it would be the same."""
        self._renderer = Renderer(PageContext(base, site_folder(base.root)))
        self.pages = {page.url: page for page in self._renderer.pages()}
        sections = [page.path for page in section_pages(self.pages.values())]
        self._theme = _state_of(theme_folders(base.root)), base.evidence.dataset, sections
        self._folder: Path
        self._shells: Shells
        if previous and previous._theme == self._theme:
            self._folder, self._shells = previous._folder, previous._shells
        else:
            self._folder = Path(tempfile.mkdtemp(dir=folder)) / "site"
            self._shells = build_theme(self._renderer, self._folder.parent)

    def content(self, path: str) -> bytes | None:
        """Return a file of the site; None if there is none at this path."""
        if page := self.pages.get(path.removesuffix("index.html")):
            return self._renderer.render(page, self._shells).encode()
        if path == SEARCH_INDEX:
            return self._search_index
        if path in self._theme_files:
            return self._theme_files[path].read_bytes()
        if path.startswith(f"{EMBED}/"):
            return self._embedded(path)
        for page in self.pages.values():
            for file in page.files() if _may_own(page, path) else ():
                if file.path == path:
                    return file.content
        return self._files.get(path)

    def _embedded(self, path: str) -> bytes | None:
        """Make an embedded page, with at most the others that are embedded of the same page."""
        within = path.removeprefix(f"{EMBED}/")
        owners = (
            page.url for page in self.pages.values() if page.url and within.startswith(page.url)
        )
        files = chain.from_iterable(map(self._renderer.embedded, owners))
        return next((file.content for file in files if file.path == path), None)

    @cached_property
    def _theme_files(self) -> dict[str, Path]:
        """The only files that are read from a folder: no path leads anywhere else."""
        below = files_below(self._folder)
        return {path.relative_to(self._folder).as_posix(): path for path in below}

    @cached_property
    def _files(self) -> dict[str, bytes]:
        return {file.path: file.content for file in self._renderer.files()}

    @cached_property
    def _search_index(self) -> bytes:
        pages = self.pages.values()
        return search_index(self._renderer.site, pages, self._shells.written).content


def _may_own(page: Page, path: str) -> bool:
    """Tell whether a file may belong to a page, whose own path it begins with, or its program."""
    return bool(page.program) or (
        page.url != "" and path.startswith((page.url, f"{page.url[:-1]}."))
    )


def _response(path: str, content: bytes, status: int) -> Response:
    policy = content_policy(path, content)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": policy}
    return Response(content, status, headers, media_type(path))


def _with_notice(html: bytes, error: Exception) -> bytes:
    """Show an error at the top of a page."""
    problems = error.problems if isinstance(error, RecordError) else (error,)
    items = "".join(f"<li>{escape(str(problem))}</li>" for problem in problems)
    title = "The files have an error. Below is the page as it was in the last state without one."
    notice = (
        '<div class="admonition failure" role="alert">'
        f'<p class="admonition-title">{title}</p><ul>{items}</ul></div>'
    )
    return html.replace(_CONTENT.encode(), f"{_CONTENT}{notice}".encode(), 1)


def _state_of(folders: Iterable[Path]) -> object:
    """Return what changes when a file in one of the folders does."""
    paths = [p for folder in folders for p in files_below(folder, ("__pycache__", "node_modules"))]
    return [(path, (stat := path.stat()).st_mtime_ns, stat.st_size) for path in paths]
