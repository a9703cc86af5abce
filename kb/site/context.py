"""The evidence base with the indexes that pages need, each computed once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from kb.analysis.comparability import Comparability
from kb.api.knowledge_base import KnowledgeBase
from kb.api.results import ClaimView
from kb.checks.groups import Groups
from kb.errors import UnavailableError
from kb.export.csv import Row, to_csv
from kb.model import WHOLE, Group, Publication, Section, Source, Study, slug
from kb.records.ontology import SKOS
from kb.records.vocabulary import Term
from kb.site.labels import Labels, short_citation
from kb.site.page import OutputFile
from kb.site.settings import load_settings

SCHEMES: Final = {
    "endpoint": "Endpoints",
    "regimen": "Regimens",
    "population": "Populations",
    "drug": "Drugs",
}
"""The schemes whose concepts have pages of their own, with all evidence on each."""

MOST_LINES: Final = 250
"""The page of a source with more claims than this lists its sections, which have pages."""

_HEAD: Final = to_csv(())
"""The first line of a CSV of claims."""

K = TypeVar("K")
V = TypeVar("V")

_ROLES: Final = {"experimental": 0, "single": 1, "comparator": 2}


@dataclass(frozen=True)
class Heading:
    """A part of a study's page: the endpoints at the top of the hierarchy that it shows."""

    title: str
    id: str
    tops: tuple[str, ...]


