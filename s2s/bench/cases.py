"""What `bench` measures: the model's input, the encoder and the generator, at published and at a bundle's sizes; and
training.

Every case is built when it is its turn, since a published generator and its baseline take a gigabyte.
"""

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final, cast

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from safetensors.torch import load_file
from torch import Tensor, nn

from s2s import bundle
from s2s.bench.baselines import NaiveBigGan, published_spectrogram
from s2s.bench.measuring import Case
from s2s.bench.training import audio_encoder_training
from s2s.card import GENERATOR, BigGanSizes
from s2s.models.audio_encoder import AudioEncoder
from s2s.models.biggan import BigGanGenerator
from s2s.models.biggan_inference import prepare_for_inference
from s2s.models.cuda_graph import CapturedGenerator
from s2s.models.generator import Generator
from s2s.models.streaming_audio_encoder import COLUMNS_A_STEP, StreamingAudioEncoder
from s2s.sampling.noise import draw_noise
from s2s.spectrogram import SpectrogramStream, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec

Plan = Sequence[Callable[[], Case]]

PUBLISHED_SIZES: Final = {64: 64, 128: 96, 256: 96}
"""Channels of the published generator by its resolution."""

_HOP_SAMPLES: Final = 4_000
"""A quarter of a second: how often the show listens."""
_STEPS_HEARD: Final = 40
"""Of a running sound, until it begins anew: so seldom that the pass over all of it is no part of the median."""
_NAIVE: Final = "the published arithmetic"


def plan(model: Path, device: str = "cpu", *, resolutions: Sequence[int] = tuple(PUBLISHED_SIZES)) -> Plan:
    """Return what builds each case: networks on `device`, the input on the CPU as in the show.

    Raises BundleError for a `model` that cannot be used.
    """
    ours = bundle.load(model, device=device, image_encoder=False)
    generators = [partial(published_generator, px, PUBLISHED_SIZES[px], device) for px in resolutions]
    return [
        whole_clip,
        one_hop,
        partial(published_audio_encoder, device),
        partial(bundled_audio_encoder, ours),
        *([] if device.startswith("cuda") else [partial(running_audio_encoder, ours)]),
        *generators,
        partial(bundled_generator, ours),
        partial(audio_encoder_training, device),
    ]


def whole_clip() -> Case:
    """The spectrogram of ten seconds."""
    spec = SpectrogramSpec()
    sound = _noise(spec.clip_samples)
    clip = torch.from_numpy(sound)[None]
    return Case(
        "spectrogram, whole clip",
        ours=lambda: spectrogram(clip, spec)[0, 0],
        baseline=lambda: torch.from_numpy(published_spectrogram(sound.astype(np.float64))),
        compared_with="SciPy, as published",
    )


def one_hop() -> Case:
    """The spectrogram of a running sound, a hop later."""
    spec = SpectrogramSpec()
    heard, again = _RunningSound(spec), _RunningSound(spec)
    stream = SpectrogramStream(spec)
    stream.push(heard.held)

    def ours() -> Tensor:
        stream.push(heard.next_hop())
        return stream.spectrogram()[0, 0]

    def baseline() -> Tensor:
        again.next_hop()
        return torch.from_numpy(published_spectrogram(again.newest_clip().astype(np.float64)))

    return Case("spectrogram, 0.25 s further", ours, baseline, "SciPy, the whole clip anew")


