"""The special functions of the optional scipy: distributions that Python does not have."""

from __future__ import annotations

from types import ModuleType

from kb.errors import UnavailableError


def special_functions() -> ModuleType:
    """Return ``scipy.special``, imported when first used: most programs compute no p-value.

    Raises:
        UnavailableError: scipy is not installed.

    >>> round(float(special_functions().stdtr(10, 0)), 1)
    0.5
    """
    try:
        import scipy.special
    except ImportError as error:
        needed = "intervals and p-values need scipy: pip install 'kb-evidence[statistics]'"
        raise UnavailableError(needed) from error
    functions: ModuleType = scipy.special
    return functions
