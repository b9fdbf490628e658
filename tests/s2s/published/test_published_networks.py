"""Published files are known by what they hold, in every spelling, and whatever is wrong is named as it stands there."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from s2s.card import AudioEncoderSizes, BigGanSizes, SwavSizes
from s2s.models.biggan import BigGanGenerator
from s2s.models.biggan_discriminator import BigGanDiscriminator
from s2s.published.checkpoint import CheckpointError, read_tensors
from s2s.published.networks import PublishedNetwork, audio_encoder_name, icgan_name, recognise
from s2s.published.sizes import audio_encoder_sizes, generator_sizes, swav_sizes
from tests.published_files import DIM, WIDTH, audio_encoder_file, generator_state, swav_file

GOLDEN = Path(__file__).parents[2] / "golden"
FILE = Path("some file")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Tensor]]:
    """The entries of each file, by part."""
    folder = tmp_path_factory.mktemp("published")
    return {
        "audio_encoder": read_tensors(audio_encoder_file(folder / "a")),
        "image_encoder": read_tensors(swav_file(folder / "v")),
        "generator": generator_state(),
    }


def refusal(tensors: dict[str, Tensor]) -> CheckpointError:
    with pytest.raises(CheckpointError) as caught:
        recognise(FILE, tensors)
    assert caught.value.path == FILE and "\n" not in str(caught.value)
    return caught.value


def golden_shapes(name: str) -> dict[str, tuple[int, ...]]:
    shapes = json.loads((GOLDEN / f"{name}.keys.json").read_text())
    return {key: tuple(shape) for key, shape in shapes.items()}


def test_each_network_is_known_by_its_keys_and_measured_by_its_shapes(published: dict[str, dict[str, Tensor]]) -> None:
    found = {part: recognise(FILE, tensors) for part, tensors in published.items()}
    assert {part: network.part for part, network in found.items()} == {part: part for part in published}
    assert found["audio_encoder"].sizes == AudioEncoderSizes(width=4, embedding_dim=DIM)
    assert found["image_encoder"].sizes == SwavSizes(width=WIDTH)
    assert found["generator"].sizes == BigGanSizes(resolution=64, channels=8, z_dim=120, h_dim=DIM, shared_dim=8)
    assert {network.space_dim for network in found.values()} == {DIM}


def test_what_training_alone_needs_is_left_out_and_said(published: dict[str, dict[str, Tensor]]) -> None:
    remarks = {part: " ".join(recognise(FILE, tensors).remarks) for part, tensors in published.items()}
    assert remarks["audio_encoder"] == ""
    assert "module.projection_head.0.bias" in remarks["image_encoder"] and "prototypes" in remarks["image_encoder"]
    assert "shared.weight" in remarks["generator"]


def spelled(state: dict[str, Tensor], prefix: str, mean: str) -> dict[str, Tensor]:
    """Spell a generator's entries as one of the ways in which they were saved."""
    var = mean.replace("mean", "var")
    renamed = {prefix + k.replace("stored_mean", mean).replace("stored_var", var): v for k, v in state.items()}
    return {**renamed, prefix + "output_layer.0.bn.num_batches_tracked": torch.zeros(())} if "bn." in mean else renamed


@pytest.mark.parametrize("mean", ["stored_mean", "bn.running_mean", "bn.stored_mean"])
@pytest.mark.parametrize("prefix", ["", "module."])
def test_a_generator_is_read_in_every_spelling(published: dict[str, dict[str, Tensor]], prefix: str, mean: str) -> None:
    expected = recognise(FILE, published["generator"]).state
    state = recognise(FILE, spelled(published["generator"], prefix, mean)).state
    assert state.keys() == expected.keys()
    assert all(torch.equal(state[key], value) for key, value in expected.items())


def test_the_audio_encoder_is_read_with_and_without_the_prefix_of_several_gpus(
    published: dict[str, dict[str, Tensor]],
) -> None:
    wrapped = {f"module.{key}": value for key, value in published["audio_encoder"].items()}
    assert recognise(FILE, wrapped).state.keys() == recognise(FILE, published["audio_encoder"]).state.keys()


def test_half_precision_becomes_float32_and_is_said(published: dict[str, dict[str, Tensor]]) -> None:
    half = {key: value.half() if value.is_floating_point() else value for key, value in published["generator"].items()}
    network = recognise(FILE, half)
    assert {value.dtype for value in network.state.values()} == {torch.float32}
    assert "converted to float32 from float16" in network.remarks


CHOSEN = {
    "audio_encoder": ("audnet.fc.bias", "audnet.layer4.1.bn2.weight"),
    "image_encoder": ("module.conv1.weight", "module.layer4.2.bn3.running_var"),
    "generator": ("shared_feat.weight", "blocks.3.0.bn2.gain.weight"),
}
Change = Callable[[dict[str, Tensor], str], Any]


