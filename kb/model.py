"""The evidence base as data: what records mean, after their short forms are written out.

Everything is immutable and compares by value. A claim is one figure (or word) about one
measure in one place of one source; a block of a record becomes one claim for each group and
one for the comparison. Ids are local: a claim's IRI is ``<base>study/<study>#<id>``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from decimal import Decimal
from functools import lru_cache
from typing import Final

WHOLE = "all"
"""The id of the group of everybody in a study."""


_UNSAFE: Final = re.compile(r"[^\w.+-]+")

_SAFE: Final = re.compile(r"\w(?:[\w.-]*\w)?")

_SIGNS: Final = str.maketrans(
    {"<": "lt", ">": "gt", "≤": "le", "≥": "ge", "~": "about", "+": "pos", "%": "pct"}
)


@lru_cache(maxsize=65_536)
def slug(text: str) -> str:
    """Make a text fit for a fragment: signs become words, everything odd a hyphen.

    >>> slug("grade ≥3, after InO")
    'grade-ge3-after-InO'
    """
    if _SAFE.fullmatch(text):
        return text
    return _UNSAFE.sub("-", text.translate(_SIGNS)).strip("-.")


@dataclass(frozen=True, slots=True)
class Time:
    """When a figure holds. Each part is a duration, or the id of an event, drug or regimen.

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
        """Write the phrase again, its clauses in a fixed order."""
        return _phrase(self)

    def parts(self) -> dict[str, str]:
        """Return the clauses that are there, by preposition.

        >>> parse_time("at 2 years, from randomisation").parts()
        {'at': '2 years', 'from': 'randomisation'}
        """
        pairs = ((word, getattr(self, attr)) for word, attr in _CLAUSES)
        return {word: what for word, what in pairs if what}


_CLAUSES: Final = tuple((f.name.rstrip("_"), f.name) for f in fields(Time))


@lru_cache(maxsize=4_096)
def _phrase(time: Time) -> str:
    return ", ".join(f"{word} {what}" for word, what in time.parts().items())


PREPOSITIONS: Final = tuple(word for word, _ in _CLAUSES)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The evidence base itself."""

    title: str
    description: str
    base: str
    license: str
    creators: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publication:
    """A report that can be cited."""

    id: str
    citation: str
    type: str
    doi: str = ""
    pmid: str = ""
    url: str = ""
    year: int | None = None
    standing: str = ""
    standing_note: str = ""
    standing_checked: str = ""
    reports: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A section, table or figure of a source."""

    source: str
    id: str
    label: str
    position: int
    evidence: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A document that was read and transcribed."""

    id: str
    publication: str
    title: str
    kind: str
    language: str
    credit: str
    text: str = ""
    read_in: str = ""
    references: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Study:
    """A trial, cohort, meta-analysis or indirect comparison."""

    id: str
    name: str
    title: str
    kind: str
    population: str
    phase: str = ""
    masking: str = ""
    centres: str = ""
    regimen: str = ""
    about: str = ""
    registry: tuple[str, ...] = ()
    analysis_of: tuple[str, ...] = ()
    publications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The people a figure describes; ``within`` a wider group up to the whole study."""

    study: str
    id: str
    label: str
    kind: str
    within: str = ""
    role: str = ""
    regimen: str = ""
    population: str = ""
    who_endpoint: str = ""
    who_category: str = ""
    who_time: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Partition:
    """Groups that together make a whole."""

    study: str
    id: str
    of: str
    by: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured: its identity decides which claims speak of the same thing.

    ``statistic`` is the broader one where prints of several statistics say one thing: a count
    and a percentage are both a frequency. ``comparator`` is the other group when two groups are
    compared, else "".
    """

    study: str
    group: str
    endpoint: str
    statistic: str
    category: str = ""
    time: Time = field(default_factory=Time)
    comparator: str = ""
    regimen: str = ""
    population: str = ""


@lru_cache(maxsize=8_192)
def measure_key(measure: Measure) -> str:
    """Return the readable identity of a measure inside its study; a frequency goes unsaid.

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
        groups.replace("~", "-versus-"),
    )
    return ".".join(slug(part) for part in parts if part)


@dataclass(frozen=True, slots=True)
class Figure:
    """The figure as stored: digits as printed, None or "" for what is not printed."""

    value: Decimal | None = None
    digits: str = ""
    operator: str = ""
    unit: str = ""
    numerator: int | None = None
    denominator: int | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    bounds: str = ""
    dispersion: Decimal | None = None
    text_value: str = ""
    date: str = ""
    date_from: str = ""
    date_to: str = ""


@dataclass(frozen=True, slots=True)
class ComparisonResult:
    """What a comparison says beside its estimate."""

    p_printed: str = ""
    p_operator: str = ""
    p_value: Decimal | None = None
    direction: str = ""
    significance: str = ""
    favours: str = ""


@dataclass(frozen=True, slots=True)
class DoseStep:
    """One step of a regimen as given; ``low`` and ``high`` when a range of doses is printed."""

    position: int
    drug: str
    amount: Decimal | None = None
    amounts: tuple[Decimal, ...] = ()
    unit: str = ""
    reduction: Decimal | None = None
    for_: str = ""
    on: str = ""
    over: str = ""
    every: str = ""
    rest: str = ""
    cycles: str = ""
    length: str = ""
    times: str = ""
    frequency: str = ""
    route: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What one source prints about one measure, and where."""

    id: str
    block: str
    kind: str
    statistic: str
    measure: Measure
    source: str
    section: str
    printed: str
    figure: Figure = field(default_factory=Figure)
    result: ComparisonResult = field(default_factory=ComparisonResult)
    steps: tuple[DoseStep, ...] = ()
    row: tuple[str, ...] = ()
    column: str = ""
    cites: tuple[int, ...] = ()
    named: str = ""
    note: str = ""

    @property
    def study(self) -> str:
        """The study that the measure belongs to."""
        return self.measure.study

    @property
    def is_second_hand(self) -> bool:
        """Whether the source cites another publication for this figure."""
        return bool(self.cites)


@dataclass(frozen=True, slots=True)
class Adjudication:
    """A curator's judgement of one finding of a study.

    ``judged`` is the state of the finding that it was made on; ``stands`` and ``faulty`` name
    claims as ``<study>#<claim id>``.
    """

    study: str
    finding: str
    judged: str
    judgement: str
    reason: str
    date: str
    because: str = ""
    reads: str = ""
    stands: tuple[str, ...] = ()
    faulty: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    publications: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The whole model: every list sorted by id, so that equal evidence is equal data."""

    dataset: Dataset
    publications: tuple[Publication, ...]
    sources: tuple[Source, ...]
    sections: tuple[Section, ...]
    studies: tuple[Study, ...]
    groups: tuple[Group, ...]
    partitions: tuple[Partition, ...]
    claims: tuple[Claim, ...]
    adjudications: tuple[Adjudication, ...] = ()
