"""Bundles: what is saved comes back, and whatever is wrong is named, file and key, in one line."""

import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from safetensors.torch import load_file, save_file
from torch.testing import assert_close

from s2s import bundle
from s2s.bundle import BundleError
from s2s.card import AUDIO_ENCODER, CARD, GENERATOR, IMAGE_ENCODER, BigGanSizes, ModelCard, read_card
from s2s.describe import describe
from s2s.models.registry import build
from tests.fakes import tiny_card, write_tiny_bundle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_bundle(tmp_path / "tiny")


def edit_card(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    fields = yaml.safe_load((folder / CARD).read_text())
    change(fields)
    (folder / CARD).write_text(yaml.safe_dump(fields))


def edit_weights(path: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    state = {key: value.clone() for key, value in load_file(path).items()}
    change(state)
    save_file(state, path)


def load_error(folder: Path) -> BundleError:
    with pytest.raises(BundleError) as caught:
        bundle.load(folder)
    assert "\n" not in str(caught.value)
    assert str(caught.value.path) in str(caught.value)
    return caught.value


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    card = tiny_card()
    assert card.image_encoder is not None
    networks = {name: build(getattr(card, name)) for name in ("audio_encoder", "generator", "image_encoder")}
    f_A, G, f_V = networks.values()
    bundle.save(tmp_path / "saved", card, audio_encoder=f_A, generator=G, image_encoder=f_V)
    loaded = bundle.load(tmp_path / "saved")
    assert loaded.card == card
    assert loaded.spec == card.spectrogram
    z, h = torch.randn(2, 8), torch.nn.functional.normalize(torch.rand(2, 32))
    sound, pictures = torch.randn(1, 1, 257, 1004), torch.rand(1, 3, 64, 64)
    with torch.inference_mode():
        alone = bundle.load_image_encoder(tmp_path / "saved")
        assert loaded.image_encoder is not None
        assert_close(loaded.generator(z, h), networks["generator"].eval()(z, h))
        assert_close(loaded.audio_encoder(sound), networks["audio_encoder"].eval()(sound))
        for image_encoder in (alone, loaded.image_encoder):
            assert_close(image_encoder.encode(pictures), networks["image_encoder"].eval()(pictures))


def test_a_loaded_model_is_for_inference_alone(folder: Path) -> None:
    loaded = bundle.load(folder)
    for network in (loaded.audio_encoder, loaded.generator, loaded.image_encoder):
        assert isinstance(network, torch.nn.Module)
        assert not any(module.training for module in network.modules())
        assert not any(parameter.requires_grad for parameter in network.parameters())


def test_a_model_can_be_loaded_without_its_image_encoder(folder: Path) -> None:
    assert bundle.load(folder, image_encoder=False).image_encoder is None


def test_a_biggan_is_saved_as_it_trains_and_loaded_folded(tmp_path: Path) -> None:
    sizes = BigGanSizes(resolution=64, channels=8, z_dim=120, h_dim=32, shared_dim=8)
    card = tiny_card().model_copy(update={"generator": sizes, "image_encoder": None})
    generator = build(sizes)
    bundle.save(tmp_path / "saved", card, audio_encoder=build(card.audio_encoder), generator=generator)
    loaded = bundle.load(tmp_path / "saved").generator
    assert isinstance(loaded, torch.nn.Module)
    assert not [key for key in loaded.state_dict() if key.endswith("u0")]
    z, h = torch.randn(1, 120), torch.nn.functional.normalize(torch.rand(1, 32))
    with torch.inference_mode():
        assert_close(loaded(z, h), generator.eval()(z, h), rtol=0, atol=1e-5)


def test_noise_that_does_not_divide_into_pieces_is_refused(folder: Path) -> None:
    sizes = {"architecture": "biggan", "resolution": 256, "channels": 8, "z_dim": 120, "h_dim": 32, "shared_dim": 8}
    edit_card(folder, lambda card: card.update(generator=sizes))
    error = load_error(folder)
    assert error.key == "z_dim"
    assert "says 120, this architecture makes it 119" in error.message


def test_a_bundle_can_be_saved_over_another(folder: Path) -> None:
    before = bundle.load(folder).audio_encoder.fc.weight.clone()
    write_tiny_bundle(folder, seed=1)
    assert not torch.equal(bundle.load(folder).audio_encoder.fc.weight, before)
    assert not list(folder.glob("*.part"))


def test_a_disk_that_is_full_is_one_clear_line_and_leaves_the_old_bundle(folder: Path) -> None:
    card = read_card(folder)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    try:
        with pytest.raises(BundleError, match=r"audio_encoder\.safetensors: cannot be written"):
            write_tiny_bundle(folder, seed=1)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert bundle.load(folder).card == card
    assert not list(folder.glob("*.part"))


@pytest.mark.proc
def test_the_card_is_read_and_the_bundle_described_without_torch(folder: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from s2s.card import read_card; from s2s.describe import describe;"
        "folder = Path(sys.argv[1]); print(read_card(folder).name); print(describe(folder));"
        "sys.exit('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Tiny\nTiny 1\n")


@pytest.mark.proc
def test_a_bundle_is_loaded_without_torchs_compiler(folder: Path) -> None:
    """Which takes longer to load than all the rest of a start."""
    program = "import sys; from pathlib import Path; from s2s.bundle import load; load(Path(sys.argv[1]));"
    command = [sys.executable, "-c", program + "sys.exit('torch._dynamo' in sys.modules)", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


def test_a_description_tells_licence_sizes_and_metrics(folder: Path) -> None:
    edit_card(folder, lambda card: card.update(metrics={"R@1": 40.71, "judged on": "the test split"}))
    text = describe(folder)
    for part in ("licence         MIT", "1004 frames of 257 bins", "resnet18, width 4", "light, ", "40.71", "MB"):
        assert part in text


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "no such model folder" in load_error(tmp_path / "nowhere").message


@pytest.mark.parametrize("name", [CARD, AUDIO_ENCODER, GENERATOR, IMAGE_ENCODER])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert load_error(folder).path == folder / name


@pytest.mark.parametrize("name", [AUDIO_ENCODER, GENERATOR, IMAGE_ENCODER])
@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_a_truncated_file_is_named(folder: Path, name: str, kept: int) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes()[:kept])
    error = load_error(folder)
    assert error.path == path
    assert "truncated" in error.message


def test_a_file_of_another_kind_is_refused(folder: Path) -> None:
    torch.save({"weight": torch.zeros(3)}, folder / GENERATOR)
    assert "no safetensors file" in load_error(folder).message


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        (lambda state: state.pop("fc.bias"), "fc.bias", "missing; expected F32 [32]"),
        (lambda state: state.update(extra=torch.zeros(1)), "extra", "not part of the architecture"),
        (lambda state: state.update({"fc.bias": torch.zeros(31)}), "fc.bias", "expected F32 [32], got F32 [31]"),
        (lambda state: state.update({"fc.bias": torch.zeros(32).bfloat16()}), "fc.bias", "got BF16 [32]"),
        (lambda state: state["fc.bias"].fill_(torch.nan), "fc.bias", "NaN"),
        (lambda state: state["fc.weight"][0].fill_(torch.inf), "fc.weight", "infinite"),
    ],
    ids=["missing", "extra", "misshapen", "another type", "NaN", "infinite"],
)
def test_a_wrong_entry_is_named(
    folder: Path, change: Callable[[dict[str, torch.Tensor]], object], key: str, message: str
) -> None:
    edit_weights(folder / AUDIO_ENCODER, change)
    error = load_error(folder)
    assert (error.path, error.key) == (folder / AUDIO_ENCODER, key)
    assert message in error.message


