"""A misprinted reference number: what was meant is cited, and the wrong publication never is."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from support.example_base import edit

from kb import ClaimView, KnowledgeBase
from kb.checks.citations import Reference
from kb.export.csv import to_csv
from kb.rdf.dataset import dataset

EASE, HALT, AURA = (f"evidence/studies/{name}.yaml" for name in ("ease", "halt", "halt-aura"))
REVIEW = "headache-review.1.PAIN_FREE.at-2-hours.calmol"
JUDGEMENT = """
adjudications:
  - finding: {finding}
    judged: "{state}"
    judgement: {judgement}
    reason: The number leads to the report of another trial.
    grounds: [other-prints]
    date: 2021-03-05
"""


def misprinted(root: Path) -> KnowledgeBase:
    """The example, whose review cites the report of EASE, [13], for the figures of HALT."""
    edit(root, HALT, "cites: [11]", "cites: [13]")
    return KnowledgeBase(root)


def judged(root: Path, judgement: str, study: str = "halt") -> KnowledgeBase:
    """The base, with its finding of a wrong reference judged."""
    base = KnowledgeBase(root)
    (one,) = (f for f in base.discrepancies() if f.kind == "reference-of-another-study")
    text = JUDGEMENT.format(finding=one.id, state=one.state, judgement=judgement)
    (root / f"evidence/adjudications/{study}.yaml").write_text(text, "utf-8")
    return KnowledgeBase(root)


def cited(base: KnowledgeBase, claim: str = f"halt#{REVIEW}") -> list[str]:
    """The publications that a claim is cited from; the same everywhere."""
    view = base.claim(claim)
    expected = [p.id for p in view.publications]
    (row,) = (r for r in base.rows if f"{r['study']}#{r['claim']}" == claim)
    assert row["publication"].split() == expected
    (record,) = (r for r in base.tables["claims"].to_pylist() if r["iri"] == view.iri)
    assert record["publications"] == sorted(expected)
    trails = {
        p.id: base.ask("citation-trail", publication=p.id) for p in base.evidence.publications
    }
    for name, trail in trails.items():
        assert (view.iri in {row["claim"] for row in trail}) == (name in expected)
    quoted = base.ask("second-hand-figures", source=view.claim.source)
    assert len([r for r in quoted if r["claim"] == view.iri]) == len(expected)
    return expected


def table(base: KnowledgeBase) -> dict[str, dict[str, str]]:
    rows = csv.DictReader(io.StringIO(to_csv(base.rows)))
    return {f"{row['study']}#{row['claim']}": row for row in rows}


def test_the_publication_meant_is_cited_and_the_misprint_is_marked(example_root: Path) -> None:
    base = misprinted(example_root)
    assert cited(base) == ["halt-2020"]
    view = base.claim(f"halt#{REVIEW}")
    assert view.claim.cites == (13,)
    assert view.citation.printed == (Reference(13, "ease-2018"),)
    assert view.citation.meant == (Reference(11, "halt-2020"),)
    lines = dict(line.split(":", 1) for line in view.explain().splitlines())
    assert lines["cites"].strip() == "Nobody A, et al. Journal of Invented Trials 2020;1:1-9"
    assert lines["misprinted"].strip() == "[13] instead of [11]"
    row = table(base)[f"halt#{REVIEW}"]
    assert (row["cites"], row["cites_meant"]) == ("13", "11")


def test_a_right_reference_stays_as_it_is_printed(example: KnowledgeBase) -> None:
    assert cited(example) == ["halt-2020"]
    view = example.claim(f"halt#{REVIEW}")
    assert not view.citation.is_misprinted
    assert "misprinted" not in view.explain()
    assert {row["cites_meant"] for row in table(example).values()} == {""}
    assert b"/citesMeant" not in example.nquads


def test_all_references_of_a_figure_are_cited_where_one_of_them_fits(
    example: KnowledgeBase,
) -> None:
    claim = next(c for c in example.evidence.claims if c.cites == (11, 12))
    assert cited(example, f"{claim.study}#{claim.id}") == ["halt-2020", "ease-2016"]


def test_which_of_several_reports_was_meant_is_for_a_curator_to_say(example_root: Path) -> None:
    """The list has two reports of EASE: neither is cited until a curator reads one."""
    edit(example_root, EASE, "    at: Table 1\n    row: [EASE]\n    cites: [12]",
         "    at: Table 1\n    row: [EASE]\n    cites: [11]")  # fmt: skip
    name = "ease#headache-review.Table-1.PAIN_FREE.after-seltiran.all"
    base = KnowledgeBase(example_root)
    assert cited(base, name) == []
    assert base.claim(name).misprint == "[11] leads to another study"
    assert table(base)[name]["cites_meant"] == "unknown"
    base = judged(example_root, 'misprint\n    reads: "[12]"', "ease")
    assert cited(base, name) == ["ease-2016"]


@pytest.mark.parametrize(
    ("judgement", "expected"),
    [
        ("misprint", "halt-2020"),
        ("misprint\n    reads: figures of 2020", "halt-2020"),
        ("unresolved", ""),
        ("both-stand\n    because: data-cut", "ease-2018"),
    ],
)
def test_a_judgement_that_the_reference_is_right_is_followed(
    example_root: Path, judgement: str, expected: str
) -> None:
    misprinted(example_root)
    assert cited(judged(example_root, judgement)) == expected.split()


def test_a_stale_judgement_is_not_followed(example_root: Path) -> None:
    misprinted(example_root)
    judged(example_root, "both-stand\n    because: data-cut")
    edit(example_root, HALT, "At 2 hours, 42% vs. 22%",
         "At 2 hours: 42% vs. 22%")  # fmt: skip
    assert cited(KnowledgeBase(example_root)) == ["halt-2020"]


def test_a_dataset_made_study_by_study_cites_the_same(example_root: Path) -> None:
    base = misprinted(example_root)
    lines = b"".join(dataset(example_root)).splitlines()
    assert sorted(set(lines)) == base.nquads.splitlines()


def test_no_figure_of_the_shifted_column_is_cited_from_another_study(real: KnowledgeBase) -> None:
    wrong = [view for view in real.claims() if view.citation.is_misprinted]
    table_1 = [
        v for v in wrong if (v.claim.source, v.claim.section) == ("bruzzese-2025", "Table 1")
    ]
    assert len({view.claim.study for view in table_1}) == 12
    assert all(reports_study(view) for view in wrong)
    blast = real.claim("blast#bruzzese-2025.Table-1.OS.median.all")
    assert [p.id for p in blast.publications] == ["gokbuget-2018-blast"]
    assert not [
        v for v in table_1 if {"maude-2018", "hoffmann-2005"} & {p.id for p in v.publications}
    ]


def reports_study(view: ClaimView) -> bool:
    return all(view.claim.study in publication.reports for publication in view.publications)
