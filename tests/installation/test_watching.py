"""What a worker is watched by: its progress, its memory, and how soon it is tried again. Pure, an hour in no time."""

import numpy as np
import pytest
from numpy.typing import NDArray

from installation.inference.variety import Variety
from installation.status import CaptureStatus, EncoderStatus, GeneratorStatus, InferenceStatus, Percentiles, SwapStatus
from installation.watching import back_off
from installation.watching.expectations import OfCapture, OfInference
from installation.watching.memory_bound import MemoryBound
from installation.watching.progress import Progress

STATUS_EVERY_S = 0.2


def test_a_worker_is_tried_for_ever_soon_at_first_and_seldom_after_many_failures() -> None:
    waits = [back_off.wait_s(failures, was_alive=False) for failures in range(1, 1_000)]
    assert waits[0] < 0.5 and waits == sorted(waits) and max(waits) == 30.0
    # Within ten seconds of the cure for the first two minutes at least, whatever the cure is.
    assert max(waits[:20]) <= 5.0 and sum(waits[:20]) > 60.0


def test_a_worker_that_had_come_alive_is_tried_sooner_but_not_ten_times_a_minute_all_night() -> None:
    assert back_off.wait_s(8, was_alive=True) == 2.0
    assert back_off.wait_s(500, was_alive=True) == 30.0


def complaints_of_capture(blocks_a_second: float, duration_s: float) -> list[tuple[float, str]]:
    progress, expects = Progress(), OfCapture()
    told = []
    for turn in range(round(duration_s / STATUS_EVERY_S)):
        now = turn * STATUS_EVERY_S
        words = progress.complaint(expects.marks(CaptureStatus(blocks=int(now * blocks_a_second))), now)
        if words:
            told.append((now, words))
    return told


def test_capture_that_beats_and_brings_no_sound_is_noticed_in_five_seconds() -> None:
    assert complaints_of_capture(50.0, 3_600.0) == complaints_of_capture(0.5, 3_600.0) == []
    at, words = complaints_of_capture(0.0, 20.0)[0]
    assert 5.0 < at < 5.5 and words == "brought no sound for 5 s"


def slow_path(**counts: int) -> InferenceStatus:
    generator = GeneratorStatus(
        counts.get("frames", 0), counts.get("rejected", 0), Percentiles(), counts.get("distinct", 0), counts["wanted"]
    )
    return InferenceStatus(encoder=EncoderStatus(read=counts.get("read", 0)), generator=generator)


def first_complaint(of_second: dict[str, float], written_a_second: float) -> str:
    """What is said in a minute of a slow path whose counters grow by so much a second."""
    progress, written = Progress(), 0
    expects = OfInference(lambda: written)
    for turn in range(300):
        now = turn * STATUS_EVERY_S
        written = int(now * written_a_second)
        status = slow_path(**{name: int(now * rate) for name, rate in of_second.items()})
        if words := progress.complaint(expects.marks(status), now):
            return words
    return ""


WORKING = {"read": 16_000.0, "frames": 12.0, "distinct": 12.0, "wanted": 0.0}


@pytest.mark.parametrize(
    ("change", "written", "words"),
    [
        ({}, 16_000.0, ""),
        ({"read": 0.0}, 16_000.0, "heard nothing of the sound there is for 15 s"),
        ({"read": 0.0}, 0.0, ""),  # capture is away: nothing can be heard
        ({"frames": 0.0}, 16_000.0, "made no picture for 15 s"),
        ({"frames": 0.0, "rejected": 12.0}, 16_000.0, ""),  # pictures with NaN are counted elsewhere
        ({"distinct": 0.0, "wanted": 12.0}, 16_000.0, "made the same picture of all that it heard for 20 s"),
        ({"distinct": 0.0}, 16_000.0, ""),  # a latent that is held, a room that is silent
    ],
    ids=["well", "deaf", "no sound", "no pictures", "NaN", "one picture", "held"],
)
def test_a_slow_path_is_expected_to_hear_what_there_is_and_to_paint_what_it_heard(
    change: dict[str, float], written: float, words: str
) -> None:
    assert first_complaint({**WORKING, **change}, written) == words


def test_a_show_that_did_not_run_itself_counts_at_most_a_second_against_its_worker() -> None:
    progress, expects = Progress(), OfCapture()
    for now in (0.0, 0.2, 3_600.0, 7_200.0):
        assert progress.complaint(expects.marks(CaptureStatus(blocks=7)), now) == ""


def test_a_quick_model_may_be_away_for_seconds_and_a_big_one_for_longer() -> None:
    expects = OfInference(lambda: 0)
    quick, big = Percentiles(20.0, 90.0), Percentiles(2_000.0, 4_000.0)
    assert expects.step_limit_s(InferenceStatus()) == 15.0
    of_quick = InferenceStatus(encoder=EncoderStatus(ms=quick), generator=GeneratorStatus(ms=quick))
    of_big = InferenceStatus(encoder=EncoderStatus(ms=quick), generator=GeneratorStatus(ms=big))
    assert (expects.step_limit_s(of_quick), expects.step_limit_s(of_big)) == (5.0, 15.0)
    assert expects.kind(InferenceStatus(swap=SwapStatus(folder="/models/wild"))) == "/models/wild"


def test_memory_that_only_rises_is_a_leak_and_a_level_is_none() -> None:
    bound = MemoryBound(0.0)
    told = [bound.complaint(min(40.0 * second, 600.0), "", float(second)) for second in range(3_600)]
    assert set(told) == {""}
    leaking = (bound.complaint(600.0 + 2.0 * second, "", 3_600.0 + second) for second in range(3_600))
    assert next(filter(None, leaking)) == "takes 1714 MiB of memory, at its start it took 600"


def test_another_model_finds_a_level_of_its_own() -> None:
    bound = MemoryBound(0.0)
    for second in range(60):
        assert bound.complaint(500.0, "small", float(second)) == ""
    assert bound.complaint(3_000.0, "small", 60.0) != ""
    for second in range(61, 200):
        assert bound.complaint(3_000.0, "big", float(second)) == ""


def picture(shade: int) -> NDArray[np.uint8]:
    return np.full((9, 16, 3), shade, np.uint8)


def place(component: int) -> NDArray[np.float32]:
    where: NDArray[np.float32] = np.zeros(8, np.float32)
    where[component] = 1.0
    return where


def test_pictures_are_told_apart_and_one_that_should_have_changed_is_counted() -> None:
    variety = Variety()
    for number in range(10):
        variety.count(picture(number), place(number % 8))
    assert (variety.distinct, variety.wanted) == (10, 0)
    for _ in range(5):
        variety.count(picture(9), place(1))  # the latent stands
        variety.count(picture(9), None)  # a photograph
    assert (variety.distinct, variety.wanted) == (10, 0)
    for number in range(4):
        variety.count(picture(9), place(2 + number))
    assert (variety.distinct, variety.wanted) == (10, 3)  # of the first place after the photograph nothing is known
