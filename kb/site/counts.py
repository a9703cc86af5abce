"""What some claims are: figures and statements, of which studies, from which publications."""

from __future__ import annotations

from collections.abc import Iterable

from kb.api.results import ClaimView
from kb.site.context import PageContext
from kb.util.wording import counted


def reports(view: ClaimView) -> frozenset[str]:
    """Return the publications that a figure is from: those cited for it, else the source."""
    cited = frozenset(publication.id for publication in view.publications)
    return cited or frozenset((view.source.publication,))


def count_text(site: PageContext, views: Iterable[ClaimView]) -> str:
    """Count figures, statements, studies, analyses of studies and publications apart."""
    every = tuple(views)
    figures = sum(view.claim.has_figure for view in every)
    studies = {view.claim.study for view in every}
    analyses = {name for name in studies if site.studies[name].analysis_of}
    has_flag = site.vocabulary.has_flag
    background = {n for n in studies if has_flag("design", site.studies[n].kind, "isNoStudy")}
    publications = {name for view in every for name in reports(view)}
    counts = (
        counted(figures, "figure"),
        counted(len(every) - figures, "statement without a figure", "statements without a figure"),
        counted(len(studies - analyses - background), "study", "studies"),
        counted(len(analyses), "analysis of studies", "analyses of studies"),
        counted(len(publications), "publication"),
    )
    return " · ".join(text for text in counts if not text.startswith("0 "))
