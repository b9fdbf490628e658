"""Passes compiled ahead of a change of preset, in a process of its own, where the processor draws.

A software driver takes up to half a second for a chain that it has not drawn before, and a few milliseconds a pass for
one that any process of this machine has: it keeps what it compiled on disk. The child draws the chain once, small, and
ends; the show's thread only asks whether it has. Where there is no child, or it fails, the show compiles by itself.
"""

import contextlib
import logging
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Sequence
from multiprocessing.context import SpawnProcess
from typing import Any, Final

import moderngl

from installation.render.chain import SMALL_PX, Chain
from installation.render.passes import Uniforms
from installation.render.render_target import RenderTarget
from installation.render.shader import ShaderError
from installation.render.shader_sources import ShaderSources
from installation.render.upscale import Source

_log = logging.getLogger(__name__)

_NICENESS: Final = 10
"""Below everything that makes pictures, but an operator waits for it."""
_KNOWN: Final = 8
"""Chains that are known to be warm; of one that is edited all day, each text is another."""

_Asked = tuple[tuple[str, ...], ShaderSources]


class PassWarmer:
    """Warms the driver's cache for one chain after the other. Belongs to the show's thread; starting a process takes
    longer than a picture may, so a thread of its own does that, and waits for the end.
    """

    def __init__(self) -> None:
        self._process: SpawnProcess | None = None
        self._thread: threading.Thread | None = None
        self._warms: _Asked | None = None
        self._warm: deque[_Asked] = deque(maxlen=_KNOWN)
        self._works = True

    def is_ready(self, names: Sequence[str], uniforms: Uniforms, texts: ShaderSources) -> bool:
        """Return whether the chain of `names`, compiled from `texts` and drawn with `uniforms`, can be compiled without
        a stall; never waits.
        """
        wanted = tuple(names), texts
        if self._thread is not None and not self._thread.is_alive():
            if self._warms is not None:
                self._warm.append(self._warms)
            self._thread = None
        if self._thread is not None and self._warms != wanted and self._process is not None:
            self._drop(self._process)
        if wanted in self._warm or not self._works:
            return True
        if self._thread is None:
            process = multiprocessing.get_context("spawn").Process(
                target=warm_chain, args=(*wanted, dict(uniforms)), name="passes", daemon=True
            )
            self._process, self._warms = process, wanted
            self._thread = threading.Thread(target=self._live, args=(process,), name="passes", daemon=True)
            self._thread.start()
        return False

    def _drop(self, process: SpawnProcess) -> None:
        """Nobody waits for it any more: a shader that never ends must not keep the next one waiting."""
        self._warms = None
        if process.pid is not None:
            process.kill()

    def give_up(self) -> None:
        """Stop what is made ready now: nobody asks for it any more."""
        if self._thread is not None and self._process is not None:
            self._drop(self._process)

    def close(self) -> None:
        """Stop what still works at it."""
        self._works = False
        if self._process is not None and self._process.pid is not None:
            self._process.kill()  # it owns nothing but a context and its part of the driver's cache
        if self._thread is not None:
            self._thread.join(1.0)

    def _live(self, process: SpawnProcess) -> None:
        try:
            process.start()
        except OSError as error:
            _log.warning("passes are compiled as they are needed: no process for it (%s)", error)
            self._works = False
            return
        if not self._works:  # closed meanwhile
            process.kill()
        process.join()


def warm_chain(names: tuple[str, ...], texts: ShaderSources, uniforms: Uniforms) -> None:
    """Draw the chain of `names` once: the child's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the show ends this
    os.nice(_NICENESS)
    settings: dict[str, Any] = {"backend": "egl"}
    context: Any = moderngl.create_context(standalone=True, require=330, **settings)
    with contextlib.suppress(ShaderError):  # the show says so, when it comes to it
        chain = Chain(context, names, texts)
        chain.draw([Source(RenderTarget(context, SMALL_PX), (1.0, 1.0))], SMALL_PX, uniforms)
        context.finish()
