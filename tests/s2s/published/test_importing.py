"""From published files to a bundle: whole or not at all, with its licence, and never over anything else."""

import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch.testing import assert_close

from s2s import bundle
from s2s.__main__ import main
from s2s.card import CARD, IMAGE_ENCODER, BigGanSizes, BundleError
from s2s.models.swav import SwavResNet50
from s2s.published.checkpoint import CheckpointError, read_tensors
from s2s.published.importing import import_published
from s2s.published.networks import recognise
from s2s.sampling.embed import embed_image, embed_sound
from s2s.spectrogram_spec import SpectrogramSpec
from tests.fakes import write_tiny_bundle
from tests.published_files import (
    DIM,
    RESOLUTION,
    all_published,
    audio_encoder_file,
    generator_state,
    icgan_folder,
    swav_file,
)
from tests.rounding import rounding

pytestmark = pytest.mark.heavy


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return all_published(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture(scope="module")
def imported(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundles") / "published"
    import_published([published], out)
    return out


@torch.inference_mode()
def test_the_bundle_answers_as_the_files_do(published: Path, imported: Path) -> None:
    model = bundle.load(imported)
    best = published / "icgan_biggan_imagenet_res64" / "G_ema_best1.pth"
    files = [published / "sound2scene.pth", published / "swav.pth.tar", best]
    f_A, f_V, G = (recognise(file, read_tensors(file)).build() for file in files)
    assert isinstance(f_V, SwavResNet50)
    spectrogram, pictures = torch.randn(1, 1, 257, 1004), torch.rand(1, 3, 300, 200) * 2 - 1
    z, h = torch.randn(2, 120), torch.nn.functional.normalize(torch.rand(2, DIM))
    assert model.image_encoder is not None
    assert_close(model.audio_encoder(spectrogram), f_A(spectrogram), **rounding())
    assert_close(model.image_encoder.encode(pictures), f_V.encode(pictures), **rounding())
    assert_close(model.generator(z, h), G(z, h), rtol=0, atol=1e-5)


def test_the_card_says_what_it_is_and_that_it_is_not_for_sale(imported: Path) -> None:
    card = bundle.read_card(imported)
    assert card.spectrogram == SpectrogramSpec() and card.spectrogram.normalisation == "clip"
    assert isinstance(card.generator, BigGanSizes) and card.generator.resolution == RESOLUTION
    assert card.image_encoder is not None and card.image_encoder.architecture == "resnet50"
    assert card.licence.startswith("Non-commercial use only.")
    assert card.licence.count("CC BY-NC 4.0") == 2 and "no licence: for any use, ask its authors" in card.licence
    assert "G_ema_best1.pth, the best of its folder, recorded FID 11.70, epoch 7" in card.provenance
    assert card.provenance.count("sha256 ") == 3
    assert "VGGSound" in card.data and "ImageNet" in card.data


def test_the_first_still_is_a_picture_of_the_model(imported: Path) -> None:
    with Image.open(imported / "thumbnail.png") as picture:
        assert picture.size == (RESOLUTION, RESOLUTION)
        assert np.asarray(picture).std() > 1


def test_anybody_may_read_the_bundle(imported: Path) -> None:
    assert all(file.stat().st_mode & stat.S_IROTH for file in imported.iterdir())


def test_sounds_and_images_have_a_place_in_the_imported_space(imported: Path) -> None:
    model = bundle.load(imported)
    sound = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    for h in (embed_sound(model, sound), embed_image(model, pixels)):
        assert h.shape == (1, DIM)
        assert h.norm().item() == pytest.approx(1.0, abs=1e-6)


def test_without_an_image_encoder_the_bundle_hears_and_paints(
    published: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    parts = [published / "icgan_biggan_imagenet_res64", published / "sound2scene.pth"]
    with caplog.at_level("INFO"):
        card = import_published(parts, tmp_path / "out")
    assert card.image_encoder is None and "SwAV" not in card.licence
    assert "cannot place or blend images" in caplog.text
    assert bundle.load(tmp_path / "out").image_encoder is None


def test_a_generator_of_256_pixels_is_imported_with_the_noise_it_uses(tmp_path: Path) -> None:
    torch.save(generator_state(prefix="module.", resolution=256), tmp_path / "G_ema_best0.pth")
    audio = audio_encoder_file(tmp_path / "sound2scene.pth")
    card = import_published([audio, tmp_path / "G_ema_best0.pth"], tmp_path / "out")
    assert (card.generator.size_px, card.generator.z_dim) == ((256, 256), 119)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["sound2scene.pth"], "needs a generator"),
        (["icgan_biggan_imagenet_res64"], "needs the audio encoder (sound2scene.pth)"),
        (["swav.pth.tar"], "needs the audio encoder (sound2scene.pth) and a generator"),
        ([".", "sound2scene.pth"], "and so does"),
        (["nowhere"], "no such file or folder"),
    ],
)
def test_too_little_and_too_much_are_refused(published: Path, tmp_path: Path, parts: list[str], words: str) -> None:
    with pytest.raises(ValueError) as caught:
        import_published([published / part for part in parts], tmp_path / "out")
    assert words in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_parts_of_two_spaces_are_refused(published: Path, tmp_path: Path) -> None:
    other = audio_encoder_file(tmp_path / "other.pth", dim=DIM // 2)
    with pytest.raises(CheckpointError, match=f"answers with {DIM // 2} numbers, but .* takes {DIM}") as caught:
        import_published([other, published / "icgan_biggan_imagenet_res64"], tmp_path / "out")
    assert caught.value.path == other


def occupied_by_a_file(out: Path) -> None:
    out.write_text("precious")


def occupied_by_something_else(out: Path) -> None:
    out.mkdir()
    (out / "thesis.txt").write_text("precious")


def occupied_by_a_bundle(out: Path) -> None:
    write_tiny_bundle(out)


@pytest.mark.parametrize(
    ("occupy", "force", "words"),
    [
        (occupied_by_a_file, True, "is a file"),
        (occupied_by_something_else, True, "a folder of something else"),
        (occupied_by_a_bundle, False, "--force replaces it"),
    ],
)
def test_nothing_else_is_ever_written_over(
    published: Path, tmp_path: Path, occupy: Callable[[Path], None], force: bool, words: str
) -> None:
    out = tmp_path / "out"
    occupy(out)
    before = sorted(out.rglob("*"))
    with pytest.raises(BundleError, match=words):
        import_published([published], out, replace=force)
    assert sorted(out.rglob("*")) == before


def test_a_bundle_is_replaced_whole_when_asked_for(published: Path, tmp_path: Path) -> None:
    out = write_tiny_bundle(tmp_path / "out")
    (out / "notes.txt").write_text("mine")
    parts = [published / "icgan_biggan_imagenet_res64", published / "sound2scene.pth"]
    card = import_published(parts, out, name="New", replace=True)
    assert bundle.load(out).card == card and card.name == "New"
    assert not (out / IMAGE_ENCODER).exists()  # the old one's, of another space
    assert (out / "notes.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_failure_leaves_the_old_bundle_playing(published: Path, tmp_path: Path) -> None:
    out = write_tiny_bundle(tmp_path / "out")
    card = bundle.load(out).card
    broken = tmp_path / "broken"
    shutil.copytree(published, broken)
    state = read_tensors(broken / "sound2scene.pth")
    torch.save({**state, "audnet.fc.bias": state["audnet.fc.bias"] * torch.nan}, broken / "sound2scene.pth")
    with pytest.raises(CheckpointError, match=r"audnet\.fc\.bias: holds NaN"):
        import_published([broken], out, replace=True)
    assert bundle.load(out).card == card
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken", "out"]


def test_an_empty_folder_is_as_good_as_none(published: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    import_published([published], tmp_path / "out")
    assert (tmp_path / "out" / CARD).exists()


def test_the_verb_imports_and_says_plainly_what_may_be_done_with_it(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(published), str(tmp_path / "out")]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "licence Non-commercial use only." in said and "FID 11.70" in said
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    assert run["arguments"]["published"] == [str(published)]


def test_the_verb_refuses_in_one_line_and_exit_code_2(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    icgan_folder(tmp_path / "icgan", {"best0": 12.0})
    state = generator_state()
    del state["blocks.0.0.bn1.stored_var"]
    torch.save(state, tmp_path / "icgan" / "G_ema_best0.pth")
    files = [swav_file(tmp_path / "v"), tmp_path / "icgan", published / "sound2scene.pth"]
    assert main(["import", *map(str, files), str(tmp_path / "out")]) == 2
    (line,) = (line for line in capsys.readouterr().err.splitlines() if line.startswith("s2s: "))
    assert "G_ema_best0.pth: blocks.0.0.bn1.stored_var: missing; expected [128]" in line
    assert not (tmp_path / "out").exists()
