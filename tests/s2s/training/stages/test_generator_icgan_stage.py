"""The IC-GAN recipe in small: a few steps of narrow networks on made-up pictures."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.testing import assert_close

from s2s import bundle
from s2s.card import BigGanSizes
from s2s.data.ranks import Rank
from s2s.models.biggan import BigGanGenerator
from s2s.models.registry import build
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan, train
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.image_features import encode_pictures
from s2s.training.inputs.instances import InstanceOptions, instances_of
from s2s.training.stages.generator_icgan import InstanceGanSettings, InstanceGanStage, train_instance_gan
from s2s.training.stages.trained_generator import load_trained_generator, sizes_of_run
from tests.fakes import tiny_card
from tests.s2s.training.launch import log_of, run_ranks, tensors_in
from tests.s2s.training.made_up_pictures import coloured_pictures, random_encoder
from tests.s2s.training.stopped import StoppedError, stop_before

pytestmark = pytest.mark.heavy

H_DIM = 32
TINY = InstanceGanSettings(
    resolution=64, channels=8, z_dim=20, shared_dim=8, k_nn=3, batch=4, average=0.5, average_start=1
)
LITTLE_DATA = replace(TINY, augment="colour,translation,cutout", warm_up=0.5, discriminator_steps=2)
SIZES = BigGanSizes(resolution=64, channels=8, z_dim=20, h_dim=H_DIM, shared_dim=8)
PLAIN = DeviceContext(precision="float32")


@pytest.fixture(autouse=True)
def _few_statistics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let batch norms be measured on 2 batches: on all 20 they take longer than the rest of a run here."""
    monkeypatch.setattr("s2s.training.stages.generator_icgan._STATISTICS_BATCHES", 2)


def plan(out: Path, steps: int = 4, device_context: DeviceContext = PLAIN) -> RunPlan:
    return RunPlan(out, RunLength(steps, validate_every=4, log_every=1, save_every_s=0.0), device_context)


def stage(out: Path, settings: InstanceGanSettings = TINY, rank: Rank | None = None) -> InstanceGanStage:
    data, encoder = coloured_pictures(), random_encoder()
    asked = InstanceOptions(settings.k_nn, settings.flipped_features)
    device_context = DeviceContext(precision="float32", rank=rank or Rank())
    return InstanceGanStage(data, encoder, settings, instances_of(data, encoder, out, asked), device_context)


def generator(sizes: BigGanSizes = SIZES) -> BigGanGenerator:
    built = build(sizes)
    assert isinstance(built, BigGanGenerator)
    return built


class ColourEncoder(nn.Module):
    """An f_V of another architecture: mean colours, from black up."""

    embedding_dim = 6

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def encode(self, pictures: Tensor) -> Tensor:
        return self.maps(pictures)[-1].mean(dim=(2, 3))

    def maps(self, pictures: Tensor) -> list[Tensor]:
        both = torch.cat([1 + pictures, 1 - pictures], dim=1) * self.scale
        return [nn.functional.avg_pool2d(both, 4 * 2**level) for level in range(4)]


def test_a_run_reconstructs_then_competes_and_its_generator_comes_back(tmp_path: Path) -> None:
    painter = train_instance_gan(coloured_pictures(), random_encoder(), LITTLE_DATA, plan(tmp_path))
    log = log_of(tmp_path)
    assert [set(line) - {"step"} for line in log[:4]] == [{"pixel", "feature"}] * 2 + [
        {"discriminator", "gap", "adversarial"}
    ] * 2
    assert {"val_loss", "val_cosine"} <= log[-1].keys()
    assert (tmp_path / "sheet.png").exists()
    loaded = load_trained_generator(tmp_path, H_DIM)
    assert loaded.state_dict().keys() == painter.state_dict().keys()
    z, h = torch.randn(2, 20), torch.rand(2, H_DIM)
    with torch.inference_mode():
        assert_close(loaded(z, h), painter(z, h), atol=1e-5, rtol=1e-4)


def test_any_picture_encoder_and_number_format_will_do(tmp_path: Path) -> None:
    painter = train_instance_gan(
        coloured_pictures(),
        ColourEncoder(),
        LITTLE_DATA,
        plan(tmp_path, 2, DeviceContext(precision="bfloat16")),  # one that reconstructs, and one that competes
    )
    assert painter.h_dim == 6
    assert all(torch.isfinite(value).all() for value in painter.state_dict().values())


