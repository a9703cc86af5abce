"""An entry of ClinicalTrials.gov: the parts of its API v2 that are read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

_MAX_DIGITS: Final = 15
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
"""A sign that Markdown would take for markup."""


def _wrong(expected: str) -> PydanticCustomError:
    return PydanticCustomError("entry", "{expected}", {"expected": expected})


def _text(raw: Any) -> Any:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if not isinstance(raw, str):
        raise _wrong("a text")
    return raw.strip()


def _markup(raw: Any) -> Any:
    return _ESCAPED.sub(r"\1", _text(raw))


def _count(raw: Any) -> Any:
    if isinstance(raw, str) and raw.strip().isascii() and raw.strip().isdigit():
        raw = int(raw[:_MAX_DIGITS])
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 0:
        raise _wrong("a whole number from 0")
    return raw


def _truth(raw: Any) -> Any:
    if not isinstance(raw, bool):
        raise _wrong("true or false")
    return raw


Text = Annotated[str, BeforeValidator(_text)]
Markup = Annotated[str, BeforeValidator(_markup)]
"""A text that the registry keeps in Markdown: "glucose \\<126 mg/dl" is printed without "\\"."""
Count = Annotated[int, BeforeValidator(_count)]
Truth = Annotated[bool, BeforeValidator(_truth)]
NctId = Annotated[str, StringConstraints(pattern=r"^NCT[0-9]{8}$")]
_DATE: Final = r"^[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?$"
Date = Annotated[str, StringConstraints(pattern=_DATE)]


class Part(BaseModel):
    """A part of an entry: what is not read of it is ignored, and null is not given."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_null(cls, raw: Any) -> Any:
        if isinstance(raw, dict):
            return {name: value for name, value in raw.items() if value is not None}
        return raw


class Named(Part):
    """A sponsor, a collaborator."""

    name: Text = ""


class OtherId(Part):
    """A number that others gave the study."""

    id: Text = ""


class Identification(Part):
    """The names and ids of the study."""

    nct_id: NctId
    brief_title: Text = ""
    official_title: Text = ""
    acronym: Text = ""
    org_study_id_info: OtherId = OtherId()
    secondary_id_infos: list[OtherId] = []


class DatePart(Part):
    """A date, and whether it is "ACTUAL" or "ESTIMATED"."""

    date: Date | None = None
    type: Text = ""


class Status(Part):
    """Where the study stands, and when what happened."""

    overall_status: Text = ""
    why_stopped: Markup = ""
    study_first_submit_date: Date | None = None
    start_date_struct: DatePart = DatePart()
    primary_completion_date_struct: DatePart = DatePart()
    completion_date_struct: DatePart = DatePart()
    results_first_submit_date: Date | None = None
    last_update_submit_date: Date | None = None


class Sponsors(Part):
    """Who is responsible."""

    lead_sponsor: Named = Named()
    collaborators: list[Named] = []


class Description(Part):
    """The study in sentences."""

    brief_summary: Markup = ""
    detailed_description: Markup = ""


class Conditions(Part):
    """What is studied."""

    conditions: list[Text] = []
    keywords: list[Text] = []


class Masking(Part):
    """Who does not know the arms."""

    masking: Text = ""
    who_masked: list[Text] = []


class DesignInfo(Part):
    """How the study is arranged."""

    allocation: Text = ""
    intervention_model: Text = ""
    primary_purpose: Text = ""
    observational_model: Text = ""
    time_perspective: Text = ""
    masking_info: Masking = Masking()


class Enrollment(Part):
    """How many people, "ACTUAL" or "ESTIMATED"."""

    count: Count | None = None
    type: Text = ""


class Design(Part):
    """What kind of study it is."""

    study_type: Text = ""
    phases: list[Text] = []
    design_info: DesignInfo = DesignInfo()
    enrollment_info: Enrollment = Enrollment()


class Arm(Part):
    """An arm, or a group of an observational study."""

    label: Text = ""
    type: Text = ""
    description: Markup = ""
    intervention_names: list[Text] = []


