"""What a look-up returns: tables, and claims with what is known around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, overload

from kb.checks.adjudication import ClaimStatus
from kb.errors import UnavailableError
from kb.export import csv as exports
from kb.model import Claim, Group, Publication, Source, claim_outputs
from kb.sources.verify import Verification
from kb.stores.base import Cell, ResultSet

if TYPE_CHECKING:
    import pandas

    from kb.analysis.comparability import Comparability, Difference
    from kb.checks import Discrepancy


class QueryResult(Sequence[Mapping[str, Cell]]):
    """The answer to a query: rows as mappings from column to value."""

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
        """Say how large the table is and what its columns are."""
        return f"<Table of {len(self)} rows: {', '.join(self.columns)}>"

    def to_frame(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame (extra ``frames``)."""
        return _frame(self._rows, self.columns)


@dataclass(frozen=True)
class ClaimView:
    """A claim with what is known around it."""

    claim: Claim
    group: Group
    source: Source
    publications: tuple[Publication, ...]
    check: Verification
    iri: str
    findings: tuple[Discrepancy, ...] = ()
    standing: ClaimStatus = ClaimStatus.UNCONTESTED

    def labelled(self) -> list[tuple[str, str]]:
        """Return the fields of the claim that have a label of their own, where not empty."""
        shown = ((output.label, output.text(self.claim)) for output in claim_outputs())
        return [(label, text) for label, text in shown if label and text]

    def explain(self) -> str:
        """Return what is claimed, of whom, by whom and where, and whether it was verified.

        One line for each fact, as ``kb show`` prints them.
        """
        claim, measure = self.claim, self.claim.measure
        row = " › ".join((claim.section, *claim.row, claim.column)).strip(" ›")
        cited = "; ".join(p.citation for p in self.publications)
        lines = (
            ("claim", self.iri),
            ("measure", " ".join((measure.endpoint, measure.category, claim.statistic)).strip()),
            *self.labelled(),
            ("time", str(measure.time)),
            ("group", f"{self.group.label} ({measure.study}, {measure.group})"),
            ("compared with", measure.comparator),
            ("printed", claim.printed),
            ("where", f"{self.source.id}, {row}"),
            ("cites", cited),
            ("note", claim.note),
            ("verification", ": ".join((self.check.state.value, *self.check.reasons))),
            ("standing", self.standing.value),
            *(line for finding in self.findings for line in _contested(finding)),
        )
        return "\n".join(f"{name + ':':<15}{text}" for name, text in lines if text)

    def __str__(self) -> str:
        """Return the figures as printed and their place."""
        return f"{self.claim.printed!r} ({self.claim.source}, {self.claim.section})"


class Claims(Sequence[ClaimView]):
    """Claims that were found, in the order of their ids."""

    def __init__(
        self,
        found: Iterable[ClaimView],
        rows: Iterable[exports.Row],
        comparability: Comparability,
    ) -> None:
        """Keep the claims, their rows for tables, and what can say how they differ."""
        self._comparability = comparability
        self._found = tuple(found)
        wanted = {(f.claim.study, f.claim.id) for f in self._found}
        self._rows = [row for row in rows if (row["study"], row["claim"]) in wanted]

    def __len__(self) -> int:
        """Return the number of claims."""
        return len(self._found)

    @overload
    def __getitem__(self, index: int) -> ClaimView: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[ClaimView, ...]: ...
    def __getitem__(self, index: int | slice) -> ClaimView | tuple[ClaimView, ...]:
        """Return one claim, or several."""
        return self._found[index]

    def __repr__(self) -> str:
        """Say how many claims of how many studies there are."""
        studies = {found.claim.study for found in self._found}
        return f"<{len(self)} claims about {len(studies)} studies>"

    def preferred(self) -> Claims:
        """Return the claims without those that a curator's judgement set aside.

        Where sources contradict each other without a judgement, all of them stay.
        """
        kept = (found for found in self if found.standing is not ClaimStatus.SET_ASIDE)
        return Claims(kept, self._rows, self._comparability)

    def comparability(self) -> tuple[Difference, ...]:
        """Say in what the claims of different studies are not alike, before they are compared.

        Empty for the claims of one study.
        """
        return self._comparability.differences(found.claim for found in self)

    def rows(self) -> list[exports.Row]:
        """Return the claims as rows with the columns of ``kb export claims``."""
        return list(self._rows)

    def to_frame(self) -> pandas.DataFrame:
        """Return the rows as a pandas data frame (extra ``frames``)."""
        return _frame(self._rows, exports.COLUMNS)


def _contested(finding: Discrepancy) -> Iterator[tuple[str, str]]:
    """Yield a finding and what was judged about it as lines of an explanation."""
    yield "discrepancy", f"{finding.message} ({finding.severity.value}, {finding.status.value})"
    one = finding.adjudication
    if one is not None:
        reads = f"; should read {one.reads}" if one.reads else ""
        judged = " because of ".join(filter(None, (one.judgement, one.because)))
        yield "adjudication", f"{judged}{reads}: {one.reason} ({one.date})"


def _frame(rows: Iterable[object], columns: Iterable[str]) -> pandas.DataFrame:
    try:
        import pandas
    except ImportError as error:
        raise UnavailableError(
            "to_frame() needs pandas: pip install 'kb-evidence[frames]'"
        ) from error
    return pandas.DataFrame(list(rows), columns=list(columns))
