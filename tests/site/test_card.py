"""The card of a study: one report, nothing set aside, and figures with the neighbours they have."""

from __future__ import annotations

from pathlib import Path

from support.built_site import records

from kb.api.knowledge_base import KnowledgeBase
from kb.checks.adjudication import ClaimStatus
from kb.records.starter import write_starter
from kb.site.context import PageContext
from kb.site.counts import reports
from kb.site.tables.card import RESULTS, StudyCard
from kb.site.tables.main_results import MainResults
from kb.site.tables.study import StudyTables


def card(site: PageContext, study: str) -> StudyCard:
    return StudyCard(site, site.studies[study], StudyTables(site, study))


def test_a_card_is_of_one_report_from_one_source(site: PageContext) -> None:
    seen = 0
    for study in site.studies:
        found = card(site, study)
        if (table := found.results()) is None:
            continue
        views = [view for figure in table.figures for view in figure.claims]
        seen += len(views)
        assert len({(reports(view), view.source.id) for view in views}) == 1, study
        assert not [view for view in views if view.standing is ClaimStatus.SET_ASIDE]
        assert len(table.blocks) <= RESULTS
        assert {p.id for p in found.publications} == reports(views[0])
        assert bool(found.cited_by) is views[0].claim.is_second_hand
    assert seen > 100


def test_card_and_other_results_have_every_main_result_once(site: PageContext) -> None:
    for study in site.studies:
        found = card(site, study)
        tables = [table for table in (found.results(), found.others()) if table]
        shown = [v.iri for table in tables for f in table.figures for v in f.claims]
        assert sorted(shown) == sorted(view.iri for view in found.tables.main_results.views())


def test_the_report_of_the_study_itself_comes_before_a_review(site: PageContext) -> None:
    assert [p.id for p in card(site, "tower").publications] == ["kantarjian-2017-tower"]
    assert not card(site, "tower").cited_by


def test_of_reports_with_as_many_whole_comparisons_the_later_one_is_shown(
    site: PageContext,
) -> None:
    found = card(site, "ino-vate")
    assert [p.id for p in found.publications] == ["kantarjian-2019-ino-vate-final"]
    table = found.results()
    assert table
    shown = " ".join(figure.text for figure in table.figures)
    assert "p = 0.0105 (one-sided); hazard ratio 0.75 (97.5% CI 0.57–0.99)" in shown


def test_a_level_of_evidence_is_that_of_the_design_or_a_broader_one(site: PageContext) -> None:
    assert card(site, "tower").level == "2"
    assert card(site, "campus-all").level == "4"
    assert card(site, "background").level == ""


def test_endpoints_that_are_better_one_way_lead_where_no_setting_names_any() -> None:
    site = PageContext(records(), records().root / "site")
    main = {"title": "Main", "endpoints": ["NONE_SUCH"]}
    vars(site)["settings"] = {**site.settings, "main": main}
    leading = MainResults(site, "tower").leading
    assert "OS" in leading
    assert not [n for n in leading if site.vocabulary.inherited("endpoint", n, "betterWhen") == ""]


def leading_in(root: Path, extra: str, main: list[str]) -> tuple[list[str], set[str]]:
    """Return the endpoints that lead in a new base with one more claim, and the times shown."""
    write_starter(root, "Base", "https://example.org/base/")
    record = root / "evidence" / "studies" / "example-trial.yaml"
    content = record.read_text(encoding="utf-8")
    record.write_text(content.replace("      - endpoint: OVERALL_RESPONSE\n", extra, 1), "utf-8")
    site = PageContext(KnowledgeBase(root), root / "site")
    settings = {**site.settings, "main": {"title": "Main", "endpoints": main}}
    vars(site)["settings"] = settings
    results = MainResults(site, "example-trial")
    times = {str(view.claim.measure.time) for view in results.views()}
    return list(results.leading), times


def test_measurements_at_baseline_do_not_lead(tmp_path: Path) -> None:
    leading, times = leading_in(tmp_path / "base", "      - endpoint: OVERALL_RESPONSE\n", [])
    assert {"OVERALL_RESPONSE", "EFS"} <= set(leading)
    assert "at baseline" not in times
    assert "at 12 weeks" in times


def test_a_statement_alone_leaves_the_lead_to_figures(tmp_path: Path) -> None:
    none = "      - {endpoint: PROGRESSION, printed: In a trial, values: {all: none}}\n"
    extra = f"{none}      - endpoint: OVERALL_RESPONSE\n"
    leading, _ = leading_in(tmp_path / "base", extra, ["PROGRESSION"])
    assert "OVERALL_RESPONSE" in leading
    figures, _ = leading_in(tmp_path / "other", extra, ["PROGRESSION", "EFS"])
    assert figures == ["PROGRESSION", "EFS"]


def test_what_a_study_calls_its_primary_outcome_leads(tmp_path: Path) -> None:
    aim = (
        "      - {endpoint: PRIMARY_OUTCOME, category: nausea at 12 weeks, "
        "printed: nausea at 12 weeks, values: {all: reported}}\n"
    )
    extra = f"{aim}      - endpoint: OVERALL_RESPONSE\n"
    leading, _ = leading_in(tmp_path / "base", extra, ["OVERALL_RESPONSE"])
    assert leading[:2] == ["NAUSEA", "OVERALL_RESPONSE"]


def test_an_estimate_names_both_groups_in_their_order(site: PageContext) -> None:
    """A ratio is read by which group comes first: a p-value alone is not."""
    seen = 0
    for study in site.studies:
        tables = StudyTables(site, study)
        for figure in (f for t in tables.tables() for row in t.rows for f in row.compared):
            measure = figure.claims[0].claim.measure
            if figure.claims[0].claim.figure.value is not None:
                seen += 1
                pair = (measure.group, measure.comparator)
                names = (pair, tuple(map(tables.column_of, pair)))
                written = (" vs ".join(site.who(study, name) for name in one) for one in names)
                assert any(one in figure.text for one in written), figure.claims[0].claim.id
    assert seen > 20


def test_a_row_of_a_card_does_not_repeat_the_report_of_the_card(site: PageContext) -> None:
    table = card(site, "campus-all").results()
    assert table
    assert not [row.context for row in table.rows if "Fracchiolla 2023" in row.context]


def test_what_cannot_be_right_does_not_lead_a_card(site: PageContext) -> None:
    for study in site.studies:
        if table := card(site, study).results():
            disputed = [
                all(row.standing is ClaimStatus.DISPUTED for row in block.rows)
                for block in table.blocks
            ]
            assert disputed == sorted(disputed), study
