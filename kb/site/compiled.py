"""What Jinja2 makes of templates, kept from one build to the next: a tenth of a small one."""

from __future__ import annotations

from contextlib import suppress

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Compiled(FileSystemBytecodeCache):
    """Code of templates in a folder of this user's, which holds while what made it is the same.

    Code of a template is found by its name, wherever it lies, and written over by the next:
    values that never change are in it, as filters of the software made them.

    Args:
        made_with: a digest of the software, its libraries and its settings.
    """

    def __init__(self, made_with: str) -> None:
        """Find the folder, or make it.

        Raises:
            OSError, RuntimeError: there is none that only this user can write.
        """
        super().__init__(pattern="kb_%s.cache")
        self._made_with = made_with

    def get_cache_key(self, name: str, filename: str | None = None) -> str:  # noqa: ARG002 - theirs
        """Name the file of a template: projects and builds that are moved share it."""
        return super().get_cache_key(name)

    def get_source_checksum(self, source: str) -> str:
        """Tell whether code was made of this text with this software."""
        return super().get_source_checksum(f"{self._made_with}\n{source}")

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Write code, unless there is no room: it is made again then."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def compiled(made_with: str) -> Compiled | None:
    """Return what keeps code made with some software, if it can be told apart and kept."""
    if not made_with:
        return None
    try:
        return Compiled(made_with)
    except (OSError, RuntimeError):
        return None
