"""Which sounds belong to which pictures: moments of clips, the world's takes, and recordings that have no picture."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from s2s.data.clip_source import DataError
from s2s.data.esc10 import Recording, read_recordings
from s2s.training.inputs.pair_sources import ChosenMoments, WorldPairs
from s2s.world.state import SCENES
from s2s.world.takes import WorldCounts, WorldTakes

RATE_HZ = 16_000
PX = 8


class Clips:
    """A `ClipSource` whose samples and frames tell their own number."""

    frame_rate_hz = 10.0
    ids: Sequence[str] = ("a", "b", "c")

    def __init__(self, seconds: float = 10.0, num_frames: int = 100) -> None:
        self.num_samples, self.num_frames = round(seconds * RATE_HZ), num_frames

    def split(self, clip_id: str) -> Literal["train", "val", "test"]:
        return {"a": "train", "b": "val", "c": "test"}[clip_id]  # type: ignore[return-value]

    def label(self, clip_id: str) -> str | None:
        return None if clip_id == "c" else f"class of {clip_id}"

    def sound(self, clip_id: str) -> np.ndarray:
        return np.arange(self.num_samples, dtype=np.float32)

    def frames(self, clip_id: str, px: int) -> np.ndarray:
        numbers = np.arange(self.num_frames, dtype=np.uint8)[:, None, None, None]
        return np.broadcast_to(numbers, (self.num_frames, px, px, 3))


def shown(source: ChosenMoments | WorldPairs, pair_id: str) -> list[int]:
    """Return the numbers that the pictures of a pair carry."""
    pictures = source.pictures(pair_id)
    assert pictures.dtype == np.uint8 and pictures.shape[1:] == (PX, PX, 3)
    return [int(number) for number in pictures[:, 0, 0, 0]]


def test_without_moments_every_clip_shows_its_middle_frame() -> None:
    source = ChosenMoments(Clips(), PX)
    assert list(source.ids) == ["a", "b", "c"] and source.pictures_each == 1
    assert [shown(source, pair_id) for pair_id in source.ids] == [[50]] * 3
    assert [source.split(pair_id) for pair_id in source.ids] == ["train", "val", "test"]
    assert [source.label(pair_id) for pair_id in source.ids] == ["class of a", "class of b", None]
    assert {source.weight(pair_id) for pair_id in source.ids} == {1.0}
    assert not any(source.calibrated(pair_id) for pair_id in source.ids)


def test_with_moments_a_clip_shows_its_best_and_one_without_any_is_left_out() -> None:
    moments = {"c": (70, 3, 9), "a": (12,), "b": (), "elsewhere": (1,)}
    source = ChosenMoments(Clips(), PX, moments)
    assert list(source.ids) == ["a", "c"]
    assert shown(source, "a") == [12] and shown(source, "c") == [70]
    several = ChosenMoments(Clips(), PX, moments, pictures_each=2)
    assert shown(several, "a") == [12] and shown(several, "c") == [70, 3]


def test_a_moment_after_the_last_frame_is_the_last_frame() -> None:
    source = ChosenMoments(Clips(num_frames=98), PX, {"a": (99,)})
    assert shown(source, "a") == [97]


def test_a_clip_of_sound_alone_cannot_be_read() -> None:
    with pytest.raises(ValueError, match="no frames"):
        ChosenMoments(Clips(num_frames=0), PX).pictures("a")


@pytest.mark.parametrize("clip_s", [1.0, 5.0, 10.0])
@pytest.mark.parametrize("frame", [0, 4, 50, 70, 99])
def test_the_sound_is_the_window_around_the_moment_as_far_as_the_clip_reaches(clip_s: float, frame: int) -> None:
    sound = ChosenMoments(Clips(), PX, {"a": (frame, 1)}, clip_s=clip_s).sound("a")
    assert len(sound) == clip_s * RATE_HZ
    assert np.array_equal(np.diff(sound), np.ones(len(sound) - 1))
    middle_s = (frame + 0.5) / 10  # a frame is on the screen for a tenth of a second
    start_s = min(max(middle_s - clip_s / 2, 0.0), 10.0 - clip_s)
    assert sound[0] == pytest.approx(start_s * RATE_HZ, abs=1)


@pytest.mark.parametrize("clip_s", [1.0, 5.0])
def test_without_moments_the_sound_is_the_middle_of_the_clip(clip_s: float) -> None:
    sound = ChosenMoments(Clips(), PX, clip_s=clip_s).sound("a")
    assert (sound[0] + sound[-1] + 1) / 2 == 5.0 * RATE_HZ


def test_a_clip_that_is_shorter_than_what_is_wanted_is_heard_whole() -> None:
    assert len(ChosenMoments(Clips(3.0, 30), PX, {"a": (29,)}, clip_s=5.0).sound("a")) == 3 * RATE_HZ


def test_other_frames_are_another_choice_and_what_is_not_looked_at_is_none() -> None:
    def choice(moments: dict[str, tuple[int, ...]] | None, **more: int) -> object:
        return dict(ChosenMoments(Clips(), PX, moments, **more).choice)

    first = choice({"a": (1, 2)})
    assert first == choice({"a": (1, 3)})
    others = [choice({"a": (2, 1)}), choice(None), choice({"a": (1,)}, pictures_each=2), choice({"a": (1,)}, clip_s=5)]
    assert first not in others


def world(num_sounds: int = 40, num_scenes: int = 5, first_seed: int = 0) -> WorldTakes:
    """Return takes whose picture carries the take's number."""
    counts = WorldCounts(num_sounds + 4, num_sounds, PX, first_seed, num_scenes)
    numbers = np.arange(num_sounds + 4, dtype=np.uint8)
    pictures = np.broadcast_to(numbers[:, None, None, None], (num_sounds + 4, PX, PX, 3))
    return WorldTakes(counts, pictures, np.full((num_sounds, 100), 16384, np.int16))


