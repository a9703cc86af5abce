"""Each claim is verified, failed, not checked, or its source is unavailable."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from support.example_base import TEXTS, edit

from kb import KnowledgeBase, RecordError, Verification, VerificationState
from kb.records.attestation import attestation_file, read_attestations, write_attestations
from kb.sources.text import load_texts
from kb.sources.verify import claim_digests, counts, verify

HALT = "evidence/studies/halt.yaml"


def verifications(root: Path, texts: Path = TEXTS) -> dict[str, Verification]:
    return {claim: one for (_, claim), one in KnowledgeBase(root, texts).verifications.items()}


def failed(root: Path, texts: Path = TEXTS) -> dict[str, str]:
    """Return the claims that failed, with their reasons."""
    return {
        name: "; ".join(check.reasons)
        for name, check in verifications(root, texts).items()
        if check.state is VerificationState.FAILED
    }


def test_claims_that_are_printed_in_the_texts_are_verified(example_root: Path) -> None:
    found = counts(verifications(example_root).values())
    claims = len(KnowledgeBase(example_root).evidence.claims)
    assert found == {
        "verified": claims - 1,
        "failed": 0,
        "not_checked": 0,
        "source_unavailable": 1,
        "noted": 0,
    }


def test_claims_of_a_source_without_a_text_are_not_verified(example_root: Path) -> None:
    states = {c.claim.source: c.state for c in verifications(example_root).values()}
    assert states["calmol-label"] is VerificationState.SOURCE_UNAVAILABLE
    edit(example_root, "evidence/sources/headache-review.yaml", "text: headache-review.txt\n", "")
    states = {c.claim.source: c.state for c in verifications(example_root).values()}
    assert states["headache-review"] is VerificationState.SOURCE_UNAVAILABLE


def test_claims_are_not_checked_without_the_text(example_root: Path, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    shutil.copy(TEXTS / "halt-paper.txt", texts)
    states = {c.claim.source: c.state for c in verifications(example_root, texts).values()}
    assert states == {
        "halt-paper": VerificationState.VERIFIED,
        "headache-review": VerificationState.NOT_CHECKED,
        "calmol-label": VerificationState.SOURCE_UNAVAILABLE,
    }
    assert {c.state for c in verifications(example_root, tmp_path).values()} == {
        VerificationState.NOT_CHECKED,
        VerificationState.SOURCE_UNAVAILABLE,
    }


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("values: {first-80: 80%}", "values: {first-80: 81%}", "81 is not one of the numbers in"),
        ("values: {first-80: 80%}", "values: {first-80: 8%}", "8 is not one of the numbers in"),
        ("values: {first-80: 80%}", "values: {first-80: <80%}", "<80 is not one of the numbers in"),
        ("placebo: 5.0}", "placebo: 50}", "50 is not one of the numbers in"),
        ('{p: "<0.001"}', '{p: ">0.001"}', ">0.001 is not one of the numbers in"),
        ("n: 36, of: 57", "n: 36, of: 58", "58 is not one of the numbers in"),
        ("n: 36, of: 57", "n: 37, of: 57", "37 is not one of the numbers in"),
        ("range: [15, 64]", "range: [16, 64]", "16 is not one of the numbers in"),
        ("interval: [28, 50]", "interval: [29, 50]", "29 is not one of the numbers in"),
        (
            "interval: [28, 50]",
            'operator: "~", interval: [28, 50]',
            "~28 is not one of the numbers in",
        ),
        ("ci95: [0.40, 0.93]", "ci95: [0.40, 0.39]", "0.39 is not one of the numbers in"),
        (
            "drug: calmol, amount: 9,",
            "drug: calmol, amount: 90,",
            "90 is not one of the numbers in",
        ),
        ("unit: mg/day, for: 7 days", "unit: mg/day, for: 17 days", "17 (time, category"),
        ("time: within 2 doses", "time: within 3 doses", "3 (time, category or schedule)"),
        ("unit: hours", "unit: weeks", "weeks is not printed in"),
        ("printed: 80% in the first", "printed: 80% in the last", "is not printed in 2"),
        ("printed: 63% were free of pain", "printed: 36% were free of pain", "is not printed in 3"),
        ('printed: "> 80%', 'printed: "< 80%', "is not printed in 2"),
        ("column: placebo, printed: 12", "column: calmol, printed: 12", "is not printed in Table"),
        ("row: Free of pain, column: calmol", "row: Free of rain, column: calmol", "no row"),
        ("row: Free of pain, column: calmol", "row: Free of pain, column: seltiran", "no column"),
        ("20%, values: {placebo: 20%}", "20%, values: {calmol: 20%}", "is printed for 'placebo'"),
        ("18-70), values: {placebo:", "18-70), values: {calmol:", "is printed for 'placebo'"),
        ("unit: mg/day, for: 7", "unit: µg/day, for: 7", "stored in 'µg/day'"),
        ("statistic: hazard-ratio", "statistic: odds-ratio", "it is printed as a hazard ratio"),
        ("range: [15, 64]", "ci95: [15, 64]", "it is printed as a range"),
        ("ci95: [0.40, 0.93]", "ci99: [0.40, 0.93]", "the level is printed as 95%"),
    ],
)
def test_a_figure_that_is_not_printed_there_fails_with_the_reason(
    example_root: Path, old: str, new: str, reason: str
) -> None:
    edit(example_root, HALT, old, new)
    found = failed(example_root)
    assert found
    assert all(reason in outcome for outcome in found.values()), found


def test_the_operator_of_an_interval_is_printed_at_its_first_figure(
    example_root: Path, tmp_path: Path
) -> None:
    shutil.copytree(TEXTS, tmp_path, dirs_exist_ok=True)
    edit(tmp_path, "halt-paper.txt", "between 28% and 50%", "~28%-50%")
    old = 'between 28% and 50%, values: {placebo: {interval: [28, 50], unit: "%"}}'
    assert failed(example_root, tmp_path)
    new = '~28%-50%, values: {placebo: {operator: "~", interval: [28, 50], unit: "%"}}'
    edit(example_root, HALT, old, new)
    assert failed(example_root, tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("vomiting in \x036 (11%)", "an unknown character (U+0003) stands at the figure"),
        ("vomiting in ¡6 (11%)", "an unknown character (U+00A1) stands at the figure"),
        ("vomiting in 6 (\ufffd11%)", "an unknown character (U+FFFD) stands at the figure"),
        ("vomiting in −6 (11%)", "is not printed in 2"),
        ("vomiting in <6 (11%)", "is not printed in 2"),
    ],
)
def test_an_unknown_character_at_a_figure_fails_with_its_name(
    example_root: Path, tmp_path: Path, text: str, reason: str
) -> None:
    shutil.copytree(TEXTS, tmp_path, dirs_exist_ok=True)
    edit(tmp_path, "halt-paper.txt", "vomiting in 6 (11%)", text)
    (found,) = failed(example_root, tmp_path).values()
    assert found.endswith(reason)


@pytest.mark.parametrize(
    ("text", "beside", "is_one"),
    [
        ("1 834", "3\u2009118 patients", True),
        ("1\u2009834", "", True),
        ("1 834", "", False),
        ("1 834", "3,118 patients and 3\u2009118 patients", False),
        ("1 834", "2345 patients and 3\u2009118 patients", False),
    ],
)
def test_groups_of_digits_are_one_number_where_others_beside_them_are(
    example_root: Path, tmp_path: Path, text: str, beside: str, *, is_one: bool
) -> None:
    shutil.copytree(TEXTS, tmp_path, dirs_exist_ok=True)
    edit(tmp_path, "halt-paper.txt", "1.8 vs 5.0 hours", f"{beside}; {text} vs 5.0 hours")
    edit(example_root, HALT, '"1.8 vs 5.0 hours, p', '"1 834 vs 5.0 hours, p')
    edit(example_root, HALT, "calmol: 1.8, placebo: 5.0", "calmol: 1834, placebo: 5.0")
    reasons = failed(example_root, tmp_path).values()
    assert (not reasons) == is_one, reasons
    assert all("may be several figures" in reason for reason in reasons)
    edit(example_root, HALT, "calmol: 1834", "calmol: 834")
    reasons = failed(example_root, tmp_path).values()
    assert (not reasons) != is_one, reasons
    assert all("a part of '1 834'" in reason for reason in reasons)


def test_the_language_of_a_source_decides_what_a_comma_is(
    example_root: Path, tmp_path: Path
) -> None:
    shutil.copytree(TEXTS, tmp_path, dirs_exist_ok=True)
    edit(tmp_path, "halt-paper.txt", "1.8 vs 5.0 hours", "1,8 vs 5,0 hours")
    edit(example_root, HALT, '"1.8 vs 5.0 hours, p', '"1,8 vs 5,0 hours, p')
    assert len(failed(example_root, tmp_path)) == 2
    source = "evidence/sources/halt-paper.yaml"
    edit(example_root, source, "kind: primary-report", "kind: primary-report\nlanguage: de")
    assert failed(example_root, tmp_path) == {}


def test_a_footnote_of_a_table_names_the_unit(example_root: Path, tmp_path: Path) -> None:
    shutil.copytree(TEXTS, tmp_path, dirs_exist_ok=True)
    edit(tmp_path, "halt-paper.txt", "male\t27 (47%)", "male\t27 (47)")
    edit(example_root, HALT, "printed: 27 (47%)", "printed: 27 (47)")
    (reason,) = failed(example_root, tmp_path).values()
    assert "% is not printed" in reason
    row = "Free of pain\t63%\t20%\n"
    edit(tmp_path, "halt-paper.txt", row, f"{row}Data are n (%).\n")
    assert failed(example_root, tmp_path) == {}


def test_a_figure_printed_in_another_section_fails(example_root: Path) -> None:
    edit(example_root, HALT, '    at: "3"\n', "    at: Abstract\n")
    assert list(failed(example_root)) == ["halt-paper.Abstract.PAIN_FREE.calmol.2"]


def test_the_date_of_an_approval_must_be_printed(example_root: Path, tmp_path: Path) -> None:
    shutil.copytree(TEXTS, tmp_path, dirs_exist_ok=True)
    (tmp_path / "label.txt").write_text("4.1 Indications\napproved in August 2017.\n", "utf-8")
    source = "evidence/sources/calmol-label.yaml"
    edit(example_root, source, "kind: label\n", "kind: label\ntext: label.txt\n")
    assert failed(example_root, tmp_path) == {}
    edit(example_root, HALT, "{date: 2017-08}", "{date: 2017-09}")
    (reason,) = failed(example_root, tmp_path).values()
    assert "2017-09 is not one of the dates in 'approved in August 2017'" in reason


def test_one_claim_that_fails_leaves_the_others_verified(example_root: Path) -> None:
    edit(example_root, HALT, "values: {first-80: 80%}", "values: {first-80: 81%}")
    states = [c.state for c in verifications(example_root).values()]
    assert states.count(VerificationState.FAILED) == 1
    assert states.count(VerificationState.VERIFIED) == len(states) - 2


# --- attestations ----------------------------------------------------------------------------


def attest(root: Path) -> None:
    base = KnowledgeBase(root, TEXTS)
    assert not [c for c in base.verifications.values() if c.state is VerificationState.FAILED]
    write_attestations(root, claim_digests(base.evidence))


def states_by_source(root: Path) -> dict[str, set[VerificationState]]:
    found: dict[str, set[VerificationState]] = {}
    for check in KnowledgeBase(root).verifications.values():
        found.setdefault(check.claim.source, set()).add(check.state)
    return found


def test_claims_without_a_text_are_verified_by_their_attestation(example_root: Path) -> None:
    assert states_by_source(example_root)["halt-paper"] == {VerificationState.NOT_CHECKED}
    attest(example_root)
    assert states_by_source(example_root) == {
        "halt-paper": {VerificationState.VERIFIED},
        "headache-review": {VerificationState.VERIFIED},
        "calmol-label": {VerificationState.SOURCE_UNAVAILABLE},
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("values: {first-80: 80%}", "values: {first-80: 81%}"),
        ("printed: 63% were free of pain", "printed: 63% were free"),
        ('    at: "3"\n', "    at: Abstract\n"),
        ("time: within 2 doses", "time: within 3 doses"),
        ("row: Free of pain, column: calmol", "row: Free of pain, column: placebo"),
        ("category: dizziness, ", ""),
        ('{p: "=0.03"}', '{p: "≤0.03"}'),
    ],
)
def test_a_changed_claim_voids_the_attestation_of_its_source(
    example_root: Path, old: str, new: str
) -> None:
    attest(example_root)
    edit(example_root, HALT, old, new)
    found = states_by_source(example_root)
    assert found["halt-paper"] == {VerificationState.NOT_CHECKED}
    assert found["headache-review"] == {VerificationState.VERIFIED}


def test_a_removed_claim_voids_the_attestation(example_root: Path) -> None:
    attest(example_root)
    line = "      - {endpoint: SAMPLE_SIZE, printed: In 120 adults, values: {all: {n: 120}}}\n"
    edit(example_root, HALT, line, "")
    assert states_by_source(example_root)["halt-paper"] == {VerificationState.NOT_CHECKED}


def test_the_text_overrides_the_attestation(example_root: Path) -> None:
    edit(example_root, HALT, "values: {first-80: 80%}", "values: {first-80: 81%}")
    base = KnowledgeBase(example_root)
    write_attestations(example_root, claim_digests(base.evidence))
    texts = load_texts(TEXTS, base.records.sources.values())
    found = verify(base.evidence, texts, base.vocabulary, read_attestations(example_root))
    assert [c.claim.measure.group for c in found if c.state is VerificationState.FAILED] == [
        "first-80"
    ]


def test_attestations_are_written_reproducibly_and_read_back(example_root: Path) -> None:
    attest(example_root)
    first = attestation_file(example_root).read_bytes()
    attest(example_root)
    assert attestation_file(example_root).read_bytes() == first
    assert set(read_attestations(example_root)) == {"calmol-label", "halt-paper", "headache-review"}


@pytest.mark.parametrize(
    "text",
    [
        "halt-paper: short\n",
        "halt-paper: [1]\n",
        "halt-paper: {halt: no}\n",
        "- a\n",
        "a: b: c\n",
        "",
    ],
)
def test_a_malformed_attestation_file_is_an_error(example_root: Path, text: str) -> None:
    attestation_file(example_root).write_text(text, "utf-8")
    with pytest.raises(RecordError, match=r"verification\.yaml"):
        _ = KnowledgeBase(example_root).verifications


# --- the project's own evidence --------------------------------------------------------------


def test_every_claim_of_the_project_is_printed_in_its_paper(
    real: KnowledgeBase, source_texts: Path
) -> None:
    texts = load_texts(source_texts, real.records.sources.values())
    found = verify(real.evidence, texts, real.vocabulary)
    assert [f"{c.claim.study}#{c.claim.id}: {c.reasons}" for c in found if c.reasons] == []
    assert counts(found)["not_checked"] == 0
    assert counts(found)["verified"] > 0
