"""What is served: one build, loaded; and how the next build takes its place without a restart."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from kb.errors import UnavailableError
from kb.server.cache import KeptAnswers
from kb.server.config import LOOK_SECONDS, ServerConfig
from kb.server.logs import log
from kb.server.pages import Pages
from kb.server.pool import Pool
from kb.server.static import StaticFiles

BuildFingerprint = tuple[tuple[int, int], ...]
"""Which files a build consists of, told by their numbers and times of change."""


def state_of(settings: ServerConfig) -> BuildFingerprint:
    """Return the state of a build as it lies there; an empty one when a part is missing."""
    return _states(settings.nquads, settings.site / "index.html")


def _states(*paths: Path) -> BuildFingerprint:
    try:
        return tuple((seen.st_ino, seen.st_mtime_ns) for seen in (path.stat() for path in paths))
    except OSError:
        return ()


@dataclass(frozen=True, slots=True)
class LoadedBuild:
    """A build that is loaded: the processes that answer, the pages, and the answers kept."""

    pool: Pool
    pages: Pages
    state: BuildFingerprint
    kept: KeptAnswers = field(default_factory=KeptAnswers)

    @classmethod
    async def load(cls, settings: ServerConfig) -> LoadedBuild:
        """Load a build.

        Raises:
            UnavailableError: there is no site, or the dataset cannot be loaded.
        """
        state = state_of(settings)  # first: what changes while it is read is seen afterwards
        pool = Pool(settings)
        try:
            site = await asyncio.to_thread(StaticFiles, settings.site)
            await pool.start()
        except BaseException:
            await pool.stop()
            raise
        return cls(pool, Pages(site), state)


class BuildHolder:
    """The generation that is served now."""

    def __init__(self, settings: ServerConfig, generation: LoadedBuild) -> None:
        """Serve a generation."""
        self.settings = settings
        self.generation = generation
        self._asked = asyncio.Event()
        self._retiring: set[asyncio.Task[None]] = set()

    @property
    def up_to_date(self) -> bool:
        """Whether the build that lies there is the one that is served."""
        return state_of(self.settings) == self.generation.state

    def ask_to_reload(self) -> None:
        """Load the build anew, soon, whether it changed or not."""
        self._asked.set()

    async def follow(self) -> None:
        """Load each build that replaces the one that is served, once it stays as it is."""
        seen = tried = self.generation.state
        while True:
            asked = await self._asked_within(LOOK_SECONDS)
            state = state_of(self.settings)
            settled = bool(state) and state == seen and state != tried
            seen = state
            if asked or (self.settings.watch and settled):
                tried = state
                await self.reload()

    async def _asked_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._asked.wait()
        except TimeoutError:
            return False
        self._asked.clear()
        return True

    async def reload(self) -> None:
        """Load the build beside the one that is served, and let it take over; else keep that."""
        try:
            made = await LoadedBuild.load(self.settings)
        except (UnavailableError, OSError) as error:
            log("reload-failed", message=str(error)[:300])
            return
        before, self.generation = self.generation, made
        log("reloaded", quads=made.pool.quads)
        task = asyncio.create_task(before.pool.retire())
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)

    async def broken(self) -> None:
        """Return when no worker can be made any more for what is served."""
        while True:
            generation = self.generation
            await generation.pool.watch()
            if generation is self.generation:
                return

    def cancel(self) -> None:
        """End the queries at work."""
        self.generation.pool.cancel()

    async def stop(self) -> None:
        """End every process; what was retiring ends with the first."""
        for task in [*self._retiring]:
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        await self.generation.pool.stop()
