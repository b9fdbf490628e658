"""Looks at files again and again beside the show, which asks for what was found and never waits for a disk."""

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

from installation.render.shader_sources import ShaderSources, Stamp, read_sources, stamps_of

log = logging.getLogger(__name__)

EVERY_S: Final = 0.4
SETTLES_S: Final = 0.12
"""A file that does not change for so long is written; an editor takes less between two of its writes."""

T = TypeVar("T")


class Watch(Generic[T]):
    """`look` runs in a thread again and again; what it returns, other than None, waits to be taken; newest wins."""

    def __init__(self, name: str, look: Callable[[], T | None]) -> None:
        self._look = look
        self._lock = threading.Lock()
        self._found: T | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def take(self) -> T | None:
        """Return what was found since the last time, once."""
        with self._lock:
            found, self._found = self._found, None
        return found

    def close(self) -> None:
        """Look no more; does not wait for a disk."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(EVERY_S):
            try:
                found = self._look()
            except Exception:  # whatever a disk brings about, it is looked at again
                log.debug("cannot look at files", exc_info=True)
                continue
            if found is not None:
                with self._lock:
                    self._found = found


class ShaderFolders:
    """Tells another state of the folders of shaders, once it is written. Belongs to whoever calls `look`."""

    def __init__(self, known: ShaderSources, pause: Callable[[float], None] = time.sleep) -> None:
        self._known, self._pause = known, pause
        self._stamps: dict[Path, Stamp] | None = None  # unknown: the first look reads, and compares

    def look(self) -> ShaderSources | None:
        """Return all files where any of them is another than before, None where not or not yet."""
        stamps = stamps_of(self._known.own)
        if stamps == self._stamps:
            return None
        if self._stamps is not None:
            self._pause(SETTLES_S)
        sources = read_sources(self._known.own)
        if stamps_of(self._known.own) != stamps:
            return None  # somebody is writing
        self._stamps = stamps
        if sources == self._known:
            return None
        self._known = sources
        _ = sources.isf_headers, sources.clashes  # worked out here, beside the show
        return sources
