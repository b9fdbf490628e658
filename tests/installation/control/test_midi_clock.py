"""A MIDI clock is the beat: through jitter, changes of tempo and gaps, and where the song says it is."""

from collections.abc import Iterable

import numpy as np
import pytest

from installation.control.midi.clock import PULSES_A_BEAT, FirstClock, MidiClock

CLOCK = {"type": "clock", "time": 0}


def pulses(bpm: float, beats: float, *, start_s: float = 0.0, first: int = 0) -> list[float]:
    step_s = 60.0 / bpm / PULSES_A_BEAT
    return [start_s + step_s * number for number in range(first, first + round(beats * PULSES_A_BEAT))]


def playing(times_s: Iterable[float], clock: MidiClock | None = None) -> MidiClock:
    clock = MidiClock() if clock is None else clock
    for at in times_s:
        assert clock.take(CLOCK, at)
    return clock


def off_beats(clock: MidiClock, now: float, bpm: float) -> float:
    """How far the clock's beat lies from one that began at 0 s, in beats."""
    beat = clock.beat(now)
    assert beat is not None and beat.certainty == 1.0
    return abs((beat.phase - now * bpm / 60.0 + 0.5) % 1.0 - 0.5)


@pytest.mark.parametrize("bpm", [30.0, 120.0, 240.0])
def test_an_even_clock_is_followed_exactly_between_its_pulses_too(bpm: float) -> None:
    times_s = pulses(bpm, 8.3)
    clock, now = playing(times_s), times_s[-1] + 0.004
    beat = clock.beat(now)
    assert beat is not None and beat.bpm == pytest.approx(bpm, rel=1e-3)
    assert off_beats(clock, now, bpm) < 1e-3


@pytest.mark.parametrize("bpm", [60.0, 120.0, 174.0])
def test_jitter_of_ten_milliseconds_moves_neither_tempo_nor_beat(bpm: float) -> None:
    rng = np.random.default_rng(11)
    clock, found = MidiClock(), list[float]()
    exact = pulses(bpm, 24.0)
    for at, heard in zip(exact, np.maximum.accumulate(exact + rng.uniform(0.0, 0.01, len(exact))), strict=True):
        clock.take(CLOCK, float(heard))
        if at > 4.0 and (beat := clock.beat(float(heard))) is not None:
            found.append(beat.bpm)
            assert off_beats(clock, float(heard), bpm) * 60.0 / bpm < 0.012
    assert found == pytest.approx([bpm] * len(found), rel=0.02)


def test_another_tempo_is_followed_within_two_beats() -> None:
    before = pulses(120.0, 8.0)
    after = pulses(90.0, 2.0, start_s=before[-1], first=1)
    clock = playing([*before, *after])
    beat = clock.beat(after[-1])
    assert beat is not None and beat.bpm == pytest.approx(90.0, rel=0.02)
    assert beat.phase == pytest.approx((len(before) + len(after) - 1) / PULSES_A_BEAT % 1.0, abs=0.05)


def test_a_cable_pulled_for_a_second_leaves_the_beat_where_it_would_be() -> None:
    times_s = pulses(120.0, 12.0)
    clock = playing(at for at in times_s if not 3.0 < at < 4.0)
    assert off_beats(clock, times_s[-1], 120.0) < 0.01


def test_a_clock_that_is_gone_goes_on_for_two_seconds_and_is_none_after() -> None:
    clock = playing(pulses(120.0, 8.0))
    assert off_beats(clock, 5.5, 120.0) < 0.01
    assert clock.beat(6.1) is None


def test_a_beat_needs_half_a_beat_of_pulses_and_a_tempo_that_music_has() -> None:
    assert MidiClock().beat(0.0) is None
    assert playing(pulses(120.0, 0.4)).beat(0.2) is None
    assert playing(np.arange(100) * 1e-4).beat(0.01) is None  # a flood


def test_start_is_the_first_beat_at_the_next_pulse() -> None:
    clock = playing(pulses(120.0, 4.3))
    clock.take({"type": "start"}, 2.15)
    playing(pulses(120.0, 1.0, start_s=2.16), clock)
    beat = clock.beat(2.16 + 0.5 * 23 / 24)
    assert beat is not None and beat.phase == pytest.approx(23 / 24, abs=0.06)


def test_a_song_that_is_stopped_keeps_its_tempo_without_a_pulse_and_goes_on_where_it_stood() -> None:
    clock = playing(pulses(120.0, 4.5))
    clock.take({"type": "stop"}, 2.25)
    playing(pulses(120.0, 1.2, first=108), clock)
    stopped = clock.beat(2.84)
    assert stopped is not None and stopped.bpm == pytest.approx(120.0) and stopped.pulse == 0.0
    clock.take({"type": "continue"}, 2.84)
    playing(pulses(120.0, 1.0, first=137), clock)
    beat = clock.beat(pulses(120.0, 1.0, first=137)[-1])
    assert beat is not None and beat.phase == pytest.approx(0.5 + 23 / 24 - 1.0, abs=0.01)


def test_the_songs_place_is_that_of_the_next_pulse_even_after_silence() -> None:
    clock = playing(pulses(120.0, 4.0))
    clock.take({"type": "stop"}, 2.0)
    clock.take({"type": "songpos", "pos": 6}, 9.0)  # a beat and a half
    clock.take({"type": "continue"}, 9.0)
    playing(pulses(100.0, 2.0, start_s=10.0), clock)
    beat = clock.beat(pulses(100.0, 2.0, start_s=10.0)[-1])
    assert beat is not None and beat.bpm == pytest.approx(100.0)
    assert beat.phase == pytest.approx(0.5 + 47 / 24 - 2.0, abs=0.01)


def test_the_beat_of_a_while_ago_is_asked_for_where_the_room_hears_late() -> None:
    clock = playing(pulses(120.0, 8.0))
    now, late = clock.beat(3.9), clock.beat(4.0, behind_s=0.1)
    assert now is not None and late is not None and late.phase == pytest.approx(now.phase)


def test_other_messages_are_not_the_clocks() -> None:
    assert not MidiClock().take({"type": "control_change", "control": 7, "value": 1, "channel": 0}, 0.0)


def test_of_two_ports_the_first_that_has_a_clock_counts() -> None:
    silent, slow, fast = MidiClock(), playing(pulses(90.0, 4.0)), playing(pulses(120.0, 4.0))
    beats = [FirstClock(clocks).beat(2.0) for clocks in ((silent, slow), (fast, slow), (silent, silent))]
    assert [beat and round(beat.bpm) for beat in beats] == [90, 120, None]
