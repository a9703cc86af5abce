"""The evidence base as immutable data: what records mean, their short forms written out.

A claim is one figure (or word) about one measure in one place of one source; a block of a
record becomes one claim for each group and one for the comparison. Ids are local: a claim's IRI
is ``<base>study/<study>#<id>``.

The annotation of a field, an ``Output``, tells where it is written: RDF, CSV, Parquet,
explanations, pages and digests. A field without one is an RDF property of its own name. A new
field of a claim is declared here, in ``kb.records.schema`` and as a property in
``ontology/kb.ttl``; nothing else has to know it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from functools import cache, lru_cache
from operator import attrgetter
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

DCTERMS: Final = "http://purl.org/dc/terms/"
RDFS_LABEL: Final = "http://www.w3.org/2000/01/rdf-schema#label"

WHOLE = "all"
"""The id of the group of everybody in a study."""
RESULT_KINDS: Final = ("result", "comparison")
"""The kinds of claims that are evidence of a result; the others are doses, designs and so on."""

_UNSAFE: Final = re.compile(r"[^\w.+-]+")

_SAFE: Final = re.compile(r"\w(?:[\w.-]*\w)?")

_SIGNS: Final = str.maketrans(
    {"<": "lt", ">": "gt", "≤": "le", "≥": "ge", "~": "about", "+": "pos", "%": "pct"}
)


@lru_cache(maxsize=65_536)
def slug(text: str) -> str:
    """Return text that is safe in a fragment: signs become words, other characters hyphens.

    >>> slug("grade ≥3, after InO")
    'grade-ge3-after-InO'
    """
    if _SAFE.fullmatch(text):
        return text
    return _UNSAFE.sub("-", text.translate(_SIGNS)).strip("-.")


@dataclass(frozen=True, slots=True)
class Time:
    """The time of a figure. Each part is a duration, or the id of an event, drug or regimen.

    ``at`` is a landmark, ``within`` a window, ``over`` a period observed throughout, ``from``
    the origin of the time axis; ``after``, ``before`` and ``during`` place an assessment in the
    course of treatment.
    """

    at: str = ""
    within: str = ""
    over: str = ""
    after: str = ""
    before: str = ""
    during: str = ""
    from_: str = ""

    def __str__(self) -> str:
        """Return the phrase, its clauses in a fixed order: "at 2 years, from randomisation"."""
        return _phrase(self)

    def parts(self) -> dict[str, str]:
        """Return the clauses that are not empty, by preposition.

        >>> Time(at="2 years", from_="randomisation").parts()
        {'at': '2 years', 'from': 'randomisation'}
        """
        clauses = ((word, getattr(self, attr)) for word, attr in _CLAUSES)
        return {word: text for word, text in clauses if text}


_CLAUSES: Final = tuple((f.name.rstrip("_"), f.name) for f in fields(Time))


@lru_cache(maxsize=4_096)
def _phrase(time: Time) -> str:
    return ", ".join(f"{word} {text}" for word, text in time.parts().items())


PREPOSITIONS: Final = tuple(word for word, _ in _CLAUSES)


@dataclass(frozen=True, slots=True)
class Output:
    """Where a field of the model is written.

    ``predicate`` defaults to the field's name in camel case. ``kind`` is the kind of RDF value:
    ``value`` (a literal of the Python type), ``date``, ``lines`` (texts joined by newlines),
    ``amounts`` (numbers joined by slashes), ``time``, ``iri``, ``term:<scheme>``, ``study``,
    ``source``, ``publication``, ``group``, ``claim``, ``finding`` or ``section``; a field of
    kind ``id`` is part of the item's IRI and not a property.

    A claim's field may have a column of ``claims.csv`` (``csv``), one of the Parquet tables
    (``table``; by default of the same name), and a ``label``, under which ``explain()`` and the
    pages show it. ``printed`` separates facts of the source from ids and the curator's notes:
    digests of claims cover only what is printed. ``outputs`` fills in the other fields.
    """

    predicate: str = ""
    kind: str = "value"
    csv: str = ""
    table: str = ""
    label: str = ""
    printed: bool = True
    attr: str = ""
    """The attribute; dotted in a part of a claim: ``figure.value``."""
    type: type = str
    """The Python type of one value."""
    many: bool = False
    """Whether the field holds a set of values, as a sorted tuple."""

    @property
    def scheme(self) -> str:
        """The scheme of a term, or ""."""
        return self.kind.partition(":")[2]

    def value(self, item: object) -> Any:
        """Return the field's value of an item of the model."""
        return attrgetter(self.attr)(item)

    def text(self, item: object) -> str:
        """Return the field's value as text: "" for None, several values joined by spaces."""
        value = self.value(item)
        if isinstance(value, tuple):
            return " ".join(map(str, value))
        if isinstance(value, Decimal):
            return f"{value:f}"
        return "" if value is None else str(value)


