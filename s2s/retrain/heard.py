"""What f_A and its heads make of sounds before their last layers, computed once: those layers alone are taught.

Arrays in a folder, a row a sound; writing goes on where it stopped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s.bundle import Bundle
from s2s.files.array_store import ArrayStore
from s2s.mel_bands import mel_bands_of_inputs

AT_ONCE: Final = 32
_DONE: Final = "all_done"  # without certainty it was "done"

Inputs = Callable[[range], Tensor]
"""The input [k, 1, bins, frames] of f_A for a range of rows."""
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Of n sounds, float32: `pooled` [n, d] is f_A's feature map averaged, which its last layer is given; `summary`
    [n, hidden] what the heads make of the map, `asked` [n, hidden] what their last layer is given for the likeliest
    thing, and `certainty` [n] the logit of how sure they are of it. A model without heads leaves the latter three
    empty: [n, 0].
    """

    pooled: NDArray[np.float32]
    summary: NDArray[np.float32]
    asked: NDArray[np.float32]
    certainty: NDArray[np.float32]

    def of(self, rows: NDArray[np.int64]) -> "Heard":
        """Return those of `rows`."""
        return Heard(self.pooled[rows], self.summary[rows], self.asked[rows], self.certainty[rows])


def hear_all(model: Bundle, count: int, inputs: Inputs, folder: Path, tell: Tell) -> Heard:
    """Hear `count` sounds into `folder`, telling how many are done of how many; what is there already is kept."""
    heads = model.source_heads
    shapes: dict[str, tuple[int, ...]] = {"pooled": (model.audio_encoder.fc.in_features,)}
    if heads is not None:
        shapes |= {"summary": (heads.hidden,), "asked": (heads.hidden,), "certainty": ()}
    rows = {name: (shape, np.float32) for name, shape in shapes.items()}
    store = ArrayStore.to_fill(folder, count, rows, _DONE)
    for few in store.left(AT_ONCE):
        for name, value in _heard(model, inputs(few)).items():
            store.arrays[name][few.start : few.stop] = value.float().cpu().numpy()
        store.mark(few.stop)
        tell(few.stop, count)
    nothing = np.empty((count, 0), np.float32)
    of_none = dict.fromkeys(("summary", "asked", "certainty"), nothing)
    return Heard(**of_none | {name: np.array(value) for name, value in store.arrays.items()})


@torch.inference_mode()
def _heard(model: Bundle, inputs: Tensor) -> dict[str, Tensor]:
    features = model.audio_encoder.features(inputs.to(model.device))
    pooled, heads = features.mean((2, 3)), model.source_heads
    if heads is None:
        return {"pooled": pooled}
    summary, reading = heads.hear(features, bands_for(model, inputs))
    asked = heads.before_seeing(summary, reading.logits.argmax(dim=1))
    return {"pooled": pooled, "summary": summary, "asked": asked, "certainty": heads.logit_of_certainty(reading)}


def bands_for(model: Bundle, inputs: Tensor) -> Tensor | None:
    """Return the mel bands of f_A's inputs [b, 1, bins, frames], on the model's device, where its namer hears them."""
    heads = model.source_heads
    return None if heads is None or heads.namer is None else mel_bands_of_inputs(inputs, model.spec).to(model.device)
