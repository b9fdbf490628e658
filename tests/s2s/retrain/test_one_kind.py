"""An evening at which everything looks alike is said to teach little; one of different things is not."""

import logging

import numpy as np
import pytest
from numpy.typing import NDArray

from s2s.retrain.dataset import _warn_of_one_kind

WORDS = "the pictures look alike to the model"


def directions(apart: float) -> NDArray[np.float32]:
    """Twelve features: one direction for all, and to `apart` of it one of each picture's own."""
    return np.asarray(np.ones((12, 12)) / np.sqrt(12) + apart * np.eye(12), np.float32)


def test_pictures_of_one_kind_are_warned_of_with_their_likeness(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        _warn_of_one_kind(np.float32(7.0) * directions(0.0))  # however long the features are
    assert WORDS in caplog.text and "mean cosine is 1.00" in caplog.text


def test_different_things_are_an_evening_to_learn_from(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        _warn_of_one_kind(directions(3.0))
    assert caplog.text == ""
