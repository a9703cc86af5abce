"""``kb serve --live``: a curator sees an edit on reload, and an error with its place."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner
from starlette.responses import Response
from support.environment import ROOT
from support.example_base import BASE, TEXTS, edit, name_no_studies

from kb import KnowledgeBase
from kb.cli.main import main
from kb.server.live import LiveSite
from kb.site.build import build_site
from kb.site.data.search_index import SEARCH_INDEX
from kb.site.page import OutputFile
from kb.site.render import Renderer

HALT = "evidence/studies/halt.yaml"
REGIMEN = "role: experimental, regimen: calmol}"


@pytest.fixture
def live(example_root: Path, tmp_path: Path) -> LiveSite:
    (tmp_path / "live").mkdir()
    return LiveSite(example_root, None, tmp_path / "live")


@pytest.fixture
def own_site(example_root: Path) -> Path:
    """The project's ``site/``, of its own, to be changed at will."""
    skipped = shutil.ignore_patterns("node_modules", "recipes")
    shutil.copytree(ROOT / "site", example_root / "site", ignore=skipped)
    name_no_studies(example_root)
    modules = example_root / "site" / "front" / "node_modules"
    modules.symlink_to(ROOT / "site" / "front" / "node_modules")
    return example_root / "site"


def text(answer: Response) -> str:
    return bytes(answer.body).decode()


def title(html: str) -> str:
    return html.partition("<title>")[2].partition("</title>")[0]


# --- edits -----------------------------------------------------------------------------------


def test_an_edit_of_a_record_shows_on_reload(live: LiveSite, example_root: Path) -> None:
    assert "calmol against placebo" not in text(live.get("study/halt/"))
    edit(example_root, HALT, "title: calmol versus placebo", "title: calmol against placebo")
    assert "almol against placebo" in text(live.get("study/halt/"))
    assert "almol against placebo" in text(live.get("study/"))


def test_a_new_record_has_a_page_and_a_deleted_one_has_none(
    live: LiveSite, example_root: Path
) -> None:
    record = example_root / "evidence" / "studies" / "halt-aura.yaml"
    content = record.read_text("utf-8")
    assert live.get("study/halt-aura/").status_code == 200
    record.unlink()
    gone = live.get("study/halt-aura/")
    assert (gone.status_code, "No such page" in text(gone)) == (404, True)
    record.write_text(content, "utf-8")
    assert live.get("study/halt-aura/").status_code == 200


def test_edits_of_a_template_and_of_a_hand_written_page_show(
    own_site: Path, live: LiveSite
) -> None:
    assert live.get("about/").status_code == 200
    for file, words in (("templates/sources.html.j2", "<p>added</p>"), ("pages/about.md", "added")):
        path = own_site / file
        path.write_text(f"{path.read_text('utf-8')}\n{words}\n", "utf-8")
    assert "<p>added</p>" in text(live.get("source/"))
    assert "<p>added</p>" in text(live.get("about/"))


def test_claims_are_checked_against_the_texts(example_root: Path, tmp_path: Path) -> None:
    live = LiveSite(example_root, TEXTS, tmp_path)
    page = text(live.get("source/halt-paper/"))
    assert 'title="Found in the source, at its place">checked' in page


# --- errors ----------------------------------------------------------------------------------


def test_an_error_in_a_record_shows_its_place_above_the_last_good_page(
    live: LiveSite, example_root: Path
) -> None:
    good = text(live.get("study/halt/"))
    edit(example_root, HALT, REGIMEN, REGIMEN.replace("calmol", "calmool"))
    line = next(n for n, line in enumerate(read(example_root), 1) if "calmool" in line)
    broken = live.get("study/halt/")
    assert broken.status_code == 500
    notice = text(broken).partition('role="alert"')[2].partition("</div>")[0]
    assert f"{HALT}:{line}: groups." in notice
    assert "found &#x27;calmool&#x27;" in notice
    assert "did you mean &#x27;calmol&#x27;?" in notice
    assert re.sub('<div class="admonition failure".*?</div>', "", text(broken)) == good
    assert live.get("ontology/").status_code == 500
    assert live.get("about/").status_code == 500
    assert live.get("assets/style.css").status_code == 200
    edit(example_root, HALT, "calmool", "calmol")
    fixed = live.get("study/halt/")
    assert (fixed.status_code, text(fixed)) == (200, good)


def read(root: Path) -> list[str]:
    return (root / HALT).read_text("utf-8").splitlines()


