"""The show's loop with stand-ins for everything around it: nothing that happens in a turn ends it."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from installation import errand, shared
from installation.cadence import Cadence
from installation.clock import ManualClock, Pacer
from installation.control_status import OscStatus
from installation.desk import Desk
from installation.generator_pace import RATES_FPS, GeneratorPace
from installation.hosting import Failure
from installation.mailbox import FrameBox, JsonBox
from installation.metering import Meter
from installation.model_follower import ModelFollower
from installation.model_names import ModelNames
from installation.modulation import Route
from installation.options import StartOnly
from installation.output.surface import DisplayError
from installation.presets.follower import PresetFollower
from installation.presets.preset import Preset
from installation.presets.reading import load_preset
from installation.render.painter_words import SeenTime
from installation.ring import AudioRing
from installation.show import Show
from installation.show_parts import Parts
from installation.status import CaptureStatus, FlashStatus, HeardSource, HeardStatus, InferenceStatus, PainterStatus
from installation.values import Beat, Features, Pixels
from installation.worker_params import ParamsReader, ParamsSender
from s2s.card import DEFAULT_BUNDLE

PICTURE: Pixels = np.zeros((4, 4, 3), np.uint8)


class Stage:
    """Surface, renderer, reader, keyboard, a worker and a control surface in one; it breaks where it is told to."""

    size = (4, 4)
    target = None
    internal_scale = 1.0
    closed = ended = gave_up = refused = False
    failure: Failure | None = None
    restarts = 0
    pid = None
    name = "worker"
    painter = PainterStatus()
    flashes = FlashStatus()

    def __init__(self) -> None:
        self.seen = SeenTime()
        self.broken: dict[str, Exception] = {}
        self.presented = self.drawn = self.polled = 0
        self.frames: list[object] = []
        self.least_scale, self.is_short = 0.0, False
        self.features: list[Features] = []

    def _do(self, what: str) -> None:
        if what in self.broken:
            raise self.broken[what]

    def poll(self, *_now: float) -> list[Any]:
        self._do("poll")
        self.polled += 1
        return []

    def panel(self, _now: float) -> tuple[()]:
        return ()

    def keep_to(self, least: float) -> bool:
        self.least_scale = least
        return self.is_short and least > 0.0

    def resize(self, _size: tuple[int, int]) -> None:
        self._do("resize")

    def draw(self, _target: object, **what: Any) -> None:
        self._do("draw")
        if what["frame"] is not None and what["frame"].pixels.shape[2] != 3:
            raise ValueError("no picture of three colours")
        self.drawn += 1
        self.frames.append(what["frame"])
        self.features.append(what["features"])

    def restart(self) -> None:
        self._do("restart")

    def present(self) -> None:
        self._do("present")
        self.presented += 1

    def supervise(self, _now: float) -> None:
        self._do("supervise")

    def close(self) -> None:
        self._do("close")


@dataclass
class Role:
    """A worker or a control surface on the stage; it tells its own status."""

    stage: Stage
    told: object

    def status(self) -> object:
        self.stage._do("status")
        return self.told

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage, name)


class Theatre:
    """A show on a stage, under a clock moved by hand."""

    def __init__(self) -> None:
        self.stage, self.clock = Stage(), ManualClock()
        self.folder: Path | None = None
        self.desk = Desk({"/show/preset": "gallery"})
        self.ring, self.frames, self.params = AudioRing(2.0), FrameBox(8, 8), ParamsSender(JsonBox())
        self.inference = Role(self.stage, InferenceStatus())
        stage = cast(Any, self.stage)
        parts = Parts(
            clock=self.clock,
            surface=stage,
            renderer=stage,
            reader=stage,
            desk=self.desk,
            keyboard=stage,
            ring=self.ring,
            frames=self.frames,
            params=self.params,
            capture=cast(Any, Role(self.stage, CaptureStatus())),
            inference=cast(Any, self.inference),
            controls={"osc": cast(Any, Role(self.stage, OscStatus()))},
            pacer=Pacer(10.0),
            meter=Meter(0.0),
            sinks=[],
            still=PICTURE,
            presets=PresetFollower(self.desk, load_preset("gallery"), self.load, lambda _preset: None),
            models=ModelFollower(self.desk, cast(Any, SimpleNamespace(model=DEFAULT_BUNDLE)), ModelNames([])),
        )
        self.show = Show(parts, duration_s=None)

    def load(self, name: str) -> Preset:
        """Read a preset from the theatre's own folder."""
        assert self.folder is not None
        return load_preset(str(self.folder / f"{name}.yaml"))

    def run(self, duration_s: float) -> int:
        """Let it run on for so long, and return its exit code."""
        self.show._duration_s, self.show._exit_code = duration_s, None
        return self.show.run()

    def report(self) -> dict[str, Any]:
        return self.show.report({})


