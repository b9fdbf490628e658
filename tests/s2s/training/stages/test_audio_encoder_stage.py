"""The audio encoder's stage: its losses and their range, stopping early, going on as if nothing had happened."""

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.models.audio_encoder import AudioEncoder
from s2s.sampling.embed import encode_sounds
from s2s.spectrogram import spectrogram
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.augment.spectrogram_augment import NO_AUGMENTATION, SpectrogramAugmentation
from s2s.training.engine import checkpoint
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.engine.step_context import StepContext
from s2s.training.inputs.pairs import Pairs
from s2s.training.losses import objectives as losses
from s2s.training.stages.audio_encoder import (
    AudioEncoderSettings,
    AudioEncoderStage,
    Loss,
    encode_pairs,
    load_audio_encoder,
    load_start,
    train_audio_encoder,
)
from tests.rounding import rounding
from tests.s2s.training.made_up_pairs import SECOND, pairs_of, tiny_pairs

pytestmark = pytest.mark.heavy

TINY = AudioEncoderSettings(width=4, batch=4, augmentation=NO_AUGMENTATION)
SMALLEST = SpectrogramSpec(clip_samples=512 + 159)


def plan(out: Path, steps: int, seed: int = 0, **length: Any) -> RunPlan:
    return RunPlan(
        out,
        RunLength(steps, **{"validate_every": 2, "log_every": 1, **length}),
        DeviceContext(precision="float32"),
        seed,
    )


def log_of(out: Path) -> list[dict[str, float]]:
    """Return the lines of a run's log without how long each took."""
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "trained_s"} for line in lines]


def many_pairs(count: int) -> Pairs:
    """Return so many pairs of hardly any sound: for what is asked of the batch alone."""
    return pairs_of(np.zeros((count, SMALLEST.clip_samples), np.float32), np.ones((count, 1, 8)), SMALLEST)


@pytest.mark.parametrize(
    ("loss", "told"),
    [
        ("total", {"loss", "contrast", "distance"}),
        ("nce", {"loss", "contrast", "distance"}),
        ("l2", {"loss", "distance"}),
    ],
)
def test_every_loss_learns_in_one_step(loss: Loss, told: set[str]) -> None:
    stage = AudioEncoderStage(
        tiny_pairs(8, num_held_out=3),
        replace(TINY, loss=loss, augmentation=SpectrogramAugmentation()),
        DeviceContext(precision="float32"),
    )
    before = {name: value.clone() for name, value in stage.net.state_dict().items()}
    values = stage.step(StepContext(0, 0.0, 0))
    assert set(values) == told and all(math.isfinite(value) for value in values.values())
    assert all(not torch.equal(before[name], value) for name, value in stage.net.named_parameters())
    validated = stage.validate()
    assert set(validated) == {*told, "recall_1"} and 0 <= validated["recall_1"] <= 1


@pytest.mark.parametrize("loss", ["total", "nce", "l2"])
def test_the_loss_is_the_papers_over_the_batch(loss: Loss) -> None:
    data = tiny_pairs(4)
    stage = AudioEncoderStage(
        data, replace(TINY, loss=loss, temperature=0.5, pull=2.0), DeviceContext(precision="float32")
    )
    audio, image = torch.rand(4, 8), torch.rand(4, 8)
    value, _ = stage._loss(audio, image)
    distance = losses.unit_distance(audio, image).diagonal().mean()
    wanted = {
        "total": losses.audio_visual_info_nce(audio, image, 0.5) + 2 * distance,
        "nce": losses.cosine_info_nce(audio, image, 0.5) + 2 * distance,
        "l2": (audio - image).square().mean(),
    }
    assert_close(value, wanted[loss])


def test_the_range_is_that_of_perfect_pairs_with_orthogonal_negatives_and_of_embeddings_all_alike() -> None:
    stage = AudioEncoderStage(many_pairs(64), AudioEncoderSettings(width=4), DeviceContext(precision="float32"))
    bounds, eye, same = stage.bounds(), torch.eye(64), torch.ones(64, 8)
    assert bounds is not None and bounds.name == "contrast"
    assert bounds.floor == pytest.approx(2.792, abs=5e-4) and bounds.ceiling == pytest.approx(math.log(64))
    assert stage._loss(eye, eye)[1]["contrast"] == pytest.approx(bounds.floor, abs=1e-3)
    assert stage._loss(same, same)[1]["contrast"] == pytest.approx(bounds.ceiling, abs=1e-5)


@pytest.mark.parametrize(("loss", "temperature"), [("total", 0.1), ("nce", 1.0), ("nce", 0.2)])
def test_the_range_follows_loss_temperature_and_the_batch_that_there_is(loss: Loss, temperature: float) -> None:
    settings = AudioEncoderSettings(width=4, loss=loss, temperature=temperature)
    stage = AudioEncoderStage(many_pairs(10), settings, DeviceContext(precision="float32"))
    bounds = stage.bounds()
    assert bounds is not None and bounds.ceiling == pytest.approx(math.log(10))
    assert stage._loss(torch.eye(10), torch.eye(10))[1]["contrast"] == pytest.approx(bounds.floor, rel=0.02)
    assert (
        AudioEncoderStage(many_pairs(10), replace(settings, loss="l2"), DeviceContext(precision="float32")).bounds()
        is None
    )


