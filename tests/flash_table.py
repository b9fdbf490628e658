"""The flash table: how many flashes a second are asked for, and how many reach the wall, case by case.

`python -m tests.flash_table [SOUND...]` drives the real desk, ear and renderer in film time and measures the wall with
a meter that is not the show's own. Recordings that are named are heard by a preset that maps beginnings to brightness,
as the synthetic thunder and fireworks are.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import moderngl
import numpy as np

from installation.audio.features import LISTEN_SAMPLES, FastPath
from installation.modulation import Route
from installation.output.headless import open_headless
from installation.status import FlashStatus, HeardSource, HeardStatus
from installation.values import SAMPLE_RATE_HZ, AudioBlock, Features, ParameterValue, Samples
from s2s.media.audio import read_audio
from s2s.world.sounds import synthesize
from s2s.world.state import draw_state
from tests.installation.render.flash_counting import Flashes, count, shrunk
from tests.installation.render.jumping import PASSES, Rig
from tests.installation.render.stage import flat, scene

FPS: Final = 30.0
SIZE: Final = (160, 90)
Turn = Callable[[Rig, float], None]
"""Sets what the rig is given for the picture at so many seconds."""

_LOUD_IS_BRIGHT: Final = (
    Route("onset", "/render/brightness", 1.6, 0.005, 0.1),
    Route("level", "/render/brightness", 0.8, 0.005, 0.1),
)
_DIM: Final[dict[str, ParameterValue]] = {"/render/brightness": 0.25}
_BRIGHT, _RED, _DARK = (flat(colour) for colour in ((250, 250, 240), (255, 5, 5), (8, 8, 8)))


@dataclass(frozen=True)
class Case:
    """One input, `seconds` long; `start` is how the desk stands at first."""

    name: str
    turn: Turn
    seconds: float = 4.0
    start: tuple[tuple[str, ParameterValue], ...] = ()
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True)
class Row:
    """What a case asked for without the limiter, and what was shown and done with it."""

    name: str
    asked: Flashes
    shown: Flashes
    status: FlashStatus

    @property
    def line(self) -> str:
        asked, shown, done = self.asked, self.shown, self.status
        return (
            f"| {self.name} | {asked.general:g} / {asked.red:g} | {shown.general:g} / {shown.red:g} "
            f"| {done.interventions} | {done.limited_s:.1f} |"
        )


def on(t: float, hz: float) -> bool:
    """Whether a strobe of so many flashes a second is lit."""
    return (t * hz) % 1.0 < 0.5


def toggled(address: str, low: ParameterValue, high: ParameterValue, hz: float) -> Turn:
    """Return what an OSC client does that sends two values by turns, `hz` times a second each."""
    return lambda rig, t: rig.desk.post(address, high if on(t, hz) else low, "osc")


def heard(sound: Samples) -> Turn:
    """Return what the show's own ear makes of a sound while it goes on."""
    ear = FastPath()

    def turn(rig: Rig, t: float) -> None:
        nonlocal ear
        end = round(t * SAMPLE_RATE_HZ)
        if end == 0:
            ear = FastPath()
        rig.features = ear.listen(AudioBlock(sound[max(end - LISTEN_SAMPLES, 0) : end], t), t)

    return turn


def _all_at_once(rig: Rig, t: float) -> None:
    dice = np.random.default_rng(int(t * FPS))
    rig.desk.post("/render/brightness", float(dice.uniform(0.0, 2.0)), "osc")
    rig.desk.post("/render/hue", float(dice.uniform(-180.0, 180.0)), "osc")
    rig.desk.post("/render/saturation", float(dice.uniform(0.0, 2.0)), "osc")
    rig.desk.post("/render/zoom", float(dice.uniform(1.0, 2.0)), "osc")
    rig.desk.post("/show/light", float(dice.integers(0, 2)), "osc")
    for address in ("/show/blackout", "/show/freeze", "/show/hud"):
        rig.desk.post(address, bool(dice.integers(0, 2)), "osc")
    rig.desk.post("/render/fit", ("crop", "fit", "extend")[dice.integers(0, 3)], "osc")


def _frames(rig: Rig, t: float) -> None:
    """Pictures of a generator that flashes by itself, six times a second."""
    lit = on(t, 6.0)
    rig.frame = flat((250, 250, 240) if lit else (8, 8, 8), serial=1 + 2 * int(t * 6.0) + (not lit))


def _presets(rig: Rig, t: float) -> None:
    """Two looks by turns, five times a second each, without a morph: all that adopting a preset does to the picture."""
    lit = on(t, 5.0)
    if lit != on(t - 1 / FPS, 5.0):
        rig.desk.morph({"/render/brightness": 1.8 if lit else 0.1, "/render/hue": 0.0 if lit else 120.0}, 0.0)
        rig.renderer.set_passes(PASSES if lit else ("upscale", "grade"))


def _texts(rig: Rig, t: float) -> None:
    rig.frame = _BRIGHT
    rig.desk.post("/show/hud", on(t, 8.0), "osc")
    rig.panel = (("Esc", "hold to end the show"),) * 6 if on(t, 7.0) else ()


