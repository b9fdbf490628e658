"""f_A on CUDA: a whole clip's map by one captured graph, where it can be captured.

Going on from the clip before pays on a processor. On a GPU a whole pass takes less time than starting its fifty-odd
operations one by one, and less than the bookkeeping of the running maps; one graph starts them all.
"""

import logging

import numpy as np
import torch
from torch import Tensor

from installation.inference.captured_work import CapturedWork, CudaRuntime, Runtime
from s2s.bundle import Bundle
from s2s.files.quote import one_line

log = logging.getLogger(__name__)


class CapturedHearing:
    """Replays the graph of `model`'s f_A, float32. Raises RuntimeError where none can be captured."""

    def __init__(self, model: Bundle, runtime: Runtime) -> None:
        self._encoder, self._device = model.audio_encoder, runtime.device
        self._inputs = (1, 1, model.spec.num_bins, model.spec.num_frames)
        silence = torch.zeros(self._inputs)
        with torch.inference_mode():
            self._map = tuple(self._encoder.features(silence.to(self._device)).shape)
        self._work = CapturedWork(
            lambda given: self._encoder.features(given.view(self._inputs)).flatten(),
            silence.numel(),
            int(np.prod(self._map)),
            torch.float32,
            runtime,
            example=silence.flatten().numpy(),
        )

    def features(self, spectrogram: Tensor) -> Tensor:
        """Return f_A's last map [1, map_dim, f, t] of `spectrogram` [1, 1, bins, frames], on the device."""
        values = self._work(spectrogram.cpu().flatten().numpy())
        return torch.from_numpy(values.copy()).view(self._map).to(self._device)


def hearing_of(model: Bundle, runtime: Runtime | None = None) -> CapturedHearing | None:
    """Return what hears by a graph; None on a device without graphs, or, said once, where it cannot be captured.

    `runtime` is what it is captured by, by default CUDA's on a CUDA device and none elsewhere.
    """
    if runtime is None and model.device.type == "cuda":
        runtime = CudaRuntime(model.device)
    if runtime is None:
        return None
    try:
        return CapturedHearing(model, runtime)
    except RuntimeError as error:
        log.warning("f_A hears operation by operation: it cannot be captured: %s", one_line(error))
        return None
