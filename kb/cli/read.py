"""``kb read``: a paper becomes a text, a draft record of its source, and publications."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import click

from kb.cli.common import echo, examples, required_texts, root_of, texts_option
from kb.errors import InputError, ReadError, RecordError
from kb.papers.paper import Paper
from kb.papers.publication_file import with_publications
from kb.papers.read import read_paper
from kb.papers.source import RecordDraft, draft_record, source_id
from kb.records.load import load_shared
from kb.records.paths import record_file
from kb.records.yaml import MAX_BYTES, MAX_PUBLICATIONS_BYTES
from kb.sources.text import MAX_BYTES as MAX_TEXT_BYTES
from kb.util.atomic import write_atomically
from kb.util.wording import counted


@click.command()
@click.argument("paper", type=click.Path(path_type=Path))
@click.option("--id", "name", help="Id of the source (default: first author and year).")
@texts_option
@click.pass_context
@examples("kb read PMC5852701.nxml --texts ../papers", "kb read trial.pdf --id low-2020-trial")
def read(context: click.Context, paper: Path, name: str | None, texts: Path | None) -> None:
    """Read PAPER (JATS XML, HTML, PDF, DOCX or text) into a text and a draft source record.

    Writes NAME.txt into the folder of texts, evidence/sources/NAME.yaml, and the publications
    that are new into evidence/publications.yaml. No file that exists is overwritten.
    """
    root, folder = root_of(context), required_texts(context, texts)
    refuse_committed(folder)
    records, loader = load_shared(root)
    if loader.problems:
        raise RecordError(loader.problems)
    contents = read_paper(paper)
    chosen = _checked(name or source_id(contents))
    record, text = record_file(root, "sources", chosen), folder / f"{chosen}.txt"
    for path in (record, text):
        if os.path.lexists(path):
            raise InputError(f"{path} exists already: choose another id with --id")
    draft = draft_record(contents, chosen, records.publications)
    has_sentence = any(section.paragraphs for section in contents.sections)
    if not (has_sentence or contents.tables or contents.figures):
        raise ReadError(f"{paper}: no sentence, table or figure was found in it")
    publications = record_file(root, "publications")
    merged = with_publications(publications.read_bytes().decode(), draft.publications)
    _require_loadable(paper, draft, merged)
    write_atomically(publications, [merged.encode()])
    write_atomically(text, [draft.source.text.encode()])
    record.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(record, [draft.record.encode()])
    _report(contents, draft, [text, record, publications])


def _require_loadable(paper: Path, draft: RecordDraft, publications: str) -> None:
    """Refuse to write what no command could read again."""
    for what, text, most in (
        ("text", draft.source.text, MAX_TEXT_BYTES),
        ("record", draft.record, MAX_BYTES),
        ("list of publications", publications, MAX_PUBLICATIONS_BYTES),
    ):
        size = len(text.encode())
        if size > most:
            name = f"{paper}: the {what}"
            raise ReadError(f"{name} would have {size:,} bytes, expected at most {most:,}")


def _checked(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", name) or len(name) > 60:
        raise InputError(f"{name!r} is not an id: lower-case letters, digits and single hyphens")
    return name


def refuse_committed(folder: Path) -> None:
    """Refuse a folder from which the texts of papers could be committed."""
    resolved = folder.resolve()
    if not any((above / ".git").exists() for above in (resolved, *resolved.parents)):
        return
    git = shutil.which("git")
    command = [git or "", "-C", str(resolved), "check-ignore", "-q", str(resolved / "paper.txt")]
    if git and subprocess.run(command, check=False, capture_output=True).returncode == 0:
        return
    raise InputError(
        f"{folder} is in a git repository that does not ignore it: the texts of papers are "
        "never committed; name a folder elsewhere with --texts"
    )


def _report(paper: Paper, draft: RecordDraft, written: list[Path]) -> None:
    for path in written:
        echo(f"wrote {path}")
    paragraphs = sum(len(section.paragraphs) for section in paper.sections)
    sections = counted(len(paper.sections), "section")
    figures = counted(len(paper.figures), "figure")
    echo(f"{sections}, {counted(paragraphs, 'paragraph')}, {figures}")
    for table in paper.tables:
        echo(f"{table.id}: {counted(len(table.grid), 'row')} x {counted(table.width, 'column')}")
    total = len(paper.references)
    echo(f"{counted(total, 'reference')}: {draft.known} known, {total - draft.known} new")
    if paper.metadata.registrations:
        echo("registrations: " + ", ".join(paper.metadata.registrations))
    for notice in paper.metadata.related:
        echo(f"related: {notice.kind} {notice.doi or notice.title}".rstrip())
    for reason in draft.unsure:
        echo(f"unsure: {reason}")