def _freeze(rig: Rig, t: float) -> None:
    """Freeze and brightness together: each release shows another light."""
    rig.desk.post("/show/freeze", on(t, 10.0), "osc")
    rig.desk.post("/render/brightness", 2.0 if on(t, 5.0) else 0.1, "osc")


def painted(name: str) -> Turn:
    """Let the world's own painter paint a scene, as near as it comes."""

    def turn(rig: Rig, t: float) -> None:
        rig.heard = HeardStatus((HeardSource(name, 0.95, 1.0),), 0.95, 23.0, 1.0)
        strong = 0.5 + 0.5 * float(on(t, 3.0))
        rig.features = Features(level=strong, bass=strong, onset=strong)
        rig.frame = _DARK

    return turn


def cases() -> list[Case]:
    """Return the cases that need no recording."""
    white = (("/render/brightness", 1.0),)
    painter = (("/render/painter", 1.0), ("/scene/nearness", 1.0), ("/scene/nearness_hold", 1.0))
    found = [
        Case("generated pictures, 6 Hz", _frames),
        Case("brightness, 5 Hz", toggled("/render/brightness", 0.1, 1.8, 5.0)),
        Case("brightness, every picture", toggled("/render/brightness", 0.0, 2.0, 15.0)),
        Case("blackout, 10 Hz", toggled("/show/blackout", False, True, 10.0)),
        Case("light, 10 Hz", toggled("/show/light", 0.0, 1.0, 10.0)),
        Case("hue of red, 4 Hz", lambda rig, t: _red(rig, t, "/render/hue", 0.0, 120.0), start=white),
        Case("brightness of red, 5 Hz", lambda rig, t: _red(rig, t, "/render/brightness", 0.2, 1.0)),
        Case("saturation of red, 5 Hz", lambda rig, t: _red(rig, t, "/render/saturation", 0.0, 1.6)),
        Case("zoom, 5 Hz", toggled("/render/zoom", 1.0, 2.0, 5.0)),
        Case("fit, 5 Hz", toggled("/render/fit", "crop", "fit", 5.0)),
        Case("painter, 5 Hz", toggled("/render/painter", 0.0, 1.0, 5.0)),
        Case("freeze, 10 Hz, with brightness", _freeze),
        Case("numbers and list of keys, 8 Hz", _texts),
        Case("two presets by turns, 5 Hz", _presets),
        Case("everything at random, every picture", _all_at_once, 6.0),
    ]
    for name in ("thunderstorm", "fireworks"):
        for take in range(2):
            sound = synthesize(draw_state(name, 10 + take), duration_s=8.0)
            found.append(_listening(f"{name}, synthetic {take + 1}", sound))
    found += [Case(f"the world paints {name}", painted(name), 12.0, painter) for name in ("thunderstorm", "fireworks")]
    return found


def _red(rig: Rig, t: float, address: str, low: float, high: float) -> None:
    rig.frame = _RED
    rig.desk.post(address, high if on(t, 4.0 if address.endswith("hue") else 5.0) else low, "osc")


def _listening(name: str, sound: Samples) -> Case:
    return Case(f"{name}, heard", heard(sound), len(sound) / SAMPLE_RATE_HZ, tuple(_DIM.items()), _LOUD_IS_BRIGHT)


def measured(context: moderngl.Context, case: Case) -> Row:
    """Play a case without the limiter and with it."""
    (asked, _), (shown, status) = (played(context, case, limit_flashes=limited) for limited in (False, True))
    return Row(case.name, asked, shown, status)


def played(context: moderngl.Context, case: Case, *, limit_flashes: bool) -> tuple[Flashes, FlashStatus]:
    """Play a case; return what was seen in its worst second, and what the limiter says that it did."""
    rig = Rig(
        context,
        SIZE,
        start=dict(case.start),
        passes=("upscale", "feedback", "bloom", "grade"),
        frame=scene(),
        features=Features(),
        routes=case.routes,
        fps=FPS,
        limit_flashes=limit_flashes,
    )
    film, turns = [], round(case.seconds * FPS)
    for k in range(turns):
        case.turn(rig, k / FPS)
        film.append(shrunk(rig.pictures(1)[0]))
    status = rig.renderer.flashes
    rig.close()
    return count(np.array(film), [k / FPS for k in range(turns)]), status


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.flash_table", description=__doc__)
    parser.add_argument("sounds", type=Path, nargs="*", metavar="SOUND", help="recordings to be heard as well")
    args = parser.parse_args(arguments)
    surface = open_headless((16, 16))
    sys.stdout.write("| input | asked a second: general / red | shown | held back | for s |\n|---|---|---|---|---|\n")
    for case in [*cases(), *(_listening(path.stem, read_audio(path, SAMPLE_RATE_HZ)) for path in args.sounds)]:
        sys.stdout.write(measured(surface.context, case).line + "\n")
        sys.stdout.flush()
    surface.close()


if __name__ == "__main__":
    main()
