"""The whole chain off-screen, looked at pixel by pixel."""

from dataclasses import replace
from typing import Any

import moderngl
import numpy as np
import pytest

from installation.render.shader import ShaderError
from installation.values import Features, Frame, Pixels
from tests.installation.render.stage import Stage, flat, scene

pytestmark = pytest.mark.gl

GREY = (120, 130, 140)


def mean(pixels: Pixels) -> float:
    return float(pixels.mean())


def difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other.astype(int)).mean())


def test_before_the_first_picture_the_stage_is_black(context: moderngl.Context) -> None:
    assert Stage(context).show(None).max() == 0


@pytest.mark.parametrize("sharpness", [0.0, 1.0])
def test_a_picture_of_one_colour_stays_that_colour(context: moderngl.Context, sharpness: float) -> None:
    stage = Stage(context, passes=("upscale", "displace", "feedback", "bloom", "grade", "grain"))
    for _ in range(3):
        shown = stage.show(flat(GREY), sharpness=sharpness, displacement=1.0)
    assert np.abs(shown.astype(int) - GREY).max() <= 1


@pytest.mark.parametrize("scale", [1.0, 0.5, 0.25])
def test_a_finished_picture_is_shown_as_it_is_and_fades_as_smoothly_as_any(
    context: moderngl.Context, scale: float
) -> None:
    """At full light it is copied, or enlarged without more noise; below that it is drawn."""
    passes = "upscale", "grade"
    finished = Stage(context, (96, 54), passes, scale=scale).show(scene(64), show_light=1.0)
    drawn = Stage(context, (96, 54), passes, scale=scale).show(scene(64), show_light=0.9999)
    assert np.abs(finished.astype(int) - drawn).max() <= 1
    assert finished.std() > 10.0


def test_strokes_show_on_a_flat_picture_and_leave_its_brightness(context: moderngl.Context) -> None:
    shown = Stage(context, (320, 180)).show(flat(GREY), strokes=1.0)
    assert shown.std(axis=(0, 1)).min() > 2.0
    assert shown.mean(axis=(0, 1)) == pytest.approx(GREY, abs=3.0)


def quarters(size: int = 16) -> Frame:
    pixels = np.zeros((size, size, 3), np.uint8)
    half = size // 2
    pixels[:half, :half], pixels[:half, half:] = (200, 0, 0), (0, 200, 0)
    pixels[half:, :half], pixels[half:, half:] = (0, 0, 200), (200, 200, 0)
    return Frame(pixels, 1, 0.0, 1.0)


@pytest.mark.parametrize("passes", [("upscale",), ()], ids=["upscale", "plain"])
@pytest.mark.parametrize(
    ("size", "fit"),
    [((64, 36), "crop"), ((64, 36), "fit"), ((36, 64), "crop"), ((36, 64), "fit"), ((64, 36), "extend")],
)
def test_the_picture_stands_upright_in_every_window(
    context: moderngl.Context, passes: tuple[str, ...], size: tuple[int, int], fit: str
) -> None:
    shown = Stage(context, size, passes).show(quarters(), fit=fit).astype(int)
    x, y = size[0] // 4, size[1] // 3
    corners = [shown[y, x], shown[y, -x - 1], shown[-y - 1, x], shown[-y - 1, -x - 1]]
    assert np.abs(corners - np.array([(200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0)])).max() <= 2


def test_fit_leaves_black_bars_and_crop_none(context: moderngl.Context) -> None:
    stage = Stage(context, (64, 36))
    assert stage.show(flat(GREY), fit="crop").min() > 100
    fitted = stage.settled(flat(GREY), fit="fit")
    assert fitted[:, 14:50].min() > 100
    assert fitted[:, :14].max() == fitted[:, 50:].max() == 0
    assert stage.settled(flat(GREY), fit="crop").min() > 100


def gradient(width: int, height: int) -> Frame:
    """A frame whose red grows to the right and whose green grows downwards."""
    pixels = np.full((height, width, 3), 60, np.uint8)
    pixels[..., 0] = np.linspace(40, 220, width)[None]
    pixels[..., 1] = np.linspace(40, 220, height)[:, None]
    return Frame(pixels, 1, 0.0, 1.0)


