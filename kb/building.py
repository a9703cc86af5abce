"""Build the dataset and the site into ``build/``: all of it, or nothing changes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kb.errors import InputError, UnavailableError
from kb.exports import to_csv
from kb.lookup import KnowledgeBase
from kb.schema import MODELS, schema_text
from kb.site import build_site

STEPS: Final = ("dataset", "tables", "site")
Progress = Callable[[str], None]


def _unseen(step: str) -> None:
    """Show no progress."""


def build(base: KnowledgeBase, target: Path, progress: Progress = _unseen) -> None:
    """Write ``kb.nq``, tables, schemas and the site to a folder, replacing the last build.

    Everything is made in a folder beside the target and moved there when it is complete, so
    that an interrupted build leaves the last good one as it was.

    Raises:
        UnavailableError: the folder cannot be written.
        InputError: the folder holds something else than a build.
    """
    foreign = target != base.root / "build" and not (target / "kb.nq").exists()
    if foreign and target.is_dir() and any(target.iterdir()):
        raise InputError(f"{target} is no earlier build: it would be replaced with all it holds")
    with _fresh_folder(target) as folder:
        progress("dataset")
        (folder / "kb.nq").write_bytes(base.nquads)
        progress("tables")
        (folder / "claims.csv").write_text(claims_csv(base), encoding="utf-8")
        (folder / "schema").mkdir()
        for kind in MODELS:
            text = schema_text(kind, base.vocabulary)
            (folder / "schema" / f"{kind}.schema.json").write_text(text, encoding="utf-8")
        progress("site")
        build_site(base, folder)


def claims_csv(base: KnowledgeBase) -> str:
    """Return all claims as CSV, one row for each claim and group."""
    return to_csv(base.rows)


@contextmanager
def _fresh_folder(target: Path) -> Iterator[Path]:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise UnavailableError(f"cannot write beside {target}: {error}") from error
    try:
        yield made
        made.chmod(0o755)
        _replace(target, made)
    except OSError as error:
        raise UnavailableError(f"cannot write {target}: {error}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _replace(target: Path, made: Path) -> None:
    """Two renames: the old build is away for an instant only, and comes back if that fails."""
    if not target.exists():
        made.rename(target)
        return
    old = made.with_name(f"{made.name}-old")
    target.rename(old)
    try:
        made.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
