"""The whole thing, as it hangs on a wall: a real sound server, a real window, a real controller, the real program.

Sound is played into a null sink; its monitor is the microphone; the picture is what a screenshot of the display shows.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import scipy.io.wavfile
import torch
from numpy.typing import NDArray
from PIL import Image

from s2s.bundle import load
from s2s.card import DEFAULT_BUNDLE
from s2s.media.images import read_image
from s2s.sampling.embed import embed_image
from s2s.world.sounds import synthesize
from s2s.world.state import SceneState
from tests.display import VirtualDisplay
from tests.midi_server import Controller, JackServer
from tests.show_runner import ShowRun
from tests.sound_server import SoundServer

pytestmark = pytest.mark.device

STILL = """\
name: Still
description: Nothing moves but what the sound moves.
source: mic
image: {image}
window: fullscreen
parameters:
  /audio/gate: -90
  /latent/window: 3
  /latent/glide: 0.2
  /latent/drift: 0
  /render/feedback: 0
  /render/grain: 0
  /render/bloom: 0
passes: [upscale, grade]
midi: {{device: auto, map: [{{cc: 7, to: /audio/gain}}, {{cc: 1, to: /latent/blend}}]}}
"""
DAWN = Path(__file__).resolve().parents[2] / "presets" / "dawn.png"
WINDOW_S = 3.0  # as the preset has it
AT_REST = 6.0
"""Levels of 255 by which a picture that shows one sound moves in two seconds, and less."""


@pytest.fixture
def display() -> Iterator[VirtualDisplay]:
    with VirtualDisplay((320, 180)) as server:
        yield server


@pytest.fixture
def room(tmp_path: Path) -> Iterator[SoundServer]:
    with SoundServer(tmp_path) as server:
        yield server


@pytest.fixture
def still(tmp_path: Path) -> str:
    path = tmp_path / "still.yaml"
    path.write_text(STILL.format(image=DAWN))
    return str(path)


def changed(environment: Mapping[str, str]) -> dict[str, str]:
    """What an environment adds to this process's own."""
    return {name: value for name, value in environment.items() if os.environ.get(name) != value}


def recorded(folder: Path, scene: str, seed: int) -> Path:
    """A take of a scene that the model was not trained on, as a sound file."""
    path = folder / f"{scene}-{seed}.wav"
    samples = synthesize(SceneState(scene, seed, nearness=0.8, hour=12.0), duration_s=20.0)
    scipy.io.wavfile.write(path, 16_000, samples)
    return path


def impression(display: VirtualDisplay, path: Path) -> NDArray[np.float64]:
    """What a visitor sees from across the room: a screenshot at 16 x 9."""
    display.screenshot(path)
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB").resize((16, 9), Image.Resampling.BOX), float)


def likenesses(screenshots: Sequence[Path]) -> NDArray[np.float32]:
    """How alike the things on the pictures are, [n, n] cosines of z_V: two rooms in the rain share no pixel."""
    model = load(DEFAULT_BUNDLE)
    z = torch.cat([embed_image(model, read_image(path, model.card.squash_px)) for path in screenshots])
    return (z @ z.T).numpy()


def at_rest(display: VirtualDisplay, path: Path, *, within_s: float = 30.0) -> tuple[NDArray[np.float64], float]:
    """Return the impression once it is the same for two seconds, and how much it still moved in them.

    A model may be loading and a window filling when the picture is first seen: how long is the machine's affair.
    """
    give_up_at = time.monotonic() + within_s
    seen = impression(display, path)
    while True:
        time.sleep(2.0)
        before, seen = seen, impression(display, path)
        unrest = distance(before, seen)
        if unrest < AT_REST or time.monotonic() > give_up_at:
            return seen, unrest


