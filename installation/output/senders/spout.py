"""Spout: the picture as a shared texture on Windows. The only importer of SpoutGL."""

import importlib
from typing import Any, Final

from installation.output.senders.pictures import packed
from installation.output.senders.transport import Format, SenderError
from installation.values import Pixels, Samples

_GL_RGBA: Final = 0x1908


class Spout:
    """Announces `name`. SpoutGL opens a hidden OpenGL context of its own on the sender's thread."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._sender: Any = None

    def open(self, wanted: Format) -> Format:
        """Announce the picture. Raises ImportError without SpoutGL, SenderError without OpenGL."""
        self._sender = importlib.import_module("SpoutGL").SpoutSender()
        self._sender.setSenderName(self._name)
        if not self._sender.createOpenGL():
            raise SenderError("Spout finds no OpenGL; a graphics driver with WGL_NV_DX_interop is wanted")
        return wanted

    def watched(self) -> bool:
        """Spout does not tell who looks."""
        return True

    def send(self, pixels: Pixels, at_s: float, sound: Samples) -> None:
        """Copy the picture into the shared texture, the top row first."""
        del at_s, sound
        height, width = pixels.shape[:2]
        if not self._sender.sendImage(packed(pixels, "rgba"), width, height, _GL_RGBA, False, 0):
            raise SenderError("Spout refused the picture")

    def close(self) -> None:
        """Take the name back."""
        sender, self._sender = self._sender, None
        if sender is not None:
            sender.releaseSender()
            sender.closeOpenGL()
