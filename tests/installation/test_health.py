"""Health: whoever knows of something that is not as it should be is heard, in words. Pure."""

import logging
from dataclasses import dataclass
from typing import Any

import pytest

from installation.control_status import MidiStatus, OscStatus, PageStatus
from installation.guard import Guard
from installation.health import Facts, findings, worst
from installation.hosting import Failure
from installation.incidents import Incidents
from installation.monitor import HealthMonitor
from installation.status import CaptureStatus, FlashStatus, InferenceStatus, RecordingStatus
from installation.values import Condition


@dataclass
class Worker:
    """A host as health sees it."""

    name: str = "inference"
    restarts: int = 0
    failure: Failure | None = None
    gave_up: bool = False
    refused: bool = False
    pid: int | None = None

    def supervise(self, now: float) -> None:
        raise NotImplementedError

    def status(self) -> None:
        return None

    def close(self) -> None:
        raise NotImplementedError


WELL = Facts(newest_made_at=9.5, presented_at=9.9)
NOW = 10.0


@pytest.mark.parametrize(
    ("facts", "part", "words"),
    [
        (
            {"hosts": (Worker(failure=Failure("inference: no memory")),)},
            "inference",
            "recovering: inference: no memory",
        ),
        ({"sound": CaptureStatus(reason="no microphone")}, "sound", "no microphone"),
        ({"sound": CaptureStatus(remark="the channels cancel")}, "sound", "the channels cancel"),
        ({"flashes": FlashStatus(on=True, holding=True)}, "flashes", "more than three a second were asked for"),
        ({"newest_made_at": 5.0}, "pictures", "no new picture for 5 s"),
        ({"slow_path": InferenceStatus(image_problem="not used: no picture")}, "image", "not used: no picture"),
        ({"controls": {"osc": OscStatus(problem="port 9000 is taken")}}, "osc", "port 9000 is taken"),
        ({"controls": {"page": PageStatus(problem="port 8080 is taken")}}, "page", "port 8080 is taken"),
        ({"controls": {"midi": MidiStatus(device="nano", problem="no nano")}}, "midi", "no nano"),
        ({"refused_preset": "there is no preset 'x'"}, "preset", "there is no preset 'x'"),
        (
            {"sinks": {"recording": RecordingStatus(problem="stopped: disk full")}},
            "recording",
            "stopped: disk full",
        ),
        ({"fault": "KeyError: 'x'"}, "show", "KeyError: 'x'"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_part_that_is_not_well_gives_its_reason(facts: dict[str, Any], part: str, words: str) -> None:
    whole = {"newest_made_at": 9.5, "presented_at": 9.9, **facts}
    health = worst(findings(Facts(**whole), NOW))
    assert health.condition is Condition.DEGRADED
    assert dict(health.reasons) == {part: words}


def test_a_show_without_trouble_is_well_also_without_a_controller_that_nobody_named() -> None:
    assert worst(findings(WELL, NOW)).condition is Condition.OK
    auto = Facts(newest_made_at=9.5, presented_at=9.9, controls={"midi": MidiStatus(device="auto", problem="no MIDI")})
    assert worst(findings(auto, NOW)).condition is Condition.OK


def test_a_loop_that_shows_nothing_and_a_worker_that_never_came_alive_have_failed() -> None:
    dark = worst(findings(Facts(newest_made_at=9.5, presented_at=5.0, fault="Error: lost"), NOW))
    assert dark.condition is Condition.FAILED and "no picture shown for 5 s; Error: lost" in dark.reasons["show"]
    stillborn = Worker(failure=Failure("inference: broken"), gave_up=True)
    never = worst(findings(Facts(hosts=(stillborn,), newest_made_at=9.5), NOW))
    assert never.condition is Condition.FAILED


def test_the_report_keeps_an_incident_that_is_over_at_the_end(caplog: pytest.LogCaptureFixture) -> None:
    incidents = Incidents()
    monitor = HealthMonitor(incidents)
    taken = Facts(newest_made_at=9.5, presented_at=9.9, controls={"osc": OscStatus(problem="port 9000 is taken")})
    with caplog.at_level(logging.INFO):
        for facts in (WELL, taken, taken, WELL):
            monitor.check(facts, NOW)
    assert incidents.lines() == ["osc: port 9000 is taken"]
    assert [record.getMessage() for record in caplog.records] == ["ok ", "degraded osc: port 9000 is taken", "ok "]


def test_a_part_that_falls_ill_beside_another_is_said_with_since_when_but_not_each_time_it_flickers(
    caplog: pytest.LogCaptureFixture,
) -> None:
    monitor = HealthMonitor(Incidents())
    silent = {"sound": CaptureStatus(reason="no microphone")}
    both = {**silent, "controls": {"osc": OscStatus(problem="port 9000 is taken")}}
    with caplog.at_level(logging.INFO):
        for second in range(40):
            monitor.check(facts_at(second, both if second % 2 else silent), float(second))
    assert [record.getMessage() for record in caplog.records] == [
        "degraded sound: no microphone",
        "degraded osc: port 9000 is taken",
    ]
    assert dict(monitor.health.since) == {"sound": 0.0, "osc": 39.0}


def facts_at(second: float, ill: dict[str, Any]) -> Facts:
    return Facts(newest_made_at=second, presented_at=second, **ill)


def test_the_monitor_checks_a_few_times_a_second_and_is_silent_once_the_end_is_certain(
    caplog: pytest.LogCaptureFixture,
) -> None:
    monitor = HealthMonitor(Incidents())
    assert monitor.is_due(0.0)
    monitor.check(WELL, NOW, aloud=False)
    assert not monitor.is_due(NOW + 0.1) and monitor.is_due(NOW + 0.3)
    assert caplog.records == []


def test_incidents_are_counted_by_kind_and_bounded() -> None:
    incidents = Incidents()
    for number in range(150):
        incidents.append("worker ended")
        incidents.append(f"kind {number}" + "x" * 1_000)
    lines = incidents.lines()
    assert lines[0] == "worker ended (×150)"
    assert len(lines) == 101 and lines[-1] == "and 51 more" and max(map(len, lines)) <= 500


def broken(_now: float) -> None:
    raise KeyError("x")


def test_the_guard_lets_a_step_fail_says_why_once_with_its_traceback_and_counts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    incidents = Incidents()
    guard = Guard(incidents)
    for turn in range(1_000):
        assert not guard.attempt(broken, now=float(turn) / 30)
    assert guard.words(now=34.0) == "KeyError: 'x' (1000 times)"
    assert guard.words(now=60.0) == ""
    assert incidents.lines() == ["KeyError: 'x' (×1000)"]
    assert len(caplog.records) == 4  # the first, the tenth, the hundredth, the thousandth
    assert caplog.records[0].exc_info is not None and caplog.records[1].exc_info is None
    assert guard.attempt(lambda now: None, now=0.0)


def test_the_guard_bounds_the_kinds_it_tells_apart(caplog: pytest.LogCaptureFixture) -> None:
    guard = Guard(Incidents())
    for number in range(200):
        places: dict[str, Any] = {}
        exec(compile("def step(now):\n    raise ValueError('odd')", f"<step {number}>", "exec"), places)
        guard.attempt(places["step"], now=0.0)
    assert len(caplog.records) <= 53  # fifty kinds, then the others: the first, the tenth, the hundredth


def test_what_has_to_end_the_show_passes_the_guard() -> None:
    guard = Guard(Incidents(), passing=(KeyError,))
    with pytest.raises(KeyError):
        guard.attempt(broken, now=0.0)
