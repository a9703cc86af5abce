"""Printed text is found where it occurs, and nowhere else; its numbers are read as numbers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.sources.figures import figures
from kb.sources.match import digits_of, find, holds_date, holds_number, numbers
from kb.sources.normalise import fold

# --- what must be found: printed text, and an extracted text ----------------------------------

FOUND = [
    # dashes and minus signs
    ("15-64", "age 34 (range 15–64)"), ("15–64", "age 34 (range 15-64)"),
    ("5%-10%", "in 5% – 10% of them"), ("28%–50%", "28%—50%"), ("-0.5", "a change of −0.5 points"),
    ("grade 3-4", "grade 3–4 events"),
    ("0.7–98 ×10^9/L", r"(range $0.7\text{--}98 \times 10^9/L$)"),
    # spaces and lines
    ("7.7 months", "7.7\u00a0months"), ("7.7 months", "7.7\u2009months"),
    ("7.7 months", "was 7.7\n\nmonths in"), ("p<0.001", "p < 0.001"), ("p < 0.001", "p<0.001"),
    ("p=0.03", "*p* =\n0.03,"), ("p=0.03", "(P = 0.03)"), ("63%", "63 %"), ("(63%)", "( 63% )"),
    ("24/57", "24 / 57 of them"), ("12\t3", "12\t3"), ("patient-related", "patient-\n\nrelated"),
    # LaTeX
    ("p=0.03", "$p = 0.03$, and"), ("p<0.001", "$p < 0.001$)"), ("p=ns", "($p =$ ns)"),
    ("p ns", r"$p \text{ ns}$ was"), ("≥55", r"$\geq 55$ years"), ("≥3", r"$\geqslant{}3$"),
    ("≤6 cycles", "≤ 6 cycles"), ("<0.01%", r"$<0.01\%$ of cells"), ("10^-4", "(10^{-4}) cells"),
    ("10⁻⁴", "$10^{-4}$"), ("9 µg/day", r"$9 \mu\text{g}/\text{day}$"),
    ("15 µg/m²/day", r"$15\ \mu\text{g}/\text{m}^2/\text{day}$"),
    ("1.8 mg/m²", r"$1.8 \text{ mg}/\text{m}^2$ for"), ("4.8 × 10⁹/L", r"$4.8 \times 10^9/L$"),
    ("±2 days", r"( $\pm 2$  days)"), ("~93%", r"$\sim 93\%$"), ("~93%", "≈93%"),
    ("5 mg", "$5~\\mathrm{mg}$"),
    # HTML and Markdown
    ("0.8 mg/m²", "0.8 mg/m<sup>2</sup> on"), ("0.8 mg/m^2", "0.8 mg/m <sup>2</sup> on"),
    ("0.8 mg/m^2", "0.8 mg/m² on"), ("n=49", "*n* = 49)"), ("63%", "**63**%"), ("<5%", "&lt;5%"),
    ("33 (15-64)", "33 (15–64) *\tAge"), ("7.7 months", "7.7 months<sup>12</sup> were"),
    # other characters
    ("0.61", "HR 0·61"), ("28 µg", "28 \u03bcg"), ("patients' age", "patients\u2019 age"),
    ("≥3", "⩾3"), ("≥3", ">=3"), ("17", "1\u200b7 of them"),
    # edges that cut nothing
    ("49", "n=49"), ("12", "after 12."), ("12", "12, 14"), ("6", "a 6-month course"),
    ("28", "28mg"), ("45", "adults—45 of them"), ("CD19", "CD19+ cells"), ("ns", "p ns)"),
    ("month", "1 month."), ("30 000/mL", "30 000/mL"), ("30 000", "30\u2009000 per"),
    ("14 500 mg", "group: 14 500 mg"), ("14", "group: 14 500 mg"),
    ("DL1: 100/200/200", "(DL1: 100/200/200 mg;"), ("2:1", "in a 2:1 ratio"),
    # fragments
    ("7.7 … 4 months … p=0.01", "7.7 vs. 4 months; $p=0.01$"),
    ("12 weeks … 44% … 25%", "After 12 weeks the rate was 44% against 25%"),
    ("44% … 44%", "44% and 44%"),
]  # fmt: skip

# --- what must not be found -------------------------------------------------------------------

REFUSED = [
    # a digit more or less, a decimal mark moved
    ("7.7", "17.7"), ("7.7", "7.75"), ("7.7", "3.7.7"), ("7.7", "7.7.3"), ("7.7", "77"),
    ("7", "7.7"), ("7", "0.7"), ("77", "7.7"), ("7.70", "7.7"), ("03", "p=.03"),
    ("0.026", "0.0260"), ("4%", "44%"), ("4", "4%"), ("4", "4 %"), ("44", "44.0"), ("0.61", "0,61"),
    ("1·6", "16"),
    # thousands
    ("134", "2,134"), ("2", "2,134"), ("000", "30 000/mL"), ("30", "30 000/mL"),
    ("134", "2\u2009134"), ("567", "1 234 567"),
    # operators and signs
    ("10%", "<10%"), ("10%", "> 10%"), ("55 years", r"$\geq 55$ years"), ("P>0.001", "P<0.001"),
    ("<0.001", "=0.001"), ("p=0.05", "p<0.05"), ("≥3", ">3"), ("93%", "~93%"),
    ("2 days", "±2 days"), ("0.5", "−0.5"), ("-0.5", "0.5"), ("5", "+5"), ("65", "65+ years"),
    ("30 000/mL", "<30 000/mL"), ("$5", "5"), ("5", "\\$5"),
    # ranges, fractions, ratios, powers
    ("64", "15–64"), ("15", "15–64"), ("-64", "15–64"), ("5%", "5%–10%"), ("10%", "5% – 10%"),
    ("24", "24/57"), ("57", "24/57"), ("200", "100/200/200"), ("1", "2:1"),
    ("4.8", r"$4.8 \times 10^9/L$"), ("10^9/L", r"4.8 \times 10^9/L"), ("10", "(10^{-4})"),
    ("4", "10^-4"), ("mg/m", "mg/m<sup>2</sup>"), ("mg/m2", "mg/m<sup>2</sup>"),
    # words, names, units
    ("month", "months"), ("ns", "patients"), ("19", "CD19"), ("19", "COVID-19"), ("123", "CD-123"),
    ("5 mg", "5 µg"), ("5 months", "5 weeks"), ("5 mg", "5 mcg"), ("CR", "CRi"), ("cr", "CR"),
    ("12 patients", "12 cases"),
    # markup that must not make digits grow together
    ("12", "1<i>2</i>"), ("12", "1**2"), ("102", "10_{2}"), ("102", "10<sub>2</sub>"),
    ("12", "1{2}"),
    # cells of a table are not joined
    ("5-7", "5\t–\t7"), ("24/57", "24\t/\t57"),
    # fragments
    ("4 months … 7.7", "7.7 vs. 4 months"), ("44% … 44%", "44% and 25%"), ("44% … 4%", "44%"),
    ("1 … 2", "1" + " word" * 200 + " 2"), ("", "anything"), (" … 44%", "44%"), ("…", "a … b"),
    ("7.7 … ", "7.7"),
]  # fmt: skip


@pytest.mark.parametrize(("printed", "text"), FOUND)
def test_printed_text_is_found_despite_typography(printed: str, text: str) -> None:
    assert find(printed, fold(text))


@pytest.mark.parametrize(("printed", "text"), REFUSED)
def test_printed_text_is_not_found_where_it_does_not_occur(printed: str, text: str) -> None:
    assert not find(printed, fold(text))


def test_a_match_has_its_fragments_in_the_original() -> None:
    text = "After  12 weeks: $p \\geq 0.5$ and 15–64."
    (match,) = find("12 weeks … p≥0.5 … 15-64", fold(text))
    assert [text[a:b] for a, b in match.spans] == ["12 weeks", "p \\geq 0.5", "15–64"]
    assert match.context(2) == "12 weeks: $p \\geq 0.5$ and 15–64."


def test_an_occurrence_takes_the_nearest_fragments_after_it() -> None:
    matches = find("a … b", fold("a a b b a b"))
    assert [match.spans for match in matches] == [
        ((0, 1), (4, 5)),
        ((2, 3), (4, 5)),
        ((8, 9), (10, 11)),
    ]


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("It cost $5 to $10.", "It cost \uff045 to \uff0410."),
        ("<sup>90</sup>Y", "^90Y"),
        ("MRD<sup>−</sup>", "MRD^-"),
        ("38$^{\\circ}$C", "38°C"),
        ("_in vivo_ a_b", "in vivo a_b"),
        ("2 * 3", "2 * 3"),
        ("aged <60 and >50", "aged<60 and>50"),
        ("if a <b and c> d", "if a<b and c>d"),
        (r"\unknown{x}", r"\unknownx"),
        ("P-value P = 0.5", "P-value p=0.5"),
        ("44% — 25 patients", "44% - 25 patients"),
    ],
)
def test_only_typography_is_normalised(text: str, folded: str) -> None:
    assert fold(text).text == folded


# --- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("7.7 vs. 4 months; p=0.01", "7.7 4 =0.01"),
        ("30 000/mL", "30000"),
        ("2,134 patients", "2134"),
        ("1,234.5", "1234.5"),
        ("days 1, 8, 15", "1 8 15"),
        ("1,8,15", "1 8 15"),
        ("0.8/0.5/0.5 mg/m²", "0.8 0.5 0.5"),
        ("24/57 (42%)", "24 57 42"),
        ("15-64", "15 64"),
        ("28%–50%", "28 50"),
        ("10^-4", "0.0001"),
        ("4.8 ×10^9/L (0.7–98 ×10^9/L)", "4.8 0.7 98"),
        ("p=.03", "=0.03"),
        ("−0.5 (−1.2 to −0.1)", "-0.5 -1.2 -0.1"),
        ("~93% ≥3 ≤6 <5% >80%", "~93 ≥3 ≤6 <5 >80"),
        ("±2 days", "2"),
        ("14 500 mg", "14 500"),
        ("1 234 567", "1234567"),
        ("Twenty-seven of seventy-eight", "27 78"),
        ("twenty five", "25"),
        ("one of four, none", "1 4"),
        ("first, second, third", ""),
        ("1st or 2nd", "1 2"),
        ("two-thirds, twenty-first, two hundred", ""),
        ("often, everyone, tenfold, TEN", ""),
        ("28mg, 6-month, 2-year, 4x", "28 6 2 4"),
        ("CD19, E1910, NCT02013167, DL1, IgG4, G3/4, CD-123, CMC-544", ""),
        ("6-mercaptopurine, 4-1BB, 4-(4'-acetyl), t(8;14), 5q", ""),
        ("BCR::ABL1, PAX5 P80R, TCF3-PBX1, ETV6-RUNX1-like, m^2, ^90Y", ""),
        ("phase 1b", "1"),
        ("adults—45 of them", "45"),
        ("2.1.2", ""),
        ("doi 10.1002/ajh.24137, https://a.b/12, a1@b.org", ""),
        ("n = 49, phases 1–2—1010", "=49 1 2 1010"),
    ],
)
def test_all_numbers_of_a_printed_text_are_read(printed: str, expected: str) -> None:
    found = [f"{n.operator}{n.value.normalize():f}" for n in numbers(printed)]
    assert " ".join(found) == expected


@pytest.mark.parametrize(
    ("printed", "value", "operator", "holds"),
    [
        ("4.0 months", "4", "", True),
        ("4%", "44", "", False),
        ("17.7", "7.7", "", False),
        ("<10%", "10", "<", True),
        ("<10%", "10", "", False),
        ("<10%", "10", ">", False),
        ("<10%", "10", "any", True),
        ("10%", "10", "<", False),
        ("≥3", "3", ">", False),
        ("p=0.01", "0.01", "", True),
        ("p=0.01", "0.01", "=", True),
        ("p 0.01", "0.01", "=", True),
        ("approximately 40%", "40", "~", True),
        ("approximately 40%", "40", "", True),
        ("less than 5%", "5", "<", True),
        ("more than 80%", "80", ">", True),
        ("more than 80%", "80", "≥", False),
        ("at least 3", "3", "≥", True),
        ("3 or more", "3", "≥", True),
        ("60 years or older", "60", "≥", True),
        ("65+", "65", "≥", True),
        ("up to 5 cycles", "5", "≤", True),
        ("Twenty-seven", "27", "", True),
        ("2 134", "2134", "", True),
        ("2 134", "134", "", True),
        ("30 000", "30", "", False),
        ("88 657 of 98 942 tumours", "88657", "", True),
        ("88 657 of 98 942 tumours", "657", "", False),
        ("14 500 of 98", "500", "", True),
        ("−0.5", "0.5", "", False),
        ("44%", "44", "nonsense", False),
    ],
)
def test_a_number_is_found_with_its_operator(
    printed: str, value: str, operator: str, holds: bool
) -> None:
    assert holds_number(printed, Decimal(value), operator) is holds


def test_digits_are_returned_as_printed() -> None:
    values = (Decimal("7.7"), Decimal(30000), Decimal(12))
    assert [digits_of("7.70, 30 000, twelve", value) for value in values] == [
        "7.70",
        "30 000",
        "12",
    ]


@pytest.mark.parametrize(
    ("printed", "value", "unit", "digits"),
    [
        ("0/34 (0.0%)", "0", "%", "0.0"),
        ("0/34 (0.0%)", "0", "patients", "0"),
        ("36 of 100 (36.0%)", "36", "%", "36.0"),
        ("36 (36.0)", "36", "%", "36.0"),
        ("36 of 100 (36.0 percent)", "36", "%", "36.0"),
        ("36%", "36", "%", "36"),
        ("1½ years", "1.5", "years", "1.5"),
        ("−0.50 months", "-0.5", "months", "-0.50"),
    ],
)
def test_the_digits_of_a_share_are_its_own(
    printed: str, value: str, unit: str, digits: str
) -> None:
    assert digits_of(printed, Decimal(value), unit) == digits


@pytest.mark.parametrize(
    ("printed", "date", "holds"),
    [
        ("in August 2017", "2017-08", True),
        ("in Aug. 2017", "2017-08", True),
        ("in August 2017", "2017", True),
        ("in August 2017", "2017-07", False),
        ("in August 2017", "2018-08", False),
        ("March 2013 and February 2020", "2013-02", False),
        ("March 2013 and February 2020", "2020-02", True),
        ("5 March 2013", "2013-03-05", True),
        ("March 5, 2013", "2013-03-05", True),
        ("March 15, 2013", "2013-03-05", False),
        ("2013-03-05", "2013-03-05", True),
        ("2013-03-05", "2013-03", True),
        ("03/2013", "2013-03", True),
        ("March–August 2017", "2017-03", True),
        ("12017", "2017", False),
        ("2017.5", "2017", False),
    ],
)
def test_a_date_is_found(printed: str, date: str, holds: bool) -> None:
    assert holds_date(printed, date) is holds


def test_an_invalid_date_is_refused() -> None:
    with pytest.raises(ValueError, match="2017-08-05"):
        holds_date("2017", "August 2017")


# --- properties -------------------------------------------------------------------------------

# Without tabs and em dashes, which folding looks at in the original before it levels them.
PIECES = st.sampled_from(
    [
        *(
            "7",
            "12",
            "0.5",
            "30 000",
            "%",
            " ",
            "\n",
            "-",
            "–",
            "<",
            "≥",
            "=",
            "p",
            "P",
            "CD",
            "word",
        ),
        *(
            "mg/m",
            "<sup>",
            "</sup>",
            "<i>",
            "$",
            "\\geq",
            "\\times",
            "^{2}",
            "{",
            "}",
            "²",
            "*",
            "_",
        ),
        *("~", "\\text{", "\\%", "(", ")", "/", ",", ".", "±", "+/-", "&lt;", "µ", "\u00a0", ";"),
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join)
PLAIN_NUMBERS = st.from_regex(r"[1-9][0-9]{0,4}(\.[0-9]{1,3})?", fullmatch=True)
FRAMES = st.sampled_from(
    ["{} months", "({}%)", "n = {}", "$p<{}$", "{}–70", "3/{}", "≥ {} x", "a {}"]
)


@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once


@given(TEXTS)
def test_offsets_never_decrease_and_are_within_the_text(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) == len(folded.offsets) == len(folded.ends)
    assert all(a <= b for a, b in itertools.pairwise(folded.offsets))
    assert all(0 <= a < b <= len(text) for a, b in zip(folded.offsets, folded.ends, strict=True))


@given(TEXTS)
def test_normalising_keeps_every_digit_in_order(text: str) -> None:
    raised = text.replace("²", "2")
    assert [c for c in fold(text).text if c.isdigit()] == [c for c in raised if c.isdigit()]


@given(PLAIN_NUMBERS, FRAMES)
def test_a_number_is_found_in_its_own_text(number: str, frame: str) -> None:
    printed = frame.format(number)
    assert find(printed, fold(f"Before, {printed}; after."))


@given(PLAIN_NUMBERS, FRAMES, st.data())
def test_a_number_with_one_changed_digit_is_never_found(
    number: str, frame: str, data: st.DataObject
) -> None:
    text = fold(f"Before, {frame.format(number)}; after.")
    place = data.draw(st.sampled_from([i for i, c in enumerate(number) if c.isdigit()]))
    digit = data.draw(st.sampled_from("0123456789"))
    changed = number[:place] + digit + number[place + 1 :]
    longer = number[:place] + digit + number[place:]
    shorter = number[:place] + number[place + 1 :]
    assume(changed != number)
    for wrong in (changed, longer, shorter):
        if wrong.strip("."):
            assert not find(frame.format(wrong), text)
            assert wrong == "" or not find(wrong, text) or wrong in ("3", "70")


@given(PLAIN_NUMBERS)
def test_a_number_is_read_as_itself(number: str) -> None:
    assert [n.value for n in numbers(f"x {number} y")] == [Decimal(number)]


# --- hostile texts ----------------------------------------------------------------------------

SIZE = 30_000
HOSTILE = [
    "1" * SIZE, "111," * (SIZE // 4) + "1", "1 " * (SIZE // 2), "111 " * (SIZE // 4),
    "1.1" * (SIZE // 3), "a" * SIZE, "a-" * (SIZE // 2), "a-\n" + "\n" * SIZE, " " * SIZE,
    "$ =" * (SIZE // 3), "$" * SIZE, "\\" * SIZE, "<sup " * (SIZE // 5), "<sup>" * (SIZE // 5),
    "<b a='" + ' a="' * (SIZE // 4), "{" * SIZE, "^" * SIZE, "*" * SIZE, "* " * (SIZE // 2),
    "_" * SIZE, "[" * SIZE, "[1" * (SIZE // 2), "a@" * (SIZE // 2), "@" * SIZE,
    "Table 1," * (SIZE // 8), "twenty-" * (SIZE // 7), "10^" * (SIZE // 3), "&lt" * (SIZE // 3),
    "- " * (SIZE // 2), "https://" * (SIZE // 8),
]  # fmt: skip


def within(seconds: float, action: Callable[[], object]) -> None:
    """The limit is far above linear time and far below quadratic time."""
    start = time.process_time()  # a busy machine does not count
    action()
    assert time.process_time() - start < seconds


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:8]))
def test_matching_takes_linear_time(text: str) -> None:
    def read() -> None:
        folded = fold(text)
        figures(folded)
        find("1 … 11 … twenty", folded)
        find(text[:700], folded)

    within(30, read)


def test_a_very_long_printed_text_is_not_found() -> None:
    text = fold("1 " * 1000)
    assert find("1 " * 500, text) == []
    assert find(" … ".join("1" * 50), text) == []
    within(30, lambda: find("… " * SIZE, text))


def test_numbers_of_any_size_are_read() -> None:
    assert len(str(numbers("9" * 10_000)[0].value)) == 10_000
    assert numbers("10^999")[0].value == Decimal("1E999")
    assert [n.text for n in numbers("10^99999")] == ["10"]
