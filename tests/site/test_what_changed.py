"""The page of what changed: of a file that `kb diff --json` wrote, and only where there is one."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from support.command_line import kb

from kb import InputError, KnowledgeBase
from kb.export.changes import read_changes
from kb.site.build import site_folder
from kb.site.context import PageContext
from kb.site.page import Page
from kb.site.pages.what_changed import change_pages
from kb.site.render import Renderer

HALT = "evidence/studies/halt.yaml"
BEFORE = "63% were free of pain, values: {calmol: 63%}"
AFTER = "64% were free of pain, values: {calmol: 64%}"


def page_of(root: Path) -> tuple[Renderer, list[Page]]:
    site = PageContext(KnowledgeBase(root), site_folder(root))
    return Renderer(site), list(change_pages(site))


@pytest.fixture
def changed(example_root: Path, tmp_path: Path) -> Path:
    """An evidence base with a figure that was another one before, and the file that says so."""
    before = tmp_path / "before"
    shutil.copytree(example_root, before)
    path = example_root / HALT
    path.write_text(path.read_text("utf-8").replace(BEFORE, AFTER), encoding="utf-8")
    (example_root / "site").mkdir(exist_ok=True)
    written = example_root / "site" / "changes.json"
    assert kb(example_root, "diff", before, example_root, "--json", written).exit_code == 1
    return example_root


def test_without_a_file_there_is_no_page(example_root: Path) -> None:
    assert page_of(example_root)[1] == []


def test_the_page_has_what_the_command_wrote(changed: Path) -> None:
    renderer, (page,) = page_of(changed)
    html = renderer.content(page)
    old, new, changes, answers = read_changes(changed / "site" / "changes.json")
    assert all(f"<strong>{name}</strong>" in html for name in (old, new))
    assert len(re.findall(r"<h1>", html)) == 1
    assert "63%" in html
    assert "64%" in html
    assert all(one.question in html for one in answers)
    assert "<li>" in html
    assert len(changes) > 0
    (file,) = page.files()
    assert json.loads(file.content)["old"] == old


def test_a_source_is_named_as_it_is_cited(changed: Path) -> None:
    renderer, (page,) = page_of(changed)
    text = re.sub(r"<[^>]+>", " ", renderer.content(page).partition('id="answers"')[0])
    assert "halt-paper" not in text


def test_many_changes_are_cut_with_their_number(changed: Path) -> None:
    written = changed / "site" / "changes.json"
    data = json.loads(written.read_text("utf-8"))
    one = next(one for one in data["changes"] if one["kind"] == "figure")
    data["changes"] = [one | {"text": f"change {n}"} for n in range(30)]
    written.write_text(json.dumps(data), encoding="utf-8")
    renderer, (page,) = page_of(changed)
    html = renderer.content(page)
    assert "change 24</li>" in html
    assert "change 25</li>" not in html
    assert "<li>and 5 more</li>" in html


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", '{"old": 1}', '{"old": "", "new": "", "changes": [7], "answers": []}',
     '{"old": "", "new": "", "changes": [{"kind": "no"}], "answers": []}', "\0", "[" * 100_000],
)  # fmt: skip
def test_another_file_is_refused_by_its_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "changes.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"changes\.json is not what `kb diff --json` writes"):
        read_changes(path)
