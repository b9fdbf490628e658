"""The generator that remembers: it recalls what lies near, mixes without jumps, and keeps its codes in four bits."""

from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor
from torch.testing import assert_close

from s2s.models.memory_generator import (
    ADDRESS_SCALE,
    CODE_STEPS,
    NEIGHBOURS,
    STATE_SCALE,
    Beside,
    MemoryGenerator,
    packed,
    unpacked,
)

ENTRIES, H_DIM, Z_DIM = 96, 24, 4
FREE = [0.5, 0.0]  # a state that nobody holds


def filled(**settings: float) -> MemoryGenerator:
    """Six scenes of sixteen moments: keys close to their scene's, addresses and codes at random."""
    torch.manual_seed(0)
    sizes = {"code_dim": 4, "channels": (16, 12, 8, 4), "blocks": (1, 1, 1)}
    net = MemoryGenerator(64, 32, ENTRIES, H_DIM, Z_DIM, **sizes, **settings)  # type: ignore[arg-type]
    scenes = F.normalize(torch.rand(6, H_DIM), dim=1).repeat_interleave(ENTRIES // 6, 0)
    net.keys.copy_(F.normalize(scenes + 0.02 * torch.randn(ENTRIES, H_DIM), dim=1))
    net.addresses.copy_((torch.randn(ENTRIES, Z_DIM) * ADDRESS_SCALE).round().clamp(-127, 127).to(torch.int8))
    net.codes.copy_(packed(torch.rand(ENTRIES, 4, 2, 4) * 2 - 1))
    return net.eval().requires_grad_(False)


@pytest.fixture
def memory() -> MemoryGenerator:
    return filled()


@pytest.fixture
def knowing() -> MemoryGenerator:
    """The same, whose moments are nearer and later one after the other in each scene; the first number of h hears it.

    Sixteen moments a scene: nearness rises by a fifteenth, the hour by a sixteenth of the day, and warm moments lie
    between cool ones.
    """
    net = filled(nearness_width=0.05, warmth=True)
    place = torch.arange(ENTRIES) % 16
    states = torch.stack([place / 15, place / 16, (place * 7 % 16) / 15], dim=1)
    net.states.copy_((states * STATE_SCALE).round().to(torch.uint8))
    net.nearness_line[0] = 2.0
    return net


def recalled(net: MemoryGenerator, h: Tensor, held: Tensor | None = None) -> Tensor:
    """The mean states [b, 3] of what is recalled, over 64 draws of noise."""
    count = len(h)
    z, many = noise(64).repeat(count, 1), h.repeat_interleave(64, 0)
    weights, places = net.recall(z, many, None if held is None else held.expand(len(many), -1, -1))
    found = (net.states.float() / STATE_SCALE)[places] * weights[:, :, None]
    return found.sum(dim=1).reshape(count, 64, -1).mean(dim=1)


def noise(count: int, seed: int = 1) -> Tensor:
    return torch.randn(count, Z_DIM, generator=torch.Generator().manual_seed(seed))


def test_pictures_have_the_width_and_height_that_were_asked_for(memory: MemoryGenerator) -> None:
    assert memory(noise(3), memory.keys[:3]).shape == (3, 3, 32, 64)


def test_a_feature_recalls_moments_of_its_own_scene_whatever_the_noise(memory: MemoryGenerator) -> None:
    for seed in range(5):
        weights, places = memory.recall(noise(ENTRIES, seed), memory.keys)
        own = places // (ENTRIES // 6) == torch.arange(ENTRIES)[:, None] // (ENTRIES // 6)
        assert float((weights * own).sum(dim=1).min()) > 0.95


def test_noise_chooses_which_of_them(memory: MemoryGenerator) -> None:
    _, places = memory.recall(noise(64), memory.keys[:1].expand(64, -1))
    assert len(set(places[:, 0].tolist())) > 5


def test_a_moments_own_address_recalls_that_moment(memory: MemoryGenerator) -> None:
    scene_mean = F.normalize(memory.keys[:16].mean(dim=0, keepdim=True), dim=1).expand(16, -1)
    _, places = memory.recall(memory.addresses[:16].float() / ADDRESS_SCALE, scene_mean)
    assert int((places[:, 0] == torch.arange(16)).sum()) >= 14


def test_weights_are_shares(memory: MemoryGenerator) -> None:
    weights, places = memory.recall(noise(8), memory.keys[:8])
    assert weights.shape == places.shape == (8, NEIGHBOURS)
    assert_close(weights.sum(dim=1), torch.ones(8))
    assert float(weights.min()) >= 0.0


@pytest.mark.parametrize("what", ["z", "h"])
def test_a_path_of_small_steps_has_no_jump(memory: MemoryGenerator, what: str) -> None:
    """Halve the steps, and the largest change of the mixture halves as well: nowhere does it jump."""

    def largest(steps: int) -> float:
        t = torch.linspace(0, 1, steps + 1)[:, None]
        z, h = noise(1).expand(steps + 1, -1), memory.keys[:1].expand(steps + 1, -1)
        if what == "z":
            z = (1 - t) * noise(1, 2) + t * noise(1, 3)
        else:
            h = F.normalize((1 - t) * memory.keys[:1] + t * memory.keys[-1:], dim=1)
        weights, places = memory.recall(z, h)
        spread = torch.zeros(steps + 1, ENTRIES).scatter_(1, places, weights)
        return float((spread[1:] - spread[:-1]).abs().sum(dim=1).max())

    assert largest(4000) < 0.7 * largest(2000) < 0.5 * largest(1000) + 1e-6


def test_half_way_between_two_scenes_both_are_recalled(memory: MemoryGenerator) -> None:
    shares = []
    for t in torch.linspace(0.2, 0.8, 61):
        h = F.normalize((1 - t) * memory.keys[:1] + t * memory.keys[-1:], dim=1)
        weights, places = memory.recall(noise(1), h)
        shares.append(float(weights[places < 16].sum()))
    assert max(shares) > 0.9 and min(shares) < 0.1
    assert sum(0.1 < share < 0.9 for share in shares) >= 2


def test_moments_that_all_lie_equally_near_are_mixed_and_not_divided_by_nothing(memory: MemoryGenerator) -> None:
    memory.keys.copy_(memory.keys[:1].expand_as(memory.keys))
    memory.addresses.zero_()
    weights, _ = memory.recall(noise(2), memory.keys[:2])
    assert_close(weights, torch.full_like(weights, 1 / NEIGHBOURS))


def test_a_sound_that_is_heard_to_be_near_recalls_what_is_near(knowing: MemoryGenerator) -> None:
    h = F.normalize(knowing.keys[:1] + 0.4 * torch.tensor([-1.0, 0.0, 1.0])[:, None] * torch.eye(H_DIM)[:1], dim=1)
    assert 0.0 <= float(knowing.nearness(h)[0]) < 0.2 and 0.8 < float(knowing.nearness(h)[2]) <= 1.0
    far, _, near = recalled(knowing, h)[:, 0].tolist()
    assert near > far + 0.5


@pytest.mark.parametrize("wanted", [0.1, 0.5, 0.9])
def test_a_held_nearness_is_the_one_that_is_recalled(knowing: MemoryGenerator, wanted: float) -> None:
    held = torch.tensor([[[wanted, 1.0], FREE, FREE]])
    found, *_ = recalled(knowing, knowing.keys[:1], held)[0].tolist()
    assert found == pytest.approx(wanted, abs=0.1)


def test_a_nearness_that_is_held_is_kept_more_closely_than_the_same_one_guessed_from_the_sound(
    knowing: MemoryGenerator,
) -> None:
    h = knowing.keys[:1].expand(64, -1)
    guessed = float(knowing.nearness(h[:1])[0])
    away = []
    for firmness in (0.0, 1.0):
        held = torch.tensor([[[guessed, firmness], FREE, FREE]]).expand(64, -1, -1)
        weights, places = knowing.recall(noise(64), h, held)
        off = ((knowing.states[:, 0].float() / STATE_SCALE)[places] - guessed).abs()
        away.append(float((weights * off).sum(dim=1).mean()))
    assert away[1] < 0.8 * away[0]


@pytest.mark.parametrize("wanted", [0.0, 0.25, 0.5, 0.75, 1.0], ids="at {:.2f} of the day".format)
def test_a_held_hour_is_the_one_that_is_recalled_also_at_midnight(knowing: MemoryGenerator, wanted: float) -> None:
    knowing.states[:, 0] = 128
    held = torch.tensor([[[0.5, 1.0], [wanted, 1.0], FREE]])
    weights, places = knowing.recall(noise(64), knowing.keys[:1].expand(64, -1), held.expand(64, -1, -1))
    hour = (knowing.states[:, 1].float() / STATE_SCALE)[places]
    beside = ((hour - wanted + 0.5) % 1.0 - 0.5).abs() < 0.13  # two of the sixteen on either side
    assert float((weights * beside).sum(dim=1).mean()) > 0.8


def test_a_held_warmth_is_recalled_where_nearness_leaves_a_choice(knowing: MemoryGenerator) -> None:
    knowing.states[:, 0] = 128
    held = torch.tensor([[[0.5, 1.0], FREE, [wanted, 1.0]] for wanted in (0.0, 0.5, 1.0)])
    warm = [float(recalled(knowing, knowing.keys[:1], each[None])[0, 2]) for each in held]
    assert warm[0] < 0.25 and warm[1] == pytest.approx(0.5, abs=0.12) and warm[2] > 0.75


def test_a_held_warmth_does_not_make_a_near_thing_far(knowing: MemoryGenerator) -> None:
    for warm in (0.0, 1.0):
        held = torch.tensor([[[0.9, 1.0], FREE, [warm, 1.0]]])
        assert float(recalled(knowing, knowing.keys[:1], held)[0, 0]) == pytest.approx(0.9, abs=0.15)


def test_a_memory_of_before_warmth_recalls_the_same_whatever_warmth_is_held() -> None:
    before = filled(nearness_width=0.05)
    assert before.states.shape == (ENTRIES, 2)
    held = torch.tensor([[[0.5, 1.0], FREE, [0.9, 1.0]]])
    assert_close(
        recalled(before, before.keys[:3], held),
        recalled(before, before.keys[:3], held * torch.tensor([[1.0], [1.0], [0.0]])),
    )


def test_what_is_not_held_follows_the_sound_as_without_a_hand(knowing: MemoryGenerator) -> None:
    loose = torch.tensor([[[0.9, 0.0], [0.9, 0.0], [0.9, 0.0]]])
    assert_close(recalled(knowing, knowing.keys[:3], loose), recalled(knowing, knowing.keys[:3]))


def test_taking_hold_has_no_jump(knowing: MemoryGenerator) -> None:
    def largest(steps: int) -> float:
        held = torch.tensor([[0.9, 0.0], [0.3, 0.0], [0.6, 0.0]]).repeat(steps + 1, 1, 1)
        held[:, :, 1] = torch.linspace(0, 1, steps + 1)[:, None]
        weights, places = knowing.recall(noise(1).expand(steps + 1, -1), knowing.keys[:1].expand(steps + 1, -1), held)
        spread = torch.zeros(steps + 1, ENTRIES).scatter_(1, places, weights)
        return float((spread[1:] - spread[:-1]).abs().sum(dim=1).max())

    assert largest(4000) < 0.7 * largest(2000) < 0.5 * largest(1000) + 1e-6


def test_codes_come_back_from_four_bits_within_half_a_step() -> None:
    codes = torch.rand(5, 6, 3, 4) * 2 - 1
    kept = packed(codes)
    assert kept.dtype == torch.uint8 and kept.shape == (5, 3, 3, 4)
    assert float((unpacked(kept) - codes).abs().max()) <= 0.5 / CODE_STEPS + 1e-6


def test_a_recalled_picture_can_be_found_by_its_slope(memory: MemoryGenerator) -> None:
    z, h = noise(1).requires_grad_(), memory.keys[:1].clone().requires_grad_()
    memory(z, h).square().mean().backward()
    assert z.grad is not None and float(z.grad.abs().sum()) > 0
    assert h.grad is not None and float(h.grad.abs().sum()) > 0


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ({"width": 60, "height": 32, "entries": 96}, "multiples of 16"),
        ({"width": 64, "height": 32, "entries": 12}, "more than 12"),
        ({"width": 64, "height": 32, "entries": 96, "code_dim": 5}, "even"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(sizes: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        MemoryGenerator(**sizes)  # type: ignore[arg-type]


@pytest.fixture
def with_pairs() -> MemoryGenerator:
    """The same with 40 moments of two things; the first twenty have the first scene's place and the second's thing."""
    net = filled(pairs=40)
    scenes = net.keys[:: ENTRIES // 6]
    places, things = torch.arange(40) // 20, 1 + torch.arange(40) // 20
    net.pair_keys.copy_(torch.stack([scenes[places], scenes[things]]))
    net.pair_codes.copy_(packed(torch.rand(40, 4, 2, 4) * 2 - 1))
    return net


def test_two_things_recall_moments_of_both(with_pairs: MemoryGenerator) -> None:
    scenes = with_pairs.keys[:: ENTRIES // 6]
    for place, thing, expected in ((0, 1, 0), (1, 2, 1)):
        _, found = with_pairs.recall_pairs(noise(8), scenes[place].expand(8, -1), scenes[thing].expand(8, -1))
        assert bool((found // 20 == expected).all())


def test_a_second_thing_that_is_not_there_changes_nothing_and_one_that_comes_has_no_jump(
    with_pairs: MemoryGenerator,
) -> None:
    z, h, second = noise(1), with_pairs.keys[:1], with_pairs.keys[16:17]
    alone = with_pairs(z, h)
    steps = [with_pairs(z, h, None, Beside(second, torch.tensor([weight]))) for weight in torch.linspace(0, 1, 21)]
    assert torch.equal(steps[0], alone)
    apart = [float((after - before).abs().mean()) for before, after in pairwise(steps)]
    whole = float((steps[-1] - steps[0]).abs().mean())
    assert whole > 0 and max(apart) < 0.25 * whole


def test_a_memory_without_pairs_paints_the_first_thing_alone(memory: MemoryGenerator) -> None:
    z, h = noise(2), memory.keys[:2]
    assert torch.equal(memory(z, h, None, Beside(memory.keys[2:4], torch.ones(2))), memory(z, h))


def test_too_few_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="a memory of pairs needs more than 12, got 5"):
        filled(pairs=5)


def with_place(lead: float = 0.0) -> MemoryGenerator:
    """A memory that knows states, whose last twenty moments are a place's, under one key that is no scene's."""
    net = filled(nearness_width=0.05, warmth=True, of_place=20)
    net.keys[-20:] = F.normalize(torch.eye(H_DIM)[:1] + 0.02 * torch.rand(20, H_DIM), dim=1)
    net.states.random_(0, 256, generator=torch.Generator().manual_seed(2))
    net.place_lead.fill_(lead)
    return net


@pytest.mark.parametrize("nearness", [0.0, 1.0])
def test_a_places_moments_are_recalled_however_loud_its_sound_is(nearness: float) -> None:
    h, held = torch.eye(H_DIM)[:1].expand(8, -1), torch.tensor([[nearness, 1.0], FREE, FREE]).expand(8, -1, -1)
    _, found = with_place().recall(noise(8), h, held)
    assert bool((found[:, 0] >= ENTRIES - 20).all())


def test_a_lead_decides_how_soon_a_place_is_recalled_between_it_and_a_scene() -> None:
    half_way = F.normalize(torch.eye(H_DIM)[0] + with_place().keys[0], dim=0).expand(16, -1)
    shares = []
    for lead in (-60.0, 0.0, 60.0):
        weights, found = with_place(lead).recall(noise(16), half_way)
        shares.append(float((weights * (found >= ENTRIES - 20)).sum(dim=1).mean()))
    assert shares[0] < 1e-3 and shares[2] > 0.999 and shares[0] <= shares[1] <= shares[2]


def test_a_memory_that_is_all_a_places_is_refused() -> None:
    with pytest.raises(ValueError, match="of 96 moments so many cannot be a place's: 96"):
        filled(of_place=96)
