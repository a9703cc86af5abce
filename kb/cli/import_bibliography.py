"""``kb import`` of bibliographies: entries become publications."""

from __future__ import annotations

from typing import Final

from kb.cli.importers import Importer, ImportRequest, InputFile
from kb.errors import UnavailableError
from kb.papers.bibliography.formats import recognised


def _recognise(file: InputFile) -> bool:
    return recognised(file.head)


def _run(request: ImportRequest) -> int:
    raise UnavailableError(f"{request.files[0].path}: bibliographies are not imported yet")


IMPORTER: Final = Importer(
    "a bibliography (RIS, BibTeX, PubMed XML, NBIB, CSL-JSON)", _recognise, _run
)
