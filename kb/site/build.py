"""Build the dataset and the site into ``build/``: all of it, or nothing changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Final

from kb.api.knowledge_base import KnowledgeBase
from kb.errors import InputError, UnavailableError
from kb.export.csv import BOM, to_csv
from kb.export.csvw import METADATA as CSVW
from kb.export.csvw import claims_metadata
from kb.export.datapackage import claims_resource, datapackage
from kb.records.inputs import digest_of_inputs
from kb.records.json_schema import MODELS, schema_text
from kb.site.context import PageContext
from kb.site.data.search_index import search_index
from kb.site.front import FRONT, front_files, front_folder
from kb.site.page import url_of
from kb.site.render import Renderer
from kb.site.shell import Shells, build_shells, written_pages
from kb.site.styles import join_styles
from kb.util.atomic import replacing
from kb.util.hashing import digest_of_file, files_below

STEPS: Final = ("dataset", "site", "tables")
MANIFEST: Final = "manifest.json"
_WRITTEN: Final = {"kb.nq", "claims.csv", CSVW, "datapackage.json", "schema", "site", MANIFEST}
THEME: Final = Path(__file__).parent / "theme"
"""Where an installed package has the templates and settings of a site."""

_ELSEWHERE: Final = {"schema", "store", "tables"}
"""What other commands may write beside a build, also before the first one."""
Progress = Callable[[str], None]

_SITEMAP: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
{}
</urlset>
"""


@dataclass(frozen=True)
class Manifest:
    """What a build was made from, and what it holds.

    Args:
        inputs: a digest of everything that the build was made from, or "" if that changed
            meanwhile.
        files: the SHA-256 of each file, by its path.
        counts: the numbers of studies, claims and others.
        stale: the adjudications that no longer fit their discrepancy, a line each.
    """

    inputs: str
    files: Mapping[str, str]
    counts: Mapping[str, int]
    stale: Sequence[str]


