"""The passes of the look: nothing at 0, the same at any frame rate, never out of what a picture can be."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import moderngl
import numpy as np
import pytest

from installation.parameters import PARAMETERS
from installation.render.blue_noise import blue_noise
from installation.render.passes import SKIP_WHEN_ZERO, SUB_PASSES, WHOLE
from installation.render.shader import SHADERS
from installation.render.swell import Swell
from installation.values import Features, Frame, Pixels
from tests.installation.render.stage import Stage, flat, scene

LOOKS: dict[str, dict[str, Any]] = {
    "advect": {"advect": 0.5},
    "warp": {"warp": 0.6},
    "mist": {"mist": 0.6},
    "lens": {"distortion": 0.5, "aberration": 0.5, "aperture": 0.5},
    "curves": {"lift": 0.3, "gamma": -0.4, "gain": 0.5, "split": 0.7},
    "dither": {"dither": 0.7},
}
LOUD = Features(level=0.8, bass=0.9, mid=0.6, treble=0.7, onset=0.5)
SIZE = (64, 36)


def played(
    stage: Stage,
    seconds: float,
    frames_per_s: int,
    *,
    frames: Sequence[Frame],
    features: Features = LOUD,
    **look: Any,
) -> Pixels:
    """Show `frames` one after the other, evenly, and return the last picture."""
    count = round(seconds * frames_per_s)
    for number in range(count):
        shown = stage.show(frames[number * len(frames) // count], after_s=1 / frames_per_s, features=features, **look)
    return shown


def difference(one: Pixels, other: Pixels) -> float:
    return float(np.abs(one.astype(int) - other).mean())


@pytest.mark.parametrize("name", SKIP_WHEN_ZERO)
def test_what_is_skipped_at_0_has_a_control_for_each_amount_and_says_so(name: str) -> None:
    text = (SHADERS / f"{name}.frag").read_text(encoding="utf-8")
    for uniform in SKIP_WHEN_ZERO[name]:
        assert f"uniform float {uniform};" in text
        assert f"/render/{uniform.removeprefix('u_')}" in PARAMETERS
    if name in LOOKS:
        for setting in LOOKS[name]:
            assert f"(/render/{setting})" in text, "documented in the file"


def test_a_pass_is_drawn_with_what_makes_its_picture_unless_its_steps_read_that() -> None:
    for name, steps in SUB_PASSES.items():
        reads = any("u_picture" in (SHADERS / "stages" / f"{step.name}.frag").read_text() for step in steps)
        assert reads == (name in WHOLE), name


@pytest.mark.gl
def test_at_rest_the_new_passes_leave_every_pixel_as_it_is(context: moderngl.Context) -> None:
    before = ("upscale", "displace", "feedback", "bloom", "grade", "grain")
    after = ("upscale", "warp", "displace", "advect", "feedback", "bloom", "mist", "lens", "grade", "curves", "lut")
    look: dict[str, Any] = {"displacement": 0.4, "feedback": 0.4, "bloom": 0.3, "grain": 0.2}
    one, other = (Stage(context, SIZE, passes=passes) for passes in (before, (*after, "grain", "dither")))
    pictures = [played(stage, 0.3, 30, frames=[scene()], **look) for stage in (one, other)]
    # More passes: others of them are drawn softly, on a CPU.
    assert np.abs(pictures[0].astype(int) - pictures[1]).max() <= 2


@pytest.mark.gl
@pytest.mark.parametrize("name", LOOKS)
def test_an_amount_changes_the_picture_and_half_of_it_less(context: moderngl.Context, name: str) -> None:
    stage = Stage(context, SIZE, passes=("upscale", name))
    plain = played(Stage(context, SIZE), 0.1, 30, frames=[scene()])
    full = played(stage, 1.5, 30, frames=[scene()], **LOOKS[name])
    halves = {setting: amount / 2 for setting, amount in LOOKS[name].items()}
    half = played(Stage(context, SIZE, passes=("upscale", name)), 1.5, 30, frames=[scene()], **halves)
    assert difference(full, plain) > difference(half, plain) > 0.1


@pytest.mark.gl
@pytest.mark.parametrize("name", ["advect", "warp"])
def test_24_pictures_a_second_show_what_60_show(context: moderngl.Context, name: str) -> None:
    pictures = [
        played(
            Stage(context, SIZE, passes=("upscale", name)), 1.2, rate, frames=[scene(), flat((20, 60, 90), 2)], **look
        )
        for rate, look in ((24, LOOKS[name]), (60, LOOKS[name]))
    ]
    plain = played(Stage(context, SIZE), 1.2, 24, frames=[scene(), flat((20, 60, 90), 2)])
    assert difference(*pictures) < 1.5
    if name == "advect":
        assert difference(pictures[0], plain) > 5.0


@pytest.mark.gl
def test_a_cut_is_a_flow_and_what_stays_is_crisp(context: moderngl.Context) -> None:
    stage = Stage(context, SIZE, passes=("upscale", "advect"))
    look: dict[str, Any] = {"advect": 0.35, "current": 0.3}
    still = played(stage, 3.0, 30, frames=[scene()], features=Features(), **look)
    plain = played(Stage(context, SIZE), 0.1, 30, frames=[scene()])
    assert difference(still, plain) < 2.0
    dark = flat((10, 10, 30), 2)
    steps = [still, *(stage.show(dark, features=Features(), **look) for _ in range(75))]
    changes = [difference(one, other) for one, other in pairwise(steps)]
    assert max(changes) < 0.25 * difference(still, steps[-1])
    assert np.abs(steps[-1].astype(int) - (10, 10, 30)).mean() < 6.0


@pytest.mark.gl
def test_what_moves_between_generated_pictures_carries_the_last_one_along(context: moderngl.Context) -> None:
    def column(left: int, serial: int) -> Frame:
        pixels = np.full((48, 48, 3), 30, np.uint8)
        pixels[:, left : left + 8] = (220, 200, 90)
        return Frame(pixels, serial, 0.0, float(serial))

    def centre(between: str) -> float:
        stage = Stage(context, (96, 96), passes=("upscale", "advect"))
        settings: dict[str, Any] = {"advect": 0.9, "current": 0.0}
        for serial in range(3):
            for _ in range(6):
                shown = stage.show(column(14 + 3 * serial, serial + 1), between=between, **settings)
        light = shown[20:76].astype(float).sum(axis=(0, 2)) - 3 * 56 * 30
        return float((light * np.arange(96)).sum() / light.sum())

    assert centre("flow") > centre("fade") + 1.0


@pytest.mark.gl
def test_half_a_minute_of_flow_and_feedback_stay_within_what_is_painted(context: moderngl.Context) -> None:
    stay_within(context, seconds=36.0)


@pytest.mark.gl
@pytest.mark.slow
def test_an_hour_of_flow_and_feedback_stays_within_what_is_painted(context: moderngl.Context) -> None:
    stay_within(context, seconds=3700.0)


def stay_within(context: moderngl.Context, *, seconds: float) -> None:
    stage = Stage(context, (48, 27), passes=("upscale", "warp", "advect", "feedback"))
    frame = scene(24)
    low, high = int(frame.pixels.min()), int(frame.pixels.max())
    for number in range(int(seconds * 4)):
        feature = 0.5 + 0.5 * np.sin(number * 0.7)
        shown = stage.show(
            frame,
            after_s=0.25,
            features=Features(bass=feature, mid=1.0 - feature, treble=feature),
            advect=1.0,
            current=1.0,
            warp=1.0,
            feedback=0.95,
            swirl=0.2,
        )
        if number % 40 == 0 and number > 60:
            assert shown.min() >= low - 12 and shown.max() <= high + 12
            assert shown.std() > 8.0


@pytest.mark.gl
@pytest.mark.parametrize("name", LOOKS)
def test_no_amount_and_no_sound_makes_a_picture_without_numbers(context: moderngl.Context, name: str) -> None:
    stage = Stage(context, SIZE, passes=("upscale", name, "feedback"))  # which ends in floats: bytes would hide it
    for after_s in (0.0, 10.0, 1e-6, 0.25):
        for extreme in ("low", "high"):
            look: dict[str, Any] = {
                setting: getattr(PARAMETERS[f"/render/{setting}"], extreme) for setting in LOOKS[name]
            }
            shown = stage.show(flat((120, 130, 140)), after_s=after_s, features=LOUD, **look)
    picture = stage.renderer._picture
    assert picture is not None
    values = np.frombuffer(picture.read(), np.float32 if picture.dtype == "f4" else np.float16)
    assert np.isfinite(values).all()
    assert shown.std() < 60.0


@pytest.mark.gl
def test_mist_spreads_light_and_adds_none(context: moderngl.Context) -> None:
    pixels = np.full((36, 64, 3), 30, np.uint8)
    pixels[14:22, 28:36] = 235
    frame = Frame(pixels, 1, 0.0, 1.0)
    stage = Stage(context, (256, 144), passes=("mist",))

    def light(shown: Pixels) -> float:
        squares = (shown / 255.0) ** 2
        return float((squares / (1.0 - 0.875 * squares)).mean())

    plain, misty = stage.show(frame), stage.show(frame, mist=1.0)
    assert light(misty) == pytest.approx(light(plain), rel=0.04)
    assert misty[72, 128].mean() < plain[72, 128].mean()
    assert misty[72, 100].mean() > plain[72, 100].mean() + 4.0


@pytest.mark.gl
def test_a_lens_leaves_the_middle_and_shows_nothing_from_beyond_the_edge(context: moderngl.Context) -> None:
    stage = Stage(context, SIZE, passes=("lens",))
    plain = stage.show(scene(36))
    for distortion in (-1.0, 1.0):
        bowed = stage.show(scene(36), distortion=distortion, aberration=1.0)
        assert np.abs(bowed[18, 32].astype(int) - plain[18, 32]).max() <= 12
    opened = Stage(context, SIZE, passes=("lens",)).show(flat((200, 200, 200)), aperture=1.0)
    assert opened[18, 32].min() >= 197
    assert opened[0, 0].max() == pytest.approx(200 / 1.85, abs=4)


@pytest.mark.gl
def test_few_colours_have_the_tone_of_the_many(context: moderngl.Context) -> None:
    shown = Stage(context, (128, 128), passes=("dither",)).show(flat((50, 128, 200)), dither=1.0)
    assert set(np.unique(shown)) <= {0, 85, 170, 255}
    assert shown.mean(axis=(0, 1)) == pytest.approx((50, 128, 200), abs=2.0)


@pytest.mark.gl
def test_curves_keep_black_below_white_and_every_tone_below_the_next(context: moderngl.Context) -> None:
    ramp = np.repeat(np.linspace(0, 255, 128).astype(np.uint8)[None, :, None], 3, axis=2).repeat(16, axis=0)
    stage = Stage(context, (128, 16), passes=("curves",))
    for setting in ("lift", "gamma", "gain", "split"):
        for amount in (-1.0, -0.5, 0.5, 1.0):
            one: dict[str, Any] = {setting: amount}
            shown = stage.show(Frame(ramp, 1, 0.0, 1.0), **one)[8].mean(axis=-1)
            assert np.diff(shown).min() >= -1.0, (setting, amount)
            assert shown[-1] - shown[0] > 90.0


def test_noise_has_no_clumps_and_every_value_as_often() -> None:
    noise = blue_noise()
    assert np.bincount(noise[..., 0].ravel()).tolist() == [16] * 256
    power = np.abs(np.fft.fft2(noise[..., 1] - noise[..., 1].mean())) ** 2
    y, x = np.meshgrid(*(np.fft.fftfreq(64),) * 2, indexing="ij")
    slow = np.hypot(x, y) < 0.1
    assert power[slow].mean() < 0.03 * power[~slow].mean()


def test_bands_swell_and_never_jump_and_their_way_goes_on_with_them() -> None:
    swell, rate = Swell(), 60
    seen = []
    for number in range(4 * rate):
        swell.move(Features(bass=float(number < 2 * rate)), 1 / rate)
        seen.append(swell.slow[0])
    assert max(np.abs(np.diff(seen))) < 0.07
    assert seen[2 * rate - 1] > 0.95 and seen[-1] < 0.35
    assert 2.0 < swell.way[0] < 4.0
    whole = Swell()
    for number in range(8):
        whole.move(Features(bass=float(number < 4)), 0.5)
    assert whole.slow[0] == pytest.approx(swell.slow[0], abs=0.02)
