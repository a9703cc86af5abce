"""The packages: made, installed apart from the checkout, and used in an empty folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from support.environment import ROOT

from kb.site.front import write_scripts

OTHERS = shutil.ignore_patterns(
    ".git", ".venv", "build", "dist", "node_modules", "scripts", ".*_cache"
)


def run(folder: Path, *command: str, installed: Path | None = None) -> str:
    """Run a program of Python in a folder, with packages installed elsewhere before all others."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    environment["PYTHONPATH"] = str(installed or "")
    command = (sys.executable, "-P", *command)
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the packages, made from a copy of the project."""
    folder = tmp_path_factory.mktemp("dist")
    copy = folder / "project"
    shutil.copytree(ROOT, copy, ignore=OTHERS)
    write_scripts(ROOT / "site" / "front", copy / "kb" / "site" / "scripts")
    run(copy, "-m", "hatchling", "build", "-d", str(folder))
    run(copy / "evidence", "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    shutil.rmtree(copy)
    return folder


@pytest.fixture(scope="module")
def installed(dist: Path) -> Path:
    """The folder that the packages are installed into."""
    target = dist / "installed"
    wheels = [str(path) for path in sorted(dist.glob("*.whl"))]
    assert len(wheels) == 2
    run(dist, "-m", "pip", "install", "-qq", "--no-deps", "--target", str(target), *wheels)
    return target


def test_the_evidence_base_answers_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    program = (
        "import kb; print(kb.__file__); "
        "print(kb.KnowledgeBase('all').claims(endpoint='OS')[0].explain())"
    )
    place, _, explained = run(tmp_path, "-c", program, installed=installed).partition("\n")
    assert Path(place).is_relative_to(installed)
    assert "verification:  verified" in explained


def test_a_site_is_built_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    run(tmp_path, "-m", "kb", "--root", "all", "build", installed=installed)
    site = tmp_path / "build" / "site"
    assert (site / "study" / "tower" / "index.html").is_file()
    assert (site / "assets" / "front" / "site.js").is_file()
    assert (site / "vocabulary" / "index.html").is_file()


def test_a_new_evidence_base_is_built_without_a_checkout(installed: Path, tmp_path: Path) -> None:
    base = tmp_path / "mine"
    options = ("--title", "Asthma", "--base", "https://example.org/asthma/")
    run(tmp_path, "-m", "kb", "init", str(base), *options, installed=installed)
    run(base, "-m", "kb", "build", installed=installed)
    assert (base / "build" / "site" / "index.html").is_file()


def test_an_unknown_evidence_base_is_named_with_those_installed(
    installed: Path, tmp_path: Path
) -> None:
    program = "import kb; kb.KnowledgeBase('tower')"
    with pytest.raises(AssertionError, match=r"no evidence base 'tower': .*; installed: all"):
        run(tmp_path, "-c", program, installed=installed)


def test_the_source_distribution_makes_the_same_wheel(dist: Path, tmp_path: Path) -> None:
    archive = next(dist.glob("*.tar.gz"))
    with tarfile.open(archive) as file:
        file.extractall(tmp_path, filter="data")
    run(tmp_path / archive.name.removesuffix(".tar.gz"), "-m", "hatchling", "build", "-t", "wheel")
    again = next(tmp_path.rglob("dist/*.whl"))
    assert again.read_bytes() == (dist / again.name).read_bytes()
    names = zipfile.ZipFile(again).namelist()
    assert not [name for name in names if "node_modules" in name or name.startswith("tests/")]


def test_both_packages_have_one_version() -> None:
    main, records = (
        tomllib.loads((ROOT / folder / "pyproject.toml").read_text("utf-8"))["project"]
        for folder in (".", "evidence")
    )
    assert records["version"] == main["version"]
    assert records["dependencies"] == [f"{main['name']}=={main['version']}"]
