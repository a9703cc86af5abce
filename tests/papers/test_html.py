"""Saved pages, in the looks of PubMed Central and of publishers."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import ReadError
from kb.papers.html import read_html
from kb.papers.jats_tables import PICTURE
from kb.papers.paper import Paper
from kb.papers.read import read_paper

HEAD = """<head><title>x</title>
<meta name="citation_title" content="A trial"><meta name="citation_author" content="Low, Ann B.">
<meta name="citation_author" content="Hay C"><meta name="citation_journal_title" content="Rev">
<meta name="citation_publication_date" content="2016/05/02">
<meta name="citation_volume" content="3">
<meta name="citation_firstpage" content="7"><meta name="citation_lastpage" content="9">
<meta name="citation_doi" content="10.1000/abc"><meta name="citation_pmid" content="123">
</head>"""
ROWS = (
    "<thead><tr><th>Age</th><th>Drug (n=45)</th></tr></thead>"
    "<tbody><tr><td>Sex</td><td></td></tr><tr><td style='padding-left:1em'>Male</td>"
    "<td>34<sup>a</sup></td></tr></tbody>"
)
MENU = "<nav><ul><li>Home 99</li></ul></nav><div class='site-menu'><p>Menu 99</p></div>"
TEXT = "<p>OS was 7.7<sup><a href='#b1'>12</a></sup> months.</p><script>var x = 99</script>"

PMC = f"""<body>{MENU}<main><article><section><h1>A trial</h1><div class="cg">
<span class="name">Ann Low</span></div></section>
<section class="abstract"><h2>Abstract</h2><section><h3 class="pmc_sec_title">Methods</h3><p>One
 arm.</p></section></section><section id="s1"><h2 class="pmc_sec_title">1. Results</h2>{TEXT}
