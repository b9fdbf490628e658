"""Files to embeddings: many at once are as one by one, and what cannot be read stops nothing."""

import dataclasses
import warnings
import wave
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from s2s import bundle
from s2s.bundle import Bundle, BundleError
from s2s.media.audio import AudioFileError, read_audio
from s2s.media.images import ImageFileError, read_image
from s2s.media.video_writer import write_film
from s2s.retrieval import embedding as embed_files
from s2s.retrieval.embedding import Embedded, Skipped, embed_file, kind_of, read_clip
from s2s.sampling.embed import embed_image, embed_sound
from s2s.spectrogram_spec import SpectrogramSpec
from tests.fakes import write_tiny_bundle


class Blind:
    """An image encoder that answers black pictures with nothing, and all others alike."""

    embedding_dim = 32

    def encode(self, pictures: Tensor) -> Tensor:
        return (pictures.amax((1, 2, 3)) > -1).float()[:, None].expand(-1, 32)

    def maps(self, pictures: Tensor) -> list[Tensor]:
        raise AssertionError


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("bundle") / "tiny"))


def write_sound(path: Path, seed: int, *, seconds: float = 0.5, rate_hz: int = 16_000) -> Path:
    samples = np.random.default_rng(seed).integers(-8000, 8000, int(seconds * rate_hz), dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path


def write_image(path: Path, seed: int, size: tuple[int, int] = (20, 12)) -> Path:
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def test_many_files_at_once_are_embedded_as_each_alone(model: Bundle, tmp_path: Path) -> None:
    images = [write_image(tmp_path / f"{seed}.png", seed, (seed + 1, 40 - seed)) for seed in range(35)]
    sounds = [write_sound(tmp_path / f"{seed}.wav", seed, seconds=0.1 * (seed + 1)) for seed in range(10)]
    one_by_one = {
        "images": [embed_image(model, read_image(file, 256)) for file in images],
        "sounds": [embed_sound(model, read_audio(file)) for file in sounds],
    }
    assert tuple(one_by_one) == get_args(embed_files.MediaKind)
    for kind, files in zip(get_args(embed_files.MediaKind), (images, sounds), strict=True):
        outcomes = list(embed_files.embed_files(model, files, kind))
        assert [outcome.path for outcome in outcomes] == files
        for file, outcome, alone in zip(files, outcomes, one_by_one[kind], strict=True):
            assert isinstance(outcome, Embedded)
            torch.testing.assert_close(torch.from_numpy(outcome.h)[None], alone, rtol=0, atol=1e-5)
            assert torch.equal(embed_file(model, file), alone)


def test_what_cannot_be_read_is_handed_back_with_its_reason(model: Bundle, tmp_path: Path) -> None:
    good = write_image(tmp_path / "good.png", 0)
    (tmp_path / "text.png").write_text("no image")
    files = [tmp_path / "missing.png", good, tmp_path / "text.png"]
    outcomes = {outcome.path: outcome for outcome in embed_files.embed_files(model, files, "images")}
    assert isinstance(outcomes[good], Embedded)
    missing, text = outcomes[files[0]], outcomes[files[2]]
    assert isinstance(missing, Skipped)
    assert missing.reason == "no such file"
    assert isinstance(text, Skipped)
    assert text.reason.startswith("cannot be read as an image")


def test_what_the_encoder_leaves_unanswered_is_skipped_and_not_its_neighbours(model: Bundle, tmp_path: Path) -> None:
    seeing = dataclasses.replace(model, image_encoder=Blind())
    files = [write_image(tmp_path / f"{seed}.png", seed) for seed in range(3)]
    Image.new("RGB", (8, 8)).save(files[1])
    kinds = [type(outcome) for outcome in embed_files.embed_files(seeing, files, "images")]
    assert kinds == [Embedded, Skipped, Embedded]


def test_a_model_without_an_image_encoder_refuses_images_before_it_reads_any(model: Bundle, tmp_path: Path) -> None:
    blind = dataclasses.replace(model, image_encoder=None)
    with pytest.raises(BundleError, match="no image encoder"):
        embed_files.embed_files(blind, [tmp_path / "never-read.png"], "images")
    assert len(list(embed_files.embed_files(blind, [write_sound(tmp_path / "a.wav", 0)], "sounds"))) == 1


def test_reading_in_threads_leaves_pythons_warnings_as_they_were(model: Bundle, tmp_path: Path) -> None:
    before = list(warnings.filters)
    files = [write_image(tmp_path / f"{seed}.png", seed) for seed in range(20)]
    list(embed_files.embed_files(model, files, "images"))
    assert list(warnings.filters) == before


def test_of_a_long_sound_the_first_clip_is_read(tmp_path: Path) -> None:
    spec = SpectrogramSpec()
    long, short = write_sound(tmp_path / "long.wav", 0, seconds=11), write_sound(tmp_path / "short.wav", 1)
    assert np.array_equal(read_clip(long, spec), read_audio(long)[: spec.clip_samples])
    assert np.array_equal(read_clip(short, spec), read_audio(short))


def test_a_film_is_heard(model: Bundle, tmp_path: Path) -> None:
    sound = np.random.default_rng(0).uniform(-0.3, 0.3, 16_000).astype(np.float32)
    film = tmp_path / "film.mp4"
    write_film(film, [np.zeros((32, 32, 3), np.uint8)] * 10, 10, sound, 16_000)
    assert kind_of(film) == "sounds"
    assert embed_files.files_in(tmp_path, "sounds") == [film]
    assert torch.equal(embed_file(model, film), embed_sound(model, read_audio(film)))


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("photo.jpg", "nothing", "images"),
        ("photo", "image", "images"),
        ("misnamed.wav", "image", "images"),
        ("sound.wav", "sound", "sounds"),
        ("sound", "sound", "sounds"),
        ("unknown", "nothing", "sounds"),
    ],
)
def test_a_file_is_an_image_by_its_ending_or_by_what_it_holds(
    name: str, content: str, kind: str, tmp_path: Path
) -> None:
    if content == "image":
        write_image(tmp_path / "made.png", 0).rename(tmp_path / name)
    elif content == "sound":
        write_sound(tmp_path / "made.wav", 0).rename(tmp_path / name)
    assert kind_of(tmp_path / name) == kind


def test_a_query_that_cannot_be_read_is_an_error_of_its_kind(model: Bundle, tmp_path: Path) -> None:
    with pytest.raises(ImageFileError, match="no such file"):
        embed_file(model, tmp_path / "missing.png")
    with pytest.raises(AudioFileError, match="no such file"):
        embed_file(model, tmp_path / "missing.wav")
