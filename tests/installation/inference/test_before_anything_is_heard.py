"""A show that begins in silence goes among what its model knows; the latent begins there, and not anywhere."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from installation.inference.core import InferenceConfig, InferenceCore
from installation.mailbox import FrameBox, JsonBox
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Doing
from s2s import bundle
from s2s.models.memory_generator import MemoryGenerator
from s2s.sampling.own_places import own_places
from tests.fakes import write_memory_bundle


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
    own = np.array(own_places(bundle.load(folder).generator, 5))
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
