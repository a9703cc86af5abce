"""Safety at a glance: what each report gives of some kinds of adverse events, by regimen.

The rows are those of the tables of studies, so that figures stand side by side only where they
were printed together. The settings say which endpoints are of a kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.model import RESULT_KINDS, Claim, Group, slug
from kb.records.vocabulary import Term
from kb.site.charts.plot_data import PlotData
from kb.site.context import PageContext, collect
from kb.site.counts import reports
from kb.site.labels import Part, context, dotted, sentence
from kb.site.tables.figures import DisplayedFigure
from kb.site.tables.safety_rows import (
    SafetyCell,
    SafetyKind,
    SafetyPart,
    SafetyRegimen,
    SafetyRow,
)
from kb.site.tables.same_results import one_result_once
from kb.site.tables.study import StudyRow, StudyTables

PATH: Final = "safety"
TITLE: Final = "Safety at a glance"
MOST_FIGURES: Final = 400
"""A page with more figures than this is slow on a phone."""
_SEVERITIES: Final = re.compile(r"\b(grade|severe|serious|fatal)\b")
_OPERATORS: Final = (
    (re.compile(r"\bgrade ≥ ?(\d)"), r"grade \1 or higher"),
    (re.compile(r"\bgrade > ?(\d)"), r"grade above \1"),
    (re.compile(r"\bgrade ≤ ?(\d)"), r"grade \1 or lower"),
    (re.compile(r"\bgrade < ?(\d)"), r"grade below \1"),
    (re.compile(r"\bgrade (\d)-(\d)"), r"grade \1–\2"),
)


class Safety:
    """Arranges the adverse events of an evidence base."""

    def __init__(self, site: PageContext) -> None:
        self.site, self.data = site, PlotData(site)

    @classmethod
    def of(cls, site: PageContext) -> Safety:
        """Return the one of an evidence base, made once for all pages."""
        return site.memo((PATH,), lambda: cls(site))

    @cached_property
    def kinds(self) -> list[SafetyKind]:
        """The kinds that the settings name, as far as the vocabulary has their endpoints."""
        known, vocabulary = self.site.endpoint_order, self.site.vocabulary
        return [
            SafetyKind(
                one["title"],
                one["id"],
                frozenset().union(
                    *(vocabulary.narrower("endpoint", e) for e in one["endpoints"] if e in known)
                ),
                frozenset(one["categories"]),
            )
            for one in self.site.settings[PATH]
        ]

    @cached_property
    def parts(self) -> list[SafetyPart]:
        """The kinds that have a figure."""
        parts = (SafetyPart(kind, tuple(self._regimens(kind))) for kind in self.kinds)
        return [part for part in parts if part.regimens]

    @cached_property
    def is_divided(self) -> bool:
        """Whether each kind has a page of its own, as all of them are too many for one."""
        rows = (one for part in self.parts for row in part.rows for one in (row, *row.others))
        return sum(len(row.cells) for row in rows) > MOST_FIGURES

    def titles(self) -> dict[str, str]:
        """Return the path and the title of each page: of the overview, and of kinds apart."""
        if not self.parts:
            return {}
        kinds = [part.kind for part in self.parts] if self.is_divided else []
        return {PATH: TITLE} | {f"{PATH}/{k.id}": f"Safety: {k.title}" for k in kinds}

    def address(self, place: str) -> str:
        """Return the address of a kind, or of a regimen in it."""
        kind = place.partition(".")[0]
        return f"{PATH}/{kind}/#{place}" if self.is_divided else f"{PATH}/#{place}"

    def links(self) -> list[tuple[str, str]]:
        """Return the title and the address of each kind."""
        return [(part.kind.title, self.address(part.kind.id)) for part in self.parts]

    def links_of_study(self, study: str) -> list[tuple[str, str]]:
        """Return the kinds of which a study gives figures."""
        return [(p.kind.title, self.address(p.kind.id)) for p in self.parts if study in p.studies]

    def links_of_term(self, scheme: str, notation: str) -> list[tuple[str, str]]:
        """Return the kinds of which there are figures of a regimen, or of an endpoint."""
        if scheme == "endpoint":
            of_kind = (part.kind for part in self.parts if notation in part.kind.endpoints)
            return [(kind.title, self.address(kind.id)) for kind in of_kind]
        return [
            (part.kind.title, self.address(regimen.place))
            for part in self.parts
            for regimen in part.regimens
            if (scheme, regimen.notation) == ("regimen", notation)
        ]

    @cached_property
    def headings(self) -> set[str]:
        """The parts of a study's page that have such endpoints."""
        tops = {self.site.top(name) for kind in self.kinds for name in kind.endpoints}
        return {heading.id for heading in self.site.headings if tops & set(heading.tops)}

    # --- rows ---------------------------------------------------------------------------------

    def _regimens(self, kind: SafetyKind) -> Iterator[SafetyRegimen]:
        rows = [
            row
            for study in self.site.studies
            for row in self._of_study(study, self._views(study, kind))
        ]
        order = {term.notation: at for at, term in enumerate(self.site.terms("regimen"))}
        by_regimen = collect((row.cells[0].regimen, row) for row in rows)

        def rank(name: str) -> tuple[bool, int]:
            is_compared = any(len(row.cells) > 1 for row in by_regimen[name])
            return not (name and is_compared), order.get(name, len(order))

        for notation in sorted(by_regimen, key=rank):
            label = self.site.labels.label("regimen", notation) or "all arms, or regimen not stated"
            ranked = sorted(by_regimen[notation], key=lambda row: -len(row.cells))
            place = f"{kind.id}.{slug(notation) or 'other'}"
            yield SafetyRegimen(notation, sentence(label), place, tuple(ranked))

    def _views(self, study: str, kind: SafetyKind) -> list[ClaimView]:
        return [v for v in self.site.by_study.get(study, ()) if self._is_of(v.claim, kind)]

    def _is_of(self, claim: Claim, kind: SafetyKind) -> bool:
        measure = claim.measure
        categories = set(measure.category.split(", ")) & kind.categories
        is_event = self._is_event(measure.endpoint) and bool(categories)
        is_of = measure.endpoint in kind.endpoints or is_event
        return is_of and claim.kind in RESULT_KINDS

    def _is_event(self, endpoint: str) -> bool:
        return self.site.top(endpoint) in self.data.settings["by_category"]

    def _of_study(self, study: str, views: Sequence[ClaimView]) -> list[SafetyRow]:
        """Return the rows of a study: the first report of each, the others folded into it."""
        repeated = self._repeated(views)
        tables = StudyTables(self.site, study)
        fresh, repeats = (
            _side_by_side(
                self._rows(tables, [v for v in views if (v.claim.block in repeated) is is_repeat])
            )
            for is_repeat in (False, True)
        )
        first: list[SafetyRow] = []
        others: list[SafetyRow] = []
        by_subject = collect((row.subject, row) for row in fresh if self._leads(row))
        for rows in by_subject.values():
            covered: set[str] = set()
            for row in sorted(rows, key=self._rank):
                (others if row.groups <= covered else first).append(row)
                covered |= row.groups
        others += [row for row in fresh if not self._leads(row)]
        return _folded(first, [*others, *repeats])

    def _repeated(self, views: Sequence[ClaimView]) -> set[str]:
        """Return the blocks with a result that another claim of the study states more fully."""
        return {
            view.claim.block
            for measure, every in one_result_once(self.site, views).items()
            for view in every
            if view.claim.measure != measure
        }

    def _rows(self, tables: StudyTables, views: Sequence[ClaimView]) -> Iterator[SafetyRow]:
        table = tables.table("", "", views)
        for block in table.blocks:
            for row in block.rows:
                if made := self._row(tables.study, block.endpoint, row):
                    yield made

    def _row(self, study: str, endpoint: Term, row: StudyRow) -> SafetyRow | None:
        figures = [figure for cell in row.cells for figure in cell.figures]
        cells = tuple(self._cell(f) for f in figures if self._is_figure(f.claims[0].claim))
        if not cells:
            return None
        claim = cells[0].figure.claims[0].claim
        bare = replace(claim, measure=replace(claim.measure, category=""))
        contexts = dict.fromkeys(context(v.claim) for cell in cells for v in cell.figure.claims)
        return SafetyRow(
            study,
            endpoint,
            self._grade(endpoint, claim.measure.category),
            self.site.labels.measure(bare),
            row.named,
            dotted(*contexts),
            cells,
            row.compared,
        )

    def _is_figure(self, claim: Claim) -> bool:
        """Whether a claim gives a number, or a word that stands for one: none, all."""
        words = self.site.vocabulary.schemes.get("word", {})
        word = claim.figure.text_value
        return claim.has_figure or (word in words and bool(words[word].first("standsFor")))

    def _cell(self, figure: DisplayedFigure) -> SafetyCell:
        claim = figure.claims[0].claim
        measure = claim.measure
        text = self.site.labels.figure(claim.figure) or figure.text
        shown = replace(figure, parts=(Part("figure", text),))
        is_share = all(self.data.is_share(view.claim) for view in figure.claims)
        group = self.site.groups[measure.study, measure.group]
        plotted = self.data.row_of(measure, [shown]) if is_share else None
        return SafetyCell(group, measure.regimen or self._regimen(group), shown, plotted)

    def _regimen(self, group: Group) -> str:
        """Return the regimen of a group, of the nearest wider one, or of the study."""
        while not group.regimen and group.within:
            group = self.site.groups[group.study, group.within]
        return group.regimen or self.site.studies[group.study].regimen

    def _grade(self, endpoint: Term, category: str) -> str:
        """Write the category of an event, and that no grade is stated where none is."""
        for pattern, words in _OPERATORS:
            category = pattern.sub(words, category)
        is_stated = _SEVERITIES.search(f"{endpoint.label} {category}")
        if is_stated or not self._is_event(endpoint.notation):
            return category
        return ", ".join(filter(None, (category, "grade not stated")))

    # --- which row leads ----------------------------------------------------------------------

    def _leads(self, row: SafetyRow) -> bool:
        """Whether a row gives the frequency of an event, and not one among people who had it."""
        claim = row.cells[0].figure.claims[0].claim
        group = row.cells[0].group
        among = group.who_endpoint and self.site.top(group.who_endpoint)
        is_rate = self.data.quantity(claim.figure) == "rate"
        is_frequency = is_rate or bool(claim.figure.text_value) or row.cells[0].plotted is not None
        return is_frequency and among != self.site.top(row.endpoint.notation)

    def _rank(self, row: SafetyRow) -> tuple[object, ...]:
        """Rank rows of one subject: not set aside, the study's own, with counts, the latest."""
        statuses = {cell.figure.standing for cell in row.cells}
        view = row.views[0]
        years = (self.site.publications[name].year or 0 for name in reports(view))
        return (
            statuses == {ClaimStatus.SET_ASIDE},
            ClaimStatus.PREFERRED not in statuses,
            view.claim.is_second_hand,
            -len(row.cells),
            -sum(cell.of is not None for cell in row.cells),
            -max(years, default=0),
            view.claim.id,
        )


