"""CLIP R@k as the paper measures it: ViT-B/32 ranks the names of all classes for each picture (section 4.1).

By `open_clip`, where it is installed, and from a file of weights on this machine: nothing is ever downloaded. The
paper says no more than "the texts from the name of the audio category"; so names are given as they are, and once more
in the sentence that CLIP's authors found to serve best.
"""

import importlib
import warnings
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Final, Self

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from s2s.evaluate.metrics.judges import Arrays
from s2s.training.inputs.tensors import as_input

MODEL: Final = "ViT-B-32"
PROMPTS: Final = {"clip": "{}", "clip-photo": "a photo of {}"}
"""The texts by the name of the array that holds the cosines with them."""
_PX: Final = 224
_MEAN: Final = (0.48145466, 0.4578275, 0.40821073)
_DEVIATION: Final = (0.26862954, 0.26130258, 0.27577711)


class NoClipError(Exception):
    """CLIP cannot be asked; the message says why, in a line."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipReader:
    """CLIP, with the unit embeddings [classes, d] of every prompt."""

    net: Any
    classes: Sequence[str]
    texts: dict[str, Tensor]
    device: torch.device

    @classmethod
    def load(cls, weights: Path | None, classes: Sequence[str], device: torch.device) -> Self:
        """Load CLIP from a local file and embed the names of `classes`. Raises NoClipError."""
        if weights is None:
            raise NoClipError("no file of CLIP's weights was given (--clip-weights)")
        if not weights.is_file():
            raise NoClipError(f"{weights} is not there")
        try:
            open_clip = importlib.import_module("open_clip")
        except ImportError as error:
            raise NoClipError("the package open_clip is not installed (pip install open_clip_torch)") from error
        try:
            net = _network(open_clip, weights, device)
        except (RuntimeError, OSError, ValueError, KeyError, EOFError, UnpicklingError) as error:
            said = " ".join(str(error).split())[:150] or type(error).__name__
            raise NoClipError(f"{weights} is no ViT-B/32 that open_clip reads: {said}") from error
        tokenize = open_clip.get_tokenizer(MODEL)
        tokens = {name: tokenize(prompts(form, classes)).to(device) for name, form in PROMPTS.items()}
        return cls(net, classes, {name: _embedded(net, few) for name, few in tokens.items()}, device)

    @torch.inference_mode()
    def read(self, pictures: NDArray[np.uint8]) -> Arrays:
        """Return cosines [n, classes] for every prompt; pictures are squashed to 224x224, bicubic, none of it cut."""
        shown = F.interpolate(as_input(pictures), (_PX, _PX), mode="bicubic", antialias=True).clamp(-1, 1)
        mean, deviation = (torch.tensor(values).view(1, 3, 1, 1) for values in (_MEAN, _DEVIATION))
        scaled = ((shown + 1) / 2 - mean) / deviation
        embedded = F.normalize(self.net.encode_image(scaled.to(self.device)).float(), dim=1)
        return {name: (embedded @ texts.T).cpu().numpy() for name, texts in self.texts.items()}


def _network(open_clip: Any, weights: Path, device: torch.device) -> Any:
    options = {"pretrained": str(weights), "weights_only": not _is_scripted(weights), "device": device}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="'torch.load' received a zip file that looks like a TorchScript")
        # OpenAI's weights were trained with its own quick GELU.
        return open_clip.create_model(MODEL, force_quick_gelu=True, **options).eval()


def _is_scripted(weights: Path) -> bool:
    """Whether this is a TorchScript archive, as OpenAI publishes its weights.

    It is told as torch.load tells it, which leaves such a file to torch.jit.load: nothing in it is unpickled, and the
    guard `weights_only`, which refuses it, is not needed. Of any other file nothing but tensors is read.
    """
    if not zipfile.is_zipfile(weights):
        return False
    with zipfile.ZipFile(weights) as archive:
        names = set(archive.namelist())
    tops = {name.split("/")[0] for name in names}
    return len(tops) == 1 and f"{tops.pop()}/constants.pkl" in names


def prompts(form: str, classes: Sequence[str]) -> list[str]:
    """Return the text for each class, as words."""
    return [form.format(name.replace("_", " ")) for name in classes]


@torch.inference_mode()
def _embedded(net: Any, tokens: Tensor) -> Tensor:
    return F.normalize(net.encode_text(tokens).float(), dim=1)
