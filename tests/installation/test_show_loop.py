"""The real loop with real parts for 120 pictures, workers inline: order, what is skipped, how late, what stands in."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from installation.clock import ManualClock, Pacer
from installation.desk import Desk
from installation.hosting import InlineHost
from installation.mailbox import FrameBox, JsonBox
from installation.metering import Meter
from installation.model_follower import ModelFollower
from installation.model_names import ModelNames
from installation.presets.follower import PresetFollower
from installation.presets.reading import load_preset
from installation.render.painter_words import SeenTime
from installation.ring import AudioRing
from installation.show import Show
from installation.show_parts import Parts
from installation.status import CaptureStatus, FlashStatus, InferenceStatus, PainterStatus, SinkStatus
from installation.values import SAMPLE_RATE_HZ, Features, Frame, Pixels
from installation.worker_params import ParamsReader, ParamsSender
from s2s.card import DEFAULT_BUNDLE

FRAMES, FPS = 120, 30.0
PRESENTING_S = 0.005

PICTURE: Pixels = np.zeros((4, 4, 3), np.uint8)


class Capture:
    """Hears a frame's worth of a tone at each step; `reason` is what it says is wrong."""

    def __init__(self, stage: "Stage") -> None:
        self.stage, self.reason = stage, ""

    def step(self, now: float) -> float:
        self.stage.note("capture", now)
        tone = 0.5 * np.sin(np.arange(round(SAMPLE_RATE_HZ / FPS)) * 0.3)
        self.stage.ring.write(tone.astype(np.float32), now)
        return 0.0

    def status(self) -> CaptureStatus:
        return CaptureStatus(source="tone", reason=self.reason)

    def close(self) -> None:
        self.stage.closed.append("capture")


class Inference:
    """Makes `pictures` at each step, of what was heard now; raises while `broken`."""

    def __init__(self, stage: "Stage") -> None:
        self.stage, self.pictures = stage, 1
        self.broken: Callable[[float], bool] = lambda _now: False
        self.params = ParamsReader(stage.box)
        self.gains: list[float] = []

    def step(self, now: float) -> float:
        self.stage.note("inference", now)
        if self.broken(now):
            raise RuntimeError("the network is lost")
        params = self.params.newest()
        if params is not None:
            self.gains.append(params.controls.number("/audio/gain"))
        for _ in range(self.pictures):
            self.stage.frames.put(PICTURE, heard_at=now, made_at=now)
        return 0.0

    def status(self) -> InferenceStatus:
        return InferenceStatus(model="Test")

    def close(self) -> None:
        self.stage.closed.append("inference")


class Screen:
    """Surface, renderer and keyboard without OpenGL; presenting takes 5 ms of the clock's time."""

    size, target, internal_scale, closed = (4, 4), None, 1.0, False
    painter, seen, flashes = PainterStatus(), SeenTime(), FlashStatus()

    def __init__(self, stage: "Stage") -> None:
        self.stage = stage
        self.shown: list[tuple[Frame, Features]] = []

    def poll(self, _now: float | None = None) -> list[Any]:
        return []

    ended = False

    def panel(self, _now: float) -> tuple[()]:
        return ()

    def resize(self, _size: tuple[int, int]) -> None:
        self.stage.note("resize", self.stage.clock.now())

    def draw(self, _target: object, *, now: float, frame: Frame, features: Features, **_: object) -> None:
        self.stage.note("draw", now)
        self.shown.append((frame, features))

    def restart(self) -> None:
        """The resolution is nobody's business here."""

    def keep_to(self, _least: float) -> bool:
        return False

    def present(self) -> None:
        self.stage.note("present", self.stage.clock.now())
        self.stage.clock.advance(PRESENTING_S)

    def close(self) -> None:
        self.stage.closed.append("screen")


class Sink:
    """Reads every second picture; `problem` is what it says has stopped it."""

    name = "sharing"

    def __init__(self, stage: "Stage") -> None:
        self.stage, self.problem = stage, ""
        self.taken, self.finishing_s = 0, 0.0

    def offer(self, now: float, read: Callable[[], Pixels]) -> None:
        self.stage.note("sink", now)
        if self.stage.turns % 2:
            assert read() is PICTURE
            self.taken += 1

    def status(self) -> SinkStatus:
        return SinkStatus(problem=self.problem)

    def close(self) -> None:
        self.stage.closed.append("sink")
        self.stage.clock.advance(self.finishing_s)


