"""The citations of publications, as the site writes them, are imported again unchanged."""

from __future__ import annotations

import json

import pytest

from kb import KnowledgeBase
from kb.papers.bibliography.entry import Entry
from kb.papers.bibliography.formats import read_entries
from kb.papers.bibliography.merge import Merge, Merged
from kb.site.data.citations import bibtex, publication_citation

SAME = ("authors", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid", "url", "year")


@pytest.mark.parametrize("form", ["bibtex", "csl"])
@pytest.mark.parametrize("base", ["example", "real"])
def test_every_publication_is_known_again(
    base: str, form: str, request: pytest.FixtureRequest
) -> None:
    kb: KnowledgeBase = request.getfixturevalue(base)
    citations = [publication_citation(one) for one in kb.evidence.publications]
    text = "".join(map(bibtex, citations)) if form == "bibtex" else json.dumps(citations)
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
