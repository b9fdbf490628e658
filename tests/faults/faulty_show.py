"""The real program, whose workers misbehave on order: `python tests/faults/faulty_show.py …` takes what `run_show.py`
does. A file `capture` or `inference` in the folder FAULTS says what that worker does wrong for as long as it is there;
a file `clock` there, by how many seconds the clock on the wall is set.
"""

import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = Path(os.environ["FAULTS"])
_LEAK_MIB: Final = 24


class Faulty:
    """A core that does what it is told to do wrong, and all else as it is."""

    def __init__(self, core: Any, order: Path) -> None:
        self._core, self._order = core, order
        self._hoard: list[bytearray] = []
        self._first: Any = None

    def step(self, now: float) -> float:
        order = _read(self._order)
        match order:
            case "hang":
                self._order.unlink()
                time.sleep(3_600.0)
            case "raise":
                raise MemoryError("out of memory")
            case "do nothing":
                return 0.05
            case "leak":
                self._hoard.append(bytearray(os.urandom(1_024)) * 1_024 * _LEAK_MIB)
            case "paint one picture" if self._first is None:
                self._freeze()
        return float(self._core.step(now))

    def _freeze(self) -> None:
        models = self._core._models
        paint, self._first = models.paint, models.paint(time.monotonic(), self._core._controls)
        models.paint = lambda now, controls: replace(paint(now, controls), pixels=self._first.pixels)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._core, name)


def _read(order: Path) -> str:
    try:
        return order.read_text()
    except OSError:
        return ""


def misbehave() -> None:
    """In a worker: let its core obey the orders."""
    from installation import child

    serve = child._serve

    def serve_faulty(core: Any, channels: child.Channels) -> None:
        name = "capture" if type(core).__name__ == "CaptureCore" else "inference"
        serve(Faulty(core, FOLDER / name), channels)

    child._serve = serve_faulty


def set_the_clock() -> None:
    """Let the clock on the wall be moved while the process runs."""
    real_ns = time.time_ns

    def offset_s() -> float:
        return float(_read(FOLDER / "clock") or 0.0)

    def set_ns() -> int:
        return real_ns() + round(offset_s() * 1e9)

    vars(time).update(time_ns=set_ns, time=lambda: set_ns() / 1e9)


sys.path.insert(0, str(ROOT))
set_the_clock()
if __name__ == "__mp_main__":
    misbehave()
if __name__ == "__main__":
    import run_show

    sys.exit(run_show.main())
