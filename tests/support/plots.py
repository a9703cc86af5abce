"""Plots as their template draws them."""

from __future__ import annotations

from functools import cache
from xml.etree import ElementTree

from kb.site.charts.drawing import Plot
from kb.site.render import Renderer
from support.built_site import the_site


@cache
def renderer() -> Renderer:
    return Renderer(the_site())


def drawn(plot: Plot) -> ElementTree.Element:
    template = renderer()._environment.from_string(
        '{% import "plot.svg.j2" as svg %}{{ svg.draw(plot|lay_out, "../") }}'
    )
    text = template.render(plot=plot).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')
    return ElementTree.fromstring(text)  # noqa: S314 - what the template wrote
