"""``kb build`` of a copy of the project: all of it, with no change, with one figure changed.

The bare build is mkdocs on the Markdown and the settings that the full build left.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from benchmarks.measuring import ROOT, Made, Work, environment

_KB = ("-c", "import sys; sys.argv[0] = 'kb'; from kb.cli.main import run; run()")
_SHARE: Final = re.compile(r"values: \{[\w-]+: (\d+)%")


def building() -> Work:
    """Build in turns; the amount is the number of pages of the site."""

    def work() -> Made:
        with tempfile.TemporaryDirectory() as folder:
            root = _copy(Path(folder))
            command = (*_KB, "--root", str(root), "build")
            parts = {"full": _seconds(command, root), "unchanged": _seconds(command, root)}
            _change(root)
            parts["one figure"] = _seconds(command, root)
            built = root / "build"
            pages = len(list((built / "site").rglob("*.html")))
            shutil.rmtree(built / "site")
            parts["bare mkdocs"] = _seconds(("-m", "mkdocs", "build", "--strict", "--quiet"), built)
            return pages, parts

    return work


def _copy(folder: Path) -> Path:
    """Copy what a build reads; the packages of the front end, which are many, are linked."""
    root = folder / "project"
    for name in ("evidence", "ontology"):
        shutil.copytree(ROOT / name, root / name)
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "site", root / "site", ignore=ignored)
    (root / "site" / "front" / "node_modules").symlink_to(ROOT / "site" / "front" / "node_modules")
    return root


def _change(root: Path) -> None:
    """Change one figure: a share in the middle of the record of middling length that has any."""
    records = sorted((root / "evidence" / "studies").glob("*.yaml"), key=lambda p: p.stat().st_size)
    texts = {path: path.read_text(encoding="utf-8") for path in records}
    found = [(path, shares) for path in records if (shares := [*_SHARE.finditer(texts[path])])]
    path, shares = found[len(found) // 2]
    share = shares[len(shares) // 2]
    other = int(share[1]) + (1 if share[1] == "0" else -1)
    text = f"{texts[path][: share.start(1)]}{other}{texts[path][share.end(1) :]}"
    path.write_text(text, encoding="utf-8")


def _seconds(command: Sequence[str], folder: Path) -> float:
    mkdocs = {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "1735689600"}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *command],
        check=True,
        cwd=folder,
        env={**os.environ, **environment(), **mkdocs},
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start
