"""Under random and hostile load every request is accounted for; an hour of it is asked for by hand.

``python -m benchmarks.serving --random 3600`` puts the same load on a build for an hour.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.random_load import CLIENTS, random_load


def test_nothing_is_lost_under_random_load(served_build: Path) -> None:
    found = random_load(served_build, seconds=5)
    assert found["failures"] == []
    assert found["requests"] > CLIENTS
    assert found["done"]["valid_query"] > 0
