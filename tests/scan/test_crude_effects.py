"""Ratios and differences against the counts or means of their row or sentence."""

from __future__ import annotations

from support.scanned import table, verdicts

HEADER = " | Drug (n = 100) | Placebo (n = 100) | RR (95% CI)"
FITTING = (
    "Pain, n (%) | 10 (10) | 20 (20) | 0.50 (0.25–1.01)",
    "Rash, n (%) | 15 (15) | 12 (12) | 1.25 (0.62–2.53)",
    "Fever, n (%) | 30 (30) | 40 (40) | 0.75 (0.51–1.10)",
)
INCONSISTENT = [("effect-of-counts", "inconsistent")]


def verdicts_of(
    *rows: str, header: str = HEADER, notes: tuple[str, ...] = ()
) -> list[tuple[str, str]]:
    return verdicts("crude_effects", table(header, *rows, notes=notes))


def test_ratios_of_their_counts() -> None:
    assert verdicts_of(*FITTING) == []
    # The other way round, of the rest, and as an odds ratio.
    others = (
        "A, n (%) | 10 (10) | 20 (20) | 2.00 (0.99–4.05)",
        "B, n (%) | 10 (10) | 20 (20) | 1.13 (1.00–1.26)",
        "C, n (%) | 10 (10) | 20 (20) | 0.44 (0.20–1.00)",
    )
    assert verdicts_of(*FITTING, *others) == []


def test_a_ratio_that_the_counts_do_not_give() -> None:
    assert verdicts_of(*FITTING, "Gout, n (%) | 4 (4) | 10 (10) | 0.90 (0.80–1.00)") == INCONSISTENT
    # Within its interval it may be adjusted.
    assert verdicts_of(*FITTING, "Gout, n (%) | 4 (4) | 10 (10) | 0.70 (0.20–2.30)") == [
        ("effect-of-counts", "doubtful")
    ]


def test_adjusted_ratios_are_no_error() -> None:
    row = "Gout, n (%) | 4 (4) | 10 (10) | 0.90 (0.80–1.00)"
    assert verdicts_of(row, header=HEADER.replace("RR", "Adjusted RR")) == []
    assert verdicts_of(row, notes=("Mixed model",)) == []
    wrong = (row, row.replace("4 (4)", "5 (5)"), row.replace("4 (4)", "3 (3)"))
    assert verdicts_of(*wrong) == []


def test_differences_in_points_and_as_proportions() -> None:
    header = HEADER.replace("RR", "Difference")
    fitting = (
        "A, n (%) | 10 (10) | 20 (20) | −10 (−20 to 0)",
        "B, n (%) | 15 (15) | 12 (12) | 0.03 (−0.06 to 0.12)",
        "C, n (%) | 30 (30) | 40 (40) | 10 (−3 to 23)",
    )
    assert verdicts_of(*fitting, header=header) == []
    assert verdicts_of(*fitting, "D, n (%) | 30 (30) | 40 (40) | 40 (27 to 53)", header=header) == (
        INCONSISTENT
    )


def test_differences_of_means() -> None:
    header = " | Drug (n = 40), mean (SD) | Placebo (n = 42), mean (SD) | Difference (95% CI)"
    fitting = (
        "Pulse | 5.1 (2.0) | 6.3 (2.2) | −1.2 (−2.1 to −0.3)",
        "Height | 7.0 (2.0) | 6.5 (2.2) | 0.5 (−0.4 to 1.4)",
        "Weight | 9.0 (2.0) | 8.0 (2.2) | −1.0 (−1.9 to −0.1)",
    )
    assert verdicts_of(*fitting, header=header) == []
    assert verdicts_of(
        *fitting, "Waist | 9.0 (2.0) | 8.0 (2.2) | 5.0 (4.1 to 5.9)", header=header
    ) == [("difference-of-means", "inconsistent")]


def test_a_sentence_with_both_counts() -> None:
    text = "It occurred in 4/52 (8%) and 10/52 (19%) patients (risk ratio {} [95% CI {}])."
    rule = "crude_effects"
    assert verdicts(rule, text.format("0.40", "0.13–1.19")) == []
    assert verdicts(rule, text.format("2.50", "0.84–7.46")) == []
    assert verdicts(rule, text.format("0.70", "0.30–1.60")) == [("effect-of-counts", "doubtful")]
    assert verdicts(rule, text.format("0.70", "0.55–0.89")) == INCONSISTENT
    adjusted = text.replace("risk ratio", "adjusted risk ratio").format("0.70", "0.55–0.89")
    assert verdicts(rule, adjusted) == []


UNNAMED = (
    " | Drug (n = 40) | Placebo (n = 42) | Drug versus placebo (95% CI)"
    " | Adjusted, drug versus placebo (95% CI)"
)
DIFFERENCES = (
    "Pain | 54.0 (26.3) | 55.8 (27.1) | −1.8 (−6.3 to 2.7) | −1.3 (−5.8 to 3.2)",
    "Vitality | 49.4 (20.0) | 50.5 (20.5) | −1.1 (−4.5 to 2.3) | −1.0 (−4.4 to 2.4)",
    "Stay | 3.82 (10.6) | 3.46 (7.8) | 1.10 (0.82 to 1.49) | 1.02 (0.76 to 1.37)",
)


def test_an_effect_without_a_name_is_the_one_that_the_others_fit() -> None:
    assert verdicts_of(*DIFFERENCES, header=UNNAMED) == []
    wrong = "Health | 76.9 (17.9) | 37.2 (16.2) | −0.3 (−0.9 to 0.3) | −0.3 (−0.8 to 0.3)"
    expected = [("difference-of-means", "inconsistent")]
    assert verdicts_of(*DIFFERENCES, wrong, header=UNNAMED) == expected
    # Two show no effect, nor do three of five.
    assert verdicts_of(*DIFFERENCES[:2], wrong, header=UNNAMED) == []
    others = [wrong.replace("Health", name) for name in ("Mood", "Sleep")]
    assert verdicts_of(*DIFFERENCES, *others, header=UNNAMED) == []


def test_a_ratio_without_a_name() -> None:
    fitting = [row.replace("–", " to ") + " | 1.0 (0.9 to 1.1)" for row in FITTING]
    wrong = "Gout, n (%) | 4 (4) | 10 (10) | 0.90 (0.80 to 1.00) | 1.0 (0.9 to 1.1)"
    header = UNNAMED.replace("40", "100").replace("42", "100")
    assert verdicts_of(*fitting, header=header) == []
    assert verdicts_of(*fitting, wrong, header=header) == INCONSISTENT
    assert verdicts_of(wrong, header=header) == []
