"""Write the pages, and have mkdocs build them."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from itertools import chain
from pathlib import Path
from typing import Final

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
from kb.site.front import front_files, front_folder
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

_EPOCH: Final = "1735689600"
"""The time that mkdocs writes into pages and archives, so that builds are the same bytes."""


def build_site(base: KnowledgeBase, folder: Path) -> None:
    """Write Markdown to ``folder/docs`` and the site made of it to ``folder/site``.

    ``folder/mkdocs.yml`` and ``folder/overrides`` are copies, so that the Markdown can be
    built again by itself.

    Raises:
        UnavailableError: mkdocs or the front end is not installed, the project has no
            ``site/``, or mkdocs found something wrong with the pages.
    """
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        raise UnavailableError("the site needs mkdocs and its theme: pip install 'kb[site]'")
    write_pages(base, folder)
    _run_mkdocs(folder)


def write_pages(base: KnowledgeBase, folder: Path) -> None:
    """Write all that mkdocs needs: pages, files, assets and settings."""
    made_of = site_folder(base.root)
    site = Site(base, made_of)
    scripts = list(front_files(front_folder(made_of)))
    docs = folder / "docs"
    shutil.copytree(made_of / "pages", docs)
    shutil.copytree(made_of / "assets", docs / "assets")
    shutil.copytree(made_of / "overrides", folder / "overrides")
    renderer = Renderer(made_of / "templates", filters(site))
    for item in chain(scripts, _items(site)):
        _write(docs, _with_description(site, item), renderer)
    (folder / "mkdocs.yml").write_text(_settings(site, made_of, docs), encoding="utf-8")


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


def _with_description(site: Site, item: Page | File) -> Page | File:
    """Put into a page what search engines and other programs read of it."""
    if isinstance(item, File):
        return item
    said = described(site, item.path)
    return replace(item, linked=script(said)) if said else item


def _write(docs: Path, item: Page | File, renderer: Renderer) -> None:
    is_page = isinstance(item, Page)
    target = docs / (f"{item.path}.md" if is_page else item.path)
    if not target.resolve().is_relative_to(docs.resolve()):
        raise UnavailableError(f"{item.path!r} would be written outside the site")
    target.parent.mkdir(parents=True, exist_ok=True)
    content = renderer.markdown(item).encode() if isinstance(item, Page) else item.content
    target.write_bytes(content)


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


def _run_mkdocs(folder: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": _EPOCH}
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise UnavailableError(f"mkdocs could not build the site:\n{ran.stderr.strip()}")
