"""Small JATS articles, made of the parts that a test is about."""

from __future__ import annotations

from kb.papers.jats import read_jats
from kb.papers.paper import Paper, Table


def article(body: str = "", back: str = "", meta: str = "", attributes: str = "") -> bytes:
    return (
        '<article xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'xmlns:mml="http://www.w3.org/1998/Math/MathML" {attributes}>'
        f"<front><article-meta>{meta}</article-meta></front>"
        f"<body>{body}</body><back>{back}</back></article>"
    ).encode()


def read(body: str = "", back: str = "", meta: str = "", attributes: str = "") -> Paper:
    return read_jats(article(body, back, meta, attributes), "sample.xml")


def texts(body: str) -> list[str]:
    """The paragraphs of a section with this content."""
    paper = read(f"<sec><title>Results</title>{body}</sec>")
    return [p.text for s, p in paper.paragraphs() if s.id == "Results"]


def table(rows: str, around: str = "") -> Table:
    """The one table with these rows."""
    wrap = f"<table-wrap><label>Table 1</label>{around}<table>{rows}</table></table-wrap>"
    [one] = read(f"<sec><title>Results</title>{wrap}</sec>").tables
    return one


def grid(one: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in one.grid]
