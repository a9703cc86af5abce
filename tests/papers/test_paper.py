"""Paths of rows: which headings a row stands below."""

import pytest

from kb.papers.paper import Cell, Table


def paths(*labels: str) -> list[tuple[str, ...]]:
    """Rows of a table by their labels: leading spaces indent, a colon at the end is a heading."""
    grid = [(Cell("", 0, 0, header=True), Cell("Drug", 0, 1, header=True))]
    for i, label in enumerate(labels, 1):
        name = Cell(label.strip(" :"), i, 0, indent=len(label) - len(label.lstrip()))
        grid.append((name, Cell("" if label.endswith(":") else "1", i, 1)))
    table = Table("Table 1", "Table 1", "", tuple(grid), header_rows=1)
    return [table.row_path(i) for i in range(1, len(grid))]


@pytest.mark.parametrize(
    ("labels", "path"),
    [
        (("Sex:", " Male"), ("Sex", "Male")),
        (("Sex:", "Male"), ("Sex", "Male")),
        (("Sex:", " Male", "Age"), ("Age",)),
        (("Sex:", " Male", "ECOG:", " 0"), ("ECOG", "0")),
        (("Sex:", "Male", "ECOG:", "0"), ("ECOG", "0")),
        (("Toxicity:", " Liver:", "  ALT"), ("Toxicity", "Liver", "ALT")),
        (("Toxicity:", " Liver:", "  ALT", " Nausea"), ("Toxicity", "Nausea")),
        (("Age", "Weight"), ("Weight",)),
    ],
)
def test_a_row_stands_below_its_headings(labels: tuple[str, ...], path: tuple[str, ...]) -> None:
    assert paths(*labels)[-1] == path
