"""The localizer learns from pairs alone which moments belong together, and comes back as it was saved."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.data.ranks import Rank
from s2s.models.localizer import Localizer, LocalizerSizes, similarity_maps
from s2s.training.augment.band_augment import BandAugmenter
from s2s.training.engine.device import DeviceContext
from s2s.training.engine.loop import RunLength, RunPlan
from s2s.training.engine.step_context import StepContext
from s2s.training.losses.moments import guessing_info_nce, moment_info_nce, moment_logistic
from s2s.training.stages.localizer import LocalizerSettings, LocalizerStage, load_localizer, train_localizer
from tests.rounding import rounding
from tests.s2s.training.made_up_moments import BANDS, MOMENTS, PLACES, toy_moments

pytestmark = pytest.mark.heavy

TINY = LocalizerSettings(
    embedding_dim=16,
    picture_width=16,
    sound_width=8,
    batch=16,
    moments=4,
    learning_rate=5e-3,
    map_dropout=0.0,
)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> object:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def plan(out: Path, steps: int, seed: int = 0, **length: Any) -> RunPlan:
    return RunPlan(out, RunLength(steps, **{"validate_every": 10, **length}), DeviceContext(precision="float32"), seed)


def log_of(out: Path) -> list[dict[str, float]]:
    """Return the lines of a run's log without how long each took."""
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "trained_s"} for line in lines]


def test_a_planted_correspondence_is_found_in_clips_never_seen(tmp_path: Path) -> None:
    data, _, _ = toy_moments(96, 16, seed=0)
    net, about = train_localizer(data, TINY, plan(tmp_path, 60))
    fresh, present, places = toy_moments(40, 0, seed=1)
    hits = found = 0
    for clip in range(40):
        maps = fresh.maps_of(np.array([clip]), np.arange(MOMENTS)[None])
        heard = net.hear(about.scaled(torch.from_numpy(fresh.bands[clip].astype(np.float32)))[None])[0].T
        heard, seen = heard[fresh.steps[clip].astype(np.int64)], net.see(maps)
        best = int(net.moments(seen, heard).argmax())
        hits += bool(present[clip, best])
        place = divmod(int(similarity_maps(seen, heard)[best].argmax()), PLACES)
        found += all(0 <= there - first <= 1 for there, first in zip(place, places[clip], strict=True))
    assert hits >= 36  # four moments of ten are right by chance
    assert found >= 32  # four places of sixteen


def test_one_step_trains_and_what_is_saved_comes_back(tmp_path: Path) -> None:
    data, _, _ = toy_moments(12, 4, seed=2)
    net, about = train_localizer(data, TINY, plan(tmp_path, 1))
    loaded, said = load_localizer(tmp_path)
    assert said == about
    bands = torch.randn(2, BANDS, 200)
    assert_close(loaded.hear(bands), net.hear(bands))
    assert json.loads((tmp_path / "run.json").read_text())["clips"] == 8
    trained, validated = log_of(tmp_path)
    assert {"contrast", "clip_found", "moment_found"} <= set(trained)
    assert {"val_loss", "val_contrast", "val_clip_found"} <= set(validated)


def test_the_weights_that_did_best_on_clips_held_out_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, _, _ = toy_moments(24, 8, seed=3)
    validate = LocalizerStage.validate
    seen: list[dict[str, torch.Tensor]] = []

    def worse_and_worse(stage: LocalizerStage) -> dict[str, float]:
        seen.append({name: value.clone() for name, value in stage.net.state_dict().items()})
        return {**validate(stage), "loss": float(len(seen))}

    monkeypatch.setattr(LocalizerStage, "validate", worse_and_worse)
    net, _ = train_localizer(data, TINY, plan(tmp_path, 20))
    assert len(seen) == 2
    saved = load_localizer(tmp_path)[0].state_dict()
    for name, value in net.state_dict().items():
        assert torch.equal(value, seen[0][name]) and torch.equal(value, saved[name])
    last = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["stage"]["net"]
    assert any(not torch.equal(value, seen[0][name]) for name, value in last.items())
    assert "val_contrast" in log_of(tmp_path)[-1]


