"""The table of claims: fixed columns, a row for each claim, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.example_base import edit

from kb import KnowledgeBase
from kb.export.csv import COLUMNS, escape_formula
from kb.site.build import claims_csv

# As the issue that asked for the table names them.
EXPECTED = (
    "claim, kind, study, group, comparator, population, endpoint, category, statistic, timepoint, "
    "operator, value, unit, numerator, denominator, low, high, bounds, p_value, printed, source, "
    "section, cites, publication, verification, standing, discrepancies, level, dispersion, "
    "dispersion_kind, p_sides, p_for, margin, adjustment, adjusted_for, analysis_set, data_cut, "
    "noted, read_in, imputation, cites_meant"
)

Row = dict[str, str]


def rows(base: KnowledgeBase) -> list[Row]:
    return list(csv.DictReader(io.StringIO(claims_csv(base))))


def one(base: KnowledgeBase, **wanted: str) -> Row:
    found = [row for row in rows(base) if wanted.items() <= row.items()]
    assert len(found) == 1, found
    return found[0]


def test_the_columns_are_fixed_and_explained() -> None:
    assert ", ".join(COLUMNS) == EXPECTED
    assert all(COLUMNS.values())


def test_the_header_is_the_first_line(example: KnowledgeBase) -> None:
    assert claims_csv(example).splitlines()[0] == EXPECTED.replace(", ", ",")


@pytest.mark.parametrize("which", ["example", "real"])
def test_each_claim_has_one_row_and_each_dose_one_for_each_step(
    which: str, request: pytest.FixtureRequest
) -> None:
    base: KnowledgeBase = request.getfixturevalue(which)
    found = Counter((row["study"], row["claim"]) for row in rows(base))
    assert found == {(c.study, c.id): max(1, len(c.steps)) for c in base.evidence.claims}
    known = base.vocabulary.schemes
    for row in rows(base):
        assert row["endpoint"] in known["endpoint"]
        assert row["population"] in known["population"]
        assert row["unit"] in {"", *known["unit"]}
        assert row["study"] in base.records.studies


def test_percentages_are_as_printed(example: KnowledgeBase) -> None:
    row = one(example, section="Abstract", endpoint="PAIN_FREE")
    assert (row["value"], row["unit"], row["numerator"], row["denominator"]) == (
        "63",
        "%",
        "36",
        "57",
    )


def test_digits_are_as_printed(example: KnowledgeBase) -> None:
    row = one(example, endpoint="TIME_TO_RELIEF", group="placebo")
    assert (row["value"], row["unit"]) == ("5.0", "hours")


def test_bounds_keep_their_kind(example: KnowledgeBase) -> None:
    row = one(example, endpoint="AGE", group="placebo")
    assert (row["value"], row["low"], row["high"], row["bounds"]) == ("12", "18", "70", "range")
    row = one(example, statistic="hazard-ratio")
    assert (row["value"], row["low"], row["high"], row["bounds"]) == (
        "0.61",
        "0.40",
        "0.93",
        "ci95",
    )


def test_operators_and_words_are_kept(example: KnowledgeBase) -> None:
    row = one(example, endpoint="NAUSEA", study="halt", group="placebo")
    assert (row["operator"], row["value"]) == ("<", "10")
    assert one(example, endpoint="DURATION", statistic="median")["value"] == "not-reached"
    assert one(example, endpoint="APPROVAL")["value"] == "2017-08"


def test_a_p_value_keeps_its_operator_and_is_in_the_rows_of_both_arms(
    example: KnowledgeBase,
) -> None:
    found = [r for r in rows(example) if r["endpoint"] == "TIME_TO_RELIEF"]
    assert {(r["kind"], r["group"], r["comparator"], r["p_value"]) for r in found} == {
        ("result", "calmol", "placebo", "<0.001"),
        ("result", "placebo", "calmol", "<0.001"),
        ("comparison", "calmol", "placebo", "<0.001"),
    }
    values = {r["value"] for r in found if r["kind"] == "comparison"}
    assert values == {""}
    assert one(example, kind="comparison", endpoint="PAIN_FREE")["p_value"] == "=0.03"
    assert one(example, kind="comparison", endpoint="RELIEF")["p_value"] == "ns"


def test_a_result_that_is_not_compared_has_no_comparator(example: KnowledgeBase) -> None:
    row = one(example, group="first-80")
    assert (row["comparator"], row["p_value"]) == ("", "")


def test_each_step_of_a_dose_has_its_amount_unit_and_schedule(example: KnowledgeBase) -> None:
    found = [r for r in rows(example) if r["kind"] == "dose"]
    assert [(r["category"], r["value"], r["unit"], r["timepoint"]) for r in found] == [
        ("calmol", "9", "mg/day", "for 7 days"),
        ("calmol", "28", "mg/day", "over 4 weeks; rest 2 weeks; cycles up to 5"),
    ]


def test_second_hand_figures_have_the_reference_number_and_publication(
    example: KnowledgeBase,
) -> None:
    row = one(example, study="ease", section="Table 1")
    assert (row["cites"], row["publication"]) == ("12", "ease-2016")
    both = one(example, study="halt-aura", group="placebo")
    assert (both["cites"], both["publication"]) == ("11 12", "halt-2020 ease-2016")
    assert one(example, section="Abstract", endpoint="SAMPLE_SIZE")["cites"] == ""


def test_the_verification_column_has_four_values(
    example: KnowledgeBase, example_root: Path
) -> None:
    assert {r["verification"] for r in rows(example)} == {"verified", "source_unavailable"}
    unchecked = {r["verification"] for r in rows(KnowledgeBase(example_root))}
    assert unchecked == {"not_checked", "source_unavailable"}


def test_a_contested_claim_has_its_standing_and_its_discrepancies(example: KnowledgeBase) -> None:
    row = one(example, endpoint="VOMITING", source="headache-review")
    assert row["standing"] == "set-aside"
    assert row["discrepancies"] == "differs-from-cited.halt.VOMITING.2b062a147f"
    assert one(example, endpoint="VOMITING", source="halt-paper")["standing"] == "preferred"
    row = one(example, endpoint="SAMPLE_SIZE", study="halt")
    assert (row["standing"], row["discrepancies"]) == ("", "")


@given(st.text(max_size=20))
def test_only_a_number_may_begin_like_a_formula(text: str) -> None:
    cell = escape_formula(text)
    assert cell.lstrip("'") == text.lstrip("'")
    if cell[:1] in set("=+-@\t\r"):
        float(cell.removeprefix("="))


def test_markup_commas_and_quotes_are_preserved(example_root: Path) -> None:
    odd = '<b>"63%", free; of = pain</b>'
    edit(
        example_root,
        "evidence/studies/halt.yaml",
        "printed: 63% were free of pain",
        f"printed: '{odd}'",
    )
    assert one(KnowledgeBase(example_root), section="3")["printed"] == odd
