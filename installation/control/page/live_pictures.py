"""Pictures of the wall for the pages that ask for some: taken at the rate of the keenest, encoded once for all.

Runs in the page's thread; the encoding beside it.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

from installation.control.page.live_client import LiveClient
from installation.control.page.sources import Wall

_GLANCE_FPS: Final = 4.0
_GLANCE_S: Final = 2.0
_FIRST_WITHIN_S: Final = 0.4
_LOOK_EVERY_S: Final = 0.02


class LivePictures:
    """`wall` is None where none can be had."""

    def __init__(self, wall: Wall | None) -> None:
        self._wall = wall
        self._fps = 0.0
        self._glanced_until = 0.0
        self._serial = 0
        self._newest: tuple[int, bytes] = (0, b"")
        self._encoding: asyncio.Task[None] | None = None

    def ask(self, fps: float) -> None:
        """Have so many pictures taken a second, for all pages together."""
        self._fps = fps
        self._tell_wall()

    def deliver(self, clients: Sequence[LiveClient], now: float) -> None:
        """Give the newest picture to those who are due one; encode a newer one, if there is one."""
        serial, jpeg = self._newest
        if serial > self._serial:
            self._serial = serial
            for client in clients:
                if client.fps > 0.0 and now >= client.picture_due_at - 0.25 / client.fps:
                    client.picture_due_at = max(client.picture_due_at + 1.0 / client.fps, now)
                    client.outbox.put_picture(jpeg)
                    client.wake()
        if self._fps > 0.0:
            self._encode()

    async def glance(self) -> bytes | None:
        """Return what is on the wall now as JPEG, for somebody who asks once; None where that cannot be had soon."""
        if self._wall is None:
            return None
        loop = asyncio.get_running_loop()
        # What was taken before nobody asked any more may be of yesterday.
        wanted = self._newest[0] if self._is_asked(loop.time()) else self._newest_serial() + 1
        self._glanced_until = loop.time() + _GLANCE_S
        self._tell_wall()
        loop.call_later(_GLANCE_S + 0.1, self._tell_wall)
        ends_at = loop.time() + _FIRST_WITHIN_S
        while loop.time() < ends_at:
            if (task := self._encode()) is not None:
                await task
            if self._newest[0] >= max(wanted, 1):
                return self._newest[1]
            await asyncio.sleep(_LOOK_EVERY_S)
        return None

    def _is_asked(self, now: float) -> bool:
        return self._fps > 0.0 or now < self._glanced_until

    def _tell_wall(self) -> None:
        if self._wall is not None:
            glance = _GLANCE_FPS if asyncio.get_running_loop().time() < self._glanced_until else 0.0
            self._wall.ask(max(self._fps, glance))

    def _newest_serial(self) -> int:
        picture = None if self._wall is None else self._wall.newest
        return 0 if picture is None else picture.serial

    def _encode(self) -> "asyncio.Task[None] | None":
        """Begin to encode what is newer than what was encoded last; return the task that does."""
        if self._newest_serial() > self._newest[0] and (self._encoding is None or self._encoding.done()):
            self._encoding = asyncio.create_task(self._encode_newest())
        return self._encoding

    async def _encode_newest(self) -> None:
        picture = None if self._wall is None else self._wall.newest
        if picture is not None:
            self._newest = (picture.serial, await asyncio.to_thread(lambda: picture.jpeg))
