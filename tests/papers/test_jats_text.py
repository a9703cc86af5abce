"""Running text of JATS: nothing glues to a figure, no sign is lost."""

from __future__ import annotations

import pytest
from support.jats_samples import read, texts

from kb.papers.jats import read_jats

XREF = '<xref ref-type="bibr" rid="B12">12</xref>'


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (f"<p>OS was 7.7<sup>{XREF}</sup> months</p>", "OS was 7.7<sup>12</sup> months"),
        (f"<p>OS was 7.7<sup>{XREF},{XREF}</sup> m</p>", "OS was 7.7<sup>12,12</sup> m"),
        (f"<p>OS was 7.7{XREF} months</p>", "OS was 7.7<sup>12</sup> months"),
        (f"<p>treated.{XREF},{XREF}</p>", "treated.<sup>12</sup>,<sup>12</sup>"),
        (f"<p>treated,{XREF} and</p>", "treated,<sup>12</sup> and"),
        (f"<p>treated [{XREF},{XREF}\u2013{XREF}]</p>", "treated [12,12\u201312]"),
        (f"<p>treated ({XREF}{XREF})</p>", "treated (12 12)"),
        (f"<p>see ref. {XREF}</p>", "see ref. 12"),
        (
            '<p>by<xref ref-type="bibr" rid="a">Low and Hay, 2010</xref></p>',
            "byLow and Hay, 2010",
        ),
        ('<p>57<xref ref-type="table-fn" rid="a">a</xref></p>', "57<sup>a</sup>"),
        ('<p>57<xref ref-type="fn" rid="a"><sup>*</sup></xref></p>', "57<sup>*</sup>"),
        ('<p>Table <xref ref-type="table" rid="t">2</xref></p>', "Table 2"),
        ("<p>10<sup>9</sup>/L, CO<sub>2</sub></p>", "10<sup>9</sup>/L, CO<sub>2</sub>"),
        ("<p>10<sup><sup>9</sup></sup>/L</p>", "10<sup>9</sup>/L"),
        ("<p>a<sup> </sup>b</p>", "a b"),
        ("<p>12<break/>57</p>", "12 57"),
        ("<p>\u22120.5\u2009mg, 12\u00a0kg</p>", "\u22120.5\u2009mg, 12\u00a0kg"),
        ("<p>OS\n\t  was\u20287.7</p>", "OS was 7.7"),
        ("<p>p&lt;0.05 &amp; q</p>", "p<0.05 & q"),
        ("<p>11.6<underline>+</underline>3.9, <underline> &lt; </underline>5</p>", "11.6±3.9, ≤5"),
        ("<p>a <underline>b</underline> + c</p>", "a b + c"),
        ("<p>a <italic>P</italic> of <bold>0.01</bold></p>", "a P of 0.01"),
        ("<p>p <inline-graphic/> 0.05</p>", "p \ufffd 0.05"),
        (
            "<p>p <inline-formula><alternatives><tex-math>x</tex-math><mml:math><mml:mo>≤"
            "</mml:mo></mml:math></alternatives></inline-formula> 1</p>",
            "p ≤ 1",
        ),
        (
            r"<p><inline-formula><tex-math>\documentclass{a}\begin{document}$$\geq 1.5"
            r"\end{document}</tex-math></inline-formula></p>",
            "≥1.5",
        ),
        (
            "<p>x<disp-formula><label>(1)</label><mml:math><mml:mfrac><mml:mn>1</mml:mn>"
            "<mml:mn>2</mml:mn></mml:mfrac></mml:math></disp-formula>y</p>",
            "x 1/2 (1) y",
        ),
    ],
)
def test_a_paragraph_is_read_as_printed(xml: str, text: str) -> None:
    assert texts(xml) == [text]


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        (
            "<p>Either:<list><list-item><p>a</p></list-item></list>or b</p>",
            ["Either:", "a", "or b"],
        ),
        ("<list><list-item><label>1.</label><p>a</p><p>b</p></list-item></list>", ["1. a", "b"]),
        ("<disp-quote><p>a</p></disp-quote><p>b</p>", ["a", "b"]),
        ("<boxed-text><p>a 7.7</p></boxed-text>", ["a 7.7"]),
        ("<def-list><def-item><term>OS</term><def><p>b</p></def></def-item></def-list>", ["OS b"]),
        ("<p>a 57<fn><label>1</label><p>note</p></fn> b</p>", ["a 57<sup>1</sup> b", "1 note"]),
        ("<p>a<fig><label>Figure 1</label><caption><p>c</p></caption></fig> b</p>", ["a b"]),
        ("<preformat>a 12</preformat>", ["a 12"]),
    ],
)
def test_what_stands_within_a_section_becomes_paragraphs(xml: str, expected: list[str]) -> None:
    assert texts(xml) == expected


def test_a_sign_that_is_a_picture_is_named() -> None:
    paper = read("<sec><title>Results</title><p>p <inline-graphic/> 0.05</p></sec>")
    assert paper.unsure == ("Results: a sign is a picture or unknown: \ufffd stands for it",)


def test_a_standard_entity_without_its_dtd_is_read() -> None:
    from kb.papers.jats import read_jats

    xml = (
        b'<!DOCTYPE article PUBLIC "-//NLM//DTD" "x.dtd"><article><body><p>5&ndash;7</p>'
        b"</body></article>"
    )
    assert [p.text for _, p in read_jats(xml).paragraphs()] == ["5\u20137"]


def test_without_references_the_rest_is_the_same() -> None:
    entry = "<ref><label>1</label><mixed-citation>Low B. OS. 2020</mixed-citation></ref>"
    back = f"<back><ref-list>{entry}</ref-list></back>"
    xml = f"<article><body><p>OS was 7.7.</p></body>{back}</article>".encode()
    whole, rest = read_jats(xml), read_jats(xml, references=False)
    assert len(whole.references) == 1
    assert rest.references == ()
    texts = [[p.text for s, p in one.paragraphs() if s.kind == "body"] for one in (whole, rest)]
    assert texts[0] == texts[1] == ["OS was 7.7."]
