"""Percentages of tables: wrong only when no base that the table offers makes them fit."""

from __future__ import annotations

import pytest
from support.scanned import findings, table, verdicts

HEADER = "Characteristic | Drug (n = 31) | Placebo (n = 33)"
ROWS = (
    "Women, n (%) | 12 (38.7) | 15 (45.5)",
    "Smokers, n (%) | 10 (32.3) | 11 (33.3)",
    "Diabetes, n (%) | 2 (6.5) | 3 (9.1)",
    "Asthma, n (%) | 1 (3.2) | 2 (6.1)",
)
WRONG = ("percentage-of-count", "inconsistent")
DOUBTFUL = ("percentage-of-count", "doubtful")


def verdicts_of(*rows: str, header: str = HEADER) -> list[tuple[str, str]]:
    return verdicts("shares", table(header, *rows))


def test_percentages_of_the_size_of_their_column() -> None:
    assert verdicts_of(*ROWS) == []


def test_a_percentage_of_more_people_than_the_column_has() -> None:
    assert verdicts_of(*ROWS, "Renal failure, n (%) | 2 (3.2) | 3 (9.1)") == [WRONG]


def test_a_percentage_that_no_number_of_people_gives() -> None:
    assert verdicts_of(*ROWS, "Renal failure, n (%) | 18 (81.2) | 3 (9.1)") == [WRONG]


def test_a_printed_denominator_is_the_base() -> None:
    assert verdicts_of("Cured | 5/31 (16%) | 3/33 (9%)") == []
    assert verdicts_of("Cured | 5/31 (18%) | 3/33 (9%)") == [WRONG]


@pytest.mark.parametrize(
    "row",
    [
        "Renal failure, n (%) | 2 (6.7) | 3 (9.1)",  # one missing
        "Renal failure, n (%) | 3 (9.6) | 4 (12.1)",  # cut off
        "Body fat (%), mean (SD) | 36 (7.7) | 35 (7.9)",
        "Age, years, median (IQR) | 34 (28–41) | 35 (27–40)",
        "Renal failure (n = 20), n (%) | 2 (10.0) | 1 (5.0)",
        "Episodes per 100 person-years | 22 (14.7) | 20 (12.1)",
        "Score | 4 (2) | 5 (3)",
        "Male/Female (ratio) | 15/16 (0.94) | 14/19 (0.74)",
    ],
)
def test_what_is_no_error(row: str) -> None:
    assert verdicts_of(*ROWS, row) == []


def test_categories_that_add_up_to_a_smaller_group() -> None:
    rows = (
        "Men with a partner, n (%) | 6 (60.0) | 7 (70.0)",
        "Men alone, n (%) | 4 (40.0) | 3 (30.0)",
    )
    assert verdicts_of(*ROWS, *rows) == []


def test_a_body_row_of_sizes_is_the_base() -> None:
    header = "Outcome | Drug | Placebo"
    sizes = "Patients, n | 50 | 50"
    rows = ("Cured, n (%) | 10 (20.0) | 5 (10.0)", "Died, n (%) | 1 (2.0) | 2 (4.0)")
    assert verdicts_of(sizes, *rows, header=header) == []
    assert verdicts_of(sizes, *rows, "Relapse, n (%) | 10 (16.0) | 4 (8.0)", header=header) == [
        WRONG
    ]


def test_equal_counts_have_equal_percentages() -> None:
    header = "Ethnicity | Drug (n = 398), n (%) | Placebo (n = 390), n (%)"
    rows = ("Asian | 43 (10.8) | 41 (10.5)", "White | 300 (75.4) | 290 (74.4)")
    assert verdicts_of(*rows, "Other | 43 (10.8) | 40 (10.3)", header=header) == []
    assert verdicts_of(*rows, "Other | 43 (10.9) | 40 (10.3)", header=header) == [
        ("same-count-two-percentages", "doubtful")
    ]


@pytest.mark.parametrize(("moderate", "expected"), [(194, 0), (203, 1)])
def test_a_scale_of_fewer_people_is_a_base_of_its_own(moderate: int, expected: int) -> None:
    # 1,155 of 1,164 people have a score; with 9 more, the scale is of all participants.
    scores = (24, 124, 181, moderate, 221, 162, 249)
    shares = (2, 11, 16, 17, 19, 14, 22)
    rows = [f"Score {i} | {n} ({p}%)" for i, (n, p) in enumerate(zip(scores, shares, strict=True))]
    kinds = verdicts_of(*rows, "Died | 249 (21%)", header="Outcome | Placebo (n = 1164), n (%)")
    assert kinds == [("same-count-two-percentages", "doubtful")] * expected


