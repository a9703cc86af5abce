"""Write the pages, and have mkdocs build them."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from html import escape
from pathlib import Path
from typing import Final

from kb.api.knowledge_base import KnowledgeBase
from kb.errors import UnavailableError
from kb.site.compiled import compiled
from kb.site.context import PageContext
from kb.site.data.citations import citation_files
from kb.site.data.linked_data_files import linked_data_files
from kb.site.data.llms_txt import llms_txt_files
from kb.site.data.redirects import redirect_files
from kb.site.data.schema_org import describe_page, script
from kb.site.filters import filters
from kb.site.front import FRONT, front_files, front_folder
from kb.site.handover import link, mkdocs
from kb.site.output import Last, Output, write_file
from kb.site.page import MadeFile, OutputFile, Page, Renderer
from kb.site.pages.compare import compare_pages
from kb.site.pages.concepts import concept_pages, treatment_pages
from kb.site.pages.console import console_pages
from kb.site.pages.cookbook import absent, cookbook_pages
from kb.site.pages.discrepancies import finding_pages
from kb.site.pages.explore import explore_pages
from kb.site.pages.home import data_files, home_pages
from kb.site.pages.network import network_pages
from kb.site.pages.ontology import scheme_pages
from kb.site.pages.questions import question_pages
from kb.site.pages.sources import source_pages
from kb.site.pages.studies import study_pages
from kb.util.parallel import MOST, beside, dealing, processors

KINDS: Final = (
    study_pages,
    treatment_pages,
    concept_pages,
    cookbook_pages,
    question_pages,
    source_pages,
    console_pages,
    compare_pages,
    explore_pages,
    network_pages,
    home_pages,
    finding_pages,
    scheme_pages,
)
"""What makes pages, with what can be taken from them, the longest work first.

A kind of page is added here, and by its template.
"""

FILES: Final = (data_files, linked_data_files, redirect_files, citation_files, llms_txt_files)
"""What makes files that no page needs, while mkdocs builds the pages."""

Kind = Callable[[PageContext], Iterator[Page | OutputFile | MadeFile]]


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
        return build(last, lambda: None)


@contextmanager
def building_site(
    base: KnowledgeBase, folder: Path, made_with: str = ""
) -> Iterator[Callable[[Last | None, Callable[[], None]], Mapping[str, str]]]:
    """Begin as ``build_site`` does, and give what goes on: what mkdocs needs first takes a second.

    It is given the last build, and something to do while mkdocs builds the pages. What was made of
    the templates is kept for the next build with the same software, if a digest says which.

    Raises:
        UnavailableError: as there.
    """
    if importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None:
        raise UnavailableError(
            "the site needs mkdocs and its theme: pip install 'kb-evidence[site]'"
        )
    site = PageContext(base, site_folder(base.root))
    _write_settings(site, folder)
    with mkdocs(folder, made_with) as running:

        def build(last: Last | None, meanwhile: Callable[[], None]) -> Mapping[str, str]:
            output = _output(site, folder, last, made_with)
            _write_pages(site, output)
            running.begin(last.folder if last else None)
            meanwhile()
            _write_files(site, output)
            running.finish()
            output.put_beside()
            return output.made_of

        yield build


def write_pages(base: KnowledgeBase, folder: Path, last: Last | None = None) -> Mapping[str, str]:
    """Write all that mkdocs needs: pages, files, assets and settings."""
    site = PageContext(base, site_folder(base.root))
    _write_settings(site, folder)
    output = _output(site, folder, last)
    _write_pages(site, output)
    _write_files(site, output)
    return output.made_of


def _output(site: PageContext, folder: Path, last: Last | None, made_with: str = "") -> Output:
    renderer = Renderer(site.folder / "templates", filters(site), compiled(made_with))
    return Output(folder, renderer, last, {})


def _write_pages(site: PageContext, output: Output) -> None:
    """Write pages and assets, by as many processes as there are processors for."""
    docs = output.folder / "docs"
    shutil.copytree(site.folder / "pages", docs, dirs_exist_ok=True)
    shutil.copytree(site.folder / "assets", docs / "assets", dirs_exist_ok=True)
    _ = site.by_iri, site.base.store  # which all of them need
    with dealing(len(KINDS)) as dealt, ExitStack() as copies:

        def write(end_if_alone: Callable[[], None]) -> Mapping[str, str]:
            for number in dealt():
                _write(KINDS[number], site, output, end_if_alone)
            return output.made_of

        more = min(processors(), MOST) - 1
        others = [copies.enter_context(beside(write)) for _ in range(more)]
        with ThreadPoolExecutor(1) as bundling:
            front = bundling.submit(_write_front, docs / FRONT, site.folder, output.last)
            write(lambda: None)
            front.result()
        for made_of in others:
            output.made_of.update(made_of())


def _write_files(site: PageContext, output: Output) -> None:
    for kind in FILES:
        _write(kind, site, output, lambda: None)


def _write(kind: Kind, site: PageContext, output: Output, before_each: Callable[[], None]) -> None:
    for item in kind(site):
        before_each()
        described = _with_description(site, item) if isinstance(item, Page) else item
        output.write(described)


def _write_front(target: Path, made_of: Path, last: Last | None) -> None:
    if last:
        shutil.copytree(last.folder / "docs" / FRONT, target, copy_function=link)
        return
    for file in front_files(front_folder(made_of)):
        write_file(target, file.path, file.content)


def site_folder(root: Path) -> Path:
    """Return the folder with templates and settings: of the project, or of this software.

    Raises:
        UnavailableError: there is none.
    """
    for folder in (root / "site", Path(__file__).parents[2] / "site"):
        if (folder / "mkdocs.yml").is_file():
            return folder
    raise UnavailableError(f"no site/mkdocs.yml in {root}: the site cannot be built from it")


def _with_description(site: PageContext, page: Page) -> Page:
    """Put into a page what search engines and other programs read of it."""
    said = describe_page(site, page.path)
    return replace(page, linked=script(said)) if said else page


def _write_settings(site: PageContext, folder: Path) -> None:
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
