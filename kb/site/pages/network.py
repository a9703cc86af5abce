"""The page of the network: which regimens were compared, how, and which were not.

Each comparison is of one kind, as the records have it: between randomised arms, indirect,
within a study that did not randomise, or stated by a source that names no study.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final

from kb.api.results import ClaimView
from kb.model import Claim, Study
from kb.records.vocabulary import Term
from kb.site.charts.network_drawing import Edge, lay_out
from kb.site.context import PageContext, collect
from kb.site.page import OutputFile, Page, Values

_MOST_STUDIES: Final = 25
"""Rows of the page for one pair of regimens; its download has all."""
_MOST_CLAIMS: Final = 900
"""Links to claims on the page: where there are more, each pair of regimens shows fewer rows."""
KINDS: Final = {
    "randomised": ("randomised", "between the randomised arms of a trial, or of an analysis of it"),
    "indirect": ("indirect", "across trials without a common randomisation, adjusted or not"),
    "unassigned": ("not randomised", "within a study that did not randomise between the two"),
    "stated": ("stated", "by a source that names no study for it"),
}
"""The kinds of comparison, the strongest first: the name of each, and what it is."""


@dataclass(frozen=True)
class ComparisonRow:
    """The claims of one study that compare two regimens: a row of the table."""

    of: Term
    versus: Term
    kind: str
    study: Study
    claims: tuple[ClaimView, ...]

    @property
    def id(self) -> str:
        """The id of the line that the drawing has for these two and this kind."""
        return f"compared.{self.of.notation}.{self.versus.notation}.{self.kind}"

    @property
    def endpoints(self) -> list[tuple[str, list[ClaimView]]]:
        """The endpoints compared, each with its claims."""
        return sorted(collect((v.claim.measure.endpoint, v) for v in self.claims).items())


class Comparisons:
    """The comparisons of the network, arranged by pairs of regimens and by kind."""

    def __init__(self, site: PageContext) -> None:
        self.site = site
        self.network = site.base.network()
        self.rows = self._rows()

    def _rows(self) -> tuple[ComparisonRow, ...]:
        """A row for each pair, kind and study; pairs with the strongest kinds come first.

        A pair is shown in the direction that most of its claims have.
        """
        site, regimens = self.site, self.site.vocabulary.schemes["regimen"]
        edges = [(a, b, site.by_iri[edge["claim"]]) for a, b, edge in self.network.edges(data=True)]
        directions = Counter((a, b) for a, b, _ in edges)
        grouped = collect(
            (
                (
                    *max(sorted({(a, b), (b, a)}), key=directions.__getitem__),
                    self.kind(view.claim),
                    view.claim.study,
                ),
                view,
            )
            for a, b, view in edges
        )
        kinds, studies = list(KINDS), list(site.studies)
        strongest = {
            pair: min(ranks)
            for pair, ranks in collect((k[:2], kinds.index(k[2])) for k in grouped).items()
        }

        def order(key: tuple[str, str, str, str]) -> tuple[object, ...]:
            pair, kind, study = key[:2], key[2], key[3]
            return strongest[pair], pair, kinds.index(kind), studies.index(study)

        return tuple(
            ComparisonRow(regimens[a], regimens[b], kind, site.studies[study], tuple(views))
            for (a, b, kind, study), views in sorted(grouped.items(), key=lambda i: order(i[0]))
        )

    def kind(self, claim: Claim) -> str:
        """Return the kind of a comparison from the design of its study and its two groups."""
        study = self.site.studies[claim.study]
        vocabulary, settings = self.site.vocabulary, self.site.settings["network"]
        if vocabulary.has_flag("design", study.kind, "isNoStudy"):
            return "stated"
        if study.kind in vocabulary.narrower("design", settings["indirect"]):
            return "indirect"
        arms = [self._arm(claim.study, g) for g in (claim.measure.group, claim.measure.comparator)]
        is_between = all(arms) and arms[0] != arms[1]
        return "randomised" if is_between and self._is_by_chance(study, arms) else "unassigned"

    def _is_by_chance(self, study: Study, arms: Sequence[str]) -> bool:
        """Whether patients were randomised between two arms, in the trials that were pooled.

        Arms of two trials that stand side by side were not, though each trial randomised.
        """
        kinds = self.site.vocabulary.narrower("design", self.site.settings["network"]["randomised"])
        trials = study.analysis_of or (study.id,)
        if not kinds.issuperset(self.site.studies[name].kind for name in trials):
            return False
        regimens = {self.site.groups[study.id, arm].regimen for arm in arms}
        given = ({arm.regimen for arm in self.site.arms(trial)} for trial in trials)
        return len(trials) == 1 or any("" not in regimens and regimens <= one for one in given)

    def _arm(self, study: str, name: str) -> str:
        """Return the nearest group around this one that has a role in the study, or ""."""
        group = self.site.groups[study, name]
        if group.role or not group.within:
            return name if group.role else ""
        return self._arm(study, group.within)

    @property
    def edges(self) -> list[Edge]:
        """One line for two regimens and a kind, with the number of claims behind it."""
        by_line = collect(((r.of.notation, r.versus.notation, r.kind, r.id), r) for r in self.rows)
        return [
            Edge(a, b, kind, sum(len(row.claims) for row in rows), line)
            for (a, b, kind, line), rows in by_line.items()
        ]

    @property
    def labels(self) -> dict[str, str]:
        """The regimens of the network with their labels, in the order of the vocabulary."""
        nodes = self.network.nodes
        return {t.notation: t.label for t in self.site.terms("regimen") if t.notation in nodes}

    def islands(self) -> list[list[str]]:
        """Return the regimens that a path of comparisons joins, the largest part first."""
        import networkx

        order = list(self.labels)
        parts = networkx.connected_components(self.network.to_undirected(as_view=True))
        sorted_parts = (sorted(part, key=order.index) for part in parts)
        return sorted(sorted_parts, key=lambda part: (-len(part), order.index(part[0])))

    def alone(self) -> list[tuple[Term, int]]:
        """Return the regimens with claims of which none compares them, with their number."""
        counts = Counter(v.claim.measure.regimen or v.group.regimen for v in self.site.claims)
        return [
            (term, counts[term.notation])
            for term in self.site.terms("regimen")
            if term.notation in counts and term.notation not in self.network.nodes
        ]


def network_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page of the network, and its claims as CSV."""

    @cache  # the page and its download need the same
    def comparisons() -> Comparisons:
        return Comparisons(site)

    def files() -> Iterator[OutputFile]:
        rows = comparisons().rows
        yield site.csv("network.csv", chain.from_iterable(row.claims for row in rows))

    yield Page(
        "network",
        "network.html.j2",
        "Network of regimens",
        lambda: _values(comparisons()),
        "Which regimens were compared with which, in what kind of study, and which were not.",
        hide=("navigation", "toc"),
        files=files,
    )


def _values(comparisons: Comparisons) -> Values:
    site, rows, islands = comparisons.site, comparisons.rows, comparisons.islands()
    kinds = {row.kind for row in rows}
    by_line = collect((row.id, row) for row in rows)
    return {
        "rows": rows,
        "most": _most_studies(by_line.values()),
        "by_line": by_line,
        "kinds": {kind: text for kind, text in KINDS.items() if kind in kinds},
        "drawing": lay_out(comparisons.labels, comparisons.edges, islands),
        "islands": [[site.vocabulary.get("regimen", name) for name in part] for part in islands],
        "pairs": len({(row.of.iri, row.versus.iri) for row in rows}),
        "randomised": len({(r.of.iri, r.versus.iri) for r in rows if r.kind == "randomised"}),
        "alone": comparisons.alone(),
        "known": len(site.terms("regimen")),
    }


def _most_studies(pairs: Collection[Sequence[ComparisonRow]]) -> int:
    """Return how many rows each pair of regimens shows: at least one, and no more than fit."""

    def fits(most: int) -> bool:
        return sum(len(row.claims) for rows in pairs for row in rows[:most]) <= _MOST_CLAIMS

    return next(filter(fits, range(_MOST_STUDIES, 1, -1)), 1)
