"""Ask `kb mcp` over standard input and output with the SDK's own client."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from mcp import StdioServerParameters
from mcp.client import Client
from mcp.client.stdio import stdio_client

ROOT = Path(__file__).resolve().parents[2]
Call = tuple[str, dict[str, Any]]
T = TypeVar("T")


class Answer(NamedTuple):
    is_refused: bool
    text: str

    @property
    def data(self) -> dict[str, Any]:
        assert not self.is_refused, self.text
        data: dict[str, Any] = json.loads(self.text)
        return data

    @property
    def items(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.data["items"]
        return items


def command(root: Path, *options: str) -> StdioServerParameters:
    """Return how the server of an evidence base is started."""
    words = ["-m", "kb", "--root", str(root), "mcp", *options]
    return StdioServerParameters(
        command=sys.executable, args=words, env={"PYTHONPATH": str(ROOT)}, cwd=root
    )


def with_client(root: Path, work: Callable[[Client], Coroutine[Any, Any, T]], *options: str) -> T:
    """Run some work with a client of the server of an evidence base."""

    async def session() -> T:
        async with Client(stdio_client(command(root, *options))) as client:
            return await work(client)

    return asyncio.run(session())


def ask(root: Path, calls: Sequence[Call], *options: str) -> list[Answer]:
    """Return the answers to some calls of tools, in their order."""

    async def work(client: Client) -> list[Answer]:
        return [await _answer(client, name, arguments) for name, arguments in calls]

    return with_client(root, work, *options)


async def _answer(client: Client, name: str, arguments: dict[str, Any]) -> Answer:
    result = await client.call_tool(name, arguments)
    (content,) = result.content
    return Answer(bool(result.is_error), content.text)
