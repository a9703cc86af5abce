"""Entries of ClinicalTrials.gov read as papers: sections and tables with every figure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.registry import as_bytes, by_group, measurements, raw_entry

from kb.errors import ReadError, RecordError
from kb.papers.paper import Paper, Table
from kb.papers.reading import ColumnKind, TableReading
from kb.papers.registry.files import read_entries
from kb.papers.registry.paper import registry_paper
from kb.papers.source import draft_record
from kb.papers.text import source_text, table_lines

FLOW = "resultsSection__participantFlowModule"
OUTCOME = "resultsSection__outcomeMeasuresModule__outcomeMeasures"
STATUS = "protocolSection__statusModule"


def paper(**changes: Any) -> Paper:
    entries, problems = read_entries(as_bytes(raw_entry(**changes)), "a.json")
    assert problems == []
    return registry_paper(entries[0])


def table(name: str, **changes: Any) -> Table:
    return next(one for one in paper(**changes).tables if one.id == name)


def problem(**changes: Any) -> str:
    entries, problems = read_entries(as_bytes(raw_entry(**changes)), "a.json")
    assert entries == []
    return "\n".join(map(str, problems))


def test_the_registration_is_in_sections() -> None:
    sections = {s.id: [p.text for p in s.paragraphs] for s in paper().sections}
    assert "Study start: 2019-03-04 (Actual)" in sections["Status"]
    assert "First submitted: 2019-02-11" in sections["Status"]
    assert "Enrollment: 120 (Actual)" in sections["Design"]
    assert "Masking: Double (Participant, Investigator)" in sections["Design"]
    assert sections["Primary outcomes"][0].endswith("symptom score [Time frame: 12 weeks]")
    assert sections["Secondary outcomes"][0] == "Overall response [Time frame: Week 12]"
    assert "Placebo comparator: Placebo" in sections["Arms and interventions"]
    assert "* Cough for 8 weeks or more" in sections["Eligibility"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("Participant flow 1", [["", "Tussolan", "Placebo"], ["Started", "60", "60"]]),
        (
            "Baseline 1",
            [
                ["", "Tussolan (N = 60)", "Placebo (N = 60)", "Total (N = 120)"],
                ["Age, Continuous, mean (SD), years", "54.3 (11.2)", "55.0 (10.8)", "54.7 (11.0)"],
            ],
        ),
        ("Deaths", [["", "Tussolan", "Placebo"], ["All-cause mortality", "0/60", "1/60"]]),
    ],
)
def test_results_are_tables(name: str, rows: list[list[str]]) -> None:
    assert table_lines(table(name))[:2] == rows


def test_an_analysis_of_two_groups_stands_beside_their_figures() -> None:
    reading = TableReading(table("Outcome 1"))
    kinds = [column.kind for column in reading.columns]
    group, effect = ColumnKind.GROUP, ColumnKind.EFFECT
    assert kinds == [ColumnKind.LABEL, group, group, effect, ColumnKind.P]
    assert [figure.text for figure in reading.figures] == [
        "-14.2 (9.0)",
        "-6.1 (8.5)",
        "-8.1 (-11.3 to -4.9)",
        "<0.001",
    ]


def test_other_analyses_are_tables_of_their_own_or_sentences() -> None:
    assert table_lines(table("Outcome 3, analysis 1"))[1:] == [
        ["", "Hazard Ratio (HR) (95% CI)", "P value"],
        ["Event-free survival", "0.62 (0.39 to 0.98)", "0.042"],
    ]
    [note] = table("Outcome 2").footnotes
    assert note.text == "Analysis of Tussolan; binomial; P = 0.04"


@pytest.mark.parametrize(
    ("stated", "header"),
    [
        ({}, "Tussolan and Placebo"),
        ({"estimateComment": "Placebo vs. Tussolan"}, "Placebo versus Tussolan"),
        ({"groupDescription": "Ratio: Tussolan/Placebo, by stratum"}, "Tussolan versus Placebo"),
        ({"paramType": "Difference (Placebo minus Tussolan)"}, "Placebo versus Tussolan"),
        ({"statisticalComment": "Men vs. women; MRI/CRP"}, "Tussolan and Placebo"),
        (
            {"estimateComment": "Placebo - Tussolan", "groupDescription": "Tussolan/Placebo"},
            "Tussolan and Placebo",
        ),
    ],
)
def test_groups_are_compared_in_the_order_that_the_entry_states(
    stated: dict[str, str], header: str
) -> None:
    analysis = {"groupIds": ["OG000", "OG001"], "paramValue": "0.6", **stated}
    first, *_ = table_lines(table("Outcome 2", **{f"{OUTCOME}__1__analyses": [analysis]}))
    assert first[-1] == header


def test_what_an_entry_says_of_an_analysis_stands_below_its_figures() -> None:
    analysis = {
        "groupIds": ["OG000", "OG001"],
        "nonInferiorityType": "SUPERIORITY",
        "pValue": "p=0.02",
        "pValueComment": "One-sided, at 0.025",
        "statisticalMethod": "ANCOVA",
        "paramType": "Mean Difference",
        "paramValue": "-2.4",
        "dispersionType": "STANDARD_ERROR_OF_MEAN",
        "dispersionValue": "0.39",
        "ciPctValue": "97.5",
        "ciNumSides": "ONE_SIDED",
        "ciUpperLimit": "-1.1",
    }
    found = table("Outcome 2", **{f"{OUTCOME}__1__analyses": [analysis]})
    assert table_lines(found)[1][-2:] == ["Mean Difference", "P value (1-sided)"]
    assert table_lines(found)[2][-2:] == ["-2.4", "0.02"]
    assert [note.text for note in found.footnotes] == [
        "Analysis of Tussolan, Placebo; ANCOVA; Superiority; Standard error of mean 0.39; "
        "one-sided 97.5% CI, upper limit -1.1; One-sided, at 0.025"
    ]


def test_analyses_of_one_outcome_say_what_each_is_about() -> None:
    both = [
        {"groupIds": ["OG000", "OG001"], "pValue": p, "groupDescription": of}
        for p, of in (("0.30", "Lung dose"), ("0.17", "Heart dose"))
    ]
    found = paper(**{f"{OUTCOME}__1__analyses": both}).tables
    rows = [table_lines(t)[2] for t in found if t.id.startswith("Outcome 2, analysis")]
    assert rows == [
        ["Overall response, Week 12, Lung dose", "0.30"],
        ["Overall response, Week 12, Heart dose", "0.17"],
    ]


def _sized(*numbers: str) -> list[dict[str, Any]]:
    return [{"units": "Participants", "counts": by_group("OG", "value", *numbers)}]


@pytest.mark.parametrize(
    ("second", "header", "counted"),
    [
        (("50", "48"), ["", "Tussolan (N = 50)", "Placebo (N = 48)"], []),
        (
            ("41", "40"),
            ["", "Tussolan", "Placebo"],
            [
                ["At 12 weeks, number analyzed", "50", "48"],
                ["At 24 weeks, number analyzed", "41", "40"],
            ],
        ),
    ],
)
def test_a_header_has_the_number_of_people_of_every_row_or_none(
    second: tuple[str, str], header: list[str], counted: list[list[str]]
) -> None:
    rows = f"{OUTCOME}__2__classes"
    sizes = {f"{rows}__0__denoms": _sized("50", "48"), f"{rows}__1__denoms": _sized(*second)}
    lines = table_lines(table("Outcome 3", **sizes))
    assert lines[0] == header
    assert [line for line in lines if "analyzed" in line[0]] == counted


def test_a_reason_to_leave_is_below_those_who_left() -> None:
    lines = [line[0] for line in table_lines(table("Participant flow 1"))]
    assert lines[-2:] == ["Not completed, by reason", "Lost to Follow-up"]


def test_markup_of_sentences_is_undone_and_titles_are_left() -> None:
    criteria = "protocolSection__eligibilityModule__eligibilityCriteria"
    changes = {
        criteria: "* Glucose \\<126 mg/dl \\[OGTT\\]",
        f"{OUTCOME}__1__title": "Response \\ cure",
    }
    text = source_text(paper(**changes)).text
    assert "* Glucose <126 mg/dl [OGTT]" in text
    assert "Response \\ cure" in text


@pytest.mark.parametrize(
    ("dispersion", "printed"),
    [
        ("Standard Deviation", "12 (2)"),
        ("STANDARD_ERROR", "12 (2)"),
        ("95% Confidence Interval", "12 (8 to 16)"),
        ("FULL_RANGE", "12 (8 to 16)"),
    ],
)
def test_what_stands_beside_a_figure_is_of_the_kind_that_the_measure_names(
    dispersion: str, printed: str
) -> None:
    figure = {"groupId": "OG000", "value": "12", "spread": "2"}
    figure |= {"lowerLimit": "8", "upperLimit": "16"}
    path = f"{OUTCOME}__0__classes__0__categories__0__measurements"
    changes = {path: [figure], f"{OUTCOME}__0__dispersionType": dispersion}
    assert table_lines(table("Outcome 1", **changes))[2][1] == printed


def test_why_a_figure_is_not_available_is_in_the_text() -> None:
    figure = {"groupId": "OG000", "value": "NA", "comment": "Median not\nreached"}
    path = f"{OUTCOME}__1__classes__0__categories__0__measurements"
    [*_, note] = table("Outcome 2", **{path: [figure]}).footnotes
    assert note.text == "Tussolan: Median not reached"


def test_rows_with_categories_stand_below_their_title() -> None:
    assert [one[0] for one in table_lines(table("Baseline 2"))] == [
        "",
        "Sex: Female, Male",
        "Female",
        "Male",
    ]
    classes = [
        {
            "title": place,
            "categories": [
                {"title": sex, "measurements": measurements("OG", {"value": "3"}, {"value": "4"})}
                for sex in ("Female", "Male")
            ],
        }
        for place in ("North", "South")
    ]
    lines = table_lines(table("Outcome 2", **{f"{OUTCOME}__1__classes": classes}))
    title = "Overall response, Week 12"
    assert [one[0] for one in lines[1:4]] == [f"{title}, North", "Female", "Male"]
    assert [one[0] for one in lines[4:5]] == [f"{title}, South"]


def test_a_row_of_fewer_people_has_their_number() -> None:
    fewer = [{"units": "Participants", "counts": [{"groupId": "OG000", "value": "58"}]}]
    lines = table_lines(table("Outcome 2", **{f"{OUTCOME}__1__classes__0__denoms": fewer}))
    assert lines[1] == ["Overall response, Week 12", "36/58", "21/60"]


def test_every_figure_of_the_results_is_in_the_text() -> None:
    text = source_text(paper()).text
    raw = json.dumps(raw_entry()["resultsSection"])
    wanted = json.loads(raw, object_pairs_hook=lambda pairs: pairs)
    figures: list[str] = []

    def collect(value: Any, name: str = "") -> None:
        if isinstance(value, list):
            for one in value:
                collect(*((one[1], one[0]) if isinstance(one, tuple) else (one, name)))
        elif name in {"value", "spread", "lowerLimit", "upperLimit", "numSubjects", "paramValue"}:
            figures.append(value)
        elif name in {"pValue", "ciLowerLimit", "ciUpperLimit", "numAffected", "numAtRisk"}:
            figures.append(str(value))

    collect(wanted)
    assert len(figures) > 60
    assert [one for one in figures if one not in text] == []


def test_adverse_events_are_in_a_table_for_each_organ_system() -> None:
    events = "resultsSection__adverseEventsModule__otherEvents"
    names = ["Eye disorders", "Skin\tdisorders", "eye  disorders", ""]
    listed = [
        {"term": f"Event {i}", "organSystem": name, "stats": []} for i, name in enumerate(names)
    ]
    ids = [one.id for one in paper(**{events: listed}).tables if one.id.startswith("Other")]
    assert ids == [
        "Other adverse events",
        "Other adverse events: Eye disorders",
        "Other adverse events: Skin disorders",
        "Other adverse events: all",
    ]


def test_the_record_is_that_of_a_registry() -> None:
    draft = draft_record(paper(), "nct01234567", {})
    assert "kind: registry-entry" in draft.record
    [publication] = draft.publications.values()
    assert publication["type"] == "web-page"
    assert publication["url"] == "https://clinicaltrials.gov/study/NCT01234567"
    assert (publication["journal"], publication["year"]) == ("ClinicalTrials.gov", 2021)


def test_an_entry_may_say_almost_nothing() -> None:
    raw = {"protocolSection": {"identificationModule": {"nctId": "NCT00000001"}}}
    [entry], problems = read_entries(as_bytes({"studies": [raw]}), "a.json")
    assert not problems
    assert [s.id for s in registry_paper(entry).sections] == ["Identification"]


def test_null_is_not_given() -> None:
    assert "Status" in {s.id for s in paper(**{f"{STATUS}__whyStopped": None}).sections}


@pytest.mark.parametrize(
    ("changes", "path", "expected"),
    [
        (
            {"protocolSection__identificationModule__nctId": "NCT12"},
            "nctId",
            "NCT and eight digits",
        ),
        ({"protocolSection__identificationModule": []}, "identificationModule", "an object"),
        ({"protocolSection__statusModule": "x"}, "statusModule", "an object"),
        ({f"{STATUS}__startDateStruct__date": "March"}, "startDateStruct.date", "a date"),
        ({f"{STATUS}__startDateStruct__date": "2019-02-40"}, "startDateStruct.date", "a date"),
        ({f"{STATUS}__overallStatus": ["COMPLETED"]}, "overallStatus", "a text"),
        (
            {"protocolSection__designModule__enrollmentInfo__count": "many"},
            "enrollmentInfo.count",
            "a whole number",
        ),
        (
            {"protocolSection__designModule__enrollmentInfo__count": True},
            "enrollmentInfo.count",
            "a whole number",
        ),
        (
            {"protocolSection__designModule__enrollmentInfo__count": -3},
            "enrollmentInfo.count",
            "a whole number",
        ),
        ({"protocolSection__outcomesModule__primaryOutcomes": {}}, "primaryOutcomes", "a list"),
        (
            {"protocolSection__eligibilityModule__healthyVolunteers": "No"},
            "healthyVolunteers",
            "true or false",
        ),
        ({f"{FLOW}__groups__0__id": "FG001"}, "participantFlowModule", "not FG001 twice"),
        (
            {f"{OUTCOME}__0__analyses__0__groupIds": ["OG007", "OG001"]},
            "outcomeMeasures.0",
            "not 'OG007'",
        ),
        (
            {f"{OUTCOME}__1__groups__0": {"title": "x"}},
            "outcomeMeasures.1.groups.0.id",
            "this part",
        ),
    ],
)
def test_a_wrong_type_is_named_with_its_path(
    changes: dict[str, Any], path: str, expected: str
) -> None:
    message = problem(**changes)
    assert f"{path}:" in message
    assert expected in message
    assert "protocolSection" in message or "resultsSection" in message


@pytest.mark.parametrize("name", ["protocolSection", "resultsSection"])
def test_any_type_in_any_field_is_read_or_named(name: str) -> None:
    """No field, however wrong, ends in anything but a problem with its place."""

    def places(value: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        inner: list[tuple[str, Any]] = []
        if isinstance(value, dict):
            inner = list(value.items())
        elif isinstance(value, list):
            inner = [("0", value[0])] if value else []
        return [path, *(one for key, below in inner for one in places(below, (*path, key)))]

    tried = 0
    wrongs: tuple[Any, ...] = ("", "x" * 500, 7, -1, True, [], {}, [[]], [{}], None, ["\t"])
    for path in places(raw_entry()[name], (name,)):
        for wrong in wrongs:
            raw = as_bytes(raw_entry(**{"__".join(path): wrong}))
            entries, problems = read_entries(raw, "a.json")
            for entry in entries:
                source_text(registry_paper(entry))
            assert bool(entries) != bool(problems)
            tried += 1
    assert tried > 500


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "not JSON"),
        (b"{", "a.json:1: not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"7", "an entry of ClinicalTrials.gov"),
        (b"[]", "an entry of ClinicalTrials.gov"),
        (b'{"studies": {}}', "an entry of ClinicalTrials.gov"),
        (b"[" * 100_000, "far too deep"),
        (b'{"a":' * 100_000, "far too deep"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "too many digits"),
        (b" " * 50_000_001, "more than 50 MB"),
    ],
)
def test_what_is_not_an_entry_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_entries(data, "a.json")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ('{"a": [0, {"b": 1, "b": 2}]}', "a.1: found 'b', expected each name once"),
        ('{"a": {"b": [NaN]}}', "a.b.0: found 'NaN', expected a number"),
        ('{"a": Infinity}', "a: found 'Infinity'"),
        ('{"a": "\\ud800"}', "a: found 'half of a character'"),
        ('{"a": ' + "[" * 80 + "]" * 80 + "}", "expected at most 60 lists and objects"),
    ],
)
def test_what_json_should_not_have_is_named_with_its_path(data: str, message: str) -> None:
    with pytest.raises(RecordError) as error:
        read_entries(data.encode(), "a.json")
    assert message in str(error.value)


def test_one_broken_entry_leaves_the_others() -> None:
    good, bad = raw_entry(), raw_entry(protocolSection__identificationModule__nctId=7)
    entries, [wrong] = read_entries(as_bytes({"studies": [bad, good]}), "a.json")
    assert [one.nct_id for one in entries] == ["NCT01234567"]
    assert wrong.field == "studies.0.protocolSection.identificationModule.nctId"
