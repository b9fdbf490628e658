"""How the worker of the slow path is started: with the model that is meant to play by then."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from installation.mailbox import FrameBox, JsonBox
from installation.ring import AudioRing
from installation.workers import InferenceStart


@pytest.fixture
def start(tmp_path: Path) -> Iterator[InferenceStart]:
    for name in ("home", "away"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.yaml").touch()
    with ExitStack() as undo:
        memory = [undo.enter_context(closing(box)) for box in (AudioRing(1.0), JsonBox(), FrameBox(8, 8))]
        yield InferenceStart(tmp_path / "home", 0, *memory)  # type: ignore[arg-type]


def test_another_model_or_other_files_of_it_are_a_cause_to_try_at_once(start: InferenceStart) -> None:
    before = start.cause()
    assert start.cause() == before
    (start.model / "model.yaml").write_text("mended")
    mended = start.cause()
    assert mended != before
    assert replace(start, model=start.model.parent / "away").cause() != mended


def test_a_folder_that_is_gone_is_a_cause_as_well_and_no_fault(start: InferenceStart, tmp_path: Path) -> None:
    start.model = tmp_path / "nowhere"
    assert start.cause() == (str(tmp_path / "nowhere"), ())
