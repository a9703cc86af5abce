"""The site works as it is served: its policies, now headers, stop nothing that it needs."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext
from support.console_page import UNION, Console
from support.served_build import Server

from kb import KnowledgeBase

pytestmark = pytest.mark.browser


def test_pages_and_console_work_under_the_served_policies(
    whole: Server, real: KnowledgeBase, context: BrowserContext
) -> None:
    page = context.new_page()
    wrong: list[str] = []
    page.on(
        "console", lambda message: wrong.append(message.text) if message.type == "error" else None
    )
    page.on("requestfailed", lambda request: wrong.append(request.url))
    address = f"http://127.0.0.1:{whole.port}/"
    for path in ("", "study/tower", "endpoint/", "questions/", "decisions/"):
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.status == 200
        page.wait_for_load_state("networkidle")
    console = Console(page, address)
    console.ask(UNION)
    assert str(len(real.store)) in console.table.inner_text().replace(",", "")
    assert wrong == []


def test_the_page_for_missing_pages_has_its_style(whole: Server, context: BrowserContext) -> None:
    page = context.new_page()
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    answer = page.goto(f"http://127.0.0.1:{whole.port}/study/none")
    assert answer is not None
    assert answer.status == 404
    page.wait_for_load_state("networkidle")
    assert failed == []
