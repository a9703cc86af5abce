"""Which group the header of a column names."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.drafting import blocks, drafted, table

from kb.drafts.groups import GroupNames
from kb.records.schema import GroupRecord
from kb.records.vocabulary import Vocabulary

BASE = "https://example.org/x/"
TURTLE = f"""
@prefix kb: <{BASE}ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<{BASE}drug/> a skos:ConceptScheme .
<{BASE}regimen/> a skos:ConceptScheme .
<{BASE}drug/calmol> a skos:Concept, kb:Drug ; skos:inScheme <{BASE}drug/> ;
    skos:notation "calmol" ; skos:prefLabel "calmol"@en ; skos:altLabel "CM"@en .
<{BASE}drug/quietin> a skos:Concept, kb:Drug ; skos:inScheme <{BASE}drug/> ;
    skos:notation "quietin" ; skos:prefLabel "quietin"@en ; skos:altLabel "QT"@en .
<{BASE}regimen/one> a skos:Concept, kb:Regimen ; skos:inScheme <{BASE}regimen/> ;
    skos:notation "one" ; skos:prefLabel "first"@en ; kb:component <{BASE}drug/calmol> .
<{BASE}regimen/both> a skos:Concept, kb:Regimen ; skos:inScheme <{BASE}regimen/> ;
    skos:notation "both" ; skos:prefLabel "second"@en ;
    kb:component <{BASE}drug/calmol>, <{BASE}drug/quietin> .
"""


@pytest.fixture
def names(tmp_path: Path) -> GroupNames:
    (tmp_path / "words.ttl").write_text(TURTLE, encoding="utf-8")
    groups = {
        "a": GroupRecord(label="arm A", regimen="one"),
        "b": GroupRecord(label="lumefantrine arm", regimen="both"),
    }
    return GroupNames(groups, Vocabulary.load(tmp_path, BASE), {})


@pytest.mark.parametrize(("header", "group"), [("CM", "a"), ("Treatment arm › CM", "a")])
def test_a_header_may_name_the_only_drug_of_a_regimen(
    names: GroupNames, header: str, group: str
) -> None:
    found = names.find(header)
    assert found is not None
    assert found.id == group


def test_a_drug_of_several_does_not_name_the_regimen(names: GroupNames) -> None:
    assert names.find("QT") is None


@pytest.mark.parametrize("note", ["Data for lumefantrine (LF) are n (%).", "LF, lumefantrine;"])
def test_a_note_explains_the_abbreviation_of_a_header(names: GroupNames, note: str) -> None:
    assert names.find("LF") is None
    names.explain(note)
    found = names.find("LF")
    assert found is not None
    assert (found.id, found.why) == ("b", "a note explains the header, which names the group")


def test_a_note_about_something_else_explains_no_header(names: GroupNames) -> None:
    names.explain("Confidence interval (CI); lumefantrine dose (LD), per kg.")
    assert names.find("LD") is None
    assert names.find("CI") is None


def test_a_header_above_known_groups_is_no_part_of_the_outcome(root: Path) -> None:
    rows = ("\tTreatment arm\tTreatment arm", "Trait\tTussolan (n = 45)\tPlacebo (n = 45)")
    made = drafted(root, table(*rows, "Nausea, n (%)\t5 (11)\t9 (20)"))
    assert [block.get("category") for block in blocks(made)] == [None, None]
    above = rows[0].replace("Treatment arm", "Women")
    women = drafted(root, table(above, rows[1], "Nausea, n (%)\t5 (11)\t9 (20)"))
    assert [block.get("category") for block in blocks(women)] == ["Women", "Women"]
