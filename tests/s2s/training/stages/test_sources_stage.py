"""The ears' stage: what a batch is, what is learnt of it, and how sure the ears are once they are calibrated."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.models.source_heads import SourceHeads
from s2s.training.augment.sound_mixing import MixingSettings
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.engine.step_context import SampleRng, StepContext
from s2s.training.stages.audio_encoder import load_audio_encoder, load_start
from s2s.training.stages.calibration import fit_odds, place, set_second_from
from s2s.training.stages.heard import Heard
from s2s.training.stages.sources import (
    SourcesSettings,
    SourcesStage,
    load_source_heads,
    load_start_heads,
    train_sources,
)
from tests.rounding import rounding
from tests.s2s.training.made_up_sounds import DIM, made_up_sounds

pytestmark = pytest.mark.heavy

TINY = SourcesSettings(width=2, batch=8, columns=32)


def stage(settings: SourcesSettings = TINY) -> SourcesStage:
    return SourcesStage(made_up_sounds(), settings, DeviceContext(precision="float32"))


def test_every_term_is_finite_and_every_weight_moves() -> None:
    ears = stage()
    before = {name: value.clone() for name, value in [*ears.net.named_parameters(), *ears.heads.named_parameters()]}
    values = ears.step(StepContext(0, 0.5, 0))
    assert {"loss", "whole contrast", "each distance", "naming", "nearness", "hour"} <= set(values)
    assert all(math.isfinite(value) for value in values.values())
    after = dict([*ears.net.named_parameters(), *ears.heads.named_parameters()])
    assert [name for name, value in before.items() if torch.equal(value, after[name])] == []


def test_of_a_mix_both_things_are_told_with_the_nearness_that_their_levels_make() -> None:
    settings = SourcesSettings(
        width=2,
        columns=32,
        mixing=MixingSettings(share=1.0, ratio_db=(0.0, 0.0), level_share=1.0, gain_db=(-6.0, -6.0)),
    )
    ears, rows = stage(settings), np.array([0, 1, 4, 6])
    heard = ears.hear(rows, np.array([1, 0, 0, 2]), SampleRng.whole_batch(torch.Generator().manual_seed(0), 4))
    assert heard.labels.tolist() == [[0, 1], [1, 0], [-1, 0], [2, -1]]  # two of one scene are one thing
    own = torch.from_numpy(ears.data.nearness[rows])
    assert_close(heard.nearness[:, 0], (own - 6.0 / 30.0).clamp(0.0, 1.0), atol=1e-5, rtol=0)
    assert heard.behind.tolist() == [1, 0, 0, 2]


def test_what_is_seen_of_a_thing_lies_between_the_rungs_of_its_ladder() -> None:
    ladders = torch.nn.functional.normalize(torch.rand(1, 2, 4, DIM), dim=-1)
    nearness = torch.tensor([[1.0 / 3.0, 0.5]])
    heard = Heard(torch.empty(0), torch.tensor([[0, 1]]), ladders, nearness, torch.tensor([3.0]), torch.tensor([1]))
    assert_close(heard.targets[0, 0], ladders[0, 0, 1], **rounding())
    middle = torch.nn.functional.normalize(ladders[0, 1, 1] + ladders[0, 1, 2], dim=0)
    assert_close(heard.targets[0, 1], middle, **rounding(scale=4))
    assert heard.dominant.tolist() == [1]


def test_held_out_sounds_say_how_well_takes_and_recordings_are_named() -> None:
    values = stage().validate()
    assert set(values) == {"loss", "distance", "named", "named recordings", "unknown"}
    assert 0.0 <= values["named"] <= 1.0


def test_ears_learn_to_name_bands_of_noise_and_are_calibrated(tmp_path: Path) -> None:
    settings = SourcesSettings(width=4, batch=16, columns=32, learning_rate=4e-3)
    plan = RunPlan(tmp_path, RunLength(24, validate_every=12), DeviceContext(precision="float32"), 0)
    net, heads = train_sources(made_up_sounds(), settings, plan)
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    losses = [line["loss"] for line in log if "loss" in line]
    assert losses[-1] < 0.8 * losses[0]
    # What is kept is what was trained.
    kept, spec = load_audio_encoder(tmp_path)
    assert spec.floor == 1e-12 and kept.width == 4
    assert torch.equal(kept.fc.weight, net.fc.weight)
    again = load_source_heads(tmp_path)
    assert torch.equal(again.odds, heads.odds) and bool(again.centres.any())
    assert bool(torch.isfinite(again.odds).all())
    assert again.by_level and torch.equal(again.of_level, heads.of_level)
    quieter, louder = again.nearness(torch.tensor([[-30.0, -30.0], [0.0, 0.0]]), torch.tensor([[0], [0]])).logit()
    assert float(louder - quieter) == pytest.approx(math.log(0.95 / 0.05) - math.log(0.16 / 0.84), abs=0.1)
    # Another run goes on from both.
    start_heads = load_start_heads(tmp_path)
    assert start_heads is not None
    plan = RunPlan(tmp_path / "on", RunLength(1), DeviceContext(precision="float32"), 0)
    train_sources(made_up_sounds(), settings, plan, load_start(tmp_path), start_heads)
    first = json.loads((tmp_path / "on" / "log.jsonl").read_text().splitlines()[0])
    assert first["loss"] < 0.8 * losses[0]


def test_a_folder_without_heads_gives_none_to_begin_with(tmp_path: Path) -> None:
    assert load_start_heads(tmp_path) is None


def test_another_start_is_refused(tmp_path: Path) -> None:
    plan = RunPlan(tmp_path, RunLength(1), DeviceContext(precision="float32"), 0)
    train_sources(made_up_sounds(), TINY, plan)
    start = load_start(tmp_path)
    with pytest.raises(ValueError, match=r"expected width 4 and 16 numbers .* got 2 and 16"):
        train_sources(made_up_sounds(), SourcesSettings(width=4, batch=8, columns=32), plan, start)


def test_a_training_sound_lies_about_one_from_its_own_centre() -> None:
    torch.manual_seed(0)
    heads = SourceHeads(("rain", "bell"), 4, 8, hidden=6)
    labels = torch.arange(400) % 2
    summary = torch.randn(400, 6) * torch.tensor([1.0, 3.0, 0.1, 1.0, 1.0, 2.0]) + 20.0 * labels[:, None]
    place(heads, summary, labels)
    near, far = heads.read(summary).distance, heads.read(summary + 60.0).distance
    assert 0.7 < float(near.mean()) < 1.1 and float(far.min()) > 5.0


def test_a_second_thing_is_named_from_where_two_things_part_from_one() -> None:
    heads = SourceHeads(("rain", "bell", "dog"), 4, 8, hidden=6)
    labels = torch.tensor([[0, -1]] * 20 + [[0, 1]] * 20 + [[2, 1]] * 5)
    logits = torch.full((45, 3), -6.0)
    logits[:, 0] = 3.0
    logits[:20, 1] = torch.linspace(-5.0, -2.0, 20)
    logits[20:, 1] = torch.linspace(-1.5, 1.0, 25)
    set_second_from(heads, logits, labels)
    assert -2.0 < float(heads.second_from) <= -1.5
    presence = heads.presence(heads.read(torch.zeros(1, 6)))
    assert presence.shape == (1, 3)


def test_odds_are_found_again() -> None:
    heads = SourceHeads(("rain", "bell"), 4, 8, hidden=6)
    generator = torch.Generator().manual_seed(0)
    logits, distance = torch.randn(20_000, generator=generator) * 2, torch.rand(20_000, generator=generator) * 3 + 0.5
    chance = torch.sigmoid(0.5 + 1.5 * logits - 2.0 * distance.log())
    fit_odds(heads, logits, distance, torch.rand(20_000, generator=generator) < chance)
    assert_close(heads.odds, torch.tensor([0.5, 1.5, -2.0]), atol=0.1, rtol=0)
