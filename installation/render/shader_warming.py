"""Compiling the world's shaders ahead, in a process of its own: drivers keep what they compiled for one another's use.

A software driver takes a second or two for a scene that it has not drawn before, and some 60 ms for one that any
process of this machine has: it finds the work in its cache on disk. The child draws one scene after the other, asked
for ones first, and ends; the show's thread only asks, and never waits. Where there is no child, or it fails, the show
compiles by itself and stalls once a scene.
"""

import contextlib
import logging
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any, Final, Protocol

import moderngl

from installation.render.render_target import RenderTarget
from s2s.world.canvas import Canvas
from s2s.world.state import LAID_OVER, SCENES, SceneState

_log = logging.getLogger(__name__)

_SIZE_PX: Final = (16, 16)
_NICENESS: Final = 19
_LIKELY: Final = ("rain", "traffic", "crowd", "wind", "sea", "birds", "fire", "stream", "applause", "bell")
"""Asked for first where nothing has been: what a room, a street and a garden are full of."""


class Readiness(Protocol):
    """Whether a scene can be drawn without a long stall. Belongs to the show's thread."""

    def is_ready(self, scene: str) -> bool:
        """Return whether `scene` may be drawn now; never waits."""
        ...

    def close(self) -> None:
        """Stop whatever still works at it."""
        ...


class AtOnce:
    """Every scene is ready: a film and a test wait for the compiler, and stay the same picture for picture."""

    def is_ready(self, scene: str) -> bool:  # noqa: ARG002 - the protocol's signature
        return True

    def close(self) -> None:
        pass


class ShaderWarmer:
    """Warms the driver's cache in a child, which is started by the first question."""

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._warm: set[str] = set()
        self._asked: set[str] = set()
        self._ended = False

    def is_ready(self, scene: str) -> bool:
        if self._process is None and not self._ended:
            self._start()
        self._read()
        if scene not in self._asked and self._connection is not None:
            self._asked.add(scene)
            self._tell(scene)
        return self._ended or scene in self._warm

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=warm, args=(theirs,), name="shaders", daemon=True)
        try:
            process.start()
        except OSError as error:
            _log.warning("shaders are compiled as they are needed: no process for it (%s)", error)
            self._ended = True
            return
        theirs.close()
        self._process, self._connection = process, ours

    def _read(self) -> None:
        while self._connection is not None:
            try:
                if not self._connection.poll(0):
                    return
                self._warm.add(self._connection.recv())
            except (EOFError, OSError):  # it is done, or died: what it has not warmed is compiled when it is needed
                self._ended = True
                self._connection.close()
                self._connection = None

    def _tell(self, scene: str) -> None:
        assert self._connection is not None
        with contextlib.suppress(OSError):  # it has just ended, which the next reading finds
            self._connection.send(scene)

    def close(self) -> None:
        self._ended = True
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is not None:
            self._process.kill()  # it owns nothing but a context and its part of the driver's cache
            self._process.join(1.0)
            self._process = None


def warm(connection: Any) -> None:
    """Draw every scene once, what `connection` asks for first, and tell each: the child's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the show ends this
    os.nice(_NICENESS)
    settings: dict[str, Any] = {"backend": "egl"}
    context: Any = moderngl.create_context(standalone=True, require=330, **settings)
    target = RenderTarget(context, _SIZE_PX)
    target.framebuffer.use()
    with contextlib.suppress(EOFError, OSError):  # the show has ended
        for scene in _in_order(connection):
            warm_up(context, scene)
            connection.send(scene)


def warm_up(context: moderngl.Context, scene: str) -> None:
    """Draw `scene` in every way that the show does: drivers compile a shader anew for blending.

    Each time from a program of its own: llvmpipe changes one while it compiles it, and so would keep the second way
    under a name by which nobody finds it who took the first from the cache.
    """
    state = SceneState(scene, 0, 0.5, 12.0)
    for laid_over in (False, True) if scene in LAID_OVER else (False,):
        canvas = Canvas(context)
        canvas.draw(state, state, _SIZE_PX, laid_over=laid_over)
        context.finish()
        canvas.release()


def _in_order(connection: Any) -> Iterator[str]:
    waiting = deque(dict.fromkeys((*_LIKELY, *SCENES)))
    while waiting:
        while connection.poll(0):
            asked = connection.recv()
            if asked in waiting:
                waiting.remove(asked)
                waiting.appendleft(asked)
        yield waiting.popleft()
