"""An evidence base of figures that papers print, each checked at the place where it is printed.

>>> from kb import KnowledgeBase
>>> kb = KnowledgeBase()
>>> print(kb.study("tower").name, kb.study("tower").registry)
TOWER ('NCT02013167',)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

__version__ = "0.1.0"

if TYPE_CHECKING:
    from kb.api.knowledge_base import KnowledgeBase
    from kb.api.results import Claims, ClaimView, QueryResult
    from kb.checks import Discrepancy
    from kb.errors import (
        InputError,
        KbError,
        NotFoundError,
        Problem,
        QueryError,
        RecordError,
        UnavailableError,
    )
    from kb.model import Claim, Evidence, Group, Measure, Publication, Source, Study
    from kb.scan import Scan, ScanFinding, scan
    from kb.sources.verify import Verification, VerificationState

__all__ = [
    "Claim",
    "ClaimView",
    "Claims",
    "Discrepancy",
    "Evidence",
    "Group",
    "InputError",
    "KbError",
    "KnowledgeBase",
    "Measure",
    "NotFoundError",
    "Problem",
    "Publication",
    "QueryError",
    "QueryResult",
    "RecordError",
    "Scan",
    "ScanFinding",
    "Source",
    "Study",
    "UnavailableError",
    "Verification",
    "VerificationState",
    "scan",
]

_MODULES: Final = {
    "checks": ("Discrepancy",),
    "errors": (
        "InputError",
        "KbError",
        "NotFoundError",
        "Problem",
        "QueryError",
        "RecordError",
        "UnavailableError",
    ),
    "api.knowledge_base": ("KnowledgeBase",),
    "model": ("Claim", "Evidence", "Group", "Measure", "Publication", "Source", "Study"),
    "api.results": ("Claims", "ClaimView", "QueryResult"),
    "scan": ("Scan", "ScanFinding", "scan"),
    "sources.verify": ("Verification", "VerificationState"),
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that commands start fast."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(import_module(f"kb.{module}"), name)
    raise AttributeError(f"module 'kb' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List the public names, imported or not."""
    return sorted({*globals(), *__all__})