def test_a_run_that_was_killed_goes_on_as_if_it_had_not_been(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, _, _ = toy_moments(24, 8, seed=3)
    settings = replace(TINY, map_dropout=0.3, learn_temperature=True)
    length: dict[str, Any] = {"validate_every": 1, "log_every": 3, "save_every_s": 0.0}
    whole, _ = train_localizer(data, settings, plan(tmp_path / "whole", 4, **length))
    step = LocalizerStage.step

    def killed(stage: LocalizerStage, ctx: StepContext) -> dict[str, float]:
        if ctx.step == 2:
            raise KeyboardInterrupt
        return step(stage, ctx)

    monkeypatch.setattr(LocalizerStage, "step", killed)
    with pytest.raises(KeyboardInterrupt):
        train_localizer(data, settings, plan(tmp_path / "killed", 4, **length))
    monkeypatch.setattr(LocalizerStage, "step", step)
    resumed, _ = train_localizer(data, settings, plan(tmp_path / "killed", 4, **length))
    assert log_of(tmp_path / "killed") == log_of(tmp_path / "whole")
    for name, value in whole.state_dict().items():
        assert torch.equal(value, resumed.state_dict()[name]), name


@pytest.mark.parametrize("num_held_out", [0, 1])
def test_without_clips_held_out_the_last_weights_are_kept(num_held_out: int, tmp_path: Path) -> None:
    data, _, _ = toy_moments(8, num_held_out, seed=4)  # one alone has no other to be told from
    train_localizer(data, TINY, plan(tmp_path, 1))
    assert not (tmp_path / "best.pt").exists()
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["stage"]
    assert_close(load_localizer(tmp_path)[0].state_dict(), saved["net"])


def test_the_loss_starts_at_a_guess_among_the_moments_of_the_batch() -> None:
    data, _, _ = toy_moments(24, 0, seed=3)
    # So warm that the scatter of a fresh network's scores does not count.
    stage = LocalizerStage(data, replace(TINY, temperature=1.0), DeviceContext(precision="float32"))
    bounds = stage.bounds()
    assert bounds is not None and (bounds.name, bounds.floor) == ("contrast", 0.0)
    assert bounds.ceiling == pytest.approx(np.log(16 * 4), abs=0.03)
    assert stage.step(StepContext(0, 0.0, 0))["contrast"] == pytest.approx(bounds.ceiling, abs=0.05)


def test_every_rank_is_given_its_own_clips_of_the_batch_as_one_alone_would_hear_and_see_them() -> None:
    data, _, _ = toy_moments(24, 0, seed=3)
    settings = replace(TINY, map_dropout=0.3)

    def given(rank: Rank) -> list[torch.Tensor]:
        stage = LocalizerStage(data, settings, DeviceContext(precision="float32", rank=rank))
        maps, bands, steps = stage._draw(StepContext(3, 0.1, 0, rank))
        return [*maps, bands, steps]

    shares = [given(Rank(index, 4)) for index in range(4)]
    for whole, parts in zip(given(Rank()), zip(*shares, strict=True), strict=True):
        assert_close(torch.cat(parts), whole, **rounding())


def test_the_loss_counts_other_moments_of_a_clip_as_much_as_it_is_told() -> None:
    matrix = torch.zeros(6, 6)
    assert moment_info_nce(matrix, 2, 1.0, 1.0).item() == pytest.approx(np.log(6))
    assert moment_info_nce(matrix, 2, 1.0, 0.5).item() == pytest.approx(np.log(5.5))
    assert moment_info_nce(matrix, 2, 1.0, 0.0).item() == pytest.approx(np.log(5))
    assert guessing_info_nce(3, 2, 0.5) == pytest.approx(np.log(5.5))
    alike = torch.block_diag(*[torch.ones(2, 2)] * 3)  # a clip's moments all alike
    assert moment_info_nce(alike, 2, 0.03, 0.0).item() < 1e-3
    assert moment_info_nce(alike, 2, 0.03, 1.0).item() == pytest.approx(np.log(2), abs=1e-3)


def test_the_temperature_is_learnt_where_that_is_asked_for() -> None:
    data, _, _ = toy_moments(12, 0, seed=5)
    fixed, learnt = (
        LocalizerStage(data, replace(TINY, learn_temperature=learn), DeviceContext(precision="float32"))
        for learn in (False, True)
    )
    fixed.step(StepContext(0, 0.1, 0))
    learnt.step(StepContext(0, 0.1, 0))
    assert fixed.log_temperature.exp().item() == pytest.approx(TINY.temperature)
    assert learnt.log_temperature.exp().item() != pytest.approx(TINY.temperature, rel=1e-6)


def test_a_microphone_changes_much_but_what_is_loud_stays_loud() -> None:
    bands = torch.full((3, BANDS, 50), -20.5)
    bands[:, 4] = -6.0
    rows = np.array([2, 0, 1, 2])  # behind each clip is the one before it
    augmenter = BandAugmenter.draw(3, BANDS, TINY.augmentation(), np.random.default_rng(0))
    heard = augmenter.of(rows).augment(bands[rows])
    assert heard.shape == bands.shape
    assert torch.isfinite(heard).all()
    assert set(heard.mean(dim=2).argmax(dim=1).tolist()) <= {3, 4, 5}
    assert float((heard - bands).abs().max()) > 0.1


def test_the_logistic_term_wants_pairs_above_even_odds_and_all_else_below() -> None:
    pairs = torch.eye(4) * 2.0 - 1.0
    assert moment_logistic(pairs, 2, 0.0, 0.5).item() < 1e-3
    assert moment_logistic(-pairs, 2, 0.0, 0.5).item() == pytest.approx(10 * (1 + 2 + 0.5), rel=1e-3)
    # One sound goes with every frame of its kind: what is rare may score higher than what is everywhere.
    rare, common = torch.tensor(0.5, requires_grad=True), torch.tensor(0.5, requires_grad=True)
    matrix = torch.zeros(4, 4)
    matrix = matrix + torch.diag(torch.tensor([1.0, 0.0, 0.0, 0.0])) * rare
    everywhere = torch.zeros(4, 4)
    everywhere[1:, 1:] = 1.0
    moment_logistic(matrix + everywhere * common, 1, 0.5, 1.0).backward()
    assert rare.grad is not None and common.grad is not None
    assert float(rare.grad) < 0 < float(common.grad)


@pytest.mark.parametrize(
    "wrong",
    [{"batch": 1}, {"moments": 0}, {"temperature": 0.0}, {"same_clip": -1.0}, {"jitter_s": -1.0}, {"map_dropout": 1.0}],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong)).partition("_")[0]):
        LocalizerSettings(**wrong)  # type: ignore[arg-type]


def test_a_folder_without_a_localizer_says_how_to_train_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train localizer"):
        load_localizer(tmp_path)


@pytest.mark.parametrize(
    "wrong", [{"map_channels": ()}, {"map_channels": (4,), "num_bands": 20}, {"map_channels": (4,), "attention": 0.0}]
)
def test_sizes_that_cannot_be_built_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=list(wrong)[-1]):
        LocalizerSizes(**wrong)  # type: ignore[arg-type]


def test_every_moment_has_its_own_place_in_time() -> None:
    net = Localizer(LocalizerSizes((4,), num_bands=16, embedding_dim=8, picture_width=8, sound_width=4)).eval()
    bands = torch.zeros(1, 16, 600)
    changed = bands.clone()
    changed[:, :, 300:310] = 3.0  # the tenth of a second of step 30
    with torch.inference_mode():
        moved = (net.hear(changed) - net.hear(bands))[0].norm(dim=0)  # [60]
    assert moved.shape == (60,)
    assert int(moved.argmax()) in range(26, 35)
    assert float(moved[:15].max()) < 1e-5
    assert float(moved[46:].max()) < 1e-5
