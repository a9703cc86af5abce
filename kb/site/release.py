"""A citable archive of an evidence base: what was read, what was made of it, and from what.

The same base, version, date and software give the same bytes: nothing in it is from a clock.
"""

from __future__ import annotations

import json
import platform
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import yaml

from kb import __version__
from kb.api.knowledge_base import KnowledgeBase
from kb.export.datapackage import table_resource
from kb.export.rocrate import METADATA, ro_crate
from kb.model import Dataset
from kb.records.inputs import installed_packages
from kb.site.build import Manifest, build
from kb.util.atomic import writing
from kb.util.hashing import digest_of_file, files_below

RECORDS: Final = ("evidence", "ontology")
_TABLES: Final = "tables"
_SUMS: Final = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Release:
    """What a release is called, and what its records were when it was made.

    Args:
        version: the version of the evidence base.
        day: its date, which stands on every file of the archive.
        commit: the commit of the records, or "".
        failed: why it would have been refused, a line each.
    """

    version: str
    day: date
    commit: str
    failed: Sequence[str] = ()

    @property
    def name(self) -> str:
        """The name of the archive and of the folder in it."""
        return f"evidence-{self.version}"


def write_release(base: KnowledgeBase, release: Release, out: Path) -> Path:
    """Build an evidence base and write its archive to a folder; return the path of the archive.

    Raises:
        UnavailableError: the site cannot be built, or the archive cannot be written.
        InputError: there is no such folder.
    """
    with tempfile.TemporaryDirectory(prefix="kb-release-") as temporary:
        folder = Path(temporary, "build")
        manifest = build(base, folder)
        _add_tables(base, release, folder)
        _write(folder / "CITATION.cff", _citation(base.evidence.dataset, release))
        _write(folder / "provenance.json", _json(_provenance(base, release, manifest)))
        files = dict(_files(folder, base.root))
        sizes = {name: path.stat().st_size for name, path in files.items()}
        crate = ro_crate(base.evidence.dataset, release.version, release.day, sizes)
        _write(folder / METADATA, crate)
        files[METADATA] = folder / METADATA
        sums = (f"{digest_of_file(path)}  {name}\n" for name, path in sorted(files.items()))
        _write(folder / _SUMS, "".join(sums))
        files[_SUMS] = folder / _SUMS
        path = out / f"{release.name}.zip"
        _write_archive(path, release, files)
    return path


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _add_tables(base: KnowledgeBase, release: Release, folder: Path) -> None:
    """Add the typed tables, where their library is installed, and describe them."""
    path = folder / "datapackage.json"
    package: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    created = f"{release.day.isoformat()}T00:00:00Z"  # Frictionless wants a time
    package |= {"version": release.version, "created": created}
    if find_spec("pyarrow"):
        from kb.export.tables import schema_types, write_parquet

        write_parquet(base.tables, folder / _TABLES)
        for name in base.tables:
            resource = table_resource(name, schema_types(name))
            # claims.csv is the resource "claims" already.
            typed = {"name": f"typed-{name}", "path": f"{_TABLES}/{resource['path']}"}
            package["resources"].append(resource | typed)
    _write(path, _json(package))


def _citation(dataset: Dataset, release: Release) -> str:
    """Return how the release is cited, in the Citation File Format."""
    creators = dataset.creators or (f"The contributors to {dataset.title}",)
    fields = {
        "cff-version": "1.2.0",
        "message": "If you use this dataset, please cite it and its publications.",
        "title": dataset.title,
        "abstract": dataset.description,
        "type": "dataset",
        "version": release.version,
        "date-released": release.day,
        "authors": [{"name": name} for name in creators],
        "url": dataset.base,
        "license-url": dataset.license,
    }
    if release.commit:
        fields["commit"] = release.commit
    return yaml.safe_dump(fields, sort_keys=False, allow_unicode=True, width=100)


def _provenance(base: KnowledgeBase, release: Release, manifest: Manifest) -> Mapping[str, Any]:
    return {
        "version": release.version,
        "date": release.day.isoformat(),
        "commit": release.commit or None,
        "refused_for": list(release.failed),
        "software": {"kb-evidence": __version__, "python": platform.python_version()},
        "packages": installed_packages(),
        "inputs": manifest.inputs,
        "records": {
            name: digest_of_file(path) for name, path in sorted(_records(base.root).items())
        },
        "counts": manifest.counts,
        "stale": manifest.stale,
    }


def _records(root: Path) -> dict[str, Path]:
    paths = (path for name in RECORDS for path in files_below(root / name, ("__pycache__",)))
    return {path.relative_to(root).as_posix(): path for path in paths}


def _files(folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    for path in files_below(folder):
        yield path.relative_to(folder).as_posix(), path
    yield from _records(root).items()


def _write_archive(path: Path, release: Release, files: Mapping[str, Path]) -> None:
    day = (release.day.year, release.day.month, release.day.day, 0, 0, 0)
    with writing(path) as out, zipfile.ZipFile(out, "w") as archive:
        for name, file in sorted(files.items()):
            info = zipfile.ZipInfo(f"{release.name}/{name}", day)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o100644 << 16
            archive.writestr(info, file.read_bytes())
