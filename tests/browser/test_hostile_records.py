"""In Chromium, no text of a record does anything: no script, no picture, no link, no template."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from support.built_site import pages
from support.environment import Quiet
from support.example_base import write_example

from kb.api.knowledge_base import KnowledgeBase
from kb.site.build import build_site

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

pytestmark = pytest.mark.browser

# Each would set the mark, or ask a host of nobody, if anything ran or loaded it.
ATTACKS = (
    '"><script>globalThis.mark=1</script>',
    "</title></textarea></script><img src=x onerror=mark=2>",
    "' autofocus onfocus=mark=3 x='",
    "[y](javascript:mark=4) <javascript:mark=4>",
    "{{ 7*7 }} {% raw %} ${mark=5} {: #evil onclick=mark=5 } *[x]: y",
    '--8<-- "mkdocs.yml" !!! note ::: kb.cli',
    "![z](https://attack.invalid/x.png) https://attack.invalid/y",
    "<svg/onload=mark=6><style>@import 'https://attack.invalid/z'</style>",
    "`a` | b | $x$ \\(y\\) &lt;b&gt;",
    "=cmd|' /C calc'!A0 </script><!-- <![CDATA[ ]]> -->",
)


def every(length: int) -> str:
    """All attacks that fit, on one line."""
    return " ".join(ATTACKS)[:length]


LONG, SHORT = every(590), every(190)


def write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, width=10_000), encoding="utf-8")


def claim(number: int, attack: str) -> dict[str, object]:
    return {
        "endpoint": "TIME_TO_RELIEF",
        "named": attack,
        "category": f"{number} {attack}"[:200],
        "statistic": "median",
        "unit": "hours",
        "printed": f"7.7 vs 4 {attack}"[:200],
        "note": attack,
        "values": {"a": 7.7, "b": 4},
        "comparison": {"finding": "longer"},
    }


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    root = write_example(tmp_path_factory.mktemp("attacks") / "base")
    evidence = root / "evidence"
    shutil.rmtree(evidence)
    dataset = {
        "title": SHORT,
        "description": LONG,
        "base": "https://example.org/e/",
        "license": "https://example.org/licence",
        "credits": [SHORT],
    }
    write(evidence / "dataset.yaml", dataset)
    publication = {"citation": SHORT, "type": "review", "note": LONG}
    write(evidence / "publications.yaml", {"publications": {"p": publication}})
    source = {"id": "s", "publication": "p", "title": SHORT, "kind": "review", "credit": SHORT}
    more = {"sections": [{"id": "1", "label": SHORT, "from": "1."}], "references": {1: "p"}}
    write(evidence / "sources/s.yaml", source | more)
    claims = [claim(number, attack) for number, attack in enumerate(ATTACKS)]
    report = {"source": "s", "at": "1", "cites": [1], "claims": claims}
    study = {
        "id": "t",
        "name": SHORT,
        "title": SHORT,
        "about": LONG,
        "design": {"kind": "randomised-trial"},
        "population": "migraine",
        "groups": {
            "a": {"label": SHORT, "role": "experimental"},
            "b": {"label": SHORT[20:], "role": "comparator"},
        },
        "reports": [report],
    }
    write(evidence / "studies/t.yaml", study)
    return KnowledgeBase(root)


@pytest.fixture(scope="module")
def attacked(
    base: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Path]]:
    """The address and the folder of a site whose every text tries to do something."""
    folder = tmp_path_factory.mktemp("attacked")
    build_site(base, folder)
    handler = functools.partial(Quiet, directory=str(folder / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/", folder / "site"
    server.shutdown()
    server.server_close()


def opened(context: BrowserContext, address: str, asked: list[str]) -> Page:
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: asked.append(f"dialog: {dialog.message}"))
    page.goto(address, wait_until="networkidle")
    return page


def test_nothing_runs_on_any_page(context: BrowserContext, attacked: tuple[str, Path]) -> None:
    address, folder = attacked
    asked: list[str] = []
    page = opened(context, address, asked)
    for path in pages(folder):
        page.goto(address + path.removesuffix("index.html"), wait_until="load")
        assert page.evaluate("globalThis.mark") is None, path
        odd = "a[href^='javascript:' i], [onerror], [onload], [onfocus], [onclick], #evil"
        assert page.locator(odd).count() == 0, path
    local = ("http://127.0.0.1", "blob:http://127.0.0.1", "data:")
    assert [url for url in asked if not url.startswith(local)] == []


def test_every_attack_is_read_as_text(context: BrowserContext, attacked: tuple[str, Path]) -> None:
    address, _ = attacked
    page = opened(context, f"{address}study/t/", [])
    text = " ".join(page.locator("body").text_content().split())  # type: ignore[union-attr]
    assert " ".join(SHORT.split()) in text
    for attack in ATTACKS:
        assert " ".join(attack.split()) in text, attack
    assert "49" not in page.title()


@pytest.mark.parametrize("path", ["explore/", "compare/?regimen=a"])
def test_what_scripts_show_is_text_too(
    context: BrowserContext, attacked: tuple[str, Path], path: str
) -> None:
    address, _ = attacked
    asked: list[str] = []
    page = opened(context, address + path, asked)
    page.wait_for_timeout(1000)  # for what would run after it is shown
    assert page.evaluate("globalThis.mark") is None
    assert not [url for url in asked if "invalid" in url or url.startswith("dialog")]
    if path == "explore/":
        assert "globalThis.mark=1" in (page.locator("body").text_content() or "")


def test_searching_shows_text(context: BrowserContext, attacked: tuple[str, Path]) -> None:
    address, _ = attacked
    asked: list[str] = []
    page = opened(context, f"{address}?q=script", asked)
    page.wait_for_timeout(2000)
    assert page.evaluate("globalThis.mark") is None
    assert not [url for url in asked if "invalid" in url]
