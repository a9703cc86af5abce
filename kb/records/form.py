"""The form of the files that people write, in which two versions differ only in what they say."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from kb.errors import Problem


def form_problems(root: Path) -> Iterator[Problem]:
    """Yield what in the form of records and vocabulary is not canonical.

    Text is UTF-8 in NFC, with lines that end in LF, without tabs or spaces at their ends, and one
    line break at the end of the file.

    >>> list(form_problems(Path("no such folder")))
    []
    """
    evidence, ontology = root / "evidence", root / "ontology"
    for path in sorted((*evidence.rglob("*.yaml"), *ontology.glob("*.ttl"))):
        raw = path.read_bytes()
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            yield Problem(str(path), 0, "", str(error), "UTF-8")
            continue
        yield from _of_text(str(path), text)


def _of_text(name: str, text: str) -> Iterator[Problem]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.endswith("\r"):
            yield Problem(name, number, "", "a line that ends in CR LF", "LF alone")
            return  # all lines do
        if line != line.rstrip():
            yield Problem(name, number, "", "a space at the end of the line", "none")
        if "\t" in line:
            yield Problem(name, number, "", "a tab", "spaces")
        if unicodedata.normalize("NFC", line) != line:
            yield Problem(name, number, "", line, "composed characters (NFC)")
    if text and (not text.endswith("\n") or text.endswith("\n\n")):
        yield Problem(name, text.count("\n"), "", "", "one line break at the end of the file")
