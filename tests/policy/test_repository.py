"""The repository keeps its own rules: sizes, rooms, documentation, and what may be committed."""

from __future__ import annotations

import ast
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from support.command_line import all_commands
from support.environment import ROOT, unavailable
from support.project import pyproject, run

import kb

MODULE_LINES = 700  # CONTRIBUTING.md recommends at most 400
TOP_LEVEL_NAMES = 17
FUNCTION_LINES = 40
USUAL_FUNCTION_LINES = 15

ROOT_ENTRIES = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "benchmarks",
    "evidence",
    "kb",
    "ontology",
    "pyproject.toml",
    "site",
    "tests",
}

GENERATED_SUFFIXES = {".nq", ".nt", ".trig", ".parquet", ".pickle", ".pkl", ".pyc", ".whl"}

# Joined here, so that this file does not name them itself.
REGISTRY_HOSTS = [
    ".".join(labels)
    for labels in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("yarnpkg", "com"),
        ("deb", "debian", "org"),
        ("conda", "anaconda", "org"),
    )
]
# A folder that exists on one machine only; the look-behind lets pass parts of URLs and of paths.
MACHINE_PATH = re.compile(
    r"(?<![\w.~})\]-])/(?:work|home|root|Users|opt|tmp|mnt|srv|private)/[\w.]|\b[A-Z]:\\Users\\"
)


def git(*arguments: str) -> list[str]:
    """Return the NUL-separated output of a git command in the project's repository."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        unavailable("not a git clone: the committed files are unknown")
    answer = run("git", *arguments)
    assert answer.returncode == 0, answer.stderr
    return [item for item in answer.stdout.split("\0") if item]


def committed() -> list[str]:
    """Return the paths that are committed, or would be by `git add`, relative to the root."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    present = sorted({path for path in listed if (ROOT / path).is_file()})
    assert "pyproject.toml" in present, "git lists nothing: this check would pass on anything"
    return present


def committed_text() -> Iterator[tuple[str, str]]:
    for path in committed():
        content = (ROOT / path).read_bytes()
        if b"\0" not in content[:8192]:
            yield path, content.decode("utf-8", errors="replace")


# --- sizes -----------------------------------------------------------------------------------


