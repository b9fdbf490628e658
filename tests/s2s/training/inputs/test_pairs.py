"""What f_A is trained on: computed once, the same as the show hears, and never mixed up with another run's."""

import json
import logging
import math
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from s2s.data.clip_source import DataError
from s2s.models.image_encoder import ImageEncoder
from s2s.spectrogram import fit_clip, log_power, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs import pairs as module
from s2s.training.inputs.image_features import raw_features
from s2s.training.inputs.pairs import Normalisation, Pairs, write_pairs
from tests.s2s.training.made_up_pairs import RATE_HZ, SECOND, Tones, pairs_of

HALF_PRECISION = 2.0**-11
"""Largest relative error of a rounded number."""
ROUNDING = 5e-5
"""What float32 leaves of a clip without any deviation: the show hears 1e-5 in silence."""
Sound = np.ndarray


@pytest.fixture(scope="module")
def encoder() -> ImageEncoder:
    torch.manual_seed(0)
    return ImageEncoder(4).eval()


class Sounds(Tones):
    """The sounds it is given."""

    def __init__(self, sounds: dict[str, Sound]) -> None:
        super().__init__(len(sounds))
        self._sounds = list(sounds.values())

    def sound(self, pair_id: str) -> Sound:
        return self._sounds[int(pair_id.split("-")[1])]


