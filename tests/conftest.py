"""What the tests share: evidence bases, the papers' texts, the browser, and what is missing."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from support.environment import ROOT, SHARED, Quiet, chromium_program, texts_folder, unavailable
from support.example_base import TEXTS, write_example
from support.hostile_records import hostile, hostile_site
from support.served_build import PATIENCE, Server, serving, write_build

from kb import KnowledgeBase

__all__ = ["hostile", "hostile_site"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext
    from support.console_page import Console

    from kb.site.context import PageContext

# How long an example takes says nothing here; under CI the examples are the same every time.
settings.register_profile("kb", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "kb")

# The tests choose the store, not the environment.
for setting in ("KB_STORE", "KB_STORE_TOKEN", "KB_STORE_TIMEOUT"):
    os.environ.pop(setting, None)

FORKED = "ignore:This process .* is multi-threaded, use of fork:DeprecationWarning"


def pytest_configure(config: pytest.Config) -> None:
    """Whoever starts the tests makes the shared folder; the processes that it starts find it."""
    if hasattr(config, "workerinput"):
        # Each listens to the first one in a thread of its own, which Python 3.12 warns of.
        config.addinivalue_line("filterwarnings", FORKED)
    elif SHARED not in os.environ:
        os.environ[SHARED] = folder = tempfile.mkdtemp(prefix="kb-tests-")
        config.add_cleanup(functools.partial(shutil.rmtree, folder, ignore_errors=True))


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let SIGINT interrupt this process and those it starts.

    A shell makes programs that it starts in the background ignore SIGINT.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The root of the project."""
    return ROOT


@pytest.fixture
def example_root(tmp_path: Path) -> Path:
    """A fresh copy of the example's records and ontology, to change at will."""
    return write_example(tmp_path / "example")


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """The example's evidence base, checked against its texts; not to be changed."""
    return KnowledgeBase(write_example(tmp_path_factory.mktemp("example") / "base"), TEXTS)


@pytest.fixture(scope="session")
def real() -> KnowledgeBase:
    """The project's own evidence base, without texts."""
    return KnowledgeBase(ROOT)


@pytest.fixture(scope="session")
def served_build(real: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build with the project's own dataset and a small site, not to be changed."""
    return write_build(tmp_path_factory.mktemp("served") / "build", real.nquads)


@pytest.fixture(scope="module")
def server(served_build: Path) -> Iterator[Server]:
    """The server over that build, as it is by default."""
    with serving(served_build) as running:
        yield running


@pytest.fixture(scope="module")
def whole(real: KnowledgeBase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server over the whole site of the project's records."""
    from support.built_site import built_site

    build = tmp_path_factory.mktemp("whole")
    shutil.copytree(built_site(), build / "site")
    (build / "kb.nq").write_bytes(real.nquads)
    with serving(build) as running:
        yield running


@pytest.fixture(scope="session")
def source_texts() -> Path:
    """The folder with the papers' texts, one <source id>.txt each."""
    folder = texts_folder()
    if not any(folder.glob("*.txt")):
        unavailable(
            f"no papers' texts in {folder}: set KB_SOURCE_TEXTS to the folder that has them"
        )
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, driven by Playwright."""
    program = chromium_program()
    if program is None:
        unavailable("no Chromium: install Debian's chromium or set KB_CHROMIUM to one")
    try:
        from playwright.sync_api import expect, sync_playwright
    except ImportError:
        unavailable("no Playwright: run `make browser`, which installs it")
    expect.set_options(timeout=PATIENCE * 1000)  # its five seconds are too few where much runs
    with sync_playwright() as playwright:
        # Chromium refuses its own sandbox to root, as which containers run.
        flags = ["--no-sandbox"] if os.geteuid() == 0 else []
        launch = functools.partial(playwright.chromium.launch, executable_path=program)
        with launch(args=[*flags, "--enable-automation"]) as usual:  # or it does not tell
            flags.append(without_address_bars(usual))
        with launch(args=flags) as opened:
            yield opened


def without_address_bars(usual: Browser) -> str:
    """Chromium makes two pages for the lists below the address bar of each window, seen or not.

    Of the flags that switch features off, the last one holds: it names Playwright's own too.
    """
    switches = usual.new_browser_cdp_session().send("Browser.getBrowserCommandLine")["arguments"]
    off = next(one for one in reversed(switches) if one.startswith("--disable-features="))
    return f"{off},WebUIOmniboxPopup,WebUIOmniboxAimPopup"


@pytest.fixture(scope="session")
def site_folder() -> Path:
    """The site of the project's records, built once for all tests."""
    from support.built_site import built_site

    return built_site()


@pytest.fixture(scope="session")
def site() -> PageContext:
    """What all kinds of pages ask of the project's records."""
    from support.built_site import records

    from kb.site.context import PageContext

    return PageContext(records(), ROOT / "site")


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where the site of the project's records is served, built once for all tests."""
    from support.built_site import built_site

    handler = functools.partial(Quiet, directory=str(built_site()))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser as if it had never been used, as wide as a desk's."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context
    context.close()


@pytest.fixture
def console(context: BrowserContext, address: str) -> Console:
    """The console, not opened yet."""
    from support.console_page import Console

    return Console(context.new_page(), address)
