"""``kb release``: what the archive holds, that it is the same each time, and what is refused."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
import yaml
from rocrate.rocrate import ROCrate
from support.command_line import kb
from support.environment import unavailable
from support.example_base import edit

from kb import KnowledgeBase
from kb.records.starter import write_starter

TRIAL = "evidence/studies/example-trial.yaml"
MORE = "34 (57%), values: {tussolan: 34 (57%)}"
NAME = "evidence-1.0.0"


def git(root: Path, *words: str) -> str:
    program = shutil.which("git") or unavailable("git is not installed")
    names = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    command = [program, *names, *words]
    ran = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return ran.stdout.strip()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new base, committed."""
    root = tmp_path_factory.mktemp("release") / "base"
    write_starter(root, "Base", "https://example.org/base/")
    git(root, "init", "-q")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "one", "--date=2021-03-04T12:00:00Z")
    return root


@pytest.fixture(scope="module")
def archive(base: Path) -> Path:
    ran = kb(base, "release", "1.0.0", "--date", "2021-03-05")
    assert ran.exit_code == 0, ran.output
    assert git(base, "status", "--porcelain") == ""
    return base / "dist" / f"{NAME}.zip"


def contents(archive: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as file:
        assert {info.date_time for info in file.infolist()} == {(2021, 3, 5, 0, 0, 0)}
        return {name.removeprefix(f"{NAME}/"): file.read(name) for name in file.namelist()}


def test_what_it_holds(archive: Path, base: Path) -> None:
    found = contents(archive)
    assert found["kb.nq"] == KnowledgeBase(base).nquads
    assert found[TRIAL] == (base / TRIAL).read_bytes()
    assert {"ontology/kb.ttl", "site/index.html", "schema/study.schema.json"} <= found.keys()
    rows = csv.DictReader(io.StringIO(found["claims.csv"].decode("utf-8-sig")))
    assert {row["study"] for row in rows} >= {"example-trial"}
    package = json.loads(found["datapackage.json"])
    assert (package["version"], package["created"]) == ("1.0.0", "2021-03-05T00:00:00Z")
    assert all(resource["path"] in found for resource in package["resources"])


def test_every_file_has_its_checksum(archive: Path) -> None:
    found = contents(archive)
    lines = found.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{hashlib.sha256(found[n]).hexdigest()}  {n}" for n in sorted(found)]


def test_it_is_a_crate_whose_parts_are_there(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as file:
        file.extractall(tmp_path)
    crate = ROCrate(tmp_path / NAME)
    assert crate.version == "1.2"
    assert (crate.datePublished.date().isoformat(), crate.name) == ("2021-03-05", "Base")
    assert crate.license.id == "https://creativecommons.org/licenses/by/4.0/"
    parts = {entity.id for entity in crate.data_entities}
    assert {"kb.nq", "claims.csv", "evidence/", "ontology/", "site/", "CITATION.cff"} <= parts
    for entity in crate.data_entities:
        path = tmp_path / NAME / entity.id
        assert path.is_dir() if entity.type == "Dataset" else path.is_file(), entity.id
        if entity.type == "File":
            assert entity["contentSize"] == str(path.stat().st_size)
            assert entity["encodingFormat"]


def test_how_it_is_cited_and_what_it_was_made_from(archive: Path, base: Path) -> None:
    found = contents(archive)
    cited = yaml.safe_load(found["CITATION.cff"])
    assert (cited["version"], str(cited["date-released"])) == ("1.0.0", "2021-03-05")
    assert cited["authors"]
    made = json.loads(found["provenance.json"])
    assert (made["commit"], made["refused_for"]) == (git(base, "rev-parse", "HEAD"), [])
    digest = hashlib.sha256((base / TRIAL).read_bytes()).hexdigest()
    assert made["records"][TRIAL] == digest
    assert made["packages"]["pyoxigraph"]


def test_the_same_commit_gives_the_same_bytes(archive: Path, base: Path, tmp_path: Path) -> None:
    ran = kb(base, "release", "1.0.0", "--date", "2021-03-05", "--out", tmp_path)
    assert ran.exit_code == 0, ran.output
    assert (tmp_path / archive.name).read_bytes() == archive.read_bytes()


def test_two_releases_are_told_apart(archive: Path, base: Path, tmp_path: Path) -> None:
    root = shutil.copytree(base, tmp_path / "later", ignore=shutil.ignore_patterns("dist"))
    edit(root, TRIAL, "33 (55%), values: {tussolan: 33 (55%)}", MORE)
    command = ("release", "1.1.0", "--date", "2021-04-05")
    refused = kb(root, *command)
    assert refused.exit_code == 1
    assert f"refused: not committed: {TRIAL}" in refused.output
    assert "refused: kb test: verification" in refused.output
    assert not (root / "dist").exists()
    forced = kb(root, *command, "--force")
    assert forced.exit_code == 0, forced.output
    later = root / "dist" / "evidence-1.1.0.zip"
    with zipfile.ZipFile(later) as file:
        made = json.loads(file.read("evidence-1.1.0/provenance.json"))
    assert len(made["refused_for"]) >= 2
    changes = kb(None, "diff", archive, later)
    assert (changes.exit_code, "figures changed" in changes.output) == (1, True)
    assert kb(None, "diff", archive, archive).output == "no difference\n"


@pytest.mark.parametrize("version", ["../1", "-1", "", "1/2", "1 0", "x" * 65])
def test_what_is_not_a_version_is_refused(version: str, base: Path) -> None:
    assert kb(base, "release", "--", version).exit_code == 2


def test_without_a_commit_it_is_refused(base: Path, tmp_path: Path) -> None:
    root = shutil.copytree(base, tmp_path / "plain", ignore=shutil.ignore_patterns("dist", ".git"))
    ran = kb(root, "release", "1.0.0", "--date", "2021-03-05")
    assert (ran.exit_code, "is not committed to a git repository" in ran.output) == (1, True)
    ran = kb(root, "release", "1.0.0", "--force")
    assert (ran.exit_code, "--date" in ran.output) == (2, True)
