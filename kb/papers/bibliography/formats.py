"""Which formats of bibliographies there are, and how each is recognised."""

from __future__ import annotations

import re
from typing import Final

ENTRY: Final = re.compile(
    r"^[ \t]*(?:(?P<ris>TY[ ]{0,2}- ?[A-Z])|(?P<nbib>PMID ?- ?\d)|(?P<bibtex>@[A-Za-z]+\s*[{(]))",
    re.MULTILINE,
)
"""How an entry begins in a format of lines."""
_PUBMED: Final = re.compile(r"<(?:PubmedArticleSet|PubmedArticle|PubmedBookArticle)\b")
_CSL: Final = re.compile(r'\s*(?:\[\s*)?\{(?=.*"type"\s*:\s*")(?!.*"protocolSection")', re.DOTALL)


def recognised(head: str) -> bool:
    """Whether a file that begins so is a bibliography.

    >>> [recognised(head) for head in ("TY  - JOUR", "@article{a,", '[{"type": "book"}]', "OS")]
    [True, True, True, False]
    """
    return bool(_PUBMED.search(head) or _CSL.match(head) or ENTRY.search(head))