def distance(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    return float(np.abs(one - other).mean())


def test_rain_and_bell_look_different_and_two_takes_of_rain_alike(
    tmp_path: Path, room: SoundServer, display: VirtualDisplay, still: str
) -> None:
    takes = [("rain", 900_101), ("bell", 900_002), ("rain", 900_111)]  # the model is sure of each, in any three seconds
    environment = {**changed(room.environment), **changed(display.environment)}
    screenshots = [tmp_path / f"{scene}-{seed}.png" for scene, seed in takes]
    with ShowRun(tmp_path, "--preset", still, "--fps", "6", environment=environment) as show:
        show.wait_for("INFO installation.show: ok")
        for (scene, seed), screenshot in zip(takes, screenshots, strict=True):
            room.hush()
            room.play(recorded(tmp_path, scene, seed))
            time.sleep(WINDOW_S + 3.0)  # until the window holds nothing else, and the picture has followed
            display.screenshot(screenshot)
        assert show.stop() == 0, show.log
        report = show.report()
    assert report["audio"]["heard_s"] > 18 and report["audio"]["loudest_db"] > -40
    assert report["encoder"]["updates"] > 20 and report["generator"]["frames"] > 50
    assert report["display"]["frames"] > 100 and report["restarts"] == 0, report
    likeness = likenesses(screenshots)
    assert likeness[0, 2] > max(likeness[0, 1], likeness[2, 1]), likeness


def test_a_controller_moves_gain_and_blend_in_the_picture(tmp_path: Path, display: VirtualDisplay, still: str) -> None:
    source = f"file:{recorded(tmp_path, 'clock', 900_005)}"
    with JackServer() as jack, Controller(jack) as controller:
        environment = {**changed(jack.environment), **changed(display.environment)}
        arguments = ("--preset", still, "--source", source, "--fps", "12", "--midi", "jack:knobs")
        with ShowRun(tmp_path, *arguments, environment=environment) as show:
            show.wait_for("INFO installation.show: ok")
            show.wait_for("MIDI: listening to")
            time.sleep(WINDOW_S)
            heard, unrest = at_rest(display, tmp_path / "heard.png")
            controller.control_change(1, 127)
            time.sleep(2.0)
            blended = impression(display, tmp_path / "blended.png")
            controller.control_change(1, 0)
            controller.control_change(7, 0)  # 60 dB down: the clock is as far as can be
            time.sleep(WINDOW_S + 3.0)
            turned_down = impression(display, tmp_path / "turned_down.png")
            assert show.stop() == 0, show.log
    assert unrest < AT_REST
    assert distance(heard, blended) > 2.0 * AT_REST
    assert distance(heard, turned_down) > 2.0 * AT_REST


def test_the_window_covers_the_screen_comes_alive_and_stays_so_while_a_dead_sound_server_comes_back(
    tmp_path: Path, room: SoundServer, display: VirtualDisplay, tiny_model: Path
) -> None:
    environment = {**changed(room.environment), **changed(display.environment)}
    arguments = ("--source", "mic", "--model", str(tiny_model), "--fps", "10")
    with ShowRun(tmp_path, *arguments, environment=environment) as show:
        show.wait_for("INFO installation.show: ok")
        picture = display.screenshot(tmp_path / "window.png")
        gone_at = time.monotonic()
        room.stop()
        show.wait_for("has sent nothing")
        show.wait_for("degraded sound")
        room.start()
        since = time.monotonic()
        show.wait_for("hearing mic", limit_s=30.0)
        assert time.monotonic() - since < 12.0
        away_ms = 1000.0 * (time.monotonic() - gone_at)
        assert show.stop() == 0, show.log
        report = show.report()
    assert report["display"]["interval_ms"]["max"] < 0.5 * away_ms  # a show that waited would stand still
    assert picture.shape == (180, 320, 3)
    assert picture[:4].std() > 0 and picture[:, -4:].std() > 0  # drawn up to the edges, no desktop shows
    assert report["render"]["size"] == [320, 180]
    # Which comes first is a matter of the machine: a tiny model may be alive before the window is.
    assert report["startup"]["first_picture_s"] > 0.0 and report["startup"]["living_picture_s"] > 0.0
