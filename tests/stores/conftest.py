"""A few real studies in every store."""

from __future__ import annotations

import pytest
from support.real_subset import write_real_subset

from kb import KnowledgeBase


@pytest.fixture(scope="session")
def subset(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    """A few real studies, in memory."""
    return KnowledgeBase(write_real_subset(tmp_path_factory.mktemp("subset") / "base"))
