"""CLIP: skipped in one line where it is not there; where it is, the published texts, ranked by cosine."""

import importlib
import importlib.util
import sys
import zipfile
from pathlib import Path
from pickle import UnpicklingError
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from s2s.evaluate.metrics.clip_text import MODEL, ClipReader, NoClipError, _network, prompts

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
    assert asked["weights_only"]
    red, blue = np.zeros((2, 18, 32, 3), np.uint8)
    red[..., 0] = blue[..., 2] = 255
    read = reader.read(np.stack([red, blue]))
    assert set(read) == {"clip", "clip-photo"}
    assert read["clip"].shape == (2, 2) and read["clip"].argmax(axis=1).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("record", "tensors_alone"), [("clip/constants.pkl", False), ("clip/data.pkl", True), ("other/constants.pkl", True)]
)
def test_the_archive_that_openai_publishes_is_left_to_torch_script_and_of_others_tensors_alone_are_read(
    tmp_path: Path, record: str, tensors_alone: bool
) -> None:
    weights, asked = tmp_path / "ViT-B-32.pt", dict[str, Any]()

    def create_model(_: str, **options: Any) -> Clip:
        asked.update(options)
        return Clip()

    with zipfile.ZipFile(weights, "w") as archive:
        archive.writestr("clip/version", "3")
        archive.writestr(record, b"")
    _network(SimpleNamespace(create_model=create_model), weights, CPU)
    assert asked["weights_only"] is tensors_alone


@pytest.mark.parametrize("error", [EOFError("Ran out of input"), UnpicklingError("invalid load key"), KeyError(101)])
def test_a_file_that_is_no_clip_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: Any, **__: Any) -> Clip:
        raise error

    monkeypatch.setattr(importlib, "import_module", lambda name: SimpleNamespace(create_model=refuse))
    (tmp_path / "clip.pt").write_bytes(b"no weights")
    with pytest.raises(NoClipError, match="is no ViT-B/32 that open_clip reads"):
        ClipReader.load(tmp_path / "clip.pt", CLASSES, CPU)


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("open_clip") is None, reason="open_clip is optional")
def test_the_package_itself_gives_the_cosines_that_it_gives_when_it_prepares_pictures_and_texts(tmp_path: Path) -> None:
    open_clip = importlib.import_module("open_clip")
    weights = tmp_path / "ViT-B-32.pt"
    torch.save(open_clip.create_model(MODEL, force_quick_gelu=True).state_dict(), weights)
    net, _, prepared = open_clip.create_model_and_transforms(MODEL, pretrained=str(weights), force_quick_gelu=True)
    pictures = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), np.uint8)
    read = ClipReader.load(weights, CLASSES, CPU).read(pictures)
    with torch.inference_mode():
        texts = net.eval().encode_text(open_clip.get_tokenizer(MODEL)(prompts("{}", CLASSES)), normalize=True)
        seen = net.encode_image(
            torch.stack([prepared(Image.fromarray(picture)) for picture in pictures]), normalize=True
        )
    np.testing.assert_allclose(read["clip"], (seen @ texts.T).numpy(), atol=1e-4)
