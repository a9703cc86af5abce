"""The pages for developers: where everything is for programs, and the Python reference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial
from typing import Final

from markupsafe import Markup, escape

import kb
from kb.records.json_schema import MODELS
from kb.site.context import PageContext
from kb.site.page import Page, SearchEntry, Values
from kb.site.pages.cookbook import cookbook_pages, highlighted
from kb.site.pages.questions import asked_queries
from kb.site.reference import Entry, reference

_NAMES: Final = re.compile(rf"(?<![\w.'])({'|'.join(kb.__all__)})(?=[\],) |]|$)")
_START: Final = """\
from kb import KnowledgeBase

kb = KnowledgeBase()  # in the folder of the evidence base
for claim in kb.claims(study="{study}"):
    print(claim.claim.printed, claim.verification.state)
"""


def developer_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page for developers, and the reference of the Python face."""
    about = "Python, SPARQL, linked data and files: where everything is for programs."
    found = SearchEntry(names=("API", "For developers"))
    values = partial(_values, site)
    yield Page(
        "developers", "developers.html.j2", "For developers", values, about, search=lambda: found
    )
    entries = cache(reference)
    yield Page(
        "python",
        "python.html.j2",
        "Python reference",
        lambda: {"entries": entries(), "highlighted": highlighted, "linked": linked},
        "Every public name of the Python package, with signature, meaning and example.",
        search=lambda: SearchEntry(names=("API reference",), parts=_found(entries())),
    )


def _values(site: PageContext) -> Values:
    example = next(iter(site.studies), "study")
    return {
        "example": example,
        "written": {page.path for page in cookbook_pages(site)},
        "schemas": list(MODELS),
        "queries": len(asked_queries()),
        "code": highlighted(_START.format(study=example), "python"),
        "names": len(kb.__all__),
    }


def _found(entries: list[Entry]) -> tuple[tuple[str, str], ...]:
    """Return what the search finds: classes and functions, and the methods of the first one."""
    named = (*entries, *(one for one in entries[0].members if one.kind == "method"))
    return tuple((one.name, one.name) for one in named)


def linked(signature: str) -> Markup:
    """Return a signature as HTML, each public name in it with a link to its entry.

    >>> linked("study(name: str) -> Study")
    Markup('study(name: str) -&gt; <a href="#Study">Study</a>')
    """
    text = str(escape(signature))
    return Markup(_NAMES.sub(r'<a href="#\1">\1</a>', text))  # noqa: S704 - escaped above
