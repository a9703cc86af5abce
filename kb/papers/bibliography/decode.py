"""Bytes of unknown encoding as text."""

from __future__ import annotations

import codecs
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    r"""Return bytes as text: by their mark, as UTF-8, or as older Windows programs write it.

    >>> decode("Foà".encode()), decode("Foà".encode("cp1252")), decode("\ufeffFoà".encode("utf-16"))
    ('Foà', 'Foà', 'Foà')
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").removeprefix("\ufeff")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
