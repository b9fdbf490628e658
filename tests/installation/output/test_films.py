"""Films that are begun and ended while the show runs."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from installation.output.films import Films
from installation.output.recording import fitted
from installation.ring import AudioRing
from installation.values import Pixels
from tests.waiting import wait_until

pytestmark = pytest.mark.heavy

SIZE, FPS = (64, 36), 10.0
EVENING = datetime(2026, 11, 29, 21, 47, 5, tzinfo=UTC)


@pytest.fixture
def ring() -> Iterator[AudioRing]:
    ring = AudioRing(2.0)
    yield ring
    ring.close()


class Stage:
    """Films of pictures of noise, by a clock of the test's own."""

    def __init__(self, folder: Path, ring: AudioRing) -> None:
        self.ended, self.now, self.size = 0, 0.0, SIZE
        self.random = np.random.default_rng(0)
        self.films = Films(folder, lambda: self.size, FPS, ring, self.end, lambda: EVENING)

    def end(self) -> None:
        self.ended += 1

    def picture(self) -> Pixels:
        return self.random.integers(0, 256, (self.size[1], self.size[0], 3), np.uint8)

    def show(self, pictures: int) -> None:
        for _ in range(pictures):
            self.now += 1.0 / FPS
            self.films.offer(self.now, self.picture)
            time.sleep(0.005)


def pictures_in(path: Path) -> int:
    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0))


def test_two_films_come_and_go_and_both_play(tmp_path: Path, ring: AudioRing) -> None:
    stage = Stage(tmp_path / "films", ring)
    stage.show(3)
    assert not (tmp_path / "films").exists()
    for _ in range(2):
        stage.films.want(True)
        stage.show(10)
        assert 0.1 <= stage.films.status().recorded_s <= 1.1
        stage.films.want(False)
        stage.show(1)
        assert stage.films.status().recorded_s == 0.0
    stage.films.close()
    films = sorted((tmp_path / "films").iterdir())
    assert [film.name for film in films] == ["2026-11-29_21-47-05.mp4", "2026-11-29_21-47-05_2.mp4"]
    assert all(1 <= pictures_in(film) <= 11 for film in films)
    assert stage.ended == 0 and stage.films.status().problem == ""


def test_the_end_of_the_show_ends_the_film_too(tmp_path: Path, ring: AudioRing) -> None:
    stage = Stage(tmp_path, ring)
    stage.films.want(True)
    stage.show(5)
    stage.films.close()
    stage.films.close()
    assert pictures_in(tmp_path / "2026-11-29_21-47-05.mp4") >= 1


def test_a_film_that_ends_by_itself_says_why_turns_the_switch_off_and_another_may_begin(
    tmp_path: Path, ring: AudioRing
) -> None:
    folder = tmp_path / "films"
    folder.touch()  # a file where the folder should be
    stage = Stage(folder, ring)
    stage.films.want(True)

    def ended() -> int:
        stage.show(1)
        return stage.ended

    assert wait_until(ended)
    stage.show(3)
    assert stage.ended == 1
    assert stage.films.status().problem.startswith("recording stopped: ")
    folder.unlink()
    stage.films.want(True)
    stage.show(5)
    assert stage.films.status().problem == ""
    stage.films.close()
    assert pictures_in(folder / "2026-11-29_21-47-05.mp4") >= 1


def test_a_window_that_changes_its_size_changes_no_film(tmp_path: Path, ring: AudioRing) -> None:
    stage = Stage(tmp_path, ring)
    stage.films.want(True)
    stage.show(4)
    stage.size = (96, 40)
    stage.show(4)
    stage.films.close()
    assert stage.films.status().problem == ""
    with av.open(str(tmp_path / "2026-11-29_21-47-05.mp4")) as film:
        assert {(frame.width, frame.height) for frame in film.decode(video=0)} == {SIZE}


def test_a_picture_of_another_shape_is_shown_whole_between_bars() -> None:
    wide = np.full((10, 40, 3), 200, np.uint8)
    inside = fitted(wide, (40, 20))
    assert inside.shape == (20, 40, 3)
    assert (inside[5:15] == 200).all() and not inside[:5].any() and not inside[15:].any()
    assert fitted(wide, (40, 10)) is wide
