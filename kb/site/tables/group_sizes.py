"""The size of a group beside a figure, as the source of the figure gives it."""

from __future__ import annotations

from collections.abc import Sequence

from kb.api.results import ClaimView
from kb.site.context import PageContext


def size_beside(site: PageContext, view: ClaimView, group: str) -> int | None:
    """Return the size that the source of a figure itself gives and that was not set aside.

    None for the size itself, and for a figure of another analysis set, population or regimen: it
    is not about the whole group.
    """
    measure = view.claim.measure
    is_of_part = view.claim.analysis_set or measure.population or measure.regimen
    if is_of_part or site.sizes.is_size(view.claim):
        return None
    size = site.sizes.size(site.groups[view.claim.study, group], view.claim.source)
    return size.number if size else None


def sizes_text(site: PageContext, views: Sequence[ClaimView]) -> str:
    """Write the size of the group of one figure that several sources report.

    A report of the study itself goes before one that cites it: a review may give the size of
    another analysis.
    """
    own = [view for view in views if not view.claim.is_second_hand]
    sizes = (size_beside(site, view, view.claim.measure.group) for view in own or views)
    return " / ".join(dict.fromkeys(str(size) for size in sizes if size))
