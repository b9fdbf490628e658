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

AT_ONCE: Final = 32

Inputs = Callable[[range], Tensor]
"""The input [k, 1, bins, frames] of f_A for a range of rows."""
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Of n sounds, float32: `pooled` [n, d] is f_A's feature map averaged, which its last layer is given; `summary`
    [n, hidden] what the heads make of the map, and `asked` [n, hidden] what their last layer is given for the
    likeliest thing. A model without heads leaves the latter two empty: [n, 0].
    """

    pooled: NDArray[np.float32]
    summary: NDArray[np.float32]
    asked: NDArray[np.float32]

    def of(self, rows: NDArray[np.int64]) -> "Heard":
        """Return those of `rows`."""
        return Heard(self.pooled[rows], self.summary[rows], self.asked[rows])


def hear_all(model: Bundle, count: int, inputs: Inputs, folder: Path, tell: Tell) -> Heard:
    """Hear `count` sounds into `folder`, telling how many are done of how many; what is there already is kept."""
    heads = model.source_heads
    of_heads = {} if heads is None else dict.fromkeys(("summary", "asked"), ((heads.hidden,), np.float32))
    rows = {"pooled": ((model.audio_encoder.fc.in_features,), np.float32), **of_heads}
    store = ArrayStore.to_fill(folder, count, rows)
    for few in store.left(AT_ONCE):
        for name, value in _heard(model, inputs(few)).items():
            store.arrays[name][few.start : few.stop] = value.float().cpu().numpy()
        store.mark(few.stop)
        tell(few.stop, count)
    nothing = np.empty((count, 0), np.float32)
    arrays = {"summary": nothing, "asked": nothing} | {name: np.array(value) for name, value in store.arrays.items()}
    return Heard(**arrays)


@torch.inference_mode()
def _heard(model: Bundle, inputs: Tensor) -> dict[str, Tensor]:
    features = model.audio_encoder.features(inputs.to(model.device))
    pooled, heads = features.mean((2, 3)), model.source_heads
    if heads is None:
        return {"pooled": pooled}
    summary = heads.summary(features)
    return {"pooled": pooled, "summary": summary, "asked": heads.before_seeing(summary)}
