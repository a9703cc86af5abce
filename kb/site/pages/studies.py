"""The pages of studies: what each is, who was in it, and its results, arm by arm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from kb.api.results import ClaimView
from kb.export.csv import schedule
from kb.model import WHOLE, Group, Study, measure_key
from kb.site.charts.flow import Flow, flow_of
from kb.site.charts.study_plots import StudyPlots
from kb.site.context import MOST_LINES, PageContext, collect
from kb.site.labels import Part, dose, dotted, sentence
from kb.site.page import OutputFile, Page, Values
from kb.site.pages.discrepancies import from_elsewhere, of_study
from kb.site.search_entries import study_entry
from kb.site.tables.card import StudyCard
from kb.site.tables.figures import DisplayedFigure
from kb.site.tables.safety import Safety
from kb.site.tables.study import StudyTable, StudyTables


@dataclass(frozen=True)
class Member:
    """A group with its size and the groups within it."""

    group: Group
    sizes: tuple[DisplayedFigure, ...]
    regimen: str
    criterion: str
    parts: tuple[Member, ...]


@dataclass(frozen=True)
class Schedule:
    """A regimen as one source gives it, step by step."""

    figure: DisplayedFigure
    who: str
    steps: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True)
class _Content:
    """What a study's page shows, each part with a download of its own."""

    tables: list[StudyTable]
    card: StudyCard
    main: StudyTable | None
    schedules: list[Schedule]
    flow: Flow | None


def study_pages(site: PageContext) -> Iterator[Page]:
    """Yield the list of studies, and for each study its page and its tables."""
    yield Page(
        "study/index",
        "studies.html.j2",
        "Studies",
        lambda: _index_values(site),
        "Every study of the evidence base, by design.",
        hide=("navigation",),
    )
    plots = StudyPlots(site)
    for study in site.studies.values():
        yield _study(site, study, plots)
        if _is_large(site, study) and plots.of(study.id):
            yield _plots(study, plots)


def _index_values(site: PageContext) -> Values:
    counts = site.base.counts()
    counted = counts["studies"] + counts["analyses of studies"]
    by_design = collect((study.kind, study) for study in site.studies.values())
    return {"by_design": by_design, "counts": counts, "others": len(site.studies) - counted}


def _study(site: PageContext, study: Study, plots: StudyPlots) -> Page:
    @cache
    def arranged() -> StudyTables:
        return StudyTables(site, study.id)

    @cache  # the page and its downloads need the same
    def content() -> _Content:
        given = _schedules(site, arranged())
        card = StudyCard(site, study, arranged())
        flow = flow_of(site, study.id)
        return _Content(arranged().tables(), card, arranged().main(), given, flow)

    def values() -> Values:
        return vars(content()) | {
            "study": study,
            "cards": of_study(site, study.id),
            "elsewhere": from_elsewhere(site, study.id),
            "plots": plots.of(study.id),
            "is_large": _is_large(site, study),
            "whole": _member(site, arranged(), site.groups[study.id, WHOLE]),
            "anchors": _anchors(arranged().claims),
            "narrower_groups": len(site.groups_of(study.id)) - 1,
            "refs": _references(site, study.id),
            "who": _heading_of_patients(site),
            "safety": Safety.of(site).links_of_study(study.id),
            "with_safety": Safety.of(site).headings,
            "analyses": [s for s in site.studies.values() if study.id in s.analysis_of],
            "is_long": arranged().is_long,
        }

    return Page(
        f"study/{study.id}",
        "study.html.j2",
        study.name,
        values,
        f"{study.name}: {study.title}",
        hide=("navigation",),
        search=lambda: study_entry(site, study),
        files=lambda: _files(site, study.id, content()),
    )


def _files(site: PageContext, study: str, content: _Content) -> Iterator[OutputFile]:
    """Yield the claims of a study as CSV: all of them, and those of each part of its page."""
    yield site.csv(f"study/{study}.csv", site.by_study.get(study, ()))
    for table in (*content.tables, *([content.main] if content.main else [])):
        yield site.csv(table.csv, table.claims)
    parts = {
        "flow": content.flow.figures if content.flow else [],
        "schedules": [schedule.figure for schedule in content.schedules],
    }
    for name, figures in parts.items():
        if figures:
            views = [view for figure in figures for view in figure.claims]
            yield site.csv(f"study/{study}/{name}.csv", views)


def _is_large(site: PageContext, study: Study) -> bool:
    """Whether a study has more claims than its page can show beside plots of them."""
    return len(site.by_study.get(study.id, ())) > MOST_LINES


def _plots(study: Study, plots: StudyPlots) -> Page:
    return Page(
        f"study/{study.id}/plots",
        "study-plots.html.j2",
        f"{study.name}: plots",
        lambda: {"study": study, "plots": plots.of(study.id)},
        f"{study.name}: its figures as plots",
        hide=("navigation",),
    )


def _references(site: PageContext, study: str) -> dict[str, int]:
    """Return the numbers of a study's sources, ordered as publications are cited."""
    sources = {view.source.id: view.source for view in site.by_study.get(study, ())}
    cited = {name: site.publications[one.publication].citation for name, one in sources.items()}
    ordered = sorted(sources, key=lambda name: (cited[name].casefold(), name))
    return {name: number for number, name in enumerate(ordered, 1)}


def _heading_of_patients(site: PageContext) -> str:
    """Return the part of a page about who was studied: that of the sizes of groups."""
    size = site.settings["size"]
    known = size in site.endpoint_order
    return next((h.id for h in site.headings if known and site.top(size) in h.tops), "")


def _anchors(views: Iterable[ClaimView]) -> dict[str, str]:
    """Return, by the claim whose figure carries its id on the page, each measure."""
    first: dict[str, str] = {}
    for view in views:
        first.setdefault(measure_key(view.claim.measure), view.claim.id)
    return {claim: measure for measure, claim in first.items()}


def _member(site: PageContext, arranged: StudyTables, group: Group) -> Member:
    parts = (g for g in site.groups_of(group.study) if g.within == group.id)
    wider = site.groups[group.study, group.within].regimen if group.within else ""
    endpoint = site.labels.label("endpoint", group.who_endpoint)
    criterion = ", ".join(filter(None, (endpoint, group.who_category, group.who_time)))
    return Member(
        group,
        arranged.sizes(group),
        group.regimen if group.regimen != wider else "",
        criterion if group.who_endpoint else "",
        tuple(_member(site, arranged, part) for part in parts),
    )


def _schedules(site: PageContext, arranged: StudyTables) -> list[Schedule]:
    """Return the schedules of doses: of experimental arms first, those with amounts first."""
    order = {group.id: at for at, group in enumerate(site.groups_of(arranged.study))}

    def rank(view: ClaimView) -> tuple[int, bool]:
        has_amount = any(step.amount or step.amounts for step in view.claim.steps)
        return order[arranged.column_of(view.claim.measure.group)], not has_amount

    return [_schedule(site, v) for v in sorted(filter(_has_steps, arranged.claims), key=rank)]


def _has_steps(view: ClaimView) -> bool:
    return bool(view.claim.steps)


def _schedule(site: PageContext, view: ClaimView) -> Schedule:
    claim = view.claim
    steps = tuple(
        (
            sentence(site.labels.label("drug", step.drug)),
            dose(step),
            schedule(step).replace(f"reduced by {step.reduction}%", "").strip("; "),
            step.note,
        )
        for step in claim.steps
    )
    who = dotted(site.who(claim.study, claim.measure.group), site.labels.measure(claim))
    return Schedule(DisplayedFigure((Part("words", "as printed"),), (view,)), who, steps)
