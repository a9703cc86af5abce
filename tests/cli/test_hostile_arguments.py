"""Hostile arguments, outputs and files: a documented exit code, and never a traceback."""

from __future__ import annotations

import os
import resource
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path

import pytest
from support.example_base import write_example

from kb.cli.common import echo

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, "-c", "from kb.cli.main import run; run()")
CODES = {0, 1, 2, 3}
ODD = "\udcff"  # how Python represents a byte that is not UTF-8


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an evidence base, and with files that no option should name."""
    place = tmp_path_factory.mktemp("place")
    write_example(place / "base")
    for name in ("binary", "binary.rq"):
        (place / name).write_bytes(bytes(range(256)))
    for name in ("folder", "folder.rq", "binary-texts", "odd-texts", "pipes"):
        (place / name).mkdir()
    (place / "binary-texts" / "halt-paper.txt").write_bytes(bytes(range(256)))
    (place / "odd-texts" / "halt-paper.txt").symlink_to("/dev/zero")
    os.mkfifo(place / "pipes" / "halt-paper.txt")
    for name in ("pipe.rq", "folder/pipe.parquet"):
        os.mkfifo(place / name)
    return place


def environment(**more: str) -> dict[str, str]:
    unset = ("KB_", "PYTHONUNBUFFERED")  # output is buffered, as for users
    own = {name: value for name, value in os.environ.items() if not name.startswith(unset)}
    return own | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"} | more


def run(
    place: Path,
    words: Sequence[str],
    before: Callable[[], None] | None = None,
    after: str = "",
    **more: str,
) -> tuple[int, str]:
    """Run in a process, and return the exit code and the output."""
    root = () if words[0] == "--root" else ("--root", str(place / "base"))
    line = shlex.join([*PROGRAM, *root])
    arguments = [word.replace("PLACE", str(place)) for word in words]
    command = f"{line} {shlex.join(arguments)} {after}"
    ran = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", os.fsencode(command)],
        cwd=place,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
        preexec_fn=before,
    )
    return ran.returncode, (ran.stdout + ran.stderr).decode("utf-8", "replace")


def is_clear(code: int, output: str) -> bool:
    has_traceback = "Traceback" in output or "Exception ignored" in output
    return not has_traceback and (code == 0 or bool(output.strip()))


WRONG = [
    ["nope"],
    ["--nope"],
    ["--root", "PLACE/none", "check"],
    ["--root", "PLACE", "check"],
    ["--root", "PLACE/binary", "check"],
    ["query", "PLACE/binary.rq"],
    ["query", "PLACE/folder.rq"],
    ["query", "PLACE/none.rq"],
    ["query", "PLACE/pipe.rq"],
    ["sql", "SELECT 1", "--tables-from", "PLACE/folder"],
    ["sql", "SELECT repeat('x', 4000000000)"],
    ["sql", "SELECT * FROM read_csv('/etc/passwd')"],
    ["sql", "ATTACH 'PLACE/new.db'"],
    ["--store", "http://127.0.0.1:99999/", "query", "ASK {}"],
    ["--store", "http://[::1/", "query", "ASK {}"],
    ["--store", "oxigraph:/dev/null", "query", "ASK { ?s ?p ?o }"],
    ["load", "--to", "file:///etc/passwd"],
    ["query", "{"],
    ["query", ""],
    ["query", ODD],
    ["query", f"ASK {{ ?s ?p '{ODD}' }}"],
    ["query", "ASK {} #" + "x" * 110_000],
    ["query", "study-results", "--param", "study"],
    ["query", "study-results", "--param", "study=../../x"],
    ["query", "study-results", "--param", f"study={ODD}"],
    ["query", "study-results", "--param", "study=halt> } DROP ALL #"],
    ["query", "study-results", "--param", "nobody=halt"],
    ["query", "ASK { ?s ?p ?x }", "--param", f"x={ODD}"],
    ["query", "ASK { ?s ?p ?x }", "--param", "x=https://example.org/headache/> <"],
    ["query", "ASK { ?s ?p ?x }", "--param", "x } DROP ALL=1"],
    ["query", "CONSTRUCT WHERE { ?s ?p ?o }"],
    ["query", "ASK {}", "--timeout", "nan"],
    ["show", ODD],
    ["show", "halt#"],
    ["show", "x" * 100_000],
    ["show", "halt#\x1b[31m\u202e"],
    ["verify", "--texts", "PLACE/binary-texts"],
    ["verify", "--texts", "PLACE/odd-texts"],
    ["verify", "--texts", "PLACE/pipes"],
    ["verify", "--texts", "PLACE/binary"],
    ["coverage", "--texts", "PLACE/binary-texts"],
    ["check", "--json", "PLACE/folder"],
    ["check", "--json", "/dev/full"],
    ["check", "--study", ODD],
    ["export", "claims", "--out", "/dev/full"],
    ["export", "claims", "--out", "PLACE/none/claims.csv"],
    ["export", "nquads", "--out", "/dev/full"],
    ["export", "nquads", "--out", "PLACE/none/all.nq"],
    ["export", "nquads", "--out", "PLACE/folder"],
    ["schema", "study", "--out", "/dev/full"],
    ["schema", "study", "--out", "PLACE/binary/x"],
    ["new", "study", "../x"],
    ["new", "study", "halt"],
    ["new", "source", ODD],
    ["new", "study", "a" * 500],
    ["new", "adjudication", "x" * 10_000],
    ["build", "--out", "PLACE/binary"],
    ["build", "--out", "/dev/null/x"],
    ["serve", "--build", "PLACE/folder"],
    ["serve", "--port", "99999"],
    ["serve", "--host", ""],
    ["serve", "--host", "   "],
    ["serve", "--host", "a" * 300],
    ["serve", "--timeout", "nan"],
    ["serve", "--timeout", "inf"],
    ["serve", "--client-rate", "nan"],
    ["serve", "--client-rate", "inf"],
    ["serve", "--client-rate", "1e309"],
    ["query", "ASK {}", "--timeout", "nan"],
]


@pytest.mark.parametrize("words", WRONG, ids=lambda words: ascii(" ".join(words)[:60]))
def test_a_wrong_argument_is_a_clear_error(place: Path, words: Sequence[str]) -> None:
    code, output = run(place, words)
    assert code in {2, 3}, output
    assert is_clear(code, output), output


COMMANDS = (
    ["query", "SELECT * { ?s ?p ?o }"],  # more than a pipe holds
    ["check"],  # exits 1
    ["show", "halt"],
    ["--help"],
)
OUTPUTS = {
    "a reader that leaves": "| head -c 1",
    "no output": ">&-",
    "no error stream": "2>&-",
    "no stream at all": "<&- >&- 2>&-",
    "a full disk": ">/dev/full",
    "a full disk for errors too": ">/dev/full 2>&1",
}


@pytest.mark.parametrize("after", OUTPUTS.values(), ids=OUTPUTS)
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_output_that_cannot_be_written(place: Path, words: Sequence[str], after: str) -> None:
    code, output = run(place, words, after=after)
    assert code in CODES, output
    assert "Traceback" not in output
    assert "Exception ignored" not in output
    if after == ">/dev/full":
        assert (code, output) == (3, "[Errno 28] No space left on device\n")


TERMINALS = {
    "C": {"LC_ALL": "C", "LANG": "C"},
    "ASCII": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "one column": {"COLUMNS": "1", "LINES": "1"},
    "no terminal": {"TERM": ""},
}


@cache
def usual_code(place: Path, *words: str) -> int:
    """Return the exit code on a usual terminal, computed once."""
    return run(place, words)[0]


@pytest.mark.parametrize("more", TERMINALS.values(), ids=TERMINALS)
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_limited_terminal(place: Path, words: Sequence[str], more: dict[str, str]) -> None:
    code, output = run(place, words, **more)
    assert (code, bool(output)) == (usual_code(place, *words), True)
    assert "Traceback" not in output


@pytest.mark.usefixtures("interruptible")
def test_an_interrupt_is_not_a_finding(place: Path) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    with subprocess.Popen(
        [*PROGRAM, "--root", place / "base", "query", query],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while not has_child(process.pid):  # until the engine runs: everything is imported
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=30)
    assert output == ("", "interrupted: nothing was completed\n")
    assert process.returncode == 130


def has_child(pid: int) -> bool:
    return bool(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").strip())


def little_memory(size: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


HOSTILE = {
    "aliases that multiply": bomb(12).encode(),
    "aliases that multiply a little": bomb(6).encode(),
    "deep": b"id: " + b"[" * 900_000,
    "deep and closed": b"id: " + b"[" * 900 + b"]" * 900,
    "wide": b"id: [" + b"x, " * 300_000 + b"]",
    "many keys": b"".join(b"k%d: 1\n" % n for n in range(75_000)),
    "many groups": b"id: halt\ngroups:\n"
    + b"".join(b"  g%d: {label: g}\n" % n for n in range(40_000)),
    "one long word": b"id: " + b"x" * 1_900_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_little_time_and_memory(example_root: Path, name: str) -> None:
    (example_root / "evidence" / "studies" / "halt.yaml").write_bytes(HOSTILE[name])
    is_refused(example_root)


def test_a_huge_file_is_not_read(example_root: Path) -> None:
    os.truncate(example_root / "evidence" / "studies" / "halt.yaml", 4_000_000_000)
    is_refused(example_root)


def is_refused(root: Path) -> None:
    # A gigabyte: what Python, its libraries and their threads map, and what a file may add.
    code, output = run(root, ["--root", str(root), "check"], partial(little_memory, 2**30))
    assert code == 2, output[-2000:]
    assert "halt.yaml" in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    "words",
    [
        ["show", "a\x1b[2J\u202eb"],
        ["--root", "a\x1b[2J\u202eb", "check"],
        ["check", "--json", "none\x1b[2J\u202eb/x"],
        ["a\x1b[2J\u202eb"],
        ["check", "--a\x1b[2J\u202eb"],
        ["serve", "--port", "\x1b[2J\u202eb"],
    ],
)
def test_messages_do_not_command_the_terminal(place: Path, words: list[str]) -> None:
    _, output = run(place, words)
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert "\\x1b[2J\\u202eb" in output


@pytest.mark.parametrize("is_terminal", [True, False])
def test_answers_do_not_command_the_terminal(
    is_terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)
    echo("a\x1b[2J\n\u202e\tb")
    expected = "a\\x1b[2J\n\\u202e\tb\n"
    shown = capsys.readouterr().out
    assert (shown == expected) is is_terminal
