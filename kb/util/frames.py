"""Rows as a pandas data frame, where pandas is installed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kb.errors import UnavailableError

if TYPE_CHECKING:
    import pandas


def data_frame(rows: Iterable[object], columns: Iterable[str]) -> pandas.DataFrame:
    """Return rows as a data frame.

    Raises:
        UnavailableError: pandas is not installed.

    >>> data_frame([[1, 2]], ["a", "b"]).shape
    (1, 2)
    """
    try:
        import pandas
    except ImportError as error:
        raise UnavailableError(
            "to_frame() needs pandas: pip install 'kb-evidence[frames]'"
        ) from error
    return pandas.DataFrame(list(rows), columns=list(columns))
