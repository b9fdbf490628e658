"""The selector of `retrain`: never a moment at which nothing sounds, and a picture of what sounds."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from s2s import bundle
from s2s.models.localizer import Localizer, LocalizerSizes
from s2s.selection.combined import DB_A_COSINE, Combined, pooled
from s2s.selection.select import top_moments
from s2s.selection.selectors import ByLocalizer
from s2s.selection.sounding import candidates, is_room_alone, novelty_db, sounding
from s2s.training.inputs.moments import fingerprint
from s2s.training.stages.localizer import LocalizerAbout
from tests.fakes import write_tiny_bundle
from tests.s2s.selection.clips import RATE_HZ, MadeUp


class InARoom(MadeUp):
    """The same clips in a room that hisses, with a knock where nothing is seen: as loud as the tone, and shorter."""

    def sound(self, clip_id: str) -> np.ndarray:
        noise = np.random.default_rng(self._number(clip_id)).standard_normal(self.num_frames * RATE_HZ // 10)
        knock = (self.start(clip_id) + self.num_frames // 2) % self.num_frames * RATE_HZ // 10
        sound = super().sound(clip_id) + 0.002 * noise
        sound[knock : knock + RATE_HZ // 50] += 0.3 * noise[: RATE_HZ // 50]
        return np.asarray(sound, np.float32)


@pytest.fixture(scope="module")
def selector(tmp_path_factory: pytest.TempPathFactory) -> Combined:
    return Combined(bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("model"))))


@pytest.mark.parametrize("source", [MadeUp(4, 30), InARoom(4, 30)], ids=["silence", "room"])
def test_the_top_moment_is_where_it_sounds_and_is_seen(source: MadeUp, selector: Combined) -> None:
    """Whatever networks of random weights think of it."""
    for clip_id in source.ids:
        scores = selector.scores(source, clip_id)
        assert scores.shape == (30,) and np.isfinite(scores).all()
        assert source.presence(clip_id)[top_moments(scores, 1)[0]] == 1.0


def test_what_does_not_sound_comes_last(selector: Combined) -> None:
    source = MadeUp(1, 30)
    scores = selector.scores(source, "clip-0")
    there = source.presence("clip-0") > 0
    assert scores[there].min() > scores[~there].max() + 4.0


def test_with_a_localizer_its_correspondence_is_agreement_too(selector: Combined) -> None:
    source, encoder = InARoom(1, 30), selector.bundle.image_encoder
    assert encoder is not None
    width = encoder.embedding_dim // 8
    sizes = LocalizerSizes((4 * width, 8 * width), num_bands=16, embedding_dim=8, picture_width=8, sound_width=4)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        network = Localizer(sizes).eval()
    localizer = ByLocalizer(network, LocalizerAbout(sizes, (3, 4), fingerprint(encoder), -15.0, 3.0), encoder)
    alone, both = (one.evidence(source, "clip-0") for one in (selector, replace(selector, localizer=localizer)))
    located = localizer.scores(source, "clip-0")[alone.at]
    assert np.abs(located).max() > 0.01
    np.testing.assert_allclose(both.scores - alone.scores, DB_A_COSINE * alone.doubt * located, rtol=1e-4, atol=1e-4)
    settings = replace(selector, localizer=localizer).settings
    assert settings["localizer"] == localizer.settings and selector.settings["localizer"] is None


def test_a_clip_without_frames_is_refused(selector: Combined) -> None:
    with pytest.raises(ValueError, match="it has no frames"):
        selector.scores(_Empty(1, 5), "clip-0")


class _Empty(MadeUp):
    def frames(self, clip_id: str, px: int) -> np.ndarray:
        return np.empty((0, px, px, 3), np.uint8)


def test_a_bundle_without_eyes_is_refused(selector: Combined) -> None:
    with pytest.raises(bundle.BundleError, match="needs f_V"):
        Combined(replace(selector.bundle, image_encoder=None))


def test_the_floor_of_a_room_is_no_sound_and_a_steady_sound_is_one() -> None:
    level_db = np.full(100, -55.0, np.float32)
    level_db[40:60] = -30.0
    assert np.flatnonzero(sounding(level_db)).tolist() == list(range(40, 60))
    assert sounding(np.full(100, -30.0, np.float32)).all()
    assert sounding(np.full(100, -120.0, np.float32)).all()  # digital silence: none is better than another


def test_a_clip_of_the_room_alone_is_known_by_the_others_and_steady_rain_is_none() -> None:
    bands, room, rain = [(-55.0, -25.0)] * 5, (-56.0, -54.0), (-30.0, -28.0)
    assert is_room_alone([*bands, room, rain]).tolist() == [False] * 5 + [True, False]
    assert not is_room_alone([room, rain, rain]).any()  # nobody knows the room
    assert is_room_alone([]).tolist() == []


def test_what_is_there_all_the_time_is_not_new() -> None:
    seconds = np.arange(4 * RATE_HZ) / RATE_HZ
    hum, whistle = 0.3 * np.sin(2 * np.pi * 100 * seconds), 0.003 * np.sin(2 * np.pi * 3000 * seconds)
    whistle[: 2 * RATE_HZ] = 0.0
    new_db = novelty_db((hum + whistle).astype(np.float32), 40)
    assert new_db[25:35].mean() > new_db[5:15].mean() + 0.5
    assert (new_db >= 0).all()


def test_every_stretch_is_looked_at_once_at_least() -> None:
    heard = np.zeros(40, bool)
    heard[[3, 30]] = heard[10:20] = True
    assert candidates(heard, 5).tolist() == [3, 12, 17, 30]


def test_frames_that_look_alike_share_what_they_score() -> None:
    frames = np.zeros((6, 16, 16, 3), np.uint8)
    frames[3:] = 200
    shared = pooled(np.array([0, 0, 3, 9, 9, 9], np.float32), frames)
    np.testing.assert_allclose(shared, [1, 1, 1, 9, 9, 9], atol=1e-3)
