"""An evidence base of what papers print: every figure bound to its place, and checked there.

>>> from kb import KnowledgeBase
>>> kb = KnowledgeBase()
>>> print(kb.study("tower").name, kb.study("tower").registry)
TOWER ('NCT02013167',)
"""

from kb.checks import Finding
from kb.errors import (
    InputError,
    KbError,
    NotFoundError,
    Problem,
    QueryError,
    RecordError,
    UnavailableError,
)
from kb.lookup import KnowledgeBase
from kb.model import Claim, Evidence, Group, Measure, Publication, Source, Study
from kb.results import Claims, FoundClaim, Table
from kb.verification import Check, State

__all__ = [
    "Check",
    "Claim",
    "Claims",
    "Evidence",
    "Finding",
    "FoundClaim",
    "Group",
    "InputError",
    "KbError",
    "KnowledgeBase",
    "Measure",
    "NotFoundError",
    "Problem",
    "Publication",
    "QueryError",
    "RecordError",
    "Source",
    "State",
    "Study",
    "Table",
    "UnavailableError",
]
