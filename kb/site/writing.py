"""Write the pages, and have mkdocs build them."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Final

from kb._beside import beside
from kb.digests import digest
from kb.errors import UnavailableError
from kb.lookup import KnowledgeBase
from kb.site.comparing import compare_pages
from kb.site.concepts import concept_pages
from kb.site.console import console_pages
from kb.site.context import Site
from kb.site.cookbook import absent, cookbook_pages
from kb.site.exploring import explore_pages
from kb.site.filters import filters
from kb.site.findings import finding_pages
from kb.site.front import FRONT, front_files, front_folder
from kb.site.handover import link, mkdocs
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

KINDS: Final = (study_pages, concept_pages, source_pages, finding_pages, scheme_pages)
"""What makes pages and files; a kind of page is added here or below, and by its template."""

OTHERS: Final = (
    home_pages,
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
"""What makes the rest at the same time: it is about half of what a build has to write."""

Kind = Callable[[Site], Iterator[Page | File]]

_BESIDE: Final = "beside"
"""The folder, within that of a build, of what is neither page nor asset until the pages stand."""


@dataclass(frozen=True)
class Last:
    """An earlier build with the same software, ontology and theme, whose files are intact.

    ``pages`` has, for some pages, the digest of what they were made of; ``files`` the SHA-256 of
    what each file holds.
    """

    folder: Path
    pages: Mapping[str, str]
    files: Mapping[str, str]


def build_site(base: KnowledgeBase, folder: Path, last: Last | None = None) -> Mapping[str, str]:
    """Write Markdown to ``folder/docs`` and the site made of it to ``folder/site``.

    ``folder/mkdocs.yml`` and ``folder/overrides`` are copies, so that the Markdown can be
    built again by itself. What has not changed is taken from the last build.
    Returns the digests of what pages were made of, for the next build.

    Raises:
        UnavailableError: mkdocs or the front end is not installed, the project has no
            ``site/``, or mkdocs found something wrong with the pages.
    """
    with building_site(base, folder) as build:
        return build(last)


@contextmanager
def building_site(
    base: KnowledgeBase, folder: Path
) -> Iterator[Callable[[Last | None], Mapping[str, str]]]:
    """Begin as ``build_site`` does, and give what goes on: what mkdocs needs first takes a second.

    Raises:
        UnavailableError: as there.
    """
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        raise UnavailableError("the site needs mkdocs and its theme: pip install 'kb[site]'")
    site = Site(base, site_folder(base.root))
    _write_settings(site, folder)
    with mkdocs(folder) as run:

        def build(last: Last | None) -> Mapping[str, str]:
            pages = _write_all(site, folder, last)
            run(last.folder if last else None)
            _put_beside(folder / _BESIDE, folder / "site")
            return pages

        yield build


def write_pages(base: KnowledgeBase, folder: Path, last: Last | None = None) -> Mapping[str, str]:
    """Write all that mkdocs needs: pages, files, assets and settings."""
    site = Site(base, site_folder(base.root))
    _write_settings(site, folder)
    return _write_all(site, folder, last)


def _write_all(site: Site, folder: Path, last: Last | None) -> Mapping[str, str]:
    """Write pages, files and assets, by two processes where there are two processors."""
    docs = folder / "docs"
    _write_front(docs / FRONT, site.folder, last)
    shutil.copytree(site.folder / "pages", docs, dirs_exist_ok=True)
    shutil.copytree(site.folder / "assets", docs / "assets", dirs_exist_ok=True)
    renderer = Renderer(site.folder / "templates", filters(site))

    def write(kinds: Iterable[Kind], before_each: Callable[[], None]) -> dict[str, str]:
        pages: dict[str, str] = {}
        for item in chain.from_iterable(kind(site) for kind in kinds):
            before_each()
            if isinstance(item, Page):
                pages |= _write_page(folder, _with_description(site, item), renderer, last)
            else:
                _write_file(folder / _BESIDE, item, last)
        return pages

    _ = site.by_iri, site.base.store  # which both processes need
    with beside(lambda end_if_alone: write(OTHERS, end_if_alone)) as others:
        return write(KINDS, lambda: None) | others()


def _write_page(
    folder: Path, page: Page, renderer: Renderer, last: Last | None
) -> Mapping[str, str]:
    """Write a page that has changed, or take it over; return what it is made of, if it says so."""
    made_of = digest(replace(page, values={}, files=None)) if page.made_of else ""
    if last and made_of and last.pages.get(page.path) == made_of:
        _take_over(last, page, folder)
    else:
        _write(folder / "docs", f"{page.path}.md", renderer.markdown(page).encode())
        for file in page.files() if page.files else ():
            _write_file(folder / _BESIDE, file, last)
    return {page.path: made_of} if made_of else {}


def _take_over(last: Last, page: Page, folder: Path) -> None:
    name, within = f"docs/{page.path}.md", f"site/{page.path}/"
    link(last.folder / name, folder / name)
    tables = [file for file in last.files if file.startswith(within) and file.endswith(".csv")]
    for file in tables if page.files else ():
        link(last.folder / file, folder / _BESIDE / file.removeprefix("site/"))


def _write_file(target: Path, file: File, last: Last | None) -> None:
    """Write a file beside the pages, or share the one of the last build that holds the same."""
    before = last.files.get(f"site/{file.path}") if last else None
    if last and before == hashlib.sha256(file.content).hexdigest():
        link(last.folder / "site" / file.path, _within(target, file.path))
    else:
        _write(target, file.path, file.content)


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


def _with_description(site: Site, page: Page) -> Page:
    """Put into a page what search engines and other programs read of it."""
    said = described(site, page.path)
    return replace(page, linked=script(said)) if said else page


def _within(folder: Path, path: str) -> Path:
    within = PurePosixPath(path)
    if within.is_absolute() or ".." in within.parts:
        raise UnavailableError(f"{path!r} would be written outside the site")
    return folder / within


def _write(folder: Path, path: str, content: bytes) -> None:
    target = _within(folder, path)
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


def _write_settings(site: Site, folder: Path) -> None:
    """Write what mkdocs reads first: settings and overrides, and a folder for the pages.

    The theme writes settings into pages as they are, attributes included, so they are escaped.
    """
    dataset = site.evidence.dataset
    credit = "; ".join(dataset.credits)
    said = {
        "site_name": escape(dataset.title),
        "site_url": dataset.base,
        "site_description": escape(dataset.description),
        "copyright": f"{escape(credit)}. Built with mkdocs and Material for MkDocs.",
    }
    own = (site.folder / "mkdocs.yml").read_text(encoding="utf-8").splitlines(keepends=True)
    without = absent(site.base)  # the navigation may name pages that an evidence base has not
    kept = (line for line in own if line.rpartition(": ")[2].strip() not in without)
    lines = (f"{key}: {json.dumps(value, ensure_ascii=False)}\n" for key, value in said.items())
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "mkdocs.yml").write_text("".join((*lines, *kept)), encoding="utf-8")
    shutil.copytree(site.folder / "overrides", folder / "overrides")