def unsized(last: str) -> list[tuple[str, str]]:
    """Percentages of a column that prints no size, but is of 31 people; 620 of the other."""
    rows = (
        "Women, n (%) | 12 (38.7) | 451 (72.74)",
        "Smokers, n (%) | 10 (32.3) | 115 (18.55)",
        "Diabetes, n (%) | 7 (22.6) | 174 (28.06)",
        "Asthma, n (%) | 11 (35.5) | 161 (25.97)",
        "Gout, n (%) | 9 (29.0) | 114 (18.39)",
    )
    return verdicts_of(*rows, last, header="Characteristic | Drug | Placebo")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Cancer, n (%) | 13 (41.9) | 56 (9.03)", []),
        ("Cancer, n (%) | 13 (61.9) | 56 (9.03)", [DOUBTFUL]),
        ("Cancer, n (%) | 13 (41.9) | 56 (19.05)", [DOUBTFUL]),
        ("Cancer, n (%) | 13 (43.3) | 56 (9.03)", []),  # one missing
        ("Cancer, n (%) | 17 (50.0) | 56 (9.03)", [DOUBTFUL]),  # more people than there are
        ("Men with gout, n (%) | 4 (44.4) | 60 (52.6)", []),  # a subset, in both groups
    ],
)
def test_a_size_that_most_of_the_column_fits(row: str, expected: list[tuple[str, str]]) -> None:
    assert unsized(row) == expected


def test_few_percentages_do_not_determine_a_size() -> None:
    rows = ("Women, n (%) | 12 (38.7) | 15 (45.5)", "Smokers, n (%) | 10 (32.3) | 11 (33.3)")
    last = "Asthma, n (%) | 9 (50.0) | 9 (27.3)"
    assert verdicts_of(*rows, last, header="Characteristic | Drug | Placebo") == []


def test_a_total_beside_them_is_the_base_of_a_row() -> None:
    header = "Group | Total | Intact, n (%) | Damaged, n (%)"
    rows = (
        "Control | 73 | 72 (99) | 1 (1)",
        "One | 89 | 79 (89) | 10 (11)",
        "Two | 96 | 84 (88) | 12 (12)",
        "Three | 83 | 78 (94) | 5 (6)",
    )
    assert verdicts_of(*rows, header=header) == []
    assert verdicts_of(*rows[:3], "Three | 83 | 78 (84) | 5 (6)", header=header) == [WRONG]


def test_percentages_below_a_limit() -> None:
    assert (
        verdicts_of(*ROWS[:3], "Coma, n (%) | 1 (<4) | 0", "Fever, n (%) | 5 (16.1) | 1 (3.0)")
        == []
    )
    rows = (*ROWS, "Coma, n (%) | 7 (<4) | 0")
    assert [kind for kind, _ in verdicts_of(*rows)] == ["percentage-of-count"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # Below a label "(%)", pairs are counts where all but one fit their columns.
        ("Smokers (%) | 12 (38.7) | 15 (62.5)", [DOUBTFUL]),
        ("Body fat (%) | 36 (7.7) | 35 (7.9)", []),
        ("HbA1c (%) | 7.2 (0.9) | 7.4 (1.1)", []),
        # No count may exceed its group.
        ("Cured, n (%) | 31 (109) | 33 (100)", [WRONG]),
        ("Renal failure, n (%) | 31 (100) | 33 (100)", []),
        # As a percentage of the row, all figures must be of its sum.
        ("Renal failure, n (%) | 1 (19) | 4 (12)", [DOUBTFUL]),
        ("Renal failure, n (%) | 1 (20.0) | 4 (80.0)", []),
    ],
)
def test_how_a_row_declares_its_figures(row: str, expected: list[tuple[str, str]]) -> None:
    assert verdicts_of(*ROWS, row) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Cured | 12 (38.7) | 15 (45.5) | 27 (42.2)", []),
        ("Cured | 12 (38.7) | 15 (45.5) | 27 (24.2)", [WRONG]),
        ("Age | 38 (12.1) | 15 (45.5) | 37 (11.9)", []),
    ],
)
def test_counts_below_a_heading_of_means(row: str, expected: list[tuple[str, str]]) -> None:
    """A heading "n (%) or mean (SD)" does not say what each row is: two figures that fit do."""
    kind = "n (%) or mean (SD)"
    header = f"Outcome | Drug (n = 31), {kind} | Placebo (n = 33), {kind} | All (n = 64), {kind}"
    fitting = (
        "Women | 12 (38.7) | 15 (45.5) | 27 (42.2)",
        "Smokers | 10 (32.3) | 11 (33.3) | 21 (32.8)",
        "Diabetes | 2 (6.5) | 3 (9.1) | 5 (7.8)",
    )
    assert verdicts_of(*fitting, row, header=header) == expected