Id = Annotated[str, Output(kind="id")]


@cache
def outputs(kind: type) -> tuple[Output, ...]:
    """Return the output of each field of a class of the model, but not of nested items.

    >>> [output.predicate for output in outputs(Section)][-2:]
    ['position', 'holdsEvidence']
    """
    result = []
    for name, hint in get_type_hints(kind, include_extras=True).items():
        plain, *annotations = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        several = get_origin(plain) is tuple
        type_ = get_args(plain)[0] if get_args(plain) else plain
        if type_ in _SCALARS:
            output = next((a for a in annotations if isinstance(a, Output)), Output())
            result.append(
                replace(
                    output,
                    predicate=output.predicate or _camel_case(name),
                    table=output.table or output.csv,
                    attr=name,
                    type=type_,
                    many=several and output.kind not in ("lines", "amounts"),
                )
            )
    return tuple(result)


def _camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


_SCALARS: Final = (str, int, bool, Decimal, Time)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The evidence base itself."""

    title: Annotated[str, Output(f"{DCTERMS}title")]
    description: Annotated[str, Output(f"{DCTERMS}description")]
    base: Id
    license: Annotated[str, Output(f"{DCTERMS}license", "iri")]
    creators: Annotated[tuple[str, ...], Output(f"{DCTERMS}creator")] = ()
    credits: Annotated[tuple[str, ...], Output(f"{DCTERMS}bibliographicCitation")] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """A report that can be cited."""

    id: Id
    citation: Annotated[str, Output(f"{DCTERMS}bibliographicCitation")]
    type: Annotated[str, Output("publicationType")]
    authors: str = ""
    title: Annotated[str, Output(f"{DCTERMS}title")] = ""
    journal: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    url: str = ""
    year: Annotated[int | None, Output("publicationYear")] = None
    standing: str = ""
    standing_note: str = ""
    standing_checked: Annotated[str, Output(kind="date")] = ""
    reports: Annotated[tuple[str, ...], Output(kind="study")] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section, table or figure of a source."""

    source: Annotated[str, Output(kind="source")]
    id: Annotated[str, Output(f"{DCTERMS}identifier")]
    label: Annotated[str, Output(RDFS_LABEL)]
    position: int
    evidence: Annotated[bool, Output("holdsEvidence")] = True


