"""Build the dataset and the site into ``build/``: all of it, or nothing changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from kb.api.knowledge_base import KnowledgeBase
from kb.errors import InputError
from kb.export.csv import to_csv
from kb.records.inputs import changed_at, of_inputs
from kb.records.json_schema import MODELS, schema_text
from kb.site import Last, building_site, front_folder, manifest, site_folder
from kb.site.manifest import Manifest, Summary
from kb.util.atomic import replacing

STEPS: Final = ("dataset", "site", "tables")
Progress = Callable[[str], None]


def _unseen(step: str) -> None:
    """Show no progress."""


def unchanged(root: Path, target: Path, texts: Path | None = None) -> Manifest | None:
    """Return the manifest of the last build if another would be the same, byte for byte.

    Args:
        root: the project folder, which holds ``evidence/`` and ``ontology/``.
        target: the folder of the last build.
        texts: the folder with the texts of the sources, if the build reads them.
    """
    last = manifest.read(target)
    if last is None or last.inputs != of_inputs(root, _themes(root), texts)[0]:
        return None
    return last if manifest.is_intact(target, last) else None


def build(
    base: KnowledgeBase, target: Path, progress: Progress = _unseen, *, fresh: bool = False
) -> Summary:
    """Write ``kb.nq``, tables, schemas and the site to a folder, replacing the last build.

    Everything is made in a folder beside the target and moved there when it is complete, so
    that an interrupted build leaves the last good one as it was. Pages that would be as they
    are in the last build are taken from it, unless the build is to be ``fresh``.

    Raises:
        UnavailableError: the folder cannot be written.
        InputError: the folder holds something else than a build.
    """
    foreign = target != base.root / "build" and not (target / "kb.nq").exists()
    if foreign and target.is_dir() and any(target.iterdir()):
        raise InputError(f"{target} is no earlier build: it would be replaced with all it holds")
    inputs, settings = of_inputs(base.root, _themes(base.root), base.texts)
    with replacing(target) as folder, building_site(base, folder, settings) as build_pages:
        with ThreadPoolExecutor(1) as reading:  # the files of the last build are read meanwhile
            last = None if fresh else reading.submit(_last, target, settings)
            progress("dataset")
            (folder / "kb.nq").write_bytes(base.nquads)
            progress("site")
            _ = base.store
        known = last.result() if last else None

        def write_tables() -> None:
            progress("tables")
            _write_tables(base, folder)

        made_of = build_pages(known, write_tables)
        summary = Summary(base.counts(), tuple(base.curated.stale()))
        if changed_at(base.root, base.texts) >= base.read_at:
            inputs = ""  # whatever the records say by now, this build is not known to be made of it
        made = Manifest(inputs, settings, made_of, _digests(folder, known), summary)
        manifest.write(folder, made)
    return summary


def _themes(root: Path) -> tuple[Path, ...]:
    folder = site_folder(root)
    front = front_folder(folder)
    return (folder,) if front.is_relative_to(folder) else (folder, front)


def _last(target: Path, settings: str) -> Last | None:
    """Return the last build, if what it made can be taken over."""
    made = manifest.read(target)
    if made is None or made.settings != settings or not manifest.is_intact(target, made):
        return None
    return Last(target, made.made_of, made.files)


def _digests(folder: Path, last: Last | None) -> Mapping[str, str]:
    """Return the digest of each file of a build; files shared with the last one were read then."""
    if last is None:
        return manifest.digests(folder)
    shared = {(last.folder / name).stat().st_ino: said for name, said in last.files.items()}
    return manifest.digests(folder, shared)


def _write_tables(base: KnowledgeBase, folder: Path) -> None:
    (folder / "claims.csv").write_text(claims_csv(base), encoding="utf-8")
    (folder / "schema").mkdir()
    for kind in MODELS:
        text = schema_text(kind, base.vocabulary)
        (folder / "schema" / f"{kind}.schema.json").write_text(text, encoding="utf-8")


def claims_csv(base: KnowledgeBase) -> str:
    """Return all claims as CSV, one row for each claim and group."""
    return to_csv(base.rows)
