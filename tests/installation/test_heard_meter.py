import pytest

from installation.heard_meter import HeardMeter
from installation.status import HeardSource, HeardStatus
from installation.values import Doing

RAIN = (HeardSource("rain", 0.95),)
RAIN_AND_TRAIN = (*RAIN, HeardSource("train", 0.6))


def summary_of(*heard: tuple[float, HeardStatus], fps: int = 10) -> dict[str, object]:
    """Return what a meter tells after each status was heard for its seconds."""
    meter, tick = HeardMeter(), 0
    meter.tell(0.0, heard[0][1])
    for duration_s, status in heard:
        for _ in range(round(duration_s * fps)):
            tick += 1
            meter.tell(tick / fps, status)
    return meter.summary()


@pytest.mark.parametrize("fps", [10, 30])
def test_seconds_are_told_by_what_the_show_did_at_any_rate(fps: int) -> None:
    summary = summary_of(
        (4.0, HeardStatus(RAIN, 0.9)),
        (2.0, HeardStatus(RAIN, 0.1, doing=Doing.DRIFTING)),
        (1.0, HeardStatus(RAIN, 0.9, doing=Doing.REMEMBERING)),
        fps=fps,
    )
    assert (summary["painting_s"], summary["drifting_s"], summary["remembering_s"]) == (4.0, 2.0, 1.0)
    assert summary["certainty"] == {"p50": 0.905, "by_tenths_s": [0.0, 2.0, 0, 0, 0, 0, 0, 0, 0, 4.0]}


def test_things_are_told_with_their_seconds_and_mean_certainty_while_they_were_painted() -> None:
    summary = summary_of(
        (1.0, HeardStatus(RAIN, 0.5)),
        (3.0, HeardStatus(RAIN_AND_TRAIN, 0.9)),
        (9.0, HeardStatus((HeardSource("dog", 0.4),), 0.1, doing=Doing.DRIFTING)),
    )
    assert summary["sources"] == {"rain": {"s": 4.0, "certainty": 0.8}, "train": {"s": 3.0, "certainty": 0.6}}


def test_a_model_that_names_nothing_leaves_certainty_and_sources_empty() -> None:
    summary = summary_of((2.0, HeardStatus()))
    assert summary["painting_s"] == 2.0 and summary["sources"] == {}
    assert summary["certainty"] == {"p50": None, "by_tenths_s": [0.0] * 10}


def test_the_ends_of_the_scale_are_within_it() -> None:
    summary = summary_of((1.0, HeardStatus(RAIN, 0.0)), (1.0, HeardStatus(RAIN, 1.0)))
    assert summary["certainty"] == {"p50": 0.005, "by_tenths_s": [1.0, 0, 0, 0, 0, 0, 0, 0, 0, 1.0]}
