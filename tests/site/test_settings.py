"""The settings of pages: defaults that fit any disease, and what an evidence base states itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.built_site import the_site
from support.environment import ROOT

from kb import KnowledgeBase, RecordError
from kb.site.context import PageContext
from kb.site.pages.compare import comparison_starts
from kb.site.settings import load_settings


def settings(root: Path, text: str) -> Path:
    (root / "site").mkdir()
    (root / "site" / "site.yaml").write_text(text, encoding="utf-8")
    return root


def test_without_settings_all_have_defaults(tmp_path: Path) -> None:
    assert load_settings(tmp_path).keys() == load_settings(ROOT).keys()


def test_own_settings_come_before_the_defaults(tmp_path: Path) -> None:
    found = load_settings(settings(tmp_path, "size: N\nplots: {beyond: none-such}\n"))
    default = load_settings(tmp_path / "other")
    assert (found["size"], found["plots"]["beyond"]) == ("N", "none-such")
    assert found["plots"]["rows"] == default["plots"]["rows"]
    assert found["map"] == default["map"]


def test_words_of_the_vocabulary_may_be_names(tmp_path: Path) -> None:
    text = "pivotal: {designs: {cohort: 2}, endpoints: [A]}\nplots: {among: {A: some}}\n"
    assert load_settings(settings(tmp_path, text))["pivotal"]["designs"] == {"cohort": 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sise: N", "site.yaml:1: sise: found 'sise', expected a known field; did you mean 'size'"),
        ("\nsize: [N]", "site.yaml:2: size:.*expected a text"),
        ("headings: [{title: A, id: a}]", "headings.0: expected the field 'tops', which is miss"),
        ("plots: {rows: response}", "plots.rows: found 'response', expected a list"),
        ("main: {title: Main}", "main: expected the field 'endpoints'"),
        ("size: {", "expected valid YAML"),
        ("- a", "a mapping of fields"),
    ],
)
def test_a_mistake_names_its_place(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(RecordError, match=expected):
        load_settings(settings(tmp_path, text))


def test_the_comparison_starts_with_what_the_settings_name() -> None:
    site = the_site()
    first = comparison_starts(site)[0]
    assert list(first.regimens) == site.settings["compare"]["regimens"][:2]
    assert list(first.endpoints) == site.settings["compare"]["endpoints"]
    assert "regimen=inotuzumab&regimen=blinatumomab&endpoint=cCR" in first.address


def test_without_settings_the_comparison_starts_with_what_studies_compare_most(
    example: KnowledgeBase,
) -> None:
    # The example has no settings of its own.
    starts = comparison_starts(PageContext(example, example.root / "site"))
    groups = {(g.study, g.id): g.regimen for g in example.evidence.groups}
    compared = {
        frozenset({v.group.regimen, groups[v.claim.study, v.claim.measure.comparator]})
        for v in example.claims()
        if v.claim.measure.comparator
    }
    assert starts
    assert all(frozenset(start.regimens) in compared for start in starts)


def test_the_comparison_starts_with_endpoints_that_its_regimens_have(
    example: KnowledgeBase,
) -> None:
    site = PageContext(example, example.root / "site")
    reported = {view.claim.measure.endpoint for view in example.claims()}
    absent = next(name for name in site.endpoint_order if name not in reported)
    for wanted, kept in (([absent], False), ([absent, "PAIN_FREE"], True)):
        compare = {"regimens": [], "endpoints": wanted}
        vars(site)["settings"] = {**site.settings, "compare": compare}
        start = comparison_starts(site)[0]
        assert (list(start.endpoints) == wanted) is kept
        assert set(start.endpoints) & reported


def test_a_key_study_that_is_unknown_is_named_with_the_nearest(tmp_path: Path) -> None:
    root = settings(tmp_path, "pivotal:\n  studies:\n    - halt\n    - towr\n")
    expected = r"site.yaml:4: pivotal.studies.1: found 'towr', expected the id of .*'tower'"
    with pytest.raises(RecordError, match=expected):
        load_settings(root, ["halt", "tower"])
    assert load_settings(root, ["halt", "towr"])["pivotal"]["studies"] == ["halt", "towr"]
