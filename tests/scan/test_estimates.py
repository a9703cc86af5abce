"""Estimates with intervals: order, symmetry, signs and p-values."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

WALD = (
    "Age | 1.04 (1.03–1.05) | <0.001",
    "Weight | 0.96 (0.80–1.15) | 0.65",
    "Anxiety | 1.28 (1.05–1.58) | 0.02",
    "Asthma | 1.33 (1.03–1.73) | 0.03",
)
HEADER = "Variable | HR (95% CI) | P value"


def verdicts_of(
    *rows: str, header: str = HEADER, notes: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    return verdicts("estimates", table(header, *rows, notes=notes))


def test_intervals_that_are_symmetric_within_rounding() -> None:
    assert verdicts_of(*WALD) == []


def test_among_wald_intervals_rounding_alone_is_allowed() -> None:
    men = "Men | 1.29 (1.08–1.46) | <0.001"
    assert verdicts_of(*WALD, men) == [("interval-not-symmetric", "doubtful")]
    assert verdicts_of(*WALD, "Men | 1.40 (1.08–1.46) | <0.001") == [
        ("interval-not-symmetric", "inconsistent")
    ]
    # Alone it may be a profile interval.
    assert verdicts_of(men) == []


@pytest.mark.parametrize("note", ["Profile likelihood intervals", "Bootstrap 95% CI", "exact"])
def test_methods_whose_intervals_are_lopsided(note: str) -> None:
    assert verdicts_of(*WALD, "Men | 1.29 (1.08–1.46) | 0.001", notes=(note,)) == []


@pytest.mark.parametrize("note", ["Fisher's exact test", "a Fisher exact test."])
def test_an_exact_test_is_not_an_exact_interval(note: str) -> None:
    men = "Men | 1.29 (1.08–1.46) | 0.001"
    assert verdicts_of(*WALD, men, notes=(note,)) == [("interval-not-symmetric", "doubtful")]


def test_a_declared_difference_is_not_symmetric_on_the_logarithmic_scale() -> None:
    row = "Weight | 0.7 (0.3 to 2.1)"  # √(0.3 x 2.1) = 0.79, (0.3 + 2.1)/2 = 1.2
    doubtful = [("interval-not-symmetric", "doubtful")]
    assert verdicts_of(row, header="Variable | Mean difference (95% CI)") == doubtful
    assert (
        verdicts_of(row.replace("2.1", "1.1"), header="Variable | Mean difference (95% CI)") == []
    )
    assert verdicts_of(row.replace("0.7", "0.8"), header="Variable | HR (95% CI)") == []


def test_intervals_of_few_events_are_lopsided() -> None:
    assert verdicts_of("Death | 4.0 (0.4–190) | 0.4", header="Event | OR (95% CI) | P") == []
    assert verdicts_of("Death | 1.6 (1.6–51.2) | 0.01", header="Event | OR (95% CI) | P") == [
        ("interval-not-symmetric", "inconsistent")
    ]


@pytest.mark.parametrize(
    ("estimate", "label", "interval", "expected"),
    [
        ("66.7% (38/57)", "", "[95% CI: 52.9–78.6]", []),
        ("66.7% (38/57)", "", "[95% CI: 52.9–8.6]", [("limits-reversed", "inconsistent")]),
        ("66.7%", "", "(68.9–78.6)", [("estimate-outside-interval", "inconsistent")]),
        ("66.7%", "", "(0.53–0.79)", []),
        ("38", "Age range", "52–79", []),  # another row
        ("38 (30–46)", "", "52–79", []),  # it has bounds of its own
    ],
)
def test_bounds_in_the_cell_below(
    estimate: str, label: str, interval: str, expected: list[tuple[str, str]]
) -> None:
    rows = (f"Hearing | {estimate}", f"{label} | {interval}")
    assert verdicts_of(*rows, header="Outcome | Drug") == expected


def test_a_sign_that_is_lost() -> None:
    text = "It was lower (−3864.1 pg/ml, CI: −8487.3 to −759.2)."
    assert verdicts("estimates", text) == [("sign-of-limit", "inconsistent")]
    assert verdicts("estimates", text.replace("to −", "to ")) == []


def test_the_sign_of_an_estimate_that_is_lost() -> None:
    header = "Variable | B | 95% CI | P"
    rows = (
        "Age | −0.152 | −0.230, −0.074 | 0.000",
        "Sex | 0.064 | −0.049, 0.177 | 0.262",
        "Weight | 0.011 | −0.112, 0.135 | 0.856",
        "Height | 0.030 | −0.100, 0.160 | 0.647",
    )
    assert verdicts_of(*rows, header=header) == []
    assert verdicts_of(*rows, "Pulse | 0.008 | −0.089, 0.073 | 0.843", header=header) == [
        ("sign-of-limit", "inconsistent")
    ]


def test_an_estimate_outside_its_limits() -> None:
    header = "Outcome | Mean difference (95% CI) | P"
    assert verdicts_of("Appetite | 2.6 (−6.0, 0.8) | 0.1", header=header) == [
        ("estimate-outside-interval", "inconsistent")
    ]
    assert verdicts_of("Appetite | −2.6 (−6.0, 0.8) | 0.1", header=header) == []


def test_the_bounds_of_another_figure() -> None:
    assert verdicts("estimates", "The mean was 2.35 (SD 0.61, 95%CI 2.3–2.4).") == []
    assert verdicts("estimates", "It was 71% (95% CI 0.62–0.79).") == []


def test_limits_in_the_wrong_order() -> None:
    header = "Outcome | Difference (95% CI)"
    rows = ("A | −5 (−2 to −8)", "B | −6 (−3 to −9)", "C | −4 (−1 to −7)")
    # A table may print the upper limit first.
    assert verdicts_of(*rows, header=header) == []
    ordered = ("A | −5 (−8 to −2)", "B | −6 (−9 to −3)", "C | −4 (−7 to −1)", "D | −4 (−1 to −7)")
    assert verdicts_of(*ordered, header=header) == [("limits-reversed", "inconsistent")]
    assert verdicts("estimates", "The OR was 1.87 (95% CI 0.75 to 0.64).") == [
        ("limits-reversed", "inconsistent")
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HR 0.61 (95% CI 0.48–0.77; P<0.001)", []),
        ("HR 0.61 (95% CI 0.48–0.77; P=0.40)", ["inconsistent"]),
        ("HR 0.81 (95% CI 0.64–1.03; P=0.04)", []),  # one-sided
        ("HR 0.81 (95% CI 0.64–1.03; P=0.0001)", ["inconsistent"]),
        ("HR 0.81 (95% CI 0.64–1.03; P=0.0001 for noninferiority)", []),
        ("treatment effect 1.02, 95% CI 0.69–1.53, p = 0.905", []),
        ("ARR 0.52, 95% CI 0.18–1.51", []),
    ],
)
def test_intervals_against_p(text: str, expected: list[str]) -> None:
    assert [verdict for _, verdict in verdicts("estimates", f"It was {text}.")] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("OR = 1.70 (95% CI: 1.40 to 2.13)", []),
        ("OR = 2.52 (95% CI: 1.40 to 2.13)", ["estimate-outside-interval"]),
        ("kappa = 1.15; 95% CI = 0.59, 0.92", ["estimate-outside-interval"]),
        ("0.30 ± 0.29, 95% CI −0.08–0.68", []),
        ("0.92 ± 0.29, 95% CI −0.08–0.68", ["estimate-outside-interval"]),
        ("β = −2.4 mm; 95% CI: 0.8 mm, 3.9 mm", ["estimate-outside-interval"]),
        ("adjusted RRs (95% CIs) of 1.04 (0.91, 1.18) and 1.01 (0.89, 1.15)", []),
        (
            "adjusted RRs (95% CIs) of 1.04 (0.91, 1.18) and 1.41 (0.89, 1.15)",
            ["estimate-outside-interval"],
        ),
        # The p-value, a test statistic and a standard deviation have no interval.
        ("t = 2.142, P = .02; 95% CI −3.57 to −2.33", []),
        ("a rate of 27.7 per 100 years (95% CI 0.7 to 54)", []),
        ("RR 1.04 (95% CI 0.91–1.18), range 7.1 (1.2–3.4)", []),
    ],
)
def test_estimates_of_sentences(text: str, expected: list[str]) -> None:
    assert [kind for kind, _ in verdicts("estimates", f"It was {text}.")] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The median age was 63 years (IQR 56–68).", []),
        ("The median age was 73 years (IQR 56–68).", ["estimate-outside-interval"]),
        ("A median of 54.3 months (range 1–39) passed.", ["estimate-outside-interval"]),
        ("The mean number was 12.7 (range 0 to 9).", ["estimate-outside-interval"]),
        ("The median was 5 (interquartile range, 3 to 9).", []),
        ("The median was 5 (interquartile range, 9 to 3).", ["limits-reversed"]),
        ("The mean was 20.1 ± 5.1 (range from 10 to 24).", []),
        ("The median was 18 months (range 1–5 years).", []),
        ("They treated 38 patients (range 40–72 years).", []),
    ],
)
def test_medians_of_sentences(text: str, expected: list[str]) -> None:
    assert [kind for kind, _ in verdicts("estimates", text)] == expected


def test_a_p_value_belongs_to_the_estimate_before_it() -> None:
    header = "Variable | Unadjusted HR (95% CI) | Adjusted HR (95% CI) | P value"
    assert verdicts_of("Men | 0.58 (0.42–0.82) | 0.81 (0.60–1.10) | 0.17", header=header) == []
    assert verdicts_of("Men | 0.81 (0.60–1.10) | 0.58 (0.42–0.82) | 0.002", header=header) == []
    doubtful = verdicts_of("Men | 0.81 (0.60–1.10) | 0.58 (0.42–0.82) | 0.85", header=header)
    assert doubtful == [("interval-against-p", "doubtful")]


def test_a_sign_glued_to_the_word_before_it() -> None:
    header = "Outcome | Mean difference (95% CI)"
    assert verdicts_of("Pain | −0.44 (−0.83 to−0.05)", header=header) == []
    assert verdicts_of("Pain | −0.04 (−0.83 to−0.05)", header=header) == [
        ("estimate-outside-interval", "inconsistent")
    ]


def test_the_arithmetic_of_a_lost_sign_is_given_once() -> None:
    [finding] = findings("estimates", "The difference was 0.512 (95% CI −2.510 to 1.486).")
    assert finding.computed == "(-2.510 + 1.486)/2 = -0.512, printed 0.512"


def test_figures_of_sentences_are_shown_with_their_unit_and_bracket() -> None:
    [finding] = findings("estimates", "A median of 54.3 (range from 1 to 39 months) passed.")
    assert finding.printed == ("54.3 (range from 1 to 39 months)",)


def test_effects_that_only_the_notes_name() -> None:
    header = "Variable | 3 months | 24 months"
    notes = ("ORs with 95% CIs.",)
    assert (
        verdicts_of("Gender | 1.7 (0.4 to 7.5) | 2.4 (0.4 to 16.3)", header=header, notes=notes)
        == []
    )
    assert verdicts_of(
        "Gender | 6.7 (0.4 to 7.5) | 2.4 (0.4 to 16.3)", header=header, notes=notes
    ) == [("interval-not-symmetric", "inconsistent")]
    # Without the note they may be medians with ranges.
    assert verdicts_of("Age | 6.7 (0.4 to 7.5) | 2.4 (0.4 to 16.3)", header=header) == []


def test_an_unnamed_interval_of_a_comparison() -> None:
    header = "Outcome | Drug versus placebo (95% CI)"
    rows = ("Headache | 1.10 (0.90–1.35)", "Nausea | 1.08 (0.70–1.67)", "Pain | −1.3 (−5.8 to 3.2)")
    assert verdicts_of(*rows, header=header) == []
    assert verdicts_of("Headache | 1.10 (0.90–4.35)", *rows[1:], header=header) == [
        ("interval-not-symmetric", "doubtful")
    ]


def test_means_with_intervals_are_in_the_middle() -> None:
    header = "Outcome | Mean change (95% CI) | P value"
    rows = (
        "Fat | −9.1 (−14.2, −4.0) | 0.001",
        "Muscle | 0.3 (−0.9, 1.5) | 0.62",
        "Bone | 0.1 (−0.2, 0.4) | 0.51",
    )
    assert verdicts_of("Area | 23.3 (15.5, 31.1) | <0.001", *rows, header=header) == []
    assert ("interval-not-symmetric", "inconsistent") in verdicts_of(
        "Area | 23.3 (15.5, 43.1) | <0.001", *rows, header=header
    )
    # The p of a change stands right beside it.
    assert verdicts_of("Area | 0.4 (−0.3, 1.1) | 0.001", *rows, header=header) == [
        ("interval-against-p", "inconsistent")
    ]


def test_a_p_of_two_changes_is_of_neither() -> None:
    header = "Group | Mean change (95% CI) | P value"
    assert (
        verdicts_of(
            "Drug | −0.5 (−0.8, −0.2) | 0.30", "Placebo | −0.3 (−0.6, 0.1) | ", header=header
        )
        == []
    )
    rows = ("Drug | −0.5 (−0.8, −0.2) | 0.001", "Placebo | −0.3 (−0.6, 0.1) | 0.10")
    assert verdicts_of(*rows, header=header) == []


def test_a_column_shows_its_scale() -> None:
    header = "Outcome | β (95% CI)"
    rows = ("A | 1.2 (−0.8–3.2)", "B | −2.0 (−4.5–0.5)", "C | 0.9 (−1.2–3.0)")
    assert verdicts_of(*rows, "D | 2.6 (0.9–4.2)", header=header) == []
    # The middle of the logarithms is 2.5: no column of coefficients has that.
    assert verdicts_of(*rows, "D | 2.6 (0.9–7.2)", header=header) == [
        ("interval-not-symmetric", "inconsistent")
    ]


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("2.9 (95% CI 1.4 to 6.0)", []),
        ("1.9 (95% CI 1.4 to 6.0)", ["doubtful"]),
        # A list may go on with figures that are not ratios.
        ("a mean of 1.9 (95% CI 1.4 to 6.0)", ["doubtful"]),
        ("a rate of 1.9 (95% CI 1.4 to 6.0)", []),
        ("median 1.9 (95% CI 1.4 to 6.0)", []),
        # The interval of the estimate before it.
        ("4.2 (95% CI 1.2 to 5.4)", ["inconsistent"]),
    ],
)
def test_estimates_of_a_list(last: str, expected: list[str]) -> None:
    text = "The ORs were 3.6 (95% CI 1.7 to 7.6), exercise 2.5 (95% CI 1.2 to 5.4) and "
    got = verdicts("estimates", f"{text}{last}.")
    assert [verdict for _, verdict in got] == expected


def test_an_interval_that_is_that_of_the_neighbour() -> None:
    text = "It was better (OR 2.8, 95% CI 1.3 to 6.0; OR {}, 95% CI 1.3 to 6.0)."
    # Close estimates may share an interval by rounding.
    assert verdicts("estimates", text.format("2.8")) == []
    [finding] = findings("estimates", text.format("3.1"))
    assert "1.3 to 6.0 is also the interval of the neighbouring estimate 2.8" in finding.message


@pytest.mark.parametrize("mark", ["", " #", "*", " †"])
def test_an_estimate_with_a_mark_beside_its_bounds(mark: str) -> None:
    header = "Factor | Odds Ratio | (95% CI)"
    rows = (
        "Age | 1.53 | (1.15, 2.04)",
        "Sex | 0.63 | (0.42, 0.95)",
        "Education | 3.30 | (2.34, 4.65)",
        "Income | 1.43 | (0.96, 2.13)",
        "Region | 0.41 | (0.24, 0.70)",
    )
    wrong = f"Weight | 0.48{mark} | (0.35, 1.84)"
    assert verdicts("estimates", table(header, *rows)) == []
    assert verdicts("estimates", table(header, *rows, wrong)) == [
        ("interval-not-symmetric", "inconsistent")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It lasted 12 weeks (95% CI 14.1 to 19.2).",
        "The HR was 0.31 (95% CI 0.48–0.77) versus 0.62 (95% CI 0.51–0.75).",
        "At week 12 the mean difference was 2.1 (95% CI 3.0 to 9.0).",
        "The difference in costs was 1,586.01€ (95% CI 1,687.18 to 2,277.28).",
        "The difference in costs was £586 (95% CI £687 to £977).",
    ],
)
def test_estimates_beside_times_and_others_are_judged(text: str) -> None:
    assert ("estimate-outside-interval", "inconsistent") in verdicts("estimates", text)


def test_limits_of_a_list_are_judged_in_order_only() -> None:
    assert verdicts_of("A | 0.50, 0.61–0.80 | 0.01") == [
        ("estimate-outside-interval", "inconsistent")
    ]
    assert verdicts_of("A | 27.3, 44.4, 28.3 | 0.01") == []
