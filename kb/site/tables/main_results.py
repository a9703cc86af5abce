"""The main results of a study: which endpoints lead, and which of its figures readers look for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Final

from kb.api.results import ClaimView
from kb.checks.groups import ANALYSIS_SET
from kb.model import Claim
from kb.site.context import PageContext
from kb.site.tables.same_results import one_result_once

_BASELINE: Final = "baseline"
_WHOLE: Final = ("whole", "arm", "cohort")


class MainResults:
    """Chooses the main results of one study, of its arms as a whole.

    Args:
        site: the evidence base with its indexes.
        study: the id of the study.
    """

    def __init__(self, site: PageContext, study: str) -> None:
        self.site, self.study = site, study
        self.claims = site.by_study.get(study, [])

    def views(self) -> Iterable[ClaimView]:
        """Yield the main results, without those that a report gives for a narrower group."""
        views = [view for view in self._outcomes if self._is_main(view.claim)]
        grouped = one_result_once(self.site, views)
        elsewhere = {
            view.iri
            for measure, every in grouped.items()
            for view in every
            if view.claim.measure.group != measure.group
        }
        for view in views:
            about = {value.iri for value in view.values} or {view.iri}
            if not about <= elsewhere:
                yield view

    @cached_property
    def leading(self) -> Sequence[str]:
        """The endpoints that lead, those of the study's primary outcome first.

        The others are those of the settings, or those that are better higher or lower if the study
        has no figure of these, but statements at most. Figures at baseline are of the people
        before treatment: they count only where nothing else is there.
        """
        listed: list[str] = self.site.settings["main"]["endpoints"]
        counts = Counter(view.claim.measure.endpoint for view in self._outcomes)
        found = [name for name, _ in counts.most_common()]
        primary = [name for name in found if self._is_primary(name)]
        if not any(v.claim.measure.endpoint in listed and _is_given(v) for v in self._outcomes):
            listed = [name for name in found if self._better(name) in ("higher", "lower")]
        return list(dict.fromkeys((*primary, *listed)))

    @cached_property
    def _outcomes(self) -> Sequence[ClaimView]:
        """The claims not at baseline; all claims if these are of no endpoint that can be better."""
        later = [view for view in self.claims if view.claim.measure.time.at != _BASELINE]
        return later if any(self._better(v.claim.measure.endpoint) for v in later) else self.claims

    def _is_primary(self, endpoint: str) -> bool:
        """Whether the study names an endpoint in the words of its primary outcome."""
        names = self.site.vocabulary.get("endpoint", endpoint).names
        return any(_is_named(name, words) for name in names for words in self._primary_outcomes)

    @cached_property
    def _primary_outcomes(self) -> Sequence[str]:
        """The primary outcomes in the words of the source."""
        inherited = self.site.vocabulary.inherited
        measures = (view.claim.measure for view in self.claims)
        return [
            one.category
            for one in measures
            if inherited("endpoint", one.endpoint, "protocolItem") == "primary-outcome"
        ]

    def _better(self, endpoint: str) -> str:
        """Return whether higher or lower figures of an endpoint are better; "" if neither is."""
        return self.site.vocabulary.inherited("endpoint", endpoint, "betterWhen")

    def _is_main(self, claim: Claim) -> bool:
        measure, figure = claim.measure, claim.figure
        groups = filter(None, (measure.group, measure.comparator))
        if measure.category or measure.endpoint not in self.leading:
            return False
        if not all(self._is_whole(g) or self._is_among(measure.endpoint, g) for g in groups):
            return False
        if measure.comparator:
            return bool(claim.result.p_printed or figure.value is not None)
        in_words = bool(figure.text_value) and measure.statistic != "value"
        return figure.value is not None or in_words

    def _is_whole(self, name: str) -> bool:
        group = self.site.groups[self.study, name]
        if self._has_only_sets:
            return group.kind in (*_WHOLE, ANALYSIS_SET) and group.role != "comparator"
        return group.kind in _WHOLE

    @cached_property
    def _has_only_sets(self) -> bool:
        """Whether no outcome is of all, so that controls alone would pass for the study's."""
        groups = (self.site.groups[self.study, v.claim.measure.group] for v in self._outcomes)
        given = (v.claim.figure.value is not None for v in self._outcomes)
        whole = (g.kind in _WHOLE and g.role != "comparator" for g in groups)
        leads = (v.claim.measure.endpoint in self.leading for v in self._outcomes)
        return not any(all(every) for every in zip(whole, given, leads, strict=True))

    def _is_among(self, endpoint: str, name: str) -> bool:
        """Whether a group are those in a whole arm who met an endpoint of the same kind."""
        group, among = self.site.groups[self.study, name], self.site.settings["plots"]["among"]
        if not group.who_endpoint or group.who_category or not self._is_whole(group.within):
            return False
        return {self.site.top(endpoint)} == {self.site.top(group.who_endpoint)} <= set(among)


def _is_given(view: ClaimView) -> bool:
    """Whether a claim has a figure, and not a statement in words only: "no serious events"."""
    figure = view.claim.figure
    return figure.value is not None or figure.low is not None


def _is_named(name: str, text: str) -> bool:
    """Whether a text contains a name, such as "symptom score", as whole words."""
    return re.search(rf"\b{re.escape(name.lower())}\b", text.lower()) is not None
