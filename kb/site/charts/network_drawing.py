"""The layout of the network of regimens.

networkx places the regimens of each part of the network, deterministically: it starts from a
circle in the order of the vocabulary. The parts are then put side by side.
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
"""The width of a regimen's box."""
LINE: Final = 15
LETTER: Final = 7.8
APART: Final = 26
"""The least distance between two boxes."""
STEP: Final = 62
"""The distance between two boxes, one above the other, that a line joins."""
BOW: Final = 30
"""The distance between two lines that join the same regimens."""
SMALLEST: Final = 4
"""A part of fewer regimens has the one compared most below the others, without a layout."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Edge:
    """A line: two regimens, the kind of comparison, and the number of claims behind it."""

    of: str
    versus: str
    kind: str
    claims: int
    id: str

    @property
    def width(self) -> float:
        """The width of the line, which grows with the square root of the number of claims."""
        return round(0.8 + 1.2 * sqrt(self.claims), 1)


@dataclass(frozen=True)
class Node:
    """A regimen: its label in lines, and the middle of its box."""

    name: str
    label: str
    x: float = 0
    y: float = 0

    @property
    def lines(self) -> list[str]:
        """The label, broken to fit the box."""
        return fold(self.label, BOX - 12, LETTER, 3)

    @property
    def height(self) -> float:
        """The height of the box."""
        return LINE * len(self.lines) + 14


@dataclass(frozen=True)
class Line:
    """An edge as a curve, with the place for the number of its claims."""

    edge: Edge
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class NetworkDrawing:
    """The network with everything in its place."""

    width: float
    height: float
    nodes: tuple[Node, ...]
    lines: tuple[Line, ...]


def lay_out(
    labels: Mapping[str, str], edges: Sequence[Edge], islands: Sequence[Sequence[str]]
) -> NetworkDrawing:
    """Place every regimen and every line; parts of the network that nothing joins are apart."""
    heights = {name: Node(name, label).height for name, label in labels.items()}
    places: dict[str, Point] = {}
    left, top, lowest = 0.0, 8.0, 8.0
    for island in islands:
        own = _place(island, [edge for edge in edges if edge.of in island], heights)
        width = max(x + BOX / 2 for x, _ in own.values())
        if left and left + width > WIDTH:
            left, top = 0.0, lowest + APART
        places |= {name: (left + x, top + y) for name, (x, y) in own.items()}
        left += width + 22
        lowest = max(lowest, *(top + y + heights[name] / 2 for name, (_, y) in own.items()))
    nodes = (
        Node(name, label, round(places[name][0], 1), round(places[name][1], 1))
        for name, label in labels.items()
    )
    return NetworkDrawing(WIDTH, round(lowest + 8, 1), tuple(nodes), _curves(edges, places))


def _place(
    island: Sequence[str], edges: Sequence[Edge], heights: Mapping[str, float]
) -> dict[str, Point]:
    """Place the regimens of one part, from the corner at 0, 0."""
    import networkx

    graph: networkx.Graph[str] = networkx.Graph()
    graph.add_nodes_from(island)
    graph.add_edges_from((edge.of, edge.versus) for edge in edges)
    if len(island) < SMALLEST:
        return _stack(graph, heights)
    layout = networkx.kamada_kawai_layout(graph, pos=networkx.circular_layout(graph))
    places = {name: (float(x), float(y)) for name, (x, y) in layout.items()}
    return _spread(_scale(places, heights), heights)


def _stack(graph: networkx.Graph[str], heights: Mapping[str, float]) -> dict[str, Point]:
    """Put the regimen that has most lines below the others."""
    below = max(graph.nodes, key=lambda name: graph.degree[name])
    above = [name for name in graph.nodes if name != below]
    high = max((heights[name] for name in above), default=0.0)
    row = len(above) * (BOX + 22) - 22
    places = {name: (BOX / 2 + at * (BOX + 22), high / 2) for at, name in enumerate(above)}
    return {**places, below: (max(row, BOX) / 2, high + STEP + heights[below] / 2)}


def _scale(places: Mapping[str, Point], heights: Mapping[str, float]) -> dict[str, Point]:
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
    """Move two boxes that are too close away from each other, the shorter way."""
    over = (BOX + APART - abs(one[0] - two[0]), high + APART - abs(one[1] - two[1]))
    if min(over) <= 0.5:
        return False
    axis = 0 if over[0] < over[1] else 1
    side = 1 if one[axis] <= two[axis] else -1
    one[axis] -= side * over[axis] / 2
    two[axis] += side * over[axis] / 2
    return True


def _curves(edges: Sequence[Edge], places: Mapping[str, Point]) -> tuple[Line, ...]:
    """Draw lines straight, and bow those of several kinds between the same two regimens."""
    pairs = [tuple(sorted((edge.of, edge.versus))) for edge in edges]
    lines = []
    for at, (edge, pair) in enumerate(zip(edges, pairs, strict=True)):
        bow = (pairs[:at].count(pair) - (pairs.count(pair) - 1) / 2) * BOW
        (x1, y1), (x2, y2) = places[pair[0]], places[pair[1]]
        long = hypot(x2 - x1, y2 - y1) or 1
        across = ((y1 - y2) / long * bow, (x2 - x1) / long * bow)
        x, y = (x1 + x2) / 2 + across[0], (y1 + y2) / 2 + across[1]
        # A quadratic curve passes halfway between its chord and its control point.
        path = f"M{x1:.1f} {y1:.1f}Q{x + across[0]:.1f} {y + across[1]:.1f} {x2:.1f} {y2:.1f}"
        lines.append(Line(edge, path, round(x, 1), round(y, 1)))
    return tuple(lines)
