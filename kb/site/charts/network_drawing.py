"""Where everything on the drawing of the network stands.

networkx places the regimens of each part of the network, always alike: it starts from a circle
in the order of the vocabulary, and nothing is left to chance. The parts then stand side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import hypot, sqrt
from typing import TYPE_CHECKING, Final

from kb.site.charts.drawing import fold

if TYPE_CHECKING:
    import networkx

WIDTH: Final = 1040
BOX: Final = 150
"""How wide the box of a regimen is."""
LINE: Final = 15
LETTER: Final = 7.8
APART: Final = 26
"""How far boxes stay from each other, at the least."""
STEP: Final = 62
"""The room between two boxes, one above the other, that a line joins."""
BOW: Final = 30
"""How far the lines of two kinds between the same regimens stand apart."""
PLACED: Final = 4
"""A part of fewer regimens than this needs no layout: the one compared most stands below."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Edge:
    """A line: two regimens, the kind of comparison, and how many claims make it."""

    of: str
    versus: str
    kind: str
    claims: int
    id: str

    @property
    def width(self) -> float:
        """How wide the line is: its square grows with the number of claims."""
        return round(0.8 + 1.2 * sqrt(self.claims), 1)


@dataclass(frozen=True)
class Node:
    """A regimen at its place: the middle of its box, and its label in lines."""

    name: str
    label: str
    x: float
    y: float
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        """How high the box is."""
        return LINE * len(self.lines) + 14


@dataclass(frozen=True)
class Line:
    """An edge as a curve, with the place of the number of its claims."""

    edge: Edge
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Drawing:
    """The network with everything at its place."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


def lay_out(
    labels: Mapping[str, str], edges: Sequence[Edge], islands: Sequence[Sequence[str]]
) -> Drawing:
    """Place every regimen and every line; parts of the network that nothing joins stand apart."""
    heights = {name: LINE * len(_lines(label)) + 14 for name, label in labels.items()}
    places: dict[str, Point] = {}
    left, top, lowest = 0.0, 8.0, 8.0
    for island in islands:
        own = [edge for edge in edges if edge.of in island]
        found = _placed(island, own, heights)
        width, height = _size(found, heights)
        if left and left + width > WIDTH:
            left, top = 0.0, lowest + APART
        places |= {name: (left + x, top + y) for name, (x, y) in found.items()}
        left, lowest = left + width + 22, max(lowest, top + height)
    nodes = tuple(
        Node(name, label, round(places[name][0], 1), round(places[name][1], 1), _lines(label))
        for name, label in labels.items()
    )
    return Drawing(WIDTH, round(lowest + 8, 1), nodes, tuple(_curves(edges, places)))


def _lines(label: str) -> tuple[str, ...]:
    return tuple(fold(label, BOX - 12, LETTER, 3))


def _size(places: Mapping[str, Point], heights: Mapping[str, float]) -> Point:
    """Return how much room placed boxes take, from the corner at 0, 0."""
    return (
        max(x + BOX / 2 for x, _ in places.values()),
        max(y + heights[name] / 2 for name, (_, y) in places.items()),
    )


def _placed(
    island: Sequence[str], edges: Sequence[Edge], heights: Mapping[str, float]
) -> dict[str, Point]:
    import networkx

    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(island)
    graph.add_edges_from((edge.of, edge.versus) for edge in edges)
    if len(island) < PLACED:
        return _stacked(graph, heights)
    start = networkx.circular_layout(graph)
    found = networkx.kamada_kawai_layout(graph, pos=start)
    places = {name: (float(x), float(y)) for name, (x, y) in found.items()}
    return _spread(_scaled(places, heights), heights)


def _stacked(graph: networkx.Graph[str], heights: Mapping[str, float]) -> dict[str, Point]:
    """Put the regimen that has most lines below the others."""
    below = max(graph.nodes, key=lambda name: graph.degree[name])
    above = [name for name in graph.nodes if name != below]
    high = max((heights[name] for name in above), default=0.0)
    row = len(above) * (BOX + 22) - 22
    places = {name: (BOX / 2 + at * (BOX + 22), high / 2) for at, name in enumerate(above)}
    return {**places, below: (max(row, BOX) / 2, high + STEP + heights[below] / 2)}


def _scaled(places: Mapping[str, Point], heights: Mapping[str, float]) -> dict[str, Point]:
    """Fill the width, with the longer side of the layout lying down."""
    spans = [[at[axis] for at in places.values()] for axis in (0, 1)]
    wide, tall = sorted((0, 1), key=lambda axis: min(spans[axis]) - max(spans[axis]))
    high = max(heights.values())
    room = {wide: WIDTH - BOX - 2, tall: max(250.0, 62.0 * len(places))}

    def place(at: Point, axis: int) -> float:
        low, top = min(spans[axis]), max(spans[axis])
        return (at[axis] - low) / ((top - low) or 1) * room[axis]

    return {
        name: (BOX / 2 + 1 + place(at, wide), high / 2 + place(at, tall))
        for name, at in places.items()
    }


def _spread(places: Mapping[str, Point], heights: Mapping[str, float]) -> dict[str, Point]:
    """Push boxes apart until none touches another, and all are inside the drawing."""
    spots = {name: list(at) for name, at in places.items()}
    for _ in range(300):
        pushed = [
            _push(spots[a], spots[b], (heights[a] + heights[b]) / 2)
            for a, b in combinations(spots, 2)
        ]
        for name, spot in spots.items():
            spot[0] = min(max(spot[0], BOX / 2 + 1), WIDTH - BOX / 2 - 1)
            spot[1] = max(spot[1], heights[name] / 2)
        if not any(pushed):
            break
    return {name: (x, y) for name, (x, y) in spots.items()}


def _push(one: list[float], two: list[float], high: float) -> bool:
    """Move two boxes away from each other where they are too close: the shorter way."""
    over = (BOX + APART - abs(one[0] - two[0]), high + APART - abs(one[1] - two[1]))
    if min(over) <= 0.5:
        return False
    axis = 0 if over[0] < over[1] else 1
    side = 1 if one[axis] <= two[axis] else -1
    one[axis] -= side * over[axis] / 2
    two[axis] += side * over[axis] / 2
    return True


def _curves(edges: Sequence[Edge], places: Mapping[str, Point]) -> list[Line]:
    """Draw lines straight, and bow those that several kinds make between the same two."""
    pairs = [tuple(sorted((edge.of, edge.versus))) for edge in edges]
    made = []
    for at, (edge, pair) in enumerate(zip(edges, pairs, strict=True)):
        bow = (pairs[:at].count(pair) - (pairs.count(pair) - 1) / 2) * BOW
        (x1, y1), (x2, y2) = places[pair[0]], places[pair[1]]
        long = hypot(x2 - x1, y2 - y1) or 1
        across = ((y1 - y2) / long, (x2 - x1) / long)
        x, y = ((x1 + x2) / 2 + across[0] * bow, (y1 + y2) / 2 + across[1] * bow)
        turn = ((x1 + x2) / 2 + across[0] * 2 * bow, (y1 + y2) / 2 + across[1] * 2 * bow)
        path = f"M{x1:.1f} {y1:.1f}Q{turn[0]:.1f} {turn[1]:.1f} {x2:.1f} {y2:.1f}"
        made.append(Line(edge, path, round(x, 1), round(y, 1)))
    return made