<section class="tw xbox font-sm" id="t1"><h3 class="obj_head">Table 1. </h3><div class="caption p">
<p>Patients</p></div><div class="tbl-box p" tabindex="0"><table class="content">{ROWS}</table></div>
<div class="p text-right font-secondary"><a href="table/t1/">Open in a new tab</a></div>
<div class="tw-foot p"><div class="fn" id="f1"><p><sup>a</sup> At entry.</p></div></div></section>
<figure class="fig xbox"><h4 class="obj_head">Figure 1. </h4><p class="img-box"><img src="x.jpg">
</p><figcaption><p>Survival</p></figcaption></figure></section>
<section class="ref-list"><h2>References</h2><section><ul class="ref-list font-sm"><li id="b1">
<span class="label">1.</span> <cite>Low B. OS. Rev. 2020;3:7.</cite> [<a
href="https://doi.org/10.1000/ref">DOI</a>] [<a href="https://pubmed.ncbi.nlm.nih.gov/456/">PubMed
</a>] [<a href="https://scholar.google.com">Google Scholar</a>]</li></ul></section></section>
</article></main><footer><p>About 99</p></footer></body>"""

WILEY = f"""<body>{MENU}<article><h1 class="citation__title">A trial</h1>
<section class="article-section__abstract"><h2>Abstract</h2><h3>Methods</h3><div
class="article-section__content"><p>One arm.</p></div></section><section
class="article-section__full"><section class="article-section__content"><h2>1. Results</h2>{TEXT}
<div class="article-table-content" id="t1"><header class="article-table-caption"><span
class="table-caption__label">Table 1. </span>Patients</header><div
class="article-table-content-wrapper"><table class="table article-section__table">{ROWS}</table>
</div><div class="article-section__table-footnotes"><ul><li><sup>a</sup> At entry.</li></ul></div>
</div><section class="article-section__inline-figure"><figure class="figure"><img src="x"
alt="graph 99"><figcaption class="figure__caption"><div class="figure__caption__header"><strong
class="figure__title">Figure 1</strong></div><div class="figure__caption-text">Survival</div>
</figcaption></figure></section></section></section><section><h2>References</h2><ul
class="rlist separator"><li>1<span class="author">Low B</span>. OS. Rev. 2020;3:7. <a
href="https://doi.org/10.1000/ref">Crossref</a> <a
href="https://pubmed.ncbi.nlm.nih.gov/456">PubMed</a></li></ul></section></article></body>"""

ELSEVIER = f"""<body>{MENU}<article><h1>A trial</h1><div class="abstract author"><h2>Abstract</h2>
<div><h3>Methods</h3><p>One arm.</p></div></div><div class="Body"><section><h2>1. Results</h2>
<div class="u-margin-s-bottom">OS was 7.7<sup><a href="#b1">12</a></sup> months.</div><div
class="tables frame-topbot" id="t1"><span class="captions text-s"><span><p><span
class="label">Table 1</span>. Patients</p></span></span><div class="groups"><table>{ROWS}</table>
</div><dl class="footnotes"><dt>a</dt><dd>At entry.</dd></dl></div><figure class="figure"><span><img
src="x"></span><span class="captions"><p><span class="label">Figure 1</span>. Survival</p></span>
</figure></section></div><section class="bibliography"><h2>References</h2><ol
class="references"><li>Low B. OS. Rev. 2020;3:7. <a href="https://doi.org/10.1000/ref">View
article</a><a href="https://pubmed.ncbi.nlm.nih.gov/456/">PubMed</a></li></ol></section></article>
</body>"""

BMJ = f"""<body>{MENU}<div class="article fulltext-view"><h1>A trial</h1><div
class="section abstract"><h2>Abstract</h2><div class="subsection"><h3>Methods</h3><p>One arm.</p>
</div></div><div class="section"><h2>1. Results</h2>{TEXT}<div class="table pos-float"><div
class="table-caption"><span class="table-label">Table 1</span> <p>Patients</p></div><table>{ROWS}
</table><div class="table-foot"><ul class="table-footnotes"><li class="fn"><p><sup>a</sup> At
entry.</p></li></ul></div></div><div class="fig pos-float"><img alt="99" src="x"><div
class="fig-caption"><span class="fig-label">Figure 1</span> <p>Survival</p></div></div></div><div
class="section ref-list"><h2>References</h2><ol class="cit-list ref-use-labels"><li>Low B. OS. Rev.
2020;3:7. doi:10.1000/ref <a href="https://pubmed.ncbi.nlm.nih.gov/456">PubMed</a></li></ol></div>
</div></body>"""

PAGES = {"PMC": PMC, "Wiley": WILEY, "Elsevier": ELSEVIER, "BMJ": BMJ}


def page(body: str) -> Paper:
    return read_html(f"<!doctype html><html lang='en'>{HEAD}{body}</html>".encode(), "a.html")


@pytest.mark.parametrize("body", PAGES.values(), ids=PAGES)
def test_a_page_is_read_as_its_paper(body: str) -> None:
    paper = page(body)
    texts = {s.id: [p.text for p in s.paragraphs] for s in paper.sections if s.kind != "front"}
    assert texts["1"] == ["OS was 7.7<sup>12</sup> months."]
    assert texts["Abstract: Methods"] == ["One arm."]
    assert "99" not in str(paper)
    [table] = paper.tables
    assert (table.id, table.caption.strip(), table.section) == ("Table 1", "Patients", "1")
    assert [c.text for c in table.grid[2]] == ["Male", "34<sup>a</sup>"]
    assert table.row_path(2) == ("Sex", "Male")
    assert table.header_rows == 1
    assert "At entry." in " ".join(note.text for note in table.footnotes)
    [figure] = paper.figures
    assert (figure.id, figure.caption) == ("Figure 1", "Survival")
    [reference] = paper.references
    assert (reference.doi, reference.pmid, reference.year) == ("10.1000/ref", "456", 2020)
    assert reference.text.endswith("2020;3:7.") or "doi:10.1000/ref" in reference.text
    assert paper.sections[-1].kind == "references"


def test_the_head_gives_the_metadata() -> None:
    meta = page(PMC).metadata
    assert (meta.title, meta.authors, meta.journal) == ("A trial", ("Low AB", "Hay C"), "Rev")
    assert (meta.year, meta.volume, meta.pages) == (2016, "3", "7-9")
    assert (meta.doi, meta.pmid) == ("10.1000/abc", "123")
    assert meta.dates == {"published": "2016-05-02"}


def test_a_table_on_a_page_of_its_own_is_named() -> None:
    springer = (
        "<main><h1>A</h1><h2>Results</h2><p>x</p><div class='c-article-table'><figure><figcaption "
        "class='c-article-table__figcaption'><b>Table 1 Patients</b></figcaption><a href='/t/1'>"
        "Full size table</a></figure></div></main>"
    )
    paper = page(springer)
    assert [(t.id, t.caption, t.grid) for t in paper.tables] == [("Table 1", "Patients", ())]
    assert f"Table 1: {PICTURE}" in paper.unsure


def test_lists_and_loose_texts_become_paragraphs() -> None:
    paper = page("<h2>A</h2><p>Either<ul><li>a <p>b</p> c</li></ul><div>loose 7</div>")
    assert [p.text for _, p in paper.paragraphs()] == ["Either", "a", "b", "c", "loose 7"]


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-1", "utf-16"])
def test_encodings_are_recognised(encoding: str) -> None:
    html = f"<html><head><meta charset='{encoding}'></head><body><h2>A</h2><p>5 ± 7</p></body>"
    assert [p.text for _, p in read_html(html.encode(encoding)).paragraphs()] == ["5 ± 7"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html><body><nav><p>menu</p></nav></body></html>", "without paragraphs"),
        (b"<html>" + b"<b>" * 600_000, r"elements|nested|cannot be read|without"),
        (b"<br>" * 500_001, "more than 500,000 elements"),
        (b"<table><tr>" + b"<td colspan=1000>x" * 2_000, "more than 1,000,000 places"),
    ],
)
def test_hostile_pages_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_html(data, "a.html")


def test_words_of_links_after_a_reference_are_removed_in_linear_time() -> None:
    item = "Low B. 2020. " + "Google Scholar " * 20_000
    paper = page(f"<h2>References</h2><ol><li>{item}x</li><li>Low B. [DOI] [PubMed ]</li></ol>")
    assert [r.text for r in paper.references] == [f"{item}x", "Low B."]


def test_a_page_is_known_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "paper.xml"
    path.write_text(f"<!DOCTYPE html><html>{HEAD}{PMC}</html>", encoding="utf-8")
    assert read_paper(path).tables[0].label == "Table 1"