@dataclass(frozen=True, slots=True)
class Source:
    """A document that was read, in its own text or in a summary, which ``read_in`` names."""

    id: Id
    publication: Annotated[str, Output(kind="publication")]
    title: Annotated[str, Output(f"{DCTERMS}title")]
    kind: Annotated[str, Output("sourceKind")]
    language: Annotated[str, Output(f"{DCTERMS}language")]
    credit: Annotated[str, Output(f"{DCTERMS}rights")]
    text: Annotated[str, Output("textFile")] = ""
    read_in: str = ""
    references: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """A trial, cohort, meta-analysis or indirect comparison."""

    id: Id
    name: Annotated[str, Output(RDFS_LABEL)]
    title: Annotated[str, Output(f"{DCTERMS}title")]
    kind: Annotated[str, Output("design", "term:design")]
    population: Annotated[str, Output(kind="term:population")]
    phase: str = ""
    masking: Annotated[str, Output(kind="term:design")] = ""
    centres: str = ""
    regimen: Annotated[str, Output(kind="term:regimen")] = ""
    about: Annotated[str, Output(f"{DCTERMS}description")] = ""
    registry: Annotated[tuple[str, ...], Output("registryId")] = ()
    analysis_of: Annotated[tuple[str, ...], Output(kind="study")] = ()
    publications: Annotated[tuple[str, ...], Output("publication", "publication")] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The people a figure describes; ``within`` a wider group up to the whole study."""

    study: Id
    id: Id
    label: Annotated[str, Output(RDFS_LABEL)]
    kind: Annotated[str, Output("groupKind")]
    within: Annotated[str, Output(kind="group")] = ""
    role: str = ""
    regimen: Annotated[str, Output(kind="term:regimen")] = ""
    population: Annotated[str, Output(kind="term:population")] = ""
    who_endpoint: Annotated[str, Output(kind="term:endpoint")] = ""
    who_category: str = ""
    who_time: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Partition:
    """Groups that together make a whole."""

    study: Id
    id: Id
    of: Annotated[str, Output("partitionOf", "group")]
    by: Annotated[str, Output("partitionBy")]
    parts: Annotated[tuple[str, ...], Output("part", "group")]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: claims with equal measures report the same quantity.

    ``statistic`` is the broader one where several statistics express the same quantity: a count
    and a percentage are both a frequency. ``comparator`` is the other group when two groups are
    compared, else "".
    """

    study: Annotated[str, Output(kind="id", csv="study")]
    group: Annotated[str, Output(kind="group", csv="group")]
    endpoint: Annotated[str, Output(kind="term:endpoint", csv="endpoint")]
    statistic: Annotated[str, Output(kind="term:statistic")]
    category: Annotated[str, Output(csv="category")] = ""
    time: Annotated[Time, Output(kind="time", csv="timepoint", table="time")] = Time()
    comparator: Annotated[str, Output("versusGroup", "group", csv="comparator")] = ""
    regimen: Annotated[str, Output(kind="term:regimen")] = ""
    population: Annotated[str, Output(kind="term:population")] = ""
    adjustment: Annotated[str, Output(csv="adjustment", label="adjustment")] = ""
    """"adjusted" or "unadjusted" where the source tells: they are two quantities."""


@lru_cache(maxsize=8_192)
def measure_key(measure: Measure) -> str:
    """Return the readable identity of a measure inside its study; "frequency" is left out.

    >>> measure_key(Measure("trial", "treated", "OS", "median", time=Time(at="2 years")))
    'OS.median.at-2-years.treated'
    """
    groups = f"{measure.group}~{measure.comparator}" if measure.comparator else measure.group
    parts = (
        measure.endpoint,
        measure.category,
        "" if measure.statistic == "frequency" else measure.statistic,
        str(measure.time),
        measure.regimen,
        measure.population,
        measure.adjustment,
        groups.replace("~", "-versus-"),
    )
    return ".".join(slug(part) for part in parts if part)


_LEVEL: Final = re.compile(r"cr?i([0-9.]+)")