class Stage:
    """A show of stand-ins for devices and networks; desk, boxes, ring, hosts, meter and health are the real ones."""

    def __init__(self) -> None:
        self.clock, self.calls, self.closed = ManualClock(), list[str](), list[str]()
        self.ring, self.frames, self.box = AudioRing(2.0), FrameBox(8, 8), JsonBox()
        self.capture, self.inference = Capture(self), Inference(self)
        self.screen, self.sink, self.desk = Screen(self), Sink(self), Desk()
        self.meter = Meter(0.0)
        screen = cast(Any, self.screen)
        reader = cast(Any, type("Reader", (), {"read": staticmethod(lambda _target: PICTURE)}))
        parts = Parts(
            clock=self.clock,
            surface=screen,
            renderer=screen,
            reader=reader,
            desk=self.desk,
            keyboard=screen,
            ring=self.ring,
            frames=self.frames,
            params=ParamsSender(self.box),
            capture=InlineHost("capture", self.capture),
            inference=InlineHost("inference", self.inference),
            controls={},
            pacer=Pacer(FPS),
            meter=self.meter,
            sinks=[self.sink],
            still=PICTURE,
            presets=PresetFollower(self.desk, load_preset("gallery"), load_preset, lambda _preset: None),
            models=ModelFollower(self.desk, cast(Any, SimpleNamespace(model=DEFAULT_BUNDLE)), ModelNames([])),
        )
        self.show = Show(parts, duration_s=(FRAMES - 1) / FPS)

    @property
    def turns(self) -> int:
        return self.calls.count("capture")

    def note(self, call: str, _now: float) -> None:
        self.calls.append(call)

    def report(self) -> dict[str, Any]:
        return self.show.report({})


@pytest.fixture
def stage() -> Iterator[Stage]:
    stage = Stage()
    yield stage
    stage.show.close()


def test_each_turn_hears_paints_draws_offers_and_presents_in_this_order(stage: Stage) -> None:
    assert stage.show.run() == 0
    assert stage.calls == ["capture", "inference", "resize", "draw", "sink", "present"] * FRAMES
    assert stage.meter.frames == FRAMES and stage.sink.taken == FRAMES // 2
    assert stage.report()["display"]["fps"] == pytest.approx(FPS)


def test_the_newest_picture_wins_and_what_came_between_is_counted(stage: Stage) -> None:
    stage.inference.pictures = 3
    stage.show.run()
    assert [frame.serial for frame, _ in stage.screen.shown] == list(range(3, 3 * FRAMES + 1, 3))
    report = stage.report()
    assert report["frames"]["skipped"] == 2 * (FRAMES - 1)
    assert report["generator"]["frames"] == 3 * FRAMES


def test_the_time_from_sound_to_light_is_measured_in_the_picture_that_is_shown(stage: Stage) -> None:
    stage.show.run()
    assert all(features.heard_at == frame.heard_at for frame, features in stage.screen.shown)
    assert stage.screen.shown[-1][1].level > 0.0
    latency = stage.report()["latency"]["fast_ms"]
    assert latency["p50"] == latency["p95"] == pytest.approx(1_000 * PRESENTING_S, rel=0.01)


def test_a_delay_of_the_picture_moves_it_by_what_was_heard_so_long_ago(stage: Stage) -> None:
    stage.desk.post("/render/delay", 100.0, "test")  # three pictures
    stage.show.run()
    shown = stage.screen.shown
    assert [features.heard_at for _, features in shown[10:]] == [frame.heard_at for frame, _ in shown[7:-3]]
    assert stage.report()["latency"]["fast_ms"]["p50"] == pytest.approx(100.0 + 1_000 * PRESENTING_S, rel=0.01)


def test_a_hand_on_a_control_reaches_the_workers_in_the_next_turn_and_is_sent_once(stage: Stage) -> None:
    stage.desk.post("/latent/hold", True, "test")
    stage.desk.post("/render/zoom", 1.5, "test")  # glides for many turns, and is no worker's business
    stage.show.run()
    assert stage.inference.gains == [0.0]


def test_a_worker_that_fails_leaves_the_last_picture_and_is_well_again_when_it_works(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.inference.broken = lambda now: 1.0 <= now < 2.5
    assert stage.show.run() == 0
    assert stage.meter.frames == FRAMES
    assert "degraded inference: recovering: inference: the network is lost" in caplog.messages
    serials = [frame.serial for frame, _ in stage.screen.shown]
    assert serials[40] == serials[70] and serials[-1] > serials[70] and serials == sorted(serials)
    report = stage.report()
    assert report["health"]["condition"] == "ok" and report["errors"] == ["inference: the network is lost (×2)"]


def test_a_source_that_is_away_is_a_reason_and_nothing_else_changes(stage: Stage) -> None:
    stage.capture.reason = "no microphone; until then the performance plays"
    assert stage.show.run() == 0
    assert stage.report()["health"] == {"condition": "degraded", "reasons": {"sound": stage.capture.reason}}
    assert stage.meter.frames == FRAMES


def test_an_output_that_has_stopped_is_a_reason_by_its_name_and_an_incident_of_the_report(stage: Stage) -> None:
    stage.sink.problem = "nobody listens"
    stage.show.run()
    status = stage.show.status()
    assert status.reasons == {"sharing": "nobody listens"} and status.outputs["sharing"].problem == "nobody listens"
    assert stage.report()["errors"] == ["sharing: nobody listens"]


def test_a_film_that_takes_long_to_finish_is_no_fault_of_the_show_that_was(stage: Stage) -> None:
    stage.show.run()
    stage.sink.finishing_s = 20.0
    stage.show.end_outputs()
    assert stage.report()["health"] == {"condition": "ok", "reasons": {}}


def test_everything_is_given_back_outputs_first(stage: Stage) -> None:
    stage.show.close()
    assert stage.closed[:3] == ["sink", "capture", "inference"] and "screen" in stage.closed
