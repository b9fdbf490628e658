"""CLIP: skipped in one line where it is not there; where it is, the published texts, ranked by cosine."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from s2s.evaluate.metrics.clip_text import ClipReader, NoClipError, prompts

CLASSES = ("dog_barking", "rain")
CPU = torch.device("cpu")


def test_without_a_file_or_without_the_package_it_is_said_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "open_clip", None)  # as if it were not installed
    with pytest.raises(NoClipError, match="no file of CLIP's weights was given"):
        ClipReader.load(None, CLASSES, CPU)
    with pytest.raises(NoClipError, match="is not there"):
        ClipReader.load(tmp_path / "clip.pt", CLASSES, CPU)
    (tmp_path / "clip.pt").write_bytes(b"")
    with pytest.raises(NoClipError, match="open_clip is not installed"):
        ClipReader.load(tmp_path / "clip.pt", CLASSES, CPU)


def test_the_texts_are_the_names_as_words_and_in_clips_own_sentence() -> None:
    assert prompts("{}", CLASSES) == ["dog barking", "rain"]
    assert prompts("a photo of {}", CLASSES) == ["a photo of dog barking", "a photo of rain"]


class Clip:
    """Sees how red a picture is, and how blue; texts about dogs are red."""

    def eval(self) -> "Clip":
        return self

    def encode_text(self, tokens: Tensor) -> Tensor:
        return torch.eye(2)[tokens[:, 0]]

    def encode_image(self, pictures: Tensor) -> Tensor:
        assert pictures.shape[1:] == (3, 224, 224)
        return pictures.mean((2, 3))[:, [0, 2]]


def test_pictures_are_ranked_by_the_cosine_with_every_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    def create_model(name: str, **options: Any) -> Clip:
        asked.update(options, name=name)
        return Clip()

    def tokenizer(name: str) -> Any:
        return lambda texts: torch.tensor([[0 if "dog" in text else 1] for text in texts])

    package = SimpleNamespace(create_model=create_model, get_tokenizer=tokenizer)
    monkeypatch.setattr(importlib, "import_module", lambda name: package)
    weights = tmp_path / "ViT-B-32.pt"
    weights.write_bytes(b"weights")
    reader = ClipReader.load(weights, CLASSES, CPU)
    assert (asked["name"], asked["pretrained"], asked["force_quick_gelu"]) == ("ViT-B-32", str(weights), True)
    red, blue = np.zeros((2, 18, 32, 3), np.uint8)
    red[..., 0] = blue[..., 2] = 255
    read = reader.read(np.stack([red, blue]))
    assert set(read) == {"clip", "clip-photo"}
    assert read["clip"].shape == (2, 2) and read["clip"].argmax(axis=1).tolist() == [0, 1]
