"""One cause is one discrepancy: swaps inside one paper, and repeats of one slip."""

from __future__ import annotations

from dataclasses import replace

from support.small_evidence import claim, group, kinds, material, months, people, share

from kb.checks import Discrepancy, within
from kb.model import Claim

ARMS = [group("a", kind="arm"), group("b", kind="arm")]


def discrepancies_of(*claims: Claim) -> list[Discrepancy]:
    return list(within(material(claims, ARMS)))


def medians(first: str, second: str, section: str) -> list[Claim]:
    return [
        claim("OS", months(figure), group=name, statistic="median", section=section)
        for name, figure in (("a", first), ("b", second))
    ]


def test_arms_exchanged_between_sections_are_one_finding() -> None:
    abstract, results = medians("7.7", "4.0", "Abstract"), medians("4.0", "7.7", "2")
    (one,) = discrepancies_of(*abstract, *results, *medians("7.7", "4.0", "3"))
    assert one.kind == "groups-swapped"
    assert "the figures of a and b are exchanged between " in one.message
    assert {c.section for c in one.claims} == {"Abstract", "2", "3"}
    assert discrepancies_of(*abstract, *medians("7.7", "4.0", "2")) == []
    other = discrepancies_of(*abstract, *medians("4.0", "7.6", "2"))
    assert kinds(other) == ["differs-within-source", "differs-within-source"]


def test_a_swap_explains_what_follows_from_it() -> None:
    landmark = claim("OS", share("60"), group="a", statistic="percentage", time="at 6 months")
    claims = [*medians("7.7", "4.0", "Abstract"), *medians("4.0", "7.7", "2"), landmark]
    assert kinds(discrepancies_of(*claims)) == ["groups-swapped"]


def test_one_slip_under_two_names_is_one_finding() -> None:
    size = claim("SAMPLE_SIZE", people(24))
    names = [claim(name, share("84"), section=name) for name in ("CR", "cCR")]
    impossible = [one for one in discrepancies_of(size, *names) if one.kind == "impossible-share"]
    (one,) = impossible
    assert {c.measure.endpoint for c in one.claims} == {"CR", "cCR", "SAMPLE_SIZE"}
    assert ". Likewise, composite CR (CR/CRi, CR/CRh): printed as 84%" in one.message


def test_one_computation_of_two_groups_or_endpoints_is_two_findings() -> None:
    sizes = [claim("SAMPLE_SIZE", people(24), group=name) for name in ("a", "b")]
    in_both = [claim("CR", share("84"), group=name) for name in ("a", "b")]
    assert kinds(discrepancies_of(*sizes, *in_both)) == ["impossible-share", "impossible-share"]
    apart = [claim(name, share("84"), group="a") for name in ("CR", "PH_POS")]
    assert kinds(discrepancies_of(sizes[0], *apart)) == ["impossible-share", "impossible-share"]


def test_what_a_review_repeats_is_named_once() -> None:
    own = claim("CR", share("31", 17, 57), group="a", source="report")
    repeated = replace(claim("CR", share("31", 17, 57), group="b", source="review"), cites=(1,))
    assert kinds(discrepancies_of(own, repeated)) == ["count-and-share"]
    assert len(discrepancies_of(own, replace(repeated, cites=()))) == 2
