"""Results of look-ups: rows of a query, and claims with their context."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, overload

from kb.checks.adjudication import ClaimStatus
from kb.checks.citations import Citation, Reference
from kb.export import csv as exports
from kb.model import Claim, Group, Publication, Source, claim_outputs
from kb.sources.verify import Verification
from kb.stores.base import Cell, ResultSet
from kb.util.frames import data_frame
from kb.util.wording import counted

if TYPE_CHECKING:
    import pandas

    from kb.analysis.comparability import Comparability, Difference
    from kb.checks import Discrepancy


class QueryResult(Sequence[Mapping[str, Cell]]):
    """The answer to a query: rows as mappings from column to value.

    >>> from kb.stores.base import ResultSet
    >>> result = QueryResult(ResultSet(["study", "months"], [("tower", 7.7)]))
    >>> result[0]["months"]
    7.7
    """

    def __init__(self, answer: ResultSet) -> None:
        """Wrap the rows of a store."""
        self.columns: tuple[str, ...] = tuple(answer.columns)
        self._rows = answer.rows

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> Mapping[str, Cell]: ...
    @overload
    def __getitem__(self, index: slice) -> list[Mapping[str, Cell]]: ...
    def __getitem__(self, index: int | slice) -> Mapping[str, Cell] | list[Mapping[str, Cell]]:
        """Return one row, or a list of rows."""
        if isinstance(index, slice):
            return [dict(zip(self.columns, row, strict=True)) for row in self._rows[index]]
        return dict(zip(self.columns, self._rows[index], strict=True))

    def __repr__(self) -> str:
        """Return the number of rows and the columns."""
        return f"<QueryResult of {counted(len(self), 'row')}: {', '.join(self.columns)}>"

    def to_frame(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame (extra ``frames``)."""
        return data_frame(self._rows, self.columns)


@dataclass(frozen=True)
class ClaimView:
    """A claim with its context: group, source, publications cited, verification, discrepancies.

    ``iri`` is the claim's address in the graph and on the site; ``standing`` tells whether a
    curator's judgement prefers the claim or sets it aside. ``publications`` are those of
    ``citation.meant``: where a reference number is misprinted, not what it leads to. ``block``
    are the claims that were printed together, this one included: a comparison is only about the
    values in its block.
    """

    claim: Claim
    group: Group
    source: Source
    publications: tuple[Publication, ...]
    verification: Verification
    iri: str
    discrepancies: tuple[Discrepancy, ...] = ()
    standing: ClaimStatus = ClaimStatus.UNCONTESTED
    citation: Citation = field(default_factory=Citation)
    block: Sequence[ClaimView] = field(default=(), compare=False, repr=False)

    @property
    def misprint(self) -> str:
        """What is wrong with the reference numbers, where they lead to another study."""
        if not self.citation.is_misprinted:
            return ""
        meant = _brackets(self.citation.meant)
        wrong = f"instead of {meant}" if meant else "leads to another study"
        return f"{_brackets(self.citation.printed)} {wrong}"

    @property
    def values(self) -> tuple[ClaimView, ...]:
        """The figures of the two groups that a comparison was printed with; none of others."""
        measure = self.claim.measure
        groups = (measure.group, measure.comparator) if measure.comparator else ()
        return tuple(
            view
            for view in self.block
            if view.claim.measure.group in groups and not view.claim.measure.comparator
        )

    def labelled(self) -> list[tuple[str, str]]:
        """Return the fields of the claim that have a label of their own, where not empty."""
        shown = ((output.label, output.text(self.claim)) for output in claim_outputs())
        return [(label, text) for label, text in shown if label and text]

    def explain(self) -> str:
        """Return what is claimed, of whom, by whom and where, and whether it was verified.

        One line for each fact, as ``kb show`` prints them.
        """
        claim, measure, verification = self.claim, self.claim.measure, self.verification
        row = " › ".join((claim.section, *claim.row, claim.column)).strip(" ›")
        company = ", ".join(view.claim.id for view in self.block if view.iri != self.iri)
        lines = (
            ("claim", self.iri),
            ("measure", " ".join((measure.endpoint, measure.category, claim.statistic)).strip()),
            *self.labelled(),
            ("time", str(measure.time)),
            ("group", f"{self.group.label} ({measure.study}, {measure.group})"),
            ("compared with", measure.comparator),
            ("printed", claim.printed),
            ("noted", claim.noted),
            ("together with", company),
            ("where", f"{self.source.id}, {row}"),
            ("cites", "; ".join(p.citation for p in self.publications)),
            ("misprinted", self.misprint),
            ("note", claim.note),
            ("verification", ": ".join((verification.state.value, *verification.reasons))),
            ("standing", self.standing.value),
            *(line for one in self.discrepancies for line in _discrepancy_lines(one)),
        )
        return "\n".join(f"{name + ':':<15}{text}" for name, text in lines if text)

    def __str__(self) -> str:
        """Return the figures as printed and their place."""
        wording = f"{self.claim.printed!r}" if self.claim.printed else f"noted: {self.claim.noted}"
        return f"{wording} ({self.claim.source}, {self.claim.section})"


