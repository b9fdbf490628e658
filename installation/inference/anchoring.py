"""A preset's image in the latent space: placed by f_V at once, then found again in the generator, once a machine.

The inversion runs in a thread of the inference process, of least urgency and mostly asleep, so that the picture keeps
its rate; only while blend shows the image does it hurry. What it finds is kept on disk for the next start.
"""

import logging
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from installation.inference.background import be_less_urgent
from installation.inference.motion import Anchors, Vector
from s2s.bundle import Bundle, BundleError, load_image_encoder
from s2s.media.images import ImageFileError, read_image
from s2s.sampling.embed import embed_image
from s2s.sampling.inversion.cache import cached
from s2s.sampling.inversion.loss import Losses
from s2s.sampling.inversion.search import Inversion, Inverted

log = logging.getLogger(__name__)

_REST_RATIO: Final = 3.0
"""Seconds asleep for each second of work while nobody looks at the image: a quarter of a core at most."""
_LONGEST_REST_S: Final = 10.0
_LOOK_UP_S: Final = 0.25
_LEAST_URGENT: Final = 19
_PATIENCE_S: Final = 2.0
"""How long a thread that was told to stop is waited for; it looks up after every step."""


class ImageAnchor:
    """Knows where in the latent space the preset's image lies, ever better. Belongs to the core's thread."""

    def __init__(self, model: Bundle, *, patient: bool = False, cache: Path | None = None) -> None:
        """`patient` looks at an image when it is shown for the first time, and is not done before it is found: for
        films, the same on every machine and run, and no minute's work for an image that nobody sees.
        """
        self._model, self._patient, self._cache = model, patient, cache
        self._unseen: Path | None = None
        self._placed: Vector | None = None
        self._search: _Search | None = None
        self._state = self._problem = ""

    def choose(self, image: Path | None) -> None:
        """Go to the image in a file, or to none; what is no image, or a model that sees none, costs a warning."""
        self.close()
        self._search, self._placed, self._state, self._problem = None, None, "", ""
        self._unseen = image if self._patient else None
        if self._unseen is not None:
            self._state = "put off until it is shown"
        elif image is not None:
            self._look_at(image)

    def _look_at(self, image: Path) -> None:
        try:
            f_V = load_image_encoder(self._model.path, device=self._model.device)
            seeing = replace(self._model, image_encoder=f_V)
            pixels = read_image(image, self._model.card.squash_px)
            self._placed = _vector(embed_image(seeing, pixels))
        except (ImageFileError, BundleError, ValueError) as error:
            self._state = self._problem = f"not used: {error}"
            log.warning("the preset's image is not used: %s", error)
            return
        self._search = _Search(seeing, pixels, self._cache)
        self._search.start()
        if self._patient:
            self._search.hurry(True)
            self._search.join()

    def anchors(self, *, shown: bool) -> Anchors:
        """Return the best known so far; `shown` says whether the picture depends on it now."""
        if shown and self._unseen is not None:
            image, self._unseen, self._state = self._unseen, None, ""
            self._look_at(image)
        if self._search is None:
            return Anchors(self._placed)
        self._search.hurry(shown)
        return self._search.nearest or Anchors(self._placed)

    @property
    def state(self) -> str:
        """How far the image is, in words for the operator; empty where the preset has none."""
        return self._state if self._search is None else self._search.state

    @property
    def problem(self) -> str:
        """Why the image is not used, or not as well as it could be; empty while all is well."""
        return self._problem if self._search is None else self._search.problem

    def close(self) -> None:
        """Give up a search that is still going on."""
        if self._search is not None:
            self._search.stop()


class _GivenUpError(Exception):
    """Ends a search from within its own step."""


class _Search(threading.Thread):
    """Looks for one image in G, at leisure. `nearest` and `state` are replaced whole, so any thread may read them."""

    def __init__(self, model: Bundle, pixels: NDArray[np.uint8], cache: Path | None) -> None:
        # No daemon: a thread inside torch when the interpreter ends aborts the process. It looks up often instead.
        super().__init__(name="inversion")
        self.nearest: Anchors | None = None
        self.state, self.problem = "placed by the image encoder", ""
        self._model, self._pixels, self._cache = model, pixels, cache
        self._wake = threading.Event()
        self._hurried = self._given_up = False
        self._stepped_at = 0.0

    def run(self) -> None:
        be_less_urgent(_LEAST_URGENT)
        self._stepped_at = time.monotonic()
        try:
            inverted = cached(self._model, self._pixels, folder=self._cache, watch=self._rest)
        except _GivenUpError:
            return
        except (RuntimeError, BundleError, OSError, ValueError) as error:
            self.problem = f"not found in the generator: {error}"
            self.state = f"placed by the image encoder; {self.problem}"
            log.warning("the preset's image is only placed, not found in the generator: %s", error)
            return
        self.nearest = _as_anchors(inverted)
        self.state = f"found in the generator, loss {inverted.losses.total:.3f} (placed: {inverted.start.total:.3f})"
        log.info("the preset's image: %s", self.state)

    def hurry(self, hurried: bool) -> None:
        """Work without rest, or at leisure again."""
        if hurried and not self._hurried:
            self._wake.set()
        self._hurried = hurried

    def stop(self) -> None:
        """End at the next step, and wait a little for it."""
        self._given_up = True
        self._wake.set()
        if self.is_alive():
            self.join(_PATIENCE_S)

    def _rest(self, inversion: Inversion, losses: Losses) -> None:
        worked_s = time.monotonic() - self._stepped_at
        part = inversion.iterations / inversion.settings.max_steps
        if inversion.iterations:  # the motion glides, so that every step nearer may be shown
            self.nearest = _as_anchors(inversion.best)
        self.state = f"placed by the image encoder; looking in the generator, {part:.0%}, loss {losses.total:.3f}"
        rested_at = time.monotonic() + min(_REST_RATIO * worked_s, _LONGEST_REST_S)
        while not (self._over or self._hurried) and (rest_s := rested_at - time.monotonic()) > 0.0:
            self._wake.wait(min(rest_s, _LOOK_UP_S))
            self._wake.clear()
        if self._over:
            raise _GivenUpError
        self._stepped_at = time.monotonic()

    @property
    def _over(self) -> bool:
        return self._given_up or not threading.main_thread().is_alive()


def _as_anchors(inverted: Inverted) -> Anchors:
    return Anchors(_vector(inverted.h), _vector(inverted.z))


def _vector(row: Tensor) -> Vector:
    vector: Vector = row[0].float().cpu().numpy()
    return vector
