"""The sheet shows what was selected, where, and why."""

import numpy as np
import pytest

from s2s.selection.selection_sheet import Selected, overlay, score_plot, selection_sheet

SIDE = 32


def clip(best: int, *, where: bool = True) -> Selected:
    """Ten frames, each of its own grey; the best is `best`."""
    frames = np.repeat(np.arange(10, dtype=np.uint8)[:, None, None, None] * 25, SIDE, axis=1)
    frames = np.repeat(np.repeat(frames, SIDE, axis=2), 3, axis=3)
    scores = -np.abs(np.arange(10) - best).astype(np.float32)
    place = np.zeros((4, 4), np.float32)
    place[0, 3] = 1.0
    return Selected("a clip", frames, scores, place if where else None)


def test_the_middle_and_the_selected_frame_stand_side_by_side() -> None:
    sheet = selection_sheet([clip(8)], cell_px=SIDE)
    colours = {tuple(colour) for colour in sheet.reshape(-1, 3)}
    assert (125, 125, 125) in colours  # frame 5
    assert (200, 200, 200) in colours  # frame 8


def test_a_way_without_maps_has_no_column_for_them() -> None:
    wide, narrow = (selection_sheet([clip(8, where=where)], cell_px=SIDE) for where in (True, False))
    assert wide.shape[0] == narrow.shape[0]
    assert wide.shape[1] > narrow.shape[1]


def test_the_map_lights_up_where_it_sounds_and_darkens_the_rest() -> None:
    frame = np.full((SIDE, SIDE, 3), 100, np.uint8)
    where = np.zeros((4, 4), np.float32)
    where[0, 3] = 0.9
    shown = overlay(frame, where)
    assert shown[2, 29].sum() > frame[2, 29].sum()
    assert shown[29, 2].max() < 60
    flat = overlay(frame, np.zeros((4, 4), np.float32))
    assert int(flat.max()) == int(flat.min())


def test_the_plot_marks_the_best_frame_over_the_truth() -> None:
    scores = np.zeros(20, np.float32)
    scores[15] = 1.0
    presence = np.array([float(frame >= 10) for frame in range(20)])
    plot, bare = score_plot(scores, presence, 100), score_plot(scores, None, 100)
    assert plot.shape == (100, 100, 3)
    redness = plot[:30].astype(int)[..., 0] - plot[:30].astype(int)[..., 2]
    assert 65 < int(redness.max(axis=0).argmax()) < 80  # frame 15 of 20, at the top
    assert (plot != bare)[:, 55:90].any()
    assert not (plot != bare)[:, :40].any()


def test_one_frame_can_be_plotted_and_no_clip_is_refused() -> None:
    assert score_plot(np.zeros(1, np.float32), None, 40).shape == (40, 40, 3)
    with pytest.raises(ValueError, match="at least one picture"):
        selection_sheet([])
