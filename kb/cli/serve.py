"""``kb serve``: the built site and SPARQL over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kb.cli.common import examples, root_of
from kb.errors import UnavailableError


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen at; 0 takes a free one, which the log names.",
)
@click.option(
    "--build",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that `kb build` wrote (default: build/ in the project).",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0.1, 3600),
    default=20.0,
    show_default=True,
    help="Seconds after which a query is ended.",
)
@click.option(
    "--max-rows",
    type=click.IntRange(1),
    default=100_000,
    show_default=True,
    help="Rows or triples that an answer may have.",
)
@click.option(
    "--max-concurrent",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="Queries at work at a time; four times as many may wait.",
)
@click.option(
    "--client-rate",
    type=click.FloatRange(0),
    default=0.0,
    show_default=True,
    help="Queries a second that one client may ask, over five seconds; 0 sets no limit.",
)
@click.option(
    "--proxies",
    type=click.IntRange(0, 10),
    default=0,
    show_default=True,
    help="Proxies in front, whose X-Forwarded-For says who asks; 0 reads no such header.",
)
@click.option(
    "--watch/--no-watch",
    default=True,
    show_default=True,
    help="Load a new build when there is one. SIGHUP loads it in any case.",
)
@click.pass_context
@examples("kb serve", "kb serve --build build --port 8080 --timeout 5")
def serve(
    context: click.Context, /, host: str, port: int, build: Path | None, **asked: Any
) -> None:
    """Serve the site, its IRIs and SPARQL at /sparql, read-only, with a log on the error stream."""
    try:
        from kb.server import run as running
    except ImportError as error:
        told = f"serving needs {error.name}: pip install 'kb-evidence[serve]'"
        raise UnavailableError(told) from error
    from kb.server.config import Limits, ServerConfig

    folder = build if build is not None else root_of(context) / "build"
    limits = Limits(seconds=asked["timeout"], rows=asked["max_rows"])
    settings = ServerConfig(
        folder.resolve(),
        host,
        port,
        limits,
        concurrent=asked["max_concurrent"],
        watch=asked["watch"],
        rate=asked["client_rate"],
        proxies=asked["proxies"],
    )
    running.serve(settings)
