"""The build that is served, and how a new one replaces it without a restart."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from kb.errors import UnavailableError
from kb.server.config import WATCH_SECONDS, ServerConfig
from kb.server.evaluation import SparqlRequest
from kb.server.monitoring import log
from kb.server.pool import Answer, WorkerPool
from kb.server.static import StaticFiles

BuildFingerprint = tuple[tuple[int, int], ...]
"""The inode and the time of change of the files that every build writes."""


def fingerprint(config: ServerConfig) -> BuildFingerprint:
    """Return the fingerprint of the build on disk, or an empty one if a part of it is missing."""
    try:
        stats = [path.stat() for path in (config.nquads, config.site / "index.html")]
    except OSError:
        return ()
    return tuple((stat.st_ino, stat.st_mtime_ns) for stat in stats)


@dataclass(frozen=True, slots=True)
class LoadedBuild:
    """A build in memory: its workers, its files, and answers that were given before."""

    pool: WorkerPool
    files: StaticFiles
    fingerprint: BuildFingerprint
    cache: OrderedDict[SparqlRequest, Answer] = field(default_factory=OrderedDict)

    @classmethod
    async def load(cls, config: ServerConfig) -> LoadedBuild:
        """Load the build on disk.

        Raises:
            UnavailableError: there is no site, or the dataset cannot be loaded.
        """
        before = fingerprint(config)  # first, so that a change during loading is noticed later
        pool = WorkerPool(config)
        try:
            files = await asyncio.to_thread(StaticFiles, config.site)
            await pool.start()
        except BaseException:
            await pool.stop()
            raise
        return cls(pool, files, before)


class BuildHolder:
    """Holds the build that is served now, and replaces it."""

    def __init__(self, config: ServerConfig, build: LoadedBuild) -> None:
        self.config = config
        self.build = build
        self._requested = asyncio.Event()
        self._retiring: set[asyncio.Task[None]] = set()

    @property
    def up_to_date(self) -> bool:
        """Whether the build on disk is the one that is served."""
        return fingerprint(self.config) == self.build.fingerprint

    def request_reload(self) -> None:
        """Load the build on disk soon, whether it changed or not."""
        self._requested.set()

    async def follow(self) -> None:
        """Load each new build, once its files have stayed the same between two looks."""
        seen = tried = self.build.fingerprint
        while True:
            requested = await self._requested_within(WATCH_SECONDS)
            current = fingerprint(self.config)
            settled = bool(current) and current == seen and current != tried
            seen = current
            if requested or (self.config.watch and settled):
                tried = current
                await self._reload()

    async def _requested_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._requested.wait()
        except TimeoutError:
            return False
        self._requested.clear()
        return True

    async def _reload(self) -> None:
        """Load the build on disk and serve it; if that fails, keep the present one."""
        try:
            new = await LoadedBuild.load(self.config)
        except (UnavailableError, OSError) as error:
            log("reload-failed", message=str(error)[:300])
            return
        old, self.build = self.build, new
        log("reloaded", quads=new.pool.quads)
        task = asyncio.create_task(old.pool.retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def broken(self) -> None:
        """Return when no worker can be started any more for the build that is served."""
        while True:
            build = self.build
            await build.pool.ended()
            if build is self.build:
                return

    def cancel(self) -> None:
        """End the running queries."""
        self.build.pool.cancel()

    async def stop(self) -> None:
        """End every process, also those of builds that are retiring."""
        for task in [*self._retiring]:
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        await self.build.pool.stop()
