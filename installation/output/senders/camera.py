"""A virtual camera on Windows and macOS (OBS, Unity Capture). The only importer of pyvirtualcam."""

import importlib
from typing import Any

import numpy as np

from installation.output.senders.transport import Format
from installation.values import Pixels, Samples


class Camera:
    """The camera called `device`, or the first there is where that is empty."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._camera: Any = None

    def open(self, wanted: Format) -> Format:
        """Open the camera. Raises ImportError without pyvirtualcam, RuntimeError where no camera is installed."""
        camera = importlib.import_module("pyvirtualcam").Camera
        self._camera = camera(wanted.width, wanted.height, wanted.fps, device=self._device or None)
        return wanted

    def watched(self) -> bool:
        """A camera does not tell who looks."""
        return True

    def send(self, pixels: Pixels, at_s: float, sound: Samples) -> None:
        """Show the picture to whoever looks."""
        del at_s, sound
        self._camera.send(np.ascontiguousarray(pixels))

    def close(self) -> None:
        """Let go of the camera."""
        camera, self._camera = self._camera, None
        if camera is not None:
            camera.close()
