"""The localizer learns from pairs alone which moments belong together, and comes back as it was saved."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.models.localizer import Localizer, LocalizerSizes, similarity_maps
from s2s.selection.features import CLIP_STEPS, Moments
from s2s.training.localizer import (
    LocalizerSettings,
    LocalizerTrainer,
    load_localizer,
    microphoned,
    moment_info_nce,
    moment_logistic,
    train_localizer,
)
from s2s.training.loop import RunLength

KINDS, PLACES, BANDS, MOMENTS = 6, 4, 16, 10
TINY = LocalizerSettings(
    embedding_dim=16,
    picture_width=16,
    sound_width=8,
    batch=16,
    moments=4,
    learning_rate=5e-3,
    map_dropout=0.0,
    validate_every=10,
)


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> object:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def toy_moments(num_clips: int, held_out: int, seed: int) -> tuple[Moments, np.ndarray, np.ndarray]:
    """Clips of one of six things: while it is there its channel lights up in four places and its band sounds.

    Returns them with the truth: presence [clips, moments] and the first place [clips, 2].
    """
    rng = np.random.default_rng(seed)
    maps = rng.uniform(0.0, 0.2, (num_clips, MOMENTS, KINDS, PLACES, PLACES))
    bands = rng.normal(-19.0, 0.5, (num_clips, BANDS, CLIP_STEPS * 10))
    steps = np.tile(np.arange(5, CLIP_STEPS, CLIP_STEPS // MOMENTS), (num_clips, 1))
    present = np.zeros((num_clips, MOMENTS), bool)
    places = rng.integers(0, PLACES - 1, (num_clips, 2))
    for clip in range(num_clips):
        kind, start = rng.integers(KINDS), rng.integers(0, MOMENTS - 3)
        present[clip, start : start + 4] = True
        top, left = places[clip]
        maps[clip, start : start + 4, kind, top : top + 2, left : left + 2] += 1.5
        bands[clip, 2 * kind + 2, 100 * start : 100 * (start + 4)] = -9.0
    return (
        Moments(
            train=np.arange(num_clips - held_out),
            held_out=np.arange(num_clips - held_out, num_clips),
            encoder="toy",
            stages=(4,),
            shapes=((KINDS, PLACES, PLACES),),
            maps=maps.reshape(num_clips, MOMENTS, -1).astype(np.float16),
            bands=bands.astype(np.float16),
            steps=steps.astype(np.int16),
        ),
        present,
        places,
    )


def test_a_planted_correspondence_is_found_in_clips_never_seen(tmp_path: Path) -> None:
    data, _, _ = toy_moments(96, 16, seed=0)
    net, about = train_localizer(data, tmp_path, TINY, RunLength(80))
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
    net, about = train_localizer(data, tmp_path, TINY, RunLength(1))
    loaded, said = load_localizer(tmp_path)
    assert said == about
    bands = torch.randn(2, BANDS, 200)
    assert_close(loaded.hear(bands), net.hear(bands))
    assert json.loads((tmp_path / "run.json").read_text())["clips"] == 8
    assert {"contrast", "clip_found", "moment_found"} <= set(json.loads((tmp_path / "log.jsonl").read_text()))


def test_a_stopped_run_goes_on_and_keeps_the_weights_that_did_best_on_clips_held_out(tmp_path: Path) -> None:
    data, _, _ = toy_moments(24, 8, seed=3)
    train_localizer(data, tmp_path, TINY, RunLength(10))
    resumed = LocalizerTrainer(data, TINY)
    resumed.load_state_dict(torch.load(tmp_path / "checkpoint.pt", weights_only=True)["trainer"])
    assert resumed.num_steps == 10
    best = dict(resumed.best_weights or {})
    resumed.best = -1.0  # nothing that follows can be better
    for _ in range(10):
        resumed.step(0.5)
    assert resumed.best_weights is not None
    assert all(torch.equal(best[name], value) for name, value in resumed.best_weights.items())
    assert "val_contrast" in resumed.validated


def test_without_clips_held_out_the_last_weights_are_kept(tmp_path: Path) -> None:
    data, _, _ = toy_moments(8, 0, seed=4)
    train_localizer(data, tmp_path, TINY, RunLength(1))
    saved = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["trainer"]
    assert saved["best_weights"] is None
    assert_close(load_localizer(tmp_path)[0].state_dict(), saved["net"])


def test_the_loss_counts_other_moments_of_a_clip_as_much_as_it_is_told() -> None:
    matrix = torch.zeros(6, 6)
    assert moment_info_nce(matrix, 2, 1.0, 1.0).item() == pytest.approx(np.log(6))
    assert moment_info_nce(matrix, 2, 1.0, 0.5).item() == pytest.approx(np.log(5.5))
    assert moment_info_nce(matrix, 2, 1.0, 0.0).item() == pytest.approx(np.log(5))
    alike = torch.block_diag(*[torch.ones(2, 2)] * 3)  # a clip's moments all alike
    assert moment_info_nce(alike, 2, 0.03, 0.0).item() < 1e-3
    assert moment_info_nce(alike, 2, 0.03, 1.0).item() == pytest.approx(np.log(2), abs=1e-3)


def test_the_temperature_is_learnt_where_that_is_asked_for() -> None:
    data, _, _ = toy_moments(12, 0, seed=5)
    fixed, learnt = (
        LocalizerTrainer(data, LocalizerSettings(**{**vars_of(TINY), "learn_temperature": learn}))
        for learn in (False, True)
    )
    fixed.step(0.1)
    learnt.step(0.1)
    assert fixed.log_temperature.exp().item() == pytest.approx(TINY.temperature)
    assert learnt.log_temperature.exp().item() != pytest.approx(TINY.temperature, rel=1e-6)


def vars_of(settings: LocalizerSettings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in LocalizerSettings.__dataclass_fields__}


def test_a_microphone_changes_much_but_what_is_loud_stays_loud() -> None:
    bands = torch.full((3, BANDS, 50), -20.5)
    bands[:, 4] = -6.0
    heard = microphoned(bands, TINY, np.random.default_rng(0))
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
    moment_logistic(matrix + everywhere * common, 1, 0.5, 1.0).backward()  # type: ignore[no-untyped-call]
    assert rare.grad is not None and common.grad is not None
    assert float(rare.grad) < 0 < float(common.grad)


@pytest.mark.parametrize(
    "wrong", [{"batch": 1}, {"moments": 0}, {"temperature": 0.0}, {"same_clip": -1.0}, {"jitter_s": -1.0}]
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