@pytest.mark.parametrize("fit", ["crop", "fit", "extend"])
@pytest.mark.parametrize("passes", [("upscale",), ()], ids=["upscale", "plain"])
def test_a_wide_picture_on_a_wall_of_its_shape_arrives_with_its_corners(
    context: moderngl.Context, fit: str, passes: tuple[str, ...]
) -> None:
    frame = gradient(64, 36)
    shown = Stage(context, (128, 72), passes).show(frame, fit=fit).astype(int)
    whole = np.repeat(np.repeat(frame.pixels, 2, axis=0), 2, axis=1)
    for y, x in ((0, 0), (0, -1), (-1, 0), (-1, -1), (36, 64)):
        assert np.abs(shown[y, x] - whole[y, x]).max() <= 4, (y, x)


@pytest.mark.parametrize(
    ("picture", "window", "left", "top"),
    [((36, 36), (64, 36), 14, 0), ((64, 36), (64, 48), 0, 6), ((64, 36), (36, 64), 0, 22)],
    ids=["square on a wide wall", "wide on 4:3", "wide on an upright wall"],
)
def test_extended_a_picture_is_whole_in_the_middle_and_goes_on_beyond_its_edges_without_a_jump(
    context: moderngl.Context, picture: tuple[int, int], window: tuple[int, int], left: int, top: int
) -> None:
    frame = gradient(*picture)
    extended = Stage(context, window, ()).show(frame, fit="extend").astype(int)
    fitted = Stage(context, window, ()).show(frame, fit="fit").astype(int)
    inner = np.s_[top + 1 : window[1] - top - 1, left + 1 : window[0] - left - 1]
    assert np.abs(extended[inner] - fitted[inner]).max() <= 6
    for axis in (0, 1):
        steepest = np.abs(np.diff(fitted[inner], axis=axis)).max()
        assert np.abs(np.diff(extended, axis=axis)).max() <= 2 * steepest
    assert extended[..., :2].min() >= 36
    assert extended[..., 2].min() >= 58


def test_what_lies_beyond_an_edge_is_softer_than_the_picture(context: moderngl.Context) -> None:
    pixels = np.zeros((36, 36, 3), np.uint8)
    pixels[::4] = pixels[1::4] = 255
    shown = Stage(context, (64, 36), ()).show(Frame(pixels, 1, 0.0, 1.0), fit="extend").astype(int)
    contrast = np.ptp(shown[..., 1], axis=0)
    assert contrast[20:44].min() > 200
    assert contrast[:4].max() < 60 > contrast[-4:].max()


def test_a_model_of_another_shape_takes_over_without_a_squeeze(context: moderngl.Context) -> None:
    stage = Stage(context, (64, 36), ())
    square = stage.show(quarters(36), fit="crop")
    wide = replace(flat((10, 20, 30), serial=2), pixels=np.full((36, 64, 3), 90, np.uint8))
    at_arrival = stage.show(wide, fit="crop", after_s=0.0)
    assert difference(square, at_arrival) < 2.0


def test_zoom_magnifies_about_the_centre(context: moderngl.Context) -> None:
    pixels = np.zeros((32, 32, 3), np.uint8)
    pixels[12:20, 12:20] = 255
    frame = Frame(pixels, 1, 0.0, 1.0)
    stage = Stage(context, (64, 64))
    normal, zoomed = stage.show(frame), stage.show(frame, zoom=2.0)
    assert (zoomed > 128).sum() == pytest.approx(4 * (normal > 128).sum(), rel=0.1)
    assert np.abs(zoomed.astype(int) - zoomed[::-1, ::-1]).max() <= 12


def test_a_fade_begins_with_the_old_picture_and_ends_with_the_new_one(context: moderngl.Context) -> None:
    stage, old, new = Stage(context), flat((40, 80, 120), serial=1), flat((200, 160, 120), serial=2)
    before = stage.show(old)
    at_arrival = stage.show(new, after_s=0.0)
    assert difference(before, at_arrival) < 0.6
    half_way = stage.show(new, after_s=0.06)
    assert mean(at_arrival) < mean(half_way) < 159
    arrived = stage.show(new, after_s=0.2)
    assert np.abs(arrived.astype(int) - (200, 160, 120)).max() <= 1


