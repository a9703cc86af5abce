"""Measure a task: each run in a process of its own, which reports its seconds and its memory.

A task is named ``module:function`` within this package. The function gets the task's arguments
as texts, prepares what is not to be timed, and returns the function to time; that one returns
how much it made (quads, rows, pages), so that two tasks can be seen to have done the same, and
may return the seconds of its parts with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Final

Made = int | tuple[int, dict[str, float]]
Work = Callable[[], Made]
ROOT: Final = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Task:
    """What is run: its function and the arguments."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """One run: seconds on the clock and of the processors, peak memory in bytes, what was made."""

    seconds: float
    processor: float
    peak: int
    amount: int
    parts: Mapping[str, float] = field(default_factory=dict)
    """Seconds on the clock of parts of the run, by their names."""


@dataclass(frozen=True)
class Outcome:
    """All runs of one task."""

    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """The median of the seconds on the clock."""
        return median(run.seconds for run in self.runs)

    @property
    def processor(self) -> float:
        """The median of the seconds of the processors."""
        return median(run.processor for run in self.runs)

    @property
    def peak(self) -> int:
        """The median of the peak memory, in bytes."""
        return round(median(run.peak for run in self.runs))

    @property
    def parts(self) -> dict[str, float]:
        """The median of the seconds of each part."""
        names = self.runs[0].parts
        return {name: median(run.parts[name] for run in self.runs) for name in names}

    @property
    def amount(self) -> int:
        """How much each run made; all runs must have made the same.

        Raises:
            ValueError: they did not.
        """
        made = {run.amount for run in self.runs}
        if len(made) != 1:
            raise ValueError(f"runs of one task made different amounts: {sorted(made)}")
        return made.pop()


def measure(tasks: Sequence[Task], repeats: int) -> list[Outcome]:
    """Run tasks in turns, so that a busy moment of the machine meets all of them."""
    runs: list[list[Run]] = [[] for _ in tasks]
    for _ in range(repeats):
        for task, found in zip(tasks, runs, strict=True):
            found.append(_run(task))
    return [Outcome(tuple(found)) for found in runs]


def _run(task: Task) -> Run:
    command = [sys.executable, "-m", "benchmarks.task", task.name, *task.arguments]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment(), check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} ended with {done.returncode}")
    return Run(**json.loads(done.stdout))


def environment() -> dict[str, str]:
    """The environment of a measurement: this project's code, without the user's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KB_")}
    return {**kept, "PYTHONPATH": str(ROOT)}
