"""When a photograph was taken and a recording begun: by the camera, by the name, by the file."""

from datetime import datetime
from pathlib import Path

import pytest

from s2s.retrain.times import begun_at, duration_of, taken_at, time_in
from tests.s2s.retrain.places import photograph, sound

EVENING = datetime(2024, 5, 18, 21, 30, 45)
NOON = datetime(2024, 5, 19, 12, 0, 0)
NIGHT = datetime(2024, 5, 18, 23, 0, 0)


@pytest.mark.parametrize(
    "name",
    [
        "20240518_213045",
        "PXL_20240518_213045123",
        "IMG-20240518-213045",
        "2024-05-18 21.30.45",
        "Recording 2024-05-18 at 21.30.45",
        "terrace-2024-05-18T21:30:45",
        "20240518213045",
    ],
)
def test_names_of_cameras_and_recorders_hold_their_time(name: str) -> None:
    assert time_in(name) == EVENING


@pytest.mark.parametrize("name", ["terrace", "take-12", "20241345_213045", "120240518_213045", "20240518", "IMG_0042"])
def test_other_names_hold_none(name: str) -> None:
    assert time_in(name) is None


def test_the_camera_is_believed_before_the_name_and_the_name_before_the_file(tmp_path: Path) -> None:
    named = "20240518_213045.jpg"
    assert taken_at(photograph(tmp_path / "a" / named, written=NOON, by_camera=NIGHT)) == NIGHT
    assert taken_at(photograph(tmp_path / "b" / named, written=NOON)) == EVENING
    assert taken_at(photograph(tmp_path / "terrace.jpg", written=NOON)) == NOON


def test_a_photograph_without_a_header_has_the_time_of_its_file(tmp_path: Path) -> None:
    torn = photograph(tmp_path / "torn.jpg", written=NOON)
    torn.write_bytes(b"torn")
    assert abs((taken_at(torn) - datetime.now()).total_seconds()) < 60


def test_a_recording_ends_when_its_file_was_last_written(tmp_path: Path) -> None:
    file = sound(tmp_path / "terrace.wav", 2.0, ended=NOON)
    assert duration_of(file) == pytest.approx(2.0)
    assert (NOON - begun_at(file)).total_seconds() == pytest.approx(2.0)
    assert begun_at(sound(tmp_path / "20240518_213045.wav", ended=NOON)) == EVENING


def test_what_is_no_sound_has_no_length(tmp_path: Path) -> None:
    (tmp_path / "torn.wav").write_bytes(b"torn")
    assert duration_of(tmp_path / "torn.wav") == 0.0
