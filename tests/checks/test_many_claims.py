"""The time of the checks grows with the number of claims, not with its square."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.example_base import write_example

from kb import KnowledgeBase

HALT = "evidence/studies/halt.yaml"
VARIED = (
    "      - {{endpoint: PAIN_FREE, time: at {n} weeks, printed: {k} of 80 patients, "
    "values: {{first-80: {{n: {k}}}}}}}\n"
)
EQUAL = "      - {{endpoint: PAIN_FREE, printed: 63% were free, values: {{first-80: 63%}}}}\n"


def with_claims(root: Path, block: str, count: int) -> KnowledgeBase:
    path = write_example(root) / HALT
    head, claims, rest = path.read_text("utf-8").partition("    claims:\n")
    more = "".join(block.format(n=n, k=10 + n % 70) for n in range(1, count + 1))
    path.write_text(head + claims + more + rest, "utf-8")
    return KnowledgeBase(root)


@pytest.mark.parametrize("block", [VARIED, EQUAL], ids=["measures", "prints of one measure"])
def test_many_claims_of_one_study_are_checked_soon(tmp_path: Path, block: str) -> None:
    few = with_claims(tmp_path / "few", block, 10)
    many = with_claims(tmp_path / "many", block, 1_500)
    began = time.monotonic()
    assert len(many.discrepancies()) <= len(few.discrepancies()) + 1
    assert time.monotonic() - began < 20  # 45 s and more before equal figures were compared once


def test_each_print_of_a_figure_that_differs_is_named(tmp_path: Path) -> None:
    base = with_claims(tmp_path / "base", EQUAL, 30)
    path = base.root / HALT
    text = path.read_text("utf-8")
    other = EQUAL.format().replace("63%", "71%")
    path.write_text(text.replace("    claims:\n", f"    claims:\n{other}", 1), "utf-8")
    reported = [d for d in KnowledgeBase(base.root).discrepancies() if "differs" in d.kind]
    assert max(len(d.claims) for d in reported) >= 31
