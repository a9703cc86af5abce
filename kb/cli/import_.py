"""``kb import``: what other programs wrote becomes records and drafts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from kb.cli.common import examples, root_of, texts_option
from kb.cli.importers import ImportRequest, by_importer


@click.command("import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--fill", is_flag=True, help="Add to known publications the fields that they do not have."
)
@click.option(
    "--map",
    "mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML that says which column of a table of results has which field.",
)
@click.option("--sheet", help="The sheet of a workbook that has several.")
@click.option("--keep-going", is_flag=True, help="Draft the other rows if some are bad.")
@texts_option
@click.pass_context
@examples(
    "kb import references.ris library.bib",
    "kb import pubmed.xml --fill",
    "kb import results.xlsx --map columns.yaml --sheet Results",
    "kb import NCT01234567.json --texts ../texts",
)
def import_(context: click.Context, /, files: tuple[Path, ...], **options: Any) -> None:
    """Import FILEs that other programs wrote; each is recognised by its content.

    Bibliographies (RIS, BibTeX, PubMed XML, NBIB, CSL-JSON) are added to
    evidence/publications.yaml. No line that is there is changed; a publication that is there
    already, by DOI, PMID, PMCID or title and year, is reported. An entry that cannot be read is
    named and left out, and the exit code is then 2.

    Tables of results (CSV, XLSX) become drafts in evidence/drafts/<study>.yaml. A bad cell is
    named with sheet, row and column, and nothing is written, unless --keep-going leaves out its
    row; the exit code is 2 in both cases.

    Entries of ClinicalTrials.gov (JSON of its API v2: one, a list, or a folder) become sources,
    with a text in the folder of texts, and drafts of what was registered and of posted results
    about the study that has the number under 'registry'.
    """
    root = root_of(context)
    codes = [
        importer.run(ImportRequest(root, group, **options))
        for importer, group in by_importer(files)
    ]
    if code := max(codes):
        sys.exit(code)
