"""What is not an error: figures that only look wrong, in tables and sentences, by every rule."""

from __future__ import annotations

import pytest
from support.scanned import table

from kb.papers.paper import Metadata, Paper, Paragraph, Section, Table
from kb.scan import scan_paper

RATIOS = "Outcome | HR (95% CI) | P value"


def messages_of(*parts: Table | str, language: str = "en") -> list[str]:
    texts = tuple(Paragraph(part) for part in parts if isinstance(part, str))
    tables = tuple(part for part in parts if isinstance(part, Table))
    section = Section("Results", "Results", (), "body", texts)
    paper = Paper(Metadata(language=language), (section,), tables)
    return [finding.message for finding in scan_paper(paper).findings]


@pytest.mark.parametrize(
    "text",
    [
        # Other methods and levels of intervals.
        "The OR was 2.1 (profile likelihood 95% CI 1.2–5.9).",
        "The exact 95% CI of 5.1 was wide: 5.1 (95% CI 0.4 to 18.1).",
        "The difference was 3.1 (bootstrap 95% CI 0.2 to 9.8).",
        "The HR was 0.81 (90% CI 0.67–0.98; P = 0.07).",
        "The HR was 0.81 (95% CI 0.64–1.03; one-sided P = 0.04).",
        "The HR was 0.70 (95% CI 0.55–0.89; P = 0.40 for interaction).",
        "The RR was 0.83 (95% CI 0.69–1.01; P for trend = 0.001).",
        "The HR was 0.81 (95% CI 0.64–1.03; P < 0.001 for non-inferiority).",
        "Death occurred in 12/52 (23%) and 20/52 (38%): adjusted OR 0.30 (95% CI 0.12–0.75).",
        "The absolute risk reduction (ARR) was 0.15, the ERR 0.23 and the CER 0.38.",
        # Percentages that are not of their count.
        "Survival was 78% at 3 years (12 of 60 patients had died).",
        "The 5-year Kaplan-Meier estimate was 62.5% (n = 48).",
        "Grade 3/4 toxicity (12%) and grade 3-4 events (20%) were seen.",
        "They had GOLD stage 2 (45%) or GOLD stages 3 (35.2%) and 4 (19.8%).",
        "NYHA class 3 (12%), phase 2 (50%) and type 2 (94.34%).",
        "A dose of 5/10 mg (20%) was given; 80/12.5 mg (35%) later.",
        "Blood pressure was 134/77 mmHg (2% lower).",
        "Visits were on 12/05 (10%) and from May 2010 to 3 June 2011.",
        "They were randomised 1:1 (50%) or 2:1 (67%).",
        "The score was 12/30 (SD 5) and 7 of 10 points (95% CI 6.1 to 7.9).",
        "The confidence level was 95% (n = 20), the power 80% (n = 31).",
        "The goal was 50% (3 of 10); about 1 of 3 (30%) reached it.",
        "Of these 40, 31 (78%) came; reasons were cost (5, 56%) and time (4, 44%).",
        "In the drug and placebo groups, 12 (40%) and 15 (50%), respectively, fell.",
        "The median was 5 (4 to 6) and the mean 7.2 (range 1–15).",
        "The rate was 22 per 100 person-years (95% CI 19 to 26).",
        "The tests gave t = 2.1 (95% CI 3.0 to 9.0), F(1, 487) = 0.38 and κ = 0.71.",
        "In 2012-2014, 25 (12-40) mg was given (n = 20).",
        "Vaccine efficacy was 71% (95% CI 0.52–0.83).",
        # Other people than those named before.
        "Among 100 women, 45 infants (44.1%) were boys.",
        "Among 300 participants, 150 had blood taken; 30 (20%) were anaemic.",
        "Of 120 patients screened, 20 (16.7%) were excluded: 10 (50%) refused.",
        "Of the 45 patients, 12 (27%) fell, of which 3 (25%) were severe.",
        "In the drug group (n = 45), 12 (29%) of those with data fell.",
        "In the drug group (n = 45), 12 falls (60%) were at home.",
        "The 1- and 2-year survival was 90% and 92% in drug and placebo groups.",
        "Median follow-up was 5.1 (IQR 3.2–6.1; range 0.1–9.0) years.",
        "Median age was 9 months (range 2 weeks–3 years).",
        "OS was 12.3 months (95% CI 9.1–NR), PFS 5.1 (95% CI, 4.2 to not reached).",
        "The OR was 1.5 (1.2, 1.9) per 10 units (95% CI) in 3 (2, 5) trials.",
        "For 45% and 20% of patients with a 30% reduction the NNT was 4.",
        "Stage was known of 88 657 of 98 942 tumours (89.6%).",
        "Most (57.1%) of the last 3 years (12.5%) were lost.",
        # Numbers of groups and times.
        "More in group 2 (44.4%) than in group 1 (33.1%) and in arms 3 (41.3%) and 4 (39.7%) fell.",
        "Fewer fell at week 3 (12.7%) and on day 7 (9.1%).",
        # A time is not an estimate, and two intervals in one bracket belong to two figures.
        "It fell by 2.2 days at 12 weeks (95% CI, −4.1 to −1.9 versus 95% CI −3.7 to −0.7).",
        "It fell 2.8 times, and 2.7 times (95% CI −3.4 to −2.3 vs −4.1 to −1.2).",
        "Survival was 62.5% after 3 years (95% CI 51.2–71.8).",
    ],
)
def test_sentences(text: str) -> None:
    assert messages_of(text) == []


