"""Whoever prepares a talk takes a drawing away, with its colours and where it is from."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
SVG = "{http://www.w3.org/2000/svg}"


def taken(browser: Browser, address: str, path: str, form: str, scheme: Any = "light") -> bytes:
    page = browser.new_page(color_scheme=scheme)
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.goto(f"{address}{path}")
    with page.expect_download() as waiting:
        page.locator(f"figure.plot button[data-take={form}]").first.click()
    assert waiting.value.suggested_filename.endswith(f".{form}")
    content = Path(waiting.value.path()).read_bytes()
    page.close()
    assert not errors
    return content


@pytest.mark.parametrize("path", ["endpoint/OS/", "study/campus-all/"])
def test_a_drawing_as_svg_stands_alone(browser: Browser, address: str, path: str) -> None:
    drawing = ET.fromstring(taken(browser, address, path, "svg"))  # noqa: S314 - our own page's
    assert drawing.tag == f"{SVG}svg"
    every = list(drawing.iter())
    assert "var(" not in ET.tostring(drawing, encoding="unicode")
    assert len([one for one in every if one.tag == f"{SVG}text"]) > 5
    assert any(one.text and path in one.text for one in every if one.tag == f"{SVG}text")
    links = [one.get("href", "") for one in every if one.tag == f"{SVG}a"]
    assert all("://" in link for link in links)


def test_the_colours_are_those_that_are_shown(browser: Browser, address: str) -> None:
    light = taken(browser, address, "endpoint/OS/", "svg")
    dark = taken(browser, address, "endpoint/OS/", "svg", "dark")
    assert light != dark


def test_a_drawing_as_png_is_an_image_twice_its_size(browser: Browser, address: str) -> None:
    drawing = ET.fromstring(taken(browser, address, "endpoint/OS/", "svg"))  # noqa: S314
    image = taken(browser, address, "endpoint/OS/", "png")
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))
    wanted = [int(2 * float(drawing.get(name, "0"))) for name in ("width", "height")]
    assert [width, height] == wanted
