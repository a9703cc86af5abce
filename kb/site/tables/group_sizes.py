"""The number of people of a group, as the source of a figure gives it."""

from __future__ import annotations

from collections.abc import Sequence

from kb.api.results import ClaimView
from kb.checks.adjudication import ClaimStatus
from kb.checks.groups import Groups
from kb.site.context import PageContext


class GroupSizes:
    """Finds the size of a group to show beside a figure."""

    def __init__(self, site: PageContext) -> None:
        self.site = site
        self._groups = Groups(site.evidence, site.vocabulary)

    @classmethod
    def of(cls, site: PageContext) -> GroupSizes:
        """Return the one of an evidence base, made once for all pages."""
        return site.memo(("group-sizes",), lambda: cls(site))

    def beside(self, view: ClaimView, group: str) -> int | None:
        """Return the size that the source of a figure itself gives and that was not set aside.

        None for the size itself, and for a figure of another analysis set, population or regimen:
        it is not about the whole group.
        """
        measure = view.claim.measure
        is_of_part = view.claim.analysis_set or measure.population or measure.regimen
        if is_of_part or self._groups.is_size(view.claim):
            return None
        own = self.site.groups[view.claim.study, group]
        size = self._groups.size(own, view.claim.source)
        if size is None:
            return None
        standing = self.site.base.curated.standing(size.claim.study, size.claim.id)
        return None if standing is ClaimStatus.SET_ASIDE else size.number

    def text(self, views: Sequence[ClaimView]) -> str:
        """Write the size of the group of one figure that several sources report.

        A report of the study itself goes before one that cites it: a review may give the size of
        another analysis.
        """
        own = [view for view in views if not view.claim.is_second_hand]
        sizes = (self.beside(view, view.claim.measure.group) for view in own or views)
        return " / ".join(dict.fromkeys(str(size) for size in sizes if size))
