"""Whole clips: seen, heard and known together; and written as films that play."""

import json
from pathlib import Path

import av
import numpy as np
import pytest

from s2s.media.audio import read_audio
from s2s.world.films import WorldFilms, WorldFolderError, write_films
from s2s.world.studio import SceneChoice, Studio
from s2s.world.truth import loudness_db, read_truth

pytestmark = pytest.mark.gl

BELLS = SceneChoice(scenes=("bell", "sea"), visible=(0.3, 0.5), parts=1)


def films(num_clips: int, first_seed: int = 0) -> WorldFilms:
    return WorldFilms(num_clips, px=32, first_seed=first_seed, kind=BELLS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("films")
    assert list(write_films(out, films(2), workers=2)) == ["bell-0000000", "sea-0000001"]
    return out


def test_a_clip_is_the_same_at_every_call_and_its_parts_fit_together() -> None:
    with Studio(32) as studio:
        one, again = studio.render(BELLS.draw(4)), studio.render(BELLS.draw(4))
    assert one.frames.shape == (100, 32, 32, 3) and one.sound.shape == (160_000,) and one.truth.num_frames == 100
    np.testing.assert_array_equal(one.frames, again.frames)
    np.testing.assert_array_equal(one.sound, again.sound)


def test_the_sound_is_louder_and_the_thing_larger_while_it_is_there() -> None:
    with Studio(32) as studio:
        for seed in range(4):
            made = studio.render(BELLS.draw(seed))
            there = made.truth.shown()
            level_db = loudness_db(made.sound, made.truth.num_frames)
            assert level_db[there].mean() > level_db[~there].mean()
            assert made.truth.parts[0].size[there].mean() > made.truth.parts[0].size[~there].mean()


def test_more_frames_a_second_show_the_same_clip() -> None:
    with Studio(32) as slow, Studio(32, fps=25.0) as fast:
        few, many = slow.render(BELLS.draw(3)), fast.render(BELLS.draw(3))
    assert many.frames.shape[0] == 250
    np.testing.assert_array_equal(few.sound, many.sound)
    assert few.truth.best_moments() == many.truth.best_moments()


def test_films_play_with_the_sound_and_the_pictures_of_their_clips(folder: Path) -> None:
    with Studio(32) as studio:
        made = studio.render(BELLS.draw(0))
    with av.open(str(folder / "bell-0000000.mp4")) as container:
        frames = np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])
    assert frames.shape == made.frames.shape
    assert np.abs(frames.astype(float) - made.frames).mean() < 6.0  # of 255: H.264
    heard = read_audio(folder / "bell-0000000.mp4")[:160_000]
    assert np.corrcoef(heard[: len(made.sound)], made.sound[: len(heard)])[0, 1] > 0.9  # AAC


def test_the_index_tells_where_everything_is(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    assert [row["label"] for row in rows] == ["bell", "sea"]
    for row in rows:
        assert (folder / row["video"]).is_file()
        assert read_truth(folder / row["truth"]).best_moments() == row["best_moments"]


def test_what_is_there_is_not_made_again_and_what_is_missing_is(folder: Path) -> None:
    (folder / "sea-0000001.json").unlink()
    kept = (folder / "bell-0000000.mp4").stat().st_mtime_ns
    before = (folder / "sea-0000001.mp4").read_bytes()
    assert sorted(write_films(folder, films(2), workers=1)) == ["bell-0000000", "sea-0000001"]
    assert (folder / "bell-0000000.mp4").stat().st_mtime_ns == kept
    assert (folder / "sea-0000001.mp4").read_bytes() == before  # one seed, one film
    assert not list(folder.glob("*.part"))


def test_a_folder_with_other_films_is_refused(folder: Path) -> None:
    with pytest.raises(WorldFolderError, match="made with other settings"):
        next(write_films(folder, films(2, first_seed=9), workers=1))


def test_films_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one clip"):
        WorldFilms(0)
    with pytest.raises(ValueError, match=r"fps must lie in 10\.\.60, got 5"):
        WorldFilms(1, fps=5.0)
