"""Bibliographies of every format: what each part is read as, and what is left out with a reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from kb.errors import Problem, ReadError
from kb.papers.bibliography import formats
from kb.papers.bibliography.entry import Entry, page_range
from kb.papers.bibliography.formats import read_entries, recognised


def read(text: str | bytes) -> tuple[list[Entry], list[Problem]]:
    data = text.encode() if isinstance(text, str) else text
    found = read_entries(data, "a")
    entries = [one for one in found if isinstance(one, Entry)]
    return entries, [one for one in found if isinstance(one, Problem)]


def only(text: str | bytes) -> Entry:
    entries, problems = read(text)
    assert not problems, problems
    [entry] = entries
    return entry


def ris(*lines: str, kind: str = "JOUR") -> str:
    return "\n".join([f"TY  - {kind}", "TI  - A paper of nothing", *lines, "ER  - ", ""])


def nbib(*lines: str) -> str:
    return "\n".join(["PMID- 7", "TI  - A paper of nothing.", *lines, ""])


def bibtex(kind: str = "article", **fields: str) -> str:
    parts = {"title": "A paper of nothing", **fields}
    return f"@{kind}{{k,\n" + ",\n".join(f"{n} = {{{v}}}" for n, v in parts.items()) + "}\n"


def csl(**fields: Any) -> str:
    return json.dumps([{"type": "article-journal", "title": "A paper of nothing", **fields}])


def pubmed(article: str = "", citation: str = "", data: str = "") -> str:
    title = "" if "ArticleTitle" in article else "<ArticleTitle>A paper of nothing.</ArticleTitle>"
    return (
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID><Article>"
        f"{title}{article}</Article>{citation}</MedlineCitation><PubmedData>{data}</PubmedData>"
        "</PubmedArticle></PubmedArticleSet>"
    )


def journal(date: str) -> str:
    return f"<Journal><JournalIssue><PubDate>{date}</PubDate></JournalIssue></Journal>"


# --- authors -----------------------------------------------------------------------------------

AUTHORS: Mapping[str, tuple[str, str]] = {
    "RIS, in full": (ris("AU  - Kantarjian, Hagop M."), "Kantarjian HM"),
    "RIS, initials": (ris("AU  - Kantarjian HM"), "Kantarjian HM"),
    "RIS, particle": (ris("AU  - van der Berg, Anna-Maria"), "van der Berg AM"),
    "RIS, suffix": (ris("AU  - Low, A. B., Jr."), "Low AB Jr"),
    "RIS, group": (ris("A1  - The HEADACHE Study Group"), "The HEADACHE Study Group"),
    "NBIB": (nbib("FAU - de la Tour, Emile", "AU  - de la Tour E"), "de la Tour E"),
    "NBIB, in full only": (nbib("FAU - de la Tour, \u00c9mile"), "de la Tour \u00c9"),
    "NBIB, group": (nbib("CN  - A Study Group"), "A Study Group"),
    "BibTeX": (bibtex(author="Hagop M. Kantarjian"), "Kantarjian HM"),
    "BibTeX, accents": (bibtex(author=r"B{\"o}hm, {\L}ukasz"), "B\u00f6hm \u0141"),
    "BibTeX, other accents": (bibtex(author=r"Fo\`a, \'Emile"), "Fo\u00e0 \u00c9"),
    "BibTeX, particle": (bibtex(author="Anna van der Berg"), "van der Berg A"),
    "BibTeX, particle first": (bibtex(author=r"de la Tour, {\'E}mile"), "de la Tour \u00c9"),
    "BibTeX, suffix": (bibtex(author="Low, Jr., Ann-May"), "Low AM Jr"),
    "BibTeX, group": (bibtex(author="{World Health Organization}"), "World Health Organization"),
    "BibTeX, reversed": (bibtex(author="Kantarjian HM"), "Kantarjian HM"),
    "CSL": (csl(author=[{"family": "Low", "given": "Ann-May C."}]), "Low AMC"),
    "CSL, particles": (
        csl(author=[{"family": "Berg", "non-dropping-particle": "van den", "given": "A"}]),
        "van den Berg A",
    ),
    "CSL, suffix": (csl(author=[{"family": "Low", "given": "A", "suffix": "III"}]), "Low A III"),
    "CSL, group": (csl(author=[{"literal": "A Study Group"}]), "A Study Group"),
    "PubMed": (
        pubmed(
            "<AuthorList><Author><LastName>van der Berg</LastName><ForeName>Anna Maria</ForeName>"
            "<Initials>AM</Initials><Suffix>Jr</Suffix></Author></AuthorList>"
        ),
        "van der Berg AM Jr",
    ),
    "PubMed, group": (
        pubmed(
            "<AuthorList><Author><CollectiveName>A Group</CollectiveName></Author></AuthorList>"
        ),
        "A Group",
    ),
}


@pytest.mark.parametrize("kind", AUTHORS)
def test_an_author_is_named_as_records_name_them(kind: str) -> None:
    text, name = AUTHORS[kind]
    assert only(text).metadata.authors == (name,)


@pytest.mark.parametrize(
    "text",
    [
        ris("AU  - Low, A", "AU  - et al."),
        bibtex(author="Low, A and others"),
        csl(author=[{"family": "Low", "given": "A"}, {"literal": "et al."}]),
        pubmed(
            "<AuthorList CompleteYN='N'><Author><LastName>Low</LastName><Initials>A</Initials>"
            "</Author></AuthorList>"
        ),
    ],
)
def test_authors_who_are_left_out_stay_left_out(text: str) -> None:
    assert only(text).metadata.authors == ("Low A", "et al.")


def test_editors_are_not_authors() -> None:
    assert only(ris("ED  - Low, A")).metadata.authors == ()
    assert only(bibtex(editor="Low, A")).metadata.authors == ()
    editors = "<AuthorList Type='editors'><Author><LastName>Low</LastName></Author></AuthorList>"
    assert only(pubmed(editors)).metadata.authors == ()


# --- identifiers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "doi"),
    [
        ("10.1056/NEJMoa1509277", "10.1056/NEJMoa1509277"),
        ("https://doi.org/10.1056/NEJMoa1509277", "10.1056/NEJMoa1509277"),
        ("http://dx.doi.org/10.1000/a", "10.1000/a"),
        ("DOI: 10.1000/A", "10.1000/A"),
        ("doi:10.1000/a.", "10.1000/a"),
        ("10.1000/A(1)2", "10.1000/A(1)2"),
        ("https://doi.org/10.1000%2Fa", "10.1000/a"),
        (
            "10.1002/(SICI)1097-0142(19990401)85:7<1511::AID-CNCR1>3.0.CO;2-Q",
            "10.1002/(SICI)1097-0142(19990401)85:7<1511::AID-CNCR1>3.0.CO;2-Q",
        ),
    ],
)
def test_a_doi_is_read_in_every_form(given: str, doi: str) -> None:
    for text in (ris(f"DO  - {given}"), bibtex(doi=given), csl(DOI=given)):
        assert only(text).metadata.doi == doi
    assert only(nbib(f"LID - {given} [doi]")).metadata.doi == doi
    assert only(bibtex(doi=given.replace("_", r"\_"))).metadata.doi == doi


def test_a_doi_keeps_what_latex_escapes() -> None:
    assert only(bibtex(doi=r"10.1000/a\_b")).metadata.doi == "10.1000/a_b"
    assert only(bibtex(doi="10.1000/a_b")).metadata.doi == "10.1000/a_b"
    assert only(bibtex(doi=r"10.1000/a{\_}b")).metadata.doi == "10.1000/a_b"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (ris("DO  - n/a"), "doi"),
        (bibtex(pmid="unknown"), "pmid"),
        (csl(PMCID="none"), "pmcid"),
        (ris("PY  - 1898"), "year"),
    ],
)
def test_a_part_that_cannot_be_read_is_named_and_the_rest_is_kept(text: str, field: str) -> None:
    [entry], [problem] = read(text)
    assert entry.metadata.title == "A paper of nothing"
    assert not getattr(entry.metadata, field)
    assert problem.field == field
    assert problem.line == 1
    assert "it is left out" in problem.expected


@pytest.mark.parametrize(
    "text",
    [
        ris("AN  - 123", "DB  - PubMed"),
        ris("UR  - https://pubmed.ncbi.nlm.nih.gov/123/"),
        ris("N1  - PMID: 123"),
        bibtex(pmid="123"),
        bibtex(eprint="123", eprinttype="pubmed"),
        bibtex(note="PMID: 123"),
        csl(PMID=123),
        csl(note="PMID: 123\nPMCID: PMC9"),
        nbib().replace("PMID- 7", "PMID- 123"),
        pubmed().replace("<PMID>7", "<PMID Version='1'>123"),
    ],
)
def test_a_pmid_is_found_where_programs_keep_it(text: str) -> None:
    assert only(text).metadata.pmid == "123"


@pytest.mark.parametrize(
    "text",
    [
        ris("AN  - 123"),
        ris("AN  - WOS:000123", "DB  - PubMed"),
        ris("C7  - 123", "N1  - 123"),
        ris("N1  - Erratum in: Rev 2020, PMID: 123, PMC123"),
        bibtex(eprint="123"),
        bibtex(note="123"),
        bibtex(note="Comment on PMID: 123"),
        csl(note="123"),
    ],
)
def test_another_number_is_neither_pmid_nor_pmcid(text: str) -> None:
    entry = only(text)
    assert (entry.metadata.pmid, entry.metadata.pmcid) == ("", "")


def test_an_identifier_in_a_second_address_is_read() -> None:
    entry = only(ris("UR  - https://example.org/a", "UR  - https://doi.org/10.1000/a"))
    assert (entry.metadata.doi, entry.url) == ("10.1000/a", "https://example.org/a")


@pytest.mark.parametrize(
    "text",
    [
        ris("C2  - PMC55"),
        bibtex(pmcid="55"),
        csl(PMCID="PMC55"),
        nbib("PMC - PMC55"),
        pubmed(data="<ArticleIdList><ArticleId IdType='pmc'>PMC55</ArticleId></ArticleIdList>"),
        ris("UR  - https://pmc.ncbi.nlm.nih.gov/articles/PMC55/"),
    ],
)
def test_a_pmcid_is_found_where_programs_keep_it(text: str) -> None:
    assert only(text).metadata.pmcid == "PMC55"


def test_the_identifiers_of_an_articles_references_are_not_its_own() -> None:
    reference = "<ArticleIdList><ArticleId IdType='doi'>10.1000/b</ArticleId></ArticleIdList>"
    own = "<ArticleIdList><ArticleId IdType='doi'>10.1000/a</ArticleId></ArticleIdList>"
    listed = f"<ReferenceList><Reference>{reference}</Reference></ReferenceList>"
    assert only(pubmed(data=own + listed)).metadata.doi == "10.1000/a"
    assert only(pubmed(data=listed)).metadata.doi == ""


# --- pages, dates, titles ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "pages"),
    [
        ("836\u201347", "836-847"),
        ("836--847", "836-847"),
        ("836\u2212847", "836-847"),
        ("e5-e5", "e5"),
        ("S12-S20", "S12-S20"),
        ("100-9", "100-109"),
        ("98-102", "98-102"),
        ("198-02", "198-02"),
        ("1-2, 7-8", "1-2, 7-8"),
        ("556-560.e2", "556-560.e2"),
        ("e1003285", "e1003285"),
    ],
)
def test_pages_are_a_range_with_its_last_page_in_full(given: str, pages: str) -> None:
    assert page_range(given) == pages
    assert only(bibtex(pages=given)).metadata.pages == pages
    assert only(nbib(f"PG  - {given}")).metadata.pages == pages


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("FN Clarivate Analytics Web of Science\nVR 1.0\nPT J\nAU Low, A\nER\n", "Web of Science"),
        ("PT J\nAU Low, A\nTI A paper\nER\n", "Web of Science"),
        ("%0 Journal Article\n%T A paper\n", "EndNote"),
        ("<1>\nUnique Identifier\n  7\n", "Ovid"),
    ],
)
def test_a_format_that_is_not_read_is_named(text: str, name: str) -> None:
    assert recognised(text)
    with pytest.raises(ReadError, match=f"{name}.*expected RIS"):
        read(text)


def test_pages_of_ris_stand_in_two_fields_or_one() -> None:
    for lines in (["SP  - 836", "EP  - 847"], ["SP  - 836-847"], ["SP  - 836", "EP  - 836-847"]):
        assert only(ris(*lines)).metadata.pages == "836-847"
    assert only(ris("C7  - e117694")).metadata.pages == "e117694"
    assert only(ris("SP  - 7", "C7  - e117694")).metadata.pages == "7"


@pytest.mark.parametrize(
    ("text", "year"),
    [
        (ris("PY  - 2017/03/02/"), 2017),
        (ris("Y1  - 2017///Spring"), 2017),
        (nbib("DP  - 1998 Dec-1999 Jan"), 1998),
        (bibtex(year="c2017"), 2017),
        (bibtex(date="2017-03-02"), 2017),
        (bibtex(year="in press"), None),
        (csl(issued={"date-parts": [["2017", "3"]]}), 2017),
        (csl(issued={"date-parts": [[2017, 1], [2018, 2]]}), 2017),
        (csl(issued={"raw": "March 2017"}), 2017),
        (csl(issued={"date-parts": [[]]}), None),
        (pubmed(journal("<Year>2017</Year><Month>Mar</Month>")), 2017),
        (pubmed(journal("<MedlineDate>2016 Mar-Apr</MedlineDate>")), 2016),
        (ris(), None),
    ],
)
def test_the_year_is_that_of_the_date(text: str, year: int | None) -> None:
    assert only(text).metadata.year == year


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (nbib().replace("nothing.", "nothing \n      at all."), "A paper of nothing at all"),
        (ris().replace("nothing", "nothing\nat all"), "A paper of nothing at all"),
        (bibtex(title=r"A 5\% dose: 3% of {BCR}"), "A 5% dose: 3% of BCR"),
        (
            bibtex(title=r"$\alpha$ \textit{in vivo} -- a study"),
            "\u03b1 in vivo \u2013 a study",
        ),
        (bibtex(title=r"P \textless{} 0.05, {\textgreater} 5"), "P < 0.05, > 5"),
        (bibtex(title=r"A \nosuchsign\ b, \textit{c}"), r"A \nosuchsign b, c"),
        (ris().replace("TI  -", "ST  -"), "A paper of nothing"),
        (ris("ST  - Nothing"), "A paper of nothing"),
        (csl(title="<i>BCR</i> &amp; more"), "BCR & more"),
        (csl(title="What then..."), "What then..."),
        (
            pubmed("<ArticleTitle>Some 10<sup>9</sup> <i>cells</i> &lt;5%.</ArticleTitle>"),
            "Some 10<sup>9</sup> cells <5%",
        ),
        (pubmed("<ArticleTitle>[Ein Titel].</ArticleTitle>"), "[Ein Titel]"),
    ],
)
def test_a_title_is_text_on_one_line(text: str, title: str) -> None:
    assert only(text).metadata.title == title


def test_strings_of_bibtex_stand_for_their_values() -> None:
    text = '@string{n = "N Engl"}\n@article{a, title = "A {B} paper", journal = n # " J Med"}'
    assert only(text).metadata.journal == "N Engl J Med"
    assert only(text).metadata.title == "A B paper"


# --- types ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "standing"),
    [
        (ris(), "journal-article", ""),
        (ris("M3  - Review"), "review", ""),
        (ris(kind="CPAPER"), "abstract", ""),
        (ris(kind="ELEC"), "web-page", ""),
        (bibtex("online"), "web-page", ""),
        (bibtex("inproceedings"), "abstract", ""),
        (csl(type="webpage"), "web-page", ""),
        (csl(type="article", genre="preprint"), "preprint", ""),
        (nbib("PT  - Journal Article", "PT  - Practice Guideline"), "guideline", ""),
        (nbib("PT  - Preprint"), "preprint", ""),
        (nbib("PT  - Retracted Publication"), "journal-article", "retracted"),
        (nbib("RIN - Rev. 2020"), "journal-article", "retracted"),
        (nbib("EIN - Rev. 2020"), "journal-article", "erratum-published"),
        (nbib("PT  - Published Erratum"), "journal-article", "correction"),
        (nbib("PT  - Retraction of Publication"), "journal-article", ""),
        (
            ris().replace("A paper", "RETRACTED: A paper"),
            "journal-article",
            "retracted",
        ),
        (ris().replace("A paper", "Retracted papers: a study"), "journal-article", ""),
        (
            pubmed(citation="<CommentsCorrections RefType='RetractionIn'/>"),
            "journal-article",
            "retracted",
        ),
        (pubmed(citation="<CommentsCorrections RefType='CommentIn'/>"), "journal-article", ""),
        (pubmed(citation="<CommentsCorrections RefType='RetractionOf'/>"), "journal-article", ""),
    ],
)
def test_what_kind_of_publication_it_is(text: str, kind: str, standing: str) -> None:
    entry = only(text)
    assert (entry.kind, entry.standing) == (kind, standing)


def test_the_notice_of_a_retraction_is_noted_and_not_retracted() -> None:
    entry = only(nbib("PT  - Retraction of Publication"))
    assert (entry.standing, entry.note) == ("", "notice of a retraction")


# --- what is broken ------------------------------------------------------------------------------

GOOD = {
    "RIS": ris("VL  - 1"),
    "NBIB": nbib("VI  - 1"),
    "BibTeX": bibtex(volume="1"),
}
BROKEN = {
    "RIS": ("TY  - JOUR\nVL  - 1\nER  - \n", "title"),
    "NBIB": ("PMID- 9\nVI  - 1\n\n", "title"),
    "BibTeX": ("@article{x, title = {not closed,\n", "BibTeX"),
}


@pytest.mark.parametrize("first", GOOD)
@pytest.mark.parametrize("second", GOOD)
@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_entry_leaves_the_others(first: str, second: str, broken: str) -> None:
    """Also in a file of several formats, one after the other."""
    before = GOOD[first]
    text, word = BROKEN[broken]
    entries, [problem] = read(before + text + GOOD[second])
    assert [one.metadata.volume for one in entries] == ["1", "1"]
    assert entries[0].line == 1
    assert problem.line == before.count("\n") + 1
    assert word in str(problem)


def test_entries_with_one_key_or_a_field_twice_are_all_kept() -> None:
    text = bibtex(volume="1") + bibtex(volume="2") + "@article{z, title={x y}, note={a}, note={b}}"
    entries, problems = read(text)
    assert [one.metadata.volume for one in entries] == ["1", "2", ""]
    assert not problems


def test_a_broken_item_of_csl_leaves_the_others() -> None:
    good = csl(volume=1)[1:-1]
    bad = '{"id": "b", "title": "not "quoted"", "author": [{"family": "a"}, {"family": "b"}]}'
    entries, [problem] = read(f"[{good},\n{bad},\n{good}]")
    assert [one.metadata.volume for one in entries] == ["1", "1"]
    assert problem.line == 2


@pytest.mark.parametrize(
    "text", [f'{{"items": {csl()}}}', csl()[1:-1], f"[{csl()[1:-1]}, {csl()[1:-1]}]"]
)
def test_items_of_csl_may_stand_in_a_list_or_alone(text: str) -> None:
    entries, problems = read(text)
    assert entries
    assert not problems


@pytest.mark.parametrize(
    "item", ['{"type": "x", "title": 7}', '{"type": "book", "title": "x", "author": "Low"}', "null"]
)
def test_items_of_csl_with_values_of_other_kinds_leave_the_others(item: str) -> None:
    entries, problems = read(f"[{csl()[1:-1]}, {item}]")
    assert entries[0].metadata.title == "A paper of nothing"
    assert len(entries) + len(problems) == 2


def test_a_broken_article_of_pubmed_leaves_the_others() -> None:
    good = pubmed().removeprefix("<PubmedArticleSet>").removesuffix("</PubmedArticleSet>")
    unclosed = "<PubmedArticle><MedlineCitation><PMID>8</PMID>"
    wrong = "<PubmedArticle><b></PubmedArticle>"
    text = "\n".join(["<PubmedArticleSet>", good, unclosed, wrong, good, "</PubmedArticleSet>"])
    entries, problems = read(text)
    assert [one.metadata.pmid for one in entries] == ["7", "7"]
    assert [one.line for one in problems] == [3, 4]


def test_tags_outside_an_entry_are_named() -> None:
    entries, [problem] = read(ris() + "AU  - Low, A\n" + ris())
    assert len(entries) == 2
    assert (problem.line, problem.field, problem.found) == (4, "AU", "Low, A")


def test_what_stands_before_the_first_entry_is_not_an_entry() -> None:
    assert only("\ufeffProvider: somebody\nDatabase: x\n\n" + ris()).line == 4
    assert only("This file was made by JabRef.\n" + bibtex()).line == 2


# --- encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("text", [ris("AU  - Fo\u00e0, R"), bibtex(author="Fo\u00e0, R")])
def test_the_encodings_of_programs_are_read(text: str, encoding: str) -> None:
    assert only(text.encode(encoding)).metadata.authors == ("Fo\u00e0 R",)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("text", [ris("VL  - 1"), nbib("VI  - 1"), bibtex(volume="1")])
def test_the_line_ends_of_systems_are_read(text: str, end: str) -> None:
    entry = only(text.replace("\n", end))
    assert (entry.metadata.title, entry.metadata.volume) == ("A paper of nothing", "1")


# --- hostile files -------------------------------------------------------------------------------

BOMB = "".join(f'<!ENTITY a{i + 1} "{f"&a{i};" * 10}">' for i in range(12))
HOSTILE = {
    "entities that multiply": f'<!DOCTYPE x [<!ENTITY a0 "ha">{BOMB}]>'
    + pubmed("<ArticleTitle>&a12;</ArticleTitle>"),
    "another file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
    + pubmed("<ArticleTitle>&e;</ArticleTitle>"),
    "deep XML": pubmed("<b>" * 100_000),
    "deep JSON": '[{"type": "book", "title": "x", "a": ' + "[" * 200_000,
    "a long number": '[{"type": "book", "title": "x", "volume": ' + "9" * 100_000 + "}]",
    "deep braces": "@article{a, title = {" + "{" * 20_000 + "x" + "}" * 20_000 + "}}",
    "unclosed braces": "@article{a, title = " + "{" * 100_000,
    "deep LaTeX": "@article{a, title = {" + r"\textit{" * 20_000 + "x" + "}" * 20_000 + "}}",
    "NUL": "TY  - JOUR\nTI  - A\0\0\0\nER  - \n",
    "half a character": '[{"type": "book", "title": "A \\ud800 paper", "id": "\\ud800"}]',
    "one line": "TY  - JOUR\nTI  - " + "x " * 1_000_000,
    "dashes": "TY  - JOUR\nTI  - x\nSP  - " + "-" * 100_000,
    "commas": "TY  - JOUR\nTI  - x\nAU  - " + "a," * 100_000,
    "and": "@article{a, title = {x}, author = {" + "a and " * 20_000 + "b}}",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_has_a_clear_answer(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MAX_SECONDS", 60.0)
    entries, problems = read(HOSTILE[kind])
    assert entries or problems
    for entry in entries:
        assert "root:" not in entry.metadata.title
        assert "haha" not in entry.metadata.title
        entry.metadata.title.encode()
        entry.label.encode()
    assert all(str(problem) for problem in problems)


def test_what_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MAX_SECONDS", 0.01)
    with pytest.raises(ReadError, match="not read within"):
        read(bibtex(author=r"B{\"o}hm, A") * 20_000)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ris(), True),
        (nbib(), True),
        (bibtex(), True),
        ("@comment{jabref}\n" + bibtex(), True),
        (csl(), True),
        (pubmed(), True),
        ('<?xml version="1.0"?><!DOCTYPE a>' + pubmed(), True),
        ("<article>PubmedArticle</article>", False),
        ('{"protocolSection": {}, "type": "x"}', False),
        ("endpoint,group,value\nOS,drug,7", False),
        ("We wrote to low@example.org {a}, and then", False),
        ("", False),
    ],
)
def test_a_bibliography_is_recognised_by_its_content(text: str, expected: bool) -> None:
    assert recognised(text) is expected
