"""Drafts of invented tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kb.drafts.check import check_drafts, draft_problems
from kb.drafts.draft import Drafter, SourceDrafts, merged
from kb.drafts.store import DraftsFile, read_drafts, write_drafts
from kb.records.load import load_records
from kb.sources.text import load_text
from support.drafted_base import TEXT


def drafted(
    root: Path, text: str = TEXT, answers: Mapping[str, str | None] | None = None
) -> SourceDrafts:
    """Return what is drafted from a text about the study of the base; it could be accepted."""
    (root / "texts" / "low-2020.txt").write_text(text, encoding="utf-8")
    records = load_records(root)
    source = records.sources["low-2020"]
    contents = load_text(root / "texts", source)
    study = records.studies["second-trial"]
    made = Drafter(records, study, source, contents, DraftsFile(), answers or {}).draft()
    write_drafts(root, study.id, merged(DraftsFile(), {}, made))
    drafts = read_drafts(root, study.id, records.vocabulary)
    assert not list(draft_problems(records, study.id, drafts))
    checked = check_drafts(records, study, drafts, {source.id: contents})
    assert [(one.place, one.reasons) for one in checked if one.state != "verified"] == []
    return made


def blocks(made: SourceDrafts) -> list[dict[str, Any]]:
    """Return all blocks."""
    return [block for report in made.reports for block in report["claims"]]


def block_of(made: SourceDrafts, printed: str) -> dict[str, Any]:
    """Return the one block of a print."""
    same = [block for block in blocks(made) if block["printed"] == printed]
    assert len(same) == 1, (printed, made.left)
    return same[0]


def table(*rows: str, caption: str = "Outcomes", notes: str = "") -> str:
    """Return a text with one table."""
    lines = "\n".join(rows)
    return f"## Results ##\n\nNone.\n\n## Table 1 ##\n\n{caption}\n\n{lines}\n\n{notes}\n"
