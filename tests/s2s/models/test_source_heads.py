"""The heads that name what sounds: what they answer, what they are asked by name, and how sure they say they are."""

import math

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.models.source_heads import SourceHeads, SourceReading
from tests.rounding import rounding

MAP_DIM, H_DIM = 6, 12


@pytest.fixture
def heads() -> SourceHeads:
    torch.manual_seed(0)
    return SourceHeads(("rain", "bell", "dog"), MAP_DIM, H_DIM, hidden=16).eval().requires_grad_(False)


def maps(count: int = 4, frames: int = 7) -> Tensor:
    return torch.rand(count, MAP_DIM, 3, frames, generator=torch.Generator().manual_seed(1))


def test_every_name_has_a_detector_and_every_sound_a_distance(heads: SourceHeads) -> None:
    reading = heads.read(heads.summary(maps()))
    assert reading.logits.shape == (4, 3) and reading.distance.shape == (4,)
    assert bool((reading.distance > 0).all())


def test_what_would_be_seen_is_a_feature_as_f_v_has_them_and_depends_on_what_is_asked_for(heads: SourceHeads) -> None:
    h, nearness = heads.embed(heads.summary(maps()), torch.tensor([[0, 1], [0, 1], [2, 2], [1, 0]]))
    assert h.shape == (4, 2, H_DIM) and nearness.shape == (4, 2)
    assert_close(h.norm(dim=-1), torch.ones(4, 2), **rounding())
    assert bool((h >= 0).all()) and bool(((nearness > 0) & (nearness < 1)).all())
    assert not torch.allclose(h[0, 0], h[0, 1]) and torch.equal(h[2, 0], h[2, 1])


def test_nearness_over_a_wider_range_of_levels_rises_less_steeply_about_the_same_middle(heads: SourceHeads) -> None:
    summary, asked = heads.summary(maps(16)), torch.zeros(16, 1, dtype=torch.int64)
    h, near = heads.embed(summary, asked)
    heads.widen_nearness(2.0)
    h_after, wider = heads.embed(summary, asked)
    assert_close(wider.logit(), near.logit() / 2.0, atol=1e-4, rtol=0)
    assert torch.equal(h, h_after)


def test_louder_is_nearer_whatever_the_map_says_where_the_level_tells(heads: SourceHeads) -> None:
    by_level = SourceHeads(heads.names, MAP_DIM, H_DIM, hidden=16, by_level=True).requires_grad_(False)
    by_level.load_state_dict(heads.state_dict(), strict=False)
    by_level.of_level.copy_(torch.tensor([0.05, 0.05]))
    by_level.near_at_full_scale.copy_(torch.tensor([2.0, 3.0, 4.0]))
    summary, asked = heads.summary(maps()), torch.tensor([[0, 2]] * 4)
    levels_db = torch.tensor([[-50.0, -40.0], [-40.0, -40.0], [-30.0, -20.0], [-10.0, -10.0]])
    h, near = by_level.embed(summary, asked, levels_db)
    expected = levels_db.sum(dim=1, keepdim=True) * 0.05 + torch.tensor([2.0, 4.0])
    assert_close(near.logit(), expected, atol=1e-4, rtol=0)
    assert torch.equal(h, heads.embed(summary, asked)[0])
    assert_close(by_level.embed(summary, asked)[1], heads.embed(summary, asked)[1], **rounding())
    assert_close(heads.embed(summary, asked, levels_db)[1], heads.embed(summary, asked)[1], **rounding())
    by_level.widen_nearness(2.0)
    assert_close(by_level.embed(summary, asked, levels_db)[1].logit(), expected / 2.0, atol=1e-4, rtol=0)


def test_one_bark_in_much_rain_is_in_the_summary_though_the_mean_hardly_moves(heads: SourceHeads) -> None:
    rain = torch.full((1, MAP_DIM, 3, 100), 0.1)
    bark = rain.clone()
    bark[..., 50] = 3.0
    moved_by_mean = (bark - rain).mean()
    assert float(moved_by_mean) < 0.03
    assert float((heads.summary(bark) - heads.summary(rain)).abs().max()) > 10 * float(moved_by_mean)


def test_a_summary_that_lies_on_a_centre_is_near_and_one_far_from_all_is_far(heads: SourceHeads) -> None:
    heads.centres.copy_(torch.eye(16)[:3] * 5)
    on, off = heads.read(heads.centres.clone()).distance, heads.read(torch.full((1, 16), 20.0)).distance
    assert float(on.max()) < 0.01 < 10 < float(off)


def weighing(*odds: float) -> SourceHeads:
    """Heads that weigh a second thing by `odds`, and would hear a bell beside rain by nothing else."""
    heads = SourceHeads(("rain", "bell", "dog"), MAP_DIM, H_DIM, hidden=16, weighs_second=True)
    heads.second_odds.copy_(torch.tensor(odds))
    heads.second_after[0, 1] = 4.0
    return heads.eval().requires_grad_(False)


def reading_of(*logits: float, distance: float = 1.0) -> SourceReading:
    return SourceReading(torch.tensor([logits]), torch.tensor([distance]))


