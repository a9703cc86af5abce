"""The page of the network: which regimens were compared, how, and which were not.

Each comparison is of one kind, as the records tell it: between randomised arms, indirect,
within a study that did not randomise, or stated by a source that names no study.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

from kb.api.results import ClaimView
from kb.model import Claim, Study
from kb.records.vocabulary import Term
from kb.site.charts.network_drawing import Edge, lay_out
from kb.site.context import PageContext, collect
from kb.site.page import Page, Values

KINDS: Final = {
    "randomised": ("randomised", "between the randomised arms of a trial, or of an analysis of it"),
    "indirect": ("indirect", "across trials that never met in one, adjusted or not"),
    "unassigned": ("not randomised", "within a study that did not assign the two by chance"),
    "stated": ("stated", "by a source that gives no study for it"),
}
"""The kinds of comparison, those that say most first: what each is called, and what it is."""

Pair = tuple[str, str]


@dataclass(frozen=True)
class ComparisonRow:
    """What one study says of two regimens: a row of the table."""

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
        return sorted(collect((f.claim.measure.endpoint, f) for f in self.claims).items())


class Comparisons:
    """The comparisons of the network, arranged by pairs of regimens and by kind."""

    def __init__(self, site: PageContext) -> None:
        """Take the network of the evidence base."""
        self.site = site
        self.network = site.base.network()
        self.rows = tuple(self._rows())

    def _rows(self) -> Iterator[ComparisonRow]:
        site, edges = self.site, self.network.edges(data=True)
        found = [(of, versus, site.by_iri[str(said["claim"])]) for of, versus, said in edges]
        heads = _heads((of, versus) for of, versus, _ in found)
        rows = collect(
            (((*heads[_pair(of, versus)], self.kind(one.claim), one.claim.study), one))
            for of, versus, one in found
        )
        kinds, studies = list(KINDS), list(site.studies)
        pairs = {key[:2]: min(kinds.index(k[2]) for k in rows if k[:2] == key[:2]) for key in rows}
        for key in sorted(
            rows, key=lambda k: (pairs[k[:2]], k[:2], kinds.index(k[2]), studies.index(k[3]))
        ):
            of, versus = (site.vocabulary.get("regimen", name) for name in key[:2])
            yield ComparisonRow(of, versus, key[2], site.studies[key[3]], tuple(rows[key]))

    def kind(self, claim: Claim) -> str:
        """Tell the kind of a comparison from the design of its study and its two groups."""
        study = self.site.studies[claim.study]
        vocabulary, said = self.site.vocabulary, self.site.settings["network"]
        if vocabulary.has_flag("design", study.kind, "isNoStudy"):
            return "stated"
        if study.kind in vocabulary.narrower("design", said["indirect"]):
            return "indirect"
        assigned = vocabulary.narrower("design", said["randomised"])
        trials = [self.site.studies[name].kind for name in study.analysis_of] or [study.kind]
        arms = [self._arm(claim.study, g) for g in (claim.measure.group, claim.measure.comparator)]
        is_between = all(arms) and arms[0] != arms[1]
        return "randomised" if is_between and assigned.issuperset(trials) else "unassigned"

    def _arm(self, study: str, name: str) -> str:
        """Return the nearest group around this one that has a role in the study, or ""."""
        group = self.site.groups[study, name]
        if group.role or not group.within:
            return name if group.role else ""
        return self._arm(study, group.within)

    @property
    def edges(self) -> list[Edge]:
        """One line for two regimens and a kind, with the number of claims behind it."""
        alike = collect((row.id, row) for row in self.rows)
        return [
            Edge(
                rows[0].of.notation,
                rows[0].versus.notation,
                rows[0].kind,
                sum(len(row.claims) for row in rows),
                identity,
            )
            for identity, rows in alike.items()
        ]

    @property
    def labels(self) -> dict[str, str]:
        """The regimens of the network with their labels, in the order of the vocabulary."""
        named = self.network.nodes
        return {t.notation: t.label for t in self.site.terms("regimen") if t.notation in named}

    def islands(self) -> list[list[str]]:
        """Return the regimens that a path of comparisons joins, the largest part first."""
        import networkx

        order = list(self.labels)
        parts = networkx.connected_components(self.network.to_undirected(as_view=True))
        sorted_parts = (sorted(part, key=order.index) for part in parts)
        return sorted(sorted_parts, key=lambda part: (-len(part), order.index(part[0])))

    def alone(self) -> list[tuple[Term, int]]:
        """Return the regimens that claims are about and that none compares, with their claims."""
        about = collect(
            (found.claim.measure.regimen or found.group.regimen, found)
            for found in self.site.claims
        )
        return [
            (term, len(about[term.notation]))
            for term in self.site.terms("regimen")
            if term.notation in about and term.notation not in self.network.nodes
        ]


def _pair(of: str, versus: str) -> Pair:
    return (of, versus) if of < versus else (versus, of)


def _heads(found: Iterable[Pair]) -> dict[Pair, Pair]:
    """Choose for each pair who is compared to whom: as most of its claims have it."""
    every = list(found)
    return {
        _pair(*one): max(sorted({one, one[::-1]}), key=every.count) for one in dict.fromkeys(every)
    }


def network_pages(site: PageContext) -> Iterator[Page]:
    """Yield the page of the network, where anything was compared, and its claims as CSV."""
    found = Comparisons(site)
    claims = list(chain.from_iterable(row.claims for row in found.rows))
    alone = found.alone()
    yield Page(
        "network",
        "network.html.j2",
        "Network of regimens",
        lambda: _values(found, alone),
        "Which regimens were compared with which, in what kind of study, and which were not.",
        hide=("navigation", "toc"),
        made_of=site.made_of(claims, [(term.iri, number) for term, number in alone]),
        files=lambda: [site.csv("network.csv", claims)],
    )


def _values(found: Comparisons, alone: Sequence[tuple[Term, int]]) -> Values:
    site, islands = found.site, found.islands()
    return {
        "site": site,
        "rows": found.rows,
        "by_line": collect((row.id, row) for row in found.rows),
        "kinds": {k: said for k, said in KINDS.items() if any(r.kind == k for r in found.rows)},
        "drawing": lay_out(found.labels, found.edges, islands),
        "islands": [[site.vocabulary.get("regimen", n) for n in part] for part in islands],
        "pairs": len({(r.of.iri, r.versus.iri) for r in found.rows}),
        "randomised": len({(r.of.iri, r.versus.iri) for r in found.rows if r.kind == "randomised"}),
        "alone": alone,
        "known": len(site.terms("regimen")),
    }
