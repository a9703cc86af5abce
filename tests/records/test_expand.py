"""Short forms of records become claims with the figures that the paper prints."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import ryaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support.example_base import edit, write_example

from kb import Claim, KnowledgeBase
from kb.errors import RecordError
from kb.model import interval_level, slug
from kb.records.notation import is_duration, parse_figure, parse_p, parse_time
from kb.records.registries import REGISTRIES, TRIAL_ID
from kb.records.schema import Comparison, Dose, FigureRecord
from kb.records.shared_schema import PublicationRecord
from kb.sources.match import holds_number

D = Decimal


# --- one value -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        (7.7, {"value": D("7.7")}),
        (36, {"value": D(36)}),
        ("7.70", {"value": D("7.70")}),
        (-3, {"value": D(-3)}),
        ("44%", {"value": D(44), "unit": "%"}),
        ("~93%", {"value": D(93), "operator": "~", "unit": "%"}),
        ("> 80%", {"value": D(80), "operator": ">", "unit": "%"}),
        ("<10", {"value": D(10), "operator": "<"}),
        ("≥3", {"value": D(3), "operator": "≥"}),
        ("24/57", {"n": 24, "of": 57, "unit": "%"}),
        ("36 (63%)", {"value": D(63), "n": 36, "unit": "%"}),
        ("24/57 (42%)", {"value": D(42), "n": 24, "of": 57, "unit": "%"}),
        ("24/57 (<42%)", {"value": D(42), "operator": "<", "n": 24, "of": 57, "unit": "%"}),
        ("not-reached", {"word": "not-reached"}),
        ({"n": 36}, {"n": 36}),
        ({"n": 36, "of": 57, "value": "63%"}, {"n": 36, "of": 57, "value": D(63), "unit": "%"}),
        ({"value": "<10"}, {"value": D(10), "operator": "<"}),
        ({"value": 34, "range": [15, 64]}, {"value": D(34), "range": (D(15), D(64))}),
        ({"value": 34, "iqr": [15, 64]}, {"value": D(34), "iqr": (D(15), D(64))}),
        ({"interval": [28, 50], "unit": "%"}, {"interval": (D(28), D(50)), "unit": "%"}),
        ({"ci97.5": ["0.40", 0.93]}, {"ci97_5": (D("0.40"), D("0.93"))}),
        ({"value": 5, "ci80": [4, 6]}, {"value": D(5), "ci80": (D(4), D(6))}),
        ({"value": 5, "ci": [4, 6]}, {"value": D(5), "ci": (D(4), D(6))}),
        ({"ci": [4, 6], "level": 95.2}, {"ci": (D(4), D(6)), "level": D("95.2")}),
        ({"value": 5, "sd": 1.2}, {"value": D(5), "sd": D("1.2")}),
        ({"value": 5, "se": 1.2}, {"value": D(5), "se": D("1.2")}),
        ({"value": 5, "p": "=2.1e-6", "sides": 1}, {"value": D(5), "p": "=2.1e-6", "sides": 1}),
        ({"value": 5, "adjusted": False}, {"value": D(5), "adjusted": False}),
        ({"word": "not-reached", "ci95": [3, 9]}, {"word": "not-reached", "ci95": (D(3), D(9))}),
        ({"value": 5, "spread": 1.2}, {"value": D(5), "spread": D("1.2")}),
        ({"date": 2017}, {"date": "2017"}),
        ({"from": "2014-01", "to": "2015-09-04"}, {"from_": "2014-01", "to": "2015-09-04"}),
        ({"value": "150%"}, {"value": D(150), "unit": "%"}),
        ({"value": 12, "range": [18, 70]}, {"value": D(12), "range": (D(18), D(70))}),
    ],
)
def test_a_value_has_a_short_form(written: object, parts: dict[str, Any]) -> None:
    assert FigureRecord.model_validate(written).model_dump(exclude_none=True) == parts


def test_the_digits_of_a_decimal_are_kept_as_written() -> None:
    value = FigureRecord.model_validate({"value": 0.1}).value
    assert str(value) == "0.1"
    assert str(FigureRecord.model_validate("7.70").value) == "7.70"


@given(
    value=st.decimals(min_value=0, max_value=9999, places=2),
    operator=st.sampled_from(["", "<", "≤", ">", "≥", "~"]),
    percent=st.booleans(),
)
def test_any_figure_is_read_as_written(value: Decimal, operator: str, percent: bool) -> None:
    figure = parse_figure(f"{operator}{value}{'%' if percent else ''}")
    assert figure is not None
    assert (figure.value, figure.operator, figure.percent) == (value, operator, percent)


@given(n=st.integers(0, 10**6), of=st.integers(0, 10**6), share=st.integers(0, 200))
def test_any_count_is_read_as_written(n: int, of: int, share: int) -> None:
    figure = parse_figure(f"{n}/{of} ({share}%)")
    assert figure is not None
    assert (figure.n, figure.of, figure.value) == (n, of, share)


@given(st.text(max_size=30))
def test_any_text_is_a_value_or_a_validation_error(text: str) -> None:
    try:
        value = FigureRecord.model_validate(text)
    except ValidationError:
        return
    assert (value.word == text) or parse_figure(text) is not None


# --- times, p-values, doses ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phrase", "parts"),
    [
        ("at 2 years", {"at": "2 years"}),
        ("within 2 cycles", {"within": "2 cycles"}),
        ("over 4-8 weeks", {"over": "4-8 weeks"}),
        ("after calmol", {"after": "calmol"}),
        ("before first-relapse", {"before": "first-relapse"}),
        ("during cycle 1", {"during": "cycle 1"}),
        ("at  12 weeks,from randomisation", {"at": "12 weeks", "from": "randomisation"}),
        ("from randomisation, at 12 weeks", {"at": "12 weeks", "from": "randomisation"}),
    ],
)
def test_a_time_phrase_has_a_preposition_for_each_moment(
    phrase: str, parts: dict[str, str]
) -> None:
    time = parse_time(phrase)
    assert time.parts() == parts
    assert parse_time(str(time)) == time


@pytest.mark.parametrize("phrase", ["2 years", "at", "at 2 years, at 3 years", "until noon"])
def test_a_phrase_without_a_moment_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"at, within|twice"):
        parse_time(phrase)


@given(st.text(max_size=40))
def test_a_time_phrase_is_refused_or_survives_a_round_trip(text: str) -> None:
    try:
        time = parse_time(text)
    except ValueError:
        return
    assert parse_time(str(time)) == time


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("12 weeks", True),
        ("1 year", True),
        ("day 8", True),
        ("~3 months", True),
        ("weeks", False),
        ("12", False),
        ("twelve weeks", False),
        ("12 parsecs", False),
    ],
)
def test_a_duration_has_a_number_and_a_unit(text: str, is_one: bool) -> None:
    assert is_duration(text) is is_one


@pytest.mark.parametrize("text", ["=0.03", "<0.001", "≥0.05", "~0.05", "ns"])
def test_a_p_value_keeps_its_operator(text: str) -> None:
    p = parse_p(text)
    assert p is not None
    assert p.printed == text
    assert Comparison.model_validate({"p": text}).p == text


@given(value=st.decimals(0, 1, places=4), operator=st.sampled_from("=<≤>≥~"))
def test_any_p_value_is_read_as_written(value: Decimal, operator: str) -> None:
    p = parse_p(f"{operator} {value}")
    assert p is not None
    assert (p.operator, p.value, p.printed) == (operator, value, f"{operator}{value}")


def test_a_dose_has_amount_days_cycles_and_rest() -> None:
    given_as = {"drug": "x", "amount": 28, "unit": "mg/day", "for": 7, "cycles": "2-6"}
    dose = Dose.model_validate(given_as)
    assert (dose.amount, dose.for_, dose.cycles) == (D(28), "7", "2-6")


def test_a_bound_may_be_open_but_not_both() -> None:
    value = FigureRecord.model_validate({"value": 7.1, "ci95": [5.6, None]})
    assert value.bounds == ("ci95", (D("5.6"), None))
    assert holds_number("OS 7.1 mo (5.6-NE)", D("5.6"))
    assert not holds_number("the 5-NEU receptor", D(5))
    with pytest.raises(ValidationError, match="at least one bound"):
        FigureRecord.model_validate({"value": 7.1, "ci95": [None, None]})


@given(st.text(max_size=60))
def test_a_slug_is_safe_in_a_fragment_and_a_file_name(text: str) -> None:
    made = slug(text)
    assert not set(made) & set(" /\\#?<>\"'&%:\n\t\r\x00")
    assert made == slug(made)
    assert not made.startswith((".", "-"))


# --- the hard prints, each expressed in the example and read back ----------------------------


def claims(base: KnowledgeBase, study: str, endpoint: str, **wanted: str) -> list[Claim]:
    """Return the claims of a study on one endpoint whose measure has the given parts."""
    return [
        claim
        for claim in base.evidence.claims
        if claim.study == study
        and claim.measure.endpoint == endpoint
        and all(str(getattr(claim.measure, name)) == value for name, value in wanted.items())
    ]


def one(base: KnowledgeBase, study: str, endpoint: str, **wanted: str) -> Claim:
    found = claims(base, study, endpoint, **wanted)
    assert len(found) == 1
    return found[0]


def test_value_numerator_and_denominator_are_each_optional(example: KnowledgeBase) -> None:
    found = {
        (c.section, c.figure.value, c.figure.numerator, c.figure.denominator)
        for c in claims(example, "halt", "PAIN_FREE", group="calmol", statistic="frequency")
    }
    assert ("Abstract", D(63), 36, 57) in found
    assert ("2", D(63), 36, None) in found
    assert ("3", D(63), None, None) in found


def test_a_denominator_may_be_a_group(example: KnowledgeBase) -> None:
    claim = one(example, "halt", "AE")
    group = example.claim(example.iris.claim("halt", claim.id)).group
    assert (group.within, group.who_endpoint) == ("calmol", "NAUSEA")
    assert (claim.figure.numerator, claim.figure.denominator, claim.figure.value) == (4, 15, 27)


def test_a_category_is_a_part_of_an_endpoint(example: KnowledgeBase) -> None:
    found = {
        c.measure.category: c.figure.value
        for c in claims(example, "halt", "SEX")
        if c.measure.group == "calmol"
    }
    assert found == {"female": 53, "male": 47}


def test_after_the_first_and_the_second_drug_are_times_of_one_group(
    example: KnowledgeBase,
) -> None:
    found = claims(example, "ease", "PAIN_FREE")
    assert {c.measure.time.after for c in found} == {"calmol", "seltiran"}
    assert {c.measure.group for c in found} == {"all"}


def test_landmark_window_and_origin_are_separate(example: KnowledgeBase) -> None:
    parts = [c.measure.time.parts() for c in example.evidence.claims if c.study == "halt"]
    assert {"at": "2 hours"} in parts
    assert {"within": "2 doses"} in parts
    assert {"at": "12 weeks", "from": "randomisation"} in parts


def test_bounds_have_their_kind(example: KnowledgeBase) -> None:
    age = one(example, "halt", "AGE", group="calmol").figure
    assert (age.value, age.low, age.high, age.bounds) == (34, 15, 64, "range")
    ratio = one(example, "halt", "DURATION", statistic="hazard-ratio").figure
    assert (ratio.value, ratio.low, ratio.high, ratio.bounds) == (
        D("0.61"),
        D("0.4"),
        D("0.93"),
        "ci95",
    )


def test_an_interval_without_a_point_keeps_its_operator(example: KnowledgeBase) -> None:
    interval = one(example, "halt", "RELIEF", group="placebo").figure
    assert (interval.value, interval.low, interval.high) == (None, 28, 50)
    operators = {c.figure.operator for c in claims(example, "halt", "NAUSEA")}
    assert operators == {"<", ">"}


def test_a_value_in_words_is_from_a_closed_list(example: KnowledgeBase) -> None:
    assert one(example, "halt", "DURATION", statistic="median").figure.text_value == "not-reached"
    assert one(example, "ease", "AE").figure.text_value == "none"
    ns = one(example, "halt", "RELIEF", comparator="placebo").result
    assert (ns.p_printed, ns.p_value, ns.significance) == ("ns", None, "not-significant")


def test_one_block_holds_both_arms_and_their_comparison(example: KnowledgeBase) -> None:
    found = claims(example, "halt", "TIME_TO_RELIEF")
    assert len(found) == 3
    assert len({claim.block for claim in found}) == 1
    comparison = next(claim for claim in found if claim.measure.comparator)
    assert comparison.kind == "comparison"
    assert (comparison.result.p_operator, comparison.result.p_value) == ("<", D("0.001"))
    five = next(claim for claim in found if claim.measure.group == "placebo")
    assert five.figure.digits == "5.0"


def test_a_difference_of_two_groups_has_their_unit(example: KnowledgeBase) -> None:
    claim = one(example, "halt", "DURATION", statistic="difference")
    assert (claim.figure.value, claim.figure.unit) == (D("1.6"), "weeks")
    assert (claim.measure.group, claim.measure.comparator) == ("calmol", "placebo")
    assert claim.result.direction == "longer"


@pytest.mark.parametrize("value", ['{p: "=0.02"}', '{p: "=0.02", p_for: test-for-trend}'])
def test_a_p_value_of_several_groups_stands_alone(example_root: Path, value: str) -> None:
    _add_to_halt_aura(example_root, value)
    found = [c for c in KnowledgeBase(example_root).evidence.claims if c.statistic == "p-value"]
    (claim,) = [c for c in found if c.measure.group == "all"]
    assert (claim.result.p_printed, claim.has_figure) == ("=0.02", True)


@pytest.mark.parametrize("value", ['{value: 7, p: "=0.02"}', '{range: [1, 7], p: "=0.02"}'])
def test_a_p_value_beside_a_figure_does_not_name_its_statistic(
    example_root: Path, value: str
) -> None:
    _add_to_halt_aura(example_root, value)
    with pytest.raises(RecordError, match="expected a statistic in the block"):
        _ = KnowledgeBase(example_root).evidence


def _add_to_halt_aura(root: Path, value: str) -> None:
    block = f'{{endpoint: NAUSEA, printed: "7 (1-7), p = 0.02", values: {{all: {value}}}}}'
    file = "evidence/studies/halt-aura.yaml"
    edit(root, file, "    claims:\n", f"    claims:\n      - {block}\n")


def test_an_analysis_set_is_within_the_study(example: KnowledgeBase) -> None:
    groups = {g.id: g for g in example.evidence.groups if g.study == "halt"}
    assert groups["first-80"].within == "all"
    assert groups["first-80"].kind == "analysis-set"
    assert groups["first-80.calmol"].within == "first-80"


def test_a_proportion_names_its_group(example: KnowledgeBase) -> None:
    claim = one(example, "halt", "RELIEF", group="calmol.pain-free")
    assert claim.figure.value == 78


def test_doses_are_steps_in_sequence(example: KnowledgeBase) -> None:
    claim = one(example, "halt", "DOSE")
    assert claim.kind == "dose"
    assert [(s.position, s.amount, s.for_, s.rest, s.cycles) for s in claim.steps] == [
        (1, 9, "7 days", "", ""),
        (2, 28, "", "2 weeks", "up to 5"),
    ]


def test_cohorts_are_groups_of_a_partition(example: KnowledgeBase) -> None:
    whole = [p for p in example.evidence.partitions if p.study == "ease"]
    assert [p.parts for p in whole] == [("high", "low", "middle")]
    assert {c.figure.value for c in claims(example, "ease", "SAMPLE_SIZE")} == {6}


def test_an_approval_is_a_dated_fact_and_not_a_result(example: KnowledgeBase) -> None:
    claim = one(example, "halt", "APPROVAL")
    assert (claim.kind, claim.figure.date) == ("approval", "2017-08")
    assert claim.measure.population == "migraine-with-aura"


def test_a_reference_number_that_contradicts_the_text_is_kept(
    example: KnowledgeBase,
) -> None:
    found = claims(example, "ease", "PAIN_FREE", time="after seltiran")
    assert {(c.section, c.cites) for c in found} == {("2", (13,)), ("Table 1", (12,))}
    assert len({c.measure for c in found}) == 1


def test_one_figure_printed_in_four_places_is_four_claims_of_one_measure(
    example: KnowledgeBase,
) -> None:
    found = [
        c
        for c in claims(example, "halt", "PAIN_FREE", group="calmol", time="")
        if c.figure.value == 63
    ]
    assert {c.section for c in found} == {"Abstract", "2", "Table 1", "3"}
    assert len({c.measure for c in found}) == 1


# --- what a record leaves unsaid -------------------------------------------------------------


@pytest.mark.parametrize("written", ["0.80, ci95: [0.60, 0.90]", "'0.80', ci95: ['0.60', '0.90']"])
def test_numbers_are_as_precise_as_their_print(example_root: Path, written: str) -> None:
    edit(
        example_root,
        "evidence/studies/halt.yaml",
        'printed: "HR 0.61, 95% CI 0.40-0.93, at 12 weeks',
        'printed: "HR 0.80, 95% CI 0.60-0.90, at 12 weeks',
    )
    edit(example_root, "evidence/studies/halt.yaml", "0.61, ci95: [0.40, 0.93]", written)
    claims = KnowledgeBase(example_root).evidence.claims
    (figure,) = [c.figure for c in claims if c.statistic == "hazard-ratio"]
    assert [str(n) for n in (figure.value, figure.low, figure.high)] == ["0.80", "0.60", "0.90"]


def test_subgroups_inherit_regimen_and_population(example: KnowledgeBase) -> None:
    groups = {(g.study, g.id): g for g in example.evidence.groups}
    assert groups["halt", "calmol.nausea"].regimen == "calmol"
    assert groups["halt", "calmol.nausea"].population == "migraine"
    assert groups["halt", "aura"].population == "migraine-with-aura"
    assert groups["ease", "low"].regimen == "calmol-then-seltiran"


def test_equal_claim_ids_are_numbered(example_root: Path) -> None:
    line = "      - {endpoint: PAIN_FREE, printed: 63% were free of pain, values: {calmol: 63%}}\n"
    edit(example_root, "evidence/studies/halt.yaml", line, line * 3)
    ids = [c.id for c in KnowledgeBase(example_root).evidence.claims if c.section == "3"]
    base = "halt-paper.3.PAIN_FREE.calmol"
    assert ids == [base, f"{base}.2", f"{base}.3"]


# --- what is printed beside a figure -----------------------------------------------------------


@pytest.mark.parametrize(
    ("bounds", "kind", "level"),
    [
        ("ci80: [0.4, 0.9]", "ci80", D(80)),
        ("ci90: [0.4, 0.9]", "ci90", D(90)),
        ("ci97.5: [0.4, 0.9]", "ci97.5", D("97.5")),
        ("ci99: [0.4, 0.9]", "ci99", D(99)),
        ("ci: [0.4, 0.9], level: 95.20", "ci95.2", D("95.2")),
        ("cri: [0.4, 0.9], level: 90", "cri90", D(90)),
        ("ci: [0.4, 0.9]", "ci", None),
        ("range: [0.4, 0.9]", "range", None),
    ],
)
def test_an_interval_has_the_level_that_is_stated(
    bounds: str, kind: str, level: Decimal | None
) -> None:
    record = Comparison.model_validate(ryaml.loads(f"{{{bounds}}}"))
    assert record.bounds is not None
    assert (record.bounds[0], interval_level(record.bounds[0])) == (kind, level)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"value": 5, "range": [1, 9], "level": 95}, "'level' with ci or cri"),
        ({"value": 5, "ci": [1, 9], "level": 100}, "less than 100"),
        ({"value": 5, "ci": [1, 9], "ci95": [1, 9]}, "one kind of bounds"),
        ({"value": 5, "sd": 1, "se": 1}, "one of sd, se and spread"),
        ({"value": 5, "sides": 1}, "with a p-value"),
        ({"value": 5, "p_for": "interaction"}, "with a p-value"),
        ({"value": 5, "p": "=0.03", "sides": 3}, "1 or 2"),
        ({"value": 5, "adjusted": False, "adjusted_for": "age"}, "only for what is adjusted"),
    ],
)
def test_what_does_not_fit_together_is_refused(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        FigureRecord.model_validate(fields)


def test_adjusted_and_unadjusted_figures_are_two_measures(tmp_path: Path) -> None:
    root = write_example(tmp_path)
    edit(
        root,
        "evidence/studies/ease.yaml",
        "- {endpoint: RELIEF, time: after calmol, printed: relief in 60%, values: {all: 60%}}",
        """- {endpoint: RELIEF, time: after calmol, printed: relief in 60%, values: {all: 60%}}
      - endpoint: RELIEF
        time: after calmol
        printed: "62% ± 3%, p = 2.1e-6"
        analysis_set: per protocol
        data_cut: 2020-05
        values:
          all: {value: 62%, se: 3, p: "=2.1e-6", sides: 1, p_for: against-a-fixed-value,
            adjusted_for: age}
