"""The scripts of the site: the same bundles every time, or an error that helps."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import pytest
from support.environment import ROOT

from kb.api.knowledge_base import KnowledgeBase
from kb.errors import UnavailableError
from kb.site.build import build
from kb.site.front import front_files, front_folder

FRONT = ROOT / "site" / "front"


@pytest.fixture
def own_front(tmp_path: Path) -> Path:
    """A copy of the front end with the same packages, to change at will."""
    folder = tmp_path / "front"
    folder.mkdir()
    for name in ("package.json", "package-lock.json", "tsconfig.json"):
        shutil.copy(FRONT / name, folder)
    shutil.copytree(FRONT / "src", folder / "src")
    (folder / "node_modules").symlink_to(FRONT / "node_modules")
    return folder


def bundled(folder: Path) -> dict[str, bytes]:
    return {Path(file.path).name: file.content for file in front_files(folder)}


def test_scripts_are_bundled_with_the_engine_and_the_licences() -> None:
    made = bundled(FRONT)
    assert {"site.js", "oxigraph.wasm.gz", "licences.txt"} <= made.keys()
    assert gzip.decompress(made["oxigraph.wasm.gz"])[:4] == b"\0asm"
    assert b"data-prints" in made["site.js"]


def test_sources_in_another_folder_give_the_same_bytes(own_front: Path) -> None:
    assert bundled(own_front) == bundled(FRONT)


def test_no_bundle_contains_a_path_of_the_machine(own_front: Path) -> None:
    for name, content in bundled(own_front).items():
        assert str(own_front).encode() not in content, name
        assert str(ROOT).encode() not in content, name


def test_a_changed_source_is_bundled_again_in_the_same_process(own_front: Path) -> None:
    before = bundled(own_front)
    source = own_front / "src" / "site.ts"
    source.write_text(f"{source.read_text('utf-8')}\nconsole.debug('anew');\n", "utf-8")
    assert b"anew" in bundled(own_front)["site.js"]
    assert b"anew" not in before["site.js"]


def test_a_syntax_error_in_a_source_is_reported_with_its_line(own_front: Path) -> None:
    (own_front / "src" / "site.ts").write_text("\nlet = = 1;\n", "utf-8")
    with pytest.raises(UnavailableError, match=r"src/site\.ts:2"):
        bundled(own_front)


def test_missing_packages_are_reported_with_the_command_that_installs_them(own_front: Path) -> None:
    (own_front / "node_modules").unlink()
    with pytest.raises(UnavailableError, match="not installed: run `make front`"):
        bundled(own_front)


def test_packages_that_differ_from_the_lock_are_refused(own_front: Path) -> None:
    lock = own_front / "package-lock.json"
    content = json.loads(lock.read_text("utf-8"))
    content["packages"]["node_modules/esbuild"]["version"] = "0.0.1"
    lock.write_text(json.dumps(content), "utf-8")
    with pytest.raises(
        UnavailableError, match="esbuild is not the version of the lock: run `make front`"
    ):
        bundled(own_front)


def test_a_build_without_the_packages_leaves_nothing_behind(
    example: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("kb.site.build.front_folder", lambda _site: tmp_path / "none")
    with pytest.raises(UnavailableError, match="make front"):
        build(example, tmp_path / "build")
    assert not list(tmp_path.iterdir())


def test_a_project_without_a_front_end_uses_that_of_the_software(tmp_path: Path) -> None:
    assert front_folder(tmp_path / "site") == FRONT
    own = tmp_path / "site" / "front"
    own.mkdir(parents=True)
    (own / "package.json").write_text("{}", "utf-8")
    assert front_folder(tmp_path / "site") == own


def test_packages_are_pinned_and_the_lock_names_no_host() -> None:
    package = json.loads((FRONT / "package.json").read_text("utf-8"))
    pins = package["dependencies"] | package["devDependencies"]
    assert pins
    assert not [name for name, pin in pins.items() if not pin[0].isdigit()]
    packages = json.loads((FRONT / "package-lock.json").read_text("utf-8"))["packages"]
    assert not [name for name, one in packages.items() if "resolved" in one]
    assert not [name for name, one in packages.items() if name and "integrity" not in one]
