import pytest

from installation.calibration.advice import advise
from installation.calibration.clicks import click_times_s
from installation.calibration.timing import HeardClick, Measurement, Part, measure
from installation.calibration.wording import recommendation, table

TIMES_S = click_times_s(10)


def heard(at: float, *, air_s: float = 0.05, look_s: float = 0.03) -> HeardClick:
    captured, ringed = at + air_s, at + air_s + 0.01
    known = ringed + look_s
    return HeardClick(captured, ringed, known, known + 0.012, known + 0.014)


def test_the_parts_add_up_to_the_whole_for_each_click() -> None:
    parts = heard(7.0).parts_s(7.0)
    assert parts[Part.PLAYED] == pytest.approx(0.05) and parts[Part.PRESENTED] == pytest.approx(0.002)
    steps = [parts[part] for part in Part if part not in (Part.SHOW, Part.ALL)]
    assert sum(steps) == pytest.approx(parts[Part.ALL]) and parts[Part.SHOW] == pytest.approx(0.054)


def test_the_spread_is_that_of_the_clicks_that_were_heard_and_the_missed_are_counted() -> None:
    beginnings = [heard(at, look_s=0.03 + 0.002 * number) for number, at in enumerate(TIMES_S[2:])]
    found = measure(10, TIMES_S, beginnings)
    document = found.as_document()
    assert (document["clicks"], document["heard"], document["missed"], document["other_onsets"]) == (10, 8, 2, 0)
    assert document["ms"]["sound_to_picture"] == {"p50": 61.0, "p95": 67.3, "max": 68.0}
    assert found.is_sure and "8 of 10 clicks heard" in table(found) and "microphone -> presented" in table(found)


def test_times_that_vary_widely_are_said_to_be_a_busy_machines() -> None:
    calm = measure(10, TIMES_S, [heard(at) for at in TIMES_S])
    busy = measure(10, TIMES_S, [heard(at, look_s=0.02 + 0.005 * number**2) for number, at in enumerate(TIMES_S)])
    assert calm.is_steady and "busy" not in table(calm)
    assert not busy.is_steady and "measure again" in table(busy)


def test_too_few_clicks_are_not_believed() -> None:
    assert not measure(10, TIMES_S, [heard(at) for at in TIMES_S[:4]]).is_sure
    assert measure(10, (), []) == Measurement(10, 0, 0, {})


@pytest.mark.parametrize(
    ("show_ms", "room_late_ms", "screen_late_ms", "audio_delay_ms", "loudspeakers_ms"),
    [
        (60.0, 0.0, 0.0, 0.0, 60.0),  # a microphone where the audience is: nothing to wait for
        (60.0, 150.0, 0.0, 90.0, 0.0),  # a line feed, loudspeakers fifty metres away
        (60.0, 150.0, 40.0, 50.0, 0.0),  # a projector takes some of it
        (60.0, 80.0, 40.0, 0.0, 20.0),
    ],
)
def test_the_delay_is_what_is_left_of_the_rooms_when_show_and_screen_have_taken_theirs(
    show_ms: float, room_late_ms: float, screen_late_ms: float, audio_delay_ms: float, loudspeakers_ms: float
) -> None:
    advice = advise(show_ms, room_late_ms, screen_late_ms)
    assert (advice.audio_delay_ms, advice.loudspeakers_ms) == (audio_delay_ms, loudspeakers_ms)


def test_the_words_say_what_to_set_where_it_is_written_and_what_nobody_measured() -> None:
    assert "set /audio/delay to 90 ms" in recommendation(advise(60, 150, 0), written_to=None)
    words = recommendation(advise(60, 0, 0), written_to="mine.yaml")
    assert "written to mine.yaml" in words and "60 ms after the sound, which is noticed" in words
    assert "--screen-late" in words and "--room-late" in words
    assert "nobody notices" in recommendation(advise(30, 0, 0), written_to=None)
