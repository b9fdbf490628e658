"""f_A as one captured graph: driven on the CPU by a fake that keeps CUDA's rules, and by CUDA where it is."""

import logging
from pathlib import Path

import numpy as np
import pytest
import torch

from installation.inference.captured_hearing import CapturedHearing, hearing_of
from installation.inference.running_encoder import HOP_S, RunningEncoder
from s2s import bundle
from s2s.bundle import Bundle
from s2s.spectrogram import SpectrogramStream, normalise
from tests.fakes import write_tiny_bundle
from tests.installation.inference.fake_runtime import FakeRuntime


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return bundle.load(write_tiny_bundle(tmp_path_factory.mktemp("light")), image_encoder=False)


def clip(model: Bundle, seed: int) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(1, 1, model.spec.num_bins, model.spec.num_frames, generator=generator)


def test_the_graph_hears_what_the_encoder_hears(model: Bundle) -> None:
    captured = CapturedHearing(model, FakeRuntime())
    heard = [captured.features(clip(model, seed)) for seed in range(3)]
    with torch.inference_mode():
        for seed, features in enumerate(heard):  # the first ones still stand when the last was heard
            torch.testing.assert_close(features, model.audio_encoder.features(clip(model, seed)))


def test_what_cannot_be_captured_is_said_and_heard_as_before(model: Bundle, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert hearing_of(model, FakeRuntime(refuses="operation not permitted when stream is capturing")) is None
    assert caplog.messages == [
        "f_A hears operation by operation: it cannot be captured: operation not permitted when stream is capturing"
    ]


def test_without_a_device_that_captures_nothing_is(model: Bundle) -> None:
    assert hearing_of(model) is None


def test_a_running_encoder_hears_whole_clips_by_the_graph_once_a_hop(model: Bundle) -> None:
    runtime = FakeRuntime()
    stream = SpectrogramStream(model.spec)
    encoder = RunningEncoder(model, stream, CapturedHearing(model, runtime))
    stream.push((0.1 * np.random.default_rng(1).standard_normal(170_000)).astype(np.float32))
    clip_heard = encoder.encode(0.0, quieter_db=-20.0)
    with torch.inference_mode():
        whole = normalise(stream.log_power(), model.spec).float()[None, None]
        torch.testing.assert_close(clip_heard.features, model.audio_encoder.features(whole))
    assert clip_heard.quieter is not None and not torch.equal(clip_heard.quieter, clip_heard.features)
    assert runtime.waits == 2
    assert not encoder.is_due(HOP_S / 2, 4_000) and encoder.is_due(HOP_S, 1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_on_cuda_the_graph_hears_what_the_encoder_hears(tmp_path: Path) -> None:
    model = bundle.load(write_tiny_bundle(tmp_path / "light"), device="cuda", image_encoder=False)
    captured = hearing_of(model)
    assert captured is not None
    with torch.inference_mode():
        whole = model.audio_encoder.features(clip(model, 1).cuda())
    torch.testing.assert_close(captured.features(clip(model, 1)), whole, rtol=1e-3, atol=1e-3)
