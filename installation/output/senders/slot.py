"""A mailbox with room for one, between the show's thread and a sender's: the newest wins."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """`put` never waits; `take` does. Any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._item: T | None = None

    @property
    def full(self) -> bool:
        """Whether something lies there that nobody has taken yet."""
        return self._item is not None

    def put(self, item: T) -> bool:
        """Lay `item` there; return whether an older one had to go for it."""
        with self._changed:
            replaced, self._item = self._item is not None, item
            self._changed.notify()
        return replaced

    def take(self, within_s: float) -> T | None:
        """Return what lies there, waiting for at most `within_s` seconds, else None."""
        with self._changed:
            if self._item is None:
                self._changed.wait(within_s)
            item, self._item = self._item, None
        return item
