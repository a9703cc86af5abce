"""The record of a study, as curators write it: pydantic models.

A study's file holds its design, its groups and its *reports*: what one source prints about it
in one place. A report holds claim blocks; one block may carry both arms and their comparison.
``kb.records.expand`` turns blocks into single claims. The other records are in
``kb.records.shared_schema``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from kb.records.fields import (
    Count,
    Date,
    GroupName,
    Label,
    Line,
    Note,
    Number,
    Phrase,
    Printed,
    PText,
    RegistryId,
    Slug,
    StrictModel,
    TermOf,
    read_scalar,
    text_of,
)

Endpoint = Annotated[str, TermOf("endpoint")]
Statistic = Annotated[str, TermOf("statistic")]
Unit = Annotated[str, TermOf("unit")]
Drug = Annotated[str, TermOf("drug")]
Regimen = Annotated[str, TermOf("regimen")]
Population = Annotated[str, TermOf("population")]
Pair = tuple[Number | None, Number | None]
"""Two bounds; null is a bound that is printed as not reached or not estimable."""

_LEVELS = ("80", "90", "95", "97.5", "99")
BOUNDS = (
    *("range", "iqr", "interval", "ci", "cri", "cri95"),
    *(f"ci{level}".replace(".", "_") for level in _LEVELS),
)
"""The kinds of bounds; ``interval`` is two figures printed without a point estimate."""
_BOUNDS = frozenset(BOUNDS)


class Bounded(StrictModel):
    """At most one pair of bounds; the field that is used tells its kind.

    >>> Bounded.model_validate({"ci": [1, 2], "level": 96}).bounds
    ('ci96', (Decimal('1'), Decimal('2')))
    """

    range: Pair | None = Field(None, description="smallest and largest value")
    iqr: Pair | None = Field(None, description="interquartile range")
    interval: Pair | None = Field(None, description="two figures printed without a point estimate")
    ci95: Pair | None = Field(None, description="95% confidence interval")
    ci80: Pair | None = Field(None, description="80% confidence interval")
    ci90: Pair | None = Field(None, description="90% confidence interval")
    ci97_5: Pair | None = Field(None, alias="ci97.5", description="97.5% confidence interval")
    ci99: Pair | None = Field(None, description="99% confidence interval")
    ci: Pair | None = Field(None, description="confidence interval of another level, or of none")
    cri95: Pair | None = Field(None, description="95% credible interval")
    cri: Pair | None = Field(None, description="credible interval of another level, or of none")
    level: Annotated[Number, Field(gt=50, lt=100)] | None = Field(
        None, description="the level of ci or cri in percent; absent: not stated"
    )

    @property
    def bounds(self) -> tuple[str, Pair] | None:
        """Return the kind and the two figures, or None."""
        if self.model_fields_set.isdisjoint(_BOUNDS):  # most figures have no bounds: be quick
            return None
        pairs = ((kind, getattr(self, kind)) for kind in BOUNDS)
        given = next(((kind, pair) for kind, pair in pairs if pair is not None), None)
        if given is None or self.level is None:
            return given and (given[0].replace("_", "."), given[1])
        return f"{given[0]}{self.level.normalize():f}", given[1]

    @model_validator(mode="after")
    def _one_kind(self) -> Bounded:
        if self.level is not None and self.ci is None and self.cri is None:
            raise ValueError("'level' with ci or cri, and only there")
        if self.model_fields_set.isdisjoint(_BOUNDS):
            return self
        if sum(getattr(self, kind) is not None for kind in BOUNDS) > 1:
            raise ValueError("one kind of bounds")
        if self.bounds is not None and self.bounds[1] == (None, None):
            raise ValueError("at least one bound")
        return self


class Estimate(Bounded):
    """What may be printed beside a figure: bounds, a p-value, an adjustment."""

    p: PText | None = Field(
        None, description="with its operator: '=0.03', '<0.001', '=2.1e-6', or ns"
    )
    sides: Literal[1, 2] | None = Field(None, description="sides of the test of p, where printed")
    p_for: Annotated[str, TermOf("word", "test")] | None = Field(
        None, description="what p tests, if not that the two groups differ"
    )
    adjusted: bool | None = Field(None, description="whether the source calls it adjusted")
    adjusted_for: Line | None = Field(None, description="what it is adjusted for, as printed")

    @model_validator(mode="after")
    def _whole(self) -> Estimate:
        if self.p is None and (self.sides is not None or self.p_for is not None):
            raise ValueError("'sides' and 'p_for' with a p-value, and only there")
        if self.adjusted is False and self.adjusted_for is not None:
            raise ValueError("'adjusted_for' only for what is adjusted")
        return self

    @property
    def adjustment(self) -> str:
        """Return "adjusted", "unadjusted", or "" where the source tells neither."""
        if self.adjusted_for is not None:
            return "adjusted"
        return {None: "", True: "adjusted", False: "unadjusted"}[self.adjusted]


class FigureRecord(Estimate):
    """The figure of one group, each part as printed or absent.

    >>> FigureRecord.model_validate("24/57 (42%)").of
    57
    """

    value: Number | None = Field(None, description="the point, e.g. 7.7, '<10' or 44%")
    operator: Literal["<", "≤", ">", "≥", "~"] | None = None
    unit: Unit | None = Field(None, description="where it differs from the block's unit")
    n: Count | None = Field(None, description="numerator as printed")
    of: Count | None = Field(None, description="denominator as printed")
    sd: Number | None = Field(None, description="standard deviation")
    se: Number | None = Field(None, description="standard error")
    spread: Number | None = Field(None, description="a measure of spread whose kind is not stated")
    word: Annotated[str, TermOf("word", "value")] | None = None
    date: Date | None = None
    from_: Date | None = Field(None, alias="from")
    to: Date | None = None
    note: Note | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, raw: Any) -> Any:
        return read_scalar(raw)

    @model_validator(mode="after")
    def _one_dispersion(self) -> FigureRecord:
        if sum(number is not None for number in (self.sd, self.se, self.spread)) > 1:
            raise ValueError("one of sd, se and spread")
        return self

    @property
    def dispersion(self) -> tuple[str, Number | None]:
        """Return "sd", "se" or "" with the number, which may be None."""
        kinds = (("sd", self.sd), ("se", self.se), ("", self.spread))
        return next(((kind, number) for kind, number in kinds if number is not None), ("", None))


class Comparison(Estimate):
    """Two groups compared: an estimate, a p-value, a direction in words, or several of these."""

    of: GroupName | None = Field(None, description="default: the first group of values")
    versus: GroupName | None = Field(None, description="default: the second group of values")
    statistic: Statistic | None = None
    value: Number | None = None
    operator: Literal["<", "≤", ">", "≥", "~"] | None = None
    unit: Unit | None = None
    margin: Number | None = Field(
        None, description="margin of non-inferiority or equivalence, on the scale of the value"
    )
    finding: Annotated[str, TermOf("word", "comparison")] | None = Field(
        None, description="the result for 'of' compared with 'versus', in words"
    )
    significance: Annotated[str, TermOf("word", "significance")] | None = None
    favours: GroupName | None = None
    note: Note | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, raw: Any) -> Any:
        return read_scalar(raw) if isinstance(raw, dict) else raw


class Dose(StrictModel):
    """One step of a regimen as printed; the steps of a block are in sequence."""

    drug: Drug
    amount: Number | None = None
    amounts: Annotated[list[Number], Field(min_length=2, max_length=8)] | None = Field(
        None, description="several amounts in printed order: a range, or one for each day"
    )
    unit: Unit | None = None
    reduction: Number | None = Field(None, description="dose reduction, percent")
    for_: Label | None = Field(None, alias="for", description="how long, e.g. 7 days")
    on: Label | None = Field(None, description="on which days, e.g. days 1, 8, 15")
    over: Label | None = Field(None, description="infusion over, e.g. 4 weeks, 24 h")
    every: Label | None = Field(None, description="interval between starts, e.g. 6 weeks")
    rest: Label | None = Field(None, description="break, e.g. 2 weeks")
    cycles: Label | None = Field(None, description="which or how many, e.g. 1, 2-6, up to 5")
    length: Label | None = Field(None, description="length of a cycle, e.g. 28 days")
    times: Label | None = Field(None, description="number of doses")
    frequency: Label | None = Field(None, description="e.g. once daily, three times weekly")
    route: Annotated[str, TermOf("word", "route")] | None = None
    note: Note | None = None


class ClaimBlock(StrictModel):
    """What is printed about one endpoint: a value for each group, and their comparison."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["printed"]}, {"required": ["noted"]}]}
    )

    endpoint: Endpoint
    named: Line | None = Field(None, description="the endpoint as printed, where it differs")
    category: Label | None = Field(None, description="the part of the endpoint, e.g. grade ≥3")
    statistic: Statistic | None = None
    unit: Unit | None = None
    time: Phrase | None = None
    printed: Printed | None = Field(
        None, description="the figures as printed, fragments joined by ' … '"
    )
    noted: Printed | None = Field(
        None, description="in place of printed, in own words, where a summary was read"
    )
    values: dict[GroupName, FigureRecord] = Field(default_factory=dict)
    comparison: Comparison | None = None
    group: GroupName | None = Field(None, description="who received the doses")
    doses: Annotated[list[Dose], Field(min_length=1)] | None = None
    at: Label | None = None
    row: list[Label] | None = None
    column: Label | None = None
    cites: list[Count] | None = None
    analysis_set: Line | None = Field(None, description="as printed, e.g. intention-to-treat")
    data_cut: Date | None = Field(None, description="date of the data, where printed")
    imputation: Line | None = Field(None, description="how missing data were filled in, as printed")
    regimen: Regimen | None = None
    population: Population | None = None
    note: Note | None = None

    @model_validator(mode="before")
    @classmethod
    def _row_as_list(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and isinstance(raw.get("row"), str | int):
            return {**raw, "row": [raw["row"]]}
        return raw

    @model_validator(mode="after")
    def _one_wording(self) -> ClaimBlock:
        if (self.printed is None) == (self.noted is None):
            raise ValueError("'printed' or, from a summary of the source, 'noted'")
        return self

    @property
    def wording(self) -> str:
        """What is printed or noted."""
        return self.printed or self.noted or ""


class Report(StrictModel):
    """What one source prints about the study in one place."""

    source: Slug
    at: Label = Field(description="section, table or figure of the source")
    row: list[Label] | None = None
    column: Label | None = None
    cites: list[Count] = Field(default_factory=list, description="reference numbers given there")
    analysis_set: Line | None = None
    data_cut: Date | None = None
    claims: Annotated[list[ClaimBlock], Field(min_length=1)]

    _row_as_list = model_validator(mode="before")(ClaimBlock._row_as_list.__func__)


class Criterion(StrictModel):
    """What defines a subgroup: an endpoint, with category and time where they matter."""

    endpoint: Endpoint
    category: Label | None = None
    time: Phrase | None = None


class GroupRecord(StrictModel):
    """The people a figure describes. A dot in its name says which group it is within."""

    label: Line
    kind: Literal["arm", "cohort", "analysis-set", "subgroup"] | None = None
    role: Literal["experimental", "comparator", "single"] | None = None
    within: GroupName | None = None
    regimen: Regimen | None = None
    population: Population | None = None
    who: Criterion | None = None
    note: Note | None = None


class Partition(StrictModel):
    """Groups that together make a whole, each member in exactly one of them."""

    of: GroupName
    by: Line
    parts: Annotated[list[GroupName], Field(min_length=2)]


class Design(StrictModel):
    """The design of a study, as far as the sources report it."""

    kind: Annotated[str, TermOf("design")]
    phase: (
        Annotated[
            Literal["1", "1b", "1/2", "2", "2a", "3", "4"],
            BeforeValidator(
                text_of,
                json_schema_input_type=Literal["1", "1b", "1/2", "2", "2a", "3", "4", 1, 2, 3, 4],
            ),
        ]
        | None
    ) = None
    masking: Annotated[str, TermOf("design", "masking")] | None = None
    centres: Literal["single-centre", "multicentre"] | None = None


class StudyRecord(StrictModel):
    """One study: its design, its groups, and everything the sources print about it."""

    id: Slug
    name: Line
    title: Line
    design: Design
    registry: list[RegistryId] = []
    population: Population
    regimen: Regimen | None = None
    analysis_of: list[Slug] = []
    publications: list[Slug] = []
    about: Note | None = Field(None, description="one or two sentences in the curator's words")
    groups: dict[GroupName, GroupRecord] = Field(default_factory=dict)
    partitions: list[Partition] = []
    reports: list[Report] = []
