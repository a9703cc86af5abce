"""Papers typeset by Chromium in the looks of journals, and read again: each figure in its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from support.environment import chromium_program
from support.typeset import Look, html_of, print_pdf

from kb.papers.paper import (
    Cell,
    Figure,
    Footnote,
    Metadata,
    Paper,
    Paragraph,
    Reference,
    Section,
    Table,
    plain,
)
from kb.papers.pdf import read_pdf

pytestmark = pytest.mark.browser

_FIGURE = re.compile(r"[-−–<>≤≥=~±+]?\s?\d+(?:[.,·]\d+)*")
WORDS = re.findall(
    r"\S+",
    "patients treatment follow-up randomised median baseline difference between groups weeks of "
    "response survival adverse events analysis population after the and with in for was were",
)


def _sentences(seed: int, count: int) -> str:
    """Return sentences without sense, of words and figures of every kind."""
    parts: list[str] = []
    for n in range(seed, seed + count):
        words = [WORDS[(n * 7 + k * k) % len(WORDS)] for k in range(9)]
        figure = (
            f"{n % 89}.{n % 7} (95% CI {n % 13}.1–{n % 17 + 14}.9)",
            f"P < 0.0{n % 9 + 1}",
            f"−{n % 23}.5 ± {n % 5}.2 kg/m<sup>2</sup>",
            f"{n} × 10<sup>9</sup>/L",
            f"≥{n % 60 + 3}% of {n + 100} [{n % 30 + 1}]",
        )[n % 5]
        parts.append(f"{words[0].capitalize()} {' '.join(words[1:6])} {figure} {words[6]}.")
    return " ".join(parts)


def _table(number: int, columns: int, rows: int, section: str) -> Table:
    arms = [Cell(f"Arm {c} (n = {c * 17 + number})", 0, c, 1, 1, True) for c in range(1, columns)]
    grid = [(Cell("Characteristic", 0, 0, 1, 1, True), *arms)]
    for r in range(1, rows):
        label = f"Measure {r}, mean (SD)" if r % 4 else f"Change of measure {r} since baseline"
        cells = [Cell(_value(r, c), r, c) for c in range(1, columns)]
        grid.append((Cell(label, r, 0), *cells))
    note = Footnote("a", f"After {number + 3} weeks of treatment.")
    return Table(
        f"Table {number}",
        f"Table {number}",
        "Measures by arm of treatment",
        tuple(grid),
        1,
        (note,),
        section,
    )


def _value(row: int, column: int) -> str:
    n = row * 31 + column * 7
    kinds = (f"{n} ({n % 90}%)", f"−{n % 9}.{n % 10}", f"{n}.1 ± {n % 6}.4", f"<0.0{n % 9 + 1}")
    return kinds[(row + column) % 4]


def _paper() -> Paper:
    def section(title: str, seed: int, *path: str, kind: str = "body") -> Section:
        texts = (_sentences(seed, 14), _sentences(seed + 50, 9))
        paragraphs = tuple(map(Paragraph, texts))
        return Section(title, title, path, kind, paragraphs)  # type: ignore[arg-type]

    sections = (
        section("Abstract", 1, kind="abstract"),
        section("Introduction", 101),
        Section("Methods", "Methods"),
        section("Patients", 201, "Methods"),
        section("Statistical analysis", 301, "Methods"),
        Section("Results", "Results"),
        section("Response", 401, "Results"),
        section("Adverse events", 501, "Results"),
        section("Discussion", 601),
    )
    tables = (
        _table(1, 3, 18, "Patients"),
        _table(2, 6, 30, "Response"),
        _table(3, 4, 9, "Adverse events"),
    )
    references = tuple(
        Reference(n, f"Lee A, Kim B{chr(64 + n % 26 + 1)}. Trial {n} of it. Lancet 2001;{n}:{n}–9.")
        for n in range(1, 31)
    )
    metadata = Metadata(title="A trial of two drugs in adults", doi="10.1000/trial.1")
    figures = (Figure("Figure 1", "Figure 1", "Flow of 57 patients.", "Patients"),)
    return Paper(metadata, sections, tables, figures, references)


LOOKS = {
    "rules above and below": Look(),
    "every cell in a frame": Look(rules="full", size=9.5, numbered=True),
    "without rules": Look(rules="none", font="DejaVu Sans", size=8, table_size=7),
    "tables within columns": Look(widest=4, size=8, table_size=6.5, indented=True),
    "one column": Look(columns=1, justified=False, size=10, numbered=True),
    "three columns": Look(columns=3, size=8, table_size=7, gap=12, justified=False),
    "shaded rows": Look(rules="shaded", capitals=True, indented=True),
}


@pytest.fixture(scope="module", params=LOOKS)
def read(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Paper:
    program = chromium_program()
    if program is None:
        pytest.skip("needs Chromium")
    folder: Path = tmp_path_factory.mktemp("typeset")
    page = folder / "paper.html"
    page.write_text(html_of(_paper(), LOOKS[request.param]), encoding="utf-8")
    return read_pdf(print_pdf(program, page, folder / "paper.pdf").read_bytes(), "paper.pdf")


def _figures(texts: Iterable[str]) -> Counter[str]:
    joined = " ".join(map(plain, texts))
    return Counter(re.sub(r"\s", "", figure) for figure in _FIGURE.findall(joined))


def _by_title(paper: Paper) -> dict[str, Counter[str]]:
    return {
        section.title.lower(): _figures(paragraph.text for paragraph in section.paragraphs)
        for section in paper.sections
        if section.kind in ("abstract", "body") and section.paragraphs
    }


def test_every_figure_of_the_text_is_in_its_section_and_none_is_changed(read: Paper) -> None:
    assert _by_title(read) == _by_title(_paper())


def test_every_cell_is_in_its_row_and_column(read: Paper) -> None:
    for printed, table in zip(_paper().tables, read.tables, strict=True):
        texts = [[plain(cell.text) for cell in row] for row in table.grid]
        assert texts == [[plain(cell.text) for cell in row] for row in printed.grid]
        assert (table.label, table.header_rows) == (printed.label, printed.header_rows)


def test_raised_characters_captions_notes_and_references_are_kept(read: Paper) -> None:
    text = " ".join(paragraph.text for _, paragraph in read.paragraphs())
    assert "kg/m<sup>2</sup>" in text
    assert read.metadata.title == "A trial of two drugs in adults"
    assert [table.footnotes[0].mark for table in read.tables] == ["a", "a", "a"]
    assert [figure.caption for figure in read.figures] == ["Flow of 57 patients."]
    assert [entry.volume for entry in read.references] == [str(n) for n in range(1, 31)]
