"""The generator on CUDA: in half precision where that paints the same, captured as one graph where that can be.

The graph goes from latent to levels: the picture becomes uint8 on the device, beside a word on whether it held anything
but numbers. A scene's held states and a second thing are always given, at weight 0 where there are none, so that one
graph paints everything.
"""

import copy
import logging
from typing import Final, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from installation.inference.captured_work import CapturedWork, CudaRuntime, Runtime
from installation.inference.painting import EagerPainter, Painter, Wish, levels, painted
from installation.values import Latent, Pixels
from s2s.bundle import Bundle
from s2s.files.quote import one_line
from s2s.models.autoencoder import CodeDecoder
from s2s.models.cuda_graph import in_half
from s2s.models.generator import Generator
from s2s.models.memory_generator import STATES, Beside, MemoryGenerator

log = logging.getLogger(__name__)

LARGEST_MEAN_LEVELS: Final = 1.0
LARGEST_LEVELS: Final = 24
"""So far may a picture in half precision lie from the whole one: in the mean, and at a single place (of 255)."""
_EXAMPLES: Final = 4


def painter_of(model: Bundle, runtime: Runtime | None = None) -> Painter:
    """Return the fastest painter of `model` on its device that paints what the generator paints; says what it is not.

    `runtime` is what it is captured by, by default CUDA's on a CUDA device and none elsewhere.
    """
    if runtime is None and model.device.type == "cuda":
        runtime = CudaRuntime(model.device)
    if runtime is None:
        return EagerPainter(model)
    network, precision = _fastest(model)
    try:
        painter = CapturedPainter(model, network, runtime, precision)
    except RuntimeError as error:
        reason = one_line(error)
        log.warning("the generator is painted operation by operation: it cannot be captured: %s", reason)
        return EagerPainter(model, f"eager, float32 (not captured: {reason})")
    log.info("the generator paints by a %s", painter.words)
    return painter


class CapturedPainter:
    """Replays the graph of `network`, a form of `model`'s generator. Raises RuntimeError where none can be captured."""

    def __init__(self, model: Bundle, network: nn.Module, runtime: Runtime, precision: str) -> None:
        sizes = model.card.generator
        self.words = f"captured graph, {precision}"
        self._width, self._height = sizes.size_px
        self._layout = _Layout(network, model)
        example = _examples(model)[0]
        self._work = CapturedWork(
            self._paint,
            self._layout.length,
            self._width * self._height * 3 + 1,
            torch.uint8,
            runtime,
            example=self._layout.packed(example),
        )

    def paint(self, wish: Wish) -> Pixels | None:
        """Return the picture, as every painter does."""
        result: NDArray[np.uint8] = self._work(self._layout.packed(wish))
        if not result[-1]:
            return None
        return result[:-1].reshape(self._height, self._width, 3)

    def _paint(self, given: Tensor) -> Tensor:
        """Return levels [height * width * 3] and, last, 1 where the picture held nothing but numbers."""
        picture = self._layout.painted(given)
        sound = torch.isfinite(picture).all().to(torch.uint8)
        return torch.cat([levels(picture).flatten(), sound[None]])


class _Layout:
    """How a wish lies in one vector: z, h, and for a generator that knows of them h and weight of a second thing and
    the held states.
    """

    def __init__(self, network: nn.Module, model: Bundle) -> None:
        self._network = cast(Generator, network)
        # What recalls computes in float32 itself, and does so better with whole numbers.
        recalls = isinstance(network, MemoryGenerator)
        self._dtype = torch.float32 if recalls else next(network.parameters()).dtype
        self._paints_two, self._knows_states = model.paints_two, model.knows_states
        sizes = model.card.generator
        beside = [sizes.h_dim, 1] if self._paints_two else [0, 0]
        self._parts = [sizes.z_dim, sizes.h_dim, *beside, 2 * len(STATES) if self._knows_states else 0]
        self.length = sum(self._parts)

    def packed(self, wish: Wish) -> NDArray[np.float32]:
        """Return `wish` as one vector, float32 [length]."""
        latent = wish.latent
        parts = [latent.z, latent.h]
        if self._paints_two:  # at weight 0 it may be anything that has a direction
            beside = latent.h if latent.beside is None else latent.beside
            parts += [beside, np.array([latent.beside_weight], np.float32)]
        if self._knows_states:
            parts.append(np.zeros(2 * len(STATES), np.float32) if wish.held is None else wish.held.ravel())
        return np.concatenate(parts).astype(np.float32)

    def painted(self, given: Tensor) -> Tensor:
        """Return the picture [3, height, width] of a packed wish."""
        z, h, beside_h, weight, held = given.split(self._parts)
        beside = Beside(beside_h[None], weight) if self._paints_two else None
        states = held.view(1, len(STATES), 2) if self._knows_states else None
        return painted(self._network, z[None].to(self._dtype), h[None].to(self._dtype), states, beside)[0]


def _fastest(model: Bundle) -> tuple[nn.Module, str]:
    """Return the form of the generator that is captured, and its precision in words."""
    whole = cast(nn.Module, model.generator)
    reasons = []
    for dtype, name in ((torch.float16, "float16"), (torch.bfloat16, "bfloat16")):
        half = halved(whole, dtype)
        if not (reason := reason_against(half, model)):
            return half, name
        reasons.append(f"{name} {reason}")
    log.warning("the generator paints in float32: %s", "; ".join(reasons))
    return whole, f"float32 ({'; '.join(reasons)})"


def halved(generator: nn.Module, dtype: torch.dtype) -> nn.Module:
    """Return a copy that computes in `dtype`; of a memory what decodes alone, for recall is cheap and fine."""
    if not isinstance(generator, MemoryGenerator):
        return in_half(generator, dtype)
    network = copy.deepcopy(generator)
    network.decoder = cast(CodeDecoder, in_half(network.decoder, dtype))
    return network


@torch.inference_mode()
def reason_against(network: nn.Module, model: Bundle) -> str:
    """Return why `network` does not paint what `model`'s generator paints; empty where it does."""
    whole, other = _Layout(cast(nn.Module, model.generator), model), _Layout(network, model)
    for wish in _examples(model):
        given = torch.from_numpy(whole.packed(wish)).to(model.device)
        picture = other.painted(given)
        if not bool(torch.isfinite(picture).all()):
            return "holds NaN or is infinite"
        apart = (levels(picture).int() - levels(whole.painted(given)).int()).abs().float()
        mean, largest = float(apart.mean()), int(apart.max())
        if mean > LARGEST_MEAN_LEVELS or largest > LARGEST_LEVELS:
            return f"lies {mean:.1f} levels off in the mean, {largest} at most"
    return ""


def _examples(model: Bundle) -> list[Wish]:
    """Return a few latents as the show has them, always the same."""
    rng, sizes = np.random.default_rng(0), model.card.generator
    wishes = []
    for _ in range(_EXAMPLES):
        h, beside = (np.abs(rng.standard_normal(sizes.h_dim)).astype(np.float32) for _ in range(2))
        z = rng.standard_normal(sizes.z_dim).astype(np.float32)
        beside = beside / np.linalg.norm(beside)
        wishes.append(Wish(Latent(z, h / np.linalg.norm(h), beside, 0.5)))
    return wishes
