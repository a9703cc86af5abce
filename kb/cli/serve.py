"""``kb serve``: the built site and SPARQL over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from kb.cli.common import Number, examples, root_of, texts_option
from kb.errors import UnavailableError
from kb.records.paths import build_folder


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 chooses a free one, which the log names.",
)
@click.option(
    "--build",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that `kb build` wrote (default: build/ in the project).",
)
@click.option(
    "--timeout",
    type=Number(0.1, 3600),
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
    help="Queries that run at a time, of one client all but one: one runs for others with 1 too. "
    "16 times as many may wait.",
)
@click.option(
    "--client-rate",
    type=Number(0, 1e6),
    default=0.0,
    show_default=True,
    help="Queries per second of one client, averaged over five seconds; 0 sets no limit.",
)
@click.option(
    "--proxies",
    type=click.IntRange(0, 10),
    default=0,
    show_default=True,
    help="Number of proxies in front that append to X-Forwarded-For; 0 ignores that header.",
)
@click.option(
    "--watch/--no-watch",
    default=True,
    show_default=True,
    help="Load a new build when there is one. SIGHUP loads it in any case.",
)
@click.option(
    "--live",
    is_flag=True,
    help="Render pages on request, from the records as they are; without SPARQL at /sparql.",
)
@texts_option
@click.pass_context
@examples("kb serve", "kb serve --live", "kb serve --build build --port 8080 --timeout 5")
def serve(
    context: click.Context, /, host: str, port: int, build: Path | None, **options: Any
) -> None:
    """Serve the site, its IRIs and SPARQL at /sparql, read-only, with a log on the error stream.

    With --live, pages show an edit of the records as soon as they are reloaded; --texts checks
    the claims against the texts.
    """
    if options["live"] and build is not None:
        raise click.UsageError("--live renders the records of the project: leave --build out")
    try:
        from kb.server.run import serve as run
        from kb.server.run import serve_live
    except ImportError as error:
        message = f"serving needs {error.name}: pip install 'kb-evidence[serve]'"
        raise UnavailableError(message) from error
    if options["live"]:
        serve_live(root_of(context), options["texts"], host, port)
        return
    from kb.server.config import QueryLimits, ServerConfig

    folder = build if build is not None else build_folder(root_of(context))
    config = ServerConfig(
        folder.resolve(),
        host,
        port,
        QueryLimits(seconds=options["timeout"], rows=options["max_rows"]),
        concurrent=options["max_concurrent"],
        watch=options["watch"],
        rate=options["client_rate"],
        proxies=options["proxies"],
    )
    run(config)