def test_a_still_microphone_hears_the_clips_as_the_show_does() -> None:
    data = tiny_pairs(6, pictures=3)
    stage = AudioEncoderStage(data, TINY, DeviceContext(precision="float32"))
    stage.step(StepContext(3, 0.0, 0))
    batch = stage.last_batch()
    rows = batch["rows"].numpy()
    assert len(set(rows.tolist())) == 4
    assert_close(batch["sound"], data.normalised(data.log_spectrograms_of(rows)), **rounding())
    for row, image in zip(rows, batch["image"].numpy(), strict=True):
        assert any(np.array_equal(image, own) for own in data.features[row])


def test_a_random_microphone_hears_no_clip_twice_alike() -> None:
    data = tiny_pairs(4)
    stage = AudioEncoderStage(
        data, replace(TINY, augmentation=SpectrogramAugmentation()), DeviceContext(precision="float32")
    )
    heard = []
    for step in range(2):
        stage.step(StepContext(step, 0.0, 0))
        order = stage.last_batch()["rows"].argsort()
        heard.append(stage.last_batch()["sound"][order])
    assert not torch.allclose(heard[0], heard[1], atol=0.1)


def test_pairs_are_drawn_by_their_weight() -> None:
    data = tiny_pairs(8)
    data.weights[:2] = 50.0
    stage = AudioEncoderStage(data, replace(TINY, batch=2), DeviceContext(precision="float32"))
    drawn = [stage._draw(StepContext(step, 0.0, 0)) and stage.last_batch()["rows"].tolist() for step in range(20)]
    assert sum(row < 2 for rows in drawn for row in rows) > 25


def test_the_rate_stays_as_published_or_rises_and_falls() -> None:
    data = tiny_pairs(4)
    rates: dict[str, list[float]] = {}
    for schedule in ("constant", "cosine"):
        settings = replace(TINY, schedule=schedule)
        stage = AudioEncoderStage(data, settings, DeviceContext(precision="float32"))
        rates[schedule] = []
        for progress in (0.0, 0.02, 0.5, 1.0):
            stage.step(StepContext(0, progress, 0))
            rates[schedule].append(stage.optimiser.param_groups[0]["lr"] / settings.learning_rate)
    assert rates["constant"] == [1.0] * 4
    assert rates["cosine"] == pytest.approx([0.05, 1.0, 0.5, 0.02], abs=2e-3)


def test_validating_goes_by_batches_as_large_as_a_steps_and_leaves_no_pair_out() -> None:
    data = tiny_pairs(11, num_held_out=7)
    stage = AudioEncoderStage(data, TINY, DeviceContext(precision="float32"))
    sizes: list[int] = []
    seen: set[tuple[float, ...]] = set()
    of_batch = stage._validated

    def noted(audio: torch.Tensor, image: torch.Tensor) -> dict[str, float]:
        sizes.append(len(audio))
        seen.update(map(tuple, image.tolist()))
        return of_batch(audio, image)

    stage._validated = noted  # type: ignore[method-assign]
    first = stage.validate()
    assert sizes == [4, 4] and len(seen) == 7
    assert first == stage.validate()


