"""FID and Inception Score: of Gaussians whose distance is known, and as torchmetrics has them of the same features."""

import warnings

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from s2s.evaluate.metrics.evidence import Evidence
from s2s.evaluate.metrics.judges import CLASS_FEATURES, CLASS_LOGITS
from s2s.evaluate.metrics.picture_sets import FROM_SOUNDS, REAL
from s2s.evaluate.metrics.quality import FidOptions, InceptionScoreOptions, fid, frechet, inception_score, scored
from s2s.metrics.frechet import frechet_distance
from tests.s2s.evaluate.made_up import evidence_of

pytestmark = [pytest.mark.heavy, pytest.mark.proc]  # torchmetrics takes seconds, and its matplotlib asks for fonts

DIM = 3


def gaussian(count: int, mean: NDArray[np.float64], covariance: NDArray[np.float64], seed: int) -> NDArray[np.float32]:
    """Return features [count, d] whose own mean and covariance are those given, to rounding."""
    drawn = np.random.default_rng(seed).standard_normal((count, len(mean)))
    centred = drawn - drawn.mean(axis=0)
    white = centred @ np.linalg.inv(np.linalg.cholesky(np.cov(centred.T))).T
    features: NDArray[np.float32] = (white @ np.linalg.cholesky(covariance).T + mean).astype(np.float32)
    return features


def test_the_fid_of_gaussians_that_commute_is_the_closed_form() -> None:
    one = gaussian(500, np.zeros(DIM), np.diag([1.0, 4.0, 9.0]), 0)
    other = gaussian(700, np.array([1.0, 2.0, 2.0]), np.diag([4.0, 1.0, 9.0]), 1)
    # |Δμ|² = 9; Σ (√a - √b)² = 1 + 1 + 0.
    assert fid(one, other) == pytest.approx(11.0, abs=1e-3)
    assert fid(one, one) == pytest.approx(0.0, abs=1e-3)


def test_the_fid_of_gaussians_that_do_not_commute_is_the_closed_form() -> None:
    turned = np.array([[2.5, 1.5], [1.5, 2.5]])  # eigenvalues 4 and 1 along the diagonals
    one = gaussian(400, np.zeros(2), turned, 2)
    other = gaussian(400, np.zeros(2), np.diag([4.0, 1.0]), 3)
    product = np.linalg.eigvals(turned @ np.diag([4.0, 1.0]))
    assert fid(one, other) == pytest.approx(5.0 + 5.0 - 2.0 * np.sqrt(product).sum().real, abs=1e-3)


class Means(nn.Module):
    """An extractor: the mean of each quarter of a picture, as features."""

    num_features = 12

    def forward(self, pictures: Tensor) -> Tensor:
        return torch.nn.functional.adaptive_avg_pool2d(pictures.float(), 2).flatten(1)


@pytest.fixture(scope="module")
def pictures() -> tuple[Tensor, Tensor]:
    draws = torch.Generator().manual_seed(0)
    real = torch.randint(0, 256, (60, 3, 8, 8), generator=draws, dtype=torch.uint8)
    return real, torch.randint(0, 200, (50, 3, 8, 8), generator=draws, dtype=torch.uint8)


def test_features_give_what_torchmetrics_gives_of_pictures_and_their_extractor(pictures: tuple[Tensor, Tensor]) -> None:
    from torchmetrics.image.fid import FrechetInceptionDistance

    theirs = FrechetInceptionDistance(feature=Means())
    for shown, is_real in zip(pictures, (True, False), strict=True):
        theirs.update(shown, real=is_real)
    real, painted = (Means()(shown).numpy() for shown in pictures)
    assert fid(real, painted) == pytest.approx(float(theirs.compute()), rel=1e-6)
    assert fid(real, painted) == pytest.approx(
        frechet_distance(torch.from_numpy(real), torch.from_numpy(painted)), rel=1e-6
    )


def test_the_inception_score_is_torchmetrics_own_of_the_same_pictures(pictures: tuple[Tensor, Tensor]) -> None:
    from torchmetrics.image.inception import InceptionScore

    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore")  # that it keeps all features
        theirs = InceptionScore(feature=Means(), splits=4)
        theirs.update(pictures[0])
        torch.manual_seed(7)
        expected = float(theirs.compute()[0])
    assert inception_score(Means()(pictures[0]).numpy(), 4, 7) == pytest.approx(expected, rel=1e-5)


def test_the_inception_score_of_sure_and_varied_pictures_is_the_number_of_classes() -> None:
    sure = np.tile(np.eye(5, dtype=np.float32) * 50.0, (20, 1))
    assert inception_score(sure, 1, 0) == pytest.approx(5.0, rel=1e-6)
    assert inception_score(np.zeros((20, 5), np.float32), 1, 0) == pytest.approx(1.0)
    assert inception_score(np.repeat(sure[:1], 20, axis=0), 1, 0) == pytest.approx(1.0)
    # Two kinds of picture, each named with 0.9: exp of the mean divergence from one half.
    logits = np.log(np.array([[0.9, 0.1], [0.1, 0.9]] * 10, np.float32))
    divergence = 0.9 * np.log(0.9 / 0.5) + 0.1 * np.log(0.1 / 0.5)
    assert inception_score(logits, 1, 0) == pytest.approx(np.exp(divergence), rel=1e-6)


@pytest.fixture
def evidence() -> Evidence:
    """Forty clips of as many recordings, with features of three numbers and logits of two classes."""
    rng = np.random.default_rng(5)
    arrays = {
        name: {CLASS_FEATURES: rng.standard_normal((40, DIM)), CLASS_LOGITS: rng.standard_normal((40, 2))}
        for name in (REAL, FROM_SOUNDS)
    }
    return evidence_of(arrays, labels=["dog", "rain"] * 20, names={CLASS_LOGITS: ("dog", "rain")})


def test_a_distance_has_an_interval_of_recordings_left_out_around_it(evidence: Evidence) -> None:
    found = frechet(evidence, FROM_SOUNDS, FidOptions())
    value = found.value
    assert value.low is not None and value.high is not None and value.low < value.value < value.high
    assert value.count == 40 and "warning" not in found.note
    score = scored(evidence, FROM_SOUNDS, InceptionScoreOptions()).value
    assert score.low is not None and score.high is not None and 1.0 <= score.value <= 2.0


def test_fewer_pictures_than_features_warn_in_the_report_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    few = {name: {CLASS_FEATURES: np.eye(6)[:4], CLASS_LOGITS: np.eye(2)[[0, 1, 0, 1]]} for name in (REAL, FROM_SOUNDS)}
    evidence = evidence_of(few, labels=["dog", "rain"] * 2, names={CLASS_LOGITS: ("dog", "rain")})
    assert "warning: 4 pictures for 6 features" in frechet(evidence, FROM_SOUNDS, FidOptions()).note
    assert [record.message for record in caplog.records if "FID" in record.message] == [
        "FID, pictures from sounds: 4 pictures for 6 features: covariances are singular, and the distance too large"
    ]
    assert "warning: 0 pictures in a part for 2 classes" in scored(evidence, REAL, InceptionScoreOptions()).note
