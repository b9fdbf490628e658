"""What figures are drawn from: which classes are shown, and how sounds are called in files."""

import re
from pathlib import Path

import numpy as np
import pytest

from s2s import bundle
from s2s.evaluate.figures import material_of_clips
from s2s.evaluate.figures.material import CannotDrawError, FigureMaterial, LabelledClip, Shown, spread
from s2s.evaluate.figures.sheet import above_each_other, side_by_side, sound_name
from s2s.evaluate.metrics.clips import PairClips, open_clips
from tests.fakes import write_tiny_bundle
from tests.s2s.selection.clips import MadeUp, write_prepared


def material(*labels: str, shown: Shown | None = None) -> FigureMaterial:
    clips = [LabelledClip(f"{label} {number}", label, np.zeros(8, np.float32)) for number, label in enumerate(labels)]
    return FigureMaterial("made up", clips, shown=shown or Shown())


def test_the_first_clip_of_a_class_is_the_one_shown() -> None:
    some = material("hen", "bee", "hen").some(["hen"], 4)
    assert [clip.name for clip in some] == ["hen 0"]


def test_classes_that_are_not_there_are_passed_over() -> None:
    asked = ["cow", "bee"]
    assert [clip.label for clip in material("hen", "bee").some(asked, 4)] == ["bee"]


def test_where_none_is_asked_for_classes_are_spread_evenly() -> None:
    assert [clip.label for clip in material(*"abcde").some((), 3)] == ["a", "c", "e"]


def test_pairs_with_an_unknown_class_are_passed_over() -> None:
    pairs = material("hen", "bee", "cat").pairs([("hen", "cow"), ("cat", "hen")], 4)
    assert [(one.label, other.label) for one, other in pairs] == [("cat", "hen")]


def test_one_class_makes_no_pair() -> None:
    with pytest.raises(CannotDrawError, match="two classes are needed, and all sounds are of hen"):
        material("hen", "hen").pairs((), 4)


def test_figures_need_a_sound() -> None:
    with pytest.raises(ValueError, match="at least one sound"):
        FigureMaterial("nothing", [])


@pytest.mark.parametrize(("most", "expected"), [(1, [0]), (2, [0, 9]), (4, [0, 3, 6, 9]), (20, list(range(10)))])
def test_spread_takes_the_first_and_the_last(most: int, expected: list[int]) -> None:
    assert spread(list(range(10)), most) == expected


@pytest.mark.parametrize(
    ("words", "name"),
    [(("dog", "-12 dB"), "dog-minus-12-db"), (("sea +\nhelicopter",), "sea-and-helicopter"), (("../",), "sound")],
)
def test_sounds_have_names_that_any_file_system_takes(words: tuple[str, ...], name: str) -> None:
    assert sound_name(*words) == name


def test_sounds_whose_letters_not_all_file_systems_take_keep_names_of_their_own() -> None:
    names = [sound_name(word) for word in ("犬", "猫", "Hündin", "Hndin")]
    assert len(set(names)) == 4
    assert all(re.fullmatch(r"(sound|h-?ndin)(-[0-9a-f]{6})?", name) for name in names)


def test_sheets_of_unequal_size_stand_side_by_side_and_above_each_other() -> None:
    wide, high = np.full((4, 9, 3), 200, np.uint8), np.full((7, 5, 3), 100, np.uint8)
    beside, below = side_by_side([wide, high]), above_each_other([wide, high])
    assert beside.shape == (7, 26, 3)
    assert below.shape == (23, 9, 3)
    np.testing.assert_array_equal(beside[:4, :9], wide)
    np.testing.assert_array_equal(below[16:, :5], high)


def written(folder: Path, source: MadeUp) -> PairClips:
    """The held-out clips of made-up films, prepared at the size that the small f_V looks at."""
    clips = open_clips(write_prepared(folder, source))
    assert isinstance(clips, PairClips)
    return clips


def test_material_of_a_corpus_is_what_was_held_out_of_it(tmp_path: Path) -> None:
    model, clips = bundle.load(write_tiny_bundle(tmp_path / "model")), written(tmp_path / "data", Films(6, val_from=4))
    drawn_from = material_of_clips(model, clips)
    assert [clip.name for clip in drawn_from.clips] == ["clip-4", "clip-5"]
    assert drawn_from.gallery is not None
    assert drawn_from.gallery.features.shape == (4, 32)
    assert drawn_from.films is not None
    assert list(drawn_from.films.ids) == ["clip-4", "clip-5"]


def test_without_an_image_encoder_there_is_no_gallery_and_no_film(tmp_path: Path) -> None:
    model = bundle.load(write_tiny_bundle(tmp_path / "model"), image_encoder=False)
    drawn_from = material_of_clips(model, written(tmp_path / "data", Films(6, val_from=4)))
    assert (drawn_from.gallery, drawn_from.films) == (None, None)


class Films(MadeUp):
    def label(self, clip_id: str) -> str | None:
        return None