def published_audio_encoder(device: str) -> Case:
    """f_A at the published size on one clip."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        encoder = AudioEncoder().eval().requires_grad_(False).to(device)
    return _encoder_case("audio encoder, published size", encoder, SpectrogramSpec(), device)


def bundled_audio_encoder(model: bundle.Bundle) -> Case:
    """f_A of a bundle on one clip."""
    device = str(model.audio_encoder.fc.weight.device)
    return _encoder_case(f"audio encoder, {model.card.name}", model.audio_encoder, model.spec, device)


def running_audio_encoder(model: bundle.Bundle) -> Case:
    """f_A of a bundle, on the CPU, on a clip one step further on, beside a pass over all of it."""
    spec, encoder = model.spec, model.audio_encoder
    running = StreamingAudioEncoder(encoder, spec.num_frames)
    steps = 1 + _STEPS_HEARD
    long = SpectrogramSpec(clip_samples=spec.clip_samples + steps * COLUMNS_A_STEP * spec.hop_samples)
    heard = spectrogram(torch.from_numpy(_noise(long.clip_samples))[None], long)
    ours_at, baseline_at = itertools.count(), itertools.count()

    def clip(step: int) -> Tensor:
        start = step % steps * COLUMNS_A_STEP
        return heard[..., start : start + spec.num_frames]

    def ours() -> Tensor:
        step = next(ours_at)
        return running.features(clip(step), step % steps * COLUMNS_A_STEP)

    name = f"audio encoder, {model.card.name}, {COLUMNS_A_STEP * spec.hop_samples / spec.sample_rate_hz:.2f} s further"
    return Case(name, ours, lambda: encoder.features(clip(next(baseline_at))), "the whole clip anew")


def published_generator(resolution: int, channels: int, device: str, *, h_dim: int = 2048, z_dim: int = 120) -> Case:
    """G of IC-GAN on one z and h, with random weights: what it costs does not depend on them."""
    with torch.device("meta"):
        network = BigGanGenerator(resolution, channels, z_dim=z_dim, h_dim=h_dim)
    state = random_state({key: tuple(value.shape) for key, value in network.state_dict().items()})
    state = {key: value.to(device) for key, value in state.items()}
    network.load_state_dict({key: value.clone() for key, value in state.items()}, assign=True)
    prepare_for_inference(network.eval())
    return _generator_case(f"generator, {resolution} px, {channels} channels", network, NaiveBigGan(state), device)


def bundled_generator(model: bundle.Bundle) -> Case:
    """G of a bundle on one z and h; beside the published arithmetic where that is what it is."""
    network = cast(nn.Module, model.generator)
    device = str(next(network.parameters()).device)
    width, height = model.card.generator.size_px
    name = f"generator, {model.card.name}, {width if width == height else f'{width}×{height}'} px"
    if isinstance(model.card.generator, BigGanSizes):
        return _generator_case(name, network, NaiveBigGan(load_file(model.path / GENERATOR, device)), device)
    return _generator_case(name, network, None, device)


def random_state(shapes: dict[str, tuple[int, ...]]) -> dict[str, Tensor]:
    """Return weights of a generator with the published keys, scaled so that activations keep their size."""
    source = torch.Generator().manual_seed(0)
    return {key: _random_entry(key.rpartition(".")[2], shape, source) for key, shape in shapes.items()}


def _random_entry(leaf: str, shape: tuple[int, ...], source: torch.Generator) -> Tensor:
    if leaf in ("sv0", "stored_var", "gamma"):
        return 0.5 + torch.rand(shape, generator=source)
    value = torch.randn(shape, generator=source)
    if leaf == "u0":
        return F.normalize(value)
    return value * (value[0].numel() ** -0.5 if leaf == "weight" else 0.1)


def _encoder_case(name: str, encoder: AudioEncoder, spec: SpectrogramSpec, device: str) -> Case:
    heard = spectrogram(torch.from_numpy(_noise(spec.clip_samples))[None], spec).to(device)
    return Case(name, ours=lambda: encoder(heard), settle=_settler(device))


def _generator_case(name: str, network: nn.Module, naive: NaiveBigGan | None, device: str) -> Case:
    """On CUDA ours is the captured graph in half precision, and compared with the network itself for want of a naive
    one.
    """
    plain = cast(Generator, network)
    z = draw_noise(1, plain.z_dim, seed=0).to(device)
    h = F.normalize(torch.rand(1, plain.h_dim, generator=torch.Generator().manual_seed(0))).to(device)
    settle = _settler(device)
    if not device.startswith("cuda"):
        baseline = None if naive is None else partial(naive, z, h)
        return Case(name, partial(plain, z, h), baseline, "" if naive is None else _NAIVE, settle)
    captured = CapturedGenerator(network)
    beside, words = (plain, "itself in float32") if naive is None else (naive, _NAIVE)
    return Case(f"{name}, half, graph", partial(captured, z, h), partial(beside, z, h), words, settle)


def _settler(device: str) -> Callable[[], None]:
    return partial(torch.cuda.synchronize, device) if device.startswith("cuda") else lambda: None


def _noise(num_samples: int) -> NDArray[np.float32]:
    return np.random.default_rng(0).uniform(-0.5, 0.5, num_samples).astype(np.float32)


class _RunningSound:
    """Endless noise: one clip to begin with, then hop after hop, and the clip that a stream of it holds."""

    def __init__(self, spec: SpectrogramSpec) -> None:
        self._spec = spec
        self._source = np.random.default_rng(1)
        self.held = self._drawn(spec.clip_samples)
        self._begin = 0  # sample number of the first one held

    def next_hop(self) -> NDArray[np.float32]:
        """Go on by a hop and return it."""
        hop = self._drawn(_HOP_SAMPLES)
        kept = self._spec.clip_samples + self._spec.hop_samples
        dropped = max(0, len(self.held) + len(hop) - kept)
        self.held = np.concatenate([self.held, hop])[dropped:]
        self._begin += dropped
        return hop

    def newest_clip(self) -> NDArray[np.float32]:
        """Return the samples under the newest whole clip of columns; columns lie on a grid from the first sample."""
        spec = self._spec
        columns = spec.frames_in(self._begin + len(self.held))
        first = (columns - spec.num_frames) * spec.hop_samples - self._begin
        return self.held[first : first + (spec.num_frames - 1) * spec.hop_samples + spec.window_samples]

    def _drawn(self, num_samples: int) -> NDArray[np.float32]:
        return self._source.uniform(-0.5, 0.5, num_samples).astype(np.float32)
