"""Labelled sheets: where pictures and captions land, and what a PNG tells."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from s2s.media.montage import Pixels, captioned, captioned_sheet, drawable, png_metadata, save_png

PAPER = (18, 18, 20)


def plain(colour: tuple[int, int, int], height: int = 20, width: int = 20) -> Pixels:
    return np.broadcast_to(np.array(colour, np.uint8), (height, width, 3)).copy()


RED, GREEN, BLUE = plain((255, 0, 0)), plain((0, 255, 0)), plain((0, 0, 255))


def inked(sheet: Pixels) -> int:
    """How many points are neither paper nor one of the plain pictures."""
    paper = (sheet == np.array(PAPER, np.uint8)).all(axis=2)
    pure = (sheet.max(axis=2) == 255) & (np.sort(sheet, axis=2)[:, :, 1] == 0)
    return int((~paper & ~pure).sum())


def test_pictures_lie_in_their_rows_and_columns_on_dark_paper() -> None:
    sheet = captioned_sheet([[RED, GREEN], [BLUE]], cell_px=40)
    assert sheet.shape == (6 + 2 * 46, 6 + 2 * 46, 3)
    assert sheet.dtype == np.uint8
    assert sheet[26, 26].tolist() == [255, 0, 0]
    assert sheet[26, 72].tolist() == [0, 255, 0]
    assert sheet[72, 26].tolist() == [0, 0, 255]
    assert sheet[72, 72].tolist() == list(PAPER)


def test_a_picture_of_any_shape_is_fitted_and_keeps_its_aspect() -> None:
    sheet = captioned_sheet([[plain((255, 0, 0), 10, 40), plain((0, 255, 0), 1, 1)]], cell_px=40)
    red = (sheet == np.array((255, 0, 0), np.uint8)).all(axis=2)
    green = (sheet == np.array((0, 255, 0), np.uint8)).all(axis=2)
    assert (red.any(axis=1).sum(), red.any(axis=0).sum()) == (10, 40)
    assert green.sum() == 40 * 40


def test_captions_take_room_of_their_own_beside_and_above() -> None:
    bare = captioned_sheet([[RED, GREEN]], cell_px=80)
    told = captioned_sheet([[RED, GREEN]], row_captions=["rain"], column_captions=["0 dB", "6 dB"], cell_px=80)
    assert inked(bare) == 0
    assert inked(told) > 50
    assert told.shape[0] > bare.shape[0]
    assert told.shape[1] > bare.shape[1]
    np.testing.assert_array_equal(told[-80:, -80:], bare[-80:, -80:])


def test_a_caption_of_two_lines_has_room_for_both() -> None:
    heights = [
        captioned_sheet([[RED, GREEN]], column_captions=[caption, "six"], title=title, cell_px=80).shape[0]
        for caption, title in (("one", ""), ("one\ntwo", ""), ("one\ntwo", "All"))
    ]
    assert heights[1] - heights[0] == heights[2] - heights[1] > 10


@pytest.mark.parametrize("name", ["sound", "a recording of rain on the roof of a caravan " * 9])
def test_a_long_caption_is_cut_instead_of_widening_the_sheet_without_end(name: str) -> None:
    sheet = captioned_sheet([[RED, GREEN]], row_captions=[name], column_captions=[name, name], title=name, cell_px=40)
    assert sheet.shape[1] <= 2 * 46 + 6 + 2 * 40 + 2 * 6


def test_a_title_wider_than_the_sheet_goes_on_in_the_next_line() -> None:
    title = "Small world: nearest in evening/photographs, cosine similarity"
    narrow, wide = (captioned_sheet([[RED] * columns], title=title, cell_px=80) for columns in (2, 8))
    assert narrow.shape[0] > wide.shape[0]
    assert inked(narrow) == pytest.approx(inked(wide), rel=0.02)  # not a letter less


def test_letters_that_the_font_lacks_are_spelt_out() -> None:
    assert drawable("Café −3 dB, λ 0.5 → 2×") == "Cafe -3 dB, lambda 0.5 -> 2x"
    assert drawable("雨") == "?"
    box, plain_box = (captioned_sheet([[RED]], title=title) for title in ("−3", "-3"))
    np.testing.assert_array_equal(box, plain_box)


def test_a_sheet_without_pictures_or_with_captions_that_do_not_match_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one picture"):
        captioned_sheet([[], []])
    with pytest.raises(ValueError, match="expected 1 row captions, got 2"):
        captioned_sheet([[RED]], row_captions=["a", "b"])
    with pytest.raises(ValueError, match="expected 2 column captions, got 1"):
        captioned_sheet([[RED], [RED, BLUE]], column_captions=["a"])


def test_a_frame_of_a_film_has_its_caption_below_the_picture() -> None:
    frame = captioned(RED, "rain, -6 dB", 160)
    assert frame.shape == (176, 160, 3)
    assert (frame[:160] == np.array((255, 0, 0), np.uint8)).all()
    assert inked(frame[160:]) > 30
    assert inked(captioned(RED, "", 160)) == 0


def test_a_png_is_written_with_its_folders_and_tells_what_it_was_made_from(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "red.png"
    save_png(path, RED, {"seed": 3, "sound": "Bäche.wav"})
    with Image.open(path) as image:
        np.testing.assert_array_equal(np.array(image), RED)
    assert png_metadata(path) == {"seed": 3, "sound": "Bäche.wav"}
    assert [file.name for file in path.parent.iterdir()] == ["red.png"]


def test_a_file_that_tells_nothing_tells_none(tmp_path: Path) -> None:
    save_png(tmp_path / "mute.png", RED)
    (tmp_path / "notes.png").write_text("a shopping list")
    (tmp_path / "cut.png").write_bytes((tmp_path / "mute.png").read_bytes()[:20])
    assert [png_metadata(tmp_path / name) for name in ("mute.png", "notes.png", "cut.png", "none.png")] == [None] * 4
