from __future__ import annotations

from pathlib import Path

import pytest
from support.drafted_base import write_base


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base with a study and a source, whose text each test writes."""
    return write_base(tmp_path_factory.mktemp("drafts") / "base")
