"""The mel bands that a namer learns from, written once: of takes, recordings at several speeds, and unknown sounds."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from s2s.commands.train.namer import SPEEDS, at_speed
from s2s.data.clip_source import DataError
from s2s.data.esc10 import OTHER, Recording
from s2s.mel_bands import mel_bands
from s2s.spectrogram import fit_clip, log_power
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs.band_sounds import BandSounds, write_band_sounds
from s2s.training.inputs.scene_sound_sources import EarSounds
from s2s.world.takes import WorldCounts, WorldTakes, write_takes

pytestmark = [pytest.mark.gl, pytest.mark.heavy]

SPEC = SpectrogramSpec(clip_samples=16_000, floor=1e-12)
TAKES = 8


def tone(scene: str, name: str) -> Recording:
    whole = 0.1 * np.sin(np.arange(16_000) * 2 * np.pi * 1_000 / 16_000)
    return Recording(Path(f"{scene}/{name}.ogg"), scene, whole.astype(np.float32))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> EarSounds:
    folder = tmp_path_factory.mktemp("takes")
    write_takes(folder, WorldCounts(TAKES, TAKES, 32, num_scenes=4), workers=1)
    recordings = [at_speed(one, speed) for one in (tone("rain", "1-17367-A"), tone(OTHER, "cat-0")) for speed in SPEEDS]
    return EarSounds(WorldTakes.open(folder), recordings, num_unknown=10)


@pytest.fixture(scope="module")
def sounds(source: EarSounds, tmp_path_factory: pytest.TempPathFactory) -> BandSounds:
    return write_band_sounds(source, tmp_path_factory.mktemp("bands"), SPEC)


def test_each_sound_is_kept_as_a_namer_hears_it(source: EarSounds, sounds: BandSounds) -> None:
    heard = mel_bands(log_power(fit_clip(source.read(3), SPEC), SPEC), SPEC).numpy()
    assert_allclose(sounds.bands[3], heard, atol=0.02)
    assert sounds.labels.tolist() == [0, 1, 2, 3] * 2 + [0] * 5 + [-1] * 15
    assert sounds.spec == SPEC


def test_a_recording_that_is_played_faster_sounds_higher(sounds: BandSounds) -> None:
    pitches = [int(np.asarray(sounds.bands[TAKES + n]).mean(axis=1).argmax()) for n in range(len(SPEEDS))]
    assert pitches == sorted(pitches) and pitches[0] < pitches[2] < pitches[-1]


def test_pools_hold_what_is_learnt_from_by_label_and_domain(sounds: BandSounds) -> None:
    pools = sounds.pools()
    assert set(pools) == {*((n, False) for n in range(4)), (0, True), (-1, True), (-1, False)}
    rows, chances = pools[0, True]
    assert_array_equal(rows, TAKES + np.arange(5))
    assert_allclose(chances, 0.2)


def test_a_crop_goes_on_at_the_beginning_after_the_end(sounds: BandSounds) -> None:
    whole = np.asarray(sounds.bands[7], np.float32)
    crop = sounds.crop(7, whole.shape[1] - 5, 12)
    assert_array_equal(crop, np.concatenate([whole[:, -5:], whole[:, :7]], axis=1))


def test_what_is_written_is_kept_and_other_sounds_are_refused(source: EarSounds, sounds: BandSounds) -> None:
    folder = Path(str(sounds.bands.filename)).parent  # type: ignore[attr-defined]
    before = (folder / "bands.npy").stat().st_mtime_ns
    write_band_sounds(source, folder, SPEC)
    assert (folder / "bands.npy").stat().st_mtime_ns == before
    with pytest.raises(DataError, match="holds other sounds"):
        write_band_sounds(EarSounds(source.takes), folder, SPEC)
    (folder / "done").write_text("3")
    with pytest.raises(DataError, match="3 of 28 sounds"):
        BandSounds.open(folder)
