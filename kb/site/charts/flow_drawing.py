"""Where everything on the drawing of a flow stands: one scale of people for all of its bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kb.site.charts.drawing import Text, fold

WIDTH: Final = 1040
TALL: Final = 330
"""How high the bar of everybody is."""
LEAST: Final = 30
"""How high the lane of an arm is, at the least, so that its texts have room."""
HEAD: Final = 46
"""The room above the bars of a lane, for what they are and how many."""
ARMS: Final = 190
"""Where the lanes begin."""
COLUMNS: Final = 400
"""Where the first column begins."""
THICK: Final = 22
LETTER: Final = 7.2


@dataclass(frozen=True)
class Lane:
    """An arm: how many people, as printed, and the claim that says so."""

    label: str
    number: int
    said: str
    claim: str


@dataclass(frozen=True)
class Bar:
    """How many of a lane met an endpoint; ``number`` is None where the prints do not agree."""

    lane: int
    stage: int
    label: str
    step: str
    number: int | None
    said: str
    claim: str


@dataclass(frozen=True)
class Box:
    """A rectangle, and the claim that it leads to."""

    x: float
    y: float
    width: float
    height: float
    style: str
    title: str = ""


@dataclass(frozen=True)
class Drawing:
    """A flow with everything at its place."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    ribbons: tuple[str, ...]
    texts: tuple[Text, ...]
    rules: tuple[float, ...]


def lay_out(
    whole: int, claim: str, lanes: Sequence[Lane], stages: Sequence[str], bars: Sequence[Bar]
) -> Drawing:
    """Give every bar its place: a lane for each arm, a column for each endpoint of a stage."""
    placer = _Placer(whole, lanes, stages, bars)
    placer.whole(claim)
    for at in range(len(lanes)):
        placer.lane(at)
    for bar in bars:
        placer.bar(bar)
    placer.heads()
    return Drawing(
        WIDTH,
        placer.bottom + 10,
        tuple(placer.boxes),
        tuple(placer.ribbons),
        tuple(placer.texts),
        tuple(placer.rules),
    )


class _Placer:
    """Puts lanes below each other and bars beside each other."""

    def __init__(
        self, whole: int, lanes: Sequence[Lane], stages: Sequence[str], bars: Sequence[Bar]
    ) -> None:
        self.people, self.lanes, self.stages = whole, lanes, stages
        self.columns = list(dict.fromkeys(sorted((b.stage, b.label) for b in bars)))
        self.scale = TALL / whole
        self.tops: list[float] = []
        top = 52.0
        for lane in lanes:
            self.tops.append(top + HEAD)
            top += HEAD + max(self.high(lane.number), LEAST) + 16
        self.bottom = round(top - 16, 1)
        self.boxes: list[Box] = []
        self.ribbons: list[str] = []
        self.texts: list[Text] = []
        self.rules: list[float] = []

    def high(self, people: int) -> float:
        return round(people * self.scale, 1)

    def left(self, column: int) -> float:
        return round(COLUMNS + column * (WIDTH - COLUMNS) / len(self.columns), 1)

    def whole(self, claim: str) -> None:
        middle = (self.tops[0] - HEAD + self.bottom) / 2
        self.top = round(middle - TALL / 2, 1)
        self.boxes.append(Box(0, self.top, THICK, TALL, "all", "everybody"))
        self.texts.append(Text(0, self.top - 8, str(self.people), "figure", claim, then="patients"))

    def lane(self, at: int) -> None:
        lane, y = self.lanes[at], self.tops[at]
        high = self.high(lane.number)
        start = self.top + sum(self.high(before.number) for before in self.lanes[:at])
        a, b, bend = THICK, ARMS, (THICK + ARMS) / 2
        self.ribbons.append(
            f"M{a} {start:.1f}C{bend:.0f} {start:.1f} {bend:.0f} {y:.1f} {b} {y:.1f}V{y + high:.1f}"
            f"C{bend:.0f} {y + high:.1f} {bend:.0f} {start + high:.1f} {a} {start + high:.1f}Z"
        )
        self.boxes.append(Box(ARMS, y, THICK, high, "all", lane.label))
        self.boxes.append(Box(ARMS + THICK, y, WIDTH - ARMS - THICK, high, "lane"))
        for line, text in enumerate(fold(lane.label, COLUMNS - ARMS - 12, LETTER, 2)):
            self.texts.append(Text(ARMS, y - HEAD + 13 + line * 14, text, "name"))
        self.texts.append(Text(ARMS, y - 6, lane.said, "figure", lane.claim, then="patients"))

    def bar(self, bar: Bar) -> None:
        x = self.left(self.columns.index((bar.stage, bar.label)))
        y, lane = self.tops[bar.lane], self.lanes[bar.lane]
        wide = round((WIDTH - COLUMNS) / len(self.columns) * 0.5, 1)
        high = self.high(lane.number)
        self.boxes.append(Box(x, y, wide, high, "of"))
        if bar.number is not None:
            filled = self.high(bar.number)
            said = f"{bar.label} {bar.step}: {bar.said}"
            self.boxes.append(Box(x, round(y + high - filled, 1), wide, filled, "met", said))
        self.texts.append(Text(x, y - 6, bar.said, "figure", bar.claim))
        if bar.step and self._is_first(bar):
            self.texts.append(Text(x, y - 24, bar.step, "step"))

    def _is_first(self, bar: Bar) -> bool:
        same = [column for column in self.columns if column[0] == bar.stage]
        return same[0] == (bar.stage, bar.label)

    def heads(self) -> None:
        self.texts.append(Text(0, 14, "everybody", "head"))
        self.texts.append(Text(ARMS, 14, "which came first", "head"))
        for at, stage in enumerate(self.stages):
            columns = [n for n, column in enumerate(self.columns) if column[0] == at]
            if columns:
                x = self.left(columns[0])
                self.texts.append(Text(x, 14, stage, "head"))
                self.rules.append(x - 14)
            for n in columns:
                room = (WIDTH - COLUMNS) / len(self.columns) - 12
                for line, text in enumerate(fold(self.columns[n][1], room, 6.2, 4)):
                    self.texts.append(Text(self.left(n), 32 + line * 13, text, "label"))
