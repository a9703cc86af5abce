"""How long a command takes from a standing start, beside what no change of ours could spare.

The peer is a Python that starts and loads every module from elsewhere (the libraries and
Python's own) that the command ends up with, and does nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

from benchmarks.measuring import ROOT, Work, environment

_COMMAND: Final = "import sys; sys.argv[0] = 'kb'; from kb.cli.main import main, run; run()"
_IMPORT: Final = "from kb import KnowledgeBase"
_LISTING: Final = """
import json, sys
before = set(sys.modules)
{code}
names = [n for n in sys.modules if n not in before and n != "kb" and not n.startswith("kb.")]
sys.stderr.write("\\n" + json.dumps(names))
"""


def importing() -> Work:
    """``from kb import KnowledgeBase``: ``import kb`` alone loads nothing yet."""
    return lambda: _start(_IMPORT)


def importing_peer() -> Work:
    """The libraries of that import."""
    loading = _loading(_IMPORT)
    return lambda: _start(loading)


def showing(*words: str) -> Work:
    """A command such as ``kb show STUDY``."""
    return lambda: _start(_COMMAND, *words)


def showing_peer(*words: str) -> Work:
    """The libraries of that command."""
    loading = _loading(_COMMAND.replace("run()", "main(standalone_mode=False)"), *words)
    return lambda: _start(loading)


def _start(code: str, *words: str) -> int:
    command = [sys.executable, "-c", code, *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=ROOT, env=environment())
    return 1


def _loading(code: str, *words: str) -> str:
    """Return code that imports the modules which some code loads, except those of kb."""
    done = subprocess.run(
        [sys.executable, "-c", _LISTING.format(code=code), *words],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
    )
    names = json.loads(done.stderr.splitlines()[-1])
    return f"import importlib\nfor name in {names!r}:\n    importlib.import_module(name)"