@pytest.mark.parametrize(
    ("change", "key", "message"),
    [
        (lambda card: card.update(licens="MIT"), "licens", "unknown key; did you mean licence?"),
        (lambda card: card["spectrogram"].update(hop=1), "spectrogram.hop", "did you mean hop_samples?"),
        (lambda card: card["generator"].update(chanels=[1]), "generator.chanels", "did you mean channels?"),
        (lambda card: card["generator"].update(qqq=1), "generator.qqq", "known: architecture"),
        (lambda card: card.pop("licence"), "licence", "missing"),
        (lambda card: card["audio_encoder"].update(width="wide"), "audio_encoder.width", "got 'wide'"),
        (lambda card: card["audio_encoder"].update(width=-1), "audio_encoder.width", "got -1"),
        (lambda card: card["audio_encoder"].update(architecture="vgg"), "audio_encoder.architecture", "'resnet18'"),
        (lambda card: card["generator"].update(architecture="gan"), "generator", "'biggan', 'light'"),
        (lambda card: card["generator"].pop("architecture"), "generator", "architecture"),
        (lambda card: card["spectrogram"].update(hop_samples=0), "spectrogram", "hop_samples must be positive"),
        (lambda card: card["spectrogram"].update(hop_samples=159.5), "spectrogram.hop_samples", "integer"),
        (lambda card: card["spectrogram"].update(clip_samples=10**12), "spectrogram", "at most 600 s"),
        (lambda card: card["spectrogram"].update(normalisation="none"), "spectrogram.normalisation", "got 'none'"),
        (lambda card: card["spectrogram"].pop("mean"), "spectrogram", "needs both mean and deviation"),
        (lambda card: card["spectrogram"].update(mean=float("nan")), "spectrogram.mean", "finite"),
        (lambda card: card["spectrogram"].update(deviation=float("inf")), "spectrogram.deviation", "finite"),
        (lambda card: card["generator"].update(h_dim=33), "", "generator.h_dim is 33, audio_encoder"),
        (lambda card: card["image_encoder"].update(architecture="vgg"), "image_encoder", "'resnet18', 'resnet50'"),
        (lambda card: card["image_encoder"].update(architecture="resnet50"), "", "32 × image_encoder.width is 128"),
        (lambda card: card["image_encoder"].update(widht=4), "image_encoder.widht", "did you mean width?"),
        (lambda card: card.update(generator=3), "generator", "got 3"),
        (lambda card: card["audio_encoder"].update(width=10**9), "audio_encoder.width", "2048, got 1000000000"),
        (lambda card: card["generator"].update(channels=[4] * 500), "generator.channels", "at most 16 items"),
        (lambda card: card["generator"].update(channels=[10**9]), "generator.channels.0", "equal to 2048"),
        (lambda card: card["generator"].update(z_dim=10**12), "generator.z_dim", "equal to 16384"),
        (lambda card: card["generator"].update(resolution=2**20), "generator.resolution", "equal to 1024"),
        (lambda card: card["generator"].update(z_dim=10**400), "", "a number of 401 letters"),
        (lambda card: card["generator"].update(z_dim=10**4200), "", "a number of 4201 letters"),
        (lambda card: card.update(name="x" * 5000), "name", "at most 200 characters, got 'xxxx"),
        (lambda card: card.update({"y" * 5000: 1}), "y" * 79 + "…", "unknown key"),
        (lambda card: card.update(data=date(2026, 11, 28)) or card.pop("audio_encoder"), "audio_encoder", "missing"),
        (lambda card: (card.pop("generator"), card["audio_encoder"].update(q=1)), "audio_encoder.q", "unknown key"),
    ],
)  # fmt: skip
def test_a_wrong_key_of_the_card_is_named(
    folder: Path, change: Callable[[dict[str, Any]], object], key: str, message: str
) -> None:
    edit_card(folder, change)
    error = load_error(folder)
    assert (error.path, error.key) == (folder / CARD, key)
    assert message in error.message