@pytest.mark.parametrize("part", list(CHOSEN))
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state, key: state.pop(key), "missing; "),
        (lambda state, key: state.update({key: torch.cat([state[key], state[key][:1]])}), "expected ["),
        (lambda state, key: state.update({key: state[key][None]}), "expected ["),
        (lambda state, key: state.update({key: state[key].long()}), "expected float32, got int64"),
        (lambda state, key: state.update({key: torch.full_like(state[key], torch.nan)}), "NaN"),
        (lambda state, key: state.update({key: state[key].double() + 1e300}), "infinite"),
    ],
    ids=["missing", "longer", "another dimension", "integers", "NaN", "beyond float32"],
)
def test_whatever_is_wrong_is_named_as_it_stands_in_the_file(
    published: dict[str, dict[str, Tensor]], part: str, which: int, change: Change, words: str
) -> None:
    state, key = dict(published[part]), CHOSEN[part][which]
    change(state, key)
    error = refusal(state)
    assert error.key == key
    assert words in error.message


@pytest.mark.parametrize("part", list(CHOSEN))
@pytest.mark.parametrize("extra", ["fc2.weight", "evil.shared.weight", "projection.weight"])
def test_an_extra_key_is_named(published: dict[str, dict[str, Tensor]], part: str, extra: str) -> None:
    error = refusal({**published[part], extra: torch.zeros(1)})
    assert (error.key, error.message) == (extra, "not part of the published network")


def test_a_key_in_two_spellings_at_once_is_refused(published: dict[str, dict[str, Tensor]]) -> None:
    twice = {**published["generator"], "output_layer.0.bn.running_mean": torch.zeros(16)}
    assert "means the same as output_layer.0.stored_mean" in refusal(twice).message


def test_other_networks_of_the_family_are_told_apart(published: dict[str, dict[str, Tensor]]) -> None:
    assert "discriminator" in refusal(BigGanDiscriminator(64, 8, 16).state_dict()).message
    with_classes = dict(published["generator"])
    for key, value in published["generator"].items():
        if ".gain.weight" in key or ".bias.weight" in key:
            with_classes[key] = torch.zeros(value.shape[0], value.shape[1] + 4)
    assert "class-conditional" in refusal(with_classes).message
    assert "none of the published networks" in refusal({"encoder.weight": torch.zeros(1)}).message


def test_a_generator_of_another_depth_is_refused(published: dict[str, dict[str, Tensor]]) -> None:
    deeper = {**published["generator"], **{f"blocks.{i}.0.conv1.bias": torch.zeros(1) for i in (4, 5, 6)}}
    assert "got 7" in refusal(deeper).message


@pytest.mark.parametrize(
    ("sizes", "piece", "attention"),
    [
        (BigGanSizes(resolution=64, channels=64, z_dim=120, h_dim=2048, shared_dim=512), 24, "blocks.2.1.gamma"),
        (BigGanSizes(resolution=128, channels=96, z_dim=120, h_dim=2048, shared_dim=512), 20, "blocks.3.1.gamma"),
        (BigGanSizes(resolution=256, channels=96, z_dim=119, h_dim=2048, shared_dim=512), 17, "blocks.3.1.gamma"),
        (BigGanSizes(resolution=256, channels=64, z_dim=119, h_dim=2048, shared_dim=512), 17, "blocks.3.1.gamma"),
    ],
)
def test_every_published_generator_is_measured_right(sizes: BigGanSizes, piece: int, attention: str) -> None:
    with torch.device("meta"):
        state = BigGanGenerator(**sizes.model_dump(exclude={"architecture"})).state_dict()
    assert state["linear.weight"].shape[1] == piece
    assert [key for key in state if key.endswith("gamma")] == [attention]
    assert generator_sizes({key: tuple(value.shape) for key, value in state.items()}) == sizes


def test_the_published_shapes_give_the_published_sizes() -> None:
    audio = {key.removeprefix("audnet."): shape for key, shape in golden_shapes("sound2scene_audio_encoder").items()}
    assert audio_encoder_sizes(audio) == AudioEncoderSizes(width=64, embedding_dim=2048)
    swav = {key.removeprefix("module."): shape for key, shape in golden_shapes("swav_resnet50").items()}
    assert swav_sizes(swav) == SwavSizes(width=64)
    assert generator_sizes(golden_shapes("icgan_generator_128")) == BigGanSizes(
        resolution=128, channels=96, z_dim=120, h_dim=2048, shared_dim=512
    )


def test_the_networks_are_built_for_inference_around_the_tensors_themselves(
    published: dict[str, dict[str, Tensor]],
) -> None:
    network: PublishedNetwork = recognise(FILE, published["generator"])
    built = network.build()
    assert not built.training
    weight = dict(built.named_parameters())["linear.weight"]
    assert weight.data_ptr() == published["generator"]["linear.weight"].data_ptr() and not weight.requires_grad


@pytest.mark.parametrize("prefix", ["", "module."])
def test_prefixes_are_dropped_where_only_the_names_are_asked_for(prefix: str) -> None:
    assert audio_encoder_name(prefix + "audnet.fc.bias") == "fc.bias"
    assert icgan_name(prefix + "linear.bias") == "linear.bias"
    assert icgan_name(prefix + "shared.weight") is None