def every_kind_of_sound() -> dict[str, Sound]:
    rng = np.random.default_rng(0)
    noise = rng.standard_normal(RATE_HZ).astype(np.float32)
    tone = np.sin(np.arange(RATE_HZ) * 0.3).astype(np.float32)
    return {
        "a whisper": 0.001 * noise,
        "noise": 0.1 * noise,
        "a tone at full scale": tone,
        "clipped": 3 * tone,
        "silence": np.zeros(RATE_HZ, np.float32),
        "a click in silence": np.eye(1, RATE_HZ, 5000, dtype=np.float32)[0],
        "shorter than the clip": 0.2 * noise[: RATE_HZ // 3],
        "longer than the clip": np.concatenate([0.2 * noise, tone]),
    }


@pytest.mark.parametrize("normalisation", ["fixed", "clip"])
def test_what_training_hears_is_what_the_show_hears(
    normalisation: Normalisation, encoder: ImageEncoder, tmp_path: Path
) -> None:
    sounds = every_kind_of_sound()
    pairs = write_pairs(Sounds(sounds), encoder, tmp_path, SECOND, normalisation)
    trained_on = pairs.normalised(pairs.log_spectrograms_of(pairs.train))
    assert pairs.spec.normalisation == normalisation
    for (name, sound), row in zip(sounds.items(), trained_on, strict=True):
        clip = fit_clip(sound, SECOND)[None]
        shown = spectrogram(clip, pairs.spec)[0]
        level = log_power(clip, SECOND) - math.log(SECOND.floor)
        deviation = pairs.spec.deviation or max(float(level.std(correction=0)), 1e-9)
        allowed = 2 * HALF_PRECISION * float(level.max()) / deviation
        assert float((row - shown).abs().max()) <= allowed + ROUNDING, name


def test_silence_is_nothing_at_all_to_a_clip_that_is_measured_by_itself() -> None:
    heard = torch.zeros(1, SECOND.num_bins, SECOND.num_frames)
    pairs = pairs_of(np.zeros((2, SECOND.clip_samples), np.float32), np.ones((2, 1, 4)))
    assert not pairs.normalised(heard).any()


def test_features_are_those_of_f_v_and_few_pictures_are_repeated(encoder: ImageEncoder, tmp_path: Path) -> None:
    source = Tones(3, pictures=3)
    pairs = write_pairs(source, encoder, tmp_path, SECOND)
    assert pairs.features.shape == (3, 3, encoder.embedding_dim) and pairs.feature_dim == encoder.embedding_dim
    for row, pair_id in enumerate(source.ids):
        own = raw_features(encoder, source.pictures(pair_id))
        assert_close(torch.from_numpy(np.array(pairs.features[row])), own[torch.arange(3) % len(own)])


def test_pairs_are_divided_as_their_source_says(encoder: ImageEncoder, tmp_path: Path) -> None:
    pairs = write_pairs(Tones(6, val_from=3), encoder, tmp_path, SECOND)
    assert [rows.tolist() for rows in (pairs.train, pairs.held_out, pairs.test)] == [[0, 1, 2], [3], [4, 5]]
    assert pairs.ids[3] == "tone-003"
    assert pairs.calibrated.tolist() == [False, False, True, False, False, False]
    assert pairs.classes == ("octave 0",) and pairs.labels.tolist() == [-1, 0, 0, 0, 0, 0]


def test_a_pair_is_drawn_as_often_as_it_weighs(encoder: ImageEncoder, tmp_path: Path) -> None:
    pairs = write_pairs(Tones(4, val_from=3), encoder, tmp_path, SECOND)
    assert_close(pairs.chances, np.array([0.6, 0.2, 0.2]))


def test_a_pair_that_cannot_be_read_is_left_out_with_a_word(
    encoder: ImageEncoder, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        pairs = write_pairs(Tones(5, broken=[1, 4], val_from=4), encoder, tmp_path, SECOND)
    assert pairs.train.tolist() == [0, 2, 3] and not len(pairs.held_out)
    assert "tone-001 is left out: its shard is damaged" in caplog.messages
    assert len(pairs.chances) == 3 and float(pairs.chances.sum()) == pytest.approx(1.0)


def test_writing_goes_on_where_it_was_cut(
    encoder: ImageEncoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 2)
    monkeypatch.setattr(module, "_SAVED_EVERY", 4)
    source = Tones(11)
    source.stop_at = 7
    with pytest.raises(KeyboardInterrupt):
        write_pairs(source, encoder, tmp_path / "cut", SECOND)
    with pytest.raises(DataError, match=r"unfinished \(4 of 11 pairs\)"):
        Pairs.open(tmp_path / "cut")
    source.stop_at, source.heard = -1, []
    cut = write_pairs(source, encoder, tmp_path / "cut", SECOND)
    assert source.heard == list(range(4, 11))
    whole = write_pairs(Tones(11), encoder, tmp_path / "whole", SECOND)
    assert np.array_equal(cut.log_spectrograms, whole.log_spectrograms) and np.array_equal(cut.features, whole.features)
    assert cut.spec == whole.spec
    source.heard = []
    write_pairs(source, encoder, tmp_path / "cut", SECOND)
    assert source.heard == []


def test_pairs_of_another_f_v_are_refused(encoder: ImageEncoder, tmp_path: Path) -> None:
    write_pairs(Tones(2), encoder, tmp_path, SECOND)
    with pytest.raises(DataError, match="other encoder: choose another --cache"):
        write_pairs(Tones(2), ImageEncoder(4), tmp_path, SECOND)


def test_pairs_of_other_clips_other_moments_or_another_length_are_refused(
    encoder: ImageEncoder, tmp_path: Path
) -> None:
    write_pairs(Tones(2), encoder, tmp_path, SECOND)
    with pytest.raises(DataError, match="other ids, splits, labels"):
        write_pairs(Tones(3), encoder, tmp_path, SECOND)
    with pytest.raises(DataError, match="other spec"):
        write_pairs(Tones(2), encoder, tmp_path, SpectrogramSpec(clip_samples=8_000))
    with pytest.raises(DataError, match="other normalisation"):
        write_pairs(Tones(2), encoder, tmp_path, SECOND, "clip")
    others = Tones(2)
    others.choice = {"frames": [[4], [7]]}
    with pytest.raises(DataError, match="other frames"):
        write_pairs(others, encoder, tmp_path, SECOND)


def test_a_folder_that_does_not_say_which_moments_it_holds_is_believed(encoder: ImageEncoder, tmp_path: Path) -> None:
    source = Tones(2)
    write_pairs(source, encoder, tmp_path, SECOND)
    about = json.loads((tmp_path / "pairs.json").read_text())
    del about["frames"]
    (tmp_path / "pairs.json").write_text(json.dumps(about))
    assert len(write_pairs(source, encoder, tmp_path, SECOND).train) == 2


def test_a_folder_from_before_levels_were_told_is_told_them(encoder: ImageEncoder, tmp_path: Path) -> None:
    source = Tones(4)
    write_pairs(source, encoder, tmp_path, SECOND)
    about = json.loads((tmp_path / "pairs.json").read_text())
    del about["calibrated"]
    (tmp_path / "pairs.json").write_text(json.dumps(about))
    assert write_pairs(source, encoder, tmp_path, SECOND).calibrated.tolist() == [False, False, True, False]


def test_the_input_definition_is_measured_on_the_training_sounds(encoder: ImageEncoder, tmp_path: Path) -> None:
    source = Tones(4, val_from=3)
    pairs = write_pairs(source, encoder, tmp_path / "plain", SECOND)
    levels = torch.stack([log_power(torch.from_numpy(source.sound(one)), SECOND) for one in source.ids[:3]])
    assert pairs.spec.mean == pytest.approx(float(levels.mean()), abs=1e-3)
    assert pairs.spec.deviation == pytest.approx(float(levels.std(correction=0)), abs=1e-3)
    quiet = write_pairs(Tones(4, val_from=3, loud=0.01), encoder, tmp_path / "quiet", SECOND)
    assert quiet.spec.mean is not None and pairs.spec.mean is not None
    assert quiet.spec.mean < pairs.spec.mean


def test_a_definition_of_ones_own_is_kept_but_for_what_is_measured_anew(encoder: ImageEncoder, tmp_path: Path) -> None:
    own = SpectrogramSpec(clip_samples=16_000, floor=1e-5, normalisation="fixed", mean=-7.0, deviation=9.0)
    pairs = write_pairs(Tones(2), encoder, tmp_path, own)
    assert pairs.spec.floor == own.floor and pairs.spec.clip_samples == own.clip_samples
    assert pairs.spec.mean != own.mean and pairs.spec.deviation != own.deviation
    shown = spectrogram(torch.from_numpy(Tones(2).sound("tone-001"))[None], pairs.spec)
    assert_close(pairs.normalised(pairs.log_spectrograms_of(np.array([1]))), shown, atol=5e-3, rtol=0)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_pairs_to_train_on_are_named(count: int, encoder: ImageEncoder, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=f"at least two pairs to train on, got {count} of {count}"):
        write_pairs(Tones(count), encoder, tmp_path, SECOND)


def test_rows_are_returned_in_the_order_in_which_they_are_asked_for(encoder: ImageEncoder, tmp_path: Path) -> None:
    pairs = write_pairs(Tones(4), encoder, tmp_path, SECOND)
    found = pairs.log_spectrograms_of(np.array([3, 0, 3, 2]))
    assert found.dtype == torch.float32
    assert_close(found, torch.from_numpy(np.array(pairs.log_spectrograms[[3, 0, 3, 2]])).float(), atol=0, rtol=0)
