"""What a build writes: pages as Markdown and files beside them, or those of the last build."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Final

from kb.errors import UnavailableError
from kb.site.context import collect
from kb.site.handover import link
from kb.site.page import MadeFile, OutputFile, Page, Renderer
from kb.util.hashing import digest

_BESIDE: Final = "beside"
"""The folder, within that of a build, of what is neither page nor asset until the pages stand."""


@dataclass(frozen=True)
class Last:
    """An earlier build with the same software, ontology and theme, whose files are intact.

    ``made_of`` has, for some pages and files, the digest of what they were made of; ``files`` the
    SHA-256 of what each file holds.
    """

    folder: Path
    made_of: Mapping[str, str]
    files: Mapping[str, str]

    @cached_property
    def tables(self) -> Mapping[str, list[str]]:
        """The tables of each page: in its folder, or beside that with the page's own name."""
        tables = [path for path in map(PurePosixPath, self.files) if path.suffix == ".csv"]
        places = ((at, path) for path in tables for at in (path.parent, path.with_suffix("")))
        return collect((str(at), str(path)) for at, path in places)


@dataclass(frozen=True)
class Output:
    """Writes to the folder of a build; what has not changed is taken from the last one.

    ``made_of`` has, for pages and files that say so, what each was made of.
    """

    folder: Path
    renderer: Renderer
    last: Last | None
    made_of: dict[str, str]

    def write(self, item: Page | OutputFile | MadeFile) -> None:
        """Write a page or a file, or share that of the last build."""
        if isinstance(item, Page):
            self._page(item)
        elif isinstance(item, MadeFile):
            self._made_file(item)
        else:
            self._file(item)

    def _page(self, page: Page) -> None:
        said = digest(replace(page, values={}, files=None)) if page.made_of else ""
        if last := self._unchanged(page.path, said):
            link(last.folder / f"docs/{page.path}.md", self.folder / f"docs/{page.path}.md")
            for file in last.tables.get(f"site/{page.path}", ()) if page.files else ():
                self._share(last, file.removeprefix("site/"))
            return
        write_file(self.folder / "docs", f"{page.path}.md", self.renderer.markdown(page).encode())
        for table in page.files() if page.files else ():
            self._file(table)

    def _made_file(self, file: MadeFile) -> None:
        if last := self._unchanged(file.path, file.made_of):
            self._share(last, file.path)
        else:
            self._file(OutputFile(file.path, file.content()))

    def _file(self, file: OutputFile) -> None:
        before = self.last.files.get(f"site/{file.path}") if self.last else None
        if self.last and before == hashlib.sha256(file.content).hexdigest():
            self._share(self.last, file.path)
        else:
            write_file(self.folder / _BESIDE, file.path, file.content)

    def _unchanged(self, path: str, made_of: str) -> Last | None:
        """Note what is made of what; return the last build if that has it, made of the same."""
        if not made_of:
            return None
        self.made_of[path] = made_of
        return self.last if self.last and self.last.made_of.get(path) == made_of else None

    def _share(self, last: Last, path: str) -> None:
        link(last.folder / "site" / path, _within(self.folder / _BESIDE, path))

    def put_beside(self) -> None:
        """Move files to the pages that mkdocs has made, which empties its folder as it begins."""
        files, site = self.folder / _BESIDE, self.folder / "site"
        for folder, _, names in os.walk(files):
            target = site / Path(folder).relative_to(files)
            target.mkdir(parents=True, exist_ok=True)
            for name in names:
                (Path(folder) / name).rename(target / name)
        shutil.rmtree(files)


def write_file(folder: Path, path: str, content: bytes) -> None:
    """Write a file at a path within a folder.

    Raises:
        UnavailableError: the path leads out of the folder.
    """
    target = _within(folder, path)
    try:
        target.write_bytes(content)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def _within(folder: Path, path: str) -> Path:
    within = PurePosixPath(path)
    if within.is_absolute() or ".." in within.parts:
        raise UnavailableError(f"{path!r} would be written outside the site")
    return folder / within
