"""Studies as FHIR R5: valid for the classes of fhir.resources, every figure as printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.bundle import Bundle
from support.command_line import kb
from support.example_base import BASE, TEXTS, edit

from kb import KnowledgeBase
from kb.export.fhir.bundle import fhir_bundle
from kb.export.fhir.datatypes import to_json
from kb.model import RESULT_KINDS

Data = dict[str, Any]
HALT = "evidence/studies/halt.yaml"


def written(base: KnowledgeBase, study: str = "") -> str:
    codes = base.records.codes
    parts = base.evidence, base.vocabulary, codes, base.verifications, base.curated
    return to_json(fhir_bundle(*parts, study))


def exported(base: KnowledgeBase, study: str = "") -> Data:
    """The bundle as a program reads it, numbers with their digits."""
    data: Data = json.loads(written(base, study), parse_float=Decimal)
    return data


def resources(data: Data, kind: str) -> list[Data]:
    every = [entry["resource"] for entry in data["entry"]]
    return [one for one in every if one["resourceType"] == kind]


def evidence(data: Data) -> dict[str, Data]:
    """The evidence by the id of its claim, such as ``halt#halt-paper.…``."""
    return {
        one["identifier"][0]["value"].rpartition("/")[2]: one for one in resources(data, "Evidence")
    }


def everything(data: object) -> Iterator[Data]:
    if isinstance(data, dict):
        yield data
    for one in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from everything(one)


@pytest.fixture(scope="module")
def halt(example: KnowledgeBase) -> dict[str, Data]:
    return evidence(exported(example))


@pytest.fixture(scope="module")
def real_bundle(real: KnowledgeBase) -> Data:
    return exported(real)


def test_all_studies_are_valid_and_nothing_is_lost_on_reading(real_bundle: Data) -> None:
    read = Bundle.model_validate(real_bundle)
    assert json.loads(read.model_dump_json(), parse_float=Decimal) == real_bundle


def test_a_bundle_that_is_not_r5_is_refused(example: KnowledgeBase) -> None:
    data = exported(example)
    del resources(data, "Evidence")[0]["variableDefinition"]
    with pytest.raises(ValueError, match="variableDefinition"):
        Bundle.model_validate(data)


def test_every_reference_leads_to_a_resource_of_the_bundle(real_bundle: Data) -> None:
    addresses = [entry["fullUrl"] for entry in real_bundle["entry"]]
    assert len(addresses) == len(set(addresses))
    named = {one["reference"] for one in everything(real_bundle) if "reference" in one}
    assert named
    assert named <= set(addresses)


def test_every_result_is_there_with_its_figures(real: KnowledgeBase, real_bundle: Data) -> None:
    found = evidence(real_bundle)
    wanted = {f"{c.study}#{c.id}": c for c in real.evidence.claims if c.kind in RESULT_KINDS}
    assert found.keys() == wanted.keys()
    rows = {f"{row['study']}#{row['claim']}": row for row in real.rows}
    sizes = real.vocabulary.with_flag("endpoint", "isGroupSize")
    for name, claim in wanted.items():
        [statistic], row = found[name]["statistic"], rows[name]
        printed = {
            "value": "" if row["value_text"] else row["value"] or row["numerator"],
            "low": row["low"],
            "high": row["high"],
            "total": row["denominator"] or (row["numerator"] if row["endpoint"] in sizes else ""),
            "p": "" if claim.result.p_value is None else f"{claim.result.p_value:f}",
        }
        assert figures(statistic) == printed, name
        assert found[name]["description"] == claim.wording


def figures(statistic: Data) -> dict[str, str]:
    estimates = statistic.get("attributeEstimate", [])
    bounds: Data = next((one["range"] for one in estimates if "range" in one), {})
    p_values = [one["quantity"]["value"] for one in estimates if is_p_value(one)]
    return {
        "value": str(statistic.get("quantity", {}).get("value", "")),
        "low": str(bounds.get("low", {}).get("value", "")),
        "high": str(bounds.get("high", {}).get("value", "")),
        "total": str(statistic.get("sampleSize", {}).get("numberOfParticipants", "")),
        "p": "".join(map(str, p_values)),
    }


def is_p_value(estimate: Data) -> bool:
    codes = [one["code"] for one in estimate["type"].get("coding", ())]
    return codes == ["C44185"] and "quantity" in estimate


def test_a_share_has_its_count_and_out_of_how_many(halt: dict[str, Data]) -> None:
    [statistic] = halt["halt#halt-paper.Abstract.PAIN_FREE.calmol"]["statistic"]
    assert statistic["quantity"] == {
        "value": 63,
        "unit": "%",
        "system": "http://unitsofmeasure.org",
        "code": "%",
    }
    assert statistic["numberAffected"] == 36
    assert statistic["sampleSize"] == {"numberOfParticipants": 57}