def test_markup_in_an_error_is_shown_as_text(live: LiveSite, example_root: Path) -> None:
    edit(example_root, HALT, REGIMEN, REGIMEN.replace("calmol", "<script>alert(1)</script>"))
    assert live.get("").status_code == 500
    page = text(live.get(""))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_an_error_from_the_start_is_shown_until_it_is_mended(
    live: LiveSite, example_root: Path
) -> None:
    edit(example_root, HALT, REGIMEN, REGIMEN.replace("calmol", "calmool"))
    for path in ("", "study/halt/", "anything/"):
        answer = live.get(path)
        assert (answer.status_code, "did you mean" in text(answer)) == (500, True)
    assert live.get("data/kb.nq").status_code == 404
    edit(example_root, HALT, "calmool", "calmol")
    assert live.get("study/halt/").status_code == 200


def test_an_error_in_a_template_is_shown_on_the_pages_that_it_makes(
    own_site: Path, live: LiveSite
) -> None:
    good = text(live.get("source/"))
    path = own_site / "templates" / "sources.html.j2"
    path.write_text(f"{path.read_text('utf-8')}{{{{ no_such_value }}}}\n", "utf-8")
    broken = live.get("source/")
    assert broken.status_code == 500
    assert "no_such_value" in text(broken)
    assert title(text(broken)) == title(good)
    assert live.get("study/halt/").status_code == 200


# --- the same site ---------------------------------------------------------------------------


def test_pages_and_files_are_those_of_a_build(
    live: LiveSite, example_root: Path, tmp_path: Path
) -> None:
    build_site(KnowledgeBase(example_root), tmp_path / "build")
    site = tmp_path / "build" / "site"
    for path in (
        "index.html",
        "study/halt/index.html",
        "explore/index.html",
        "about/index.html",
        "study/halt.csv",
        "study/halt.ttl",
        "finding/findings.csv",
        "network.csv",
        "data/kb.nq",
        "data/explore.json.gz",
        "assets/style.css",
        "assets/front/site.js",
        "embed/study/halt/index.html",
        "embed/forest/index.html",
        "study/old/index.html" if (site / "study/old").exists() else "redirects.json",
    ):
        answer = live.get(path)
        assert (answer.status_code, bytes(answer.body)) == (200, (site / path).read_bytes()), path
    assert bytes(live.get(SEARCH_INDEX).body) == (site / SEARCH_INDEX).read_bytes()
    assert gzip.decompress(bytes(live.get("data/kb.trig.gz").body))


def test_an_embedded_page_is_made_without_those_of_other_pages(
    live: LiveSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    of_page = Renderer.embedded

    def embedded(renderer: Renderer, within: str = "") -> Iterator[OutputFile]:
        for file in of_page(renderer, within):
            made.append(file.path)
            yield file

    monkeypatch.setattr(Renderer, "embedded", embedded)
    assert live.get("embed/study/halt/").status_code == 200
    assert live.get("embed/study/no-such/").status_code == 404
    assert live.get("embed/study/halt/no-such-plot/").status_code == 404
    assert made
    assert {path.split("/")[2] for path in made} == {"halt"}


@pytest.mark.parametrize("path", ["nothing/", "../base/evidence/dataset.yaml", "/etc/passwd", "a%"])
def test_nothing_else_is_served(live: LiveSite, path: str) -> None:
    answer = live.get(path)
    assert (answer.status_code, "No such page" in text(answer)) == (404, True)


def test_the_iri_of_a_thing_leads_to_its_page(live: LiveSite) -> None:
    answer = live.get("study/halt")
    assert (answer.status_code, answer.headers["location"]) == (303, "halt/")


# --- the command -----------------------------------------------------------------------------


def test_the_command_serves_until_it_is_stopped(example_root: Path) -> None:
    command = ["--root", str(example_root), "serve", "--live", "--port=0"]
    with subprocess.Popen(
        [sys.executable, "-m", "kb", *command], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as server:
        assert server.stderr is not None
        address = json.loads(server.stderr.readline())["address"]
        page, body = ask(address, "/study/halt/")
        assert f'href="{BASE}study/halt/"' in body
        assert page.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in page.headers["content-security-policy"]
        refused, body = ask(address, "/sparql?query=ASK%20%7B%7D")
        assert (refused.status, "kb serve answers from a build" in body) == (501, True)
        server.send_signal(signal.SIGTERM)
        log = server.stderr.read().splitlines()
    assert server.returncode == 0
    assert json.loads(log[-1])["event"] == "stopped"


def ask(address: str, path: str) -> tuple[http.client.HTTPResponse, str]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer, body


def test_a_live_site_has_no_build() -> None:
    ran = CliRunner().invoke(main, ["serve", "--live", "--build", "."])
    assert ran.exit_code == 2
    assert "leave --build out" in ran.output
