"""Replace a folder in child processes, each killed at another step; print what is left.

Arguments: the folder, the signal, whether folders can be exchanged (``swap`` or ``aside``), and
what the folder holds before (``old``, or nothing). Prints a list for each step: what the folder
holds after the kill, what the next run finds, and the names beside the folder after that.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from kb.util import atomic
from kb.util.atomic import replacing

FILES = 7
MAX_STEPS = 1000
SYSTEM_CALLS = ("open", "os.", "shutil.", "fcntl.", "ctypes.")


def kill_at(step: int, signum: int) -> None:
    """Kill this process before the call of this number: audit hooks run before each call."""
    waiting = iter(range(step - 1))

    def count(event: str, _arguments: object) -> None:
        if event.startswith(SYSTEM_CALLS) and next(waiting, None) is None:
            os.kill(os.getpid(), signum)

    sys.addaudithook(count)


def fill(folder: Path, kind: str) -> None:
    for number in range(FILES - 1):
        (folder / f"{number}.txt").write_text(kind, encoding="utf-8")
    (folder / "inside").mkdir()
    (folder / "inside" / "last.txt").write_text(kind, encoding="utf-8")


def kind_of(target: Path) -> str:
    """Return the content of all files of a complete folder; ``mixed`` if it is not complete."""
    texts = [path.read_text(encoding="utf-8") for path in target.rglob("*.txt")]
    if not target.exists():
        return "missing"
    return texts[0] if len(texts) == FILES and len(set(texts)) == 1 else "mixed"


def survives(target: Path, step: int, signum: int) -> bool:
    """Run in a child that is killed at a step; say whether it ended before that step."""
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status) == 0
    code = 1
    try:
        kill_at(step, signum)
        with replacing(target) as fresh:
            fill(fresh, "new")
        code = 0
    finally:
        os._exit(code)


def main(target: Path, signum: int, way: str, before: str) -> None:
    if way == "aside":
        atomic._exchanged = lambda _one, _other: False
    for step in range(1, MAX_STEPS):
        if before:
            with replacing(target) as fresh:
                fill(fresh, before)
        survived = survives(target, step, signum)
        killed = kind_of(target)
        with replacing(target) as fresh:
            kind = kind_of(target)
        print(json.dumps([killed, kind, os.listdir(target.parent)]))  # noqa: PTH208, T201
        target.rmdir()
        if survived:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
