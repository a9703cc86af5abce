"""Sections, abstracts, figures and metadata of JATS."""

from __future__ import annotations

from support.jats_samples import read

from kb.papers.paper import Related


def test_sections_nest_and_keep_their_printed_numbers() -> None:
    paper = read(
        "<sec><label>2.</label><title>Methods</title><p>a</p>"
        "<sec><label>2.1</label><title>Patients</title><p>b</p></sec>"
        "<sec><title>2.2 Drug</title><p>c</p></sec>"
        "<sec><title>2.5 mg group</title><p>d</p></sec></sec>"
    )
    body = [(s.id, s.title, s.path) for s in paper.sections if s.kind == "body"]
    assert body == [
        ("2", "Methods", ()),
        ("2.1", "Patients", ("Methods",)),
        ("2.2", "Drug", ("Methods",)),
        ("2.5 mg group", "2.5 mg group", ("Methods",)),
    ]


def test_equal_titles_have_different_ids() -> None:
    one = "<sec><title>{0}</title><sec><title>Safety</title></sec></sec>"
    paper = read("".join(map(one.format, ("Methods", "Results", "Results"))))
    ids = [s.id for s in paper.sections]
    assert len(ids) == len(set(ids))
    assert "Safety (Results)" in ids


def test_abstracts_are_distinguished() -> None:
    paper = read(
        meta="<abstract><sec><title>Methods</title><p>a</p></sec></abstract>"
        '<abstract abstract-type="teaser"><p>t</p></abstract>'
        '<abstract abstract-type="graphical"><p>g</p></abstract>'
        '<abstract abstract-type="key-points"><title>Key Points</title><p>k</p></abstract>'
        '<trans-abstract xml:lang="de"><title>Zusammenfassung</title><p>z</p></trans-abstract>',
        body="<sec><title>Methods</title><p>m</p></sec>",
    )
    kinds = {s.id: s.kind for s in paper.sections}
    assert kinds == {
        "Front matter": "front",
        "Abstract": "abstract",
        "Abstract: Methods": "abstract",
        "Teaser abstract": "front",
        "Graphical abstract": "front",
        "Key Points": "abstract",
        "Zusammenfassung": "front",
        "Methods": "body",
    }


def test_text_outside_sections_appendices_boxes_and_back_matter_are_read() -> None:
    paper = read(
        "<p>letter</p><sec><title>A</title><boxed-text><caption><title>Box 1</title></caption>"
        "<p>boxed</p></boxed-text></sec>",
        "<ack><p>thanks</p></ack><app-group><app><title>Appendix 1</title><p>more</p></app>"
        "</app-group><fn-group><fn><p>note</p></fn></fn-group>",
    )
    found = {s.id: [p.text for p in s.paragraphs] for s in paper.sections if s.kind != "front"}
    assert found == {
        "Main text": ["letter"],
        "A": [],
        "Box 1": ["boxed"],
        "Acknowledgements": ["thanks"],
        "Appendix 1": ["more"],
        "Footnotes": ["note"],
    }


def test_floats_belong_to_the_section_that_mentions_them_first() -> None:
    from kb.papers.jats import read_jats

    paper = read_jats(
        b"<article><body><sec><title>A</title><p>x</p></sec><sec><title>B</title>"
        b"<p><xref rid='T1' ref-type='table'>Table 1</xref></p></sec></body><floats-group>"
        b"<table-wrap id='T1'><label>Table 1</label><table><tr><td>1</td></tr></table>"
        b"</table-wrap><fig id='F1'><label>Figure 1.</label><caption><p>OS</p></caption></fig>"
        b"</floats-group></article>"
    )
    assert paper.tables[0].section == "B"
    assert (paper.figures[0].id, paper.figures[0].caption) == ("Figure 1", "OS")


META = """
<article-id pub-id-type="pmid">27292104</article-id><article-id pub-id-type="pmc">123</article-id>
<article-id pub-id-type="doi">10.1056/NEJMoa1509277</article-id>
<title-group><article-title>Drug in <italic>ALL</italic><xref ref-type="fn">*</xref>
</article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Low</surname><given-names>Ann B.
</given-names><suffix>Jr</suffix></name></contrib><contrib contrib-type="author"><collab>The
Group</collab></contrib><contrib contrib-type="editor"><name><surname>Ed</surname></name></contrib>
</contrib-group>
<pub-date pub-type="epub"><day>2</day><month>12</month><year>2015</year></pub-date>
<pub-date pub-type="ppub"><month>Jan</month><year>2016</year></pub-date>
<pub-date pub-type="pmc-release"><year>2014</year></pub-date>
<volume>375</volume><issue>8</issue><fpage>740</fpage><lpage>753</lpage>
<history><date date-type="received"><day>1</day><month>6</month><year>2015</year></date></history>
<permissions><copyright-statement>© 2016</copyright-statement><license
xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>CC BY</license-p></license>
</permissions>
<related-article related-article-type="retraction-forward" ext-link-type="doi"
xlink:href="10.1000/retracted"/>
<abstract><p>Registered as NCT 01564784.</p></abstract>
"""


def test_metadata_are_read() -> None:
    meta = read(meta=META, attributes='article-type="research-article" xml:lang="fr-FR"').metadata
    assert (meta.title, meta.authors) == ("Drug in ALL", ("Low AB Jr", "The Group"))
    assert (meta.doi, meta.pmid, meta.pmcid) == ("10.1056/NEJMoa1509277", "27292104", "PMC123")
    assert (meta.year, meta.volume, meta.issue, meta.pages) == (2016, "375", "8", "740-753")
    assert meta.dates == {"received": "2015-06-01", "published": "2015-12-02"}
    licence = "CC BY https://creativecommons.org/licenses/by/4.0/"
    assert (meta.licence, meta.copyright) == (licence, "© 2016")
    assert (meta.kind, meta.language) == ("research-article", "fr")
    assert meta.registrations == ("NCT01564784",)
    assert meta.related == (Related("retraction-forward", "10.1000/retracted"),)


def test_other_articles_in_the_file_are_not_mixed_in() -> None:
    from kb.papers.jats import read_jats

    paper = read_jats(
        b"<article><body><p>ours</p></body><sub-article><body><p>a letter</p></body>"
        b"</sub-article></article>"
    )
    assert [p.text for _, p in paper.paragraphs()] == ["ours"]
    assert paper.unsure == ("1 <sub-article> beside the paper: not read",)