def test_a_stopped_run_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    ends = []
    for out in (tmp_path / "whole", tmp_path / "in two"):
        one = stage(tmp_path, LITTLE_DATA)
        if out.name == "in two":
            # In the game, and in the midst of the average's warm start.
            stop_before(one, step=3)
            with pytest.raises(StoppedError):
                train(one, plan(out), {})
            one = stage(tmp_path, LITTLE_DATA)
        train(one, plan(out), {})
        ends.append((log_of(out), dict(tensors_in(one.state_dict()))))
    (log, whole), (other_log, in_two) = ends
    assert log == other_log
    assert whole.keys() == in_two.keys()
    assert all(torch.equal(value, in_two[name]) for name, value in whole.items())


@pytest.mark.slow
def test_a_finished_run_can_be_made_longer_as_if_it_had_never_ended(tmp_path: Path) -> None:
    ends = []
    for out, lengths in ((tmp_path / "whole", (4,)), (tmp_path / "in two", (2, 4))):
        for steps in lengths:
            one = stage(tmp_path)
            train(one, plan(out, steps), {})
        ends.append(torch.load(out / "checkpoint.pt", weights_only=True)["stage"])
    whole, in_two = (dict(tensors_in(end)) for end in ends)
    assert whole.keys() == in_two.keys()
    assert all(torch.equal(value, in_two[name]) for name, value in whole.items())


def test_looking_at_how_far_it_is_changes_nothing(tmp_path: Path) -> None:
    one = stage(tmp_path)
    one.step(StepContext(0, 0.0, 0))
    before = {name: value.clone() for name, value in tensors_in(one.state_dict())}
    told = one.validate()
    assert told == one.validate()
    sheet = one.sheet()
    assert sheet is not None
    assert sheet.shape == (8 * 64, 9 * 64, 3)
    assert all(torch.equal(value, before[name]) for name, value in tensors_in(one.state_dict()))


def test_with_nothing_held_out_nothing_is_validated(tmp_path: Path) -> None:
    data, encoder = coloured_pictures(held_out=0), random_encoder()
    one = InstanceGanStage(data, encoder, TINY, instances_of(data, encoder, tmp_path, InstanceOptions(3)), PLAIN)
    assert one.validate() == {}
    assert one.bounds() is None
    assert one.sheet() is not None


def test_the_judge_learns_to_tell_paintings_from_pictures(tmp_path: Path) -> None:
    one = stage(tmp_path, replace(TINY, discriminator_lr=1e-3, learning_rate=0.0))
    told = [one.step(StepContext(number, 0.0, 0)) for number in range(12)]
    assert (
        np.mean([line["discriminator"] for line in told[-4:]])
        < np.mean([line["discriminator"] for line in told[:4]]) / 2
    )
    assert min(line["gap"] for line in told[-4:]) > 0


@pytest.mark.slow
def test_the_warm_up_finds_the_colours(tmp_path: Path) -> None:
    one = stage(tmp_path, replace(TINY, warm_up=1.0, batch=8))
    told = [one.step(StepContext(number, 0.0, 0)) for number in range(30)]
    for name in ("pixel", "feature"):
        assert np.mean([line[name] for line in told[-5:]]) < 0.85 * np.mean([line[name] for line in told[:5]])


def test_each_network_is_moved_by_its_own_loss_alone(tmp_path: Path) -> None:
    for still, moving, rates in (("G", "D", (0.0, 1e-4)), ("D", "G", (1e-4, 0.0))):
        one = stage(tmp_path, replace(TINY, learning_rate=rates[0], discriminator_lr=rates[1]))
        before = {name: [w.clone() for w in getattr(one, name).parameters()] for name in "GD"}
        one.step(StepContext(0, 0.0, 0))
        assert all(map(torch.equal, before[still], getattr(one, still).parameters()))
        assert not any(map(torch.equal, before[moving][:1], getattr(one, moving).parameters()))


def test_half_of_the_pictures_are_mirrored_where_flips_are_wanted(tmp_path: Path) -> None:
    drawn = {}
    for flips in (False, True):
        one = stage(tmp_path, replace(TINY, flips=flips, batch=16, learning_rate=0.0))
        one.step(StepContext(0, 0.0, 0))
        drawn[flips] = one.last_batch()["real"]
    turned = [torch.equal(a, b.flip(2)) for a, b in zip(drawn[True], drawn[False], strict=True)]
    same = [torch.equal(a, b) for a, b in zip(drawn[True], drawn[False], strict=True)]
    assert all(a != b for a, b in zip(turned, same, strict=True))
    assert 2 < sum(turned) < 14


