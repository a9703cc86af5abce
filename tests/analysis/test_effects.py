"""Effects for a meta-analysis: the numbers of metafor, one set a study, and no estimate guessed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from support.environment import ROOT
from support.small_evidence import PAPER, claim, group, people, share, vocabulary

from kb import KnowledgeBase
from kb.analysis.effect_sizes import Effect, contrast_of_counts, proportion
from kb.analysis.effects import Options, effects
from kb.checks.adjudication import ClaimStatus
from kb.checks.groups import Groups
from kb.export.analysis import write_analysis
from kb.model import Claim, Dataset, Evidence, Figure, Group, Source, Study

PAGE = ROOT / "site" / "pages" / "meta-analysis.md"
# Colditz 1994, as in metafor's dat.bcg: vaccinated and not, events and number of people; then the
# log risk ratio, its variance, the log odds ratio and the risk difference that escalc gives.
BCG = [
    ((4, 123), (11, 139), (-0.8893, 0.3256), (-0.9387, 0.3571), (-0.0466, 0.0008)),
    ((6, 306), (29, 303), (-1.5854, 0.1946), (-1.6662, 0.2081), (-0.0761, 0.0003)),
    ((3, 231), (11, 220), (-1.3481, 0.4154), (-1.3863, 0.4334), (-0.0370, 0.0003)),
]
ARMS = (
    group("all", kind="whole"),
    group("new", kind="arm", role="experimental", regimen="blinatumomab"),
    group("old", kind="arm", role="comparator", regimen="standard-chemotherapy"),
    group("new.young", "new"),
    group("new.treated", "new", kind="analysis-set"),
)


def found(
    claims: Iterable[Claim],
    options: Options = Options(),  # noqa: B008 - immutable
    standings: dict[tuple[str, str], ClaimStatus] | None = None,
    groups: Iterable[Group] = ARMS,
) -> list[Effect]:
    """The rows of a small study."""
    claims = tuple(claims)
    study = Study("trial", "Trial", "A trial", "randomised-trial", "rr-b-all")
    source = Source(PAPER, PAPER, "Paper", "primary-report", "en", "")
    dataset = Dataset("T", "D", "https://example.org/", "https://example.org/l")
    evidence = Evidence(dataset, (), (source,), (), (study,), tuple(groups), (), claims, ())
    finder = Groups(evidence, vocabulary())
    return effects(
        claims,
        finder,
        standings or {},
        frozenset({"OS", "RELAPSE"}),
        options,
        frozenset({"RELAPSE"}),
    )


def figures(rows: Iterable[Effect]) -> list[tuple[str, str, float | None]]:
    return [(one.group.id, one.one.effect, one.one.yi and round(one.one.yi, 4)) for one in rows]


@pytest.mark.parametrize(("one", "two", "rr", "odds", "rd"), BCG)
def test_contrasts_of_counts_are_those_of_metafor(
    one: tuple[int, int],
    two: tuple[int, int],
    rr: tuple[float, float],
    odds: tuple[float, float],
    rd: tuple[float, float],
) -> None:
    assert contrast_of_counts(one, two, "RR") == pytest.approx(rr, abs=6e-5)
    assert contrast_of_counts(one, two, "OR") == pytest.approx(odds, abs=6e-5)
    assert contrast_of_counts(one, two, "RD") == pytest.approx(rd, abs=6e-5)


def test_no_events_get_a_half_in_every_cell_and_some_events_nothing() -> None:
    none, some = (0, 20), (5, 20)
    assert contrast_of_counts(none, some, "OR") == pytest.approx((-2.67748, 2.29511), abs=6e-6)
    assert contrast_of_counts(none, some, "RR") == pytest.approx((-2.39790, 2.08658), abs=6e-6)
    assert contrast_of_counts(none, some, "RD") == pytest.approx((-0.23810, 0.01031), abs=6e-6)
    assert proportion(5, 20) == pytest.approx((-1.0986, 0.2667), abs=6e-5)
    assert proportion(20, 20) == pytest.approx((3.7136, 2.0488), abs=6e-5)


def test_an_arm_and_a_contrast_from_counts() -> None:
    rows = found(
        [claim("CR", share("40", 4, 10), group="new"), claim("CR", share("20", 2, 10), group="old")]
    )
    assert figures(rows) == [
        ("new", "PLO", -0.4055),
        ("old", "PLO", -1.3863),
        ("new", "RR", 0.6931),
    ]
    assert rows[-1].comparator == ARMS[2]
    assert [one.id for one in rows[-1].claims] == [rows[0].claim.id, rows[1].claim.id]


def test_no_events_in_both_arms_give_no_contrast_but_a_reason() -> None:
    rows = found(
        [claim("CR", share("0", 0, 10), group="new"), claim("CR", share("0", 0, 10), group="old")]
    )
    contrast = next(one for one in rows if one.comparator)
    assert (contrast.one.yi, contrast.one.reason) == (None, "no events in either arm")


@pytest.mark.parametrize(
    ("percentage", "size", "events", "reason"),
    [
        ("36", 45, 16, ""),
        ("34", 271, None, "34% of 271 is 91 to 93 people"),
        ("84", 24, None, "no whole number of people is 84% of 24"),
    ],
)
def test_a_percentage_alone_counts_where_one_count_rounds_to_it(
    percentage: str, size: int, events: int | None, reason: str
) -> None:
    sizes = claim("SAMPLE_SIZE", people(size), group="new")
    (row,) = found([claim("CR", share(percentage), group="new"), sizes])
    assert (row.one.events, row.one.reason) == (events, reason)


def test_survival_at_a_landmark_has_no_variance_from_counts() -> None:
    (row,) = found([claim("OS", share("50", 5, 10), group="new", time="at 1 year")])
    assert (row.one.yi, row.one.events) == (None, None)
    assert "censoring" in row.one.reason
    figure = replace(share("50"), low=Decimal(40), high=Decimal(60), bounds="ci95")
    (row,) = found([claim("OS", figure, group="new", time="at 1 year")])
    assert (row.one.effect, row.one.yi) == ("CLL", pytest.approx(-0.3665, abs=5e-5))
    assert row.one.vi == pytest.approx(0.02222, abs=5e-5)


def test_a_number_of_events_is_a_count_and_their_percentage_alone_is_not() -> None:
    sizes = claim("SAMPLE_SIZE", people(60), group="new")
    for figure, effect, events in (
        (share("12", 7, 60), "PLO", 7),
        (people(7), "PLO", 7),
        (share("15"), "", None),
    ):
        printed = claim("RELAPSE", figure, group="new")
        (row,) = found([printed, sizes])
        assert (row.one.effect, row.one.events) == (effect, events)


@pytest.mark.parametrize(
    ("bounds", "vi", "reason"),
    [
        ("ci95", 0.01800, ""),
        ("ci97.5", 0.01377, ""),
        ("ci", None, "no interval of known level"),
        ("", None, "no interval of known level"),
    ],
)
def test_a_ratio_has_the_variance_that_the_level_of_its_interval_gives(
    bounds: str, vi: float | None, reason: str
) -> None:
    figure = Figure(
        Decimal("0.71"), "0.71", low=Decimal("0.55"), high=Decimal("0.93"), bounds=bounds
    )
    printed = claim("OS", figure, group="new", comparator="old", statistic="hazard-ratio")
    (row,) = found([replace(printed, kind="comparison")])
    assert row.one.reason == reason
    assert row.one.vi == (None if vi is None else pytest.approx(vi, abs=5e-5))


def test_means_give_their_difference() -> None:
    def mean(value: str, sd: str, name: str) -> Claim:
        figure = Figure(Decimal(value), value, dispersion=Decimal(sd), dispersion_kind="sd")
        return claim("AGE", replace(figure, unit="years"), group=name, statistic="mean")

    sizes = [claim("SAMPLE_SIZE", people(25), group=name) for name in ("new", "old")]
    rows = found([mean("50", "10", "new"), mean("44", "5", "old"), *sizes])
    contrast = next(one for one in rows if one.comparator)
    assert (contrast.one.effect, contrast.one.yi, contrast.one.vi) == ("MD", 6, 5)


def test_of_two_prints_of_a_mean_the_one_with_an_interval_is_chosen() -> None:
    bare = Figure(Decimal("1.11"), "1.11", unit="years")
    whole = replace(bare, low=Decimal("0.07"), high=Decimal("2.16"), bounds="ci95")
    means = [claim("AGE", one, group="new", statistic="mean") for one in (bare, whole)]
    rows = found(means)
    assert [(row.chosen, row.claim) for row in rows if row.chosen] == [(True, means[1])]
    assert next(row.one.reason for row in rows if not row.chosen) == "no spread or interval"


def test_a_mean_has_the_size_of_its_own_analysis_set() -> None:
    figure = Figure(Decimal(50), "50", unit="years", dispersion=Decimal(10), dispersion_kind="sd")
    sizes = [
        replace(claim("SAMPLE_SIZE", people(n), group="new"), analysis_set=name)
        for name, n in (("randomised", 31), ("completers", 25))
    ]
    mean = replace(claim("AGE", figure, group="new", statistic="mean"), analysis_set="completers")
    (row,) = found([mean, *sizes])
    assert (row.one.n, row.one.vi) == (25, 4)
    (row,) = found([replace(mean, analysis_set=""), *sizes])
    assert (row.one.vi, row.one.reason) == (None, "no number of people, or several")


def test_a_median_keeps_its_row_without_an_estimate() -> None:
    figure = Figure(Decimal("7.7"), "7.7", unit="months")
    (row,) = found([claim("OS", figure, group="new", statistic="median")])
    assert (row.one.yi, row.one.reason) == (None, "median has no standard error")


def test_whole_arms_come_before_an_analysis_set_and_a_later_cut_before_an_earlier() -> None:
    cuts = [
        replace(claim("CR", share("40", 4, 10), group="new"), data_cut="2015"),
        replace(claim("CR", share("50", 5, 10), group="new"), data_cut="2017"),
        claim("CR", share("60", 6, 10), group="new.treated"),
    ]
    rows = found(cuts)
    assert [(one.claim.data_cut, one.analysis_set) for one in rows if one.chosen] == [("2017", "")]
    assert len(rows) == 3


def test_a_set_aside_claim_has_no_row_and_a_preferred_one_is_chosen() -> None:
    one = claim("CR", share("40", 4, 10), group="new", source="a")
    two = claim("CR", share("50", 5, 10), group="new", source="b")
    aside = {("trial", one.id): ClaimStatus.SET_ASIDE}
    assert [row.claim for row in found([one, two], standings=aside)] == [two]
    preferred = {("trial", two.id): ClaimStatus.PREFERRED}
    rows = found([one, two], standings=preferred)
    assert [row.claim for row in rows if row.chosen] == [two]
    assert [row.claim for row in found([one, two]) if row.chosen] == [one]


def test_parts_of_arms_need_the_option() -> None:
    part = claim("CR", share("40", 4, 10), group="new.young")
    assert found([part]) == []
    assert [one.group.id for one in found([part], Options(subgroups=True))] == ["new.young"]


def test_the_table_of_the_evidence_base_has_a_row_once() -> None:
    rows = KnowledgeBase().effects(endpoint="OS")
    chosen = [
        tuple(
            row[name] for name in ("study", "group", "comparator", "time", "statistic", "category")
        )
        for row in rows
        if row["chosen"] and not row["adjustment"]
    ]
    assert len(chosen) == len(set(chosen))
    assert all((row["yi"] is None) == bool(row["no_estimate"]) for row in rows)
    hazard = next(row for row in rows if row["study"] == "ino-vate" and row["yi"])
    assert (hazard["level"], hazard["effect"]) == (Decimal("97.5"), "HR")


def test_all_formats_hold_the_same_rows(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    from pyarrow import feather, parquet

    rows = KnowledgeBase().effects(endpoint="cCR")
    for suffix in ("csv", "parquet", "arrow"):
        write_analysis(list(rows), tmp_path / f"table.{suffix}")
    table = parquet.read_table(tmp_path / "table.parquet")
    assert table.equals(feather.read_table(tmp_path / "table.arrow"))
    assert [row["yi"] for row in table.to_pylist()] == [row["yi"] for row in rows]
    assert len((tmp_path / "table.csv").read_text("utf-8-sig").splitlines()) == len(rows) + 1


def block(title: str) -> str:
    """A block of code of the page, by its title."""
    blocks = dict(
        re.findall(r'```\w+ title="([^"]+)"\n(.*?)```', PAGE.read_text("utf-8"), re.DOTALL)
    )
    return str(blocks[title])


def test_python_and_r_of_the_page_run_on_the_table(tmp_path: Path) -> None:
    rows = [row for row in KnowledgeBase().effects(endpoint="cCR") if row["chosen"]]
    write_analysis(rows, tmp_path / "ccr.csv")
    (tmp_path / "pooled.py").write_text(block("pooled.py"), "utf-8")
    ran = subprocess.run(
        [sys.executable, "pooled.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert re.fullmatch(r"\d+ arms, common effect 0\.\d{3}\n", ran.stdout)
    r = shutil.which("Rscript")
    if r is None:
        return  # R is not needed to use kb: the constants above are those of metafor
    program = f"""{block("metafor.R")}
    again <- escalc(measure = "PLO", xi = events, ni = n, data = arms)
    stopifnot(max(abs(again$yi - arms$yi), abs(again$vi - arms$vi)) < 1e-9)
    common <- rma(yi, vi, data = arms, method = "FE")
    cat(sprintf("%d arms, common effect %.3f\\n", common$k, transf.ilogit(common$b)))
    """
    (tmp_path / "metafor.R").write_text(program, "utf-8")
    in_r = subprocess.run(
        [r, "metafor.R"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    if "no package called" in in_r.stderr:
        return
    assert in_r.returncode == 0, in_r.stderr
    assert in_r.stdout.splitlines()[-1] == ran.stdout.strip()
