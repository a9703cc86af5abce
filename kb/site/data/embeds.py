"""Cards of studies and plots as small pages of their own, for a frame in another page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from kb.site.charts.study_plots import StudyPlots
from kb.site.context import PageContext
from kb.site.data.citations import version_text
from kb.site.data.packing import versioned
from kb.site.page import EMBED, OutputFile
from kb.site.pages.forest import forest_data
from kb.site.tables.card import StudyCard
from kb.site.tables.study import StudyTables


def embedded_files(
    site: PageContext, render: Callable[..., str], within: str = ""
) -> Iterator[OutputFile]:
    """Yield the page of each study's card and plots, and that of the forest-plot builder.

    Args:
        site: the evidence base with its indexes.
        render: writes the template ``embed.html.j2``.
        within: the address of a page of the site, such as ``study/tower/``, to make only what is
            embedded of it; by default everything.
    """

    def page(path: str, of: str, title: str, **values: Any) -> OutputFile:
        root = "../" * (path.count("/") + 2)
        values = {
            "card": None,
            "plot": None,
            "rows": "",
            "version_text": version_text(site),
        } | values
        html = render(site=site, root=root, of=of, title=title, **values)
        return OutputFile(f"{EMBED}/{path}/index.html", html.strip().encode())

    plots = StudyPlots(site)
    for study in site.studies.values():
        path = f"study/{study.id}"
        if within not in ("", f"{path}/"):
            continue
        card = StudyCard(site, study, StudyTables(site, study.id))
        if card.results():
            yield page(path, f"{path}/", f"{study.name}: main results", card=card)
        for plot in chain.from_iterable(plots.of(study.id).values()):
            title = f"{study.name}: {plot.title}"
            yield page(f"{path}/{plot.id}", f"{path}/", title, plot=plot)
    if within in ("", "forest/"):
        yield page("forest", "forest/", "Forest plot", rows=versioned(forest_data(site)))
