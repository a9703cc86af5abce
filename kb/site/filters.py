"""The filters that templates use."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from html import escape
from typing import Any, Final

from kb.model import Section, slug
from kb.site.charts.drawing import Drawing, Plot
from kb.site.context import PageContext, collect
from kb.site.counts import count_text
from kb.site.data.citations import cited
from kb.site.labels import STATES, listing, sentence, short_citation
from kb.site.page import EMBED
from kb.site.pages.concepts import Line
from kb.site.pages.discrepancies import VERDICTS, verdict_code
from kb.site.tables.marks import judged, judged_meaning, mark
from kb.stores.library import prefixes
from kb.util.wording import counted

_CARD_HEIGHT: Final = 640
_AROUND_PLOT: Final = 150
"""What an embedded page needs for a card, and beside a plot, in pixels."""


def filters(site: PageContext) -> Mapping[str, Callable[..., Any]]:
    """Return the filters by name."""
    base, known = site.base.iris.base, prefixes(site.base.iris)

    def once(macro: Callable[..., Any], *arguments: Any) -> Any:
        """Return what a macro writes, rendered once for the same arguments.

        The same are equal texts, and otherwise the very same objects. They are kept with the
        text, since an id is unique only while its object lives.
        """
        same = (one if isinstance(one, str | bool) else id(one) for one in arguments)
        key = (getattr(macro, "name", ""), *same)
        return site.memo(key, lambda: (arguments, macro(*arguments)))[1]

    return {
        "counted": counted,
        "listing": listing,
        "sentence": sentence,
        "slug": slug,
        "section": section_name,
        "short": short_citation,
        "cited": partial(cited, site),
        "named": site.named_sources,
        "counts": partial(count_text, site),
        "state": STATES.__getitem__,
        "mark": mark,
        "judged": judged,
        "judged_meaning": judged_meaning,
        "verdict": lambda finding: VERDICTS[verdict_code(finding)],
        "lay_out": Drawing,
        "frame": partial(frame, site),
        "r_line": partial(r_line, base),
        "once": once,
        "by_study": partial(by_study, site),
        "prose": prose,
        "is_own": lambda text: text.startswith(base),
        "page_of": lambda text: page_of(text.removeprefix(base)),
        "short_iri": lambda text: short_iri(str(text), known),
    }


def by_study(site: PageContext, lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Group lines by study, in the order in which studies are listed."""
    grouped = collect((line.view.claim.study, line) for line in lines)
    return [(study, grouped[study]) for study in site.studies if study in grouped]


def prose(text: str) -> str:
    """Return text as HTML, with ``code`` for what is in backticks.

    >>> prose("`a < b` holds")
    '<code>a &lt; b</code> holds'
    """
    return re.sub("`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))


def section_name(section: Section) -> str:
    """Return the number and title of a section, once where they are the same.

    >>> section_name(Section("s", "2.1", "Patients", 1))
    '2.1 Patients'
    """
    return section.id if section.label == section.id else f"{section.id} {section.label}"


def r_line(base: str, path: str) -> str:
    """Return the line of R that reads a table of the site.

    >>> r_line("https://e.org/", "study/a.csv")
    'read.csv("https://e.org/study/a.csv", fileEncoding = "UTF-8-BOM", na.strings = "")'
    """
    return f'read.csv("{base}{path}", fileEncoding = "UTF-8-BOM", na.strings = "")'


def page_of(path: str) -> str:
    """Return the address of the page that shows a thing: a slash before the fragment.

    >>> page_of("study/x#a"), page_of("source/y")
    ('study/x/#a', 'source/y/')
    """
    page, hash_, fragment = path.partition("#")
    return f"{page}/{hash_}{fragment}" if page else ""


def short_iri(text: str, known: Mapping[str, str]) -> str:
    """Write an IRI with its prefix; anything else stays as it is.

    >>> short_iri("http://example.org/a/b", {"a": "http://example.org/a/"})
    'a:b'
    """
    for prefix, iri in known.items():
        if text.startswith(iri):
            return f"{prefix}:{text.removeprefix(iri)}"
    return text


def frame(site: PageContext, path: str, title: str, plot: Plot | None = None) -> str:
    """Return the line of HTML that shows an embedded page in another page.

    Args:
        site: the evidence base.
        path: the path of the embedded page below ``EMBED``.
        title: what it shows, for readers who cannot see it.
        plot: the plot that it shows, from which its height follows.
    """
    height = round(Drawing(plot).height) + _AROUND_PLOT if plot else _CARD_HEIGHT
    address = f"{site.base.iris.base}{EMBED}/{path}/"
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="100%" '
        f'height="{height}" loading="lazy" style="border:0"></iframe>'
    )
