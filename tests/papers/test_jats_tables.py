"""Tables of JATS: spans, headers, indents, footnotes."""

from __future__ import annotations

import pytest
from support.jats_samples import grid, read, table

from kb.papers.jats_tables import PICTURE


def test_spans_of_several_header_rows_are_resolved() -> None:
    one = table(
        "<thead><tr><th rowspan='2'>Age</th><th colspan='2'>Drug</th><th rowspan='2'>P</th></tr>"
        "<tr><th>n</th><th>%</th></tr></thead><tbody><tr><td>34</td><td>1</td><td>2</td>"
        "<td>3</td></tr></tbody>"
    )
    assert (one.header_rows, one.width) == (2, 4)
    assert [one.column_path(i) for i in range(4)] == [
        ("Age",),
        ("Drug", "n"),
        ("Drug", "%"),
        ("P",),
    ]
    assert one.grid[0][1] is one.grid[0][2]


@pytest.mark.parametrize(
    ("names", "above"),
    [
        ("abab", ["", "I", "I", "II", "II"]),
        ("abac", ["", "", "I", "II", ""]),  # nothing repeats
        ("aaaa", ["", "", "I", "II", ""]),
    ],
)
def test_headings_stand_over_the_columns_that_repeat(names: str, above: list[str]) -> None:
    cells = "".join(f"<th>{name}</th>" for name in names)
    body = "<tr>" + "".join(f"<td>{i}</td>" for i in range(5)) + "</tr>"
    one = table(
        f"<thead><tr><th/><th/><th>I</th><th>II</th><th/></tr><tr><th/>{cells}</tr></thead>"
        f"<tbody>{body}</tbody>"
    )
    assert [cell.text for cell in one.grid[0]] == above


_WIDE = "<th colspan='2'>Drug</th><th colspan='2'>Dummy</th>"


@pytest.mark.parametrize(
    ("head", "paths"),
    [
        # The second row is as wide as the wide cells of the first: it stands below them.
        (
            f"<tr><th>Age</th>{_WIDE}<th>P</th></tr><tr><th>n</th><th>%</th><th>n</th><th>%</th></tr>",
            [("Age",), ("Drug", "n"), ("Drug", "%"), ("Dummy", "n"), ("Dummy", "%"), ("P",)],
        ),
        # Else it stands where its cells are.
        (
            f"<tr><th>Age</th>{_WIDE}<th>P</th></tr><tr><th>n</th><th>%</th></tr>",
            [("Age", "n"), ("Drug", "%"), ("Drug",), ("Dummy",), ("Dummy",), ("P",)],
        ),
    ],
)
def test_a_header_may_have_lost_the_spans_of_its_narrow_cells(
    head: str, paths: list[tuple[str, ...]]
) -> None:
    body = "<tr>" + "".join(f"<td>{i}</td>" for i in range(6)) + "</tr>"
    one = table(f"<thead>{head}</thead><tbody>{body}</tbody>")
    assert [one.column_path(i) for i in range(one.width)] == paths


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            "<tr><td colspan='9'>All</td></tr><tr><td>a</td><td>b</td></tr>",
            [["All"] * 2, ["a", "b"]],
        ),
        ("<tr><td rowspan='9'>a</td><td>b</td></tr><tr><td>c</td></tr>", [["a", "b"], ["a", "c"]]),
        ("<tr><td rowspan='0'>a</td><td>b</td></tr><tr><td>c</td></tr>", [["a", "b"], ["a", "c"]]),
        ("<tr><td colspan='x'>a</td><td>b</td></tr>", [["a", "b"]]),
        ("<tr><td>a</td></tr><tr><td>b</td><td>c</td></tr>", [["a", ""], ["b", "c"]]),
        (
            "<thead><tr><th rowspan='3'>a</th><th>b</th></tr></thead>"
            "<tbody><tr><td>c</td><td>d</td></tr></tbody>",
            [["a", "b"], ["c", "d"]],
        ),
        (
            "<tbody><tr><td>a</td></tr></tbody><tbody><tr><td>b</td></tr></tbody>"
            "<tfoot><tr><td>f</td></tr></tfoot>",
            [["a"], ["b"], ["f"]],
        ),
        ("<tr><td><p>12</p><p>57</p></td><td>1<break/>2</td></tr>", [["12 57", "1 2"]]),
    ],
)
def test_rows_are_laid_out_as_browsers_do(rows: str, expected: list[list[str]]) -> None:
    assert grid(table(rows)) == expected


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        ("<tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr>", 1),
        ("<tr><td>a</td><td>b</td></tr><tr><td>c</td><td>2</td></tr>", 1),
        (
            "<tr><td></td><td colspan='2'>Drug</td></tr><tr><td></td><td>n</td><td>%</td></tr>"
            "<tr><td>Age</td><td>3</td><td>4</td></tr>",
            2,
        ),
    ],
)
def test_a_header_that_is_not_marked_is_recognised_by_its_cells(rows: str, number: int) -> None:
    assert table(rows).header_rows == number