@pytest.fixture
def theatre() -> Iterator[Theatre]:
    theatre = Theatre()
    yield theatre
    theatre.stage.broken.clear()
    theatre.show.close()


@pytest.mark.parametrize("part", ["supervise", "status", "poll"])
def test_a_part_that_breaks_in_every_turn_is_named_and_the_picture_goes_on(theatre: Theatre, part: str) -> None:
    theatre.stage.broken[part] = KeyError("odd")
    assert theatre.run(5.0) == 0
    assert theatre.stage.presented >= 49
    theatre.stage.broken.clear()
    assert any(line.startswith("KeyError: 'odd'") for line in theatre.report()["errors"])


def test_a_picture_that_cannot_be_drawn_leaves_the_last_good_one_until_another_comes(theatre: Theatre) -> None:
    theatre.frames.put(PICTURE, heard_at=0.0, made_at=0.0)
    theatre.run(1.0)
    good = theatre.stage.frames[-1]
    theatre.frames._box.put(b"\0" * 24 + b"\1" * 3)  # a frame of no size at all
    theatre.run(1.0)
    assert theatre.stage.presented >= 19 and theatre.stage.frames[-1] is good
    theatre.frames.put(PICTURE, heard_at=1.0, made_at=1.0)
    theatre.run(1.0)
    assert theatre.stage.frames[-1] is not good


def test_a_renderer_that_fails_for_ever_keeps_the_show_alive_and_is_called_failed(theatre: Theatre) -> None:
    theatre.run(1.0)
    shown = theatre.stage.presented
    theatre.stage.broken["draw"] = RuntimeError("the driver is lost")
    assert theatre.run(10.0) == 0
    assert theatre.stage.presented == shown  # what was shown last stays on the wall
    health = theatre.report()["health"]
    assert health["condition"] == "failed" and "the driver is lost" in health["reasons"]["show"]
    theatre.stage.broken.clear()
    theatre.run(15.0)
    assert "show" not in theatre.report()["health"]["reasons"]


def test_a_lost_display_ends_the_show_with_its_exit_code_and_a_reason(theatre: Theatre) -> None:
    theatre.stage.broken["present"] = DisplayError("the display is gone")
    assert theatre.run(5.0) == 5
    assert theatre.report()["errors"] == ["the display is gone"]


def test_a_worker_that_never_comes_alive_ends_the_show_only_while_there_is_no_living_picture(theatre: Theatre) -> None:
    theatre.stage.gave_up, theatre.stage.failure = True, Failure("worker: broken")
    assert theatre.run(5.0) == 6
    theatre.frames.put(PICTURE, heard_at=0.0, made_at=0.0)
    theatre.stage.gave_up = False
    theatre.run(1.0)
    theatre.stage.gave_up = True
    assert theatre.run(5.0) == 0
    assert theatre.report()["health"]["condition"] == "failed"


