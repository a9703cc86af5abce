"""``kb release``: a citable archive of the evidence base."""

from __future__ import annotations

import re
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Final

import click

from kb.cli.common import FINDINGS, echo, examples, open_base, root_of
from kb.util import git
from kb.util.hashing import digest_of_file

_VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]{0,63}")
_FOLDER: Final = "dist"
_EARLIEST: Final = 1980
"""The first year that a zip file can name."""


@click.command()
@click.argument("version")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to (default: dist/ in the project).",
)
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The date of the release (default: that of the commit).",
)
@click.option("--force", is_flag=True, help="Write it although there are reasons not to.")
@click.pass_context
@examples("kb release 1.0.0", "kb release 1.0.0 --date 2026-11-30 --out ../published")
def release(
    context: click.Context, version: str, out: Path | None, day: datetime | None, force: bool
) -> None:
    """Write a citable archive: evidence-VERSION.zip.

    It holds the dataset, the ontology, the records, the tables, the site, how to cite it, what it
    was made from, what each file is (RO-Crate), and checksums of all. Everything must be committed
    and `kb test` must pass; --force writes it nevertheless, and provenance.json says why it would
    have been refused. The same commit, version and software give the same bytes.
    """
    from kb.cli.test import failed_parts
    from kb.site.release import Release, write_release

    if not _VERSION.fullmatch(version):
        raise click.UsageError(f"{version!r} is not a version, such as 1.0.0")
    root = root_of(context)
    commit = git.commit_of(root)
    base = open_base(context)
    reasons = [*_uncommitted(root, commit), *(f"kb test: {part}" for part in failed_parts(base))]
    for line in reasons:
        echo(f"{'forced' if force else 'refused'}: {line}", err=True)
    if reasons and not force:
        sys.exit(FINDINGS)
    made = Release(version, _day(root, commit, day), commit, reasons)
    folder = out or root / _FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = write_release(base, made, folder)
    echo(f"{path}: {path.stat().st_size:,} bytes, SHA-256 {digest_of_file(path)}")


def _uncommitted(root: Path, commit: str) -> list[str]:
    if not commit:
        return [f"{root} is not committed to a git repository"]
    changed = git.uncommitted(root, _FOLDER)
    return [f"not committed: {', '.join(line[3:] for line in changed[:5])}"] if changed else []


def _day(root: Path, commit: str, given: datetime | None) -> date:
    if given is not None:
        day = given.date()
    elif commit:
        day = date.fromisoformat(git.date_of(root, commit))
    else:
        raise click.UsageError("without a commit, name the date of the release: --date")
    if day.year < _EARLIEST:
        raise click.UsageError(f"{day} is before {_EARLIEST}, which archives cannot name")
    return day