def recording(scene: str, name: str = "1-x") -> Recording:
    return Recording(Path(f"{name}.ogg"), scene, np.linspace(-1, 1, 100, dtype=np.float32))


def test_a_take_goes_with_its_own_picture_under_its_scene() -> None:
    source = WorldPairs(world())
    assert list(source.ids)[:2] == ["take-000000", "take-000001"] and len(source.ids) == 40
    assert shown(source, "take-000007") == [7]
    assert source.label("take-000007") == SCENES[2]
    assert source.sound("take-000007")[0] == pytest.approx(16384 / 32767)
    assert source.weight("take-000007") == source.weight("take-000039")


def test_the_last_tenth_of_the_takes_is_held_out_half_of_it_to_the_end() -> None:
    source = WorldPairs(world())
    assert source.data.num_training_takes == 36
    assert [source.split(pair_id) for pair_id in source.ids[34:]] == ["train", "train", "val", "val", "test", "test"]


def test_takes_have_true_levels_and_recordings_have_not() -> None:
    source = WorldPairs(world(), [recording("sea")])
    assert [source.calibrated(pair_id) for pair_id in source.ids] == [True] * (len(source.ids) - 1) + [False]


def test_recordings_are_trained_on_with_pictures_of_training_takes_of_their_scene() -> None:
    source = WorldPairs(world(), [recording("sea"), recording("wind", "2-y")])
    assert list(source.ids)[-2:] == ["recording-1-x", "recording-2-y"]
    for pair_id, scene in (("recording-1-x", 2), ("recording-2-y", 4)):
        assert source.split(pair_id) == "train" and source.label(pair_id) == SCENES[scene]
        takes = shown(source, pair_id)
        assert len(takes) == source.pictures_each and len(set(takes)) > 1
        assert all(take % 5 == scene and take < 36 for take in takes)
        assert takes == shown(source, pair_id)
    assert len(source.sound("recording-1-x")) == 160_000


def test_recordings_get_their_share_of_what_is_drawn() -> None:
    source = WorldPairs(world(), [recording("sea"), recording("wind", "2-y")], recordings_share=0.25)
    weights = {pair_id: source.weight(pair_id) for pair_id in source.ids if source.split(pair_id) == "train"}
    recorded = sum(weight for pair_id, weight in weights.items() if pair_id.startswith("recording"))
    assert recorded == pytest.approx(0.25) and sum(weights.values()) == pytest.approx(1.0)


def test_recordings_of_scenes_that_the_data_do_not_show_take_no_share() -> None:
    source = WorldPairs(world(num_scenes=3), [recording("sea"), recording("dog", "2-y")], recordings_share=0.25)
    assert list(source.ids)[-1] == "recording-1-x" and len(source.ids) == 41
    assert source.weight("recording-1-x") == 0.25


def test_another_world_is_another_choice() -> None:
    assert WorldPairs(world()).choice == WorldPairs(world()).choice
    assert WorldPairs(world()).choice != WorldPairs(world(first_seed=1)).choice


def test_a_folder_without_recordings_says_what_it_expects(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="sea_waves"):
        read_recordings(tmp_path, (1, 2))
