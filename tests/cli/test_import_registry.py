"""``kb import`` of entries of ClinicalTrials.gov, up to the findings beside the paper."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.command_line import kb
from support.example_base import content, edit
from support.registry import as_bytes, raw_entry

from kb.drafts.store import read_drafts
from kb.records.load import load_records
from kb.records.starter import write_starter

STUDY = "evidence/studies/example-trial.yaml"
DESIGN = "protocolSection__designModule__enrollmentInfo"
STATUS = "protocolSection__statusModule"
PRIMARY = "protocolSection__outcomesModule__primaryOutcomes__0__measure"
OUTCOME = "resultsSection__outcomeMeasuresModule__outcomeMeasures"
PAPER = "The primary outcome was the change in symptom score at 12 weeks."


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A base whose trial has a number, and whose paper names its primary outcome."""
    root = tmp_path / "base"
    write_starter(root, "Base", "https://example.org/base/")
    edit(root, STUDY, "population: ch", "registry: [NCT01234567]\npopulation: ch")
    aim = (
        "      - {endpoint: PRIMARY_OUTCOME, category: change in symptom score, time: at 12 weeks, "
        "printed: the change in symptom score at 12 weeks, values: {all: reported}}\n"
    )
    edit(root, STUDY, "      - endpoint: DOSE\n", f"{aim}      - endpoint: DOSE\n")
    edit(root, "texts/example-paper.txt", "Adults had", f"{PAPER} Adults had")
    return root


def entry_file(folder: Path, name: str = "NCT01234567.json", **changes: Any) -> Path:
    path = folder / name
    path.write_bytes(as_bytes(raw_entry(**changes)))
    return path


def imported(base: Path, **changes: Any) -> dict[str, Any]:
    """Import an entry, accept all drafts, and return the findings by kind."""
    result = kb(base, "import", entry_file(base.parent, **changes))
    assert result.exit_code == 0, result.output
    accepted = kb(base, "draft", "--accept", "example-trial")
    assert accepted.exit_code == 0, accepted.output
    assert " 0 failed" in kb(base, "verify").output
    kb(base, "check", "--json", base.parent / "found.json")
    found = json.loads((base.parent / "found.json").read_text())
    return {one["kind"]: one for one in found.get("discrepancies", found)}


def test_an_entry_that_agrees_with_the_paper_gives_no_finding(base: Path) -> None:
    assert imported(base) == {}
    claims = load_records(base).studies["example-trial"].reports
    ours = [b for r in claims if r.source == "nct01234567" for b in r.claims]
    assert {b.endpoint for b in ours} > {
        "START_DATE",
        "REGISTRATION_DATE",
        "COMPLETION_DATE",
        "SAMPLE_SIZE",
        "STUDY_ARM",
        "STUDY_STATUS",
        "PRIMARY_OUTCOME",
        "SECONDARY_OUTCOME",
        "SYMPTOM_SCORE",
        "AE_SERIOUS",
        "DEATH",
        "EFS",
    }
    assert len(ours) > 40


@pytest.mark.parametrize(
    ("changes", "kind", "endpoint"),
    [
        ({f"{DESIGN}__count": 131}, "differs-between-sources", "SAMPLE_SIZE"),
        ({f"{DESIGN}": {"count": 131, "type": "ESTIMATED"}}, "", ""),
        ({f"{STATUS}__studyFirstSubmitDate": "2019-09-01"}, "registered-after-start", ""),
        ({f"{STATUS}__studyFirstSubmitDate": "2019-03-30"}, "", ""),
        ({PRIMARY: "Rate of exacerbations"}, "primary-outcome-changed", ""),
        ({PRIMARY: "Symptom score, mean change at week 12"}, "", ""),
        (
            {f"{OUTCOME}__0__classes__0__categories__0__measurements__0__value": "-12.2"},
            "differs-between-sources",
            "SYMPTOM_SCORE",
        ),
        (
            {f"{OUTCOME}__1__classes__0__categories__0__measurements__0__value": "33"},
            "differs-between-sources",
            "OVERALL_RESPONSE",
        ),
    ],
)
def test_registry_and_paper_are_set_side_by_side(
    base: Path, changes: dict[str, Any], kind: str, endpoint: str
) -> None:
    found = imported(base, **changes)
    assert kind in found if kind else not found
    assert not endpoint or found[kind]["endpoint"] == endpoint


def test_all_drafts_stand_in_the_text(base: Path) -> None:
    result = kb(base, "import", entry_file(base.parent))
    assert result.exit_code == 0
    assert "left 0" in result.output
    assert kb(base, "verify", "--drafts").exit_code == 0


