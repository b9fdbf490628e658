"""What the wall shows before anything was heard: something that the model knows, never a place where nothing lies."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from installation.inference.core import InferenceConfig, InferenceCore
from installation.inference.own_scenes import own_scenes
from installation.mailbox import FrameBox, JsonBox
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Doing
from s2s import bundle
from s2s.card import DEFAULT_BUNDLE
from s2s.models.generator import Generator
from s2s.models.memory_generator import MemoryGenerator
from tests.fakes import write_memory_bundle, write_tiny_bundle


@pytest.fixture(scope="module")
def shipped() -> Generator:
    return bundle.load_generator(DEFAULT_BUNDLE)


def test_no_two_of_a_models_own_scenes_are_alike_and_each_is_one_that_it_keeps(shipped: Generator) -> None:
    places = np.array([scene.h for scene in own_scenes(shipped, 0)])
    alike = places @ places.T - 2.0 * np.eye(len(places))
    assert len(places) > 16 and alike.max() < 0.7
    np.testing.assert_allclose(np.linalg.norm(places, axis=1), 1.0, rtol=1e-5)


def test_the_seed_decides_which_they_are(shipped: Generator) -> None:
    first, again, other = (own_scenes(shipped, seed)[0].h for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert float(first @ other) < 0.999


def test_each_lies_among_moments_that_it_keeps(shipped: Generator) -> None:
    assert isinstance(shipped, MemoryGenerator)
    keys = F.normalize(shipped.keys.float(), dim=1).numpy()
    assert all(float((keys @ scene.h).max()) > 0.97 for scene in own_scenes(shipped, 0))


def test_a_generator_that_keeps_no_moments_has_none(tmp_path: Path) -> None:
    assert len(own_scenes(bundle.load(write_tiny_bundle(tmp_path / "tiny")).generator, 0)) == 0


def test_a_generator_whose_moments_have_nothing_in_common_has_none(tmp_path: Path) -> None:
    assert len(own_scenes(bundle.load(write_memory_bundle(tmp_path / "memory")).generator, 0)) == 0


def write_two_scenes(folder: Path) -> Path:
    """Write a tiny bundle whose memory is of two scenes, 32 moments each; return its folder."""
    loaded = bundle.load(write_memory_bundle(folder))
    generator, encoder = loaded.generator, loaded.image_encoder
    assert isinstance(generator, MemoryGenerator) and isinstance(encoder, nn.Module)
    scenes = torch.eye(2, 32).repeat(32, 1)
    generator.keys.copy_(F.normalize(scenes + 0.01 * torch.rand(64, 32), dim=1))
    bundle.save(folder, loaded.card, audio_encoder=loaded.audio_encoder, generator=generator, image_encoder=encoder)
    return folder


@pytest.mark.parametrize("level", [0.0, 1e-5], ids=["digital silence", "a quiet room"])
def test_a_show_that_begins_in_silence_goes_among_them(tmp_path: Path, level: float) -> None:
    folder = write_two_scenes(tmp_path / "memory")
    own = np.array([scene.h for scene in own_scenes(bundle.load(folder).generator, 5)])
    ring, params, frames = AudioRing(), JsonBox(), FrameBox.for_pictures((64, 32))
    core = InferenceCore(InferenceConfig(folder, 5, device="cpu", cache=tmp_path), ring, params, frames)
    quiet = np.random.default_rng(0).standard_normal(SAMPLE_RATE_HZ // 2).astype(np.float32) * np.float32(level)
    near = []
    try:
        for now in np.arange(0.0, 90.0, 0.5):
            ring.write(quiet, heard_at=float(now))
            core.step(float(now))
            near.append(own @ core.playing._motion.h)
        assert core.playing.heard.doing is Doing.REMEMBERING
    finally:
        core.close()
        for shared in (ring, params, frames):
            shared.close()
    assert len(own) == 2 and near[0].max() > 0.999
    assert np.all(np.max(near, axis=0) > 0.98)  # it has been to both of them