def test_a_size_inferred_from_other_rows_makes_a_row_doubtful_at_most() -> None:
    header = "Characteristic, n (%) | Drug | Placebo"
    rows = [
        f"Row {n} | {n} ({n / 0.31:.1f}) | {n + 1} ({(n + 1) / 0.33:.1f})" for n in range(4, 10)
    ]
    assert verdicts_of(*rows, "Missing in some | 4 (14.3) | 5 (15.2)", header=header) == []
    assert verdicts_of(*rows, "Missing in many | 4 (20.0) | 5 (15.2)", header=header) == [DOUBTFUL]
    assert verdicts_of(*rows, "Too many | 24 (19.4) | 5 (15.2)", header=header) == [DOUBTFUL]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("Men, n (%) | 2 (3.2) | 3 (9.1)", "is 6.5%, not 3.2%."),
        (
            "Men, n (%) | 5 (18.15) | 3 (9.1)",
            "is 16.13%, not 18.15%; no denominator gives 18.15% for 5.",
        ),
        (
            "Men, n (%) | 18 (81.2) | 3 (9.1)",
            "is 58.1%, not 81.2%; no denominator gives 81.2% for 18.",
        ),
    ],
)
def test_a_message_has_the_base_and_as_many_digits_as_the_print(row: str, message: str) -> None:
    (finding,) = findings("shares", table(HEADER, *ROWS, row))
    assert f'of 31 (column "Drug (n = 31)") {message}' in finding.message


def test_a_row_is_named_by_all_its_labels() -> None:
    header = "Group | Sex | Drug (n = 31) | Placebo (n = 33)"
    rows = [f"Old | {row.replace(', n (%)', '').replace(')', '%)')}" for row in ROWS]
    (finding,) = findings("shares", table(header, *rows, "Old | Men | 2 (3.2%) | 3 (9.1%)"))
    assert str(finding.place) == 'Table 1, row "Old › Men", column "Drug (n = 31)"'


@pytest.mark.parametrize("header", ["Factor | n | %", "Factor | No | %", "Factor | N | % (of 300)"])
@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Gout | 81 | 27.0", []),
        ("Gout | 80 | 26.6", []),  # 26.67, cut off
        ("Gout | 81 | 28.4", []),  # 285 may have answered
        ("Gout | 162 | 20.5", [WRONG]),  # of 790
    ],
)
def test_counts_and_percentages_in_columns_of_their_own(
    header: str, row: str, expected: list[tuple[str, str]]
) -> None:
    rows = [f"Item {n} | {n} | {n / 3:.1f}" for n in (31, 47, 95, 127, 155, 203, 244)]
    found = verdicts_of(*rows, row, header=header)
    assert [kind for kind, _ in found] == [kind for kind, _ in expected]
    if "300" in header:
        assert found == expected


def test_a_column_of_answers_is_not_of_numbers() -> None:
    header = "Item | Yes | No | %"
    rows = [f"Item {n} | {n} | {50 - n} | {2 * n}" for n in (11, 17, 25, 27, 35, 43)]
    assert verdicts_of(*rows, header=header) == []


def test_a_number_and_percentage_of_two_cells_are_named_apart() -> None:
    rows = ("Stage | | ", "  I | 10 | 25.0", "  II | 20 | 50.0", "  III | 10 | 22.0")
    (finding,) = findings("shares", table("Factor | n | % (of 40)", *rows))
    assert finding.message.endswith("10 of 40 (25.0%), but 10 and 22.0 are printed.")


@pytest.mark.parametrize(
    ("cell", "is_found"),
    [
        ("26.7 (12/45)", False),
        ("29.7 (12/45)", True),
        ("76.2 (12/45)", True),
        ("57 (12/45)", False),
    ],
)
def test_a_percentage_before_its_counts_may_be_far_off(cell: str, *, is_found: bool) -> None:
    """57 is the sum of 12 and 45: a number of people and its two parts."""
    rows = ("Relief | 22.2 (10/45)", "Nausea | 11.1 (5/45)", f"Pain | {cell}")
    found = findings("shares", table(" | Drug, % (n/N)", *rows))
    assert [finding.printed for finding in found] == ([(cell,)] if is_found else [])


@pytest.mark.parametrize(
    ("cell", "is_found"),
    [("12 (25.0)", False), ("9 (33.3)", False), ("12 (29.0)", True), ("9 (25.7)", True)],
)
@pytest.mark.parametrize("header", ["Drug (n = 71)", "Drug"])
def test_a_row_may_be_of_the_people_of_a_row_above(
    header: str, cell: str, *, is_found: bool
) -> None:
    """12 are a quarter of the 48 with a response, 9 a third of the 27 with a relapse."""
    rows = ("Treated | 71 (100.0)", "Response | 48 (67.6)", "Relapse | 27 (38.0)", f"Late | {cell}")
    found = findings("shares", table(f" | {header}, n (%)", *rows))
    assert [finding.printed for finding in found] == ([(cell,)] if is_found else [])
