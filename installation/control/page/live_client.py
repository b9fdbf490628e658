"""One page that is connected: who it is, what it may, what it has asked for, and what it has still to be told."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from installation.control.page import page_json
from installation.control.page.live_messages import EditOutput, SetValue
from installation.control.page.live_outbox import Outbox
from s2s.serving.keys import Key, Role
from s2s.serving.limits import Bucket

SETS_A_SECOND: Final = 200.0
_MESSAGES_A_SECOND: Final = 2_000.0
"""Beyond these nobody moves a fader: somebody does harm."""


@dataclass(slots=True, eq=False)
class LiveClient:
    """For the page's own thread. `later` holds, by address, what came faster than it is taken: the newest of each."""

    key: Key = field(default_factory=Key)
    peer: str = ""
    outbox: Outbox = field(default_factory=Outbox)
    fps: float = 0.0
    picture_due_at: float = 0.0
    later: dict[str, SetValue | EditOutput] = field(default_factory=dict)
    closing: tuple[int, str] | None = None
    """The code and the reason with which the connection is to be ended."""
    remarked: bool = False
    """Whether it was said that this one sends too much."""
    sets: Bucket = field(default_factory=lambda: Bucket(SETS_A_SECOND, SETS_A_SECOND))
    messages: Bucket = field(default_factory=lambda: Bucket(_MESSAGES_A_SECOND, _MESSAGES_A_SECOND))
    _has_mail: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def may_set(self) -> bool:
        """Whether it may set anything (any more)."""
        return self.key.role is Role.FULL and self.closing is None

    def refuse(self, number: object, address: str | None, error: str) -> None:
        """Tell why something was refused."""
        words = {"type": "refused", "id": number, "address": address, "error": error}
        self.outbox.put_refusal(page_json.as_text(words))
        self.wake()

    def close(self, code: int, reason: str) -> None:
        """End the connection soon; nothing of it counts any more."""
        self.closing = self.closing or (code, reason)
        self.wake()

    def wake(self) -> None:
        """There is something to be told."""
        self._has_mail.set()

    async def next_message(self) -> str | bytes | None:
        """Wait for the next thing to be told; None when the connection is to be ended."""
        while self.closing is None:
            message = self.outbox.take()
            if message is not None:
                return message
            self._has_mail.clear()
            await self._has_mail.wait()
        return None
