"""Pictures of a log, painted again of what they were painted of. Runs where an offline film is made.

The same generator, the same number of threads: on the same machine the same picture, level for level.
"""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final

import torch

from installation.inference.captured_painting import painter_of
from installation.inference.painting import Painter, Wish
from installation.inference.playing import ModelError, pick_device
from installation.values import Pixels
from installation.wish_bytes import WishError, unpack_wish
from s2s import bundle
from s2s.card import BundleError, ModelCard

_MOST_MODELS: Final = 2
THREADS: Final = 1
"""As many as a show's generator has: with more, sums come in another order, and a level may be another one."""


class Repainter:
    """Paints by whichever model a wish names; keeps the last two. `folder_of` says where that model lies today, and
    raises where it is not the one that it was.
    """

    def __init__(self, folder_of: Callable[[str], Path]) -> None:
        self._folder_of = folder_of
        self._painters: OrderedDict[str, tuple[Painter, ModelCard]] = OrderedDict()

    @staticmethod
    def begin() -> None:
        """Make the calling thread the one that paints."""
        torch.set_num_threads(THREADS)

    def paint(self, packed: bytes) -> Pixels:
        """Return the picture of a packed wish, its own copy. Raises ModelError or WishError."""
        named, latent, held = unpack_wish(packed)
        painter, card = self._painter(named)
        sizes = card.generator
        if len(latent.z) != sizes.z_dim or len(latent.h) != sizes.h_dim:
            raise WishError(
                f"what a picture is painted of has {len(latent.z)} and {len(latent.h)} numbers, "
                f"the model {card.name} takes {sizes.z_dim} and {sizes.h_dim}"
            )
        pixels = painter.paint(Wish(latent, held))
        if pixels is None:
            raise WishError(f"the model {card.name} paints no numbers of what a picture was painted of")
        return pixels.copy()

    def _painter(self, named: str) -> tuple[Painter, ModelCard]:
        if named not in self._painters:
            folder = self._folder_of(named)
            try:
                model = bundle.load(folder, device=pick_device("auto"), image_encoder=False)
            except BundleError as error:
                raise ModelError(str(error)) from error
            while len(self._painters) >= _MOST_MODELS:
                self._painters.popitem(last=False)
            self._painters[named] = painter_of(model), model.card
        self._painters.move_to_end(named)
        return self._painters[named]
