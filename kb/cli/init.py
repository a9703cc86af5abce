"""``kb init``: an evidence base on any disease, with a vocabulary and one invented study."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from kb.cli.common import echo, examples
from kb.errors import InputError
from kb.records.starter import write_starter


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="Evidence base", help="What the evidence base is called.")
@click.option(
    "--base",
    default="https://example.org/evidence/",
    help="The address that all of its IRIs begin with; change it in evidence/dataset.yaml before "
    "you publish.",
)
@examples(
    "kb init copd",
    'kb init copd --title "Evidence base for COPD" --base https://example.org/copd/',
)
def init(folder: Path, title: str, base: str) -> None:
    """Create an evidence base in FOLDER, which must be new or empty.

    It has a vocabulary for any disease (responses, times to an event, scales, adverse events,
    diagnostic accuracy, and the units and statistics of this software), settings, and one invented
    study with its text, so that every command works at once. `kb add term` adds words.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is not empty: name a new folder")
    write_starter(folder, title, base)
    echo(f"created {folder}, with one invented study\n")
    echo(f"  cd {shlex.quote(str(folder))}")
    echo("  kb verify   # its claims against the text in texts/")
    echo("  kb build    # the dataset and the site, in build/")
    echo("  kb serve    # the site in a browser")
