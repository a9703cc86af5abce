"""Run the server until it is asked to stop."""

from __future__ import annotations

import asyncio
import math
import signal
import socket

import uvicorn
import uvloop

from kb.errors import UnavailableError
from kb.server.app import application
from kb.server.config import ServerConfig
from kb.server.connections import HttpProtocol
from kb.server.loaded_build import BuildHolder, LoadedBuild
from kb.server.logs import log, set_up


def serve(settings: ServerConfig) -> None:
    """Serve a build until a signal says to stop.

    Raises:
        UnavailableError: there is no build, it cannot be loaded, or its process has ended.
        OSError: the port cannot be had.
    """
    set_up()
    if not settings.nquads.is_file():
        raise UnavailableError(f"no dataset in {settings.build}: run `kb build` first")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with (
        socket.create_server((settings.host, settings.port), family=family) as listening,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        runner.run(_run(settings, listening))


async def _run(settings: ServerConfig, listening: socket.socket) -> None:
    asked: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        # In force while loading; then the server's own, after which the signal comes here again.
        signal.signal(number, lambda number, _: asked.append(number))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # nothing is loaded yet that could be reloaded
    current = BuildHolder(settings, await LoadedBuild.load(settings))
    app = application(current)
    try:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, current.ask_to_reload)
        host, port = listening.getsockname()[:2]
        shown = f"[{host}]" if ":" in host else host
        log("listening", address=f"http://{shown}:{port}/", quads=current.generation.pool.quads)
        if not asked:
            await _until_stopped(_Server(_config(app, settings), current), listening)
    finally:
        await current.stop()
    log("stopped")


async def _until_stopped(server: _Server, listening: socket.socket) -> None:
    watching = [asyncio.create_task(work) for work in (server.watch(), server.current.follow())]
    await server.serve(sockets=[listening])
    for task in watching:
        task.cancel()
    if server.broken:
        raise UnavailableError("the process that makes workers has ended")


def _config(app: object, settings: ServerConfig) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type] # uvicorn's own types name the messages more narrowly
        http=HttpProtocol,
        ws="none",
        lifespan="off",
        loop="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=math.ceil(settings.grace) + 2,
    )


class _Server(uvicorn.Server):
    """A server that gives running queries a while to finish when it stops."""

    def __init__(self, config: uvicorn.Config, current: BuildHolder) -> None:
        super().__init__(config)
        self.current = current
        self.broken = False

    async def watch(self) -> None:
        """Stop when no worker can be made any more."""
        await self.current.broken()
        self.broken = self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log("stopping", running=self.current.generation.pool.running)
        grace = self.current.settings.grace
        asyncio.get_running_loop().call_later(grace, self.current.cancel)
        await super().shutdown(sockets)
