"""Run one task in this process and print what it took: see ``benchmarks.measuring``."""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from benchmarks.measuring import Run, Work


def main(name: str, *arguments: str) -> None:
    """Prepare a task, time it, and print the run as JSON."""
    module, _, function = name.partition(":")
    prepare: Callable[..., Work]
    prepare = getattr(importlib.import_module(f"benchmarks.{module}"), function)
    work = prepare(*arguments)
    start, busy = time.perf_counter(), _processor()
    made = work()
    seconds, busy = time.perf_counter() - start, _processor() - busy
    amount, parts = made if isinstance(made, tuple) else (made, {})
    sys.stdout.write(json.dumps(asdict(Run(seconds, busy, peak_memory(), amount, parts))))


def _processor() -> float:
    """Return the seconds that this process and those it waited for kept a processor busy."""
    return sum(os.times()[:4])


def peak_memory() -> int:
    """Return the most memory that this process and, if larger, one it waited for ever had."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    status = Path("/proc/self/status")
    if not status.exists():  # not Linux: the kernel's figure may hold the parent's
        return max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, children)
    lines = status.read_text(encoding="ascii").splitlines()
    own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return max(own * 1024, children)


if __name__ == "__main__":
    main(*sys.argv[1:])
