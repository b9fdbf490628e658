"""What is known of a clip: right by construction, read back as written, and a clear word for anything else."""

import json
from pathlib import Path

import numpy as np
import pytest

from s2s.world.scene_clip import Envelope, SceneClip, ScenePart
from s2s.world.truth import PartTruth, Truth, loudness_db, read_truth, truth_of

COMES_AT_5_S = Envelope(((4.9, 0.0), (5.1, 1.0)))
THERE = Envelope.level(1.0)


def bell(presence: Envelope = COMES_AT_5_S) -> SceneClip:
    return SceneClip(7, 12.0, (ScenePart("bell", 7, presence, THERE),))


def tone(levels: list[float]) -> np.ndarray:
    """A 440 Hz tone whose amplitude changes every tenth of a second, as the only part [1, n]."""
    time_s = np.arange(len(levels) * 1600) / 16_000
    return (np.repeat(levels, 1600) * np.sin(2 * np.pi * 440 * time_s))[None].astype(np.float32)


def truth(sizes: list[float], levels: list[float], clip: SceneClip | None = None) -> Truth:
    return truth_of(clip or bell(), [(size,) for size in sizes], tone(levels))


def test_presence_is_that_of_the_clip_in_the_middle_of_each_frame() -> None:
    known = truth([0.1] * 100, [0.5] * 100)
    assert known.num_frames == 100
    np.testing.assert_array_equal(known.shown(), [frame >= 50 for frame in range(100)])


def test_a_full_scale_sine_is_3_db_below_full_scale_and_silence_120() -> None:
    known = truth([0.1] * 100, [1.0] * 50 + [0.0] * 50)
    np.testing.assert_allclose(known.parts[0].loudness_db[:50], -3.01, atol=0.01)
    np.testing.assert_array_equal(known.parts[0].loudness_db[50:], -120.0)


def test_the_best_moments_show_the_largest_thing_at_its_loudest() -> None:
    sizes, levels = [0.1] * 100, [0.1] * 100
    sizes[80], levels[80] = 0.5, 1.0  # large and loud
    sizes[70] = 0.5  # large
    levels[60] = 1.0  # loud
    sizes[20], levels[20] = 0.9, 1.0  # larger still, but not there yet
    best = truth(sizes, levels).best_moments(3)
    assert best[0] == 80 and set(best[1:]) == {60, 70}


def test_moments_of_equal_worth_come_in_the_order_of_time() -> None:
    assert truth([0.2] * 100, [0.5] * 100, bell(THERE)).best_moments(4) == [0, 1, 2, 3]


def test_every_part_counts() -> None:
    quiet = PartTruth("sea", np.ones(10), np.full(10, 0.1), np.full(10, -20.0))
    rising = PartTruth("rain", np.ones(10), np.linspace(0.0, 0.9, 10), np.full(10, -20.0))
    assert Truth(1, 6.0, (quiet, rising)).best_moments(1) == [9]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    known = truth([0.25] * 100, [0.5] * 100)
    path = tmp_path / "bell-7.json"
    path.write_text(json.dumps(known.to_dict()))
    again = read_truth(path)
    assert (again.seed, again.hour, again.parts[0].scene) == (7, 12.0, "bell")
    np.testing.assert_allclose(again.parts[0].loudness_db, known.parts[0].loudness_db, atol=1e-3)
    assert again.best_moments() == known.best_moments()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"seed": 1, "hour": 2, "parts": [{"scene": "bell"}]}', "null"])
def test_a_file_that_is_no_truth_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(text)
    with pytest.raises(ValueError, match=r"bad\.json: is no truth") as caught:
        read_truth(tmp_path / "bad.json")
    assert "\n" not in str(caught.value)


def test_sizes_or_sounds_of_another_clip_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 100 sizes and 1 sounds, got 99 and 1"):
        truth_of(bell(), [(0.1,)] * 99, tone([0.5] * 100))


def test_the_level_of_pieces_that_do_not_divide_evenly_is_still_theirs() -> None:
    assert loudness_db(np.full(1003, 0.1, np.float32), 10) == pytest.approx([-20.0] * 10, abs=1e-4)
