"""Of two things that sound, which is painted where."""

import numpy as np

from installation.inference.scene import Scene, scene_of
from s2s.sampling.sources import Hearing, Source

WHOLE, FIRST, SECOND = np.eye(3, dtype=np.float32)


def hearing(*names: str) -> Hearing:
    sources = (Source(name, h, 0.9, 0.5) for name, h in zip(names, (FIRST, SECOND), strict=False))
    return Hearing(WHOLE, tuple(sources), certainty=0.9)


def seen(scene: Scene) -> tuple[int, int]:
    return id(scene.h), id(scene.beside)


def test_what_has_no_name_is_painted_after_the_whole_sound() -> None:
    assert seen(scene_of(hearing(), paints_two=True)) == (id(WHOLE), id(None))


def test_one_thing_is_painted_after_what_would_be_seen_of_it_as_near_as_it_sounds() -> None:
    scene = scene_of(hearing("sea"), paints_two=True)
    assert seen(scene) == (id(FIRST), id(None)) and scene.nearness == 0.5


def test_of_two_things_each_is_painted_after_what_would_be_seen_of_it() -> None:
    assert seen(scene_of(hearing("sea", "helicopter"), paints_two=True)) == (id(FIRST), id(SECOND))
    assert seen(scene_of(hearing("helicopter", "sea"), paints_two=True)) == (id(SECOND), id(FIRST))


def test_of_two_that_do_not_compose_the_likelier_is_painted() -> None:
    assert seen(scene_of(hearing("sea", "train"), paints_two=True)) == (id(FIRST), id(None))


def test_a_generator_of_one_thing_paints_the_likelier() -> None:
    assert seen(scene_of(hearing("sea", "helicopter"), paints_two=False)) == (id(FIRST), id(None))


def test_a_thing_without_direction_is_left_out() -> None:
    heard = Hearing(WHOLE, (Source("sea", FIRST, 0.9, 0.5), Source("rain", 0 * SECOND, 0.8, 0.5)), 0.9)
    assert seen(scene_of(heard, paints_two=True)) == (id(WHOLE), id(None))
