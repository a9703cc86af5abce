"""Participants that do not add up in their sentence, and dates and survival out of order."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

from kb.papers.paper import Metadata, Paper, Paragraph, Section
from kb.scan.context import ScanContext
from kb.scan.dates import find as dates_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("In all, 45 patients were randomized to drug (n = 22) or placebo (n = 23).", []),
        ("In all, 45 patients were randomized to drug (n = 22) or placebo (n = 22).", ["arms"]),
        (
            "643 patients were randomized (318 in the drug group and 325 in the placebo group) "
            "in China (n = 240), Korea (n = 200), and Taiwan (n = 203).",
            [],
        ),
        (
            "645 patients were randomized (318 in the drug group and 325 in the placebo group) "
            "in China (n = 240), Korea (n = 200), and Taiwan (n = 203).",
            ["arms"],
        ),
        # A third arm may be named elsewhere.
        ("In all, 45 patients were randomized to drug (n = 15) or placebo (n = 15).", []),
        ("In all, 45 patients were randomized (n = 22, n = 22) and 40 completed it.", []),
        (
            "In all, 45 patients were randomized to drug (n = 22) or placebo (n = 23) and 43 "
            "received drug (n = 21) or placebo (n = 22).",
            [],
        ),
        ("Then 9 patients withdrew (5 moved away, 4 had fever).", []),
        ("Then 9 patients withdrew (5 moved away, 3 had fever).", ["reasons"]),
        ("Then 9 patients withdrew (moved away, n = 5; fever, n = 3).", ["reasons"]),
        ("Then 9 patients withdrew (mainly 5 moved away, 3 had fever).", []),
        ("Then 9 patients withdrew (5 in the drug group).", []),
        ("Then 9 patients withdrew (20%).", []),
        (
            "In all, 45 patients were randomized (22 in the drug arm and 23 in the other arm).",
            [],
        ),
        (
            "In all, 45 patients were randomized (22 in the drug arm and 24 in the other arm).",
            ["arms"],
        ),
        ("In all, 45 patients were randomized (drug n = 22; placebo n = 23).", []),
        ("In all, 45 patients were randomized (drug n = 22; placebo n = 24).", ["arms"]),
        ("Of 45 patients, 40 (89%) completed the study and 5 were lost to follow-up.", []),
        (
            "Of 45 patients, 40 (89%) completed the study and 4 were lost to follow-up.",
            ["completed"],
        ),
        ("Of 45 patients, 40 completed the study, 3 died and 4 withdrew.", []),
        ("Of 45 patients, 40 completed the study and 7 discontinued the drug.", []),
        ("After 12 weeks, 40 completed the study and 4 withdrew.", []),
    ],
)
def test_sums_of_participants(text: str, expected: list[str]) -> None:
    kinds = {
        "arms": "arms-against-randomised",
        "reasons": "reasons-against-lost",
        "completed": "completed-and-lost-against-randomised",
    }
    assert verdicts("flow", text) == [(kinds[name], "doubtful") for name in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("All 45 patients were analyzed.", 0),
        ("All 46 patients were analyzed.", 1),
        ("In total, 46 patients were included in the intention-to-treat analysis.", 1),
        ("In total, 44 patients were included in the final analysis.", 0),
        ("With 10 healthy controls, 48 participants were analyzed.", 0),
        ("In total, 450 patients were analyzed.", 0),  # of other trials
    ],
)
def test_not_more_are_analysed_than_were_randomised(text: str, expected: int) -> None:
    reported = verdicts("flow", "In all, 45 patients were randomized.", text)
    assert reported == [("analysed-above-randomised", "doubtful")] * expected
    assert (
        verdicts("flow", "In all, 60 patients were randomized.", "45 women were randomized.", text)
        == []
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We enrolled them from May 2010 to March 2012.", 0),
        ("We enrolled them from May 2012 to March 2010.", 1),
        ("We enrolled them between 3 May 2010 and 1 May 2010.", 1),
        ("We enrolled them between May 3, 2010, and May 2010.", 0),
        ("We enrolled them between September 2010 and December 2010.", 0),
        ("It was from 2012 (May) to March.", 0),
    ],
)
def test_periods(text: str, expected: int) -> None:
    reported = verdicts("dates", text)
    assert reported == [("period-ends-before-it-begins", "inconsistent")] * expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The 1-, 3- and 5-year overall survival rates were 80%, 70% and 60%.", 0),
        ("The 1-, 3- and 5-year overall survival rates were 80%, 60% and 70%.", 1),
        ("The 1-year and 3-year overall survival rates were 60% and 70%.", 1),
        ("The 5- and 1-year survival rates were 60% and 80%.", 0),
        ("The 1- and 3-year survival rates of both groups were 60% and 80%.", 0),
    ],
)
def test_survival(text: str, expected: int) -> None:
    assert verdicts("survival", text) == [("survival-rises", "inconsistent")] * expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["1-year survival, % | 80.1 | 75", "3-year survival, % | 70 | 60"], 0),
        (["1-year survival, % | 60 | 75", "3-year survival, % | 70 | 60"], 1),
        (["3-year survival, % | 70 | 60", "6-month survival, % | 60 | 75"], 1),
        (
            ["OS at 1 year, n (%) | 12 (60) | 15 (75)", "OS at 2 years, n (%) | 14 (70) | 12 (60)"],
            1,
        ),
        (["1-year OS, % | 60 | 50", "3-year PFS, % | 70 | 60"], 0),  # another endpoint
        (["1-year survival, % | 70 | 75", "3-year survival, % | 70.4 | 60"], 0),  # rounding
        (["1-year survival from CR, % | 60 | 75", "3-year survival from CR, % | 70 | 60"], 0),
        (["Median survival, 1 year | 6 | 7", "Median survival, 3 years | 9 | 8"], 0),
        (["1-year relapse, % | 10 | 15", "3-year relapse, % | 30 | 40"], 0),
        (["1-year survival, % | 60 | 75", "1-year survival, % | 70 | 60"], 0),  # of two groups
    ],
)
def test_survival_in_tables(rows: list[str], expected: int) -> None:
    reported = verdicts("survival", table(" | Drug (n = 20) | Placebo (n = 20)", *rows))
    assert reported == [("survival-rises", "doubtful")] * expected


def test_the_arithmetic_is_shown() -> None:
    (one,) = findings(
        "flow", "In all, 45 patients were randomized to drug (n = 22) or placebo (n = 22)."
    )
    assert one.computed == "22 + 22 = 44, printed 45"
    assert one.message == "The arms add up to 44, not to 45."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The median follow-up was 30 months.", 0),
        ("The median follow-up was 40 months (range 2-50).", 1),
        ("The median follow-up time of all patients was 3 years.", 0),
        ("The median follow-up time of all patients was 5 years.", 1),
        # Planned, or of somebody else.
        ("Follow-up will be 10 years.", 0),
        ("The median follow-up of 12 patients was long.", 0),
    ],
)
def test_follow_up_against_the_date_of_publication(text: str, expected: int) -> None:
    first = "Patients were recruited between March 2010 and May 2011. "
    for heading, number in (("Results", expected), ("Discussion", 0)):
        section = Section(heading, heading, (), "body", (Paragraph(first + text),))
        dates = {"received": "2013-01-08", "published": "2013-03"}
        context = ScanContext(Paper(Metadata(year=2013, dates=dates), (section,), ()))
        reported = [f for f in dates_of(context) if f.kind == "follow-up-beyond-the-study"]
        assert [f.verdict.value for f in reported] == ["doubtful"] * number


def test_follow_up_without_dates() -> None:
    text = "Patients were recruited in 2010. The median follow-up was 400 months."
    assert verdicts("dates", text) == []
