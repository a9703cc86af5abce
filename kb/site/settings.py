"""How the pages arrange endpoints: ``site/site.yaml`` of an evidence base, over the defaults."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from kb.errors import Problem, RecordError, nearest
from kb.records.starter import STARTER
from kb.records.yaml import RecordFile, read_mapping

_DEFAULTS: Final = STARTER / "site" / "site.yaml"
Place = tuple[str | int, ...]

_OPEN: Final = {"designs", "among", "levels"}
"""Fields whose names are words of the vocabulary, so that any name may stand there."""
_PARTIAL: Final = {"plots", "pivotal", "compare"}
"""Fields whose parts have defaults each."""
_KINDS: Final = {dict: "a mapping", list: "a list", str: "a text", int: "a whole number"}


def load_settings(root: Path, studies: Collection[str] | None = None) -> Mapping[str, Any]:
    """Return the settings of a project; a field that it does not state has its default.

    Args:
        root: the folder of the project.
        studies: the ids of its studies, to check those that the settings name.

    >>> load_settings(Path("no such folder"))["size"]
    'SAMPLE_SIZE'

    Raises:
        RecordError: with every field or study that is unknown, and every field of the wrong kind.
    """
    defaults = read_mapping(_DEFAULTS)
    path = root / "site" / "site.yaml"
    if not path.is_file():
        return defaults
    own = read_mapping(path, path.parent)
    file = RecordFile(path)
    if problems := list(_problems(own, defaults, (), file)):
        raise RecordError(problems)
    if studies is not None and (problems := list(_unknown_studies(own, studies, file))):
        raise RecordError(problems)
    return _merged(own, defaults)


def _unknown_studies(
    own: Mapping[str, Any], studies: Collection[str], file: RecordFile
) -> Iterator[Problem]:
    for at, name in enumerate(own.get("pivotal", {}).get("studies", ())):
        if name not in studies:
            place = ("pivotal", "studies", at)
            yield file.problem(place, name, "the id of a study", nearest(name, studies))


def _problems(own: Any, default: Any, place: Place, file: RecordFile) -> Iterator[Problem]:
    """Yield what differs in kind from the defaults; all items of a list are as its first."""
    kind = next(kind for kind in _KINDS if isinstance(default, kind))
    if not isinstance(own, kind):
        yield file.problem(place, str(own), _KINDS[kind])
    elif isinstance(own, dict):
        yield from _fields(own, default, place, file)
    elif isinstance(own, list):
        for at, value in enumerate(own):
            yield from _problems(value, default[0] if default else "", (*place, at), file)


def _fields(
    own: Mapping[str, Any], default: Mapping[str, Any], place: Place, file: RecordFile
) -> Iterator[Problem]:
    is_open = bool(place) and place[-1] in _OPEN
    for name, value in own.items():
        if name in default or is_open:
            wanted = default.get(name, next(iter(default.values())))
            yield from _problems(value, wanted, (*place, name), file)
        else:
            near = nearest(str(name), default)
            yield file.problem((*place, name), str(name), "a known field", near)
    for name in sorted(default.keys() - own.keys()) if _is_whole(place) else ():
        yield file.problem(place, "", f"the field {name!r}, which is missing")


def _is_whole(place: Place) -> bool:
    """Tell whether a field has all of its parts or none."""
    return bool(place) and place[-1] not in _OPEN | _PARTIAL


def _merged(own: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    nested = {
        name: _merged(value, defaults[name])
        for name, value in own.items()
        if isinstance(value, dict) and name in _PARTIAL
    }
    return {**defaults, **own, **nested}
