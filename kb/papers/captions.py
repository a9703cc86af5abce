"""How captions and footnotes begin, for the readers of files that only show them by their words."""

from __future__ import annotations

import re
from typing import Final

CAPTION: Final = re.compile(
    r"(?:supplementa(?:ry|l)\s+)?(table|tab\.|exhibit)\s*"
    r"((?:[A-Z]{1,2}[-.]?)?\d+(?:\.\d+)?[a-z]?|[IVX]+)"
    r"(?=[\s.:|)—–-]|,\s*\(?cont|$)",
    re.IGNORECASE,
)
FIGURE_CAPTION: Final = re.compile(
    r"(?:supplementa(?:ry|l)\s+)?(fig(?:ure|\.)?)\s*([A-Z]?\d+[a-z]?)(?=[\s.:|)—–-]|$)",
    re.IGNORECASE,
)
CONTINUED: Final = re.compile(r"\(?\b(?:continued|cont['’.]?d?)\b\.?\)?", re.IGNORECASE)
MARK: Final = re.compile(
    r"(?:<sup>\s*([^<\s]{1,4})\s*</sup>|([*†‡§¶#‖|]{1,3}|[a-z])(?=[\s=A-Z]))\s*"
)
TABLE_NUMBER: Final = r"table [\w.]{1,4}[.:]? "
"""The number that a caption begins with, for patterns of what follows it."""
NOTE: Final = re.compile(
    r"(?:notes?\b|abbreviations?\b|data are\b|values are\b|\(?\*|[A-Z][A-Za-z0-9-]{0,9}\s?[=:,]|"
    r"<sup>|[†‡§¶#‖]|p[- ]values?\b|source)",
    re.IGNORECASE,
)