def test_a_picture_in_the_middle_of_a_fade_makes_no_jump(context: moderngl.Context) -> None:
    stage = Stage(context)
    stage.show(flat((0, 0, 0), serial=1))
    stage.show(flat((255, 255, 255), serial=2), after_s=0.03)
    half_way = stage.show(flat((255, 255, 255), serial=2), after_s=0.02)
    assert 50 < mean(half_way) < 200
    interrupted = stage.show(flat((0, 0, 0), serial=3), after_s=0.0)
    assert difference(half_way, interrupted) < 1.0
    assert mean(stage.show(flat((0, 0, 0), serial=3), after_s=0.25)) < 1.0


def test_a_new_picture_at_every_draw_is_seen_at_once(context: moderngl.Context) -> None:
    stage = Stage(context)
    for serial in range(1, 30):
        stage.show(flat((0, 0, 0), serial=serial))
    for serial in range(30, 33):
        shown = stage.show(flat((255, 255, 255), serial=serial))
    assert mean(shown) > 230


def test_frames_may_change_their_size_while_the_show_runs(context: moderngl.Context) -> None:
    stage = Stage(context)
    small = stage.show(flat(GREY, serial=1, size=8))
    at_arrival = stage.show(flat((20, 30, 40), serial=2, size=24), after_s=0.0)
    assert difference(small, at_arrival) < 0.6
    assert np.abs(stage.settled(flat((20, 30, 40), serial=2, size=24)) - (20.0, 30.0, 40.0)).max() <= 1


def test_a_restarted_generator_that_counts_from_one_again_is_shown(context: moderngl.Context) -> None:
    stage = Stage(context)
    stage.show(flat((0, 0, 0), serial=1))
    reborn = replace(flat((200, 200, 200), serial=1), made_at=50.0)
    stage.show(reborn)
    assert mean(stage.show(reborn, after_s=0.25)) > 190


def test_blackout_fades_to_black_in_about_a_second_and_back(context: moderngl.Context) -> None:
    stage = Stage(context, passes=("upscale", "grain"))
    full = mean(stage.show(flat(GREY)))
    stage.show(flat(GREY), show_blackout=True, after_s=0.25)
    assert 0 < mean(stage.show(flat(GREY), show_blackout=True, after_s=0.25)) < full
    for _ in range(2):
        dark = stage.show(flat(GREY), show_blackout=True, grain=1.0, after_s=0.25)
    assert dark.max() == 0
    for _ in range(4):
        light = stage.show(flat(GREY), after_s=0.25)
    assert mean(light) == pytest.approx(full, abs=1)


def test_freeze_holds_the_picture_whatever_comes(context: moderngl.Context) -> None:
    stage = Stage(context, (64, 64), passes=("upscale", "displace", "feedback", "grain"))
    first = stage.show(scene(), displacement=1.0, grain=1.0)
    loud = Features(level=1.0, bass=1.0, onset=1.0)
    held = [stage.show(flat(GREY, serial=2), features=loud, show_freeze=True, grain=1.0) for _ in range(5)]
    assert all(np.array_equal(held[0], picture) for picture in held)
    assert difference(first, held[0]) < 1.0
    for _ in range(30):
        later = stage.show(flat(GREY, serial=2))
    assert np.abs(later.astype(int) - GREY).max() <= 1


def test_blackout_works_while_frozen(context: moderngl.Context) -> None:
    stage = Stage(context)
    stage.show(flat(GREY))
    for _ in range(5):
        dark = stage.show(flat(GREY), show_freeze=True, show_blackout=True, after_s=0.25)
    assert dark.max() == 0


@pytest.mark.parametrize(
    ("setting", "low", "high", "measure"),
    [
        ("brightness", 0.5, 1.5, mean),
        ("contrast", 0.5, 1.5, np.std),
        ("saturation", 0.0, 1.5, lambda pixels: float(np.ptp(pixels.astype(int), axis=2).mean())),
        ("vignette", 1.0, 0.0, lambda pixels: float(pixels[:4, :4].mean())),
        ("bloom", 0.0, 1.0, mean),
        ("sharpness", 0.0, 1.0, lambda pixels: float(np.abs(np.diff(pixels.astype(int), axis=1)).max())),
        ("grain", 0.0, 1.0, lambda pixels: float(np.abs(np.diff(pixels.astype(int), axis=1)).mean())),
        ("strokes", 0.0, 1.0, lambda pixels: float(np.abs(np.diff(pixels.astype(int), axis=1)).mean())),
    ],
)
def test_a_control_does_what_its_name_says(
    context: moderngl.Context, setting: str, low: float, high: float, measure: object
) -> None:
    assert callable(measure)
    passes = ("upscale", "bloom", "grade", "grain")
    settings: list[dict[str, Any]] = [{setting: low}, {setting: high}]
    results = [measure(Stage(context, (96, 96), passes).show(scene(), **each)) for each in settings]
    assert results[1] > results[0] * 1.05


