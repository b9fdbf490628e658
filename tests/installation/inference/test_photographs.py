"""A place's own frames over what is painted: how much, which, in what shape, and what is said where there is none."""

import logging
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from installation.inference.motion import Vector
from installation.inference.nearest import FADE_S, SETTLE_S
from installation.inference.photographs import NONE_THERE, Photographs, fitted
from installation.status import PhotographStatus
from s2s import bundle
from s2s.place_memory import PlaceMemory, frame_path
from s2s.retrain.memory import write_memory
from tests.fakes import write_tiny_bundle

COLOURS = ((200, 0, 0), (0, 200, 0), (0, 0, 200))
PAINTED: NDArray[np.uint8] = np.full((18, 32, 3), 100, np.uint8)


@pytest.fixture
def memory(tmp_path: Path) -> PlaceMemory:
    frames = [np.full((360, 640, 3), colour, np.uint8) for colour in COLOURS]
    write_memory(write_tiny_bundle(tmp_path), np.eye(3, 32), frames, ["red", "green", "blue"])
    loaded = bundle.load(tmp_path).memory
    assert loaded is not None
    return loaded


def at(number: int) -> Vector:
    return np.asarray(np.eye(3, 32)[number], np.float32)


def colour(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    return np.asarray(pixels.mean(axis=(0, 1)))


def test_at_0_the_picture_is_as_painted_and_at_1_the_photograph_alone(memory: PlaceMemory) -> None:
    shown = Photographs(memory, (32, 18))
    assert shown.over(PAINTED, at(1), 0.0, now=0.0) is PAINTED
    assert shown.status == PhotographStatus()
    whole = shown.over(PAINTED, at(1), 1.0, now=0.1)
    assert whole.shape == (360, 640, 3) and whole.dtype == np.uint8
    np.testing.assert_allclose(colour(whole), COLOURS[1], atol=3)
    assert shown.status == PhotographStatus(1.0, "green") and shown.are_still


def test_between_them_it_is_both_by_their_shares(memory: PlaceMemory) -> None:
    shown = Photographs(memory, (32, 18))
    mixed = colour(shown.over(PAINTED, at(2), 0.25, now=0.0))
    np.testing.assert_allclose(mixed, 0.25 * np.array(COLOURS[2]) + 0.75 * 100, atol=3)
    assert not shown.are_still


def test_one_photograph_goes_over_into_the_next(memory: PlaceMemory) -> None:
    shown = Photographs(memory, (32, 18))
    shown.over(PAINTED, at(0), 1.0, now=0.0)
    times = np.arange(0.1, SETTLE_S + FADE_S + 0.5, 0.1)
    reds = [colour(shown.over(PAINTED, at(2), 1.0, now=float(now)))[0] for now in times]
    assert reds[0] == pytest.approx(200, abs=3) and reds[-1] == pytest.approx(0, abs=3)
    assert all(one >= other for one, other in pairwise(reds))
    assert max(one - other for one, other in pairwise(reds)) < 20
    assert shown.status.name == "blue" and shown.are_still


def test_a_model_without_photographs_says_so_once(caplog: pytest.LogCaptureFixture) -> None:
    shown = Photographs(None, (32, 18))
    with caplog.at_level(logging.WARNING):
        assert all(shown.over(PAINTED, at(0), 1.0, now=float(now)) is PAINTED for now in range(3))
    assert shown.status == PhotographStatus(problem=NONE_THERE)
    assert [one.getMessage() for one in caplog.records] == [f"/latent/memory: {NONE_THERE}"]
    shown.over(PAINTED, at(0), 0.0, now=4.0)
    assert shown.status == PhotographStatus()


def test_a_photograph_that_is_damaged_is_passed_over(memory: PlaceMemory, caplog: pytest.LogCaptureFixture) -> None:
    frame_path(memory.folder, 1).write_bytes(b"no picture")
    shown = Photographs(memory, (32, 18))
    with caplog.at_level(logging.WARNING):
        shown.over(PAINTED, np.array([0, 0.9, 0.1, *[0] * 29], np.float32), 1.0, now=0.0)
    assert shown.status.name == "blue"
    assert "001.jpg" in caplog.text


def test_a_large_generators_pictures_keep_their_size(memory: PlaceMemory) -> None:
    large = np.zeros((720, 1280, 3), np.uint8)
    assert Photographs(memory, (1280, 720)).over(large, at(0), 1.0, now=0.0).shape == (720, 1280, 3)


@pytest.mark.parametrize(("size_px", "shape"), [((32, 32), (512, 512, 3)), ((18, 32), (640, 360, 3))])
def test_what_is_sent_has_the_painted_shape_and_fits_the_mailbox(
    size_px: tuple[int, int], shape: tuple[int, int, int], memory: PlaceMemory
) -> None:
    painted = np.zeros((size_px[1], size_px[0], 3), np.uint8)
    pixels = Photographs(memory, size_px).over(painted, at(0), 0.5, now=0.0)
    assert pixels.shape == shape and pixels.size <= 3 * 512 * 512


def test_a_photograph_of_another_shape_is_whole_and_its_sides_are_filled_with_it() -> None:
    tall = np.zeros((90, 60, 3), np.uint8)
    tall[:, :, 1] = 200
    tall[:3] = tall[-3:] = 255
    canvas = np.asarray(fitted(Image.fromarray(tall), (160, 90)))
    np.testing.assert_array_equal(canvas[:, 50:110], tall)
    assert 80 < canvas[45, 10, 1] < 160 and canvas[45, 10, 0] < 60
