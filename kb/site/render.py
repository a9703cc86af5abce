"""The kinds of pages and files of the site, and how a page becomes HTML."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kb.site.context import PageContext
from kb.site.data.citations import citation_files, version_text
from kb.site.data.embeds import embedded_files
from kb.site.data.linked_data_files import linked_data_files
from kb.site.data.llms_txt import llms_txt_files
from kb.site.data.pop_ups import pop_up_files
from kb.site.data.redirects import redirect_files
from kb.site.data.schema_org import describe_page, script
from kb.site.filters import filters
from kb.site.page import OutputFile, Page, Values
from kb.site.pages.compare import compare_pages
from kb.site.pages.concepts import concept_pages
from kb.site.pages.console import console_pages
from kb.site.pages.cookbook import cookbook_pages
from kb.site.pages.developers import developer_pages
from kb.site.pages.discrepancies import finding_pages
from kb.site.pages.explore import explore_pages
from kb.site.pages.forest import forest_pages
from kb.site.pages.home import data_files, home_pages
from kb.site.pages.network import network_pages
from kb.site.pages.ontology import scheme_pages
from kb.site.pages.questions import question_pages
from kb.site.pages.safety import safety_pages
from kb.site.pages.sources import source_pages
from kb.site.pages.studies import study_pages
from kb.site.pages.what_changed import change_pages
from kb.site.shell import Part, Shells
from kb.site.tables.marks import legend_of

PAGES: Final[tuple[Callable[[PageContext], Iterator[Page]], ...]] = (
    home_pages,
    study_pages,
    explore_pages,
    compare_pages,
    forest_pages,
    safety_pages,
    concept_pages,
    network_pages,
    source_pages,
    finding_pages,
    change_pages,
    question_pages,
    cookbook_pages,
    developer_pages,
    console_pages,
    scheme_pages,
)
"""The kinds of pages: a new kind is a module of ``kb.site.pages``, a template, and a line here."""

FILES: Final[tuple[Callable[[PageContext], Iterator[OutputFile]], ...]] = (
    data_files,
    linked_data_files,
    redirect_files,
    citation_files,
    llms_txt_files,
)
"""The kinds of files that belong to no single page."""

_HEADING: Final = re.compile(r'(<h2 id="([^"]+)"[^>]*>)(.*?)</h2>', re.DOTALL)


class Renderer:
    """Renders the pages of an evidence base, one at a time.

    Templates escape all text, and a missing variable is an error.
    """

    def __init__(self, site: PageContext) -> None:
        self.site = site
        self._environment = Environment(
            loader=FileSystemLoader(site.folder / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(filters(site))
        self._environment.globals["legend"] = self._legend

    def _legend(self) -> dict[str, str]:
        """What the words beside figures mean, of those that occur in the evidence base."""
        states = (view.verification.state for view in self.site.claims)
        return self.site.memo(("legend",), lambda: legend_of(states))

    def pages(self) -> Iterator[Page]:
        """List all pages. Each keeps what it has computed: a list of all would hold everything."""
        for kind in PAGES:
            yield from kind(self.site)

    def files(self) -> Iterator[OutputFile]:
        """Make the files that belong to no single page."""
        for kind in FILES:
            yield from kind(self.site)
        template = self._environment.get_template("prints.html.j2")
        macros = template.make_module({"site": self.site, "root": ""})
        yield from pop_up_files(self.site, macros)

    def embedded(self, within: str = "") -> Iterator[OutputFile]:
        """Make the pages that other sites may frame: all, or only those of one page."""
        template = self._environment.get_template("embed.html.j2")
        yield from embedded_files(self.site, template.render, within)

    def content(self, page: Page) -> str:
        """Return what a page's template makes of its values, without the theme around it."""
        return self._content(page, page.values())

    def _content(self, page: Page, values: Values) -> str:
        template = self._environment.get_template(page.template)
        return template.render(page=page, root=page.root, site=self.site, **values).strip()

    def render(self, page: Page, shells: Shells) -> str:
        """Return a page in the shell of its section."""
        values = page.values()
        content, parts = _with_permalinks(self._content(page, values))
        head = self.head(page, values)
        return shells.of(page).fill(page, head, content, parts, self.site.evidence.dataset)

    def head(self, page: Page, values: Values) -> str:
        """Return what is in the head of a page: for paper and programs, and data to load early."""
        description = describe_page(self.site, page.path)
        parts = [f"<style>{paper(self.site, page)}</style>"]
        if description:
            parts.append(f'<script type="application/ld+json">{script(description)}</script>')
        if preload := values.get("preload"):
            parts.append(f'<link rel="preload" as="fetch" crossorigin href="{page.root}{preload}">')
        return "\n".join(parts)


def paper(site: PageContext, page: Page) -> str:
    """Return the head and foot that a page has on each sheet of paper."""
    address = f"{site.base.iris.base}{page.url}"
    boxes = {
        "top-left": css_text(page.title),
        "top-right": css_text(site.evidence.dataset.title) if page.url else "none",
        "bottom-left": css_text(f"{address}; {version_text(site)}"),
        "bottom-right": 'counter(page) " of " counter(pages)',
    }
    return f"@page{{{''.join(f'@{name}{{content:{text}}}' for name, text in boxes.items())}}}"


def css_text(text: str) -> str:
    r"""Return a text as CSS, within HTML too.

    >>> css_text('A "b" </style>')
    '"A \\22 b\\22  \\3c /style\\3e "'
    """
    return '"' + re.sub(r'[<>&"\\\s]', _escaped, text) + '"'


def _escaped(sign: re.Match[str]) -> str:
    return " " if sign[0] == " " else f"\\{ord(sign[0]):x} "


def _with_permalinks(content: str) -> tuple[str, list[Part]]:
    """Give each heading a link to itself, and return the headings for the table of contents.

    >>> _with_permalinks('<h2 id="a">A</h2>')[1]
    [('a', 'A')]
    """
    parts: list[Part] = []

    def linked(heading: re.Match[str]) -> str:
        start, name, title = heading.groups()
        parts.append((name, title))
        link = f'<a class="headerlink" href="#{name}" title="Link to this part">#</a>'
        return f"{start}{title}{link}</h2>"

    return _HEADING.sub(linked, content), parts