@pytest.mark.parametrize(
    "label",
    [
        "<td>\u2003Male</td>",
        "<td>&#160;&#160;Male</td>",
        "<td style='padding-left:2em'>Male</td>",
        "<td content-type='indent'>Male</td>",
        "<td><p style='margin-left: 12pt'>Male</p></td>",
        "<td><bold>\u2003Male</bold></td>",
    ],
)
def test_an_indented_label_is_below_its_heading(label: str) -> None:
    one = table(
        "<thead><tr><th>x</th><th>n</th></tr></thead><tbody><tr><td>Sex</td><td/></tr>"
        f"<tr>{label}<td>34</td></tr><tr><td>Age</td><td>57</td></tr></tbody>"
    )
    assert [one.row_path(i) for i in (2, 3)] == [("Sex", "Male"), ("Age",)]
    assert one.grid[2][0].indent == 1


def test_footnotes_keep_their_marks() -> None:
    one = table(
        "<tr><td>34<xref ref-type='table-fn' rid='x'>a</xref></td></tr>",
        "<table-wrap-foot><fn><label>a</label><p>At entry.</p></fn><p>Data are n (%). <sup>b</sup>"
        "All. <sup>c</sup>None.</p><fn><p>* P &lt; 0.05</p></fn></table-wrap-foot>",
    )
    assert one.grid[0][0].text == "34<sup>a</sup>"
    assert [(n.mark, n.text) for n in one.footnotes] == [
        ("a", "At entry."),
        ("", "Data are n (%)."),
        ("b", "All."),
        ("c", "None."),
        ("*", "P < 0.05"),
    ]


def test_several_tables_in_one_wrap_share_label_and_caption() -> None:
    wrap = (
        "<table-wrap-group><caption><p>Both</p></caption><table-wrap><label>Table 2.</label>"
        "<caption><p>Ages</p></caption><table><tr><td>1</td></tr></table>"
        "<table><tr><td>2</td></tr></table></table-wrap></table-wrap-group>"
    )
    tables = read(f"<sec><title>A</title>{wrap}</sec>").tables
    assert [(t.id, t.label, t.caption) for t in tables] == [
        ("Table 2", "Table 2.", "Both Ages"),
        ("Table 2 (2)", "Table 2.", "Both Ages"),
    ]


def test_a_table_that_is_a_picture_is_named() -> None:
    paper = read(
        "<sec><title>A</title><table-wrap><label>Table 1</label><graphic/></table-wrap></sec>"
    )
    assert paper.tables[0].grid == ()
    assert paper.unsure == (f"Table 1: {PICTURE}",)


def test_the_cells_are_preferred_to_their_picture() -> None:
    inner = "<alternatives><graphic/><table><tr><td>1</td></tr></table></alternatives>"
    [one] = read(f"<sec><title>A</title><table-wrap>{inner}</table-wrap></sec>").tables
    assert (one.id, grid(one)) == ("Table", [["1"]])


def test_oasis_tables_are_read() -> None:
    [one] = read(
        "<sec><title>A</title><table-wrap><label>Table 1</label><table><tgroup cols='3'>"
        "<colspec colname='c1'/><colspec colname='c2'/><colspec colname='c3'/><thead><row>"
        "<entry morerows='1'>Age</entry><entry namest='c2' nameend='c3'>Drug</entry></row><row>"
        "<entry colname='c2'>n</entry><entry colname='c3'>%</entry></row></thead><tbody><row>"
        "<entry>34</entry><entry>1</entry><entry>2</entry></row></tbody></tgroup></table>"
        "</table-wrap></sec>"
    ).tables
    assert grid(one) == [["Age", "Drug", "Drug"], ["Age", "n", "%"], ["34", "1", "2"]]
    assert one.header_rows == 2
