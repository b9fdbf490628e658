"""The constants of a model's input as plain data."""

from typing import Any

import pytest

from s2s.spectrogram_spec import SpectrogramSpec


def test_the_defaults_are_the_published_constants() -> None:
    spec = SpectrogramSpec()
    assert (spec.num_bins, spec.num_frames) == (257, 1004)
    assert spec.hop_s == pytest.approx(159 / 16_000)


@pytest.mark.parametrize(
    "spec",
    [SpectrogramSpec(), SpectrogramSpec(normalisation="fixed", mean=-11.5, deviation=3.25, clip_samples=16_000)],
)
def test_a_spec_survives_being_written_down(spec: SpectrogramSpec) -> None:
    assert SpectrogramSpec.from_dict(spec.to_dict()) == spec


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"hop": 159}, "hop"),
        ({"sample_rate_hz": "16000"}, "sample_rate_hz"),
        ({"sample_rate_hz": 0}, "sample_rate_hz must be positive, got 0"),
        ({"hop_samples": 600}, "hop_samples must not pass the window of 512, got 600"),
        ({"clip_samples": 511}, "clip_samples must hold a window of 512, got 511"),
        ({"window_samples": 511}, "window_samples must be even"),
        ({"floor": 0.0}, "floor must be positive"),
        ({"normalisation": "none"}, "normalisation"),
        ({"normalisation": "fixed", "mean": 1.0}, "needs both mean and deviation"),
        ({"normalisation": "fixed", "mean": 1.0, "deviation": 0.0}, "deviation must be positive"),
        ({"mean": 1.0, "deviation": 2.0}, "must be absent"),
    ],
)
def test_a_bad_field_is_refused_by_name(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SpectrogramSpec.from_dict(fields)
