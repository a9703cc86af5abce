"""The registration of an entry as sections: what was planned, with dates, and by whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from kb.papers.paper import Paragraph, Section, SectionKind
from kb.papers.registry.entry import Arm, DatePart, Entry, Outcome
from kb.papers.registry.words import phrase

DATES: Final = {
    "registration": "First submitted",
    "start": "Study start",
    "primary-completion": "Primary completion",
    "completion": "Study completion",
}
"""What stands before a date, by the item of a protocol that it is."""
RANKS: Final = ("primary", "secondary", "other")
IDENTIFICATION, STATUS, DESIGN = "Identification", "Status", "Design"
ARMS, ELIGIBILITY = "Arms and interventions", "Eligibility"


def outcomes_id(rank: str) -> str:
    """Return the id of the section of the outcomes of a rank.

    >>> outcomes_id("primary")
    'Primary outcomes'
    """
    return f"{rank.capitalize()} outcomes"


def time_frame(outcome: Outcome) -> str:
    """Return the time frame of an outcome as its section prints it, or ""."""
    return f"Time frame: {outcome.time_frame}" if outcome.time_frame else ""


def sections(entry: Entry) -> Iterator[Section]:
    """Yield the sections of the registration that say something."""
    protocol = entry.protocol
    design = protocol.arms_interventions_module
    yield from _section(IDENTIFICATION, _fields(_identification(entry)), "front")
    yield from _section(STATUS, _fields(_status(entry)))
    description = protocol.description_module
    summary = (*_lines(description.brief_summary), *_lines(description.detailed_description))
    yield from _section("Summary", summary, "front")
    yield from _section(DESIGN, _fields(_design(entry)))
    lines = [line for one in design.arm_groups for line in _arm(one)]
    lines += [
        " ".join((f"{phrase(one.type)}: {one.name}.", *_lines(one.description)))
        for one in design.interventions
    ]
    yield from _section(ARMS, lines)
    yield from _section(ELIGIBILITY, _eligibility(entry))
    for rank in RANKS:
        lines = [line for one in outcomes(entry, rank) for line in _outcome(one)]
        yield from _section(outcomes_id(rank), lines)


def outcomes(entry: Entry, rank: str) -> list[Outcome]:
    """Return the outcomes of a rank that have a name."""
    listed: list[Outcome] = getattr(entry.protocol.outcomes_module, f"{rank}_outcomes")
    return [one for one in listed if one.measure]


def arm_line(kind: str, label: str) -> str:
    """Return how an arm is printed: its type and its label."""
    return ": ".join(filter(None, (phrase(kind), label)))


def date_line(item: str, date: DatePart) -> str:
    """Return how a date is printed: what of, the date, and whether it is that planned."""
    kind = f" ({phrase(date.type)})" if date.type else ""
    return f"{DATES[item]}: {date.date}{kind}"


def dates(entry: Entry) -> Iterator[tuple[str, DatePart]]:
    """Yield the dates that are claims, by the item of a protocol that each is."""
    status = entry.protocol.status_module
    given = {
        "registration": DatePart(date=status.study_first_submit_date),
        "start": status.start_date_struct,
        "primary-completion": status.primary_completion_date_struct,
        "completion": status.completion_date_struct,
    }
    yield from ((item, date) for item, date in given.items() if date.date)


def enrolment_line(entry: Entry) -> str:
    """Return how the number of people is printed, or ""."""
    given = entry.protocol.design_module.enrollment_info
    kind = f" ({phrase(given.type)})" if given.type else ""
    return "" if given.count is None else f"Enrollment: {given.count}{kind}"


def status_line(entry: Entry) -> str:
    """Return how the status is printed, or ""."""
    word = entry.protocol.status_module.overall_status
    return f"Overall status: {phrase(word)}" if word else ""


def _section(name: str, lines: Iterable[str], kind: SectionKind = "body") -> Iterator[Section]:
    paragraphs = tuple(Paragraph(line) for line in lines if line)
    if paragraphs:
        yield Section(name, name, (), kind, paragraphs)


def _fields(fields: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (f"{name}: {value}" if name else value for name, value in fields if value)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _arm(arm: Arm) -> Iterator[str]:
    yield arm_line(arm.type, arm.label)
    yield from _lines(arm.description)
    yield "; ".join(arm.intervention_names)


def _identification(entry: Entry) -> Iterator[tuple[str, str]]:
    protocol = entry.protocol
    identification, sponsors = protocol.identification_module, protocol.sponsor_collaborators_module
    yield "ClinicalTrials.gov identifier", identification.nct_id
    yield "Brief title", identification.brief_title
    yield "Official title", identification.official_title
    yield "Acronym", identification.acronym
    yield "Other study IDs", "; ".join(filter(None, _other_ids(entry)))
    yield "Sponsor", sponsors.lead_sponsor.name
    yield "Collaborators", "; ".join(one.name for one in sponsors.collaborators if one.name)
    yield "Conditions", "; ".join(protocol.conditions_module.conditions)
    yield "Keywords", "; ".join(protocol.conditions_module.keywords)


def _other_ids(entry: Entry) -> Iterator[str]:
    identification = entry.protocol.identification_module
    yield identification.org_study_id_info.id
    yield from (one.id for one in identification.secondary_id_infos)


def _status(entry: Entry) -> Iterator[tuple[str, str]]:
    status = entry.protocol.status_module
    yield "", status_line(entry)
    yield "Why stopped", status.why_stopped
    yield from (("", date_line(item, date)) for item, date in dates(entry))
    yield "Results first submitted", status.results_first_submit_date or ""
    yield "Last update submitted", status.last_update_submit_date or ""


def _design(entry: Entry) -> Iterator[tuple[str, str]]:
    design = entry.protocol.design_module
    info = design.design_info
    who = ", ".join(map(phrase, info.masking_info.who_masked))
    masking = phrase(info.masking_info.masking)
    yield "Study type", phrase(design.study_type)
    yield "Phase", "/".join(map(phrase, design.phases))
    yield "Allocation", phrase(info.allocation)
    yield "Intervention model", phrase(info.intervention_model)
    yield "Observational model", phrase(info.observational_model)
    yield "Time perspective", phrase(info.time_perspective)
    yield "Primary purpose", phrase(info.primary_purpose)
    yield "Masking", f"{masking} ({who})" if who else masking
    yield "", enrolment_line(entry)


def _eligibility(entry: Entry) -> Iterator[str]:
    module = entry.protocol.eligibility_module
    healthy = {True: "Yes", False: "No", None: ""}[module.healthy_volunteers]
    yield from _fields(
        (
            ("Sex", phrase(module.sex)),
            ("Minimum age", module.minimum_age),
            ("Maximum age", module.maximum_age),
            ("Healthy volunteers", healthy),
        )
    )
    yield from _lines(module.eligibility_criteria)


def _outcome(outcome: Outcome) -> Iterator[str]:
    yield f"{outcome.measure} [{time_frame(outcome)}]" if outcome.time_frame else outcome.measure
    yield " ".join(_lines(outcome.description))
