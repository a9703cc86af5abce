"""Write the pages, and have mkdocs build them."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Final

from kb.digests import digest
from kb.errors import UnavailableError
from kb.lookup import KnowledgeBase
from kb.site.comparing import compare_pages
from kb.site.concepts import concept_pages
from kb.site.console import console_pages
from kb.site.context import Site
from kb.site.cookbook import OPTIONAL, cookbook_pages
from kb.site.exploring import explore_pages
from kb.site.filters import filters
from kb.site.findings import finding_pages
from kb.site.front import FRONT, front_files, front_folder
from kb.site.handover import BEGIN, link
from kb.site.home import home_pages
from kb.site.machine import described, machine_files, script
from kb.site.network import network_pages
from kb.site.pages import File, Page, Renderer
from kb.site.questions import question_pages
from kb.site.redirects import redirect_files
from kb.site.schemes import scheme_pages
from kb.site.sources import source_pages
from kb.site.studies import study_pages
from kb.site.things import thing_files

KINDS: Final = (
    home_pages,
    study_pages,
    concept_pages,
    source_pages,
    finding_pages,
    scheme_pages,
    network_pages,
    question_pages,
    console_pages,
    cookbook_pages,
    explore_pages,
    compare_pages,
    thing_files,
    redirect_files,
    machine_files,
)
"""What makes pages and files; a kind of page is added here and by its template."""

_BESIDE: Final = "beside"
"""The folder, within that of a build, of what is neither page nor asset until the pages stand."""

_EPOCH: Final = "1735689600"
"""The time that mkdocs writes into pages and archives, so that builds are the same bytes."""


@dataclass(frozen=True)
class Last:
    """An earlier build with the same software, ontology and theme, whose files are intact.

    ``pages`` has, for some pages, the digest of what they were made of.
    """

    folder: Path
    pages: Mapping[str, str]


def build_site(base: KnowledgeBase, folder: Path, last: Last | None = None) -> Mapping[str, str]:
    """Write Markdown to ``folder/docs`` and the site made of it to ``folder/site``.

    ``folder/mkdocs.yml`` and ``folder/overrides`` are copies, so that the Markdown can be
    built again by itself. What has not changed is taken from the last build.
    Returns the digests of what pages were made of, for the next build.

    Raises:
        UnavailableError: mkdocs or the front end is not installed, the project has no
            ``site/``, or mkdocs found something wrong with the pages.
    """
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        raise UnavailableError("the site needs mkdocs and its theme: pip install 'kb[site]'")
    with _mkdocs(folder, last.folder if last else None) as run:
        pages = write_pages(base, folder, last)
        run()
    _put_beside(folder / _BESIDE, folder / "site")
    return pages


def write_pages(base: KnowledgeBase, folder: Path, last: Last | None = None) -> Mapping[str, str]:
    """Write all that mkdocs needs: pages, files, assets and settings."""
    made_of = site_folder(base.root)
    site = Site(base, made_of)
    docs = folder / "docs"
    _write_front(docs / FRONT, made_of, last)
    shutil.copytree(made_of / "pages", docs, dirs_exist_ok=True)
    shutil.copytree(made_of / "assets", docs / "assets", dirs_exist_ok=True)
    shutil.copytree(made_of / "overrides", folder / "overrides")
    renderer = Renderer(made_of / "templates", filters(site))
    pages: dict[str, str] = {}
    for item in _items(site):
        if isinstance(item, Page):
            page = _with_description(site, item)
            pages |= _write_page(docs, page, renderer, last)
        else:
            _write(folder / _BESIDE, item.path, item.content)
    (folder / "mkdocs.yml").write_text(_settings(site, made_of, docs), encoding="utf-8")
    return pages


def _write_page(docs: Path, page: Page, renderer: Renderer, last: Last | None) -> Mapping[str, str]:
    """Write a page that has changed, or take it over; return what it is made of, if it says so."""
    name = f"{page.path}.md"
    made_of = digest(replace(page, values={})) if page.made_of else ""
    if last and made_of and last.pages.get(page.path) == made_of:
        link(last.folder / "docs" / name, docs / name)
    else:
        _write(docs, name, renderer.markdown(page).encode())
    return {page.path: made_of} if made_of else {}


def _write_front(target: Path, made_of: Path, last: Last | None) -> None:
    if last:
        shutil.copytree(last.folder / "docs" / FRONT, target, copy_function=link)
        return
    for file in front_files(front_folder(made_of)):
        _write(target, file.path, file.content)


def site_folder(root: Path) -> Path:
    """Return the folder with templates and settings: of the project, or of this software.

    Raises:
        UnavailableError: there is none.
    """
    for folder in (root / "site", Path(__file__).parents[2] / "site"):
        if (folder / "mkdocs.yml").is_file():
            return folder
    raise UnavailableError(f"no site/mkdocs.yml in {root}: the site cannot be built from it")


def _items(site: Site) -> Iterator[Page | File]:
    return chain.from_iterable(kind(site) for kind in KINDS)


def _with_description(site: Site, page: Page) -> Page:
    """Put into a page what search engines and other programs read of it."""
    said = described(site, page.path)
    return replace(page, linked=script(said)) if said else page


def _write(folder: Path, path: str, content: bytes) -> None:
    within = PurePosixPath(path)
    if within.is_absolute() or ".." in within.parts:
        raise UnavailableError(f"{path!r} would be written outside the site")
    target = folder / within
    try:
        target.write_bytes(content)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _put_beside(files: Path, site: Path) -> None:
    """Move files to the pages that mkdocs has made, which empties its folder when it begins."""
    for folder, _, names in os.walk(files):
        target = site / Path(folder).relative_to(files)
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            (Path(folder) / name).rename(target / name)
    shutil.rmtree(files)


def _settings(site: Site, made_of: Path, docs: Path) -> str:
    """The theme writes these into pages as they are, attributes included, so they are escaped."""
    dataset = site.evidence.dataset
    credit = "; ".join(dataset.credits)
    said = {
        "site_name": escape(dataset.title),
        "site_url": dataset.base,
        "site_description": escape(dataset.description),
        "copyright": f"{escape(credit)}. Built with mkdocs and Material for MkDocs.",
    }
    own = (made_of / "mkdocs.yml").read_text(encoding="utf-8")
    own = "".join(line for line in own.splitlines(keepends=True) if not _is_absent(line, docs))
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items())
    return "".join(lines) + own


def _is_absent(line: str, docs: Path) -> bool:
    """Whether a line of the navigation names a page that an evidence base may be without."""
    name = line.rpartition(": ")[2].strip()
    return name in OPTIONAL and not (docs / name).exists()


@contextmanager
def _mkdocs(folder: Path, last: Path | None) -> Iterator[Callable[[], None]]:
    """Start mkdocs, which loads its theme while the pages are written; give what lets it begin."""
    places = [str(folder), *([str(last)] if last else [])]
    command = [sys.executable, "-P", "-m", "kb.site.rendering", *places]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": _EPOCH}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as running:

        def run() -> None:
            _, said = running.communicate(BEGIN)
            if running.returncode:
                raise UnavailableError(f"mkdocs could not build the site:\n{said.strip()}")

        try:
            yield run
        finally:
            running.kill()
