"""Who listens to what over OSCQuery's WebSockets, and what is to be told to each: always the newest, never a queue.

The show's thread notes what was set and goes on; the server's event loop spreads it. A client that does not read holds
at most one value of each address.
"""

import asyncio
import threading
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from installation.values import ParameterValue

MAX_CLIENTS: Final = 32


Values = tuple[ParameterValue, ...]


class PathNews(StrEnum):
    """What has become of a path: the command that says so."""

    ADDED = "PATH_ADDED"
    REMOVED = "PATH_REMOVED"
    CHANGED = "PATH_CHANGED"


class Listener:
    """One client, on the server's event loop alone."""

    def __init__(self) -> None:
        self.addresses: set[str] = set()
        """What it listens to."""
        self.woken = asyncio.Event()
        self._values: dict[str, Values] = {}
        self._paths: dict[str, PathNews] = {}

    def note(self, address: str, *values: ParameterValue) -> None:
        """Have `values` told to it, instead of any that wait."""
        self._values[address] = values
        self.woken.set()

    def note_path(self, path: str, news: PathNews) -> None:
        """Have it told what has become of `path` in the namespace."""
        self._paths[path] = news
        self.woken.set()

    async def take(self) -> tuple[dict[str, PathNews], dict[str, Values]]:
        """Wait until there is something to tell; return what has become of paths, and values by address."""
        await self.woken.wait()
        self.woken.clear()
        paths, self._paths = self._paths, {}
        values, self._values = self._values, {}
        return paths, values


class Listeners:
    """All clients of one server. `tell` and `tell_of_paths` are for any thread, the rest for the event loop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._values: dict[str, Values] = {}
        self._paths: dict[str, PathNews] = {}
        self._is_due = False
        self._clients: set[Listener] = set()

    def __len__(self) -> int:
        return len(self._clients)

    def tell(self, address: str, *values: ParameterValue) -> None:
        """Note a change; costs the caller a dictionary's entry, and nothing while nobody is connected."""
        if self._clients:
            with self._lock:
                self._values[address] = values
                self._wake()

    def tell_of_paths(self, paths: Iterable[str], news: PathNews = PathNews.CHANGED) -> None:
        """Note what has become of `paths` in the namespace."""
        if self._clients:
            with self._lock:
                self._paths.update(dict.fromkeys(paths, news))
                self._wake()

    def join(self) -> Listener | None:
        """Return a place for a new client, None where there are MAX_CLIENTS."""
        if len(self._clients) >= MAX_CLIENTS:
            return None
        listener = Listener()
        with self._lock:
            self._loop = asyncio.get_running_loop()
            self._clients.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Forget a client."""
        with self._lock:
            self._clients.discard(listener)

    def _wake(self) -> None:
        if self._loop is None or self._is_due:
            return
        try:
            self._loop.call_soon_threadsafe(self._spread)
        except RuntimeError:  # that server has ended; the clients of the next one bring its loop along
            self._loop = None
        else:
            self._is_due = True

    def _spread(self) -> None:
        with self._lock:
            values, self._values = self._values, {}
            paths, self._paths = self._paths, {}
            self._is_due = False
            clients = list(self._clients)
        for client in clients:
            for path, news in paths.items():
                client.note_path(path, news)
            for address in client.addresses & values.keys():
                client.note(address, *values[address])
