"""Every dependency is pinned, has its hash, supports the declared Python, and is used."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.environment import ROOT
from support.project import pyproject, run

PINNED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*==[A-Za-z0-9.!+]+$")


def declared() -> list[str]:
    project = pyproject()["project"]
    extras = project["optional-dependencies"].values()
    return [*project["dependencies"], *(pin for extra in extras for pin in extra)]


def locked(name: str) -> dict[str, str]:
    """The packages of a requirements file with their versions; each one has its hashes."""
    text = (ROOT / ".ci" / name).read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    assert not [words[0] for words in lines if not words[-1].startswith("--hash=sha256:")]
    assert not [words[0] for words in lines if not PINNED.match(words[0])]
    return {canonicalize_name(n): version for n, version in (w[0].split("==") for w in lines)}


LEFT_OUT = {"pytest-logging"}
"""A dependency of linkml-runtime that nothing imports: see the Makefile."""


def needed(requirement: Requirement, known: set[tuple[str, str]]) -> Iterator[str]:
    """The names of the installed packages that a requirement needs, itself included."""
    name = canonicalize_name(requirement.name)
    if name in LEFT_OUT:
        return
    yield name
    for extra in ("", *requirement.extras):
        if (name, extra) in known:
            continue
        known.add((name, extra))
        for text in metadata.requires(name) or []:
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                yield from needed(wanted, known)


def test_every_dependency_is_pinned() -> None:
    pins = [*declared(), *pyproject()["build-system"]["requires"]]
    assert not [pin for pin in pins if not PINNED.match(pin)]


def test_the_lock_agrees_with_the_pins_and_is_complete() -> None:
    fixed = locked("requirements-dev.txt")
    pins = [Requirement(pin) for pin in declared()]
    assert {pin.name: str(pin.specifier) for pin in pins} == {
        pin.name: f"=={fixed.get(canonicalize_name(pin.name))}" for pin in pins
    }
    known: set[tuple[str, str]] = set()
    names = {name for pin in pins for name in needed(pin, known)}
    assert names - fixed.keys() == set()
    assert locked("requirements.txt").items() <= fixed.items()


def test_the_lock_is_for_every_supported_python() -> None:
    bound = pyproject()["project"]["requires-python"].removeprefix(">=")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"--python-version {bound} " in makefile
    assert makefile.count(f"kb needs Python {bound} or newer") == 2
    assert f"sys.version_info < ({bound.replace('.', ', ')})" in makefile


def deptry(cwd: Path) -> subprocess.CompletedProcess[str]:
    """Check the dependencies as `make lint` does: of kb, then of kb with its tests."""
    shown = run("make", "--dry-run", "lint").stdout.replace("\\\n", " ").splitlines()
    commands = [shlex.split(line) for line in shown if "bin/deptry" in line]
    assert len(commands) == 2
    for command in commands:
        answer = run(sys.executable, "-m", "deptry", "--no-ansi", *command[1:], cwd=cwd)
        if answer.returncode:
            break
    return answer


def test_every_dependency_is_declared_and_used() -> None:
    answer = deptry(ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.mark.parametrize(
    ("where", "imported", "message"),
    [
        pytest.param("kb", "import ryaml", "DEP002 'hypothesis'", id="unused by the tests"),
        pytest.param("kb", "import ryaml, hypothesis", "DEP004 'hypothesis'", id="dev in kb"),
        pytest.param("kb", "import hypothesis", "DEP002 'ryaml'", id="unused by kb"),
        pytest.param("tests", "import hypothesis, rich", "DEP003 'rich'", id="undeclared"),
    ],
)
def test_a_wrong_dependency_is_refused(
    tmp_path: Path, where: str, imported: str, message: str
) -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    project = '[project]\nname = "kb"\ndependencies = ["ryaml==1"]\n'
    project += '[project.optional-dependencies]\ndev = ["hypothesis==1"]\n'
    (tmp_path / "pyproject.toml").write_text(
        project + "\n[tool.deptry" + text.partition("\n[tool.deptry")[2], encoding="utf-8"
    )
    for folder in ("kb", "tests", "benchmarks"):
        (tmp_path / folder).mkdir()
        used = "import ryaml" if where != "kb" and folder == "kb" else ""
        content = imported if folder == where else used
        (tmp_path / folder / "a.py").write_text(f"{content}\n", encoding="utf-8")
    answer = deptry(tmp_path)
    assert answer.returncode == 1
    assert message in answer.stdout + answer.stderr
