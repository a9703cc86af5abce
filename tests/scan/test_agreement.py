"""What a paper prints in two places: estimates, comparisons and breakdowns."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

from kb.papers.paper import Metadata, Paper, Paragraph, Section, Table
from kb.scan.agreement import find
from kb.scan.context import ScanContext

HAZARDS = " | HR (95% CI) | P value"
GROUPS = " | Drug, n (%) | Placebo, n (%) | P value"


def in_two_sections(abstract: str, body: str, *tables: Table) -> list[tuple[str, ...]]:
    sections = (
        Section("Abstract", "Abstract", (), "abstract", (Paragraph(abstract),)),
        Section("Results", "Results", (), "body", (Paragraph(body),)),
    )
    paper = Paper(Metadata(), sections, tables)
    return [finding.printed for finding in find(ScanContext(paper))]


def test_estimates_of_the_text_against_tables() -> None:
    text = "Death was rarer (HR 0.613; 95% CI 0.482 to 0.774)."
    kind = ("same-estimate-printed-differently", "doubtful")
    assert verdicts("agreement", text, table(HAZARDS, "Death | 0.613 (0.482–0.744) | 0.01")) == [
        kind
    ]
    assert verdicts("agreement", text, table(HAZARDS, "Death | 0.61 (0.48–0.77) | 0.01")) == []
    # The table has it: a near one is another quantity.
    two = ("Death | 0.613 (0.482–0.774) | 0.01", "Crude | 0.613 (0.482–0.744) | 0.01")
    assert verdicts("agreement", text, table(HAZARDS, *two)) == []
    odds = table(HAZARDS.replace("HR", "OR"), "Death | 0.613 (0.482–0.744) | 0.01")
    assert verdicts("agreement", text, odds) == []


def test_estimates_of_the_text_that_agree_but_not_with_the_table() -> None:
    text = "Death was rarer (HR 0.613; 95% CI 0.482 to 0.774)."
    other = table(HAZARDS, "Death | 0.613 (0.482–0.744) | 0.01")
    assert len(in_two_sections(text, text, other)) == 1
    assert in_two_sections(text, text) == []
    assert len(in_two_sections(text, text.replace("774", "744"))) == 1


STACKED = ("Exercise | 2.56", " | (1.23 to 5.42)", "Age | 2.56 (1.23–5.14)")
"""An estimate above its interval, and another one that shares two figures with it."""


def test_estimates_whose_intervals_stand_below_them() -> None:
    text = "Exercise helped (OR 2.56; 95% CI 1.23 to 5.42)."
    header = " | OR (95% CI)"
    assert verdicts("agreement", text, table(header, *STACKED)) == []
    kind = ("same-estimate-printed-differently", "doubtful")
    assert verdicts("agreement", text, table(header, STACKED[2])) == [kind]
    slip = ("Exercise | 2.56", " | (1.23 to 4.42)")
    assert verdicts("agreement", text, table(header, *slip)) == [kind]


@pytest.mark.parametrize(
    ("cell", "severity"),
    [
        ("84.59% (0.61–0.95)", "rounding"),  # 0.84 is cut off
        ("84.41% (0.61–0.95)", None),
        ("84.41% (0.51–0.95)", "material"),
        ("0.84 (0.61–0.96)", "rounding"),
        ("0.84 (0.61–0.97)", "material"),
    ],
)
def test_percentages_and_proportions_of_one_estimate(cell: str, severity: str | None) -> None:
    text = "Agreement was high (kappa = 0.84; 95% CI 0.61 to 0.95)."
    reported = findings("agreement", text, table(" | Kappa (95% CI)", f"Swab | {cell}"))
    assert [f.severity.value for f in reported] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("More responded (100% vs 64.2%, P = 0.002).", 1),
        ("More responded (100% vs 46.3%, P = 0.002).", 0),  # a slip that pairs.py reports
        ("More responded (100% vs 46.2%, P = 0.002).", 0),
        ("Fewer responded (46.2% vs 100%, P = 0.002).", 0),
        ("More responded (100% vs 46.2%, P = 0.020).", 1),
        ("More responded (100% vs 46.2%, P < 0.05).", 0),
        ("More responded (91% vs 46.2%, P < 0.05).", 0),  # hardly two equal figures
        ("More responded (88.1% vs 52.9%, P = 0.002).", 0),
    ],
)
def test_comparisons(text: str, expected: int) -> None:
    rows = ("Women | 14 (100.0) | 6 (46.2) | 0.002", "Men | 15 (83.3) | 11 (78.6) | 1.0")
    reported = verdicts("comparisons", text, table(GROUPS, *rows))
    assert reported == [("comparison-against-table", "doubtful")] * expected


def test_a_comparison_that_two_rows_nearly_have() -> None:
    rows = ("Women | 14 (100.0) | 6 (46.2) | 0.002", "Men | 14 (100.0) | 6 (46.4) | 0.002")
    text = "More responded (100% vs 64.3%, P = 0.002)."
    assert verdicts("comparisons", text, table(GROUPS, *rows)) == []


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("33 in Australia, 4 in New Zealand and 2 in Canada", 1),
        ("32 in Australia, 5 in New Zealand, and 2 in Canada", 0),
        ("23 in Australia, 2 in New Zealand and 2 in Canada", 0),  # other people
        ("33 in Australia, 4 in New Zealand and 2 in Brazil", 0),
        ("33 in Austria, 4 in New Zealand and 2 in Canada", 0),
    ],
)
def test_breakdowns(second: str, expected: int) -> None:
    first = "They came from 39 sites (32 in Australia, 5 in New Zealand, and 2 in Canada)."
    texts = (first, f"Of the 39 sites ({second}), all took part.")
    reported = verdicts("breakdowns", *texts)
    assert reported == [("two-versions-of-a-breakdown", "doubtful")] * expected


def test_the_messages_name_both_places() -> None:
    rows = ("Women | 14 (100.0) | 6 (46.2) | 0.002",)
    (one,) = findings("comparisons", "It was 100% vs 64.2%, P = 0.002.", table(GROUPS, *rows))
    assert one.message == (
        'Section "Results" prints 100% vs 64.2%, p=0.002; Table 1, row "Women" '
        "prints 14 (100.0) and 6 (46.2), p 0.002."
    )


def test_a_long_paper_compares_few_estimates(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[object] = []

    def differing(one: object, other: object) -> int:
        compared.append((one, other))
        return 3

    monkeypatch.setattr("kb.scan.agreement._differing", differing)
    texts = [f"The HR was 0.{i} (95% CI 0.{i // 2} to 1.{i})." for i in range(100, 500)]
    rows = [f"Death {i} | 0.{i} (0.{i // 2}–1.{i})" for i in range(100, 500)]
    findings("agreement", table("Outcome | HR (95% CI)", *rows), *texts)
    assert len(texts) <= len(compared) <= 100 * len(texts)


@pytest.mark.parametrize(
    ("p", "expected"),
    [
        ("P = 0.04", [("same-estimate-printed-differently", "doubtful")]),
        ("P < 0.001", [("same-estimate-printed-differently", "doubtful")]),
        ("P = 0.004", []),
        ("P < 0.01", []),
        ("", []),
    ],
)
def test_p_values_of_one_estimate(p: str, expected: list[tuple[str, str]]) -> None:
    text = f"Death was rarer (HR 0.613; 95% CI 0.482 to 0.774; {p})."
    hazards = table(HAZARDS, "Death | 0.613 (0.482–0.774) | 0.0041")
    assert verdicts("agreement", text, hazards) == expected


def test_a_p_before_its_estimate_is_not_that_of_the_one_before() -> None:
    text = (
        "More had births [P < 0.005, OR 3.18 (95% CI 1.41–7.17)] and twins [P < 0.002, "
        "OR 3.37 (95% CI 1.56–7.27)]."
    )
    odds = table(HAZARDS.replace("HR", "OR"), "Births | 3.18 (1.41–7.17) | 0.005")
    assert verdicts("agreement", text, odds) == []
    assert verdicts("agreement", text.replace("< 0.005", "= 0.05"), odds) == [
        ("same-estimate-printed-differently", "doubtful")
    ]


def test_coarse_prints_are_equal_by_chance() -> None:
    differences = table(
        " | Difference (95% CI)", "Rash | 0.6 (0.2 to 1.1)", "Pain | 4.21 (1.30 to 7.21)"
    )
    for text in ("0.60 (95% CI 0.25 to 0.96)", "0.6 (95% CI 0.2 to 1.3)"):
        assert verdicts("agreement", f"The difference was {text}.", differences) == []
    assert verdicts("agreement", "The difference was 4.2 (95% CI 1.3 to 7.7).", differences) == [
        ("same-estimate-printed-differently", "doubtful")
    ]
