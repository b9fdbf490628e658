"""What a judge of things is shown of a model: what the show paints, two things where two sound."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from s2s import bundle
from s2s.data.esc10 import Recording
from s2s.evaluate import thing_metrics
from s2s.evaluate.heard_pictures import hear_all, paint_all
from s2s.evaluate.picture_metrics import Z_SEED
from s2s.evaluate.thing_metrics import JudgeReading, ThingMeasuring
from s2s.models.thing_judge import CLASSES, ThingJudge
from tests.fakes import write_naming_bundle

pytestmark = pytest.mark.heavy


def test_recordings_are_judged_by_what_the_show_paints_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    known, unknown = (rng.normal(0.0, 0.1, 8000).astype(np.float32) for _ in range(2))
    naming = bundle.load(write_naming_bundle(tmp_path, known=known, unknown=unknown))
    judged: list[NDArray[np.uint8]] = []

    def read(_: ThingJudge, pictures: NDArray[np.uint8]) -> JudgeReading:
        judged.append(pictures)
        nothing = torch.zeros(len(pictures), len(CLASSES))
        return JudgeReading(nothing, torch.zeros(len(pictures), 1, 8, 8), nothing)

    monkeypatch.setattr(thing_metrics, "read", read)
    recording = Recording(tmp_path / "rain.wav", "rain", known)
    ThingMeasuring(naming, ThingJudge(), per_scene=1)._recordings([recording])
    heard = hear_all(naming, [recording.sound])
    z = torch.randn(1, naming.generator.z_dim, generator=torch.Generator().manual_seed(Z_SEED))
    assert [len(names) for names in heard.named] == [2]
    np.testing.assert_array_equal(judged[0], paint_all(naming, heard, z))


def test_a_size_is_the_share_of_the_picture_that_the_thing_of_the_asked_class_would_cover() -> None:
    log_sizes = torch.log(torch.tensor([[0.1, 0.2], [0.3, 0.4]]))
    reading = JudgeReading(torch.zeros(2, 2), torch.zeros(2, 1, 8, 8), log_sizes)
    np.testing.assert_allclose(reading.sizes(np.array([1, 0])), [0.2, 0.3], rtol=1e-6)
    np.testing.assert_allclose(reading.sizes_of(CLASSES[1]), [0.2, 0.4], rtol=1e-6)
