"""The presets that ship: each has a character of its own, is safe, and is shown in the manual as it is."""

import itertools
from collections.abc import Iterator
from typing import Any

import moderngl
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from installation.desk import Desk
from installation.grading.film_look import cube_text
from installation.grading.mood_looks import LOOKS, ink, moonlight
from installation.isf.inputs import IsfInputs
from installation.output.headless import open_headless
from installation.output.snapshot import PixelReader
from installation.presets.naming import PRESET_FOLDER, preset_names
from installation.presets.preset import preset_values
from installation.presets.reading import load_preset
from installation.render.pipeline import Renderer
from installation.render.shader_sources import read_sources
from installation.values import Features, Pixels
from tests.installation.render.stage import scene
from tests.manuals import read
from tests.preset_clips import ALL_BYTES, CLIP_PX, CLIP_S, FOLDER, MOST_BYTES, SCENES

MOODS = ("cinema", "dream", "glass", "ink", "mist", "moonlight", "storm")
SHIPPED = ("gallery", "performance", "rehearsal", "world", *MOODS)
_FPS = 30


@pytest.fixture(scope="module")
def context() -> Iterator[moderngl.Context]:
    surface = open_headless((16, 16))
    yield surface.context
    surface.close()


def shown(context: moderngl.Context, name: str) -> tuple[list[Pixels], int]:
    """Return what `name` makes of one scene and a drum, twice a second, and how often flashes were limited."""
    preset, texts, size = load_preset(name), read_sources(), (96, 54)
    desk = Desk({**preset_values(preset), "/show/hud": False}, preset.routes)
    isf = IsfInputs(texts.isf_headers, preset.isf)
    renderer = Renderer(
        context, size, passes=preset.passes, lut=preset.lut, seed=1, adaptive=False, texts=texts, isf=isf
    )
    target, frame, film = context.simple_framebuffer(size, components=3), scene(64), []
    for turn in range(round(1.5 * _FPS)):
        now, hit = 100.0 + turn / _FPS, float(turn % 15 < 2)
        heard = Features(level=0.3 + 0.6 * hit, bass=0.2 + 0.8 * hit, mid=0.4, treble=hit, onset=hit, beat=hit)
        renderer.draw(target, now=now, frame=frame, features=heard, controls=desk.tick(now, heard))
        film.append(PixelReader(context).read(target))
    interventions = renderer.flashes.interventions
    renderer.close()
    target.release()
    return film, interventions


@pytest.fixture(scope="module")
def films(context: moderngl.Context) -> dict[str, tuple[list[Pixels], int]]:
    return {name: shown(context, name) for name in SHIPPED}


def test_the_house_ships_what_its_manual_shows() -> None:
    assert sorted(preset_names()) == sorted(SHIPPED) == sorted(SCENES)
    rows = [line for line in read("presets/README.md").splitlines() if "](clips/" in line and line.startswith("| `")]
    assert sorted(row.split("`")[1] for row in rows) == sorted(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_each_has_a_small_picture_for_the_page_and_a_small_clip(name: str) -> None:
    with Image.open(PRESET_FOLDER / f"{name}.jpg") as picture:
        assert picture.size == (480, 270)
    assert (PRESET_FOLDER / f"{name}.jpg").stat().st_size < 40_000
    with Image.open(FOLDER / f"{name}.webp") as clip:
        assert clip.size == CLIP_PX and duration_s(clip) == pytest.approx(CLIP_S, abs=0.1)
    assert (FOLDER / f"{name}.webp").stat().st_size <= MOST_BYTES


def duration_s(clip: Image.Image) -> float:
    """Return how long one turn of an animation takes."""
    return sum(float(picture.info["duration"]) for picture in ImageSequence.Iterator(clip) if picture.load()) / 1e3


def test_all_clips_together_are_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < ALL_BYTES


@pytest.mark.parametrize("name", MOODS)
def test_a_mood_follows_what_is_heard_and_lies_in_a_hand(name: str) -> None:
    preset = load_preset(name)
    assert len({route.feature for route in preset.routes}) >= 3
    moved = {address for address in preset.parameters if address.startswith("/render/")}
    assert len(moved) > 6 and len(preset.midi_map) > 3


@pytest.mark.gl
def test_no_preset_that_ships_makes_the_flash_limiter_act_on_a_drum(
    films: dict[str, tuple[list[Pixels], int]],
) -> None:
    assert {name: interventions for name, (_, interventions) in films.items() if interventions} == {}


@pytest.mark.gl
def test_every_mood_looks_unlike_every_other_preset(films: dict[str, tuple[list[Pixels], int]]) -> None:
    means = {name: np.mean(film[_FPS // 2 :], axis=0) for name, (film, _) in films.items()}
    alike = {
        (one, other): round(apart(means[one], means[other]), 1)
        for one, other in itertools.combinations(SHIPPED, 2)
        if {one, other} & set(MOODS) and apart(means[one], means[other]) < 6.0
    }
    assert alike == {}


@pytest.mark.gl
def test_no_mood_jumps_at_the_drum(films: dict[str, tuple[list[Pixels], int]]) -> None:
    largest = {name: max(apart(a, b) for a, b in itertools.pairwise(films[name][0][5:])) for name in MOODS}
    assert {name: round(step, 1) for name, step in largest.items() if step > 20.0} == {}


def apart(one: NDArray[Any], other: NDArray[Any]) -> float:
    """Return how far two pictures are from each other, in levels of 255 on the mean."""
    return float(np.abs(one.astype(float) - other).mean())


def test_the_gradings_are_those_of_the_code() -> None:
    for path, look in LOOKS.items():
        assert path.read_text(encoding="utf-8") == cube_text(path.stem, look)


def test_moonlight_is_blue_but_for_what_burns_and_ink_is_darker_the_less_light_there_is() -> None:
    grass, flame, greys = np.array([0.3, 0.6, 0.2]), np.array([1.0, 0.7, 0.2]), np.linspace(0.0, 1.0, 30)
    assert moonlight(grass)[2] > moonlight(grass)[0] and moonlight(flame)[0] > moonlight(flame)[2] + 0.3
    printed = ink(np.repeat(greys[:, None], 3, axis=1)).mean(axis=1)
    assert (np.diff(printed) >= 0.0).all() and printed[0] < 0.2 and printed[-1] > 0.85