def test_those_who_started_are_the_size_of_their_group(base: Path) -> None:
    assert kb(base, "import", entry_file(base.parent)).exit_code == 0
    records = load_records(base)
    reports = read_drafts(base, "example-trial", records.vocabulary).reports
    flow = [block for one in reports if one.at == "Participant flow 1" for block in one.claims]
    started = [block for block in flow if block.row == ["Started"]]
    assert len(started) == 2
    assert {(block.endpoint, block.sure) for block in started} == {("SAMPLE_SIZE", "sure")}


def drafted(base: Path, **changes: Any) -> dict[str, list[Any]]:
    """Import an entry, and return its drafts by place."""
    result = kb(base, "import", entry_file(base.parent, **changes))
    assert result.exit_code == 0, result.output
    assert "left 0" in result.output
    reports = read_drafts(base, "example-trial", load_records(base).vocabulary).reports
    return {one.at: one.claims for one in reports}


def test_a_table_of_one_row_is_drafted(base: Path) -> None:
    path = "resultsSection__baselineCharacteristicsModule__measures__0"
    figures = [
        {"groupId": f"BG00{i}", "value": "54", "lowerLimit": low, "upperLimit": "75"}
        for i, low in enumerate(("18", ".5", "-3"))
    ]
    changes = {
        f"{path}__dispersionType": "FULL_RANGE",
        f"{path}__classes": [{"categories": [{"measurements": figures}]}],
    }
    assert len(drafted(base, **changes)["Baseline 1"]) == 3


def test_percentages_are_of_the_people_of_their_column(base: Path) -> None:
    """77/92 is 83.7%, and no number of the 60 who started is."""
    changes = {
        f"{OUTCOME}__1__paramType": "NUMBER",
        f"{OUTCOME}__1__unitOfMeasure": "Percentage of participants",
        f"{OUTCOME}__1__denoms__0__counts__0__value": "46",
    }
    path = f"{OUTCOME}__1__classes__0__categories__0__measurements"
    share = {**changes, f"{path}__0__value": "80.4", f"{path}__1__value": "35.0"}
    found = imported(base, **share)
    assert "impossible-share" not in found


def test_a_percentage_that_no_number_of_people_gives_is_reported(base: Path) -> None:
    path = f"{OUTCOME}__1"
    changes = {
        f"{path}__paramType": "NUMBER",
        f"{path}__unitOfMeasure": "Percentage of participants",
        f"{path}__denoms__0__counts__0__value": "46",
        f"{path}__classes__0__categories__0__measurements__0__value": "81.4",
        f"{path}__classes__0__categories__0__measurements__1__value": "35.0",
    }
    assert "of 46 patients" in imported(base, **changes)["impossible-share"]["message"]


def test_the_people_analysed_are_named_where_others_started(base: Path) -> None:
    count = f"{OUTCOME}__0__denoms__0__counts__0__value"
    fewer = [one.analysis_set for one in drafted(base, **{count: "55"})["Outcome 1"] if one.values]
    assert fewer == ["N = 55", None]


def test_a_name_that_is_cut_ends_in_a_word_of_meaning(base: Path) -> None:
    name = (
        "Number of people with a positive response in the second of the two periods by the week 12"
    )
    [claim] = drafted(base, **{PRIMARY: name})["Primary outcomes"]
    assert (
        claim.category
        == "Number of people with a positive response in the second of the two periods"
    )


def test_a_reason_to_leave_is_not_an_outcome(base: Path) -> None:
    reason = {
        "type": "Adverse Event",
        "reasons": [{"groupId": "FG000", "numSubjects": "3"}],
    }
    path = "resultsSection__participantFlowModule__periods__0__dropWithdraws"
    [left] = [
        one
        for one in drafted(base, **{path: [reason]})["Participant flow 1"]
        if one.row[-1] == "Adverse Event"
    ]
    assert (left.endpoint, left.category) == ("OTHER", "Adverse Event, not completed")


def test_an_estimate_and_its_p_value_have_the_stated_order_and_sides(base: Path) -> None:
    more = {
        f"{OUTCOME}__2__analyses__0__estimateComment": "Placebo vs Tussolan",
        f"{OUTCOME}__2__analyses__0__pValueComment": "1-sided",
    }
    estimate, p = drafted(base, **more)["Outcome 3, analysis 1"]
    assert estimate.comparison.of == p.comparison.of == "placebo"
    assert estimate.sure == "likely"
    assert (estimate.comparison.sides, p.comparison.sides) == (None, 1)


def test_an_analysis_of_an_unnamed_part_is_not_sure(base: Path) -> None:
    """Two rows, and a difference that may be of either."""
    changes = {f"{OUTCOME}__2__analyses__0__paramType": "Difference in proportions"}
    claims = drafted(base, **changes)["Outcome 3, analysis 1"]
    assert {one.sure for one in claims} == {"unsure"}


