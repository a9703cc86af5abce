"""Figures of real papers that were judged by reading: what a scan must and must not report.

Two people read them without knowing of each other (``first``, ``second``); where they differed on
whether the figures are wrong, they looked again, and ``judged`` has its ``reason``.
"""

from __future__ import annotations

import json
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from support.environment import papers_folder, unavailable

from kb.drafts.compare import Agreement
from kb.papers.jats import read_jats
from kb.papers.paper import Table, plain
from kb.scan import RULES
from kb.scan.context import ScanContext
from kb.scan.finding import ScanFinding
from kb.sources.normalise import fold

LISTS = sorted((Path(__file__).parent.parent / "data" / "scan").glob("*.jsonl"))


def judged() -> dict[str, list[dict[str, Any]]]:
    by_paper: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in (line for file in LISTS for line in file.read_text("utf-8").splitlines()):
        entry = json.loads(line)
        by_paper[entry["paper"]].append(entry)
    return by_paper


def test_two_readers_agree() -> None:
    entries = [e for paper in judged().values() for e in paper if e.get("first")]
    ratings = [(e["first"] == "real", e["second"] == "real") for e in entries]
    agreement = Agreement.of([(str(one), str(other)) for one, other in ratings])
    assert agreement.kappa is not None
    assert agreement.kappa > 0.8
    unsettled = [e for e, (one, other) in zip(entries, ratings, strict=True) if one != other]
    assert unsettled
    assert all(e["reason"] for e in unsettled)


def _texts(table: Table) -> str:
    return fold(" ".join(plain(cell.text) for row in table.grid for cell in row)).text


def reports(finding: ScanFinding, entry: dict[str, Any]) -> bool:
    place = entry["place"] in (finding.place.table, finding.place.section)
    same = place and finding.kind == entry["kind"] and entry["row"] in finding.place.row
    return same and all(any(text in own for own in finding.printed) for text in entry["printed"])


@pytest.mark.parametrize("paper", sorted(judged()))
def test_judged_figures(paper: str) -> None:
    file = papers_folder() / f"{paper}.nxml"
    if not file.exists():
        unavailable(f"no {file.name} in {papers_folder()}: name the folder in KB_PAPERS")
    context = ScanContext(read_jats(file.read_bytes(), file.name))
    places = {table.id: _texts(table) for table in context.paper.tables}
    for section in context.paper.sections:
        text = fold(" ".join(p.text for p in section.paragraphs)).text
        places[section.title] = f"{places.get(section.title, '')} {text}"
    results = [f for name in RULES for f in import_module(f"kb.scan.{name}").find(context)]
    for entry in judged()[paper]:
        # What is not to be reported is at least printed there.
        first = fold(entry["printed"][0]).text
        assert entry["judged"] == "real" or first in places[entry["place"]], entry
        reported = any(reports(finding, entry) for finding in results)
        assert reported is (entry["judged"] == "real"), entry
