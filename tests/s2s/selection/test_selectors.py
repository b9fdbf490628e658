"""Every way of selecting gives a finite score a frame, the same at every call."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from s2s import bundle
from s2s.models.localizer import Localizer, LocalizerSizes
from s2s.selection.select import top_moments
from s2s.selection.selectors import ByChance, ByLocalizer, ByLoudness, ByMiddle, BySelfTraining, Selector, loudness_db
from s2s.training.inputs.moments import fingerprint
from s2s.training.stages.localizer import LocalizerAbout
from tests.fakes import write_tiny_bundle
from tests.rounding import rounding
from tests.s2s.selection.clips import MadeUp


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> bundle.Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("bundle")))


@pytest.fixture(scope="module")
def localizer(model: bundle.Bundle) -> ByLocalizer:
    assert model.image_encoder is not None
    width = model.image_encoder.embedding_dim // 8
    sizes = LocalizerSizes((4 * width, 8 * width), num_bands=16, embedding_dim=8, picture_width=8, sound_width=4)
    torch.manual_seed(0)
    about = LocalizerAbout(sizes, (3, 4), fingerprint(model.image_encoder), -15.0, 3.0)
    return ByLocalizer(Localizer(sizes).eval(), about, model.image_encoder)


@pytest.fixture(params=["middle", "random", "loudest", "self", "localizer"])
def selector(request: pytest.FixtureRequest, model: bundle.Bundle, localizer: ByLocalizer) -> Selector:
    ways: dict[str, Selector] = {
        "middle": ByMiddle(),
        "random": ByChance(3),
        "loudest": ByLoudness(),
        "self": BySelfTraining(model),
        "localizer": localizer,
    }
    assert ways[request.param].settings["by"] == request.param
    return ways[request.param]


def test_every_way_scores_every_frame_and_always_the_same(selector: Selector) -> None:
    source = MadeUp(2, num_frames=13)
    scores = selector.scores(source, "clip-1")
    assert scores.shape == (13,)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()
    selector.scores(source, "clip-0")
    assert np.array_equal(selector.scores(source, "clip-1"), scores)


def test_every_way_refuses_a_clip_without_frames(selector: Selector) -> None:
    empty = MadeUp(1)
    empty.frames = lambda clip_id, px: np.empty((0, px, px, 3), np.uint8)  # type: ignore[method-assign]
    with pytest.raises(ValueError, match="no frames"):
        selector.scores(empty, "clip-0")


def test_the_middle_comes_first_and_then_its_neighbours() -> None:
    assert top_moments(ByMiddle().scores(MadeUp(1, num_frames=100), "clip-0"), 4) == [50, 49, 51, 48]


def test_chance_is_fixed_by_seed_and_clip() -> None:
    source = MadeUp(2, num_frames=50)
    first, other = (ByChance(0).scores(source, clip_id) for clip_id in source.ids)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first, ByChance(1).scores(source, "clip-0"))
    assert top_moments(ByChance(0).scores(source, "clip-0"), 3) == top_moments(first, 3)


def test_the_loudest_moment_is_where_the_tone_sounds() -> None:
    source = MadeUp(6)
    for clip_id in source.ids:
        assert sorted(top_moments(ByLoudness().scores(source, clip_id), 4)) == [
            source.start(clip_id) + number for number in range(4)
        ]


def test_correspondence_and_its_maps_are_cosines(localizer: ByLocalizer) -> None:
    source = MadeUp(1)
    scores, maps = localizer.scores(source, "clip-0"), localizer.maps(source, "clip-0")
    assert np.abs(scores).max() <= 1.0
    assert maps.shape == (12, 8, 8)
    assert np.abs(maps).max() <= 1.0 + 1e-5


def test_what_cannot_be_heard_comes_last_in_its_own_order(localizer: ByLocalizer) -> None:
    source = MadeUp(4)
    everything = replace(localizer, audible_db=None)
    for clip_id in source.ids:
        all_scores, scores = everything.scores(source, clip_id), localizer.scores(source, clip_id)
        heard = source.presence(clip_id) > 0
        assert np.array_equal(scores[heard], all_scores[heard])
        assert scores[~heard].max() < -0.99
        assert np.array_equal(np.argsort(scores[~heard]), np.argsort(all_scores[~heard]))
        assert set(top_moments(scores, 4)) == set(np.flatnonzero(heard))
    assert everything.settings["audible_db"] is None


def test_loudness_is_the_level_of_each_tenth_of_a_second() -> None:
    sound = np.repeat(np.array([0.0, 0.1, 1.0], np.float32), 1600)
    assert loudness_db(sound, 4).tolist() == pytest.approx([-120.0, -20.0, 0.0, -120.0], abs=1e-3)


def test_one_frame_scores_as_in_the_matrix_of_all_pairs(localizer: ByLocalizer) -> None:
    net = localizer.net
    places = torch.nn.functional.normalize(torch.randn(5, 8, 3, 3), dim=1)
    heard = torch.nn.functional.normalize(torch.randn(5, 8), dim=1)
    matrix = net.correspondence(places, heard)
    assert matrix.shape == (5, 5)
    torch.testing.assert_close(net.moments(places, heard), matrix.diagonal(), **rounding())
    frame_like_sound = heard[0].reshape(1, 8, 1, 1).expand(1, 8, 3, 3)
    assert net.correspondence(frame_like_sound, heard[:1]).item() == pytest.approx(1.0)


def test_a_localizer_of_another_image_encoder_is_refused(localizer: ByLocalizer, tmp_path: Path) -> None:
    other = bundle.load_image_encoder(write_tiny_bundle(tmp_path / "other", seed=1))
    with pytest.raises(ValueError, match="another image encoder"):
        ByLocalizer(localizer.net, localizer.about, other)


def test_self_training_needs_an_image_encoder(model: bundle.Bundle) -> None:
    blind = bundle.Bundle(model.path, model.card, model.audio_encoder, model.generator)
    with pytest.raises(bundle.BundleError, match="needs f_V"):
        BySelfTraining(blind).scores(MadeUp(1), "clip-0")
