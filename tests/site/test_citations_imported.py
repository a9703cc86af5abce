"""The citations of publications, as the site writes them, are imported again unchanged."""

from __future__ import annotations

import json

import pytest

from kb import KnowledgeBase
from kb.model import Publication
from kb.papers.bibliography.entry import Entry
from kb.papers.bibliography.formats import read_entries
from kb.papers.bibliography.merge import Merge, Merged
from kb.site.data.citation_formats import authors, bibtex, ris, vancouver
from kb.site.data.citations import publication_citation

FORMS = {"bibtex": bibtex, "ris": ris}
SAME = ("authors", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid", "url", "year")


@pytest.mark.parametrize("form", ["bibtex", "csl", "ris"])
@pytest.mark.parametrize("base", ["example", "real"])
def test_every_publication_is_known_again(
    base: str, form: str, request: pytest.FixtureRequest
) -> None:
    kb: KnowledgeBase = request.getfixturevalue(base)
    citations = [publication_citation(one) for one in kb.evidence.publications]
    text = "".join(map(FORMS[form], citations)) if form in FORMS else json.dumps(citations)
    own, empty = Merge(kb.records.publications, ""), Merge({}, "")
    entries = read_entries(text.encode(), "a")
    for entry, one in zip(entries, kb.evidence.publications, strict=True):
        assert isinstance(entry, Entry), entry
        merged, fresh = own.add(entry), empty.add(entry)
        assert isinstance(merged, Merged), merged
        assert isinstance(fresh, Merged), fresh
        assert (merged.id, merged.state, merged.differing) == (one.id, "known", ())
        assert not merged.absent
        record = kb.records.publications[one.id]
        for name in SAME:
            assert empty.new[fresh.id].get(name) == getattr(record, name), name


WRITERS = {**FORMS, "csl": lambda citation: json.dumps([citation])}
NAMES = (
    "van der Berg AM",
    "de la Tour J, et al.",
    "O'Brien S, Low B Jr",
    "Dell'Oro MG, Ibáñez-Low C III, et al.",
    "A Study Group, Li X",
    "Ng",
)


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize("names", NAMES)
def test_names_survive(form: str, names: str) -> None:
    publication = Publication("a", "", "journal-article", names, "A title", "J Med", year=2020)
    (entry,) = read_entries(WRITERS[form](publication_citation(publication)).encode(), "a")
    assert isinstance(entry, Entry)
    assert entry.metadata.authors == tuple(names.split(", "))


@pytest.mark.parametrize("form", WRITERS)
@pytest.mark.parametrize(
    "title", ["{a} ~b^2 100% & #1 $x_y", r"a \\emph{b} \\", "ER - X", 'said "a" @misc{b, c}']
)
def test_what_a_format_reads_as_commands_stays_text(form: str, title: str) -> None:
    publication = Publication("a", "", "journal-article", "Low A", title, "J Med", year=2020)
    entries = read_entries(WRITERS[form](publication_citation(publication)).encode(), "a")
    assert [entry.metadata.title for entry in entries if isinstance(entry, Entry)] == [title]


def test_who_is_left_out_is_not_an_author(real: KnowledgeBase) -> None:
    for one in real.evidence.publications:
        citation = publication_citation(one)
        assert not [a for a in citation.get("author", ()) if "et al" in str(a).lower()], one.id
        assert not [
            line for line in ris(citation).splitlines() if line.startswith("AU") and "et al" in line
        ]
        assert ("et al." in vancouver(citation)) == ("et al." in one.citation)


def test_the_initials_of_a_person_are_apart() -> None:
    named, is_shortened = authors("Kantarjian HM, Low J-P, Ruhnke GW III, HOVON, et al")
    assert is_shortened
    assert [one.get("given", "") for one in named] == ["H. M.", "J.-P.", "G. W.", ""]
    assert named[2]["suffix"] == "III"
    assert named[3] == {"literal": "HOVON"}