def test_decimal_commas() -> None:
    assert (
        messages_of("Es traten 3/24 (12,5%) auf; HR 0,61 (95% CI 0,48–0,77).", language="de") == []
    )


COUNTS = (
    "Women, n (%) | 12 (38.7) | 15 (45.5)",
    "Smokers, n (%) | 10 (32.3) | 11 (33.3)",
    "Gout, n (%) | 7 (22.6) | 9 (27.3)",
    "Asthma, n (%) | 4 (12.9) | 5 (15.2)",
)


@pytest.mark.parametrize(
    "row",
    [
        "Body fat, % | 36 (7.7) | 35 (7.9)",
        "HbA1c (%), mean (SD) | 7.1 (1.8) | 7.3 (1.7)",
        "Male/female | 12/19 | 15/18",
        "n (male/female) | 31 (15/16) | 33 (20/13)",
        "n (male/female) | 8 (4/4) | 8 (4/4)",
        "Visit | 1 (6–12 h after surgery) | 2 (1 day after surgery)",
        "Sex (M/F), n | 19/12 (61/39) | 18/15 (55/45)",
        "ECOG 0/1/2 | 10/15/6 | 12/14/7",
        "Overall survival at 2 years, % (SE) | 78 (8) | 74 (7)",
        "2-year survival, % (95% CI) | 78 (60–89) | 74 (57–86)",
        "Women % (n) | 38.7 (12) | 45.5 (15)",
        "Dose, mg | 20 (10) | 40 (20)",
        "Score (0–10) | 4 (2) | 5 (3)",
        "Apgar score, median (range) | 9 (7–10) | 8 (6–10)",
        "GOLD stage 2/3/4 | 12/10/9 | 13/11/9",
        "Randomisation ratio | 1:1 | 1:1",
        "Intake | 2nd tertile (7–21) | 3rd tertile (22–40)",
        "Date of entry | 12/05/2010 | 14/06/2010",
        "Men with gout, n (%) | 5 (71.4) | 6 (66.7)",
        "Episodes, n (%) | 20 (55.6) | 22 (48.9)",
        "Eyes treated, n (%) | 40 (64.5) | 41 (62.1)",
        "Cancer, n (%) | 3 (10.0) | 4 (12.9)",
        "Cancer, n (%)a | 3 (9.6) | 4 (12.1)",
        "Rate per 100 person-years (n) | 22.1 (14) | 20.3 (12)",
        "Cost, mean (SD) | 105 (33.3) | 98 (35.1)",
        "Cancer, n (%) | 3(9.7)4(12.9) | 4 (12.1)",
        "% with 0, 1 or 2 births | 27.3, 44.4, 28.3 | 31.8, 45.1, 23.1",
    ],
)
def test_rows_of_groups(row: str) -> None:
    assert (
        messages_of(table("Characteristic | Drug (n = 31) | Placebo (n = 33)", *COUNTS, row)) == []
    )


@pytest.mark.parametrize(
    ("header", "rows", "notes"),
    [
        (RATIOS, ("A | 1.84 (0.83–2.11) | 0.17",), ("Profile likelihood intervals.",)),
        (RATIOS, ("A | 4.0 (0.4–190) | 0.4",), ()),
        (RATIOS.replace("95", "90"), ("A | 0.81 (0.67–0.98) | 0.07",), ()),
        (RATIOS.replace("P value", "P for trend"), ("A | 0.83 (0.69–1.01) | 0.001",), ()),
        (RATIOS.replace("P value", "P for interaction"), ("A | 0.5 (0.3–0.8) | 0.60",), ()),
        (
            RATIOS.replace("P value", "Breslow day test (P value)"),
            ("A | 0.5 (0.3–0.8) | 0.60",),
            (),
        ),
        (
            "Outcome | Drug (n = 50) | Placebo (n = 50) | Adjusted OR (95% CI) | P value",
            ("Death | 10 (20) | 15 (30) | 0.30 (0.12–0.75) | 0.01",),
            (),
        ),
        (
            "Outcome | Drug (n = 50) | Placebo (n = 50) | P value",
            ("Death | 10 (20) | 11 (22) | 0.01", "Pain | 15 (30) | 16 (32) | 0.02"),
            ("P values account for clusters (generalised estimating equations).",),
        ),
        (
            "Outcome | Drug (n = 50) | Placebo (n = 50) | ARR (%) | P value",
            ("Death | 10 (20) | 15 (30) | 10 | 0.25",),
            (),
        ),
        (
            "Hormone | Drug (n = 50) | Placebo (n = 50) | P value",
            ("A | 5.1 ± 2.0 | 5.3 ± 2.0 | 0.001",),
            ("Geometric means; tests on logarithms.",),
        ),
        ("Grade | Any | Grade 3/4", ("Pain | 12 (24) | 3 (6)", "Rash | 10 (20) | 10 (20)"), ()),
    ],
)
def test_other_methods(header: str, rows: tuple[str, ...], notes: tuple[str, ...]) -> None:
    assert messages_of(table(header, *rows, notes=notes)) == []