def test_a_refused_preset_is_a_reason_until_it_is_mended_and_asked_for_again(
    theatre: Theatre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errand.Errand, "start", errand.Errand.run)  # a clock moved by hand
    theatre.folder = tmp_path
    path = tmp_path / "mine.yaml"
    path.write_text("name: Mine\ndescription: Of my own.\npasses: [upscale]\nwindow: sideways\n")
    theatre.desk.post("/show/preset", "mine", "osc")
    theatre.run(2.0)
    assert "window" in theatre.report()["health"]["reasons"]["preset"]
    assert theatre.desk.get("/show/preset") == "gallery"  # what is shown, not what was refused
    path.write_text("name: Mine\ndescription: Of my own.\npasses: [upscale]\n")
    theatre.desk.post("/show/preset", "mine", "osc")
    theatre.run(2.0)
    assert "preset" not in theatre.report()["health"]["reasons"]
    assert theatre.report()["preset"] == "Mine" and theatre.desk.get("/show/preset") == "mine"


def test_what_a_preset_asks_for_in_vain_is_said_once_and_is_no_fault(
    theatre: Theatre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(errand.Errand, "start", errand.Errand.run)
    theatre.folder = tmp_path
    theatre.show._parts.start_only = StartOnly(fullscreen=True)
    (tmp_path / "mine.yaml").write_text("name: Mine\ndescription: Of my own.\nwindow: windowed\n")
    (tmp_path / "other.yaml").write_text("name: Other\ndescription: Full-screen.\n")
    theatre.run(1.0)
    caplog.set_level(logging.INFO)
    before = theatre.show.status()
    theatre.desk.post("/show/preset", "mine", "osc")
    theatre.run(2.0)
    status = theatre.show.status()
    assert status.preset_note == "window windowed: read at the start only"
    assert [r.message for r in caplog.records if "start only" in r.message] == [f"preset: Mine ({status.preset_note})"]
    assert status.reasons == before.reasons and theatre.report()["errors"] == []
    theatre.desk.post("/show/preset", "other", "osc")
    theatre.run(2.0)
    assert theatre.show.status().preset_note == ""


def test_closing_goes_on_past_parts_that_refuse(theatre: Theatre) -> None:
    theatre.stage.broken["close"] = KeyError("odd")
    assert (shared.FOLDER / theatre.ring._memory.name).exists()
    theatre.show.close()
    assert not (shared.FOLDER / theatre.ring._memory.name).exists()


def test_what_is_heard_reaches_shaders_modulation_page_and_report(theatre: Theatre) -> None:
    theatre.show._parts.desk.route([Route("certainty", "/render/zoom", 0.5, attack_s=0.0, release_s=0.0)])
    theatre.inference.told = InferenceStatus(heard=HeardStatus((HeardSource("rain", 0.9),), 0.5))
    theatre.run(1.0)
    assert theatre.report()["heard"]["painting_s"] == 0.0  # nothing is painted before a picture has come
    theatre.frames.put(PICTURE, heard_at=1.0, made_at=1.0)
    theatre.run(2.0)
    assert theatre.stage.features[-1].certainty == 0.5
    assert theatre.show._controls.number("/render/zoom") == pytest.approx(1.25)
    assert theatre.show.status().heard == "perhaps rain"
    heard = theatre.report()["heard"]
    assert heard["painting_s"] == pytest.approx(1.9, abs=0.15) and heard["sources"]["rain"]["certainty"] == 0.5


def test_a_model_that_cannot_say_is_taken_for_certain(theatre: Theatre) -> None:
    theatre.run(1.0)
    assert theatre.stage.features[-1].certainty == 1.0 and theatre.show.status().heard == ""


def test_a_beat_tapped_from_anywhere_is_the_tempo_on_the_desk_and_in_the_features(theatre: Theatre) -> None:
    theatre.run(1.0)
    for _ in range(4):
        theatre.desk.post("/audio/tap", True, "midi")
        theatre.run(0.5)
    assert theatre.desk.get("/audio/tempo") == pytest.approx(120.0, rel=0.02)
    assert theatre.stage.features[-1].tempo_bpm == pytest.approx(120.0, rel=0.02)
    assert max(features.beat for features in theatre.stage.features[-5:]) > 0.3
    theatre.desk.post("/audio/tempo", 0.0, "page")
    theatre.run(1.0)
    assert theatre.stage.features[-1].tempo_bpm == 0.0


class Band:
    """A clock from outside at 90 beats a minute, whose beat falls on every 2/3 s; it may have gone home."""

    plays = True

    def beat(self, now: float, behind_s: float = 0.0) -> Beat | None:
        return Beat(90.0, (now - behind_s) * 1.5 % 1.0, 1.0) if self.plays else None


def test_the_beat_is_that_of_the_clock_that_was_chosen_while_it_runs(theatre: Theatre) -> None:
    band = Band()
    theatre.show._parts.beat_clocks = {"midi": band}
    theatre.run(1.0)
    assert theatre.stage.features[-1].tempo_bpm == 0.0 and theatre.show.status().clock == "heard"
    theatre.desk.post("/audio/clock", "midi", "osc")
    theatre.run(1.0)
    assert theatre.stage.features[-1].tempo_bpm == 90.0 and theatre.show.status().clock == "MIDI clock"
    assert max(features.beat for features in theatre.stage.features[-20:]) > 0.8
    band.plays = False
    theatre.run(1.0)
    assert theatre.stage.features[-1].tempo_bpm == 0.0 and theatre.show.status().clock == "no MIDI clock: heard"


def test_the_beat_from_outside_waits_as_long_as_the_sound(theatre: Theatre) -> None:
    theatre.show._parts.beat_clocks = {"midi": Band()}
    theatre.desk.post("/audio/clock", "midi", "osc")
    theatre.desk.post("/audio/delay", 500.0, "osc")
    theatre.run(2.0)
    now = theatre.show._parts.clock.now()
    late = Band().beat(now, 0.5)
    assert late is not None and theatre.stage.features[-1].beat == pytest.approx(late.pulse, abs=0.2)


def test_the_report_tells_the_parts_of_a_turn(theatre: Theatre) -> None:
    theatre.run(2.0)
    display = theatre.report()["display"]
    assert list(display["parts_ms"]) == ["late", "take", "draw", "read", "present"]
    assert display["missed"] == {} and display["garbage"]["longest_ms"] >= 0.0


def test_the_report_tells_the_minutes(theatre: Theatre) -> None:
    theatre.run(130.0)
    minutes = theatre.report()["display"]["minutes"]
    assert [minute["minute"] for minute in minutes] == [0, 1, 2]
    assert minutes[0]["fps"] == pytest.approx(10.0, abs=0.2) and minutes[0]["rss_mib"]["show"] > 1.0


def test_where_pictures_are_drawn_too_soft_the_generator_is_told_to_paint_fewer_and_that_is_said_once(
    theatre: Theatre, caplog: pytest.LogCaptureFixture
) -> None:
    parts = theatre.show._parts
    parts.pacer, theatre.show._account.cadence = Pacer(30.0), Cadence(30.0, GeneratorPace(30.0))
    theatre.stage.internal_scale = 0.25
    parts.frames.put(PICTURE, heard_at=0.0, made_at=0.0)
    with caplog.at_level(logging.INFO):
        theatre.run(30.0)
    sent = ParamsReader(parts.params._box).newest()
    assert sent is not None and sent.most_fps == RATES_FPS[-1]
    assert theatre.report()["generator"]["most_fps"] == RATES_FPS[-1]
    assert caplog.text.count("the display wants the time") == 1


def test_a_picture_that_takes_too_long_stays_sharp_until_the_generator_paints_its_fewest(theatre: Theatre) -> None:
    parts = theatre.show._parts
    parts.pacer, theatre.show._account.cadence = Pacer(30.0), Cadence(30.0, GeneratorPace(30.0))
    theatre.stage.is_short = True
    theatre.run(5.0)
    assert theatre.stage.least_scale == 0.0, "nothing is painted yet, and so nothing can give way"
    parts.frames.put(PICTURE, heard_at=0.0, made_at=0.0)
    theatre.run(4.0)
    assert theatre.stage.least_scale == 0.5
    theatre.run(20.0)
    assert theatre.report()["generator"]["most_fps"] == RATES_FPS[-1] and theatre.stage.least_scale == 0.0