def test_periods_are_told_apart(base: Path) -> None:
    [period] = raw_entry()["resultsSection"]["participantFlowModule"]["periods"]
    path = "resultsSection__participantFlowModule__periods"
    found = drafted(base, **{path: [period, {**period, "title": "Extension"}]})
    completed = [one for one in found["Participant flow 2"] if one.row == ["Completed"]]
    assert {one.category for one in completed} == {"Extension"}


@pytest.mark.parametrize(
    "content",
    [
        '{"FullStudiesResponse": {"FullStudies": [{"Study": {"ProtocolSection": {}}}]}}',
        '{"Study": {"ProtocolSection": {"IdentificationModule": {"NCTId": "NCT01234567"}}}}',
        '<?xml version="1.0"?>\n<clinical_study rank="1"/>',
        "NCT Number,Study Title\nNCT01234567,A trial\n",
    ],
)
def test_an_older_form_is_named_with_what_is_expected(base: Path, content: str) -> None:
    path = base.parent / "older.json"
    path.write_text(content)
    result = kb(base, "import", path)
    assert result.exit_code == 2
    assert "expected the JSON of its API v2" in result.output


def test_a_second_import_adds_nothing(base: Path) -> None:
    path = entry_file(base.parent)
    kb(base, "import", path)
    before = content(base)
    again = kb(base, "import", path)
    assert again.exit_code == 0
    assert "there already, unchanged" in again.output
    assert content(base) == before


def test_a_changed_entry_is_not_written_over(base: Path) -> None:
    kb(base, "import", entry_file(base.parent))
    before = content(base)
    result = kb(base, "import", entry_file(base.parent, **{f"{DESIGN}__count": 119}))
    assert result.exit_code == 2
    assert "expected no file, or the text of this entry" in result.stderr
    assert content(base) == before


def test_arms_that_the_study_lacks_are_drafted_as_groups(base: Path) -> None:
    arms = "protocolSection__armsInterventionsModule__armGroups"
    more = {"label": "Watchful waiting", "type": "NO_INTERVENTION"}
    kb(base, "import", entry_file(base.parent, **{f"{arms}__1": more}))
    records = load_records(base)
    drafts = read_drafts(base, "example-trial", records.vocabulary)
    group = drafts.groups["watchful-waiting"]
    assert (group.label, group.role, group.kind) == ("Watchful waiting", "comparator", "arm")


def test_an_entry_of_no_study_is_a_source_without_drafts(base: Path) -> None:
    edit(base, STUDY, "registry: [NCT01234567]\n", "")
    path = entry_file(base.parent)
    result = kb(base, "import", path)
    assert result.exit_code == 0
    assert "no study has it under 'registry'" in result.output
    assert not (base / "evidence/drafts").exists()
    edit(base, STUDY, "population: ch", "registry: [NCT01234567]\npopulation: ch")
    assert "drafted" in kb(base, "import", path).output


def test_a_folder_and_a_list_with_a_broken_entry(base: Path) -> None:
    folder = base.parent / "entries"
    folder.mkdir()
    other = raw_entry(protocolSection__identificationModule__nctId="NCT07654321")
    broken = raw_entry(protocolSection__identificationModule__nctId="7654321")
    (folder / "several.json").write_bytes(as_bytes({"studies": [broken, other]}))
    entry_file(folder)
    (folder / "twice.json").write_bytes(as_bytes([raw_entry()]))
    result = kb(base, "import", folder)
    assert result.exit_code == 2
    assert "studies.0.protocolSection.identificationModule.nctId" in result.stderr
    assert "found 'NCT01234567', expected each entry once" in result.stderr
    assert {"nct01234567", "nct07654321"} <= load_records(base).sources.keys()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"protocolSection": {', "not JSON"),
        (b'{"protocolSection": NaN}', "protocolSection: found 'NaN'"),
        (b'{"protocolSection": {}, "protocolSection": {}}', "each name once"),
        (b'{"protocolSection": ' + b"[" * 200_000, "too deep"),
        (b'{"studies": [' + b" " * 50_000_000 + b"]}", "more than 50 MB"),
    ],
)
def test_a_hostile_file_is_named_and_changes_nothing(base: Path, data: bytes, message: str) -> None:
    path = base.parent / "hostile.json"
    path.write_bytes(data)
    before = content(base)
    result = kb(base, "import", path)
    assert result.exit_code == 2
    assert str(path) in result.stderr
    assert message in result.stderr
    assert content(base) == before


def test_a_folder_that_may_be_committed_is_refused(base: Path) -> None:
    (base / ".git").mkdir()
    (base / ".gitignore").unlink()
    result = kb(base, "import", entry_file(base.parent))
    assert result.exit_code == 2
    assert "never committed" in result.stderr
