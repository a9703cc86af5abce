"""The front end: TypeScript of ``site/front``, bundled by esbuild into the scripts of the site.

esbuild is a program of its own, so that a build needs no Node once the packages are installed.
The bundles are written to a temporary folder, never beside the sources. An installed package has
no sources: it carries the bundles, which ``make dist`` writes.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from kb.errors import UnavailableError
from kb.site.page import OutputFile
from kb.util.hashing import digest_of_files, files_below

ENTRIES: Final = (
    "site",
    "console",
    "worker",
    "chart",
    "explore",
    "compare",
    "forest",
    "embed",
    "searcher",
)
"""The modules of ``src`` that pages load by name; what they share becomes chunks."""

FRONT: Final = "assets/front"
"""Where the site has its scripts."""

BUNDLED: Final = Path(__file__).parent / "scripts"
"""Where an installed package has the scripts."""

_ENGINE: Final = "oxigraph/web_bg.wasm"
_INSTALL: Final = "run `make front` in the folder of the software"
_OPTIONS: Final = (
    "--bundle",
    "--splitting",
    "--format=esm",
    "--minify",
    "--target=es2022",
    "--charset=utf8",
    "--legal-comments=none",
    "--log-level=warning",
    "--entry-names=[name]",
    "--chunk-names=[name]-[hash]",
)


def front_files(folder: Path) -> Iterator[OutputFile]:
    """Yield the scripts, the SPARQL engine and the licences of their packages, for ``FRONT``.

    Raises:
        UnavailableError: the packages are not installed as the lock has them, or esbuild
            refuses the sources.
    """
    folder = folder.resolve()
    if folder == BUNDLED:
        yield from (OutputFile(path.name, path.read_bytes()) for path in files_below(folder))
        return
    check_installed(folder)
    for name, content in _bundled(folder, _digest(folder)).items():
        yield OutputFile(name, content)


def front_folder(site: Path) -> Path:
    """Return the folder of the front end: of a project's ``site/``, a checkout, or a package."""
    sources = (site / "front", Path(__file__).parents[2] / "site" / "front")
    return next((one for one in sources if (one / "package.json").is_file()), BUNDLED)


def write_scripts(sources: Path, folder: Path) -> None:
    """Bundle the front end for a package, replacing the scripts in the folder.

    Raises:
        UnavailableError: as ``front_files``.
    """
    files = list(front_files(sources))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file in files:
        (folder / file.path).write_bytes(file.content)


def check_installed(folder: Path) -> None:
    """Check that the packages are installed in the versions of the lock file.

    Raises:
        UnavailableError: they are not; the message names the command that installs them.
    """
    modules = folder / "node_modules"
    installed = modules / ".package-lock.json"
    if not installed.is_file() or not any(modules.glob("@esbuild/*/bin/esbuild*")):
        raise UnavailableError(f"the front end of the site is not installed: {_INSTALL}")
    locked = _versions(folder / "package-lock.json")
    wrong = [name for name, version in _versions(installed).items() if locked.get(name) != version]
    if wrong:
        name = wrong[0].removeprefix("node_modules/")
        raise UnavailableError(f"the installed {name} is not the version of the lock: {_INSTALL}")


def _versions(lock: Path) -> dict[str, str]:
    packages: dict[str, Any] = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return {name: package["version"] for name, package in packages.items() if name}


def _digest(folder: Path) -> str:
    """Return a digest of everything that the bundles are made from."""
    sources = sorted((folder / "src").glob("*.ts"))
    return digest_of_files(folder, (folder / "package-lock.json", *sources))


@cache
def _bundled(folder: Path, _sources: str) -> Mapping[str, bytes]:
    """Bundle once per process and state of the sources: tests build many sites."""
    modules = folder / "node_modules"
    with tempfile.TemporaryDirectory(prefix="kb-front-") as output:
        used = _run_esbuild(folder, Path(output))
        scripts = {path.name: path.read_bytes() for path in sorted(Path(output).glob("*.js"))}
    engine = gzip.compress((modules / _ENGINE).read_bytes(), mtime=0)
    notices = _notices(folder, used).encode()
    return scripts | {"oxigraph.wasm.gz": engine, "licences.txt": notices}


def _run_esbuild(folder: Path, output: Path) -> list[str]:
    """Write the bundles, and return the paths of all sources in them."""
    program = next(folder.glob("node_modules/@esbuild/*/bin/esbuild*"))
    meta = output / "meta.json"
    sources = [f"src/{name}.ts" for name in ENTRIES if (folder / "src" / f"{name}.ts").is_file()]
    command = [str(program), *sources, *_OPTIONS, f"--outdir={output}", f"--metafile={meta}"]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise UnavailableError(f"esbuild could not bundle the front end:\n{ran.stderr.strip()}")
    return list(json.loads(meta.read_text(encoding="utf-8"))["inputs"])


def _notices(folder: Path, used: Iterable[str]) -> str:
    """Return the licences of all packages in the bundles, which must be distributed with them."""
    packages = dict(_package(path) for path in used if "node_modules/" in path)
    return "\n".join(_notice(folder / packages[name], name) for name in sorted(packages))


def _package(path: str) -> tuple[str, str]:
    """Return the name and the folder of the package that a source belongs to.

    >>> _package("node_modules/@codemirror/view/dist/index.js")
    ('@codemirror/view', 'node_modules/@codemirror/view')
    """
    before, modules, inside = path.rpartition("node_modules/")
    parts = inside.split("/")
    name = "/".join(parts[: 2 if inside.startswith("@") else 1])
    return name, f"{before}{modules}{name}"


def _notice(folder: Path, name: str) -> str:
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    head = f"{name} {package['version']} ({package.get('license', 'see below')})\n"
    texts = sorted(p for p in folder.iterdir() if p.name.upper().startswith(("LICEN", "NOTICE")))
    body = "\n".join(path.read_text(encoding="utf-8").strip() for path in texts)
    return f"{'=' * 72}\n{head}\n{body}\n"