class Intervention(Part):
    """What is given or done."""

    type: Text = ""
    name: Text = ""
    description: Markup = ""


class Arms(Part):
    """Arms and interventions."""

    arm_groups: list[Arm] = []
    interventions: list[Intervention] = []


class Outcome(Part):
    """An outcome as it was registered."""

    measure: Text = ""
    description: Markup = ""
    time_frame: Text = ""


class Outcomes(Part):
    """Outcomes by rank."""

    primary_outcomes: list[Outcome] = []
    secondary_outcomes: list[Outcome] = []
    other_outcomes: list[Outcome] = []


class Eligibility(Part):
    """Who may take part."""

    eligibility_criteria: Markup = ""
    healthy_volunteers: Truth | None = None
    sex: Text = ""
    minimum_age: Text = ""
    maximum_age: Text = ""


class Protocol(Part):
    """The registration."""

    identification_module: Identification
    status_module: Status = Status()
    sponsor_collaborators_module: Sponsors = Sponsors()
    description_module: Description = Description()
    conditions_module: Conditions = Conditions()
    design_module: Design = Design()
    arms_interventions_module: Arms = Arms()
    outcomes_module: Outcomes = Outcomes()
    eligibility_module: Eligibility = Eligibility()


class Group(Part):
    """A group of people with results; its id is that of figures."""

    id: Text
    title: Text = ""
    description: Markup = ""


class OfGroup(Part):
    """A part of an entry that is of one group."""

    group_id: Text


class Flow(OfGroup):
    """The number of people of a group who reached a milestone, or left for a reason."""

    num_subjects: Text = ""


class Milestone(Part):
    """Started, completed, or another moment of a period."""

    type: Text = ""
    achievements: list[Flow] = []


class Withdrawal(Part):
    """A reason to leave."""

    type: Text = ""
    reasons: list[Flow] = []


class Period(Part):
    """A part of the study."""

    title: Text = ""
    milestones: list[Milestone] = []
    drop_withdraws: list[Withdrawal] = []


def _check_groups(groups: Iterable[Group], used: Iterable[OfGroup]) -> None:
    known = Counter(group.id for group in groups)
    twice = next((one for one, number in known.items() if number > 1), None)
    if twice is not None:
        raise ValueError(f"each id of a group once, not {twice} twice")
    wrong = next((one.group_id for one in used if one.group_id not in known), None)
    if wrong is not None:
        raise ValueError(f"the id of a group of this part ({', '.join(known)}), not {wrong!r}")


class ParticipantFlow(Part):
    """The flow of participants through the study."""

    recruitment_details: Markup = ""
    pre_assignment_details: Markup = ""
    groups: list[Group] = []
    periods: list[Period] = []

    @model_validator(mode="after")
    def _known_groups(self) -> Self:
        flows = [f for p in self.periods for m in p.milestones for f in m.achievements]
        flows += [f for p in self.periods for w in p.drop_withdraws for f in w.reasons]
        _check_groups(self.groups, flows)
        return self


class GroupValue(OfGroup):
    """How many of a group were analysed."""

    value: Text = ""


class Denominator(Part):
    """How many units of a kind were analysed."""

    units: Text = ""
    counts: list[GroupValue] = []


class Measurement(GroupValue):
    """The figure of a group."""

    spread: Text = ""
    lower_limit: Text = ""
    upper_limit: Text = ""
    comment: Markup = ""


class Category(Part):
    """Figures of one category."""

    title: Text = ""
    measurements: list[Measurement] = []


class Row(Part):
    """Figures of one row, or of its categories; people analysed, if others than above."""

    title: Text = ""
    denoms: list[Denominator] = []
    categories: list[Category] = []


class Measure(Part):
    """What was measured, with its figures."""

    title: Text = ""
    population_description: Markup = ""
    param_type: Text = ""
    dispersion_type: Text = ""
    unit_of_measure: Text = ""
    denoms: list[Denominator] = []
    classes: list[Row] = []

    def figures(self) -> Iterator[OfGroup]:
        """Yield all that is of a group."""
        yield from (count for denominator in self.denoms for count in denominator.counts)
        for row in self.classes:
            yield from (count for denominator in row.denoms for count in denominator.counts)
            yield from (figure for one in row.categories for figure in one.measurements)