def test_sizes_that_no_network_can_have_are_refused(folder: Path) -> None:
    edit_card(folder, lambda card: card["generator"].update(resolution=64))
    assert "64" in load_error(folder).message


@pytest.mark.parametrize(
    "text",
    [
        *("name: [", "", "just words", "name: !!python/object/apply:os.getcwd []", "data: " + "[" * 900 + "]" * 900),
        "a: &a [x, x]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}, *a{i}]\n" for i in range(25)).replace("*a0", "*a"),
    ],
    ids=range(6),
)
def test_a_card_that_is_no_plain_yaml_is_refused(folder: Path, text: str) -> None:
    (folder / CARD).write_text(text)
    assert load_error(folder).path == folder / CARD


def test_a_bundle_may_do_without_an_image_encoder(folder: Path) -> None:
    edit_card(folder, lambda card: card.pop("image_encoder"))
    (folder / IMAGE_ENCODER).unlink()
    assert bundle.load(folder).image_encoder is None
    with pytest.raises(BundleError, match="no image encoder"):
        bundle.load_image_encoder(folder)


def test_networks_that_the_card_does_not_name_are_never_written(tmp_path: Path) -> None:
    card = tiny_card()
    wide = build(card.audio_encoder.model_copy(update={"width": 8}))
    generator = build(card.generator)
    with pytest.raises(BundleError, match="image_encoder"):
        bundle.save(tmp_path / "new", card, audio_encoder=build(card.audio_encoder), generator=generator)
    alone = card.model_copy(update={"image_encoder": None})
    with pytest.raises(BundleError, match=r"conv1\.weight"):
        bundle.save(tmp_path / "new", alone, audio_encoder=wide, generator=generator)
    assert not (tmp_path / "new").exists()


def test_nan_weights_are_never_written(tmp_path: Path) -> None:
    card = tiny_card().model_copy(update={"image_encoder": None})
    audio_encoder = build(card.audio_encoder)
    with torch.no_grad():
        next(audio_encoder.parameters()).fill_(torch.nan)
    with pytest.raises(BundleError, match="NaN"):
        bundle.save(tmp_path / "new", card, audio_encoder=audio_encoder, generator=build(card.generator))


def test_the_card_survives_being_written_down(folder: Path) -> None:
    card = read_card(folder)
    assert isinstance(card, ModelCard)
    assert card == tiny_card()