def test_validating_mixes_clips_that_lie_side_by_side() -> None:
    # A corpus is sorted by class: a batch of one class alone would be a harder question than training asks.
    num = 40
    features = np.eye(2)[np.repeat([0, 1], num // 2)][:, None]
    data = pairs_of(np.zeros((num + 4, SMALLEST.clip_samples), np.float32), np.ones((num + 4, 1, 2)), SMALLEST)
    data.features[4:] = features
    data = replace(data, train=np.arange(4), held_out=np.arange(4, num + 4))
    stage = AudioEncoderStage(data, TINY, DeviceContext(precision="float32"))
    mixed = []
    stage._validated = lambda audio, image: mixed.append(len(image.unique(dim=0))) or {"loss": 0.0}  # type: ignore
    stage.validate()
    assert len(mixed) == 10 and np.mean(mixed) > 1.5


def test_with_one_pair_held_out_or_none_nothing_is_validated() -> None:
    assert AudioEncoderStage(tiny_pairs(5, num_held_out=1), TINY, DeviceContext(precision="float32")).validate() == {}


def test_recall_counts_sounds_whose_nearest_picture_is_their_own() -> None:
    data = tiny_pairs(9, num_held_out=5)
    stage = AudioEncoderStage(data, TINY, DeviceContext(precision="float32"))
    audio = encode_pairs(stage.net.eval(), data, data.held_out)
    data.features[data.held_out] = audio[:, None].numpy()
    assert stage.validate()["recall_1"] == 1.0
    data.features[data.held_out] = audio.roll(1, dims=0)[:, None].numpy()
    assert stage.validate()["recall_1"] == 0.0


def test_the_encoder_comes_back_with_its_input_definition(tmp_path: Path) -> None:
    data = tiny_pairs(6, num_held_out=2)
    net = train_audio_encoder(data, TINY, plan(tmp_path, 2))
    loaded, spec = load_audio_encoder(tmp_path)
    assert spec == data.spec
    assert not loaded.training and not any(weight.requires_grad for weight in loaded.parameters())
    sounds = np.random.default_rng(1).uniform(-0.1, 0.1, (3, SECOND.clip_samples)).astype(np.float32)
    embedded = encode_sounds(loaded, spec, sounds, batch=2)
    assert embedded.shape == (3, 8)
    assert_close(embedded, encode_sounds(net, spec, sounds, batch=2), atol=1e-5, rtol=1e-4)
    heard = spectrogram(torch.from_numpy(sounds[:1]), spec)
    assert_close(embedded[:1], torch.nn.functional.normalize(loaded(heard), dim=1), atol=1e-5, rtol=1e-4)
    assert json.loads((tmp_path / "run.json").read_text())["stage"] == "audio-encoder"


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train audio-encoder"):
        load_audio_encoder(tmp_path)
    with pytest.raises(FileNotFoundError, match="or a bundle"):
        load_start(tmp_path)


def test_training_begins_with_the_encoder_it_is_given(tmp_path: Path) -> None:
    torch.manual_seed(5)
    start = AudioEncoder(4, 8)
    net = train_audio_encoder(tiny_pairs(4), replace(TINY, learning_rate=0.0), plan(tmp_path, 1), start)
    for name, weight in net.named_parameters():
        assert torch.equal(weight, dict(start.named_parameters())[name])


@pytest.mark.parametrize(("width", "dim"), [(8, 8), (4, 16)])
def test_an_encoder_of_other_sizes_cannot_be_begun_with(width: int, dim: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"expected width 4 and 8 numbers.*got {width} and {dim}"):
        train_audio_encoder(tiny_pairs(4), TINY, plan(tmp_path, 1), AudioEncoder(width, dim))


def test_a_run_that_only_gets_worse_stops_and_leaves_its_best(tmp_path: Path) -> None:
    data = tiny_pairs(8, num_held_out=4)
    settings = replace(TINY, loss="l2", learning_rate=0.3)
    net = train_audio_encoder(data, settings, plan(tmp_path, 60, validate_every=1, patience=3))
    validated = {line["step"]: line["val_loss"] for line in log_of(tmp_path) if "val_loss" in line}
    best = min(validated, key=lambda step: validated[step])
    assert max(validated) == best + 3 < 60
    saved, train_state = checkpoint.load(tmp_path / "best.pt")
    assert train_state.best_step == best
    for name, value in net.state_dict().items():
        assert torch.equal(value, saved["net"][name])
    assert_close(load_audio_encoder(tmp_path)[0].state_dict(), dict(net.state_dict()))


def test_four_steps_are_two_and_then_two_more(tmp_path: Path) -> None:
    data, settings = tiny_pairs(8, num_held_out=3), replace(TINY, augmentation=SpectrogramAugmentation())
    whole = train_audio_encoder(data, settings, plan(tmp_path / "whole", 4))
    train_audio_encoder(data, settings, plan(tmp_path / "parts", 2))
    parts = train_audio_encoder(data, settings, plan(tmp_path / "parts", 4))
    assert log_of(tmp_path / "parts") == log_of(tmp_path / "whole")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, parts.state_dict()[name]), name


def test_a_run_that_was_killed_goes_on_from_its_last_checkpoint_as_if_it_had_not_been(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tiny_pairs(8, num_held_out=3)
    settings = replace(TINY, augmentation=SpectrogramAugmentation(), schedule="cosine", temperature=0.2, pull=1.0)
    lengths: dict[str, Any] = {"save_every_s": 0.0, "log_every": 3}
    whole = train_audio_encoder(data, settings, plan(tmp_path / "whole", 5, **lengths))
    step = AudioEncoderStage.step

    def killed(stage: AudioEncoderStage, ctx: StepContext) -> dict[str, float]:
        if ctx.step == 3:
            raise KeyboardInterrupt
        return step(stage, ctx)

    monkeypatch.setattr(AudioEncoderStage, "step", killed)
    with pytest.raises(KeyboardInterrupt):
        train_audio_encoder(data, settings, plan(tmp_path / "killed", 5, **lengths))
    monkeypatch.setattr(AudioEncoderStage, "step", step)
    killed_net = train_audio_encoder(data, settings, plan(tmp_path / "killed", 5, **lengths))
    assert log_of(tmp_path / "killed") == log_of(tmp_path / "whole")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, killed_net.state_dict()[name]), name


def test_another_seed_is_another_run(tmp_path: Path) -> None:
    data = tiny_pairs(8)
    logs = []
    for seed in (0, 1):
        train_audio_encoder(data, TINY, plan(tmp_path / str(seed), 1, seed=seed))
        logs.append(log_of(tmp_path / str(seed)))
    assert logs[0] != logs[1]
