"""``kb build`` of a copy of the project, and again with no change, against bare mkdocs.

The bare build is mkdocs on the same pages, written as Markdown with the same theme and settings.
"""

from __future__ import annotations

import json
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

import yaml

from benchmarks.measuring import ROOT, Made, Work, environment
from kb import KnowledgeBase
from kb.site.build import site_folder
from kb.site.context import PageContext
from kb.site.render import Renderer
from kb.site.shell import existing, theme_settings, written_pages

_KB = ("-c", "import sys; sys.argv[0] = 'kb'; from kb.cli.main import run; run()")
_HEADING: Final = re.compile(r'<h2 id="([^"]+)"[^>]*>(.*?)</h2>')


def building() -> Work:
    """Build in turns; the amount is the number of pages of the site."""

    def work() -> Made:
        with tempfile.TemporaryDirectory() as folder:
            root = _copy(Path(folder))
            command = (*_KB, "--root", str(root), "build")
            parts = {"full": _seconds(command, root), "unchanged": _seconds(command, root)}
            bare = Path(folder) / "bare"
            pages = write_markdown(KnowledgeBase(root), bare)
            parts["bare mkdocs"] = _seconds(("-m", "mkdocs", "build", "--quiet"), bare)
            return pages, parts

    return work


def write_markdown(base: KnowledgeBase, folder: Path) -> int:
    """Write the pages of a site as Markdown, with all that mkdocs needs to build them.

    Returns:
        The number of pages.
    """
    site = site_folder(base.root)
    shutil.copytree(site / "overrides", folder / "overrides")
    shutil.copytree(site / "assets", folder / "docs" / "assets")
    context = PageContext(base, site)
    for name, path in written_pages(context).items():
        target = folder / "docs" / f"{name.removesuffix('.md')}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    renderer = Renderer(context)
    dataset = base.evidence.dataset
    for page in renderer.pages():
        about = page.description or dataset.description
        head = renderer.head(page, page.values())
        metadata = {"title": page.title, "description": about, "hide": page.hide, "head": head}
        body = _HEADING.sub(r"\n\n## \2 {: #\1 }\n\n", renderer.content(page))
        path = folder / "docs" / f"{page.path}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{json.dumps(metadata)}\n---\n\n{body}\n", encoding="utf-8")
    settings = yaml.safe_load((site / "mkdocs.yml").read_text(encoding="utf-8"))
    settings |= theme_settings(dataset)
    settings["nav"] = existing(settings["nav"], folder / "docs")
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    return len(list((folder / "docs").rglob("*.md")))


def _copy(folder: Path) -> Path:
    """Copy what a build reads; the packages of the front end, which are many, are linked."""
    root = folder / "project"
    for name in ("evidence", "ontology"):
        shutil.copytree(ROOT / name, root / name)
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "site", root / "site", ignore=ignored)
    (root / "site" / "front" / "node_modules").symlink_to(ROOT / "site" / "front" / "node_modules")
    return root


def _seconds(command: Sequence[str], folder: Path) -> float:
    mkdocs = {"NO_MKDOCS_2_WARNING": "1"}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *command],
        check=True,
        cwd=folder,
        env={**os.environ, **environment(), **mkdocs},
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - start
