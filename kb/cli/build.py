"""``kb build``: the dataset, its tables and the site."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kb.api.knowledge_base import KnowledgeBase
from kb.cli.common import STORE, echo, examples, root_of, texts_option
from kb.records.paths import build_folder
from kb.site.build import MANIFEST, STEPS, read_manifest, unchanged
from kb.site.build import build as build_all
from kb.stores.config import StoreConfig
from kb.stores.contents import require_same
from kb.util.atomic import remove_remains
from kb.util.wording import measured


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write (default: build/ in the project).",
)
@click.option("--fresh", is_flag=True, help="Build even if nothing has changed.")
@texts_option
@click.pass_context
@examples("kb build", "kb build --texts ../papers")
def build(context: click.Context, out: Path | None, texts: Path | None, fresh: bool) -> None:
    """Build the dataset, its tables and the site.

    What the last build wrote is replaced as a whole, or not at all if the build fails; other
    files in the folder stay. If nothing has changed since the last build, that one stands.

    If --store names a SPARQL endpoint, it must hold exactly the records.
    """
    # Nearly all objects live until the end, so frequent collections find nothing to free.
    gc.set_threshold(50_000, 20, 100)
    root = root_of(context)
    target = out or build_folder(root)
    config = StoreConfig(context.meta.get(STORE))
    is_remote = config.kind == "endpoint"
    previous = None if fresh or is_remote else unchanged(root, target, texts)
    if previous:
        remove_remains(target)
        manifest = previous
    else:
        if (target / MANIFEST).exists() and read_manifest(target) is None:
            echo(f"{target / MANIFEST} is damaged: building all again", err=True)
        base = KnowledgeBase(root, texts, "memory" if is_remote else config.text)
        if is_remote:  # then the records give its answers
            server = config.open(root, texts, lambda: base.nquads)
            require_same(server, base.nquads, base.iris.base)
        with _progress(len(STEPS)) as step:
            manifest = build_all(base, target, step)
    for line in manifest.stale:
        echo(f"stale adjudication: {line}", err=True)
    counts = ", ".join(measured(number, name) for name, number in manifest.counts.items())
    echo(f"{target}: {counts}{'; nothing has changed' if previous else ''}")


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[str], None]]:
    """Show the current step on a terminal, and nothing in a log."""
    with click.progressbar(
        length=steps, label="building", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as bar:

        def step(name: str) -> None:
            bar.label = name
            bar.update(1)

        yield step
