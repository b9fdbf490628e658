"""The show with a slow path that rests: what the display does where no network wants the processor.

`python -m tests.benchmarks.resting_show` takes the arguments of `run_show.py`.
"""

import sys
from pathlib import Path
from unittest import mock

import numpy as np

import run_show
from installation import assembly
from installation.hosting import Core
from installation.mailbox import FrameBox
from installation.status import InferenceStatus
from installation.workers import InferenceStart
from s2s.card import read_card


class RestingCore:
    """Paints one picture, and then nothing."""

    def __init__(self, model: Path, frames: FrameBox) -> None:
        width, height = read_card(model).generator.size_px
        self._pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
        self._frames = frames
        self._painted = False

    def step(self, now: float) -> float:
        if not self._painted:
            self._frames.put(self._pixels, heard_at=now, made_at=now)
            self._painted = True
        return 0.2

    def status(self) -> InferenceStatus:
        return InferenceStatus(model="at rest")

    def close(self) -> None:
        pass


class RestingStart(InferenceStart):
    """Makes a slow path that wants no processor."""

    def __call__(self) -> Core[InferenceStatus]:
        return RestingCore(self.model, self.frames)


if __name__ == "__main__":
    with mock.patch.object(assembly, "InferenceStart", RestingStart):
        sys.exit(run_show.main())
