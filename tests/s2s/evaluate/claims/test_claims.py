"""Section 5's claims as numbers: what a model that does it, and one that does not, would get."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from s2s import bundle
from s2s.bundle import Bundle
from s2s.evaluate.claims import ClaimSizes, KeptClaims, LeftOut, inversions, measure_claims
from s2s.evaluate.claims import volume as volume_claim
from s2s.evaluate.claims.edits import _outside_to_inside
from s2s.evaluate.claims.measuring import Measuring, above, both_found, mean_value
from s2s.evaluate.claims.unseen import unseen_land_among_kin
from s2s.evaluate.claims.volume import louder_is_larger
from s2s.evaluate.heard_pictures import Pictures
from s2s.evaluate.report.model import Claim, Skipped, Value
from s2s.evaluate.thing_metrics import JudgeReading
from s2s.models.thing_judge import CLASSES, ThingJudge
from s2s.sampling.inversion.search import InversionSettings
from s2s.sampling.manipulate import Sound
from s2s.world.state import SceneState
from tests.fakes import write_memory_bundle, write_tiny_bundle

SCENES = ("sea", "helicopter")
SMALL = ClaimSizes(1, 1, 2, 2, 2, 1, 1, 2, SCENES)


def as_unit(sound: Sound) -> Sound:
    return np.full(8, 0.01, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Painting(Measuring):
    """Paints a bright square for every sound, as large as `side` says of its level, and finds it there."""

    side: Callable[[float], float] = lambda level: level

    def painted(self, sounds: Sequence[Sound], z: Tensor) -> Pictures:
        pictures = np.zeros((len(sounds), 64, 64, 3), np.uint8)
        for picture, sound in zip(pictures, sounds, strict=True):
            px = round(64 * self.side(float(np.abs(sound).max())))
            picture[:px, :px] = 255
        return pictures

    def read(self, pictures: Pictures) -> JudgeReading:
        logits = torch.zeros(len(pictures), len(CLASSES))
        logits[:, 2] = 1.0
        masks = torch.from_numpy(pictures[:, None, :, :, 0] / 255.0)
        return JudgeReading(logits, masks, masks.mean(dim=(2, 3)).log().expand_as(logits))

    def drawn(self, moments: Sequence[Sequence[SceneState]]) -> Pictures:
        return self.painted([np.array([state.nearness], np.float32) for (state,) in moments], torch.zeros(1))

    def noise(self, row: int, count: int = 1) -> Tensor:
        return torch.zeros(count, 4)


def painting(side: Callable[[float], float]) -> Painting:
    return Painting(cast(Bundle, None), cast(ThingJudge, None), replace(SMALL, louder_each=3), 0, side)


@pytest.fixture
def _quiet_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(volume_claim, "sound_of", as_unit)


@pytest.mark.usefixtures("_quiet_takes")
def test_a_model_whose_things_grow_with_the_volume_holds() -> None:
    size, scene = louder_is_larger(painting(lambda level: level * 30))
    assert (size.value.value, size.holds) == (1.0, True)
    assert (scene.value.value, scene.holds) == (1.0, True)


@pytest.mark.usefixtures("_quiet_takes")
@pytest.mark.parametrize(("side", "rho"), [(lambda level: 0.5, 0.0), (lambda level: 1.0 - level * 30, -1.0)])
def test_a_model_whose_things_do_not_grow_does_not_hold(side: Callable[[float], float], rho: float) -> None:
    size, _ = louder_is_larger(painting(side))
    assert (size.value.value, size.holds) == (rho, False)


def test_a_mean_has_an_interval_around_it_that_narrows_with_more_takes() -> None:
    few, many = (mean_value(np.tile([0.0, 1.0], count), seed=0) for count in (5, 500))
    assert few.value == many.value == 0.5
    assert few.low is not None and few.high is not None and many.low is not None and many.high is not None
    assert few.low < many.low < 0.5 < many.high < few.high
    assert (few.count, many.count) == (10, 1000)


def test_takes_without_a_number_are_left_out_of_a_mean() -> None:
    assert mean_value(np.array([np.nan, *[2.0] * 5]), seed=0) == Value(2.0, 2.0, 2.0, 5)


def test_few_takes_bound_nothing_and_no_claim_is_said_to_hold_or_not() -> None:
    value = mean_value(np.ones(4), seed=0)
    assert value == Value(1.0, None, None, 4) and above(value, 0.5) is None
    with pytest.raises(ValueError, match="at least one take"):
        mean_value(np.array([np.nan]), seed=0)


def test_the_whole_interval_must_lie_above_chance() -> None:
    assert above(Value(0.5, 0.4, 0.6), 0.39)
    assert not above(Value(0.5, 0.4, 0.6), 0.4)
    assert not above(Value(0.5), 0.0)


def test_both_are_found_where_they_are_the_two_highest_in_either_order() -> None:
    logits = torch.tensor([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 2.0, 3.0]])
    assert both_found(logits, np.array([[0, 1], [0, 2], [2, 1]])).tolist() == [1.0, 0.0, 1.0]


@pytest.mark.parametrize(("inside", "outside", "ratio"), [(100, 0, 0.0), (100, 50, 0.5), (50, 100, 2.0)])
def test_an_edit_is_measured_by_what_changes_outside_the_thing(inside: int, outside: int, ratio: float) -> None:
    pictures = np.zeros((5, 8, 8, 3), np.uint8)
    pictures[4] = outside
    pictures[4, :4, :4] = inside
    masks = torch.zeros(5, 1, 8, 8)
    masks[:, :, :4, :4] = 1.0
    assert _outside_to_inside(pictures, JudgeReading(torch.zeros(5, 29), masks, torch.zeros(5, 29))) == pytest.approx(
        ratio
    )


@pytest.mark.parametrize("masks", [torch.zeros(5, 1, 8, 8), torch.ones(5, 1, 8, 8)])
def test_where_no_thing_is_found_or_nothing_else_an_edit_cannot_be_measured(masks: Tensor) -> None:
    pictures: NDArray[np.uint8] = np.arange(5, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    assert np.isnan(_outside_to_inside(pictures, JudgeReading(torch.zeros(5, 29), masks, torch.zeros(5, 29))))


def test_pairs_have_takes_of_their_own_in_one_hour_and_near() -> None:
    pairs = painting(lambda level: level).pairs(4, purpose="mixes")
    assert {(one.scene, other.scene) for one, other in pairs} == {SCENES}
    assert len({state.seed for pair in pairs for state in pair}) == 8
    assert all(one.hour == other.hour and min(one.nearness, other.nearness) >= 0.5 for one, other in pairs)


@pytest.mark.parametrize(
    ("change", "message"),
    [({"mixes": 0}, "mixes must be at least 1, got 0"), ({"scenes": ("clock",)}, "scenes must hold two .* got clock")],
)
def test_sizes_that_measure_nothing_are_refused(change: dict[str, int | tuple[str, ...]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ClaimSizes(**change)  # type: ignore[arg-type]


def test_without_a_judge_nothing_is_claimed(tmp_path: Path) -> None:
    model = bundle.load(write_tiny_bundle(tmp_path))
    measured = list(measure_claims(model, None, KeptClaims(tmp_path)))
    assert all(isinstance(one, Skipped) for one in measured)
    assert {one.why.split(":")[0] for one in measured[:-1] if isinstance(one, Skipped)} == {"needs a judge of things"}


def test_unseen_classes_need_a_model_that_was_made_without_some() -> None:
    (skipped,) = unseen_land_among_kin(None, SMALL, 0)
    assert isinstance(skipped, Skipped)
    assert "python -m s2s miniature OUT --scenes 24" in skipped.why


@pytest.mark.parametrize("scenes", [(), ("sea", "space")])
def test_a_model_made_without_scenes_says_which_of_those_there_are(tmp_path: Path, scenes: tuple[str, ...]) -> None:
    model = bundle.load(write_tiny_bundle(tmp_path))
    with pytest.raises(ValueError, match="expected some of 28 scenes, 3 of them left; got"):
        LeftOut(model, scenes)


def test_a_model_made_without_scenes_needs_an_image_encoder(tmp_path: Path) -> None:
    model = bundle.load(write_tiny_bundle(tmp_path), image_encoder=False)
    with pytest.raises(ValueError, match="expected a bundle with an image encoder"):
        LeftOut(model, ("dog",))


@pytest.mark.gl
@pytest.mark.heavy
def test_every_claim_is_measured_of_a_model_that_paints_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inversions, "_SEARCH", InversionSettings(screened=2, restarts=1, max_steps=2))
    model = bundle.load(write_memory_bundle(tmp_path, pairs=32))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        judge = ThingJudge().eval()
    measured = list(measure_claims(model, judge, KeptClaims(tmp_path), sizes=SMALL))
    names = [one.name for one in measured if isinstance(one, Claim)]
    assert [name for name in names if name != "edit-keeps-place"] == [  # needs a judge that finds things
        "louder-larger",
        "louder-same-scene",
        "both-in-a-mix",
        "edit-moves-size",
        "edit-keeps-thing",
        "blend-monotone",
        "composed-blend",
        "composed-laid-over",
        "sound-finds-picture",
        "inversion-own",
        "inversion-world",
    ]
    assert isinstance(measured[-1], Skipped)
    assert measured[-1].what == "sounds of classes that were never seen"


@pytest.mark.gl
@pytest.mark.heavy
def test_sounds_of_a_scene_that_was_left_out_land_on_known_ones(tmp_path: Path) -> None:
    known = ("sea", "helicopter", "rain", "owl")
    left_out = LeftOut(bundle.load(write_tiny_bundle(tmp_path)), ("dog",), (*known, "dog"))
    (claim,) = unseen_land_among_kin(left_out, SMALL, 0)
    assert isinstance(claim, Claim)
    assert (claim.chance, claim.value.count) == (0.75, 2)
    assert claim.note.startswith("of Tiny 1; dog: ")