def test_hue_turns_colours_and_leaves_grey(context: moderngl.Context) -> None:
    red, grey = (200, 40, 40), (90, 90, 90)
    turned = Stage(context, passes=("upscale", "grade")).show(flat(red), hue=120.0)[10, 10].astype(int)
    assert turned[1] > 150 > max(turned[0], turned[2])
    still_grey = Stage(context, passes=("upscale", "grade")).show(flat(grey), hue=77.0)
    assert np.abs(still_grey.astype(int) - grey).max() <= 1


@pytest.mark.parametrize(
    ("name", "passes", "settings"),
    [
        ("bass", ("upscale", "displace"), {"displacement": 0.5}),
        ("onset", ("upscale", "grade"), {}),
        ("level", ("upscale", "bloom"), {"bloom": 0.5}),
        ("treble", ("upscale", "grain"), {"grain": 0.5}),
    ],
)
def test_what_is_heard_moves_the_picture(
    context: moderngl.Context, name: str, passes: tuple[str, ...], settings: dict[str, Any]
) -> None:
    quiet, loud = (
        Stage(context, (96, 54), passes).show(scene(), features=Features(**{name: value}), **settings)
        for value in (0.0, 1.0)
    )
    assert difference(quiet, loud) > 0.2


def test_feedback_keeps_something_of_the_last_picture(context: moderngl.Context) -> None:
    def after_a_change(feedback: float) -> float:
        stage = Stage(context, passes=("upscale", "feedback"))
        stage.show(flat((200, 200, 200), serial=1), feedback=feedback)
        stage.show(flat((0, 0, 0), serial=2), feedback=feedback)
        for _ in range(5):
            shown = stage.show(flat((0, 0, 0), serial=2), feedback=feedback)
        return mean(shown)

    assert after_a_change(0.0) == pytest.approx(0.0, abs=1.0)
    assert 5 < after_a_change(0.8) < after_a_change(0.97)


@pytest.mark.parametrize("swirl", [0.0, 0.6])
def test_feedback_is_the_same_at_30_and_60_pictures_a_second(context: moderngl.Context, swirl: float) -> None:
    def after_half_a_second(rate_hz: int) -> Pixels:
        stage = Stage(context, (96, 96), passes=("upscale", "feedback"))
        stage.show(scene(serial=1))
        for _ in range(rate_hz // 2):
            shown = stage.show(flat((0, 0, 0), serial=2), after_s=1 / rate_hz, feedback=0.95, swirl=swirl)
        return shown

    slow, fast = after_half_a_second(30), after_half_a_second(60)
    assert mean(fast) > 10
    assert mean(slow) == pytest.approx(mean(fast), rel=0.08)
    assert difference(slow, fast) < 6


def test_trails_fade_away_completely(context: moderngl.Context) -> None:
    stage = Stage(context, passes=("upscale", "feedback"))
    stage.show(flat((255, 255, 255), serial=1), feedback=0.97)
    for _ in range(600):
        shown = stage.show(flat((0, 0, 0), serial=2), feedback=0.97)
    assert shown.max() <= 1


def film(context: moderngl.Context, seed: int) -> bytes:
    stage = Stage(context, (80, 45), ("upscale", "displace", "feedback", "bloom", "grade", "grain"), seed=seed)
    pictures = []
    for tick in range(12):
        heard = Features(level=0.1 * tick, bass=0.5, onset=float(tick % 4 == 0))
        frame = scene(serial=1 + tick // 4) if tick % 8 < 4 else flat(GREY, serial=1 + tick // 4)
        shown = stage.show(frame, features=heard, grain=0.5, displacement=0.4, feedback=0.5, strokes=0.5)
        pictures.append(shown.tobytes())
    return b"".join(pictures)


def test_the_same_show_gives_the_same_bytes_and_another_seed_others(context: moderngl.Context) -> None:
    first = film(context, seed=1)
    assert film(context, seed=1) == first
    assert film(context, seed=2) != first


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (33, 17), (641, 3)])
@pytest.mark.parametrize("fit", ["crop", "fit", "extend"])
def test_odd_windows_work(context: moderngl.Context, size: tuple[int, int], fit: str) -> None:
    stage = Stage(context, size, ("upscale", "displace", "feedback", "bloom", "grade", "grain"))
    for _ in range(2):
        shown = stage.show(flat(GREY, size=5), fit=fit)
    assert shown.shape == (size[1], size[0], 3)
    assert shown.max() > 100


