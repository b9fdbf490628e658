"""How much of an evening that is too long is read."""

from pathlib import Path

import pytest

from s2s.data.prepared import PreparedData
from s2s.data.settings import PrepareSettings
from s2s.retrain.amount import FEWEST_EACH, longest_within, prepare_within
from s2s.retrain.budget import Budget
from s2s.retrain.stages import Stages
from s2s.retrain.venue import Venue
from tests.s2s.retrain.places import dataset


def test_an_evening_that_fits_is_read_whole() -> None:
    assert longest_within([60.0, 120.0, 30.0], affordable_s=210.0) is None


def test_of_each_long_recording_the_same_beginning_is_read_and_short_ones_whole() -> None:
    assert longest_within([3600.0, 3600.0, 100.0], affordable_s=1100.0) == 500.0


def test_forty_hours_in_twelve_minutes() -> None:
    of_each_s = longest_within([3600.0] * 40, affordable_s=4000.0)
    assert of_each_s == 100.0


@pytest.mark.parametrize("affordable_s", [0.0, 1.0, 200.0])
def test_half_a_minute_of_each_is_read_in_any_case(affordable_s: float) -> None:
    assert longest_within([3600.0] * 40, affordable_s) == 30.0


def test_no_recordings_need_no_time() -> None:
    assert longest_within([], 0.0) is None


@pytest.mark.proc
def test_recordings_for_which_there_is_no_time_are_left_out_and_some_of_every_split_are_read(tmp_path: Path) -> None:
    evening = dataset(tmp_path / "evening", 24)
    venue, settings = Venue.read(evening), PrepareSettings(px=(16,), clip_s=1.0, hop_s=1.0)
    stages = Stages(Budget(1.0, lambda: 0.0), 1, lambda _: None)
    prepare_within(venue, evening, tmp_path / "data", settings, workers=1, stages=stages, seconds=0.0)
    data = PreparedData.open(tmp_path / "data")
    counts = [len(data.ids_of(split)) for split in ("train", "val", "test")]
    assert min(counts) >= FEWEST_EACH and sum(counts) < 24
    assert stages.cut_short == [f"{24 - sum(counts)} of 24 recordings are not read: their time is over"]
