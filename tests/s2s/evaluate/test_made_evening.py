"""Made evenings: what is true of their films is so, and no recording is on both sides."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from s2s.data.clip_source import DataError
from s2s.evaluate.evening_recordings import evening_recordings, scene_of_each
from s2s.evaluate.evening_score import KINDS, Kind, draw_score
from s2s.evaluate.made_evening import (
    SIZE_PX,
    Evening,
    Photographs,
    evening_of,
    presence_by_clip,
    read_truth,
    write_evening,
)
from s2s.evaluate.photographed import Camera, Picture
from s2s.media.audio import read_audio
from tests.s2s.retrain.places import sound

pytestmark = pytest.mark.heavy

GREYS = {"chainsaw": 40, "dog": 120, "rain": 210}


@dataclass(frozen=True)
class Greys:
    """A picture of each class is of one grey."""

    of_class: Mapping[str, int]

    def picture(self, class_name: str, number: int) -> Picture:
        return np.full((SIZE_PX[1], SIZE_PX[0], 3), self.of_class[class_name] + number % 5, np.uint8)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three classes as ESC-10 has them, of each three recordings in three folds, one of them cut in two."""
    folder = tmp_path_factory.mktemp("recordings")
    for inside in ("chainsaw", "dog_bark", "rain"):
        for name in ("1-100-A", "1-100-B", "2-200-A", "3-300-A"):
            sound(folder / inside / f"{name}.wav", 6.0)
    return folder


