"""The filters that templates use."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from kb.api.results import ClaimView
from kb.model import Section, slug
from kb.site.charts.drawing import lay_out
from kb.site.context import PageContext, collect
from kb.site.labels import STATES, sentence, short_citation
from kb.site.pages.concepts import Line
from kb.site.pages.discrepancies import SIGNS, VERDICTS, verdict_code
from kb.sources.verify import VerificationState
from kb.stores.library import prefixes


def filters(site: PageContext) -> Mapping[str, Callable[..., Any]]:
    """Return the filters by name."""
    base = site.base.iris.base
    known = prefixes(site.base.iris)
    return {
        "sentence": sentence,
        "slug": slug,
        "section": section_name,
        "short": short_citation,
        "publication": site.publications.__getitem__,
        "mark": STATES.__getitem__,
        "sign": SIGNS.__getitem__,
        "verdict": lambda finding: VERDICTS[verdict_code(finding)],
        "lay_out": lay_out,
        "once": Once(),
        "by_study": lambda lines: by_study(site, lines),
        "verified_count": lambda states: states[VerificationState.VERIFIED],
        "is_own": lambda text: text.startswith(base),
        "page_of": lambda text: page_of(text.removeprefix(base)),
        "short_iri": lambda text: short_iri(str(text), known),
    }


class Once:
    """Calls a macro once for the same arguments, and gives what it wrote when it is called again.

    The same are equal texts, and otherwise the very same objects, which it keeps.
    """

    def __init__(self) -> None:
        """Begin with nothing written."""
        self._written: dict[tuple[object, ...], tuple[tuple[Any, ...], Any]] = {}

    def __call__(self, macro: Callable[..., Any], *arguments: Any) -> Any:
        """Return what the macro writes for these arguments."""
        same = (one if isinstance(one, str | bool) else id(one) for one in arguments)
        key = (getattr(macro, "name", ""), *same)
        if key not in self._written:
            self._written[key] = (arguments, macro(*arguments))
        return self._written[key][1]


def section_name(section: Section) -> str:
    """Return the number and title of a section, once where they are the same.

    >>> section_name(Section("s", "2.1", "Patients", 1))
    '2.1 Patients'
    """
    return section.id if section.label == section.id else f"{section.id} {section.label}"


def by_study(site: PageContext, lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    """Gather lines under their studies, in the order in which studies are listed."""
    found = collect((_study(line.found), line) for line in lines)
    return [(name, found[name]) for name in site.studies if name in found]


def _study(found: ClaimView) -> str:
    return found.claim.study


def page_of(path: str) -> str:
    """Return the address of the page on which a thing stands: a slash before the fragment.

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
