"""Pacing, percentiles, modulation, health and the HUD: small, pure, under a clock moved by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from installation.clock import Pacer
from installation.health import Finding, check_pictures, check_sound, worst
from installation.histogram import Histogram
from installation.hud import hud_lines
from installation.metering import MemoryMeter, Meter
from installation.modulation import Modulator, Route
from installation.status import CaptureStatus, InferenceStatus, RecordingStatus, ShowStatus
from installation.values import Condition, Features, Frame

PIXELS = np.zeros((2, 2, 3), np.uint8)


def test_the_pacer_keeps_absolute_deadlines_when_single_turns_are_late() -> None:
    pacer, now, shown = Pacer(10.0), 0.0, []
    for work_s in (0.01, 0.09, 0.01, 0.05, 0.01):
        now += pacer.wait_s(now)
        shown.append(round(now, 6))
        now += work_s
    assert shown == [0.0, 0.1, 0.2, 0.3, 0.4]


def test_the_pacer_starts_a_new_grid_after_a_long_pause_and_never_rushes() -> None:
    pacer = Pacer(10.0)
    pacer.wait_s(0.0)
    assert pacer.wait_s(5.0) == 0.0
    assert pacer.wait_s(5.01) == pytest.approx(0.09)
    with pytest.raises(ValueError, match="more than 0"):
        Pacer(0.0)


@given(st.lists(st.floats(0.02, 5_000.0), min_size=20, max_size=300))
def test_percentiles_agree_with_numpys_within_two_percent(durations: list[float]) -> None:
    histogram = Histogram()
    for duration in durations:
        histogram.add(duration)
    exact = float(np.percentile(durations, 95, method="inverted_cdf"))
    measured = histogram.percentile_ms(95)
    assert measured is not None and measured == pytest.approx(exact, rel=0.021)
    assert histogram.max_ms == max(durations)


def test_an_empty_histogram_has_no_percentile() -> None:
    assert Histogram().summary(50, 95) == {"p50": None, "p95": None}


def test_modulation_attacks_and_releases_in_seconds_at_any_rate() -> None:
    ends = []
    for fps in (30, 144):
        modulator = Modulator([Route("onset", "/render/bloom", 1.0, attack_s=0.1, release_s=0.4)])
        for _ in range(fps):
            modulator.offsets(Features(onset=1.0), 1.0 / fps)
        for _ in range(fps // 2):
            value = modulator.offsets(Features(), 1.0 / fps)["/render/bloom"]
        ends.append(value)
    assert ends[0] == pytest.approx(ends[1], abs=1e-6)
    assert ends[0] == pytest.approx(np.exp(-0.5 / 0.4), abs=1e-3)


def test_two_routes_to_one_parameter_add_up_and_an_unknown_feature_is_refused() -> None:
    modulator = Modulator([Route(f, "/render/zoom", 0.1, attack_s=0.0) for f in ("bass", "level")])
    assert modulator.offsets(Features(bass=1.0, level=0.5), 0.1)["/render/zoom"] == pytest.approx(0.15)
    with pytest.raises(ValueError, match="a route starts at one of"):
        Modulator([Route("kick", "/render/zoom", 0.1)])


def test_certainty_modulates_as_any_feature_and_is_whole_where_nobody_says() -> None:
    modulator = Modulator([Route("certainty", "/render/saturation", 0.4, attack_s=0.0, release_s=0.0)])
    assert modulator.offsets(Features(certainty=0.25), 0.1)["/render/saturation"] == pytest.approx(0.1)
    assert modulator.offsets(Features(), 0.1)["/render/saturation"] == pytest.approx(0.4)


def test_latency_counts_only_sound_that_is_new() -> None:
    meter = Meter(started_at=0.0)
    for now, heard_at in ((1.0, 0.98), (1.1, 0.98), (1.2, 1.19)):
        meter.presented(now, Features(heard_at=heard_at, level_db=-20.0))
    assert meter.fast_ms.count == 2 and meter.fast_ms.max_ms == pytest.approx(20.0)
    assert meter.first_picture_s == 1.0 and meter.fps == pytest.approx(10.0)


def test_generated_pictures_nobody_saw_are_counted() -> None:
    meter = Meter(started_at=0.0)
    for serial in (3, 4, 7):
        meter.received(Frame(PIXELS, serial, 0.0, 0.0), now=1.0)
    assert meter.skipped == 2 and meter.living_picture_s == 1.0


def test_the_memory_meter_takes_its_start_after_the_warm_up() -> None:
    import os

    memory = MemoryMeter()
    for now in (0.0, 5.0, 12.0):
        memory.sample(now, {"show": os.getpid(), "gone": None})
    summary = memory.summary()
    assert set(summary["processes"]) == {"show"}
    assert summary["rss_mib"]["max"] >= summary["rss_mib"]["end"] > 1.0


def test_health_is_the_worst_of_its_parts_with_the_reasons_in_words() -> None:
    health = worst(
        {
            "a": Finding(),
            "sound": check_sound(CaptureStatus(reason="no microphone; playing the built-in performance")),
            "pictures": check_pictures(0.0, 5.0),
        }
    )
    assert health.condition is Condition.DEGRADED
    assert dict(health.reasons) == {
        "sound": "no microphone; playing the built-in performance",
        "pictures": "no new picture for 5 s",
    }
    assert worst({}).condition is Condition.OK


def test_the_hud_speaks_before_any_worker_does() -> None:
    status = ShowStatus(preset="Rehearsal", reasons={"pictures": "the model is starting"})
    lines = hud_lines(status, Features(level=0.5, level_db=-30.0))
    assert "seen: the generator's picture" in lines
    assert any("-30.0 dB" in line for line in lines) and lines[-1] == "pictures: the model is starting"
    assert lines[0] == "Rehearsal   no sound yet"


def test_the_hud_says_how_far_the_presets_image_is() -> None:
    image = "placed by the image encoder; looking in the generator, 40%, loss 0.210"
    status = ShowStatus(preset="Gallery", slow_path=InferenceStatus(image=image))
    assert f"image {image}" in hud_lines(status, Features())


def test_the_hud_says_what_is_heard_and_nothing_where_the_model_names_nothing() -> None:
    assert "heard rain, sure" in hud_lines(ShowStatus(heard="rain, sure"), Features())
    assert not [line for line in hud_lines(ShowStatus(), Features()) if line.startswith("heard")]


def test_the_hud_says_which_film_is_being_recorded() -> None:
    film = RecordingStatus(recorded_s=12.0, file="2026-11-29_21-47-05.mp4")
    assert "recording 2026-11-29_21-47-05.mp4, 12 s" in hud_lines(ShowStatus(outputs={"film": film}), Features())
    assert not [
        line for line in hud_lines(ShowStatus(outputs={"film": RecordingStatus()}), Features()) if "film" in line
    ]
