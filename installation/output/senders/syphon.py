"""Syphon: the picture as a shared Metal texture on macOS. The only importer of syphon-python."""

import importlib
from typing import Any

from installation.output.senders.pictures import packed
from installation.output.senders.transport import Format
from installation.values import Pixels, Samples


class Syphon:
    """Announces `name` by a Metal server of its own."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._server: Any = None
        self._texture: Any = None

    def open(self, wanted: Format) -> Format:
        """Announce the picture. Raises ImportError without syphon-python."""
        syphon = importlib.import_module("syphon")
        self._copy = importlib.import_module("syphon.utils.raw").copy_bytes_to_mtl_texture
        self._server = syphon.SyphonMetalServer(self._name)
        create = importlib.import_module("syphon.utils.raw").create_mtl_texture
        self._texture = create(self._server.device, wanted.width, wanted.height)
        return wanted

    def watched(self) -> bool:
        """Whether a client is connected."""
        return bool(self._server.has_clients)

    def send(self, pixels: Pixels, at_s: float, sound: Samples) -> None:
        """Publish the picture; Metal counts rows from the top, Syphon from the bottom."""
        del at_s, sound
        self._copy(packed(pixels, "rgba").tobytes(), self._texture)
        self._server.publish_frame_texture(self._texture, is_flipped=True)

    def close(self) -> None:
        """Take the name back."""
        server, self._server, self._texture = self._server, None, None
        if server is not None:
            server.stop()
