"""Where the files of an evidence base are, and how they are read safely."""

from __future__ import annotations

import os
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from kb.errors import Problem, RecordError, UnavailableError

BASES: Final = "kb.bases"
"""The group of entry points by which packages of evidence bases name the module they are in."""


def installed_bases() -> dict[str, Path]:
    """Return the folders of the evidence bases that are installed as packages, by name."""
    specs = ((entry.name, find_spec(entry.value)) for entry in entry_points(group=BASES))
    return {
        name: Path(next(iter(spec.submodule_search_locations)))
        for name, spec in specs
        if spec is not None and spec.submodule_search_locations
    }


def base_folder(root: str | Path) -> Path:
    """Return the folder of an evidence base: one that exists, or else an installed one's.

    >>> base_folder("evidence/studies").as_posix()
    'evidence/studies'

    Raises:
        UnavailableError: there is neither a folder nor an installed evidence base of the name.
    """
    if Path(root).is_dir():
        return Path(root)
    installed = installed_bases()
    if (name := str(root)) in installed:
        return installed[name]
    known = f"; installed: {', '.join(sorted(installed))}" if installed else ""
    raise UnavailableError(
        f"no evidence base {name!r}: it is neither a folder nor installed{known}"
    )


def build_folder(root: Path) -> Path:
    """Return where a build of an evidence base is by default.

    An installed one is built in the working folder, since packages are not written to.
    """
    return (Path.cwd() if root in installed_bases().values() else root) / "build"


def find_root(start: Path | None = None) -> Path:
    """Return the project folder: ``KB_ROOT``, or the nearest with ``evidence/`` and ``ontology/``.

    Looks in the working folder, then in its parents.

    Args:
        start: where to look instead of the working folder.

    Raises:
        UnavailableError: neither the folder nor any of its parents is a project.
    """
    if named := os.environ.get("KB_ROOT"):
        return base_folder(named)
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / "evidence").is_dir() and (folder / "ontology").is_dir():
            return folder
    raise UnavailableError(
        f"no evidence base in {here} or its parents: a folder with evidence/ and ontology/ is "
        "needed; name it with --root or KB_ROOT"
    )


def read_bytes(path: Path, folder: Path | None, limit: int) -> bytes:
    """Read a plain file of at most ``limit`` bytes.

    Args:
        path: the file.
        folder: the folder that the file must be in once links are resolved, if any: records may
            come from strangers, and a link must not publish another file.
        limit: the greatest number of bytes.

    Raises:
        RecordError: the file is missing, elsewhere, too large or not a plain file.
    """

    def wrong(expected: str, found: str = "") -> RecordError:
        return RecordError([Problem(str(path), 0, "", found, expected)])

    try:
        if folder is not None and not path.resolve().is_relative_to(folder.resolve()):
            raise wrong(f"a file inside {folder}")
        if path.exists() and not path.is_file():
            raise wrong("a plain file")
        if (size := path.stat().st_size) > limit:
            raise wrong(f"at most {limit:,} bytes", f"{size:,} bytes")
        return path.read_bytes()
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        raise wrong("a readable file", str(error)) from error


def is_there(path: Path) -> bool:
    """Tell whether something has a name, be it a link that leads nowhere, which is a mistake.

    >>> is_there(Path("/")), is_there(Path("/no-such-file"))
    (True, False)
    """
    return os.path.lexists(path)


def record_file(root: Path, *names: str) -> Path:
    """Return the path of a file of records.

    >>> record_file(Path("project"), "studies", "tower").as_posix()
    'project/evidence/studies/tower.yaml'
    """
    return root.joinpath("evidence", *names).with_name(f"{names[-1]}.yaml")


def record_ids(root: Path, folder: str) -> list[str]:
    """Return the ids of the records in a folder of ``evidence/``, sorted.

    >>> "tower" in record_ids(find_root(), "studies")
    True
    """
    return sorted(path.stem for path in (root / "evidence" / folder).glob("*.yaml"))
