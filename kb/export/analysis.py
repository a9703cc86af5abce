"""The table for a meta-analysis: a row for each arm or contrast, as CSV, Parquet or Arrow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kb.analysis.comparability import Comparability
from kb.analysis.effect_choice import arm_of, question
from kb.analysis.effect_sizes import Effect
from kb.analysis.effects import Options, effects
from kb.checks.adjudication import ClaimStatus
from kb.checks.groups import Groups
from kb.errors import InputError, UnavailableError
from kb.export.csv import BOM, Row, table_csv
from kb.model import Claim, Evidence, Group
from kb.rdf.iris import Iris
from kb.records.vocabulary import Vocabulary
from kb.stores.base import Cell
from kb.util.atomic import write_atomically

if TYPE_CHECKING:
    import pyarrow

COLUMNS: Final = {
    "study": "id of the study",
    "study_name": "name of the study",
    "year": "year of the publication that reports it: of the first one cited, or of the source",
    "design": "design of the study",
    "endpoint": "notation of the endpoint",
    "category": "part of the endpoint",
    "time": "when, as a phrase",
    "row": "arm, or contrast of two arms",
    "group": "id of the arm",
    "group_label": "label of the arm",
    "regimen": "notation of its regimen",
    "comparator": "id of the other arm of a contrast",
    "comparator_label": "its label",
    "comparator_regimen": "notation of its regimen",
    "n": "number of people",
    "events": "how many of them have the outcome",
    "mean": "mean",
    "sd": "standard deviation",
    "comparator_n": "number of people in the other arm",
    "comparator_events": "how many of them have the outcome",
    "comparator_mean": "mean of the other arm",
    "comparator_sd": "its standard deviation",
    "statistic": "proportion, estimated proportion, mean, median, hazard-ratio …",
    "estimate": "the figure as printed",
    "unit": "its unit",
    "low": "lower bound as printed",
    "high": "upper bound as printed",
    "level": "level of the interval in percent; empty: not stated",
    "adjustment": "adjusted or unadjusted, where the source tells",
    "effect": "what yi is: PLO log odds, CLL log(-log), MN mean, HR, RR, OR logarithms, RD, MD",
    "yi": "the effect, on the scale of the analysis",
    "vi": "its variance",
    "derivation": "how yi and vi were derived",
    "no_estimate": "why there are none",
    "analysis_set": "the analysis set; empty: whole arms",
    "data_cut": "date of the data, where printed",
    "chosen": "true: the row stands for its study; false: another row was chosen",
    "others": "claims of the rows that were not chosen in its place",
    "not_comparable": "in what the row differs from the others, as respect: value",
    "measure": "IRI of the measure",
    "claims": "the claims that the row is derived from",
    "source": "id of the source",
    "doi": "DOI of the source",
    "cites": "publications that the source cites for the figure",
    "cited_doi": "their DOIs",
}
"""What each column holds, in order."""
_WHOLE: Final = frozenset({"year", "n", "events", "comparator_n", "comparator_events"})
_NUMBERS: Final = frozenset(
    {"mean", "sd", "comparator_mean", "comparator_sd", "estimate", "low", "high", "level"}
    | {"yi", "vi"}
)
FORMATS: Final = (".csv", ".parquet", ".arrow")


def analysis_rows(
    claims: Iterable[Claim],
    evidence: Evidence,
    vocabulary: Vocabulary,
    standings: Mapping[tuple[str, str], ClaimStatus],
    printed: Iterable[Row],
    options: Options,
) -> list[dict[str, Cell]]:
    """Return the rows for a meta-analysis of claims, those that were not chosen included.

    Args:
        claims: what to analyse, such as all claims about one endpoint.
        evidence: the evidence base.
        vocabulary: its terms.
        standings: what judgements say of claims, by study and claim id.
        printed: the rows of ``claim_rows``.
        options: how proportions are compared, and whether of parts of arms, too.
    """
    set_aside = {key for key, one in standings.items() if one is ClaimStatus.SET_ASIDE}
    groups = Groups(evidence, vocabulary, set_aside)
    estimated = vocabulary.with_flag("endpoint", "isEstimated")
    events = estimated - vocabulary.with_flag("endpoint", "fallsWithTime")
    found = effects(claims, groups, standings, estimated, options, events)
    return list(_Table(found, evidence, vocabulary, groups, printed).rows())


class _Table:
    """Writes effects as rows, with what the evidence base knows of their claims."""

    def __init__(
        self,
        found: Sequence[Effect],
        evidence: Evidence,
        vocabulary: Vocabulary,
        groups: Groups,
        printed: Iterable[Row],
    ) -> None:
        self.effects, self.groups = found, groups
        self.iris = Iris(vocabulary.base)
        self.printed = {(row["study"], row["claim"]): row for row in printed}
        self.designs = {study.id: study.kind for study in evidence.studies}
        comparability = Comparability(evidence, vocabulary)
        self.profiles = [comparability.profile(one.claim) for one in found]
        self.respects = [
            (at, respect)
            for at, respect in enumerate(comparability.respects)
            if len({profile[at] for profile in self.profiles}) > 1
        ]
        self.others: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for one in found:
            if not one.chosen:
                self.others[self._place(one)].append(one.claim.id)

    def rows(self) -> Iterator[dict[str, Cell]]:
        """Yield a row for each effect, with the columns of ``COLUMNS``."""
        for one, profile in zip(self.effects, self.profiles, strict=True):
            differing = (f"{name}: {profile[at]}" for at, name in self.respects if profile[at])
            values = self._about(one) | _figures(one) | {"not_comparable": "; ".join(differing)}
            yield {column: values[column] for column in COLUMNS}

    def _place(self, one: Effect) -> tuple[object, ...]:
        comparator = one.comparator and arm_of(one.comparator, self.groups).id
        return (*question(one), arm_of(one.group, self.groups).id, comparator)

    def _about(self, one: Effect) -> dict[str, Cell]:
        claim, m = one.claim, one.claim.measure
        row = self.printed[claim.study, claim.id]
        years = (row["cited_year"] or row["source_year"]).replace("|", " ").split()
        return {
            "study": m.study,
            "study_name": row["study_name"],
            "year": int(years[0]) if years else None,
            "design": self.designs[m.study],
            "endpoint": m.endpoint,
            "category": m.category,
            "time": str(m.time),
            "row": "contrast" if one.comparator else "arm",
            **self._group("", one.group),
            **self._group("comparator", one.comparator),
            "unit": row["unit"],
            "adjustment": m.adjustment,
            "analysis_set": one.analysis_set,
            "data_cut": claim.data_cut,
            "chosen": one.chosen,
            "others": " ".join(self.others[self._place(one)]) if one.chosen else "",
            "measure": self.iris.measure(m),
            "claims": " ".join(claim.id for claim in one.claims),
            "source": claim.source,
            "doi": row["source_doi"],
            "cites": row["publication"],
            "cited_doi": row["cited_doi"],
        }

    def _group(self, prefix: str, group: Group | None) -> dict[str, Cell]:
        names = {"id": prefix or "group", "label": f"{prefix or 'group'}_label"}
        regimen = f"{prefix}_regimen".lstrip("_")
        if group is None:
            return {names["id"]: "", names["label"]: "", regimen: ""}
        arm = arm_of(group, self.groups)
        return {
            names["id"]: group.id,
            names["label"]: group.label,
            regimen: group.regimen or arm.regimen,
        }


def _figures(one: Effect) -> dict[str, Cell]:
    first, second, figure = one.one, one.two, one.claim.figure
    is_printed = second is None
    return {
        "n": first.n,
        "events": first.events,
        "mean": first.mean,
        "sd": first.sd,
        "comparator_n": second.n if second else None,
        "comparator_events": second.events if second else None,
        "comparator_mean": second.mean if second else None,
        "comparator_sd": second.sd if second else None,
        "statistic": first.statistic,
        "estimate": figure.value if is_printed else None,
        "low": figure.low if is_printed else None,
        "high": figure.high if is_printed else None,
        "level": figure.level if is_printed else None,
        "effect": first.effect,
        "yi": first.yi,
        "vi": first.vi,
        "derivation": first.derivation,
        "no_estimate": first.reason,
    }


def analysis_csv(rows: Iterable[Mapping[str, Cell]]) -> str:
    """Return the rows as CSV, with empty cells for what is not known."""
    return table_csv(COLUMNS, ([row[column] for column in COLUMNS] for row in rows))


def write_analysis(rows: Sequence[Mapping[str, Cell]], path: Path) -> None:
    """Write the rows to a file, in the format that its name ends with.

    Raises:
        InputError: the name ends with none of ``FORMATS``.
        UnavailableError: Parquet or Arrow without pyarrow (extra ``analytics``).
    """
    if path.suffix == ".csv":
        write_atomically(path, [(BOM + analysis_csv(rows)).encode()])
    elif path.suffix in FORMATS:
        write_atomically(path, [_columnar(_arrow(rows), path.suffix)])
    else:
        raise InputError(f"{path}: the name of the file must end with {', '.join(FORMATS)}")


def _arrow(rows: Iterable[Mapping[str, Cell]]) -> pyarrow.Table:
    try:
        import pyarrow as pa
    except ImportError as error:
        needed = "Parquet and Arrow need pyarrow: pip install 'kb-evidence[analytics]'"
        raise UnavailableError(needed) from error
    types = {name: pa.string() for name in COLUMNS} | {"chosen": pa.bool_()}
    types |= dict.fromkeys(_WHOLE, pa.int64()) | dict.fromkeys(_NUMBERS, pa.float64())
    plain = (
        {name: float(v) if name in _NUMBERS and v is not None else v for name, v in row.items()}
        for row in rows
    )
    return pa.Table.from_pylist(list(plain), schema=pa.schema(types))


def _columnar(table: pyarrow.Table, suffix: str) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import feather

    sink = pa.BufferOutputStream()
    if suffix == ".parquet":
        pq.write_table(table, sink)
    else:
        feather.write_feather(table, sink)
    return bytes(sink.getvalue())