class PageContext:
    """An evidence base with the indexes that pages need.

    Args:
        base: the evidence base.
        folder: the folder with templates and settings, ``site/``.
    """

    def __init__(self, base: KnowledgeBase, folder: Path) -> None:
        self.base = base
        self.folder = folder
        self.evidence = base.evidence
        self.vocabulary = base.vocabulary
        self.labels = Labels(base.vocabulary)

        self._memo: dict[tuple[object, ...], Any] = {}

    names = SCHEMES

    def memo(self, key: tuple[object, ...], make: Callable[[], V]) -> V:
        """Return what several pages show, computed once.

        It is kept here and not in a cache of the module, so that it is freed with the context.
        """
        if key not in self._memo:
            self._memo[key] = make()
        value: V = self._memo[key]
        return value

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """How endpoints are arranged: ``site/site.yaml`` of the project, over the defaults."""
        return load_settings(self.base.root, self.studies)

    @cached_property
    def headings(self) -> tuple[Heading, ...]:
        """The parts of a study's page, in order; the last has all endpoints that no other names."""
        named = [Heading(h["title"], h["id"], tuple(h["tops"])) for h in self.settings["headings"]]
        taken = {top for heading in named for top in heading.tops}
        tops = (t.notation for t in self.terms("endpoint") if not t.broader)
        rest = tuple(top for top in tops if top not in taken)
        last = named[-1]
        return (*named[:-1], Heading(last.title, last.id, last.tops + rest))

    @cached_property
    def updated(self) -> str:
        """The newest date of a judgement or a check in the records, or ""."""
        judged = (d.adjudication.date for d in self.base.curated.discrepancies if d.adjudication)
        checked = (one.standing_checked for one in self.publications.values())
        return max((*judged, *checked), default="")

    @cached_property
    def comparability(self) -> Comparability:
        """In which respects the figures of several studies differ."""
        return Comparability(self.evidence, self.vocabulary)

    @cached_property
    def sizes(self) -> Groups:
        """How many people each group has, as sources print it and no judgement sets aside."""
        return Groups(self.evidence, self.vocabulary, self.base.curated.set_aside)

    @cached_property
    def other_labels(self) -> Mapping[str, list[str]]:
        """The other names of concepts, by IRI."""
        return collect(
            (str(getattr(concept, "value", "")), str(getattr(label, "value", "")))
            for concept, predicate, label in self.vocabulary.triples
            if predicate.value == f"{SKOS}altLabel"
        )

    @cached_property
    def claims(self) -> tuple[ClaimView, ...]:
        """All claims with their groups, sources, verification and discrepancies."""
        claims = tuple(self.base.claims())
        if len(claims) != len(self.evidence.claims):
            total = len(self.evidence.claims)
            raise UnavailableError(
                f"the store holds {len(claims):,} of the {total:,} claims of the records: load the "
                "dataset again (kb load)"
            )
        return claims

    @cached_property
    def by_iri(self) -> Mapping[str, ClaimView]:
        """Claims by their IRI."""
        return {view.iri: view for view in self.claims}

    @cached_property
    def by_study(self) -> Mapping[str, list[ClaimView]]:
        """Claims by the id of their study."""
        return collect((view.claim.study, view) for view in self.claims)

    @cached_property
    def by_source(self) -> Mapping[str, list[ClaimView]]:
        """Claims by the id of their source."""
        return collect((view.claim.source, view) for view in self.claims)

    @cached_property
    def by_publication(self) -> Mapping[str, list[ClaimView]]:
        """Second-hand claims by the publication that they cite."""
        return collect((p.id, view) for view in self.claims for p in view.publications)

    @cached_property
    def studies(self) -> Mapping[str, Study]:
        """Studies by id, in the order of designs in the vocabulary, then by name."""
        order = list(self.vocabulary.schemes["design"])
        ranked = sorted(
            self.evidence.studies, key=lambda s: (order.index(s.kind), s.name.casefold())
        )
        return {study.id: study for study in ranked}

    @cached_property
    def groups(self) -> Mapping[tuple[str, str], Group]:
        """Groups by study and id."""
        return {(group.study, group.id): group for group in self.evidence.groups}

    @cached_property
    def publications(self) -> Mapping[str, Publication]:
        """Publications by id."""
        return {publication.id: publication for publication in self.evidence.publications}

    @cached_property
    def sources(self) -> Mapping[str, Source]:
        """Sources by id."""
        return {source.id: source for source in self.evidence.sources}

    @cached_property
    def sections(self) -> Mapping[tuple[str, str], Section]:
        """Sections by source and id."""
        return {(section.source, section.id): section for section in self.evidence.sections}

    @cached_property
    def rows(self) -> Mapping[tuple[str, str], list[Row]]:
        """The rows of the export by study and claim: a schedule has one for each of its steps."""
        return collect(((row["study"], row["claim"]), row) for row in self.base.rows)

    def _line(self, key: tuple[str, str]) -> str:
        """Return the lines of a claim in a CSV, written once for all tables that have it."""
        return self.memo(("csv", *key), lambda: to_csv(self.rows[key]).removeprefix(_HEAD))

    def csv(self, path: str, claims: Iterable[ClaimView]) -> OutputFile:
        """Return the download of a table: the rows of exactly these claims."""
        keys = sorted({(view.claim.study, view.claim.id) for view in claims})
        return OutputFile.csv(path, _HEAD + "".join(map(self._line, keys)))

    def evidence_on(self, scheme: str) -> Mapping[str, list[ClaimView]]:
        """Return the claims on every concept of a scheme, those on narrower concepts included."""
        return self.memo(("evidence", scheme), lambda: self._evidence_on(scheme))

    def _evidence_on(self, scheme: str) -> Mapping[str, list[ClaimView]]:
        notations = {term.iri: term.notation for term in self.terms(scheme)}
        rows = self.base.ask(f"page-evidence-by-{scheme}")
        return collect(
            (notations[str(row["concept"])], self.by_iri[str(row["claim"])]) for row in rows
        )

    def has_page(self, scheme: str, notation: str) -> bool:
        """Whether a concept has a page: it or a narrower one has evidence."""
        return notation in self.evidence_on(scheme)

    def with_page(self, scheme: str) -> list[Term]:
        """Return the concepts of a scheme that have a page."""
        return [term for term in self.terms(scheme) if self.has_page(scheme, term.notation)]

    @cached_property
    def _source_names(self) -> tuple[re.Pattern[str], Mapping[str, str]]:
        # An id of one word may be a word of the text.
        names = {study.id: study.name for study in self.studies.values() if "-" in study.id}
        publications = (p for p in self.publications.values() if "-" in p.id)
        names |= {publication.id: short_citation(publication) for publication in publications}
        names |= {
            source.id: short_citation(self.publications[source.publication])
            for source in self.evidence.sources
        }
        longest_first = sorted(map(re.escape, names), key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(longest_first)})(?![\w-])"), names

    def named_sources(self, text: str) -> str:
        """Write the ids in a text as names: of papers as they are cited, of studies."""
        ids, names = self._source_names
        return ids.sub(lambda match: names[match[0]], text) if names else text

    def section_path(self, source: str, section: str) -> str:
        """Return the address of what is shown of a section, relative to the site.

        The page of a source that gives much has a page for each of its sections.
        """
        name = slug(section)
        return f"source/{source}/{name}/" if self.is_divided(source) else f"source/{source}/#{name}"

    def is_divided(self, source: str) -> bool:
        """Whether a source gives more than one page can list."""
        return len(self.by_source.get(source, ())) > MOST_LINES

    def terms(self, scheme: str) -> Sequence[Term]:
        """Return the concepts of a scheme in the order of the vocabulary."""
        return list(self.vocabulary.schemes.get(scheme, {}).values())

    def top(self, endpoint: str) -> str:
        """Return the endpoint at the top of the hierarchy over this one."""
        return self.vocabulary.top("endpoint", endpoint)

    @cached_property
    def endpoint_order(self) -> Mapping[str, int]:
        """The position of each endpoint in the vocabulary."""
        return {term.notation: at for at, term in enumerate(self.terms("endpoint"))}

    def groups_of(self, study: str) -> list[Group]:
        """Return the groups of a study: experimental arms first, parts after their whole."""
        return list(self._groups_by_study.get(study, ()))

    @cached_property
    def _groups_by_study(self) -> Mapping[str, list[Group]]:
        ordered = sorted(self.evidence.groups, key=lambda g: (_ROLES.get(g.role, 3), g.id))
        return collect((group.study, group) for group in ordered)

    def is_part(self, study: str, name: str, whole: str) -> bool:
        """Whether a group is within another, or within its arm of an analysis set."""
        group, other = self.groups[study, name], self.groups[study, whole]
        while group.within and group.id != whole:
            same_arm = group.role and (group.role, group.regimen) == (other.role, other.regimen)
            if group.within == whole or (same_arm and group.within != other.within == WHOLE):
                return True
            group = self.groups[study, group.within]
        return False

    def arms(self, study: str) -> list[Group]:
        """Return the arms and cohorts that divide the whole study; controls alone do not."""
        kinds = ("arm", "cohort")
        arms = [g for g in self.groups_of(study) if g.kind in kinds and g.within == WHOLE]
        return arms if any(g.role != "comparator" for g in arms) else []

    def who(self, study: str, group: str) -> str:
        """Return the label of a group."""
        return self.groups[study, group].label


def collect(pairs: Iterable[tuple[K, V]]) -> dict[K, list[V]]:
    """Group values by key, in the order in which they come.

    >>> collect([("a", 1), ("b", 2), ("a", 3)])
    {'a': [1, 3], 'b': [2]}
    """
    groups: dict[K, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return dict(groups)
