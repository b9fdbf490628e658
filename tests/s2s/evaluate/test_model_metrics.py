"""What data allow to measure of a model is measured, and what they do not is said on the card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
import torch

from s2s.card import LightSizes
from s2s.data.clip_source import DataError, Frames, Sound
from s2s.data.corpus import Split
from s2s.evaluate.held_out import hold_out
from s2s.evaluate.model_metrics import NOT_MEASURED, measured
from s2s.evaluate.samples import samples_sheet, shown_rows
from s2s.evaluate.trained_model import TrainedModel
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.image_encoder import ImageEncoder
from s2s.models.judge import Judge
from s2s.models.light_generator import LightGenerator
from s2s.spectrogram_spec import SpectrogramSpec

pytestmark = pytest.mark.heavy

SPEC = SpectrogramSpec(clip_samples=16_000)
SIZES = LightSizes(resolution=64, channels=(8, 8, 8, 8, 8), z_dim=4, h_dim=32)


@dataclass(frozen=True)
class Films:
    """Pairs of noise: four to train on, four to test on, or as many as `splits` say; a class each, or none."""

    splits: Sequence[Split] = ("train",) * 4 + ("test",) * 4
    classes: Sequence[str | None] = ("rain", "sea") * 4
    torn: Sequence[str] = ()
    pictures_each: int = 1

    @property
    def ids(self) -> Sequence[str]:
        return [f"film-{number}" for number in range(len(self.splits))]

    @property
    def choice(self) -> Mapping[str, Any]:
        return {}

    def split(self, pair_id: str) -> Split:
        return self.splits[int(pair_id[5:])]

    def label(self, pair_id: str) -> str | None:
        return self.classes[int(pair_id[5:])]

    def weight(self, pair_id: str) -> float:
        return 1.0

    def calibrated(self, pair_id: str) -> bool:
        return False

    def sound(self, pair_id: str) -> Sound:
        if pair_id in self.torn:
            raise ValueError("it is torn")
        return (0.1 * np.random.default_rng(int(pair_id[5:])).standard_normal(9_000)).astype(np.float32)

    def pictures(self, pair_id: str) -> Frames:
        return np.random.default_rng(int(pair_id[5:])).integers(0, 256, (1, 128, 128, 3), np.uint8)


@pytest.fixture(scope="module")
def model() -> TrainedModel:
    torch.manual_seed(0)
    encoder = ImageEncoder(4).eval().requires_grad_(False)
    generator = LightGenerator(64, 32, 4, (8, 8, 8, 8, 8)).eval().requires_grad_(False)
    return TrainedModel(encoder, generator, SIZES, AudioEncoder(4, 32).eval().requires_grad_(False), SPEC)


def test_films_with_classes_and_a_judge_give_all_but_what_only_the_world_knows(model: TrainedModel) -> None:
    films, judge = Films(), Judge(("rain", "sea")).eval()
    metrics = measured(model, films, hold_out(model, films), judge)
    assert metrics["held-out takes"] == 4.0
    assert metrics["R@1, chance"] == 0.5 and metrics["R@5, real pictures"] == 1.0
    assert {"noise diversity", "sound to class", "generator ms, one thread"} <= set(metrics)
    assert (
        metrics[NOT_MEASURED] == "size against truth and gain: only the synthetic world knows how large its things are"
    )


def test_without_a_judge_nothing_is_named_and_the_card_says_so(model: TrainedModel) -> None:
    films = Films()
    metrics = measured(model, films, hold_out(model, films))
    assert not any(name.startswith("R@") for name in metrics)
    assert "no judge was given" in str(metrics[NOT_MEASURED])
    assert float(metrics["Fréchet distance in f_V, pictures from sounds"]) >= 0.0


def test_clips_that_nobody_named_are_measured_by_distances_alone(model: TrainedModel) -> None:
    films = Films(classes=(None,) * 8)
    metrics = measured(model, films, hold_out(model, films), Judge(("rain", "sea")).eval())
    words = str(metrics[NOT_MEASURED])
    assert "no held-out clip has a class that the judge knows" in words
    assert "sound to scene: the held-out clips have no class" in words
    assert "sound to own picture, recall at 1" in metrics


def test_classes_of_one_held_out_clip_each_leave_diversity_unmeasured(model: TrainedModel) -> None:
    names = ("rain", "sea", "bell", "dog")
    films = Films(classes=names * 2)
    metrics = measured(model, films, hold_out(model, films), Judge(names).eval())
    assert "noise diversity" not in metrics and "no class has two held-out clips" in str(metrics[NOT_MEASURED])
    assert metrics["R@1, chance"] == 0.25


def test_a_class_that_the_judge_does_not_know_is_left_out_and_counted(model: TrainedModel) -> None:
    films = Films(classes=("rain", "sea") * 2 + ("rain", "rain", "bell", None))
    metrics = measured(model, films, hold_out(model, films), Judge(("rain", "sea")).eval())
    assert "R@1, R@5 of 2 clips" in str(metrics[NOT_MEASURED])
    assert metrics["R@5, real pictures"] == 1.0


def test_without_a_test_split_that_of_validation_is_held_out_and_what_is_torn_left_out(model: TrainedModel) -> None:
    films = Films(splits=("train",) * 4 + ("val",) * 4, torn=("film-5",))
    assert list(hold_out(model, films).ids) == ["film-4", "film-6", "film-7"]
    with pytest.raises(DataError, match="at least 2 held-out pairs to measure with, got 0 of 0"):
        hold_out(model, replace(films, splits=("train",) * 8))


def test_the_sheet_shows_one_of_each_class_or_some_of_all(model: TrainedModel) -> None:
    films = Films()
    held = hold_out(model, films)
    assert [held.labels[row] for row in shown_rows(held, films)] == ["rain", "sea"]
    assert shown_rows(replace(held, labels=(None,) * 4), films) == [0, 1, 2, 3]
    assert samples_sheet(model, held, films, cell_px=32).shape[2] == 3
