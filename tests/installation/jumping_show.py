"""How far one picture goes at once when a control of sound, latent or scene is moved: the whole show in film time.

`python -m tests.installation.jumping_show` prints the table; it takes a minute or two.
"""

import itertools
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Final

import numpy as np
import scipy.io.wavfile

import run_show
from installation import offline
from installation.control_status import ControlStatus
from installation.desk import Desk
from installation.main import arguments_of
from installation.options import resolve
from installation.parameter import Kind, Parameter
from installation.parameters import PARAMETERS, WORKER_GROUPS
from installation.show import Show
from installation.soundtrack import Soundtrack
from installation.status import SinkStatus
from installation.values import SAMPLE_RATE_HZ, ParameterValue, Pixels
from s2s.media.audio import read_audio
from tests.fakes import write_tiny_bundle
from tests.installation.render.jumping import Jump, apart, elsewhere, largest_step

FPS: Final = 30.0
_STAND_S: Final = 2.5
_LOOK: Final = """name: Look
description: a look that shows what is heard
parameters: {/latent/glide: 0.5, /render/grain: 0, /render/feedback: 0}
modulation: [{from: level, to: /render/brightness, amount: 0.3}]
"""


class Hand:
    """Moves one row there and back, at even intervals, as a control surface of the show."""

    def __init__(self, desk: Desk, moves: list[tuple[Parameter, ParameterValue]]) -> None:
        self._desk, self._moves, self._next_at = desk, moves, _STAND_S

    def start(self) -> None: ...

    def poll(self, now: float) -> None:
        if self._moves and now >= self._next_at:
            row, value = self._moves.pop(0)
            self._next_at += _STAND_S
            self._desk.post(row.address, value, "hand")

    def status(self) -> ControlStatus:
        return ControlStatus()

    def close(self) -> None: ...


class Film:
    """Keeps the pictures, as a sink."""

    name = "film"

    def __init__(self) -> None:
        self.pictures: list[Pixels] = []

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        self.pictures.append(read())

    def status(self) -> SinkStatus:
        return SinkStatus()

    def close(self) -> None: ...


def worker_rows() -> list[Parameter]:
    """Return each row that capture and inference read, and that can be moved there and back."""
    return [row for row in PARAMETERS.values() if row.group in WORKER_GROUPS and row.kind is not Kind.TRIGGER]


def jumps(folder: Path, rows: list[Parameter]) -> dict[str, tuple[Jump, Jump]]:
    """Move each of `rows` from its default and back; return how the picture went there, and back."""
    moves = [(row, value) for row in rows for value in (elsewhere(row), row.default)]
    film = _filmed(folder, moves)
    stand = round(_STAND_S * FPS)
    parts = [film[k * stand : (k + 1) * stand] for k in range(len(moves) + 1)]
    found = [_between(before, after) for before, after in itertools.pairwise(parts)]
    return {row.address: (found[2 * k], found[2 * k + 1]) for k, row in enumerate(rows)}


def _between(before: list[Pixels], after: list[Pixels]) -> Jump:
    half = len(after) // 2
    motion = max(largest_step(before[half:]), largest_step(after[half:]))
    return Jump(max(largest_step([before[-1], *after]) - motion, 0.0), max(apart(before[-1], p) for p in after))


def _filmed(folder: Path, moves: list[tuple[Parameter, ParameterValue]]) -> list[Pixels]:
    seconds, sound = (len(moves) + 1) * _STAND_S + 0.1, folder / "sound.wav"
    noise = np.random.default_rng(5).normal(0.0, 0.1, round(seconds * SAMPLE_RATE_HZ)).astype(np.float32)
    scipy.io.wavfile.write(sound, SAMPLE_RATE_HZ, noise)
    (folder / "look.yaml").write_text(_LOOK)
    words = f"--preset {folder / 'look.yaml'} --source file:{sound} --render {folder / 'film.mp4'} --fps {FPS:g}"
    words += f" --model {write_tiny_bundle(folder / 'model')} --size 96x54 --seed 3"
    config = resolve(arguments_of(run_show.build_parser().parse_args(words.split())))
    kept, track = Film(), Soundtrack(read_audio(sound, SAMPLE_RATE_HZ), FPS)
    with ExitStack() as undo:
        parts = offline._wire(config, track, 0.0, undo)
        for sink in parts.sinks:
            sink.close()
        parts.controls, parts.sinks = {"hand": Hand(parts.desk, list(moves))}, [kept]
        show = Show(parts, track.duration_s)
        undo.pop_all()
    with closing(show):
        assert show.run() == 0
    return kept.pictures


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for address, both in jumps(Path(folder), worker_rows()).items():
            words = "   ".join(f"{jump.step:6.2f} {jump.whole:6.2f} {jump.share:5.2f}" for jump in both)
            sys.stdout.write(f"{address:22} {words}\n")


if __name__ == "__main__":
    main()