@pytest.fixture(scope="module")
def made(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An evening of three films."""
    folder, evening = tmp_path_factory.mktemp("made"), Evening(3, "long", classes=3)
    list(write_evening(folder, evening_of([recordings], evening), Greys(GREYS), evening))
    return folder


def test_no_recording_is_on_both_sides_and_its_cuts_stay_together(recordings: Path) -> None:
    train, test = (evening_recordings([recordings], part, 3) for part in ("train", "test"))
    assert list(train) == list(test) == ["chainsaw", "dog", "rain"]
    assert [one.name for one in train["dog"]] == ["1-100", "2-200"]
    assert [one.name for one in test["dog"]] == ["3-300"]
    assert len(train["dog"][0].files) == 2


def test_a_class_that_the_world_does_not_show_gets_pictures_that_no_other_has() -> None:
    scenes = scene_of_each(["baby_cry", "dog", "person_sneeze"])
    assert scenes["dog"] == "dog"
    assert len(set(scenes.values())) == 3


def test_too_few_classes_are_said_with_what_is_expected(recordings: Path) -> None:
    with pytest.raises(DataError, match="there are 3 such classes"):
        evening_of([recordings], Evening(3, "long", classes=4))


@pytest.mark.parametrize(
    ("kind", "shares"),
    [
        ("short", (0.05, 0.2)),
        ("long", (0.5, 0.5)),
        ("constant", (0.5, 0.5)),
        ("turns", (0.4, 0.6)),
        ("speech", (0.5, 0.5)),
    ],
)
def test_the_right_moments_last_as_long_as_their_kind_says(kind: Kind, shares: tuple[float, float]) -> None:
    for seed in range(20):
        score = draw_score(kind, np.random.default_rng(seed))
        right_s = sum(end_s - begin_s for begin_s, end_s in score.moments)
        assert shares[0] - 0.011 <= right_s / 10.0 <= shares[1] + 0.011
        assert all(0.0 <= begin_s < end_s <= 10.0 for begin_s, end_s in score.moments)


def test_there_are_five_kinds() -> None:
    assert set(KINDS) == {"short", "long", "constant", "turns", "speech"}


def test_a_film_is_loud_in_its_moments_alone_and_never_silent(made: Path) -> None:
    for row in read_truth(made):
        heard = read_audio(made / row["film"])[:160_000].reshape(-1, 1600)
        level_db = 20 * np.log10(np.sqrt(np.square(heard).mean(axis=1)) + 1e-9)
        begin_s, end_s = row["moments"][0]
        right = np.zeros(100, bool)
        right[round(10 * begin_s) : round(10 * end_s)] = True
        assert np.median(level_db[right]) > np.median(level_db[~right]) + 10.0
        assert -70.0 < np.median(level_db[~right]) < -45.0


def test_the_truth_is_read_again_and_a_second_run_paints_nothing(made: Path, recordings: Path) -> None:
    rows = read_truth(made)
    assert {row["class"] for row in rows} == set(GREYS)
    before = {row["film"]: (made / row["film"]).stat().st_mtime_ns for row in rows}
    evening = Evening(3, "long", classes=3)
    list(write_evening(made, evening_of([recordings], evening), Greys({}), evening))
    assert {row["film"]: (made / row["film"]).stat().st_mtime_ns for row in rows} == before


def test_a_clip_of_a_film_knows_which_of_its_frames_are_right(made: Path) -> None:
    row = read_truth(made)[0]
    (begin_s, end_s), name = row["moments"][0], Path(row["film"]).name
    presence = presence_by_clip(made, {"first": (name, 0.0), "later": (name, 1.0)}, {"first": 100, "later": 20})
    assert np.flatnonzero(presence["first"]).tolist() == list(range(round(10 * begin_s), round(10 * end_s)))
    np.testing.assert_array_equal(presence["later"], presence["first"][10:30])
    with pytest.raises(ValueError, match="does not tell of strange"):
        presence_by_clip(made, {"one": ("strange.mp4", 0.0)}, {"one": 3})


def test_a_folder_of_another_evening_is_refused(made: Path, recordings: Path) -> None:
    evening = Evening(3, "short", classes=3)
    with pytest.raises(DataError, match="holds another evening"):
        list(write_evening(made, evening_of([recordings], evening), Greys(GREYS), evening))


def test_a_telephone_takes_no_picture_twice() -> None:
    scene = np.full((36, 64, 3), 128, np.uint8)
    rng = np.random.default_rng(0)
    camera = Camera.draw(rng)
    one, two = camera.takes(scene, rng), camera.takes(scene, rng)
    assert one.shape == scene.shape and one.dtype == np.uint8
    assert np.any(one != two)


def test_photographs_of_ones_own_are_taken_by_turns_and_a_class_without_any_is_named(tmp_path: Path) -> None:
    for name, greys in (("dog", (40, 200)), ("rain", (120,))):
        (tmp_path / name).mkdir()
        for number, grey in enumerate(greys):
            Image.new("RGB", (400, 300), (grey, grey, grey)).save(tmp_path / name / f"{number}.png")
    photographs = Photographs.open(tmp_path, ["dog", "rain"])
    seen = [photographs.picture("dog", number) for number in range(3)]
    assert [int(picture.mean()) for picture in seen] == [40, 200, 40]
    assert seen[0].shape == (SIZE_PX[1], SIZE_PX[0], 3)
    with pytest.raises(DataError, match="holds no photographs of chainsaw: expected FOLDER/chainsaw/"):
        Photographs.open(tmp_path, ["chainsaw", "dog"])


def test_a_photograph_held_upright_is_cut_and_not_squeezed(tmp_path: Path) -> None:
    """A disc in the middle of it is as wide as high in the film, too."""
    upright = np.zeros((400, 300), np.uint8)
    down, across = np.ogrid[:400, :300]
    upright[(down - 200) ** 2 + (across - 150) ** 2 <= 60**2] = 255
    (tmp_path / "dog").mkdir()
    Image.fromarray(upright).save(tmp_path / "dog" / "upright.png")
    seen = Photographs.open(tmp_path, ["dog"]).picture("dog", 0)[..., 0] > 128
    assert seen.any(axis=0).sum() == pytest.approx(seen.any(axis=1).sum(), abs=2)


def test_a_photograph_that_cannot_be_read_is_left_out_and_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("dog", "rain"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "torn.jpg").write_bytes(b"")
    Image.new("RGB", (40, 30), (90, 90, 90)).save(tmp_path / "dog" / "whole.png")
    photographs = Photographs.open(tmp_path, ["dog", "rain"])
    assert {int(photographs.picture("dog", number).mean()) for number in range(4)} == {90}
    assert caplog.text.count("torn.jpg") == 1
    with pytest.raises(DataError, match="none of the 1 photographs of rain can be read"):
        photographs.picture("rain", 0)
