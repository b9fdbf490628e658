"""What the show hears is what training computes: one definition of the model's input, whole and in blocks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from installation.inference.listening import Listener
from installation.inference.running_encoder import HOP_S
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Samples
from s2s.bundle import Bundle, load
from s2s.models.source_heads import SourceHeads
from s2s.spectrogram import fit_clip, spectrogram
from s2s.spectrogram_spec import SpectrogramSpec
from tests.fakes import write_naming_bundle, write_tiny_bundle


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return load(write_tiny_bundle(tmp_path_factory.mktemp("model")))


@pytest.fixture
def ring() -> Iterator[AudioRing]:
    made = AudioRing(12.0)
    yield made
    made.close()


def sound(seconds: float) -> Samples:
    return (0.1 * np.random.default_rng(1).standard_normal(round(seconds * SAMPLE_RATE_HZ))).astype(np.float32)


def hears_at(model: Bundle, spec: SpectrogramSpec) -> Bundle:
    return replace(model, card=model.card.model_copy(update={"spectrogram": spec}))


def trained_on(model: Bundle, clip: Samples) -> np.ndarray:
    with torch.inference_mode():
        embedding = model.audio_encoder(spectrogram(fit_clip(clip, model.spec)[None], model.spec))[0].numpy()
    unit: np.ndarray = embedding / np.linalg.norm(embedding)
    return unit


def heard(listener: Listener, ring: AudioRing, clip: Samples, blocks: int) -> np.ndarray:
    for number, block in enumerate(np.array_split(clip, blocks)):
        ring.write(block, heard_at=float(number))
        target = listener.next_target(number * HOP_S)
    assert target is not None
    return target.hearing.h


@pytest.mark.parametrize("blocks", [1, 7])
def test_a_whole_clip_gives_the_embedding_that_training_computes(ring: AudioRing, model: Bundle, blocks: int) -> None:
    clip = sound(10.0)
    listener = Listener(model, ring)
    np.testing.assert_allclose(heard(listener, ring, clip, blocks), trained_on(model, clip), atol=1e-5)


def test_a_short_history_is_repeated_to_full_length_as_short_clips_are_and_never_zero_filled(
    ring: AudioRing, model: Bundle
) -> None:
    clip = sound(1.7)
    listener = Listener(model, ring)
    np.testing.assert_allclose(heard(listener, ring, clip, 3), trained_on(model, clip), atol=1e-5)


def test_a_worker_that_is_started_again_hears_the_last_ten_seconds(ring: AudioRing, model: Bundle) -> None:
    ring.write(sound(11.5), heard_at=1.0)
    target = Listener(model, ring).next_target(0.0)
    assert target is not None
    np.testing.assert_allclose(target.hearing.h, trained_on(model, sound(11.5)[-160_000:]), atol=1e-5)


def test_there_is_no_target_before_there_is_sound(ring: AudioRing, model: Bundle) -> None:
    listener = Listener(model, ring)
    assert listener.next_target(0.0) is None
    ring.write(sound(0.5), heard_at=0.5)
    target = listener.next_target(0.5)
    assert target is not None and target.heard_at == 0.5 and target.serial == 1
    assert listener.next_target(0.5 + HOP_S / 2) is None


def test_a_model_for_another_sample_rate_is_refused(ring: AudioRing, model: Bundle) -> None:
    with pytest.raises(ValueError, match="this model wants 22050 Hz"):
        Listener(hears_at(model, SpectrogramSpec(sample_rate_hz=22_050)), ring)


def test_which_way_louder_lies_is_what_turning_the_sound_down_by_20_db_takes_away(
    ring: AudioRing, model: Bundle
) -> None:
    clip = sound(10.0)
    ring.write(clip, heard_at=0.0)
    target = Listener(model, ring).next_target(0.0, with_volume_direction=True)
    assert target is not None and target.volume_direction is not None
    expected = trained_on(model, clip) - trained_on(model, 0.1 * clip)
    assert np.linalg.norm(expected) > 0.01
    np.testing.assert_allclose(target.volume_direction, expected, atol=1e-5)
    np.testing.assert_allclose(target.hearing.h, trained_on(model, clip), atol=1e-5)


def test_which_way_louder_lies_costs_nothing_where_nobody_asks(ring: AudioRing, model: Bundle) -> None:
    ring.write(sound(1.0), heard_at=0.0)
    target = Listener(model, ring).next_target(0.0)
    assert target is not None and target.volume_direction is None


def test_a_sound_that_is_answered_with_nothing_is_no_target(
    ring: AudioRing, model: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(model.audio_encoder), "embed", lambda _self, pooled: torch.zeros(len(pooled), 32))
    ring.write(sound(1.0), heard_at=0.0)
    assert Listener(model, ring).next_target(0.0) is None


def tone(seconds: float) -> Samples:
    return (0.2 * np.sin(2 * np.pi * 440.0 * np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ)).astype(
        np.float32
    )


def heard_with(model: Bundle, sounds: list[Samples], window_s: float) -> np.ndarray:
    """What is heard at the end of `sounds`, one written after the other."""
    ring = AudioRing(16.0)
    listener, target = Listener(model, ring), None
    for number, samples in enumerate(sounds):
        ring.write(samples, heard_at=float(number))
        target = listener.next_target(float(number), window_s=window_s)
    ring.close()
    assert target is not None
    return target.hearing.h


def test_how_near_a_thing_is_follows_from_the_level_of_the_window_alone(tmp_path: Path) -> None:
    model = load(write_naming_bundle(tmp_path, known=sound(10.0), unknown=np.zeros(160_000, np.float32)))
    heads = SourceHeads(("rain", "train"), 32, 32, hidden=16, by_level=True).eval().requires_grad_(False)
    heads.of_level.fill_(0.05)
    heads.near_at_full_scale.fill_(2.0)
    heads.detect.weight.zero_()
    heads.detect.bias.copy_(torch.tensor([3.0, -3.0]))  # one thing, whatever sounds
    model = replace(model, source_heads=heads)
    nearness = {}
    for window_s in (2.0, 10.0):
        ring = AudioRing(16.0)
        ring.write(np.concatenate([0.1 * sound(8.0), sound(2.0)]), heard_at=0.0)  # louder by 20 dB in the end
        target = Listener(model, ring).next_target(0.0, window_s=window_s)
        ring.close()
        assert target is not None
        nearness[window_s] = target.hearing.sources[0].nearness
    in_ten, in_two = (np.log(nearness[one] / (1.0 - nearness[one])) for one in (10.0, 2.0))
    # Two seconds of ten have the power of all; of the loudest third of ten they are three fifths.
    assert in_two - in_ten == pytest.approx(
        0.05 * (10.0 * np.log10(10.0 / 2.0) + 10.0 * np.log10(10.0 / 6.0)), abs=0.05
    )


def test_with_a_short_window_what_sounded_before_counts_less(model: Bundle) -> None:
    apart = {}
    for window_s in (1.0, 10.0):
        alone = heard_with(model, [tone(10.0)], window_s)
        apart[window_s] = np.linalg.norm(heard_with(model, [sound(10.0), tone(4.0)], window_s) - alone)
    assert apart[1.0] < 0.5 * apart[10.0]


@pytest.mark.parametrize("before_s", [1.0, 3.0])
def test_a_short_window_is_of_the_newest_sound_also_while_the_history_is_still_short(
    model: Bundle, before_s: float
) -> None:
    alone = heard_with(model, [tone(10.0)], 3.0)
    other = np.linalg.norm(heard_with(model, [sound(10.0)], 3.0) - alone)
    newest = np.linalg.norm(heard_with(model, [sound(before_s), tone(4.0)], 3.0) - alone)
    assert newest < 0.5 * other