def interval_level(bounds: str) -> Decimal | None:
    """Return the level, in percent, of a kind of bounds; None where it has none.

    >>> interval_level("ci97.5"), interval_level("ci"), interval_level("range")
    (Decimal('97.5'), None, None)
    """
    level = _LEVEL.fullmatch(bounds)
    return Decimal(level[1]) if level else None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, with its digits as printed; None or "" stands for what is not printed."""

    value: Annotated[Decimal | None, Output(table="value")] = None
    digits: Annotated[str, Output("lexical")] = ""
    operator: Annotated[str, Output(csv="operator")] = ""
    unit: Annotated[str, Output(kind="term:unit", csv="unit")] = ""
    numerator: Annotated[int | None, Output(csv="numerator")] = None
    denominator: Annotated[int | None, Output(csv="denominator")] = None
    low: Annotated[Decimal | None, Output(table="low")] = None
    high: Annotated[Decimal | None, Output(table="high")] = None
    bounds: Annotated[str, Output("boundsKind", csv="bounds")] = ""
    level: Annotated[Decimal | None, Output("intervalLevel", csv="level", printed=False)] = None
    dispersion: Annotated[Decimal | None, Output("spread", csv="dispersion")] = None
    dispersion_kind: Annotated[str, Output("spreadKind", csv="dispersion_kind")] = ""
    text_value: Annotated[str, Output("word", "term:word", table="word")] = ""
    date: Annotated[str, Output(kind="date", table="date")] = ""
    date_from: Annotated[str, Output("from", "date", table="date_from")] = ""
    date_to: Annotated[str, Output("to", "date", table="date_to")] = ""


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """What is printed about a comparison besides its estimate."""

    p_printed: Annotated[str, Output(csv="p_value", table="p_printed")] = ""
    p_operator: Annotated[str, Output(table="p_operator")] = ""
    p_value: Annotated[Decimal | None, Output(table="p_value")] = None
    sides: Annotated[int | None, Output("pSides", csv="p_sides", label="sides of p")] = None
    p_for: Annotated[str, Output(kind="term:word", csv="p_for", label="p is for")] = ""
    direction: Annotated[str, Output(kind="term:word", table="finding")] = ""
    significance: Annotated[str, Output(kind="term:word", table="significance")] = ""
    favours: Annotated[str, Output(kind="group", table="favours")] = ""
    margin: Annotated[Decimal | None, Output(csv="margin", label="margin")] = None
    adjusted_for: Annotated[str, Output(csv="adjusted_for", label="adjusted for")] = ""


@dataclass(frozen=True, slots=True)
class DoseStep:
    """One step of a regimen as given; ``amounts`` if several amounts are printed for it."""

    position: Annotated[int, Output(printed=False, table="position")]
    drug: Annotated[str, Output(kind="term:drug", table="drug")]
    amount: Annotated[Decimal | None, Output(table="amount")] = None
    amounts: Annotated[tuple[Decimal, ...], Output(kind="amounts", table="amounts")] = ()
    unit: Annotated[str, Output("doseUnit", "term:unit", table="unit")] = ""
    reduction: Annotated[Decimal | None, Output(table="reduction")] = None
    for_: Annotated[str, Output("forDuration", table="given_for")] = ""
    on: Annotated[str, Output("onDays", table="on_days")] = ""
    over: Annotated[str, Output(table="given_over")] = ""
    every: Annotated[str, Output(table="every")] = ""
    rest: Annotated[str, Output(table="rest")] = ""
    cycles: Annotated[str, Output(table="cycles")] = ""
    length: Annotated[str, Output("cycleLength", table="cycle_length")] = ""
    times: Annotated[str, Output("numberOfDoses", table="number_of_doses")] = ""
    frequency: Annotated[str, Output(table="frequency")] = ""
    route: Annotated[str, Output(table="route")] = ""
    note: Annotated[str, Output(table="note", printed=False)] = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source prints about one measure, and where."""

    id: Annotated[str, Output(kind="id", csv="claim", table="id", printed=False)]
    block: Annotated[str, Output(printed=False)]
    kind: Annotated[str, Output(csv="kind", printed=False)]
    statistic: Annotated[str, Output(kind="term:statistic", csv="statistic")]
    measure: Measure
    source: Annotated[str, Output(kind="source", csv="source")]
    section: Annotated[str, Output(kind="section", csv="section")]
    printed: Annotated[str, Output(csv="printed")] = ""
    noted: Annotated[str, Output(csv="noted")] = ""
    """In place of ``printed``, the curator's words where only a summary of the source was read."""
    read_in: Annotated[str, Output(csv="read_in", label="noted from", printed=False)] = ""
    figure: Figure = field(default_factory=Figure)
    result: ComparisonResult = field(default_factory=ComparisonResult)
    steps: tuple[DoseStep, ...] = ()
    row: Annotated[tuple[str, ...], Output("tableRow", "lines")] = ()
    column: Annotated[str, Output("tableColumn")] = ""
    cites: Annotated[tuple[int, ...], Output(csv="cites")] = ()
    named: Annotated[str, Output(table="named", label="called")] = ""
    analysis_set: Annotated[str, Output(csv="analysis_set", label="analysis set")] = ""
    data_cut: Annotated[str, Output(kind="date", csv="data_cut", label="data cut")] = ""
    imputation: Annotated[str, Output(csv="imputation", label="imputation")] = ""
    note: Annotated[str, Output(printed=False)] = ""

    @property
    def study(self) -> str:
        """The study that the measure belongs to."""
        return self.measure.study

    @property
    def wording(self) -> str:
        """What the source prints or, where it was read in a summary, what was noted."""
        return self.printed or self.noted

    @property
    def has_figure(self) -> bool:
        """Whether it holds a number, a date or a dose, and not only words."""
        f, result = self.figure, self.result
        numbers = (f.value, f.numerator, f.denominator, f.low, f.high, f.dispersion, result.p_value)
        dates = (f.date, f.date_from, f.date_to)
        return any(n is not None for n in numbers) or any(dates) or bool(self.steps)

    @property
    def is_second_hand(self) -> bool:
        """Whether the source cites another publication for this figure."""
        return bool(self.cites)


