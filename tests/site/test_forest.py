"""The rows of the forest-plot builder: one kind of measure on an axis, as printed or marked."""

from __future__ import annotations

import csv
import io
from collections import Counter
from functools import cache
from typing import Any

import pytest
from support.built_site import records, rows, the_site

from kb.analysis.intervals import exact_interval
from kb.checks.adjudication import ClaimStatus
from kb.site.pages.forest import CSV_COLUMNS, ForestRows, forest_tables


@cache
def forest() -> dict[str, Any]:
    return dict(ForestRows(the_site()).data())


@cache
def every() -> list[dict[str, Any]]:
    return rows(forest()["rows"])


def of(kind: str) -> list[dict[str, Any]]:
    return [row for row in every() if row["kind"] == kind]


def claims_of(row: dict[str, Any]) -> list[Any]:
    return [records().claim(f"{row['study']}#{claim}").claim for claim in row["claims"]]


def test_an_axis_has_one_endpoint_one_statistic_and_one_unit() -> None:
    for kind in forest()["kinds"]:
        claims = [claim for row in of(kind["name"]) for claim in claims_of(row)]
        assert {claim.measure.endpoint for claim in claims} == {kind["endpoint"]}
        if kind["scale"] == "share":
            assert not {claim.measure.statistic for claim in claims} & {"median", "hazard-ratio"}
        else:
            assert len({claim.measure.statistic for claim in claims}) == 1
            units = {c.figure.unit for c in claims if c.figure.value is not None}
            assert len(units) <= 1, kind["name"]


def test_rates_of_responders_are_on_another_axis_than_those_of_all() -> None:
    all_patients, responders = of("MRD_NEG.rate"), of("MRD_NEG.rate.among")
    assert all_patients
    assert responders
    assert not {row["id"] for row in all_patients if row["isMain"]} & {r["id"] for r in responders}
    titles = {kind["name"]: kind["title"] for kind in forest()["kinds"]}
    assert titles["MRD_NEG.rate.among"].endswith("among those with a response")


def test_rates_of_survival_are_apart_by_time_and_have_no_derived_interval() -> None:
    survival = [row for row in every() if row["kind"].startswith("OS.rate.")]
    assert len({row["kind"] for row in survival}) > 3
    assert not any(row["isDerived"] for row in survival)


def test_a_derived_interval_is_exact_and_never_beside_a_printed_one() -> None:
    derived = [row for row in every() if row["isDerived"]]
    assert len(derived) > 50
    for row in derived:
        assert not any(claim.figure.bounds for claim in claims_of(row)), row["id"]
        low, high = exact_interval(row["count"], row["of"])
        assert (row["low"], row["high"]) == pytest.approx((100 * low, 100 * high))
        assert row["interval"] == f"{100 * low:.1f}–{100 * high:.1f}"


def test_a_ratio_keeps_its_level_and_the_p_printed_with_it() -> None:
    (trial,) = (
        row for row in of("OS.hazard-ratio") if row["study"] == "ino-vate" and row["isFirst"]
    )
    assert (trial["text"], trial["level"], trial["interval"]) == ("0.75", "97.5% CI", "0.57–0.99")
    assert trial["p"] == "p = 0.0105 (one-sided)"
    for row in of("OS.hazard-ratio"):
        printed = {claim.result.p_printed.lstrip("=") for claim in claims_of(row)} - {""}
        assert bool(printed) == bool(row["p"]), row["id"]
        assert all(p in row["p"].replace(" ", "") for p in printed), row["id"]


def test_what_is_set_aside_is_marked_and_not_ticked() -> None:
    aside = [row for row in every() if row["isAside"]]
    assert aside
    assert not any(row["isFirst"] for row in aside)
    for row in aside:
        standings = {records().claim(f"{row['study']}#{c}").standing for c in row["claims"]}
        assert standings == {ClaimStatus.SET_ASIDE}, row["id"]


def test_one_row_of_each_measure_is_ticked_and_none_within_one_treatment() -> None:
    ticked = [row for row in every() if row["isFirst"]]
    measures = Counter(str(claims_of(row)[0].measure) + row["kind"] for row in ticked)
    assert set(measures.values()) == {1}
    assert not [r["id"] for r in ticked if r["versus"] and r["versus"] == r["regimen"]]
    assert any(row["versus"] and row["versus"] == row["regimen"] for row in every())


def test_a_median_has_the_size_of_its_group_as_its_source_gives_it() -> None:
    medians = [row for row in of("OS.median.months") if row["study"] in ("tower", "ino-vate")]
    sizes = {(row["study"], row["of"]) for row in medians if row["of"] is not None}
    assert {("tower", 271), ("tower", 134)} <= sizes
    assert not {("ino-vate", 141), ("ino-vate", 138)} & sizes
    assert all(row["ofSize"] for row in medians if row["of"] is not None)


def test_the_home_page_leads_to_the_tables_of_the_endpoints_that_lead() -> None:
    kinds = [kind["name"] for kind in forest()["kinds"]]
    tables = forest_tables(the_site())
    assert tables["Overall survival: median"] == "forest/#measure=OS.median"
    for place in tables.values():
        name = place.removeprefix("forest/#measure=")
        assert any(kind == name or kind.startswith(f"{name}.") for kind in kinds), place


def test_a_number_of_people_is_printed_with_the_figure_or_marked() -> None:
    for row in every():
        figures = [claim.figure for claim in claims_of(row)]
        if row["count"] is not None:
            assert row["count"] in {figure.numerator for figure in figures}
        if row["of"] is not None and not row["ofSize"]:
            assert row["of"] in {figure.denominator for figure in figures}


def test_the_ids_of_rows_are_unique_and_lead_to_claims() -> None:
    assert len({row["id"] for row in every()}) == len(every())
    for row in every():
        assert row["id"] == f"{row['study']}:{row['claims'][0]}"


def test_the_table_of_all_rows_has_each_once() -> None:
    table = list(csv.DictReader(io.StringIO(ForestRows(the_site()).csv())))
    assert list(table[0]) == list(CSV_COLUMNS)
    assert len(table) == len(every())


def test_the_source_of_an_interval_prints_it() -> None:
    for row in every():
        if row["interval"] and not row["isDerived"]:
            views = [records().claim(f"{row['study']}#{claim}") for claim in row["claims"]]
            printing = {v.source.publication for v in views if v.claim.figure.bounds}
            assert {by or name for name, by in row["sources"]} == printing, row["id"]