def test_ranks_are_given_their_shares_of_one_batch(tmp_path: Path) -> None:
    seen = []
    for rank in (Rank(), Rank(0, 2), Rank(1, 2)):
        one = stage(tmp_path, replace(TINY, discriminator_steps=2), rank)
        one.step(StepContext(0, 0.0, 0, rank))
        seen.append(one.last_batch())
    whole, first, second = seen
    assert whole.keys() == {"real", "h_real", "z", "h"}
    for name, value in whole.items():
        assert torch.equal(value, torch.cat([first[name], second[name]])), name


@pytest.mark.proc
@pytest.mark.slow
def test_two_ranks_end_with_the_same_weights(tmp_path: Path) -> None:
    run_ranks(2, "tests.s2s.training.instance_gan_program", [str(tmp_path)], tmp_path, strict=True)
    first, second = (torch.load(tmp_path / f"painter-{index}.pt", weights_only=True) for index in range(2))
    assert all(torch.equal(value, second[name]) for name, value in first.items())
    assert not any(map(torch.equal, first.values(), stage(tmp_path / "untrained").G.state_dict().values()))


def written_bundle(folder: Path, net: BigGanGenerator, sizes: BigGanSizes = SIZES) -> Path:
    card = tiny_card().model_copy(update={"generator": sizes})
    parts: dict[str, Any] = {
        "audio_encoder": build(card.audio_encoder),
        "image_encoder": random_encoder(),
        "generator": net,
    }
    bundle.save(folder, card, **parts)
    return folder


def test_training_begins_from_a_bundles_generator_as_it_was_saved(tmp_path: Path) -> None:
    written = generator()
    folder = written_bundle(tmp_path / "bundle", written)
    start = bundle.load_generator(folder)
    assert isinstance(start, BigGanGenerator)
    one = stage(tmp_path)
    one.begin_from(start)
    for net in (one.G, one.average.net):
        assert all(torch.equal(value, written.state_dict()[name]) for name, value in net.state_dict().items())
    assert all(weight.requires_grad for weight in one.G.parameters())
    one.step(StepContext(0, 0.0, 0))


def test_a_folded_generator_is_refused_with_the_way_out(tmp_path: Path) -> None:
    folded = bundle.load(written_bundle(tmp_path / "bundle", generator()), image_encoder=False).generator
    assert isinstance(folded, BigGanGenerator)
    with pytest.raises(ValueError, match=r"is folded .* s2s\.bundle\.load_generator"):
        stage(tmp_path).begin_from(folded)


@pytest.mark.parametrize("other", [{"channels": 16}, {"resolution": 128}, {"h_dim": 16}, {"shared_dim": 4}])
def test_a_generator_of_other_sizes_is_refused(tmp_path: Path, other: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="generator of other sizes"):
        stage(tmp_path).begin_from(generator(SIZES.model_copy(update=other)))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"augment": "blur"}, "no augmentation 'blur'"),
        ({"warm_up": 1.5}, "share of 0..1"),
        ({"discriminator_steps": 0}, "from 1 on"),
        ({"channels": 4}, "8 or more, got 4"),
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        InstanceGanSettings(**wrong)


def test_a_card_of_256_pixels_tells_how_much_of_the_noise_is_used(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(
        '{"recipe": "icgan", "resolution": 256, "channels": 8, "z_dim": 120, "shared_dim": 8}'
    )
    sizes = sizes_of_run(tmp_path, H_DIM)
    assert sizes.z_dim == 119
    assert generator(sizes).z_dim == 119  # type: ignore[arg-type]


def test_a_folder_without_a_finished_run_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train generator"):
        load_trained_generator(tmp_path, H_DIM)
    (tmp_path / "run.json").write_text('{"channels": [8, 8], "z_dim": 4}')
    with pytest.raises(FileNotFoundError, match="is not finished"):
        load_trained_generator(tmp_path, H_DIM)


def test_the_conditions_are_what_the_encoder_sees(tmp_path: Path) -> None:
    one = stage(tmp_path)
    one.step(StepContext(0, 0.0, 0))
    data = coloured_pictures()
    known = torch.cat([encode_pictures(random_encoder(), data.of(data.train)[:, :, ::ctx]) for ctx in (1, -1)])
    for name in ("h", "h_real"):
        nearest = torch.cdist(one.last_batch()[name], known).min(dim=1).values
        assert_close(nearest, torch.zeros(4), atol=1e-3, rtol=0)