def test_a_second_thing_is_there_by_its_logit_the_others_the_distance_and_the_likeliest() -> None:
    heads = weighing(-1.0, 2.0, 0.5, -0.25, -3.0)
    found = heads.presence(reading_of(3.0, 0.5, -1.0, distance=math.e))[0]
    bell = -1.0 + 2.0 * 0.5 + 0.5 * 3.0 - 0.25 * -1.0 - 3.0 + 4.0
    dog = -1.0 + 2.0 * -1.0 + 0.5 * 3.0 - 0.25 * 0.5 - 3.0
    assert_close(found[1:], torch.sigmoid(torch.tensor([bell, dog])), **rounding())
    assert_close(found[0], torch.sigmoid(torch.tensor(3.0)), **rounding())


def test_what_follows_one_thing_does_not_follow_another() -> None:
    heads = weighing(0.0, 1.0, 0.0, 0.0, 0.0)
    beside_rain, beside_dog = heads.presence(reading_of(3.0, -2.0, -9.0)), heads.presence(reading_of(-9.0, -2.0, 3.0))
    assert float(beside_rain[0, 1]) > 0.8 and float(beside_dog[0, 1]) < 0.2


@pytest.mark.parametrize("logits", [(3.0, 2.9, 2.8), (-4.0, -5.0, -6.0), (40.0, 39.0, 38.0)], ids=str)
def test_the_likeliest_is_always_there_more_plainly_than_what_is_beside_it(logits: tuple[float, float, float]) -> None:
    found = weighing(5.0, 1.0, 0.0, 0.0, 0.0).presence(reading_of(*logits))[0]
    assert float(found[0]) > float(found[1:].max()) and 0.0 <= float(found.min()) <= float(found.max()) <= 1.0


def test_two_names_are_enough_to_weigh_a_second_thing() -> None:
    heads = SourceHeads(("rain", "bell"), MAP_DIM, H_DIM, hidden=16, weighs_second=True)
    heads.second_odds.copy_(torch.ones(5))
    assert bool(torch.isfinite(heads.logit_of_second(reading_of(1.0, 0.0))).all())


def by_windows(*lengths: int) -> SourceHeads:
    torch.manual_seed(0)
    heads = SourceHeads(("rain", "bell", "dog"), MAP_DIM, H_DIM, hidden=16, second_windows=lengths)
    return heads.eval().requires_grad_(False)


def test_a_window_says_what_the_heads_say_of_that_part_alone() -> None:
    heads, features = by_windows(4), maps(frames=8)
    parts = torch.stack([heads.read(heads.summary(features[..., at : at + 4])).logits for at in (0, 2, 4)])
    expected = torch.cat([parts.amax(dim=0), parts.mean(dim=0), parts.amin(dim=0)], dim=1)
    assert_close(heads.in_windows(features), expected, **rounding())


def test_a_window_longer_than_the_map_is_the_whole_of_it() -> None:
    heads, features = by_windows(2, 40), maps(frames=7)
    logits = heads.read(heads.summary(features)).logits
    assert_close(heads.in_windows(features)[:, 9:], logits.repeat(1, 3), **rounding())


def test_heads_without_windows_hear_no_parts(heads: SourceHeads) -> None:
    assert heads.in_windows(maps()).shape == (4, 0)


def test_a_second_thing_is_weighed_by_whole_parts_distance_and_the_likeliest() -> None:
    heads = by_windows(4)
    assert heads.second is not None
    whole, parts, distance = torch.tensor([[3.0, 0.5, -1.0]]), torch.arange(9.0)[None], torch.tensor([math.e])
    heads.second.weights[1, [0, 1, 3, 12]] = torch.tensor([0.5, 2.0, -1.0, -3.0])
    heads.second.weights[1, [3 + 8]] = 0.25
    heads.second.after[0, 1], heads.second.after[2, 1] = 4.0, 100.0
    logit = heads.logit_of_second(SourceReading(whole, distance, parts))[0, 1]
    assert float(logit) == pytest.approx(0.5 * 3.0 + 2.0 * 0.5 - 1.0 * 0.0 + 0.25 * 8.0 - 3.0 + 4.0)


def test_a_reading_of_the_whole_alone_does_not_tell_of_a_second_thing() -> None:
    with pytest.raises(AssertionError, match="what parts of the sound say alone"):
        by_windows(4).presence(reading_of(3.0, 0.5, -1.0))


def test_certainty_is_the_logistic_of_logit_and_distance(heads: SourceHeads) -> None:
    heads.odds.copy_(torch.tensor([0.5, 2.0, -1.0]))
    reading = SourceReading(torch.tensor([[0.25, -3.0, -1.0]]), torch.tensor([math.e]))
    assert_close(heads.certainty(reading), torch.sigmoid(torch.tensor([0.5 + 2 * 0.25 - 1.0])), **rounding())


@pytest.mark.parametrize("hour", [0.5, 6.0, 13.0, 23.0])
def test_the_clock_reads_hours_round_midnight(heads: SourceHeads, hour: float) -> None:
    angle = torch.tensor(hour / 24 * 2 * math.pi)
    heads.clock.weight.zero_()
    heads.clock.bias.copy_(0.6 * torch.stack([angle.cos(), angle.sin()]))
    read, firmness = heads.hour(torch.rand(2, H_DIM))
    assert_close(read, torch.full((2,), hour), atol=1e-3, rtol=0)
    assert_close(firmness, torch.full((2,), 0.6), atol=1e-4, rtol=0)
