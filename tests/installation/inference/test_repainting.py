"""A picture of a log is painted again of what it was painted of: the same picture, level for level."""

from pathlib import Path

import numpy as np
import pytest

from installation.inference.core import InferenceConfig, InferenceCore
from installation.inference.playing import ModelError
from installation.inference.repainting import THREADS, Repainter
from installation.mailbox import FrameBox, JsonBox
from installation.ring import AudioRing
from installation.values import SAMPLE_RATE_HZ, Frame, Latent, ParameterValue
from installation.wish_bytes import WishError, folder_of_wish, pack_wish
from installation.worker_params import ParamsSender, WorkerParams
from tests.fakes import write_naming_bundle

SOUND = (0.2 * np.random.default_rng(0).standard_normal(10 * SAMPLE_RATE_HZ)).astype(np.float32)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that paints two things and knows states: there is nothing more to a wish."""
    return write_naming_bundle(tmp_path_factory.mktemp("model"), known=SOUND, unknown=SOUND[::-1].copy())


def painted(model: Path, values: dict[str, ParameterValue]) -> list[Frame]:
    """Return some pictures that a slow path paints of noise."""
    ring, params, box = AudioRing(12.0), JsonBox(), FrameBox(64, 64)
    core = InferenceCore(InferenceConfig(model, 0, device="cpu", threads=THREADS), ring, params, box)
    ParamsSender(params).send(WorkerParams(values))
    frames = []
    for now in (0.0, 0.5, 1.0, 3.0):
        ring.write(SOUND, heard_at=now)
        core.step(now)
        frame = box.newest()
        assert frame is not None
        frames.append(frame)
    for part in (core, ring, params, box):
        part.close()
    return frames


def test_what_a_show_painted_is_painted_again_level_for_level(model: Path) -> None:
    assert InferenceConfig(model, 0).threads == THREADS
    frames = painted(model, {"/latent/glide": 1.0, "/scene/nearness_hold": 0.5})
    repainter = Repainter(lambda _: model)
    for frame in frames:
        assert folder_of_wish(frame.wish) == str(model.resolve())
        np.testing.assert_array_equal(repainter.paint(frame.wish), frame.pixels)
    assert len({frame.wish for frame in frames}) == len(frames)


def test_a_picture_with_something_over_it_has_no_wish(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.inference.photographs.Photographs.over", lambda _, pixels, *__: pixels // 2)
    assert [frame.wish for frame in painted(model, {})] == [b""] * 4


def test_what_the_model_cannot_be_asked_for_is_said(model: Path, tmp_path: Path) -> None:
    wish = pack_wish("/models/other", Latent(np.zeros(3, np.float32), np.ones(2, np.float32)), None)
    with pytest.raises(WishError, match="has 3 and 2 numbers"):
        Repainter(lambda _: model).paint(wish)
    with pytest.raises(ModelError):
        Repainter(lambda _: tmp_path).paint(wish)
