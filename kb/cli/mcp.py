"""``kb mcp``: the evidence base as tools of an assistant."""

from __future__ import annotations

from pathlib import Path

import click

from kb.cli.common import examples, open_base, root_of, texts_option
from kb.errors import UnavailableError


@click.command()
@texts_option
@click.option(
    "--write-drafts",
    is_flag=True,
    help="Let proposals of which every claim is verified be written to evidence/drafts/, where "
    "the study has none.",
)
@click.pass_context
@examples("kb mcp", "kb mcp --texts ../papers", "kb mcp --texts ../papers --write-drafts")
def mcp(context: click.Context, texts: Path | None, write_drafts: bool) -> None:
    """Serve an assistant over standard input and output (Model Context Protocol).

    Its tools search, show studies, claims and discrepancies, compare studies, explain a claim,
    answer read-only SPARQL, and check drafts of claims in the texts. Nothing that an assistant
    proposes enters the dataset: a person accepts it with `kb draft --accept`.

    Without --texts, texts/ of the project is read, if it is there.
    """
    try:
        from kb.server.assistants.server import build_server
    except ImportError as error:
        message = f"serving assistants needs {error.name}: pip install 'kb-evidence[mcp]'"
        raise UnavailableError(message) from error
    from kb.server.assistants.tools import Tools

    own = root_of(context) / "texts"
    folder = texts or (own if own.is_dir() else None)
    build_server(Tools(open_base(context), folder, write=write_drafts)).run("stdio")