def _side_by_side(rows: Iterable[SafetyRow]) -> list[SafetyRow]:
    """Join rows that were printed together: where a study has many arms, each has its own."""
    printed = collect(((row.subject, row.blocks), row) for row in rows)
    return [
        replace(
            same[0],
            named=tuple(dict.fromkeys(name for row in same for name in row.named)),
            context=dotted(*dict.fromkeys(row.context for row in same)),
            cells=tuple(cell for row in same for cell in row.cells),
            compared=tuple(figure for row in same for figure in row.compared),
        )
        for same in printed.values()
    ]


def _folded(first: Sequence[SafetyRow], others: Iterable[SafetyRow]) -> list[SafetyRow]:
    """Put each other row into one of the same event and group, else of the event, or endpoint.

    A row without such a row stands by itself.
    """
    rows, folded = list(first), dict[int, list[SafetyRow]]()
    for other in others:
        likeness = [_likeness(row, other) for row in rows]
        if best := max(likeness, default=0):
            folded.setdefault(likeness.index(best), []).append(other)
        else:
            rows.append(other)
    return [replace(row, others=tuple(folded.get(at, ()))) for at, row in enumerate(rows)]


def _likeness(row: SafetyRow, other: SafetyRow) -> int:
    """Return how much two rows have in common: the endpoint, what is counted, a group."""
    if row.endpoint != other.endpoint:
        return 0
    is_same = row.subject == other.subject
    return 1 + is_same + (is_same and bool(row.groups & other.groups))