def read_manifest(build: Path) -> Manifest | None:
    """Return the manifest of a build; None if there is none that can be read."""
    if not (build / MANIFEST).is_file():  # a pipe would never end
        return None
    try:
        read = Manifest(**json.loads((build / MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    kinds = (
        isinstance(read.files, dict),
        isinstance(read.counts, dict),
        isinstance(read.stale, list),
    )
    return read if all(kinds) else None


def unchanged(root: Path, target: Path, texts: Path | None = None) -> Manifest | None:
    """Return the manifest of the last build if another would be the same, byte for byte.

    Args:
        root: the project folder, which holds ``evidence/`` and ``ontology/``.
        target: the folder of the last build.
        texts: the folder with the texts of the sources, if the build reads them.
    """
    last = read_manifest(target)
    if (
        last is None
        or not last.inputs
        or last.inputs != digest_of_inputs(root, theme_folders(root), texts)
    ):
        return None
    found = _digests(target, {name.partition("/")[0] for name in last.files})
    return last if found == last.files else None


def build(base: KnowledgeBase, target: Path, progress: Progress = lambda _step: None) -> Manifest:
    """Write ``kb.nq``, tables, schemas and the site to a folder, replacing the last build.

    Everything is written to a folder beside the target, which takes its place when it is
    complete: an interrupted build leaves the last one as it was.

    Raises:
        UnavailableError: the folder cannot be written.
        InputError: the folder holds something other than a build.
    """
    kept = _names_of_others(target)
    inputs = digest_of_inputs(base.root, theme_folders(base.root), base.texts)
    with replacing(target, kept) as folder:
        progress("dataset")
        (folder / "kb.nq").write_bytes(base.nquads)
        progress("site")
        build_site(base, folder)
        progress("tables")
        _write_tables(base, folder)
        written = {path.name for path in folder.iterdir()}
        if both := sorted(written & kept):
            raise InputError(f"{target / both[0]} is in the way, and is not of a kb build")
        if not base.is_current:  # do not claim what this build was made from
            inputs = ""
        made = Manifest(inputs, _digests(folder, written), base.counts(), base.curated.stale())
        text = json.dumps(asdict(made), indent=0, ensure_ascii=False)
        (folder / MANIFEST).write_text(f"{text}\n", encoding="utf-8")
    return made


def _names_of_others(target: Path) -> set[str]:
    """Return the names in the folder of a build that are of something else, which stays.

    Raises:
        InputError: the folder is not one that a build was written to.
    """
    if not target.is_dir():
        return set()
    names = {path.name for path in target.iterdir()}
    if last := read_manifest(target):
        return names - {MANIFEST, *(name.partition("/")[0] for name in last.files)}
    if names >= _WRITTEN:  # its manifest is damaged
        return names - _WRITTEN
    schemas = (target / "schema").rglob("*")
    if names <= _ELSEWHERE and all(path.name.endswith(".schema.json") for path in schemas):
        return names - _WRITTEN
    raise InputError(f"{target} is not a kb build; building there would delete its contents")


def build_site(base: KnowledgeBase, folder: Path) -> None:
    """Write the site to ``folder/site``.

    Raises:
        UnavailableError: mkdocs or the front end is not installed, or mkdocs refuses a
            hand-written page.
    """
    context = PageContext(base, site_folder(base.root))
    renderer, site = Renderer(context), folder / "site"
    shells = build_theme(renderer, folder)
    for file in chain(renderer.files(), renderer.embedded()):
        write_file(site, file.path, file.content)
    urls = {
        url_of(PurePosixPath(name).with_suffix("").as_posix()) for name in written_pages(context)
    }
    for page in renderer.pages():
        write_file(site, f"{page.url}index.html", renderer.render(page, shells).encode())
        for file in page.files():
            write_file(site, file.path, file.content)
        urls.add(page.url)
    index = search_index(context, renderer.pages(), shells.written)
    write_file(site, index.path, index.content)
    _write_sitemap(site, base.iris.base, urls)


def build_theme(renderer: Renderer, folder: Path) -> Shells:
    """Write to ``folder/site`` what no record is on: hand-written pages, styles and scripts.

    Raises:
        UnavailableError: as ``build_site``.
    """
    source = renderer.site.folder
    shells = build_shells(renderer.site, renderer.pages(), folder)
    shutil.copytree(source / "assets", folder / "site" / "assets", dirs_exist_ok=True)
    for script in front_files(front_folder(source)):
        write_file(folder / "site" / FRONT, script.path, script.content)
    join_styles(folder / "site", source / "templates")
    return shells


def site_folder(root: Path) -> Path:
    """Return the folder with templates and settings: of the project, a checkout or the package."""
    own = (root / "site", Path(__file__).parents[2] / "site")
    return next((one for one in own if (one / "mkdocs.yml").is_file()), THEME)


def write_file(folder: Path, path: str, content: bytes) -> None:
    """Write a file at a path within a folder.

    Raises:
        UnavailableError: the path leads out of the folder.
    """
    within = PurePosixPath(path)
    if within.is_absolute() or ".." in within.parts:
        raise UnavailableError(f"{path!r} would be written outside the site")
    target = folder / within
    try:
        target.write_bytes(content)
    except FileNotFoundError:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def claims_csv(base: KnowledgeBase) -> str:
    """Return all claims as CSV, with the columns of ``kb.export.csv``."""
    return to_csv(base.rows)


def _write_sitemap(site: Path, base: str, urls: Iterable[str]) -> None:
    """Replace the sitemap of mkdocs, which knows the hand-written pages and the sections only."""
    (site / "sitemap.xml.gz").unlink()
    lines = (f"  <url><loc>{escape(base + url)}</loc></url>" for url in sorted(urls))
    (site / "sitemap.xml").write_text(_SITEMAP.format("\n".join(lines)), encoding="utf-8")


def _write_tables(base: KnowledgeBase, folder: Path) -> None:
    (folder / "claims.csv").write_text(BOM + claims_csv(base), encoding="utf-8")
    package = datapackage([claims_resource()], base.evidence.dataset)
    (folder / "datapackage.json").write_text(package, encoding="utf-8")
    (folder / CSVW).write_text(claims_metadata(base.evidence.dataset), encoding="utf-8")
    (folder / "schema").mkdir()
    for kind in MODELS:
        text = schema_text(kind, base.vocabulary)
        (folder / "schema" / f"{kind}.schema.json").write_text(text, encoding="utf-8")


def theme_folders(root: Path) -> tuple[Path, ...]:
    """Return the folders with templates, hand-written pages, theme and front end."""
    theme = site_folder(root)
    front, own = front_folder(theme), root / "site"
    others = (front, own) if own.is_dir() else (front,)
    return (theme, *(one for one in others if not one.is_relative_to(theme)))


def _digests(build: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of each file in some folders of a build, or of these names in it."""
    below = chain.from_iterable(files_below(build / n) for n in names if (build / n).is_dir())
    paths = (*below, *(build / n for n in names if (build / n).is_file()))
    digests = ((path.relative_to(build).as_posix(), digest_of_file(path)) for path in paths)
    return dict(sorted(digests))
