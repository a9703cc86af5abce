"""What the print of an estimate and its header say: its kind, a p-value behind it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from kb.drafts.associations import MODEL
from kb.papers.entries import Form
from kb.papers.reading import TableFigure
from kb.papers.statistic import Spread, declared
from kb.sources.numbers import Number

_VAGUE: Final = re.compile(
    r"(?:treatment |intervention )?effects?(?: (?:sizes?|estimates?))?|estimates?", re.IGNORECASE
)
_OF_GROUPS: Final = re.compile(
    r"(?:(?:un)?adjusted |crude )?(?:treatment |intervention )?(?:effects?|differences?)"
    r" (?:for|of) .+ (?:vs?\.?|versus) .+",
    re.IGNORECASE,
)
"""A header that only names the groups of an estimate: "Unadjusted effect of Drug vs Placebo"."""
_P_IN_BRACKETS: Final = re.compile(r"\w.*[(\[]p(?:[- –]?values?)?[)\]]", re.IGNORECASE)


def names_kind(label: str) -> bool:
    """Whether a label only names estimates, or their adjustment.

    >>> names_kind("Adjusted"), names_kind("Effect estimate"), names_kind("Pain")
    (True, True, False)
    """
    return names_effect(label) or any(one.fullmatch(label) for one in (_VAGUE, MODEL, _OF_GROUPS))


def names_effect(header: str) -> bool:
    """Whether a header says what an estimate is.

    >>> names_effect("Odds ratio"), names_effect("Treatment effect")
    (True, False)
    """
    centre = declared(_VAGUE.sub(" ", header)).centre
    return centre is not None and centre.is_effect


def is_reference(figure: TableFigure) -> bool:
    """Whether an estimate is the 1 of the category that others are compared with."""
    main = figure.entry.main or next(iter(figure.entry.numbers), None)
    is_bare = figure.entry.form in (Form.NUMBER, Form.OTHER)
    return is_bare and main is not None and main.value == 1 and len(figure.entry.numbers) == 1


def with_slash(figure: TableFigure) -> TableFigure:
    """Return an estimate whose interval is printed with a slash: "-1.3 (-2.2/-0.4)"."""
    entry, spread = figure.entry, figure.statistic.spread
    if entry.form is not Form.RATIO_SHARE or spread is not Spread.CI or "%" in entry.text:
        return figure
    bounded = replace(
        entry, form=Form.WITH_BOUNDS, main=entry.share, low=entry.main, high=entry.of, share=None
    )
    return replace(figure, entry=replace(bounded, of=None))


def p_in_brackets(figure: TableFigure) -> Number | None:
    """Return the p-value behind an estimate, 1.11 (<0.001), where the header has it in brackets."""
    header = " ".join(figure.column.path)
    is_behind = figure.entry.form is Form.PAIR and _P_IN_BRACKETS.search(header)
    return figure.entry.second if is_behind else None
