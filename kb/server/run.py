"""Run the server until a signal stops it."""

from __future__ import annotations

import asyncio
import math
import signal
import socket
import tempfile
from pathlib import Path

import uvicorn

from kb.errors import InputError, UnavailableError, shorten
from kb.server.app import build_application
from kb.server.builds import BuildHolder, LoadedBuild
from kb.server.config import GRACE_SECONDS, MAX_HEAD, ServerConfig
from kb.server.limits import HttpProtocol, LimitsMiddleware, ProxiedHttpProtocol
from kb.server.live import LiveSite, live_application
from kb.server.monitoring import log, set_up_logging


def serve(config: ServerConfig) -> None:
    """Serve a build until a signal stops the server.

    Raises:
        UnavailableError: there is no build, it cannot be loaded, or the parent of the workers
            has ended.
        OSError: the port is not available.
    """
    set_up_logging()
    if not config.nquads.is_file():
        raise UnavailableError(f"no dataset in {config.build}: run `kb build` first")
    with _listener(config.host, config.port) as listener, asyncio.Runner() as runner:
        runner.run(_serve(config, listener))


def serve_live(root: Path, texts: Path | None, host: str, port: int) -> None:
    """Serve the site of a project as it is being edited, until a signal stops the server.

    Raises:
        OSError: the port is not available.
    """
    set_up_logging()
    with (
        tempfile.TemporaryDirectory(prefix="kb-live-") as folder,
        _listener(host, port) as listener,
    ):
        app = live_application(LiveSite(root, texts, Path(folder)))
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # uvicorn raises it again once it has stopped
        log("listening", address=_address(listener))
        asyncio.run(uvicorn.Server(_uvicorn_config(app)).serve(sockets=[listener]))
    log("stopped")


def _listener(host: str, port: int) -> socket.socket:
    """Listen at an address; an empty one, which Python takes for all of them, is refused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    expected = "expected an address to listen on, such as 127.0.0.1"
    if not host.strip():
        raise InputError(f"the host is empty: {expected}")
    try:
        listener = socket.create_server((host, port), family=family)
    except ValueError as error:  # no name of a host: UnicodeError is a ValueError too
        raise InputError(f"the host is {shorten(host)!r} ({error}): {expected}") from error
    # Connections inherit it; without it, the body of a small answer waits 40 ms for its head to be
    # acknowledged.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _uvicorn_config(app: LimitsMiddleware, proxies: int = 0) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=ProxiedHttpProtocol if proxies else HttpProtocol,
        h11_max_incomplete_event_size=MAX_HEAD,
        ws="none",
        lifespan="off",
        loop="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=math.ceil(GRACE_SECONDS) + 2,
    )


async def _serve(config: ServerConfig, listener: socket.socket) -> None:
    signals: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        # Until the server installs its own handlers, and again when it has stopped.
        signal.signal(number, lambda number, _: signals.append(number))
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # there is nothing to reload yet
    holder = BuildHolder(config, await LoadedBuild.load(config))
    try:
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, holder.request_reload)
        log("listening", address=_address(listener), quads=holder.build.pool.quads)
        if not signals:
            await _Server(holder).serve_until_stopped(listener)
    finally:
        await holder.stop()
    log("stopped")


class _Server(uvicorn.Server):
    """uvicorn's server, which lets running queries finish for a while when it stops."""

    def __init__(self, holder: BuildHolder) -> None:
        super().__init__(_uvicorn_config(build_application(holder), holder.config.proxies))
        self._holder = holder
        self._broken = False

    async def serve_until_stopped(self, listener: socket.socket) -> None:
        tasks = [asyncio.create_task(work) for work in (self._watch(), self._holder.follow())]
        await self.serve(sockets=[listener])
        for task in tasks:
            task.cancel()
        if self._broken:
            raise UnavailableError("the process that starts workers has ended")

    async def _watch(self) -> None:
        """Stop when no worker can be started any more."""
        await self._holder.broken()
        self._broken = self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log("stopping", running=self._holder.build.pool.running)
        asyncio.get_running_loop().call_later(GRACE_SECONDS, self._holder.cancel)
        await super().shutdown(sockets)