class Baseline(Part):
    """The people at the start."""

    population_description: Markup = ""
    groups: list[Group] = []
    denoms: list[Denominator] = []
    measures: list[Measure] = []

    @model_validator(mode="after")
    def _known_groups(self) -> Self:
        counts = [count for denominator in self.denoms for count in denominator.counts]
        figures = [figure for measure in self.measures for figure in measure.figures()]
        _check_groups(self.groups, [*counts, *figures])
        return self


class Analysis(Part):
    """A comparison of groups."""

    group_ids: list[Text] = []
    group_description: Markup = ""
    non_inferiority_type: Text = ""
    non_inferiority_comment: Markup = ""
    statistical_method: Text = ""
    statistical_comment: Markup = ""
    p_value: Text = ""
    p_value_comment: Markup = ""
    param_type: Text = ""
    param_value: Text = ""
    dispersion_type: Text = ""
    dispersion_value: Text = ""
    ci_pct_value: Text = ""
    ci_num_sides: Text = ""
    ci_lower_limit: Text = ""
    ci_upper_limit: Text = ""
    ci_lower_limit_comment: Markup = ""
    ci_upper_limit_comment: Markup = ""
    estimate_comment: Markup = ""
    other_analysis_description: Markup = ""


class OutcomeMeasure(Measure):
    """A posted outcome."""

    type: Text = ""
    description: Markup = ""
    time_frame: Text = ""
    groups: list[Group] = []
    analyses: list[Analysis] = []

    @model_validator(mode="after")
    def _known_groups(self) -> Self:
        compared = [OfGroup(group_id=one) for a in self.analyses for one in a.group_ids]
        _check_groups(self.groups, [*self.figures(), *compared])
        return self


class OutcomeMeasures(Part):
    """The posted outcomes."""

    outcome_measures: list[OutcomeMeasure] = []


class EventGroup(Group):
    """A group with its numbers of people with events."""

    deaths_num_affected: Count | None = None
    deaths_num_at_risk: Count | None = None
    serious_num_affected: Count | None = None
    serious_num_at_risk: Count | None = None
    other_num_affected: Count | None = None
    other_num_at_risk: Count | None = None


class EventCount(OfGroup):
    """How many people of a group had an event."""

    num_affected: Count | None = None
    num_at_risk: Count | None = None


class Event(Part):
    """A kind of adverse event."""

    term: Text = ""
    organ_system: Text = ""
    stats: list[EventCount] = []


class AdverseEvents(Part):
    """Deaths and adverse events."""

    frequency_threshold: Text = ""
    time_frame: Text = ""
    description: Markup = ""
    event_groups: list[EventGroup] = []
    serious_events: list[Event] = []
    other_events: list[Event] = []

    @model_validator(mode="after")
    def _known_groups(self) -> Self:
        events = [*self.serious_events, *self.other_events]
        _check_groups(self.event_groups, [one for event in events for one in event.stats])
        return self


class Results(Part):
    """The posted results."""

    participant_flow_module: ParticipantFlow = ParticipantFlow()
    baseline_characteristics_module: Baseline = Baseline()
    outcome_measures_module: OutcomeMeasures = OutcomeMeasures()
    adverse_events_module: AdverseEvents = AdverseEvents()


class Entry(Part):
    """A study's entry in the registry.

    >>> raw = {"protocolSection": {"identificationModule": {"nctId": "NCT01234567"}}}
    >>> Entry.model_validate(raw).nct_id
    'NCT01234567'
    """

    protocol: Protocol = Field(alias="protocolSection")
    results: Results = Field(Results(), alias="resultsSection")

    @property
    def nct_id(self) -> str:
        """Its number."""
        return self.protocol.identification_module.nct_id
