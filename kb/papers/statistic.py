"""Which statistics a label declares: "n (%)", "mean ± SD", "HR (95% CI)", "P value"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Final


class Centre(StrEnum):
    """What the main figure of an entry is."""

    COUNT = "count"
    SHARE = "percentage"
    MEAN = "mean"
    MEDIAN = "median"
    HAZARD_RATIO = "hazard ratio"
    ODDS_RATIO = "odds ratio"
    RISK_RATIO = "risk ratio"
    RATE_RATIO = "rate ratio"
    RATIO = "ratio"
    DIFFERENCE = "difference"
    COEFFICIENT = "coefficient"
    CORRELATION = "correlation"
    P = "p-value"
    SIZE = "number of people"

    @property
    def is_ratio(self) -> bool:
        """Whether 1 means no effect."""
        return self.value.endswith("ratio")

    @property
    def is_effect(self) -> bool:
        """Whether it compares groups or describes an association."""
        return self.is_ratio or self in (Centre.DIFFERENCE, Centre.COEFFICIENT)


class Spread(StrEnum):
    """What the figures beside the main one are."""

    SHARE = "percentage"
    SD = "SD"
    SE = "SE"
    IQR = "IQR"
    RANGE = "range"
    CI = "CI"


_FITTING: Final = {
    Centre.COUNT: {Spread.SHARE},
    Centre.SHARE: {Spread.CI, Spread.SE},
    Centre.MEAN: {Spread.SD, Spread.SE, Spread.CI, Spread.RANGE},
    Centre.MEDIAN: {Spread.IQR, Spread.RANGE, Spread.CI},
}


@dataclass(frozen=True, slots=True)
class Statistic:
    """What a label declares of figures; None for what it does not declare.

    >>> declared("Age, years, median (IQR)")
    Statistic(centre=<Centre.MEDIAN: 'median'>, spread=<Spread.IQR: 'IQR'>, ...)
    """

    centre: Centre | None = None
    spread: Spread | None = None
    level: Decimal | None = None
    """The level of an interval, in percent."""
    share_first: bool = False
    """Whether the percentage precedes the count: "% (n)"."""
    geometric: bool = False
    adjusted: bool = False
    trend: bool = False
    """Whether a p-value is of an interaction, a trend, an assumption or several groups at once."""
    spreads: frozenset[Spread] = frozenset()
    """All spreads that a label names: "mean ± SD (95% CI)"."""

    def within(self, outer: Statistic) -> Statistic:
        """Return what this label and an outer one declare together; this one has precedence."""
        if self.centre and outer.centre and self.centre is not outer.centre:
            fits = outer.spread in _FITTING.get(self.centre, {Spread.CI})
            return self if self.spread or not fits else replace(self, spread=outer.spread)
        return Statistic(
            self.centre or outer.centre,
            self.spread or outer.spread,
            self.level or outer.level,
            self.share_first or (outer.share_first and not self.spread),
            self.geometric or outer.geometric,
            self.adjusted or outer.adjusted,
            self.trend or outer.trend,
            self.spreads or outer.spreads,
        )


_PEOPLE: Final = (
    "patients|subjects|participants|persons|people|individuals|men|women|children|infants|cases|"
    "girls|boys|males|females|mothers|events|respondents|students"
)
_SPREADS: Final = (
    (Spread.CI, re.compile(r"confidence|\bci\b|\bcis\b|\bc\.i\.|\bcri\b|credible", re.IGNORECASE)),
    (
        Spread.SE,
        re.compile(r"\bs\.?e\.?m?\.?\b(?! ?\()|\bSEMs?\b|standard err|std\.? err", re.IGNORECASE),
    ),
    (Spread.SD, re.compile(r"\bs\.?d\.?s?\b|standard dev|std\.? dev|\bdev\.", re.IGNORECASE)),
    (
        Spread.IQR,
        re.compile(r"\biqr\b|inter-?\s?quartile|quartile|\b25th|\bq1\b|\bp25\b", re.IGNORECASE),
    ),
    (Spread.RANGE, re.compile(r"\brange\b|\bmin(?:imum)?\b.{1,9}\bmax", re.IGNORECASE)),
    (
        Spread.SHARE,
        re.compile(
            r"\(\s?%\s?\)|\[\s?%\s?\]|[,;/] ?%|\bn ?%|± ?%|\(percent|percentages? in paren"
            r"|% ?\(\s?(?:n|no)\b",
            re.IGNORECASE,
        ),
    ),
)
_CENTRES: Final = (
    (
        Centre.P,
        re.compile(
            r"^[Pp](?:[- –]?[Vv]alues?)? (?:for|of)\b|^[Pp]robability of (?:the |a )?[Dd]ifference"
        ),
    ),
    (Centre.HAZARD_RATIO, re.compile(r"[Hh]azards? [Rr]atios?|\b(?:a|c|s)?HRs?\b")),
    (Centre.ODDS_RATIO, re.compile(r"[Oo]dds [Rr]atios?|\b(?:a|c|A)?ORs?\b")),
    (Centre.RATE_RATIO, re.compile(r"[Rr]ate [Rr]atios?|\ba?IRRs?\b")),
    (
        Centre.RISK_RATIO,
        re.compile(
            r"[Rr]isk [Rr]atios?|[Rr]elative [Rr]isks?|\b(?:a|c)?RRs?\b|[Pp]revalence ratios?"
        ),
    ),
    (Centre.RATIO, re.compile(r"\bratio of|geometric mean ratio")),
    (
        Centre.DIFFERENCE,
        re.compile(
            r"[Dd]ifference(?!s? within)|\b(?:LS|S)?MDs?\b(?! (?!and |with )[a-z])"
            r"|\bΔ(?!.*\b(?:[Mm]edian|[Mm]ean)\b)"
            r"|\bRD\b|\bARR\b"
            r"|[Tt]reatment effect|[Ee]ffect size"
        ),
    ),
    (
        Centre.CORRELATION,
        re.compile(
            r"\b[Cc]orrelation|\b[Cc]orr\.|^r(?: ?s)?(?: ?=)?$|^(?:rho|[Ss]pearman|[Pp]earson)\b"
        ),
    ),
    (
        Centre.COEFFICIENT,
        re.compile(r"[Cc]oefficient|\b[Cc]oef\b|\bβ|\b[Bb]eta\b|[Rr]egression|^B$"),
    ),
    (Centre.MEDIAN, re.compile(r"\b[Mm]edians?\b|\bMdn\b")),
    (Centre.MEAN, re.compile(r"\b[Mm]eans?\b|\b[Aa]verage\b|\bM ?[(±]|±|\bMEAN\b")),
    (
        Centre.P,
        re.compile(
            r"^[Pp] (?:vs\.?|versus) "
            r"|^[Pp](?:$|[ -–]?(?:[Vv]al|[Tt]rend|[Hh]et|[Ii]nt|[0-9]$)|[*†‡§a-d]?$"
            r"| ?(?:=|for|between|within|\())"
            r"|\b[Pp][- –]?[Vv]alues?\b"
            r"|^[Ss]ig(?:\.|nificance)|^[Pp]\b.{0,3}$"
        ),
    ),
    (Centre.SIZE, re.compile(r"^[nN]\.?$|^[Nn]umber$|^No\.$")),
    (
        Centre.COUNT,
        re.compile(
            rf"(?:\b[nN]|\b[Nn]o|\b[Nn]os|#|\b[Nn]umber|\b[Nn]um|[Ff]requency|\b[Ff]req|[Cc]ount"
            rf"|(?i:{_PEOPLE}))\.? ?(?:/ ?N|of (?:{_PEOPLE})|\({_PEOPLE}\))?,? ?[(\[/,] ?%",
            re.MULTILINE,
        ),
    ),
    (
        Centre.SHARE,
        re.compile(
            r"^ ?%|% ?\(\s?(?:n|no)\b|^[Pp]ercent|\(%\)$|, ?%$|[Pp]roportion"
            rf"|(?:%|\b[Pp]ercentages?) of (?:{_PEOPLE})\b",
        ),
    ),
)
_LEVEL: Final = re.compile(
    r"\b(80|90|95|97\.5|98|99|99\.9) ?%(?= ?-?(?:ci|c\.i|conf|cri|cred))", re.IGNORECASE
)
_SHARE_FIRST: Final = re.compile(
    r"(?:%|percent(?:age)?) ?[(\[] ?(?:n|no\.?|number)\b", re.IGNORECASE
)
_TREND: Final = re.compile(
    r"interaction|trend|heterogen|homogen|breslow[- –]day|levene|shapiro|kolmogorov|\bhet\b"
    r"|overall|anova|global|for (?:time|change)",
    re.IGNORECASE,
)
_ADJUSTED: Final = re.compile(
    r"(?<!un)(?<!un-)adjust|multivaria|\ba(?:OR|HR|RR)\b|\bAOR\b|model", re.IGNORECASE
)


@lru_cache(maxsize=4096)
def declared(label: str) -> Statistic:
    """Return what a label declares of the figures that it names.

    >>> declared("n (%)").spread, declared("% (n)").share_first, declared("Weeks").centre
    (<Spread.SHARE: 'percentage'>, True, None)
    >>> declared("HR (95% CI)").level
    Decimal('95')
    """
    label = label.rstrip(" :")
    centre = next((name for name, pattern in _CENTRES if pattern.search(label)), None)
    spreads = [name for name, pattern in _SPREADS if pattern.search(label)]
    spread = spreads[0] if spreads else None
    level = _LEVEL.search(label)
    share_first = _SHARE_FIRST.search(label) is not None
    if share_first:
        centre, spread = Centre.COUNT, Spread.SHARE
    if spread is Spread.SHARE and centre is not None and centre.is_ratio:
        centre = Centre.COUNT  # "OR (%)" counts objective responses
    if spread is Spread.SHARE and centre in (None, Centre.SHARE, Centre.SIZE):
        centre = Centre.COUNT if _may_count(label) else centre
    return Statistic(
        centre,
        spread,
        Decimal(level[1]) if level else None,
        share_first,
        "geometric" in label.lower(),
        _ADJUSTED.search(label) is not None,
        _TREND.search(label) is not None,
        frozenset(spreads) if len(spreads) > 1 else frozenset(),
    )


def _may_count(label: str) -> bool:
    """Whether "(%)" follows a count, and is not the unit of a measurement: "HbA1c (%)"."""
    return re.search(rf"\b(?:n|no|numbers?|{_PEOPLE})\b", label, re.IGNORECASE) is not None
