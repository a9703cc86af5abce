"""A renamed study or concept keeps its former addresses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from support.environment import ROOT, Quiet
from support.example_base import BASE, edit, problems
from support.served_build import serving, write_build

from kb import KnowledgeBase
from kb.server.static import StaticFiles as Served
from kb.site.build import build_site
from kb.site.context import PageContext
from kb.site.data.redirects import TABLE, redirect_files

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext


def formerly(root: Path, **former: str) -> Path:
    """Write the list of former addresses; ``_`` in a name is a slash."""
    lines = (f"  {old.replace('_', '/')}: {new}\n" for old, new in former.items())
    (root / "evidence" / "formerly.yaml").write_text("formerly:\n" + "".join(lines), "utf-8")
    return root


@pytest.fixture
def renamed(example_root: Path) -> Path:
    """The example with its study ``ease`` renamed to ``relief``, and its former address."""
    studies = example_root / "evidence" / "studies"
    (studies / "ease.yaml").rename(studies / "relief.yaml")
    edit(example_root, "evidence/studies/relief.yaml", "id: ease\n", "id: relief\n")
    judged = example_root / "evidence" / "adjudications" / "ease.yaml"
    judged.unlink()  # a finding bears the id of its study, and is judged anew
    publications = example_root / "evidence" / "publications.yaml"
    text = publications.read_text("utf-8")
    assert "reports: [ease]" in text
    publications.write_text(text.replace("reports: [ease]", "reports: [relief]"), "utf-8")
    return formerly(example_root, study_ease="study/relief")


def test_the_former_address_of_a_renamed_study_redirects(renamed: Path) -> None:
    site = PageContext(KnowledgeBase(renamed), ROOT / "site")
    assert set(site.studies) >= {"relief"}
    assert "ease" not in site.studies
    files = {file.path: file.content.decode() for file in redirect_files(site)}
    assert json.loads(files[TABLE]) == {"study/ease": "study/relief"}
    page = files["study/ease/index.html"]
    assert '<a href="../../study/relief/">' in page
    assert f'<link rel="canonical" href="{BASE}study/relief/">' in page
    assert '<meta name="robots" content="noindex">' in page
    for ending in ("ttl", "jsonld"):
        assert f"{BASE}study/ease" in files[f"study/ease.{ending}"]
        assert f"{BASE}study/relief" in files[f"study/ease.{ending}"]


@pytest.mark.parametrize(
    ("old", "new", "found", "expected", "near"),
    [
        ("study_halt", "study/ease", "study/halt", "unused address", ""),
        ("study_gone", "study/eas", "study/eas", "address in use", "study/ease"),
        ("study_gone", "study/older", "study/older", "address in use", None),
    ],
)
def test_a_former_address_in_use_or_without_target_is_refused(
    example_root: Path, old: str, new: str, found: str, expected: str, near: str | None
) -> None:
    (problem,) = problems(formerly(example_root, **{old: new}))
    assert problem.file.endswith("formerly.yaml")
    assert problem.line == 2
    assert problem.found == found
    assert expected in problem.expected
    assert near is None or problem.nearest == near


def test_a_former_address_has_one_target(example_root: Path) -> None:
    path = example_root / "evidence" / "formerly.yaml"
    path.write_text("formerly:\n  study/old: study/ease\n  study/old: study/halt\n", "utf-8")
    (problem,) = problems(example_root)
    assert problem.line == 3


def test_a_concept_may_have_a_former_address(example_root: Path) -> None:
    base = KnowledgeBase(formerly(example_root, study_old="study/ease", regimen_old="study/halt"))
    assert base.records.formerly == {"study/old": "study/ease", "regimen/old": "study/halt"}


def test_a_server_redirects_every_form_of_a_former_address(tmp_path: Path, renamed: Path) -> None:
    build = write_build(tmp_path / "build", b"<a:a> <a:b> <a:c> <a:g> .\n")
    for file in redirect_files(PageContext(KnowledgeBase(renamed), ROOT / "site")):
        (build / "site" / file.path).parent.mkdir(parents=True, exist_ok=True)
        (build / "site" / file.path).write_bytes(file.content)
    leads = {
        "/study/ease": "../study/relief",
        "/study/ease/": "../../study/relief/",
        "/study/ease.ttl": "../study/relief.ttl",
        "/study/ease.csl.json": "../study/relief.csl.json",
        "/study/ease/safety.csv": "../../study/relief/safety.csv",
        "/study/ease/a%20b.csv": "../../study/relief/a%20b.csv",
    }
    with serving(build) as server:
        for path, to in leads.items():
            answer = server.ask(path)
            assert (answer.status, answer.headers["location"]) == (308, to), path
        assert server.ask("/study/easement").status == 404


def test_a_site_with_a_missing_or_broken_redirect_table_is_served(tmp_path: Path) -> None:
    build = write_build(tmp_path / "build", b"")
    assert Served(build / "site").redirect("study/ease") == ""
    (build / "site" / TABLE).write_text("[", "utf-8")
    assert Served(build / "site").redirect("study/ease") == ""


@pytest.mark.browser
def test_a_former_link_to_a_claim_shows_the_claim(
    context: BrowserContext, renamed: Path, tmp_path: Path
) -> None:
    import functools
    import http.server
    import threading

    base = KnowledgeBase(renamed)
    build_site(base, tmp_path / "built")
    handler = functools.partial(Quiet, directory=str(tmp_path / "built" / "site"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    claim = base.claims(study="relief")[0].claim.id
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    page.goto(f"{address}/study/ease/#{claim}")
    page.wait_for_url(f"{address}/study/relief/#{claim}")
    assert page.locator("h1").first.inner_text()
    server.shutdown()
    server.server_close()
    assert not errors
