"""What comes from a summary of a source is noted: never printed, never verified."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.example_base import BASE, edit, write_example

from kb import KnowledgeBase, RecordError
from kb.records.load import load_records
from kb.sources.verify import VerificationState

LABEL = "evidence/sources/calmol-label.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The example with a source that was read in a summary, its claims still as printed."""
    root = write_example(tmp_path)
    edit(root, LABEL, "kind: label", "kind: label\nread_in: a news page of the agency")
    return root


STUDY = "evidence/studies/halt.yaml"
PRINT = "printed: approved in August 2017"


@pytest.fixture
def noted(root: Path) -> Path:
    """The same with claims that are noted."""
    edit(root, STUDY, PRINT, PRINT.replace("printed", "noted"))
    return root


def test_a_print_of_a_summary_is_refused(root: Path) -> None:
    with pytest.raises(RecordError) as caught:
        load_records(root)
    [problem] = caught.value.problems
    assert problem.field.endswith("claims.0.printed")
    assert problem.expected == "'noted': only a summary of calmol-label was read"
    assert (problem.nearest, problem.line > 0) == ("noted", True)


def test_a_note_from_a_source_that_was_read_itself_is_refused(noted: Path) -> None:
    edit(noted, LABEL, "read_in: a news page of the agency\n", "")
    with pytest.raises(RecordError, match="'printed': calmol-label has no 'read_in'"):
        load_records(noted)


def test_a_source_is_read_in_its_text_or_in_a_summary(root: Path) -> None:
    edit(root, LABEL, "read_in:", "text: calmol-label.txt\nread_in:")
    with pytest.raises(RecordError, match="'text' or 'read_in', not both"):
        load_records(root)


@pytest.mark.parametrize("extra", [f"noted: August 2017\n        {PRINT}", "named: approved"])
def test_a_block_is_printed_or_noted(root: Path, extra: str) -> None:
    edit(root, STUDY, PRINT, extra)
    with pytest.raises(RecordError, match="'printed' or, from a summary"):
        load_records(root)


def test_a_note_says_where_it_is_from_everywhere(noted: Path) -> None:
    base = KnowledgeBase(noted)
    [view] = [v for v in base.claims() if v.source.id == "calmol-label"]
    claim = view.claim
    assert (claim.printed, claim.wording) == ("", claim.noted)
    assert claim.read_in == "a news page of the agency"
    assert view.verification.state is VerificationState.NOTED
    lines = view.explain().splitlines()
    assert "noted from:    a news page of the agency" in lines
    assert f"noted:         {claim.noted}" in lines
    assert not [line for line in lines if line.startswith("printed")]
    [row] = [r for r in base.rows if r["claim"] == claim.id and r["study"] == claim.study]
    assert (row["printed"], row["noted"], row["read_in"]) == ("", claim.noted, claim.read_in)
    assert row["verification"] == "noted"
    subject = f"{BASE}study/{claim.study}#{claim.id}"
    facts = base.sparql(f"SELECT ?p ?o {{ <{subject}> ?p ?o }}")
    words = {str(row["p"]).rpartition("#")[2]: row["o"] for row in facts}
    assert "printed" not in words
    assert (words["noted"], words["readIn"]) == (claim.noted, claim.read_in)
