"""The pages of studies: what each is, who was in it, and what it found, arm by arm."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from kb.api.results import ClaimView
from kb.export.csv import schedule
from kb.model import WHOLE, Group, Study, measure_key
from kb.site.charts.flow import Count, Flow, Size, flow_of
from kb.site.charts.study_plots import StudyPlots
from kb.site.context import PageContext, collect
from kb.site.data import search_names as searching
from kb.site.labels import dose, sentence
from kb.site.page import OutputFile, Page, Values
from kb.site.pages.discrepancies import from_elsewhere, of_study
from kb.site.tables.figures import DisplayedFigure, Part
from kb.site.tables.study import StudyTables, Table


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

    shown: DisplayedFigure
    who: str
    steps: tuple[tuple[str, str, str, str], ...]


def study_pages(site: PageContext) -> Iterator[Page]:
    """Yield the list of studies, and for each study its page and its tables."""
    by_design = collect((study.kind, study) for study in site.studies.values())
    yield Page(
        "study/index",
        "studies.html.j2",
        "Studies",
        {"site": site, "by_design": by_design},
        "Every study of the evidence base, by design.",
        hide=("navigation",),
    )
    plots = StudyPlots(site)
    for study in site.studies.values():
        yield _study(site, study, plots)


@dataclass(frozen=True)
class _Parts:
    """What stands on a study's page and can be taken from it."""

    tables: list[Table]
    main: Table | None
    schedules: list[Schedule]
    flow: Flow | None


def _study(site: PageContext, study: Study, plots: StudyPlots) -> Page:
    arranged = StudyTables(site, study.id)

    @cache
    def parts() -> _Parts:
        tables, main = arranged.tables(), arranged.main()
        return _Parts(tables, main, _schedules(site, study.id), flow_of(site, study.id))

    def values() -> Values:
        tables, main, schedules = parts().tables, parts().main, parts().schedules
        members = _member(site, arranged, site.groups[study.id, WHOLE])
        return {
            "site": site,
            "study": study,
            "main": main,
            "tables": tables,
            "cards": of_study(site, study.id),
            "elsewhere": from_elsewhere(site, study.id),
            "plots": plots.of(study.id),
            "flow": parts().flow,
            "schedules": schedules,
            "whole": members,
            "anchors": _anchors(arranged.claims),
            "narrower_groups": len(site.groups_of(study.id)) - 1,
            "boxes": _boxes(main, tables, schedules, members),
            "analyses": [s for s in site.studies.values() if study.id in s.analysis_of],
            "is_long": arranged.is_long,
        }

    page = _page(site, study, arranged.claims, values)
    return replace(page, files=lambda: _files(site, study.id, parts()))


def _files(site: PageContext, study: str, parts: _Parts) -> Iterator[OutputFile]:
    """Yield what can be taken from a study's page: all of it, and each part of the page."""
    yield site.csv(f"study/{study}.csv", site.by_study.get(study, ()))
    for table in (*parts.tables, *([parts.main] if parts.main else [])):
        yield site.csv(table.csv, table.claims)
    flow = parts.flow
    drawn = [] if flow is None else [*flow.whole.shown, *_within(flow.arms), *_within(flow.counts)]
    listed = {"flow": drawn, "schedules": [one.shown for one in parts.schedules]}
    for name, shown in listed.items():
        if shown:
            found = [one for print_ in shown for one in print_.claims]
            yield site.csv(f"study/{study}/{name}.csv", found)


def _page(
    site: PageContext, study: Study, claims: list[ClaimView], values: Callable[[], Values]
) -> Page:
    cards = (*of_study(site, study.id), *from_elsewhere(site, study.id))
    judged = (found for card in cards for found in card.claims)
    return Page(
        f"study/{study.id}",
        "study.html.j2",
        study.name,
        values,
        f"{study.name}: {study.title}",
        hide=("navigation",),
        made_of=site.made_of((*claims, *judged)),
        **searching.of_study(study, len(claims)),
    )


def _within(parts: Iterable[Count | Size]) -> Iterator[DisplayedFigure]:
    return (shown for part in parts for shown in part.shown)


def _boxes(
    main: Table | None, tables: list[Table], schedules: list[Schedule], whole: Member
) -> list[DisplayedFigure]:
    """Everything on the page that opens, each once."""
    every = [shown for table in tables for shown in table.shown]
    every += main.shown if main else []
    every += [one.shown for one in schedules]
    every += [size for table in tables for column in table.columns for size in column.sizes]
    every += _sizes(whole)
    return list({shown.id: shown for shown in every}.values())


def _anchors(claims: Iterable[ClaimView]) -> dict[str, str]:
    """Choose for each measure the claim that carries its id on the page."""
    first: dict[str, str] = {}
    for found in claims:
        first.setdefault(measure_key(found.claim.measure), found.claim.id)
    return {claim: measure for measure, claim in first.items()}


def _sizes(member: Member) -> list[DisplayedFigure]:
    return [*member.sizes, *(size for part in member.parts for size in _sizes(part))]


def _member(site: PageContext, arranged: StudyTables, group: Group) -> Member:
    parts = (g for g in site.groups_of(group.study) if g.within == group.id)
    above = site.groups[group.study, group.within].regimen if group.within else ""
    return Member(
        group,
        arranged.sizes(group),
        group.regimen if group.regimen != above else "",
        _criterion(site, group),
        tuple(_member(site, arranged, part) for part in parts),
    )


def _criterion(site: PageContext, group: Group) -> str:
    if not group.who_endpoint:
        return ""
    endpoint = site.words.label("endpoint", group.who_endpoint)
    return ", ".join(filter(None, (endpoint, group.who_category, group.who_time)))


def _schedules(site: PageContext, study: str) -> list[Schedule]:
    given = [found for found in site.by_study.get(study, []) if found.claim.steps]
    return [_schedule(site, found) for found in given]


def _schedule(site: PageContext, found: ClaimView) -> Schedule:
    claim = found.claim
    steps = tuple(
        (
            sentence(site.words.label("drug", step.drug)),
            dose(step),
            schedule(step).replace(f"reduced by {step.reduction}%", "").strip("; "),
            step.note,
        )
        for step in claim.steps
    )
    where = site.words.measure(claim)
    who = " · ".join(filter(None, (site.who(claim.study, claim.measure.group), where)))
    return Schedule(DisplayedFigure((Part("words", "as printed"),), (found,)), who, steps)