def test_an_estimate_has_its_interval_level_groups_and_time(
    example: KnowledgeBase, halt: dict[str, Data]
) -> None:
    [one] = [e for name, e in halt.items() if "hazard-ratio" in name]
    [estimate] = one["statistic"][0]["attributeEstimate"]
    assert one["statistic"][0]["quantity"] == {"value": Decimal("0.61")}
    assert str(estimate["level"]) == "0.95"
    assert [str(estimate["range"][end]["value"]) for end in ("low", "high")] == ["0.40", "0.93"]
    roles = {
        variable["variableRole"]["coding"][0]["code"]: variable["observed"]["display"]
        for variable in one["variableDefinition"]
    }
    assert roles == {
        "population": "all patients",
        "exposure": "calmol arm",
        "referenceExposure": "placebo arm",
        "measuredVariable": "duration of relief, at 12 weeks, from randomisation",
    }
    outcome = one["variableDefinition"][-1]["observed"]["reference"]
    entries = {entry["fullUrl"]: entry["resource"] for entry in exported(example)["entry"]}
    [time] = entries[outcome]["characteristic"][0]["timeFromEvent"]
    assert (time["quantity"]["value"], time["quantity"]["code"]) == (12, "wk")
    assert time["eventCodeableConcept"]["text"] == "randomisation"


def test_digits_words_and_operators_are_those_printed(example: KnowledgeBase) -> None:
    text = written(example, "halt")
    assert '"value": 5.0,' in text  # as a number, not a text
    halt = evidence(json.loads(text, parse_float=Decimal))
    by_end = {
        name.partition("#halt-paper.2.")[2]: one["statistic"][0] for name, one in halt.items()
    }
    assert by_end["NAUSEA.calmol"]["quantity"]["comparator"] == ">"
    about = by_end["PAIN_FREE.within-2-doses.calmol"]
    assert "comparator" not in about["quantity"]
    assert about["note"] == [{"text": "printed as approximately this number"}]
    not_reached = by_end["DURATION.median.calmol"]
    assert (not_reached["description"], "quantity" in not_reached) == ("not reached", False)
    between = by_end["RELIEF.placebo"]
    assert "quantity" not in between
    assert between["attributeEstimate"][0]["type"] == {"text": "interval"}


def test_who_says_so_and_whether_it_was_verified_are_kept(halt: dict[str, Data]) -> None:
    one = halt["halt#headache-review.1.VOMITING.calmol"]
    properties = {e["url"].partition("#")[2]: e for e in one["extension"]}
    assert properties["verification"]["valueCode"] == "verified"
    assert properties["isSecondHand"]["valueBoolean"] is True
    assert one["note"][0]["text"].startswith("Second-hand: the source cites its reference 11")
    assert {a["type"] for a in one["relatedArtifact"]} == {"part-of", "cites"}
    assert one["citeAsReference"]["display"].startswith("Elsewhere C.")


def test_a_figure_that_failed_is_a_draft_and_says_so(example_root: Path) -> None:
    edit(example_root, HALT, "values: {first-80: 80%}", "values: {first-80: 81%}")
    one = evidence(exported(KnowledgeBase(example_root, TEXTS)))[
        "halt#halt-paper.2.PAIN_FREE.first-80"
    ]
    assert one["status"] == "draft"
    assert {"text": "Comparison with the source's text: failed."} in one["note"]


def test_extensions_are_properties_of_the_ontology(real: KnowledgeBase, real_bundle: Data) -> None:
    known = {
        triple.subject.value
        for triple in real.vocabulary.triples
        if hasattr(triple.subject, "value")
    }
    used = {one["url"] for e in resources(real_bundle, "Evidence") for one in e["extension"]}
    assert used
    assert used <= known


def coded(base: KnowledgeBase, *closeness: str) -> set[str]:
    """The codes of the mappings that are so close, without their prefixes."""
    every = chain.from_iterable(base.records.codes.values())
    return {code.code.partition(":")[2] for code in every if code.closeness in closeness}


def test_only_codes_that_mean_the_same_stand_beside_a_term(
    real: KnowledgeBase, real_bundle: Data
) -> None:
    ratio = next(
        one["statistic"][0]["statisticType"]["coding"]
        for one in resources(real_bundle, "Evidence")
        if one["statistic"][0]["statisticType"]["text"] == "hazard ratio"
    )
    assert [(one["system"], one["code"]) for one in ratio[1:]] == [
        ("http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl", "C93150"),
        ("http://purl.obolibrary.org/obo/STATO_", "0000677"),
    ]
    near, same = coded(real, "related"), coded(real, "exact", "close")
    used = {
        one["code"]
        for one in everything(real_bundle)
        if "system" in one and "display" in one and not one["system"].startswith(real.iris.base)
    }
    assert used <= same
    assert near - same


def test_the_same_records_give_the_same_bytes(example_root: Path, tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        assert kb(example_root, "export", "fhir", "halt", "--out", tmp_path / name).exit_code == 0
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    data = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert [one["url"] for one in resources(data, "ResearchStudy")] == [f"{BASE}study/halt"]


def test_what_is_written_and_left_out_is_counted(example_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "halt.json"
    written, left = kb(example_root, "export", "fhir", "halt", "--out", out).output.splitlines()
    data = json.loads(out.read_text("utf-8"))
    assert f"{len(resources(data, 'Evidence'))} Evidence, " in written
    assert written.endswith(" 1 ResearchStudy")
    claims = KnowledgeBase(example_root).claims(study="halt")
    number = len(claims) - len(resources(data, "Evidence"))
    assert left.endswith(f"(doses, designs, definitions, approvals): {number}")


def test_a_study_that_does_not_exist_is_named_with_the_nearest(example_root: Path) -> None:
    result = kb(example_root, "export", "fhir", "hult")
    assert (result.exit_code, "did you mean 'halt'" in result.output) == (2, True)
