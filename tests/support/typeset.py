"""Papers typeset as PDF by Chromium, in the looks of journals, for tests of reading PDFs."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from html import escape
from pathlib import Path

from kb.papers.paper import Cell, Figure, Paper, Section, Table

RULES = {
    "full": "td,th{border:.5pt solid #000}",
    "horizontal": "table{border:solid;border-width:1pt 0}thead{border-bottom:.5pt solid}",
    "none": "",
    "shaded": "tbody tr:nth-child(odd){background:#e8eef4}",
}


@dataclass(frozen=True)
class Look:
    """How a paper is typeset."""

    columns: int = 2
    rules: str = "horizontal"
    widest: int = 0
    """Tables of more columns go over all columns of the page."""
    font: str = "DejaVu Serif"
    size: float = 9
    table_size: float = 8
    gap: float = 18
    justified: bool = True
    indented: bool = False
    """Paragraphs begin with an indent instead of a space above."""
    numbered: bool = False
    """Headings have numbers."""
    capitals: bool = False
    tagged: bool = False
    extra: str = ""


def _inline(text: str) -> str:
    return re.sub(r"&lt;(/?su[bp])&gt;", r"<\1>", escape(text, quote=False))


def _table(table: Table, look: Look) -> str:
    lines: list[str] = []
    for r, row in enumerate(table.grid):
        cells: list[str] = []
        for c, cell in enumerate(row):
            if (cell.row, cell.column) == (r, c):
                cells.append(_cell(cell, "th" if r < table.header_rows else "td"))
        lines.append(f"<tr>{''.join(cells)}</tr>")
    head = "".join(lines[: table.header_rows])
    body = "".join(lines[table.header_rows :])
    notes = "".join(
        f"<p class=fn>{f'<sup>{_inline(n.mark)}</sup> ' if n.mark else ''}{_inline(n.text)}</p>"
        for n in table.footnotes
    )
    label = table.label.rstrip(".")
    caption = f"<p class=cap><b>{_inline(label)}.</b> {_inline(table.caption)}</p>"
    rows = f"<thead>{head}</thead><tbody>{body}</tbody>"
    kind = "tw wide" if table.width > look.widest else "tw"
    return f"<div class='{kind}'>{caption}<table>{rows}</table>{notes}</div>"


def _cell(cell: Cell, tag: str) -> str:
    spans = f" rowspan={cell.rows} colspan={cell.columns}"
    style = f" style='padding-left:{3 + 8 * cell.indent}pt'" if cell.indent else ""
    return f"<{tag}{spans}{style}>{_inline(cell.text)}</{tag}>"


def _figure(figure: Figure) -> str:
    return (
        f"<div class=fig><div class=box></div><p class=cap><b>{_inline(figure.label.rstrip('.'))}."
        f"</b> {_inline(figure.caption)}</p></div>"
    )


def _section(section: Section, number: str, look: Look) -> str:
    level = min(len(section.path) + 2, 4)
    title = _inline(section.title)
    if look.capitals and level == 2:
        title = title.upper()
    if number:
        title = f"{number} {title}"
    return f"<h{level}>{title}</h{level}>" + "".join(
        f"<p>{_inline(p.text)}</p>" for p in section.paragraphs
    )


def _style(look: Look) -> str:
    indent = "p+p{text-indent:1.2em}p{margin:0}" if look.indented else "p{margin:0 0 5pt}"
    align = "justify" if look.justified else "left"
    small = f"font-size:{look.table_size}pt;text-indent:0;text-align:left"
    return f"""@page{{size:595pt 790pt;margin:54pt 48pt}}
@page{{@top-left{{content:"Smith et al. Journal of Trials 2019, 12:34";font:7pt {look.font}}}
@bottom-right{{content:"Page " counter(page) " of " counter(pages);font:7pt {look.font}}}}}
body{{font:{look.size}pt/1.3 '{look.font}';margin:0;text-align:{align};hyphens:auto}}
.cols{{columns:{look.columns};column-gap:{look.gap}pt}}
h1{{font-size:{look.size * 2}pt;line-height:1.2;text-align:left;hyphens:manual}}
h2{{font-size:{look.size * 1.3:.1f}pt;margin:8pt 0 3pt;text-align:left;break-after:avoid}}
h3{{font-size:{look.size * 1.1:.1f}pt;margin:6pt 0 2pt;text-align:left;break-after:avoid}}
h4{{font-size:{look.size}pt;font-style:italic;margin:6pt 0 2pt;text-align:left;break-after:avoid}}
sup,sub{{font-size:65%;line-height:0}}
{indent} p.fn{{font-size:{look.table_size - 0.5}pt;margin:1pt 0;text-indent:0}}
p.cap{{margin:4pt 0;{small}}}
.tw,.fig{{margin:8pt 0}} .wide,.fig{{column-span:all}} .box{{height:40pt;border:.5pt solid #888}}
table{{border-collapse:collapse;width:100%;font-size:{look.table_size}pt;text-align:left;hyphens:manual}}
td,th{{padding:1.5pt 4pt;vertical-align:top}} {RULES[look.rules]}
ol{{font-size:{look.table_size}pt;padding-left:18pt}} {look.extra}"""


def html_of(paper: Paper, look: Look) -> str:
    """Return a page that Chromium prints as the paper."""
    parts: list[str] = []
    counts = [0, 0, 0]
    abstract = False
    for section in paper.sections:
        if section.kind == "abstract" and not abstract and section.title != "Abstract":
            parts.append("<h2>Abstract</h2>")
        abstract = abstract or section.kind == "abstract"
        number = ""
        if look.numbered and section.kind == "body":
            depth = min(len(section.path), 2)
            counts[depth] += 1
            counts[depth + 1 :] = [0] * (2 - depth)
            number = ".".join(map(str, counts[: depth + 1])) + ("." if depth == 0 else "")
        parts.append(_section(section, number, look))
        parts += [_table(t, look) for t in paper.tables if t.section == section.id]
        parts += [_figure(f) for f in paper.figures if f.section == section.id]
    references = "".join(f"<li>{_inline(r.text)}</li>" for r in paper.references)
    meta = paper.metadata
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>{escape(meta.title)}</title>"
        f"<style>{_style(look)}</style><body><h1>{_inline(meta.title)}</h1>"
        f"<p>{_inline(', '.join(meta.authors))}</p><p>doi: {meta.doi}</p><div class=cols>"
        f"{''.join(parts)}<h2>References</h2><ol>{references}</ol></div>"
    )


def print_pdf(chromium: str, page: Path, target: Path) -> Path:
    """Print a page of HTML as PDF."""
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-pdf-header-footer",
        "--disable-pdf-tagging",
    ]
    command = [chromium, *options, f"--print-to-pdf={target}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return target
