"""Random and hostile load for some seconds, with an answer to every request.

``python -m benchmarks.serving --random 3600`` puts the same load on a build for an hour.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.random_load import CLIENTS, random_load


def test_every_request_under_random_load_is_answered(served_build: Path) -> None:
    outcome = random_load(served_build, seconds=5)
    assert outcome["failures"] == []
    assert outcome["requests"] > CLIENTS
    assert outcome["done"]["valid_query"] > 0
