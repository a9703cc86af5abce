"""A curator judges a discrepancy: what holds, what is stale, and which claims are preferred."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command_line import kb
from support.example_base import BASE, content, edit, judged_state

from kb import Discrepancy, KnowledgeBase
from kb.checks import Severity, Status
from kb.checks.adjudication import ClaimStatus, with_adjudications
from kb.model import Adjudication

EASE, HALT = "evidence/adjudications/ease.yaml", "evidence/adjudications/halt.yaml"
REVIEW_OF_HALT = "printed: vomiting in 16%, values: {calmol: 16%}"
VOMITING = "differs-from-cited.halt.VOMITING.2b062a147f"
AGE = "outside-bounds.halt.AGE.0bca3ba7f8"
RELIEF = "differs-within-source.ease.RELIEF.5f5963dcf5"
OPEN = "differs-within-source.ease.AGE.6291f8e7ad"
ours, theirs = "halt-paper.2.VOMITING.calmol", "headache-review.1.VOMITING.calmol"


def findings(base: KnowledgeBase) -> dict[str, Discrepancy]:
    return {finding.id: finding for finding in base.discrepancies()}


# --- what was judged -------------------------------------------------------------------------


def test_a_judged_finding_is_adjudicated_and_another_is_open(example: KnowledgeBase) -> None:
    reported = findings(example)
    assert {name: finding.status for name, finding in reported.items()} == {
        VOMITING: Status.ADJUDICATED,
        AGE: Status.ADJUDICATED,
        RELIEF: Status.ADJUDICATED,
        OPEN: Status.OPEN,
    }
    judged = {name: f.adjudication.judgement for name, f in reported.items() if f.adjudication}
    assert judged == {VOMITING: "one-stands", AGE: "misprint", RELIEF: "both-stand"}
    assert reported[OPEN].adjudication is None
    assert example.curated.stale() == []


def test_a_finding_is_open_again_when_its_judgement_is_taken_back(example_root: Path) -> None:
    (example_root / HALT).unlink()
    base = KnowledgeBase(example_root)
    assert findings(base)[VOMITING].status is Status.OPEN
    assert base.curated.standing("halt", theirs) is ClaimStatus.DISPUTED


@pytest.mark.parametrize(
    ("claim", "standing"),
    [
        (f"halt#{ours}", ClaimStatus.PREFERRED),
        (f"halt#{theirs}", ClaimStatus.SET_ASIDE),
        ("halt#halt-paper.Table-1.AGE.median.placebo", ClaimStatus.SET_ASIDE),
        ("ease#headache-review.1.RELIEF.after-calmol.all", ClaimStatus.PREFERRED),
        ("ease#headache-review.2.RELIEF.after-calmol.all", ClaimStatus.PREFERRED),
        ("ease#headache-review.1.AGE.median.all", ClaimStatus.DISPUTED),
        ("ease#headache-review.2.AGE.median.all", ClaimStatus.DISPUTED),
        ("halt#halt-paper.Abstract.SAMPLE_SIZE.all", ClaimStatus.UNCONTESTED),
    ],
)
def test_a_claim_is_preferred_set_aside_or_disputed(
    example: KnowledgeBase, claim: str, standing: ClaimStatus
) -> None:
    assert example.claim(claim).standing is standing


def test_what_could_not_be_settled_stays_disputed(example_root: Path) -> None:
    edit(example_root, HALT, "one-stands", "unresolved")
    edit(example_root, HALT, f"    faulty: [{theirs}]\n", "")
    base = KnowledgeBase(example_root)
    assert findings(base)[VOMITING].status is Status.ADJUDICATED
    assert {base.curated.standing("halt", name) for name in (ours, theirs)} == {
        ClaimStatus.DISPUTED
    }


def test_preferred_claims_leave_out_only_what_was_set_aside(example: KnowledgeBase) -> None:
    claims = example.claims(endpoint="VOMITING")
    assert {view.claim.id for view in claims} == {ours, theirs}
    assert [view.claim.id for view in claims.preferred()] == [ours]
    assert [row["claim"] for row in claims.preferred().rows()] == [ours]
    disputed = example.claims(study="ease", endpoint="AGE")
    assert len(disputed.preferred()) == len(disputed) == 2
    assert len(example.claims().preferred()) == len(example.evidence.claims) - 2


def test_a_claim_explains_what_is_wrong_with_it_and_what_was_judged(
    example: KnowledgeBase,
) -> None:
    lines = example.explain(f"halt#{theirs}").splitlines()
    facts = {key: text.strip() for key, text in (line.split(":", 1) for line in lines)}
    assert facts["standing"] == "set-aside"
    assert facts["discrepancy"].startswith("For HALT, section 1 of headache-review differs from")
    assert facts["discrepancy"].endswith("(material, adjudicated)")
    assert facts["adjudication"] == (
        "one-stands: The review took another figure than the trial prints. (2021-03-04)"
    )
    misprint = example.explain("halt#halt-paper.Table-1.AGE.median.placebo")
    assert "misprint; should read 21 (18-70): No median lies outside its range;" in misprint
    both = example.explain("ease#headache-review.1.RELIEF.after-calmol.all")
    assert "both-stand because of data-cut: The review cites an earlier report" in both
    quiet = example.explain("halt#halt-paper.Abstract.SAMPLE_SIZE.all")
    assert "standing" not in quiet
    assert "discrepancy" not in quiet


# --- a judgement that holds no more ----------------------------------------------------------


def settle(root: Path) -> None:
    """Begin a judgement of the only finding that is open: nothing is left to decide."""
    assert kb(root, "new", "adjudication", OPEN).exit_code == 0
    assert kb(root, "check").exit_code == 0


def said_stale(root: Path, tmp_path: Path) -> list[str]:
    """Check and build print the same on stderr; only check exits with another code."""
    checked = kb(root, "check")
    assert checked.exit_code == 1
    built = kb(root, "build", "--out", tmp_path / "out")
    assert built.exit_code == 0
    lines = checked.stderr.splitlines()
    assert all(line.startswith("stale: ") for line in lines)
    assert [f"stale adjudication: {line[7:]}" for line in lines] == built.stderr.splitlines()
    return [line[7:] for line in lines]


def test_a_changed_figure_makes_the_judgement_stale(example_root: Path, tmp_path: Path) -> None:
    settle(example_root)
    study = "evidence/studies/halt.yaml"
    edit(example_root, study, REVIEW_OF_HALT, REVIEW_OF_HALT.replace("16%", "17%"))
    base = KnowledgeBase(example_root)
    finding = findings(base)[VOMITING]
    assert finding.status is Status.STALE
    assert finding.adjudication is not None
    assert said_stale(example_root, tmp_path) == [
        f"{VOMITING}: the finding changed since it was judged on 2021-03-04; "
        f"it is {finding.state} now"
    ]
    assert base.curated.standing("halt", theirs) is ClaimStatus.DISPUTED
    assert base.claim(f"halt#{theirs}").explain().count("(material, stale)") == 1
    edit(example_root, HALT, judged_state(VOMITING), finding.state)
    assert kb(example_root, "check").exit_code == 0


def test_another_print_of_the_same_figure_is_to_be_looked_at_again(example_root: Path) -> None:
    edit(example_root, "evidence/studies/halt.yaml", "printed: vomiting in 16%", "printed: in 16%")
    assert findings(KnowledgeBase(example_root))[VOMITING].status is Status.STALE


def test_a_change_elsewhere_leaves_the_judgement_alone(example_root: Path) -> None:
    study = "evidence/studies/halt.yaml"
    edit(example_root, study, "printed: 80% in the first 80", "printed: 80% of the first 80")
    edit(example_root, study, "title: calmol versus placebo", "title: calmol against placebo")
    assert KnowledgeBase(example_root).curated.stale() == []


def test_a_judgement_whose_finding_is_gone_is_reported(example_root: Path, tmp_path: Path) -> None:
    settle(example_root)
    new = REVIEW_OF_HALT.replace("16%", "11%")
    edit(example_root, "evidence/studies/halt.yaml", REVIEW_OF_HALT, new)
    base = KnowledgeBase(example_root)
    assert [one.finding for one in base.curated.orphans] == [VOMITING]
    (line,) = said_stale(example_root, tmp_path)
    assert line.startswith(f"{VOMITING}: no such finding (any more)")
    assert base.curated.standing("halt", theirs) is ClaimStatus.UNCONTESTED


def test_a_judgement_of_no_finding_names_the_nearest(example_root: Path) -> None:
    edit(example_root, HALT, VOMITING, f"{VOMITING[:-1]}0")
    judged = KnowledgeBase(example_root).curated
    assert judged.stale() == [
        f"{VOMITING[:-1]}0: no such finding (any more); did you mean {VOMITING}?"
    ]
    assert judged.standing("halt", theirs) is ClaimStatus.DISPUTED


def test_a_judgement_that_names_a_claim_of_no_part_in_it_is_stale(
    example_root: Path, tmp_path: Path
) -> None:
    settle(example_root)
    edit(example_root, HALT, f"stands: [{ours}]", "stands: [halt-paper.2.NAUSEA.calmol]")
    base = KnowledgeBase(example_root)
    assert findings(base)[VOMITING].status is Status.STALE
    assert said_stale(example_root, tmp_path) == [
        f"{VOMITING}: halt#halt-paper.2.NAUSEA.calmol: no claim of the finding; "
        f"did you mean halt#{ours}?"
    ]
    assert base.curated.standing("halt", "halt-paper.2.NAUSEA.calmol") is ClaimStatus.UNCONTESTED


def test_asking_for_judgements_changes_no_record(example_root: Path) -> None:
    before = content(example_root)
    base = KnowledgeBase(example_root)
    base.claims().preferred().to_frame()
    base.explain(f"{BASE}study/halt#{theirs}")
    assert content(example_root) == before


# --- for any findings and judgements ---------------------------------------------------------

KINDS = ("count-and-share", "differs-within-source", "reference-of-another-study")
JUDGEMENTS = ("one-stands", "both-stand", "misprint", "unresolved")


@st.composite
def judged_at_random(
    draw: st.DrawFn, pool: KnowledgeBase
) -> tuple[list[Discrepancy], list[Adjudication]]:
    """Findings about a few claims, some of them judged, rightly or on an earlier state."""
    claims = pool.evidence.claims[:5]
    some = st.lists(st.sampled_from(claims), min_size=1, max_size=3, unique_by=lambda c: c.id)
    one = st.builds(
        lambda kind, weight, held: Discrepancy(kind, weight, "It does not fit.", tuple(held)),
        st.sampled_from(KINDS),
        st.sampled_from(Severity),
        some,
    )
    reported = draw(st.lists(one, max_size=5, unique_by=lambda finding: finding.id))
    names = st.lists(st.sampled_from([f"{c.study}#{c.id}" for c in claims]), max_size=2)
    judgements = [
        Adjudication(
            finding.study,
            finding.id,
            draw(st.sampled_from([finding.state] * 3 + ["0" * 12])),
            draw(st.sampled_from(JUDGEMENTS)),
            "It is so.",
            "2021-03-04",
            stands=tuple(draw(names)),
            faulty=tuple(draw(names)),
        )
        for finding in draw(st.permutations(reported))
        if draw(st.booleans())
    ]
    return reported, judgements


def holding(reported: list[Discrepancy], judgements: list[Adjudication]) -> list[Adjudication]:
    """The judgements of a finding as it is, about its own claims, that decided something."""
    by_id = {finding.id: finding for finding in reported}
    return [
        one
        for one in judgements
        if one.judged == by_id[one.finding].state
        and {*one.stands, *one.faulty} <= {f"{c.study}#{c.id}" for c in by_id[one.finding].claims}
        and one.judgement != "unresolved"
    ]


@given(data=st.data())
def test_a_claim_is_set_aside_only_where_a_judgement_that_holds_says_so(
    example: KnowledgeBase, data: st.DataObject
) -> None:
    reported, judgements = data.draw(judged_at_random(example))
    judged = with_adjudications(reported, judgements)
    settled = holding(reported, judgements)
    for claim in example.evidence.claims:
        name = f"{claim.study}#{claim.id}"
        standing = judged.standing(claim.study, claim.id)
        faulty = any(name in one.faulty for one in settled)
        assert (standing is ClaimStatus.SET_ASIDE) == faulty
        open_ = [
            f for f in reported if claim in f.claims and f.id not in {s.finding for s in settled}
        ]
        contested = any(f.contests_figures and f.severity is not Severity.ROUNDING for f in open_)
        assert (standing is ClaimStatus.DISPUTED) == (contested and not faulty)
        if standing is ClaimStatus.PREFERRED:
            assert any(name in one.stands for one in settled)
        assert judged.standings.get((claim.study, claim.id), ClaimStatus.UNCONTESTED) is standing


@given(data=st.data())
def test_every_judgement_is_beside_its_finding_and_the_others_are_orphans(
    example: KnowledgeBase, data: st.DataObject
) -> None:
    reported, judgements = data.draw(judged_at_random(example))
    kept = reported[: data.draw(st.integers(0, len(reported)))]
    judged = with_adjudications(kept, judgements)
    assert [finding.id for finding in judged.discrepancies] == [finding.id for finding in kept]
    beside = [f.adjudication for f in judged.discrepancies if f.adjudication]
    assert {one.finding for one in (*beside, *judged.orphans)} == {o.finding for o in judgements}
    assert all(f.adjudication.finding == f.id for f in judged.discrepancies if f.adjudication)
    stale = [f for f in judged.discrepancies if f.status is Status.STALE]
    assert len(judged.stale()) == len(stale) + len(judged.orphans)
    assert all((f.status is Status.OPEN) == (f.adjudication is None) for f in judged.discrepancies)
