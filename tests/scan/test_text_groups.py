"""P-values of sentences against percentages and means of the two groups of the paper."""

from __future__ import annotations

import pytest
from support.scanned import findings, table

from kb.papers.paper import Metadata, Paper, Paragraph, Section, Table
from kb.scan.context import ScanContext
from kb.scan.text_groups import find

GROUPS = table(" | Drug (n = 40) | Placebo (n = 42) | P", "Age, mean ± SD | 51 ± 10 | 50 ± 9 | 0.6")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Relief was seen in 50.0% vs 28.6% (p = 0.047).", False),
        ("Relief was seen in 50.0% vs 28.6% (p = 0.60).", True),
        ("Relief was seen in 50.0% of the drug group and 28.6% on placebo (p = 0.0002).", True),
        ("Relief was seen in 28.6% vs 50.0% (p = 0.60).", True),  # whichever group is first
        ("Relief was seen in 51.0% vs 28.6% (p = 0.60).", False),  # 51.0% of other people
        ("Relief was seen in 50% vs 29% (p = 0.0002).", True),
        ("Relief was seen in 50% vs 29% (p = 0.60).", False),  # whole numbers fit many sizes
        ("Relief was seen in 50.0% vs 28.6% (adjusted p = 0.60).", False),
        ("Strength grew by 50.0% vs 28.6% (p = 0.60).", False),  # a change
        ("Thickness: +50.0% vs +28.6% (p = 0.60).", False),
        ("Relief was more frequent in 50.0% than in 28.6% (p = 0.0002).", True),
        ("Survival was 50.0% vs 28.6% (p = 0.60).", False),
        ("We assumed 50.0% vs 28.6% (p = 0.60).", False),
        ("It was seen in 20 (50.0%) vs 12 (28.6%) (p = 0.60).", False),  # judged by its counts
        ("Weight was 71.0 ± 9.0 vs 75.0 ± 9.2 kg (p = 0.05).", False),
        ("Weight was 71.0 ± 9.0 vs 71.5 ± 9.2 kg (p = 0.001).", True),
        ("Weight was 71.0 ± 1.4 vs 75.0 ± 1.4 kg (p = 0.05).", False),  # standard errors
        ("Weight was 71.0 (SD 1.4) vs 75.0 (SD 1.4) kg (p = 0.05).", True),
        ("Weight was 71.0 (SE 1.4) vs 75.0 (SE 1.4) kg (p = 0.05).", False),
        ("Weight was 71.0 ± 9.0 vs 75.0 ± 9.2 kg (p = 0.30).", False),  # of fewer people
        ("Dose was 7.0 ± 9.0 vs 7.5 ± 9.2 mg (p = 0.03).", False),  # skewed
        ("Weight was 71.0 ± 9.0 before and 71.5 ± 9.2 kg after (p = 0.001).", False),
    ],
)
def test_the_sizes_are_those_of_the_table(text: str, *, wrong: bool) -> None:
    reported = findings("text_groups", GROUPS, text)
    assert [finding.verdict.value for finding in reported] == (["doubtful"] if wrong else [])
    assert all("groups of 40 and 42" in finding.message for finding in reported)


@pytest.mark.parametrize(
    "tables",
    [
        [],
        [table(" | A (n = 40) | B (n = 42) | C (n = 41)", "Age | 51 | 50 | 52")],
        [GROUPS, table(" | Drug (n = 30) | Placebo (n = 31)", "Age | 51 | 50")],
    ],
)
def test_without_two_groups_on_which_all_tables_agree_nothing_is_judged(
    tables: list[Table],
) -> None:
    assert not findings("text_groups", *tables, "Relief: 50.0% vs 28.6% (p = 0.60).")
    assert findings("text_groups", GROUPS, "Relief: 50.0% vs 28.6% (p = 0.60).")


def test_without_a_table_the_sizes_are_those_of_the_abstract() -> None:
    text = "Relief: 50.0% vs 28.6% (p = 0.60)."
    sizes = "They took the drug (n = 40) or placebo (n = 42)."
    for abstract, number in ((sizes, 1), (sizes + " Some left (n = 3).", 0)):
        sections = (
            Section("Abstract", "Abstract", (), "abstract", (Paragraph(abstract),)),
            Section("Results", "Results", (), "body", (Paragraph(text),)),
        )
        assert len(list(find(ScanContext(Paper(Metadata(), sections))))) == number
