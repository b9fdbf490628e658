"""What is painted of many sounds: as the show does, of a model that names things and of one that does not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from s2s import bundle
from s2s.bundle import Bundle
from s2s.evaluate.heard_pictures import hear_all, paint_all, see
from s2s.evaluate.metrics.picture_sets import HEARD, Painting
from s2s.sampling.embed import embed_image, embed_sound
from s2s.sampling.generate import paint
from s2s.sampling.noise import draw_noise
from s2s.sampling.sources import hear_sound
from tests.fakes import write_memory_bundle, write_naming_bundle, write_tiny_bundle
from tests.s2s.evaluate.made_up import MadeUpClips


class Sounding(MadeUpClips):
    """Clips that can be listened to."""

    def sound(self, row: int) -> NDArray[np.float32]:
        return sounds(len(self.ids))[row]


def sounds(count: int) -> list[NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    return [rng.normal(0.0, 0.1, 8000).astype(np.float32) for _ in range(count)]


@pytest.fixture(scope="module")
def nameless(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("tiny")))


@pytest.fixture(scope="module")
def naming(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    known, unknown = sounds(2)
    return bundle.load(write_naming_bundle(tmp_path_factory.mktemp("naming"), known=known, unknown=unknown))


def test_a_model_that_names_nothing_paints_the_whole_sound(nameless: Bundle) -> None:
    heard = hear_all(nameless, sounds(2))
    z = draw_noise(2, nameless.generator.z_dim, seed=1)
    expected = paint(nameless, z, torch.cat([embed_sound(nameless, sound) for sound in sounds(2)]))
    assert np.abs(paint_all(nameless, heard, z).astype(int) - expected).max() <= 1
    assert heard.named == ((), ())
    assert heard.certainty == (None, None)


def test_two_things_that_compose_are_painted_the_place_first(naming: Bundle) -> None:
    heard = hear_all(naming, sounds(1))
    assert heard.named == (("train", "rain"),)
    seen = {source.name: source.h for source in hear_sound(naming, sounds(1)[0]).sources}
    torch.testing.assert_close(heard.h[0], torch.from_numpy(seen["train"]))
    torch.testing.assert_close(heard.beside.h[0], torch.from_numpy(seen["rain"]))
    assert heard.beside.weight.tolist() == [1.0]


def test_what_cannot_paint_two_paints_the_likeliest_alone(naming: Bundle, tmp_path: Path) -> None:
    alone = replace(bundle.load(write_memory_bundle(tmp_path)), source_heads=naming.source_heads)
    heard = hear_all(alone, sounds(1))
    assert [len(names) for names in heard.named] == [1]
    assert heard.beside.weight.tolist() == [0.0]


def test_nearness_is_held_as_it_is_heard(naming: Bundle) -> None:
    heard = hear_all(naming, sounds(1))
    nearness = {source.name: source.nearness for source in hear_sound(naming, sounds(1)[0]).sources}["train"]
    assert heard.held[0, 0].tolist() == pytest.approx([nearness, 1.0])
    assert heard.held[0, 1, 1] == 0.0  # any hour is welcome


def test_one_noise_serves_for_all_sounds(naming: Bundle) -> None:
    heard, z = hear_all(naming, sounds(1) * 2), draw_noise(1, naming.generator.z_dim, seed=3)
    one, other = paint_all(naming, heard, z)
    np.testing.assert_array_equal(one, other)


def test_several_noises_of_one_sound_are_painted_after_the_same(naming: Bundle) -> None:
    heard, z = hear_all(naming, sounds(2)), draw_noise(3, naming.generator.z_dim, seed=3)
    own = heard.rows(np.array([1, 0, 1]))
    assert own.named == (heard.named[1], heard.named[0], heard.named[1])
    assert own.certainty[2] == heard.certainty[1]
    torch.testing.assert_close(own.beside.h, heard.beside.h[[1, 0, 1]])
    np.testing.assert_array_equal(paint_all(naming, own, z)[1], paint_all(naming, heard.rows(np.array([0])), z[1:2])[0])


def test_what_is_measured_is_what_the_show_paints_two_things_where_two_sound(naming: Bundle) -> None:
    shown = Painting(naming, Sounding(["a"], ["a"]), each=2, seed=5).from_sounds().show(range(1, 2))
    z = torch.from_numpy(np.random.default_rng([5, 1]).standard_normal((1, naming.generator.z_dim), np.float32))
    heard = hear_all(naming, sounds(1))
    np.testing.assert_array_equal(shown.pictures, paint_all(naming, heard, z))
    np.testing.assert_array_equal(shown.more[HEARD], heard.whole.numpy())


def test_of_a_wide_picture_the_square_in_the_middle_is_seen(nameless: Bundle) -> None:
    rng = np.random.default_rng(0)
    wide = rng.integers(0, 256, (1, 32, 64, 3), np.uint8)
    torch.testing.assert_close(see(nameless, wide), embed_image(nameless, wide[0, :, 16:48]))