def test_a_picture_of_one_pixel_works(context: moderngl.Context) -> None:
    shown = Stage(context).show(flat(GREY, size=1))
    assert np.abs(shown.astype(int) - GREY).max() <= 1


def test_a_window_may_change_its_size_and_keeps_what_lingers(context: moderngl.Context) -> None:
    stage = Stage(context, (64, 36), passes=("upscale", "feedback"))
    stage.show(flat((200, 200, 200), serial=1), feedback=0.97)
    stage.show(flat((0, 0, 0), serial=2), feedback=0.97)
    before = mean(stage.show(flat((0, 0, 0), serial=2), after_s=0.25, feedback=0.97))
    stage.resize((50, 80))
    shown = stage.show(flat((0, 0, 0), serial=2), feedback=0.97)
    assert shown.shape == (80, 50, 3)
    assert mean(shown) == pytest.approx(before, rel=0.1)


def test_passes_may_change_while_the_show_runs(context: moderngl.Context) -> None:
    stage = Stage(context, passes=("upscale", "grade"))
    assert mean(stage.show(flat(GREY), brightness=0.0)) < 1
    stage.renderer.set_passes(["upscale"])
    assert mean(stage.show(flat(GREY), brightness=0.0)) < 30  # one dissolves into the other
    assert mean(stage.settled(flat(GREY), brightness=0.0)) > 100
    stage.renderer.set_passes(["grade", "grain"])
    assert mean(stage.settled(flat(GREY), brightness=0.0)) < 1


@pytest.mark.parametrize(
    ("passes", "message"),
    [
        (["upscale", "grades"], "did you mean 'grade'"),
        (["upscale", "grade", "grade"], "'grade' is listed 2 times"),
        (["grade", "upscale"], "'upscale' comes first"),
    ],
)
def test_a_wrong_list_of_passes_is_refused_and_the_old_one_goes_on(
    context: moderngl.Context, passes: list[str], message: str
) -> None:
    stage = Stage(context)
    with pytest.raises(ShaderError, match=message):
        stage.renderer.set_passes(passes)
    assert mean(stage.show(flat(GREY))) > 100


def test_text_is_shown_while_the_overlay_is_on(context: moderngl.Context) -> None:
    stage = Stage(context, (320, 180))
    without = stage.show(flat((0, 0, 120)), hud=["level -20 dB"])
    shown = stage.settled(flat((0, 0, 120)), hud=["level -20 dB"], show_hud=True)
    changed = np.abs(shown.astype(int) - without).max(axis=2) > 20
    assert shown.max() > 180
    assert changed[:40, :160].any()
    assert not changed[60:].any()


def test_the_numbers_go_dark_with_the_picture(context: moderngl.Context) -> None:
    stage = Stage(context, (320, 180))
    lines = ["level -20 dB"]
    assert stage.settled(flat((0, 0, 120)), hud=lines, show_hud=True).max() > 180
    for _ in range(90):
        shown = stage.show(flat((0, 0, 120)), hud=lines, show_hud=True, show_blackout=True)
    assert shown.max() == 0


def test_a_slow_machine_gets_a_smaller_picture_and_a_full_one_without_adapting(context: moderngl.Context) -> None:
    adapting, fixed = Stage(context, adaptive=True, budget_s=0.0), Stage(context)
    for _ in range(40):
        adapting.show(flat(GREY))
        fixed.show(flat(GREY))
    assert adapting.renderer.internal_scale < 0.5
    assert fixed.renderer.internal_scale == 1.0
