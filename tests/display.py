"""A private window server without a monitor: real windows, drawn by Mesa on the CPU, and screenshots of them.

Needs `Xvfb` and ImageMagick's `import` or `xwd`; `environment` leads a program under test to it.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_TIMEOUT_S: Final = 20.0


class VirtualDisplay:
    """`Xvfb` on a free display number, with one monitor of `size` (width, height) pixels."""

    def __init__(self, size: tuple[int, int] = (1280, 720)) -> None:
        self.size = size
        self.name = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What a program needs to find this display, and no other."""
        return {**os.environ, "DISPLAY": self.name, "WAYLAND_DISPLAY": ""}

    def __enter__(self) -> Self:
        # The server writes the number it found free to the descriptor when it is ready for clients.
        readable, writable = os.pipe()
        command = self._command(writable)
        try:
            self._process = subprocess.Popen(
                command, pass_fds=[writable], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
        finally:
            os.close(writable)
        with os.fdopen(readable) as answer:
            number = answer.readline().strip()
        if not number:
            self.__exit__(None, None, None)
            raise RuntimeError("Xvfb did not start")
        self.name = f":{number}"
        return self

    def _command(self, descriptor: int) -> list[str]:
        width, height = self.size
        return [
            "Xvfb",
            "-displayfd",
            str(descriptor),
            "-nolisten",
            "tcp",
            "-noreset",
            "-screen",
            "0",
            f"{width}x{height}x24",
        ]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_TIMEOUT_S)

    def kill(self) -> None:
        """Let the server die with everything that is shown."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(_TIMEOUT_S)

    def screenshot(self, path: Path) -> NDArray[np.uint8]:
        """Save what the display shows as PNG and return it, `[height, width, 3]`, row 0 at the top."""
        importer = shutil.which("import", path="/usr/bin") or "import"
        self.run(importer, "-silent", "-window", "root", str(path))
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))

    def run(self, *command: str) -> str:
        """Run an X client such as `xdotool` on this display and return what it says."""
        finished = subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=_TIMEOUT_S, check=True
        )
        return finished.stdout


_DUMMY_CONFIG: Final = """
Section "ServerFlags"
  Option "AutoAddDevices" "false"
  Option "AutoAddGPU" "false"
  Option "DontVTSwitch" "true"
EndSection
Section "Device"
  Identifier "dummy"
  Driver "dummy"
  VideoRam 64000
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
  Modeline "800x600" 40 800 840 968 1056 600 601 605 628
  Modeline "640x480" 25.18 640 656 752 800 480 490 492 525
EndSection
Section "Screen"
  Identifier "screen"
  Device "dummy"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "800x600" "640x480"
  EndSubSection
EndSection
"""


class DummyMonitors(VirtualDisplay):
    """Two monitors, 800x600 and right of it 640x480, of an Xorg whose graphics card does not exist.

    Xvfb cannot do this: its Xinerama puts all screens on the same place.
    """

    def __init__(self) -> None:
        super().__init__((1440, 600))
        self._folder = tempfile.TemporaryDirectory()

    @staticmethod
    def available() -> bool:
        """Return whether this machine has the server, its driver, and the right to start it."""
        driver = Path("/usr/lib/xorg/modules/drivers/dummy_drv.so")
        return shutil.which("Xorg") is not None and driver.exists() and os.geteuid() == 0

    def _command(self, descriptor: int) -> list[str]:
        folder = Path(self._folder.name)
        (folder / "xorg.conf").write_text(_DUMMY_CONFIG)
        files = ["-config", str(folder / "xorg.conf"), "-logfile", str(folder / "log")]
        return ["Xorg", "-displayfd", str(descriptor), "-nolisten", "tcp", "-noreset", "-novtswitch", *files]

    def __enter__(self) -> Self:
        super().__enter__()
        self.run("xrandr", "--addmode", "DUMMY1", "640x480")
        self.run("xrandr", "--output", "DUMMY1", "--mode", "640x480", "--right-of", "DUMMY0")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        self._folder.cleanup()
