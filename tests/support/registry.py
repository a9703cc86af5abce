"""An invented entry of ClinicalTrials.gov with every module, of the starter's invented trial."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

TUSSOLAN, PLACEBO = "Tussolan", "Placebo"


def by_group(kind: str, name: str, *values: object) -> list[dict[str, Any]]:
    return [{"groupId": f"{kind}00{i}", name: value} for i, value in enumerate(values)]


def groups(kind: str, *more: str) -> list[dict[str, Any]]:
    titles = (TUSSOLAN, PLACEBO, *more)
    return [
        {"id": f"{kind}00{i}", "title": title, "description": f"Those given {title.lower()}"}
        for i, title in enumerate(titles)
    ]


def sizes(kind: str, *values: str) -> list[dict[str, Any]]:
    return [{"units": "Participants", "counts": by_group(kind, "value", *values)}]


def measurements(kind: str, *figures: dict[str, str]) -> list[dict[str, Any]]:
    return [{"groupId": f"{kind}00{i}", **figure} for i, figure in enumerate(figures)]


def one_row(kind: str, *figures: dict[str, str]) -> list[dict[str, Any]]:
    return [{"categories": [{"measurements": measurements(kind, *figures)}]}]


_PROTOCOL: dict[str, Any] = {
    "identificationModule": {
        "nctId": "NCT01234567",
        "orgStudyIdInfo": {"id": "TUS-301"},
        "organization": {"fullName": "Invented Pharma", "class": "INDUSTRY"},
        "briefTitle": "Tussolan for Chronic Cough",
        "officialTitle": "A Randomised Trial of Tussolan Against Placebo for Chronic Cough",
        "acronym": "EXAMPLE",
    },
    "statusModule": {
        "statusVerifiedDate": "2021-02",
        "overallStatus": "COMPLETED",
        "expandedAccessInfo": {"hasExpandedAccess": False},
        "startDateStruct": {"date": "2019-03-04", "type": "ACTUAL"},
        "primaryCompletionDateStruct": {"date": "2020-06-30", "type": "ACTUAL"},
        "completionDateStruct": {"date": "2020-09", "type": "ACTUAL"},
        "studyFirstSubmitDate": "2019-02-11",
        "studyFirstPostDateStruct": {"date": "2019-02-14", "type": "ACTUAL"},
        "resultsFirstSubmitDate": "2021-01-10",
        "lastUpdateSubmitDate": "2021-02-20",
    },
    "sponsorCollaboratorsModule": {
        "responsibleParty": {"type": "SPONSOR"},
        "leadSponsor": {"name": "Invented Pharma", "class": "INDUSTRY"},
        "collaborators": [{"name": "University of Nowhere", "class": "OTHER"}],
    },
    "descriptionModule": {
        "briefSummary": "Whether tussolan relieves cough.",
        "detailedDescription": "Adults with cough for 8 weeks.\n\nTwo arms.",
    },
    "conditionsModule": {"conditions": ["Chronic Cough"], "keywords": ["cough"]},
    "designModule": {
        "studyType": "INTERVENTIONAL",
        "phases": ["PHASE2", "PHASE3"],
        "designInfo": {
            "allocation": "RANDOMIZED",
            "interventionModel": "PARALLEL",
            "primaryPurpose": "TREATMENT",
            "maskingInfo": {"masking": "DOUBLE", "whoMasked": ["PARTICIPANT", "INVESTIGATOR"]},
        },
        "enrollmentInfo": {"count": 120, "type": "ACTUAL"},
    },
    "armsInterventionsModule": {
        "armGroups": [
            {
                "label": TUSSOLAN,
                "type": "EXPERIMENTAL",
                "description": "30 mg daily for 12 weeks",
                "interventionNames": ["Drug: Tussolan"],
            },
            {"label": PLACEBO, "type": "PLACEBO_COMPARATOR", "interventionNames": []},
        ],
        "interventions": [
            {"type": "DRUG", "name": "Tussolan", "description": "Tablets", "armGroupLabels": []}
        ],
    },
    "outcomesModule": {
        "primaryOutcomes": [
            {
                "measure": "Change from baseline in symptom score",
                "description": "A scale from 0 to 100.",
                "timeFrame": "12 weeks",
            }
        ],
        "secondaryOutcomes": [
            {"measure": "Overall response", "timeFrame": "Week 12"},
            {"measure": "Event-free survival", "timeFrame": "up to 24 weeks"},
        ],
        "otherOutcomes": [{"measure": "Quality of life"}],
    },
    "eligibilityModule": {
        "eligibilityCriteria": "Inclusion Criteria:\n\n* Cough for 8 weeks or more\n\n"
        "Exclusion Criteria:\n\n* Asthma",
        "healthyVolunteers": False,
        "sex": "ALL",
        "minimumAge": "18 Years",
        "maximumAge": "75 Years",
        "stdAges": ["ADULT", "OLDER_ADULT"],
    },
}
_FLOW: dict[str, Any] = {
    "preAssignmentDetails": "Of 150 screened, 30 were not eligible.",
    "recruitmentDetails": "At 9 clinics.",
    "groups": groups("FG"),
    "periods": [
        {
            "title": "Overall Study",
            "milestones": [
                {"type": "STARTED", "achievements": by_group("FG", "numSubjects", "60", "60")},
                {"type": "COMPLETED", "achievements": by_group("FG", "numSubjects", "57", "55")},
                {"type": "NOT COMPLETED", "achievements": by_group("FG", "numSubjects", "3", "5")},
            ],
            "dropWithdraws": [
                {"type": "Lost to Follow-up", "reasons": by_group("FG", "numSubjects", "3", "5")}
            ],
        }
    ],
}
_BASELINE: dict[str, Any] = {
    "groups": groups("BG", "Total"),
    "denoms": sizes("BG", "60", "60", "120"),
    "measures": [
        {
            "title": "Age, Continuous",
            "paramType": "MEAN",
            "dispersionType": "STANDARD_DEVIATION",
            "unitOfMeasure": "years",
            "classes": one_row(
                "BG",
                {"value": "54.3", "spread": "11.2"},
                {"value": "55.0", "spread": "10.8"},
                {"value": "54.7", "spread": "11.0"},
            ),
        },
        {
            "title": "Sex: Female, Male",
            "paramType": "COUNT_OF_PARTICIPANTS",
            "unitOfMeasure": "Participants",
            "classes": [
                {
                    "categories": [
                        {
                            "title": "Female",
                            "measurements": by_group("BG", "value", "39", "36", "75"),
                        },
                        {
                            "title": "Male",
                            "measurements": by_group("BG", "value", "21", "24", "45"),
                        },
                    ]
                }
            ],
        },
    ],
}
_OUTCOMES: list[dict[str, Any]] = [
    {
        "type": "PRIMARY",
        "title": "Change from baseline in symptom score",
        "populationDescription": "All who were randomised.",
        "reportingStatus": "POSTED",
        "paramType": "MEAN",
        "dispersionType": "Standard Deviation",
        "unitOfMeasure": "score on a scale",
        "timeFrame": "12 weeks",
        "groups": groups("OG"),
        "denoms": sizes("OG", "60", "60"),
        "classes": one_row(
            "OG", {"value": "-14.2", "spread": "9.0"}, {"value": "-6.1", "spread": "8.5"}
        ),
        "analyses": [
            {
                "groupIds": ["OG000", "OG001"],
                "pValue": "<0.001",
                "statisticalMethod": "t-test, 2 sided",
                "paramType": "Mean Difference (Final Values)",
                "paramValue": "-8.1",
                "ciPctValue": "95",
                "ciNumSides": "TWO_SIDED",
                "ciLowerLimit": "-11.3",
                "ciUpperLimit": "-4.9",
            }
        ],
    },
    {
        "type": "SECONDARY",
        "title": "Overall response",
        "reportingStatus": "POSTED",
        "paramType": "COUNT_OF_PARTICIPANTS",
        "unitOfMeasure": "Participants",
        "timeFrame": "Week 12",
        "groups": groups("OG"),
        "denoms": sizes("OG", "60", "60"),
        "classes": one_row("OG", {"value": "36"}, {"value": "21"}),
        "analyses": [{"groupIds": ["OG000"], "pValue": "0.04", "statisticalMethod": "binomial"}],
    },
    {
        "type": "SECONDARY",
        "title": "Event-free survival",
        "reportingStatus": "POSTED",
        "paramType": "NUMBER",
        "dispersionType": "95% Confidence Interval",
        "unitOfMeasure": "percentage of participants",
        "timeFrame": "up to 24 weeks",
        "groups": groups("OG"),
        "denoms": sizes("OG", "60", "60"),
        "classes": [
            {
                "title": title,
                "categories": [{"measurements": measurements("OG", *figures)}],
            }
            for title, figures in (
                (
                    "At 12 weeks",
                    (
                        {"value": "84.0", "lowerLimit": "75.1", "upperLimit": "90.2"},
                        {"value": "77.0", "lowerLimit": "67.2", "upperLimit": "84.6"},
                    ),
                ),
                (
                    "At 24 weeks",
                    (
                        {"value": "71.0", "lowerLimit": "61.0", "upperLimit": "79.0"},
                        {"value": "58.0", "lowerLimit": "47.4", "upperLimit": "67.6"},
                    ),
                ),
            )
        ],
        "analyses": [
            {
                "groupIds": ["OG000", "OG001"],
                "pValue": "0.042",
                "statisticalMethod": "Log Rank",
                "paramType": "Hazard Ratio (HR)",
                "paramValue": "0.62",
                "ciPctValue": "95",
                "ciLowerLimit": "0.39",
                "ciUpperLimit": "0.98",
            }
        ],
    },
]


def _stats(first: int, second: int) -> list[dict[str, Any]]:
    return [
        {"groupId": f"EG00{i}", "numEvents": n + 1, "numAffected": n, "numAtRisk": 60}
        for i, n in enumerate((first, second))
    ]


_EVENTS: dict[str, Any] = {
    "frequencyThreshold": "5",
    "timeFrame": "24 weeks",
    "description": "Asked for at each visit.",
    "eventGroups": [
        {
            **group,
            "deathsNumAffected": deaths,
            "deathsNumAtRisk": 60,
            "seriousNumAffected": 2,
            "seriousNumAtRisk": 60,
            "otherNumAffected": other,
            "otherNumAtRisk": 60,
        }
        for group, deaths, other in zip(groups("EG"), (0, 1), (31, 22), strict=True)
    ],
    "seriousEvents": [
        {
            "term": "Nausea",
            "organSystem": "Gastrointestinal disorders",
            "sourceVocabulary": "MedDRA 22.0",
            "assessmentType": "SYSTEMATIC_ASSESSMENT",
            "stats": _stats(1, 0),
        }
    ],
    "otherEvents": [
        {
            "term": "Nausea",
            "organSystem": "Gastrointestinal disorders",
            "stats": _stats(11, 6),
        },
        {"term": "Headache", "organSystem": "Nervous system disorders", "stats": _stats(5, 4)},
    ],
}
_ENTRY: dict[str, Any] = {
    "protocolSection": _PROTOCOL,
    "resultsSection": {
        "participantFlowModule": _FLOW,
        "baselineCharacteristicsModule": _BASELINE,
        "outcomeMeasuresModule": {"outcomeMeasures": _OUTCOMES},
        "adverseEventsModule": _EVENTS,
        "moreInfoModule": {"pointOfContact": {"title": "Nobody"}},
    },
    "derivedSection": {"miscInfoModule": {"versionHolder": "2021-03-01"}},
    "hasResults": True,
}


def raw_entry(**changes: Any) -> dict[str, Any]:
    """The entry; a change is named by its path, with two underscores between its steps."""
    entry = deepcopy(_ENTRY)
    for path, value in changes.items():
        *steps, last = path.split("__")
        part: Any = entry
        for step in steps:
            part = part[int(step) if step.isdigit() else step]
        part[int(last) if last.isdigit() else last] = value
    return entry


def as_bytes(value: object) -> bytes:
    return json.dumps(value).encode()
