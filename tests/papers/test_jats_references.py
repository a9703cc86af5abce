"""Reference lists of JATS."""

from __future__ import annotations

from support.jats_samples import read

from kb.papers.paper import Reference


def references(xml: str) -> tuple[Reference, ...]:
    return read(back=f"<ref-list><title>References</title>{xml}</ref-list>").references


def test_a_tagged_reference_is_read_in_parts() -> None:
    [one] = references(
        "<ref><label>7.</label><element-citation publication-type='journal'><person-group "
        "person-group-type='author'><name><surname>Low</surname><given-names>Ann B</given-names>"
        "<suffix>Jr</suffix></name><collab>The Group</collab><etal/></person-group><article-title>"
        "OS in <italic>B</italic>-ALL at 10<sup>9</sup></article-title><source>Rev</source><year>"
        "2020a</year><volume>3</volume><issue>2</issue><fpage>7</fpage><lpage>9</lpage><pub-id "
        "pub-id-type='doi'>10.1000/X(1)2</pub-id><pub-id pub-id-type='pmid'>123</pub-id><pub-id "
        "pub-id-type='pmcid'>PMC45</pub-id></element-citation></ref>"
    )
    assert one == Reference(
        7,
        "Low AB Jr, The Group, et al. OS in B-ALL at 10<sup>9</sup>. Rev. 2020;3(2):7-9.",
        ("Low AB Jr", "The Group", "et al."),
        "OS in B-ALL at 10<sup>9</sup>",
        "Rev",
        2020,
        "3",
        "2",
        "7-9",
        "10.1000/X(1)2",
        "123",
        "PMC45",
    )


def test_a_mixed_reference_stays_as_printed() -> None:
    [one] = references(
        "<ref><mixed-citation><string-name><surname>Low</surname> <given-names>A.</given-names>"
        "</string-name>: OS. <source>Rev</source> <bold>3</bold>, 7 (<year>2020</year>). "
        "<ext-link xlink:href='https://doi.org/10.1000/ab.c'>doi</ext-link></mixed-citation></ref>"
    )
    assert one.text == "Low A.: OS. Rev 3, 7 (2020). doi"
    assert (one.number, one.authors, one.doi, one.year) == (1, ("Low A",), "10.1000/ab.c", 2020)


def test_several_citations_share_the_number_of_their_entry() -> None:
    both = references(
        "<ref><label>3</label><citation>a. 2001</citation><citation>b. 2002</citation></ref>"
        "<ref><label>3</label><citation>c</citation></ref><ref><citation>d</citation></ref>"
    )
    assert [(one.number, one.text) for one in both] == [
        (3, "a. 2001"),
        (3, "b. 2002"),
        (4, "c"),
        (5, "d"),
    ]


def test_editors_are_not_authors_and_a_book_has_its_own_title() -> None:
    [one] = references(
        "<ref><element-citation publication-type='book'><person-group person-group-type='editor'>"
        "<name><surname>Ed</surname></name></person-group><source>A Book</source><year>1999</year>"
        "<publisher-name>Press</publisher-name></element-citation></ref>"
    )
    assert (one.authors, one.title, one.journal) == ((), "A Book", "")
    assert one.text == "A Book. Press. 1999."


def test_the_reference_list_is_a_section_with_an_entry_a_line() -> None:
    paper = read(back="<ref-list><ref><label>1.</label><citation>Low B</citation></ref></ref-list>")
    last = paper.sections[-1]
    assert (last.id, last.kind) == ("References", "references")
    assert [p.text for p in last.paragraphs] == ["1. Low B"]
