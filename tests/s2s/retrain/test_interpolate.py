"""Between old weights and new ones: as far as recordings that were not trained on allow."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from s2s.models.audio_encoder import AudioEncoder
from s2s.retrain.dataset import VenueDataset
from s2s.retrain.interpolate import interpolate_weights, mixed
from s2s.retrain.layout import Layout
from s2s.spectrogram_spec import SpectrogramSpec
from s2s.training.inputs.pairs import Pairs
from s2s.training.stages.audio_encoder import AudioEncoderSettings, encode_pairs

SPEC = SpectrogramSpec(clip_samples=8_000, normalisation="fixed", mean=-12.0, deviation=3.0)


def encoder(seed: int) -> AudioEncoder:
    torch.manual_seed(seed)
    return AudioEncoder(width=4, embedding_dim=16).eval().requires_grad_(False)


def dataset(wanted: AudioEncoder, count: int = 6) -> VenueDataset:
    """Return one whose sounds lie where `wanted` hears them."""
    rng, rows = np.random.default_rng(0), np.arange(count)
    log_spectrograms = rng.uniform(0, 8, (count, SPEC.num_bins, SPEC.num_frames)).astype(np.float16)
    log_spectrograms *= np.linspace(0, 1, SPEC.num_bins)[None, :, None] > rng.uniform(0, 1, count)[:, None, None]
    none, ones = np.empty(0, np.int64), np.ones(count)
    features = np.zeros((count, 1, 16), np.float32)
    ids = tuple(f"guest-{row}" for row in rows)
    neither = ones > 1
    pairs = Pairs(rows, rows, none, ids, (), -ones.astype(np.int64), ones, neither, SPEC, log_spectrograms, features)
    features[:, 0] = encode_pairs(wanted, pairs, rows).numpy()
    return VenueDataset(pairs, np.empty((0, 8, 8, 3), np.uint8), ids, count, 0.1)


@pytest.mark.parametrize(("better", "share"), [("old", 0.0), ("new", 1.0)])
def test_the_weights_that_strangers_like_best_are_taken(tmp_path: Path, better: str, share: float) -> None:
    old, new, layout = encoder(0), encoder(1), Layout(tmp_path)
    layout.audio_encoder.mkdir()
    settings = AudioEncoderSettings(width=4, temperature=0.1, pull=8.0)
    assert interpolate_weights(dataset({"old": old, "new": new}[better]), old, new, settings, layout) == share
    findings, wanted = load_file(layout.mixed), {"old": old, "new": new}[better].state_dict()
    assert all(torch.equal(findings[name], value) for name, value in wanted.items())
    assert json.loads(layout.mixed.with_suffix(".json").read_text())["share"] == share


def test_a_mixture_lies_on_the_line_between_both() -> None:
    before, after = (
        {"w": torch.tensor([0.0, 2.0]), "seen": torch.tensor(3)},
        {
            "w": torch.tensor([1.0, 0.0]),
            "seen": torch.tensor(9),
        },
    )
    between = mixed(before, after, 0.25)
    assert between["w"].tolist() == [0.25, 1.5]
    assert between["seen"].item() == 9
