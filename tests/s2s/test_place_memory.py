"""A place's frames in a bundle: written, read again, and refused by the file that is wrong."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import save_file

from s2s import bundle
from s2s.card import BundleError, read_card, write_card
from s2s.place_memory import MEMORY, MOST_BYTES, PlaceMemory
from s2s.retrain import memory
from s2s.retrain.memory import write_memory
from s2s.retrain.promote import copy_bundle
from tests.fakes import write_tiny_bundle

H_DIM = 32


def frames(count: int, height: int = 36, width: int = 64) -> list[NDArray[np.uint8]]:
    """Return frames of one colour each."""
    return [np.full((height, width, 3), 20 * number % 256, np.uint8) for number in range(count)]


def directions(count: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).normal(size=(count, H_DIM)).astype(np.float32)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = write_tiny_bundle(tmp_path / "model")
    write_memory(folder, directions(3), frames(3), ["bar.mp4, 3 s", "terrace-2.jpg", "door.mp4, 12 s"])
    return folder


def remembered(folder: Path) -> PlaceMemory:
    memory = bundle.load(folder).memory
    assert memory is not None
    return memory


def test_what_was_written_is_there_again(model: Path) -> None:
    memory = remembered(model)
    unit = directions(3) / np.linalg.norm(directions(3), axis=1, keepdims=True)
    np.testing.assert_allclose(memory.embeddings, unit, atol=1e-3)
    np.testing.assert_allclose(np.linalg.norm(memory.embeddings, axis=1), 1.0, atol=1e-5)
    assert memory.names == ("bar.mp4, 3 s", "terrace-2.jpg", "door.mp4, 12 s")
    assert np.abs(memory.frame(2).astype(int) - frames(3)[2]).max() <= 2
    assert memory.frame(0).shape == (36, 64, 3)


def test_a_bundle_without_a_memory_is_what_it_was(tmp_path: Path) -> None:
    folder = write_tiny_bundle(tmp_path / "model")
    assert bundle.load(folder).memory is None
    assert "memory" not in (folder / "model.yaml").read_text()


def test_large_frames_are_made_small_and_many_are_thinned_out(tmp_path: Path) -> None:
    folder = write_tiny_bundle(tmp_path / "model")
    names = [f"film-{number}" for number in range(600)]
    assert write_memory(folder, directions(600), frames(1, 720, 1280) + frames(599, 4, 4), names) == 512
    memory = remembered(folder)
    assert memory.frame(0).shape == (360, 640, 3)
    assert (memory.names[0], memory.names[-1]) == ("film-0", "film-599")


def test_frames_that_compress_badly_share_the_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_BYTES", 40_000)
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    folder = write_tiny_bundle(tmp_path / "model")
    write_memory(folder, directions(2), [noise, noise], ["a", "b"])
    assert sum(path.stat().st_size for path in (folder / MEMORY / "frames").iterdir()) <= 40_000


def test_another_evening_takes_the_place_of_the_first_and_none_leaves_nothing(model: Path) -> None:
    write_memory(model, directions(2), frames(2), ["", "yard\n"])
    assert remembered(model).names == ("frame 0", "yard")
    assert len(list((model / MEMORY / "frames").iterdir())) == 2
    write_memory(model, directions(0), [], [])
    assert bundle.load(model).memory is None and not (model / MEMORY).exists()


def test_it_goes_with_a_copied_bundle_and_not_with_weights_alone(model: Path, tmp_path: Path) -> None:
    copy_bundle(model, tmp_path / "copy")
    assert remembered(tmp_path / "copy").names == remembered(model).names
    whole = bundle.load(model)
    bundle.save(
        tmp_path / "saved",
        whole.card,
        audio_encoder=whole.audio_encoder,
        generator=bundle.load_generator(model),  # type: ignore[arg-type]
        image_encoder=whole.image_encoder,  # type: ignore[arg-type]
    )
    assert bundle.load(tmp_path / "saved").memory is None


@pytest.mark.parametrize(
    ("embeddings", "count", "complaint"),
    [(directions(2), 3, "2 embeddings, 3 frames, 3 names"), (np.zeros((3, H_DIM)), 3, "finite length above 0")],
)
def test_what_fits_no_memory_is_refused(
    embeddings: NDArray[np.floating], count: int, complaint: str, tmp_path: Path
) -> None:
    folder = write_tiny_bundle(tmp_path / "model")
    with pytest.raises(ValueError, match=complaint):
        write_memory(folder, embeddings, frames(count), ["a"] * count)


def _longer(folder: Path) -> None:
    save_file({"embedding": 2 * np.eye(3, H_DIM, dtype=np.float16)}, folder / "memory.safetensors")


def _fewer(folder: Path) -> None:
    save_file({"embedding": np.eye(2, H_DIM, dtype=np.float16)}, folder / "memory.safetensors")


def _pickled(folder: Path) -> None:
    (folder / "memory.safetensors").write_bytes(b"\x80\x04.")


def _gone(folder: Path) -> None:
    (folder / "frames" / "001.jpg").unlink()


def _no_jpeg(folder: Path) -> None:
    Image.new("RGB", (8, 8)).save(folder / "frames" / "001.jpg", format="PNG")


def _too_wide(folder: Path) -> None:
    Image.new("RGB", (641, 8)).save(folder / "frames" / "001.jpg")


def _too_large(folder: Path) -> None:
    with (folder / "frames" / "001.jpg").open("ab") as file:
        file.truncate(MOST_BYTES + 1)


def _names(names: object) -> Callable[[Path], object]:
    return lambda folder: (folder / "names.json").write_text(json.dumps(names))


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (_longer, r"memory\.safetensors: embedding: expected directions of length 1"),
        (_fewer, r"memory\.safetensors: embedding: expected F16 \[3, 32\], got F16 \[2, 32\]"),
        (_pickled, r"memory\.safetensors: is truncated or no safetensors file"),
        (_gone, r"frames/001\.jpg: No such file"),
        (_no_jpeg, r"frames/001\.jpg: cannot be read as a JPEG"),
        (_too_wide, r"frames/001\.jpg: expected at most 640 pixels a side, got 641×8"),
        (_too_large, r"frames: expected at most 20 MB of frames, got 20\.\d MB"),
        (_names(["a", "b"]), r"names\.json: expected a list of 3 names"),
        (_names(["a", "b", "c\n"]), r"names\.json: expected a list of 3 names"),
        (_names({"a": 1}), r"names\.json: expected a list of 3 names"),
        (_names("x" * 700_000), r"names\.json: "),
    ],
)
def test_a_damaged_memory_is_refused_by_the_file_that_is_wrong(
    spoil: Callable[[Path], object], complaint: str, model: Path
) -> None:
    spoil(model / MEMORY)
    with pytest.raises(BundleError, match=complaint) as refused:
        bundle.load(model)
    assert "\n" not in str(refused.value)


def test_a_memory_of_another_space_is_refused_by_the_card(model: Path) -> None:
    card = read_card(model)
    assert card.memory is not None
    write_card(model, card.model_copy(update={"memory": card.memory.model_copy(update={"embedding_dim": 64})}))
    with pytest.raises(BundleError, match=r"memory\.embedding_dim is 64"):
        bundle.load(model)


def test_a_frame_that_is_damaged_within_is_told_when_it_is_asked_for(model: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (90, 160, 3), np.uint8)
    write_memory(model, directions(2), [noise, noise], ["a", "b"])
    path = model / MEMORY / "frames" / "001.jpg"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    memory = remembered(model)
    with pytest.raises(BundleError, match=r"001\.jpg: cannot be read as an image"):
        memory.frame(1)