class Claims(Sequence[ClaimView]):
    """The claims of a look-up, in the order of their ids."""

    def __init__(
        self,
        views: Iterable[ClaimView],
        rows: Iterable[exports.Row],
        comparability: Comparability,
    ) -> None:
        """Keep the claims with their rows of the CSV; ``rows`` may hold those of other claims."""
        self._comparability = comparability
        self._views = tuple(views)
        wanted = {(view.claim.study, view.claim.id) for view in self._views}
        self._rows = [row for row in rows if (row["study"], row["claim"]) in wanted]

    def __len__(self) -> int:
        """Return the number of claims."""
        return len(self._views)

    @overload
    def __getitem__(self, index: int) -> ClaimView: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ClaimView, ...]: ...
    def __getitem__(self, index: int | slice) -> ClaimView | tuple[ClaimView, ...]:
        """Return one claim, or several."""
        return self._views[index]

    def __repr__(self) -> str:
        """Return the number of claims and of their studies."""
        studies = {view.claim.study for view in self._views}
        return f"<{counted(len(self), 'claim')} about {counted(len(studies), 'study', 'studies')}>"

    def blocks(self) -> tuple[tuple[ClaimView, ...], ...]:
        """Return the claims as they were printed together: whole blocks, each once.

        A comparison (p-value, interval, ratio) is only about the values in its block.

        >>> from kb import KnowledgeBase
        >>> block = KnowledgeBase().claims(study="tower", endpoint="OS").blocks()[0]
        >>> len({view.claim.printed or view.claim.noted for view in block})
        1
        """
        every = {(view.claim.study, view.claim.block): tuple(view.block) for view in self}
        return tuple(every.values())

    def preferred(self) -> Claims:
        """Return the claims without those that a curator's judgement set aside.

        Claims that contradict each other without a judgement all stay.
        """
        return self.where(lambda view: view.standing is not ClaimStatus.SET_ASIDE)

    def where(self, is_wanted: Callable[[ClaimView], bool]) -> Claims:
        """Return the claims for which a function is true.

        >>> from kb import KnowledgeBase
        >>> claims = KnowledgeBase().claims(study="tower", endpoint="OS")
        >>> {v.claim.statistic for v in claims.where(lambda v: v.claim.statistic == "median")}
        {'median'}
        """
        return Claims(filter(is_wanted, self), self._rows, self._comparability)

    def comparability(self) -> tuple[Difference, ...]:
        """Return how the studies of the claims differ, to be read before comparing them.

        Empty for the claims of one study.
        """
        return self._comparability.differences(view.claim for view in self)

    def rows(self) -> list[exports.Row]:
        """Return the claims as rows with the columns of ``kb export claims``."""
        return list(self._rows)

    def to_frame(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame (extra ``frames``)."""
        return data_frame(self._rows, exports.COLUMNS)


def _brackets(references: Iterable[Reference]) -> str:
    return ", ".join(f"[{number}]" for number, _ in references)


def _discrepancy_lines(discrepancy: Discrepancy) -> Iterator[tuple[str, str]]:
    severity, status = discrepancy.severity.value, discrepancy.status.value
    yield "discrepancy", f"{discrepancy.message} ({severity}, {status})"
    one = discrepancy.adjudication
    if one is not None:
        reads = f"; should read {one.reads}" if one.reads else ""
        judgement = " because of ".join(filter(None, (one.judgement, one.because)))
        yield "adjudication", f"{judgement}{reads}: {one.explanation} ({one.date})"
