"""Clinical questions to the evidence base itself, over stdio: each answer has its anchors."""

from __future__ import annotations

from typing import Any

import pytest
from support.assistant import ROOT, Answer, Call, ask

QUESTIONS: dict[str, Call] = {
    "OS hazard ratio of TOWER": (
        "claims",
        {"study": "tower", "endpoint": "OS", "statistic": "hazard-ratio"},
    ),
    "complete remission in INO-VATE": ("claims", {"study": "ino-vate", "endpoint": "CR"}),
    "VOD after inotuzumab": ("claims", {"endpoint": "VOD", "drug": "inotuzumab-ozogamicin"}),
    "which studies of blinatumomab with ponatinib": (
        "claims",
        {"regimen": "blinatumomab-ponatinib", "limit": 1},
    ),
    "what is ponatinib with blinatumomab called": (
        "search",
        {"query": "ponatinib blinatumomab", "kind": "regimen"},
    ),
    "which study is NCT02013167": ("search", {"query": "NCT02013167"}),
    "what is TOWER": ("study", {"study": "tower"}),
    "median OS of TOWER and INO-VATE": (
        "compare",
        {"endpoint": "OS", "studies": ["tower", "ino-vate"], "statistic": "median"},
    ),
    "where do sources disagree on INO-VATE": ("discrepancies", {"study": "ino-vate"}),
    "why is a median OS of TOWER set aside": (
        "explain",
        {"claim": "tower#bruzzese-2025.2.2.2.OS.median.treated.blinatumomab"},
    ),
    "all hazard ratios": (
        "sparql",
        {
            "query": "SELECT ?claim ?value { ?claim kb:statistic statistic:hazard-ratio ;"
            " kb:value ?value } ORDER BY ?claim"
        },
    ),
}


@pytest.fixture(scope="module")
def answers() -> dict[str, Answer]:
    """The answers of one server to all questions."""
    return dict(zip(QUESTIONS, ask(ROOT, list(QUESTIONS.values())), strict=True))


def anchored(item: dict[str, Any]) -> bool:
    where = item["where"]
    return bool(
        where["source"]
        and where["section"]
        and (item.get("printed") or item.get("noted"))
        and item["verification"]
        and item["standing"]
    )


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_figure_has_its_place_verification_and_standing(
    answers: dict[str, Answer], question: str
) -> None:
    assert len(answers[question].text) < 32_000
    data = answers[question].data
    name = QUESTIONS[question][0]
    figures = data.get("items", [])
    if name == "discrepancies":
        figures = [claim for item in figures for claim in item["claims"]]
    elif name in ("explain", "sparql"):
        figures = [data] if name == "explain" else list(data["anchors"].values())
    if name in ("search", "study"):
        return
    assert figures
    assert all(map(anchored, figures))


def test_a_hazard_ratio_has_its_interval_with_the_level(answers: dict[str, Answer]) -> None:
    (item,) = answers["OS hazard ratio of TOWER"].items
    interval = [item[name] for name in ("value", "low", "high", "level")]
    assert interval == ["0.71", "0.55", "0.93", "95"]
    assert item["where"]["source"] == "kantarjian-2017-tower"
    assert item["verification"] == "noted"


def test_a_figure_that_was_set_aside_says_so(answers: dict[str, Answer]) -> None:
    items = answers["complete remission in INO-VATE"].items
    assert {"set-aside"} < {item["standing"] for item in items}
    why = answers["why is a median OS of TOWER set aside"].data
    assert why["standing"] == "set-aside"
    assert any(line.startswith("adjudication:") for line in why["explanation"])


def test_rates_have_counts_or_units(answers: dict[str, Answer]) -> None:
    data = answers["VOD after inotuzumab"].data
    assert data["total"] >= len(data["items"]) > 5
    shares = [item for item in data["items"] if item["statistic"] == "percentage"]
    assert shares
    assert all(item["unit"] == "%" for item in shares)


def test_the_studies_of_a_regimen_are_counted_on_its_first_page(
    answers: dict[str, Answer],
) -> None:
    data = answers["which studies of blinatumomab with ponatinib"].data
    assert len(data["items"]) == 1
    assert data["more"] == 1
    assert "ponatinib-blina-jabbour" in data["studies"]
    assert sum(data["studies"].values()) == data["total"]


def test_names_lead_to_ids(answers: dict[str, Answer]) -> None:
    found = answers["what is ponatinib with blinatumomab called"].items
    assert [one["id"] for one in found] == ["blinatumomab-ponatinib"]
    assert answers["which study is NCT02013167"].items[0]["id"] == "tower"


def test_a_study_tells_what_can_be_asked_about_it(answers: dict[str, Answer]) -> None:
    data = answers["what is TOWER"].data
    assert data["registry"] == ["NCT02013167"]
    assert data["endpoints"]["OS"] > 1
    assert sum(data["verification"].values()) == data["claims_total"]


def test_a_comparison_says_how_the_studies_differ(answers: dict[str, Answer]) -> None:
    data = answers["median OS of TOWER and INO-VATE"].data
    assert set(data["studies"]) == {"tower", "ino-vate"}
    assert any(one.startswith("Ph status") for one in data["differences"])
    assert data["set_aside"] > 0
    assert all(item["standing"] != "set-aside" for item in data["items"])


def test_a_discrepancy_has_its_arithmetic_and_judgement(answers: dict[str, Answer]) -> None:
    items = answers["where do sources disagree on INO-VATE"].items
    assert any("computation" in item for item in items)
    assert all(item["judgement"]["reason"] for item in items if item["status"] == "adjudicated")