""",
    )
    base = KnowledgeBase(root)
    claims = [c for c in base.evidence.claims if c.study == "ease" and c.figure.value in (60, 62)]
    crude, adjusted = sorted(claims, key=lambda claim: claim.figure.value or 0)
    assert crude.measure != adjusted.measure == replace(crude.measure, adjustment="adjusted")
    figure, result = adjusted.figure, adjusted.result
    assert (figure.dispersion, figure.dispersion_kind) == (D(3), "se")
    assert (result.p_printed, result.p_value) == ("=2.1e-6", D("0.0000021"))
    assert (result.sides, result.p_for, result.adjusted_for) == (
        1,
        "against-a-fixed-value",
        "age",
    )
    assert (adjusted.analysis_set, adjusted.data_cut) == ("per protocol", "2020-05")
    row = next(r for r in base.claims(study="ease").rows() if r["claim"] == adjusted.id)
    assert (row["p_value"], row["p_sides"], row["dispersion_kind"]) == ("=2.1e-6", "1", "se")


@pytest.mark.parametrize(
    ("trial", "registry"),
    [
        ("NCT02013167", "ClinicalTrials.gov"),
        ("2009-017979-21", "EU Clinical Trials Register"),
        ("2022-501234-11-00", "Clinical Trials Information System"),
        ("ISRCTN12345678", "ISRCTN"),
        ("ACTRN12605000011617", "ANZCTR"),
        ("ChiCTR2000029308", "ChiCTR"),
        ("ChiCTR-TRC-10001234", "ChiCTR"),
        ("KCT0001234", "CRIS"),
        ("CTRI/2010/091/000123", "CTRI"),
        ("DRKS00001234", "DRKS"),
        ("IRCT20190325043107N12", "IRCT"),
        ("UMIN000001234", "JPRN"),
        ("JPRN-UMIN000001234", "JPRN"),
        ("jRCT2031200001", "JPRN"),
        ("jRCTs031180123", "JPRN"),
        ("JapicCTI-123456", "JPRN"),
        ("LBCTR2019030212", "LBCTR"),
        ("NTR1234", "NTR and OMON"),
        ("NL-OMON12345", "NTR and OMON"),
        ("PACTR201907779292947", "PACTR"),
        ("RBR-6x4sy", "ReBEC"),
        ("PER-012-20", "REPEC"),
        ("RPCEC00000123", "RPCEC"),
        ("SLCTR/2019/012", "SLCTR"),
        ("TCTR20190312001", "TCTR"),
        ("ITMCTR2100004567", "ITMCTR"),
        ("U1111-1234-5678", "Universal Trial Number"),
        ("NCT0201316", ""),
        ("ISRCTN1234567A", ""),
        ("jRCT12", ""),
        ("NCT02013167 ", ""),
    ],
)
def test_an_id_has_the_form_of_its_registry(trial: str, registry: str) -> None:
    forms = (name for name, form in REGISTRIES.items() if re.fullmatch(form, trial))
    assert next(forms, "") == registry
    assert bool(re.fullmatch(TRIAL_ID, trial)) == bool(registry)


# --- publications ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "citation"),
    [
        ({"journal": "J", "year": 2020}, "J 2020"),
        ({"authors": "Low B", "journal": "J", "year": 2020}, "Low B. J 2020"),
        ({"title": "On it", "journal": "J", "year": 2020, "volume": 3}, "On it. J 2020;3"),
        (
            {"authors": "Low B, et al.", "title": "On it", "journal": "J", "year": 2020}
            | {"volume": "3", "issue": "Suppl 1", "pages": "e1-e9"},
            "Low B, et al. J 2020;3(Suppl 1):e1-e9",
        ),
        ({"citation": "Low B, a web page"}, "Low B, a web page"),
    ],
)
def test_a_citation_is_made_of_its_parts(parts: dict[str, Any], citation: str) -> None:
    record = PublicationRecord.model_validate({"type": "review"} | parts)
    assert record.cited == citation


@pytest.mark.parametrize(
    "parts", [{}, {"journal": "J"}, {"citation": "Low B", "journal": "J", "year": 2020}]
)
def test_a_publication_has_one_citation(parts: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="'citation', or 'journal' and 'year'"):
        PublicationRecord.model_validate({"type": "review"} | parts)
