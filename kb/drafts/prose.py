"""Suggestions for running text: figures in no claim, in a sentence that names an endpoint."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kb.drafts.figures import RATIOS
from kb.drafts.groups import GroupNames
from kb.drafts.labels import EndpointNames
from kb.drafts.times import time_in
from kb.model import Claim
from kb.papers.statistic import Centre, declared
from kb.records.shared_schema import SourceRecord
from kb.sources.coverage import claimed_spans
from kb.sources.figures import FigureInText
from kb.sources.normalise import fold
from kb.sources.tables import table_rows
from kb.sources.text import SourceText

_END: Final = re.compile(r"[.!?](?=\s+[A-Z(<])|\n\s*\n|\n(?=\S)")
_UNIT: Final = re.compile(r"\s?(?:%|[A-Za-zµ/²³]{1,12})?")
_OPERATOR: Final = re.compile(r"(?:[<>≤≥~±=]|\bp\s?[<>=≤≥])\s?$", re.IGNORECASE)
_MAX_FIGURES: Final = 12
_MAX_PRINT: Final = 200
_STATISTICS: Final = RATIOS | {Centre.MEAN: "mean", Centre.MEDIAN: "median"}


def suggestions(
    source: SourceRecord,
    text: SourceText,
    names: EndpointNames,
    groups: GroupNames,
    claims: Sequence[Claim],
) -> Iterator[dict[str, Any]]:
    """Yield a suggestion for each sentence with an unaccounted figure and a known endpoint.

    The figures are given with what stands right at them, without the sentence.
    """
    for section in text.evidence:
        own = [claim for claim in claims if claim.section == section]
        taken = claimed_spans(text, section, own)
        taken += [
            span
            for entry in source.left_out
            if entry.at == section
            for printed in entry.figures
            for match in text.find(section, printed)
            for span in match.spans
        ]
        rows = [
            (row[0].start, row[-1].end)
            for piece in text.section(section)
            for row in table_rows(piece.text, piece.start)
        ]
        free = [f for f in text.figures(section) if not _inside(f, [*taken, *rows])]
        for figures, sentence in _sentences(text, section, free):
            if found := _suggestion(text, section, figures, sentence, names, groups):
                yield {"source": source.id, "at": section, **found}


def _sentences(
    text: SourceText, section: str, figures: Sequence[FigureInText]
) -> Iterator[tuple[list[FigureInText], str]]:
    for piece in text.section(section):
        ends = [match.end() for match in _END.finditer(piece.text)] + [len(piece.text)]
        start = 0
        for end in ends:
            first, last = piece.start + start, piece.start + end
            inside = [f for f in figures if first <= f.start and f.end <= last]
            if inside:
                yield inside, piece.text[start:end]
            start = end


def _suggestion(
    text: SourceText,
    section: str,
    figures: Sequence[FigureInText],
    sentence: str,
    names: EndpointNames,
    groups: GroupNames,
) -> dict[str, Any] | None:
    endpoint = names.mentioned(sentence)
    if not endpoint:
        return None
    time = time_in(fold(sentence).text)
    prints = (_print(text.text, figure) for figure in figures[:_MAX_FIGURES])
    fragments = [one for one in prints if not time or f"at {one}" != time]
    if not fragments:
        return None
    printed = " … ".join(dict.fromkeys(fragments))
    while len(printed) > _MAX_PRINT or not text.find(section, printed):
        fragments = fragments[:-1]
        if not fragments:
            return None
        printed = " … ".join(dict.fromkeys(fragments))
    found: dict[str, Any] = {"endpoint": endpoint, "printed": printed}
    centre = declared(sentence).centre
    if centre in _STATISTICS:
        found["statistic"] = _STATISTICS[centre]
    if time:
        found["time"] = time
    if named := groups.mentioned(sentence):
        found["groups"] = named
    return found


def _print(text: str, figure: FigureInText) -> str:
    """Return a figure with its operator and the unit behind it, on one line."""
    before = _OPERATOR.search(text[max(0, figure.start - 4) : figure.start])
    start = figure.start - (len(before[0]) if before else 0)
    after = _UNIT.match(text, figure.end)
    end = after.end() if after else figure.end
    return " ".join(fold(text[start:end]).text.split()).rstrip(" .,;:(")


def _inside(figure: FigureInText, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start <= figure.start and figure.end <= end for start, end in spans)