def modules() -> list[Path]:
    found = sorted(
        path
        for folder in ("kb", "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if "__pycache__" not in path.parts
    )
    assert any(path.is_relative_to(ROOT / "kb") for path in found)
    return found


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function of a module with its number of lines, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if ast.get_docstring(node) is not None:
                lines -= node.body[0].end_lineno - node.body[0].lineno + 1
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines


def test_no_module_has_more_than_700_lines() -> None:
    sizes = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert not {str(path.relative_to(ROOT)): n for path, n in sizes.items() if n > MODULE_LINES}


def test_no_function_has_more_than_40_lines_and_most_have_fewer_than_15() -> None:
    sizes = {name: lines for path in modules() for name, lines in functions(path)}
    assert not {name: lines for name, lines in sizes.items() if lines > FUNCTION_LINES}
    assert statistics.median(sizes.values()) < USUAL_FUNCTION_LINES


# --- rooms -----------------------------------------------------------------------------------


def rooms(folder: str) -> set[str]:
    """Return the sub-folders of a folder that have modules."""
    return {path.parent.name for path in (ROOT / folder).glob("*/*.py")}


def test_the_package_has_few_names_at_its_top() -> None:
    modules = {path.stem for path in (ROOT / "kb").glob("*.py") if not path.stem.startswith("__")}
    assert 1 < len(rooms("kb") | modules) <= TOP_LEVEL_NAMES


def test_every_room_is_a_package() -> None:
    # The import contract reads packages alone.
    folders = {path.parent for path in modules() if path.is_relative_to(ROOT / "kb")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_tests_are_in_the_same_rooms_as_what_they_test() -> None:
    # These test the repository, the records and the built site, not a room of the package.
    others = {"benchmarks", "browser", "evidence", "policy", "support"}
    assert rooms("tests") - others == rooms("kb")


def test_no_test_module_imports_another() -> None:
    imports = re.compile(r"^\s*(?:from|import) (?:tests\.)?(?:\w+\.)*test_\w+", re.MULTILINE)
    tests = sorted((ROOT / "tests").rglob("test_*.py"))
    assert tests
    assert not [
        str(path.relative_to(ROOT))
        for path in tests
        if imports.search(path.read_text(encoding="utf-8"))
    ]


# --- layers ----------------------------------------------------------------------------------


def lint_imports(cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return run(Path(sys.executable).with_name("lint-imports"), "--no-cache", cwd=cwd, **env)


def test_everything_runs_one_way() -> None:
    answer = lint_imports(ROOT)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "1 kept, 0 broken" in answer.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("errors", "import kb.cli\n", id="an import against the flow"),
        pytest.param("unlisted", "", id="a module in no layer"),
    ],
)
def test_the_import_contract_refuses(tmp_path: Path, name: str, text: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    package = tmp_path / "kb"
    package.mkdir()
    for module, content in {"__init__": "", "cli": "", "errors": "", name: text}.items():
        (package / f"{module}.py").write_text(content, encoding="utf-8")
    answer = lint_imports(tmp_path, PYTHONPATH=str(tmp_path))
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert f"kb.{name}" in answer.stdout


# --- what may be committed -------------------------------------------------------------------


def test_the_root_stays_almost_empty() -> None:
    assert {path.split("/")[0] for path in committed()} <= ROOT_ENTRIES


def test_no_generated_output_is_committed() -> None:
    assert git("ls-files", "-z", "--cached", "--ignored", "--exclude-standard") == []
    generated = {path for path in committed() if Path(path).suffix in GENERATED_SUFFIXES}
    assert not {path for path in generated if not path.startswith("tests/")}


def test_no_committed_file_names_a_registry_host() -> None:
    assert not [
        f"{path}: {host}"
        for path, text in committed_text()
        for host in REGISTRY_HOSTS
        if host in text
    ]


def test_no_committed_file_names_a_path_of_one_machine() -> None:
    assert not [
        f"{path}: {found.group()}"
        for path, text in committed_text()
        for found in MACHINE_PATH.finditer(text)
    ]


@pytest.mark.parametrize("folder", ["work", "home", "tmp"])
def test_a_path_of_one_machine_is_not_a_url(folder: str) -> None:
    assert MACHINE_PATH.search(f"texts in /{folder}/sources")
    assert MACHINE_PATH.search(f'"/{folder}/sources"')
    assert not MACHINE_PATH.search(f"https://example.org/{folder}/sources")
    assert not MACHINE_PATH.search(f"../{folder}/sources")


# --- the public face and its documentation ---------------------------------------------------


def rank(name: str) -> tuple[int, str]:
    """Sort constants first, then classes, as ruff's RUF022 does."""
    kind = 0 if name.isupper() else 1 if name[0].isupper() else 2
    return kind, name


def test_the_public_face_is_sorted_and_complete() -> None:
    names = list(kb.__all__)
    assert names
    assert names == sorted(set(names), key=rank)
    assert not [name for name in names if not hasattr(kb, name)]
    assert not [name for name in names if name.startswith("_") and name != "__version__"]


def test_everything_public_has_a_docstring() -> None:
    public = {name: getattr(kb, name) for name in kb.__all__}
    assert not [name for name, it in public.items() if callable(it) and not it.__doc__]


@pytest.fixture(scope="module")
def every_command() -> dict[str, click.Command]:
    return {f"kb {name}": command for name, command in all_commands().items()}


def test_every_command_is_in_the_readme(every_command: dict[str, click.Command]) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [name for name in every_command if not re.search(rf"\b{name}\b", readme)]


def test_every_command_shows_an_example_in_its_help(
    every_command: dict[str, click.Command],
) -> None:
    shown = {
        name: command.get_help(click.Context(command, info_name="program"))
        for name, command in every_command.items()
    }
    assert not [name for name, text in shown.items() if f"{name} " not in text.replace("\n", " ")]


def test_every_option_has_help(every_command: dict[str, click.Command]) -> None:
    assert not [
        f"{name} {option.name}"
        for name, command in every_command.items()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]


def test_every_make_target_has_help() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert targets
    explained = set(re.findall(r"^([a-z]+):.*## \S", text, re.MULTILINE))
    assert explained == set(targets.group(1).split())


# --- papers that go with a release -----------------------------------------------------------


def test_the_citation_has_this_version_and_the_transcribed_papers() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= citation.keys()
    assert citation["version"] == pyproject()["project"]["version"] == kb.__version__
    notice = " ".join((ROOT / "evidence" / "LICENSE").read_text(encoding="utf-8").split())
    assert citation["references"]
    assert not [paper["title"] for paper in citation["references"] if paper["title"] not in notice]


def test_the_changelog_has_a_place_for_the_next_change() -> None:
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_decision_has_its_reason_and_what_was_given_up() -> None:
    text = (ROOT / "site" / "pages" / "decisions.md").read_text(encoding="utf-8")
    entries = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        title = entry.splitlines()[0]
        assert re.match(r"\d{4}-\d\d-\d\d: \S", title), title
        for part in ("**Decision.** ", "**Why.** ", "**Given up.** "):
            assert entry.count(part) == 1, f"{title}: {part}"