@cache
def claim_outputs() -> tuple[Output, ...]:
    """Return the outputs of a claim with those of its measure, figure and result.

    >>> [output.attr for output in claim_outputs() if output.predicate == "spread"]
    ['figure.dispersion']
    """
    parts = (("measure", Measure), ("figure", Figure), ("result", ComparisonResult))
    nested = (replace(o, attr=f"{name}.{o.attr}") for name, kind in parts for o in outputs(kind))
    return (*outputs(Claim), *nested)


def printed_facts(item: Any) -> dict[str, Any]:
    """Return what the source prints: the values that are not empty, by RDF predicate.

    Digests are made of these. Names of predicates are stable where names of attributes are not,
    and a field that is not used leaves every digest as it was.

    >>> printed_facts(Figure(Decimal(63), "63", unit="%"))
    {'value': Decimal('63'), 'lexical': '63', 'unit': '%'}
    """
    facts = {}
    for output in outputs(item.__class__):
        value = output.value(item)
        if output.printed and value not in (None, "", (), Time()):
            facts[output.predicate] = str(value) if output.type is Time else value
    if isinstance(item, Claim):
        facts |= printed_facts(item.figure) | printed_facts(item.result)
        facts |= {"measure": printed_facts(item.measure)}
        facts |= {"steps": [printed_facts(step) for step in item.steps]} if item.steps else {}
    return facts


@dataclass(frozen=True, slots=True)
class Adjudication:
    """A curator's judgement of one discrepancy of a study.

    ``judged`` is the state of the discrepancy when it was judged; ``stands`` and ``faulty`` name
    claims as ``<study>#<claim id>``.
    """

    study: Id
    finding: Annotated[str, Output("adjudicates", "finding")]
    judged: Annotated[str, Output("judgedState")]
    judgement: str
    reason: str
    date: Annotated[str, Output(f"{DCTERMS}date", "date")]
    because: str = ""
    reads: str = ""
    stands: Annotated[tuple[str, ...], Output("standingClaim", "claim")] = ()
    faulty: Annotated[tuple[str, ...], Output("faultyClaim", "claim")] = ()
    grounds: Annotated[tuple[str, ...], Output("ground")] = ()
    publications: Annotated[tuple[str, ...], Output("publication", "publication")] = ()

    @property
    def explanation(self) -> str:
        """The reason, and that only a summary of a publication was read where it rests on one."""
        remark = " Only a summary of the publication was read."
        return f"{self.reason}{remark if 'primary-summary' in self.grounds else ''}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The whole model: every tuple is sorted by id, so that equal evidence compares equal."""

    dataset: Dataset
    publications: tuple[Publication, ...]
    sources: tuple[Source, ...]
    sections: tuple[Section, ...]
    studies: tuple[Study, ...]
    groups: tuple[Group, ...]
    partitions: tuple[Partition, ...]
    claims: tuple[Claim, ...]
    adjudications: tuple[Adjudication, ...] = ()
