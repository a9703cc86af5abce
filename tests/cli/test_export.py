"""``kb export nquads`` and ``kb load``: all of the dataset, or nothing."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from support.command_line import kb
from support.example_base import edit

from kb import KnowledgeBase
from kb.util.atomic import write_atomically


def test_nquads_are_written_completely_or_not_at_all(example_root: Path, tmp_path: Path) -> None:
    out = tmp_path / "all.nq"
    command = ("export", "nquads", "--out", out)
    assert kb(example_root, *command).exit_code == 0
    written = out.read_bytes()
    assert sorted(written.splitlines()) == KnowledgeBase(example_root).nquads.splitlines()
    edit(example_root, "evidence/studies/halt.yaml", "name:", "nam:")
    result = kb(example_root, *command)
    assert (result.exit_code, "did you mean 'name'" in result.output) == (2, True)
    assert out.read_bytes() == written
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["all.nq"]


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as reader:
        read = reader.submit(pipe.read_bytes)
        write_atomically(pipe, [b"one ", b"two"])
        assert read.result(timeout=30) == b"one two"
    assert pipe.is_fifo()


def test_records_with_problems_are_not_loaded_into_a_server(example_root: Path) -> None:
    edit(example_root, "evidence/studies/halt.yaml", "name:", "nam:")
    result = kb(example_root, "load", "--to", "http://127.0.0.1:1/")
    assert (result.exit_code, "did you mean 'name'" in result.output) == (2, True)
