from __future__ import annotations

from pathlib import Path

import pytest
from support.served_build import write_build


@pytest.fixture
def own_build(tmp_path: Path) -> Path:
    """A small build that the test may change."""
    return write_build(tmp_path / "build", b'<a:a> <a:b> "one" <a:g> .\n')
