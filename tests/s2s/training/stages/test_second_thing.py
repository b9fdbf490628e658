"""When a second thing is named: learnt from sounds of one and of two, by what parts of them say alone."""

import math

import pytest
import torch
from torch import Tensor

from s2s.models.source_heads import SourceHeads, SourceReading
from s2s.training.stages import second_thing
from s2s.training.stages.second_thing import fit_second

TRAIN, RAIN, BELL, CHOIR = range(4)
KINDS = ((TRAIN, -1), (TRAIN, BELL), (RAIN, -1), (RAIN, BELL), (CHOIR, -1), (CHOIR, BELL), (CHOIR, RAIN), (BELL, -1))


@pytest.fixture(autouse=True)
def weak_ridge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_thing, "_RIDGE", 1.0)  # what ships is held for thousands of sounds, here are hundreds


@pytest.fixture
def heads() -> SourceHeads:
    return SourceHeads(("train", "rain", "bell", "choir"), 4, 8, hidden=6, second_windows=(2,))


def heard(labels: Tensor, seed: int, in_parts: float = 0.0) -> SourceReading:
    """Ears that half hear rain in every train, and a second thing as faintly, but only where there is one: in the
    whole, or, `in_parts` louder, in a part of the sound alone.
    """
    generator = torch.Generator().manual_seed(seed)
    logits = -5.0 + 0.3 * torch.randn(len(labels), 4, generator=generator)
    largest = logits + 0.3 * torch.randn(len(labels), 4, generator=generator)
    for row, (first, second) in enumerate(labels.tolist()):
        logits[row, first] += 9.0
        largest[row, first] += 9.0
        if second >= 0:
            logits[row, second] += 0.0 if in_parts else 3.0
            largest[row, second] += in_parts
        if first == TRAIN:
            logits[row, RAIN] += 3.0
    return SourceReading(logits, torch.ones(len(labels)), torch.cat([largest, logits, logits], dim=1))


def drawn(each: int) -> Tensor:
    return torch.tensor(KINDS * each)


def rightly_named(heads: SourceHeads, reading: SourceReading, labels: Tensor) -> float:
    presence, numbers = heads.presence(reading).topk(2, dim=1)
    second = torch.where(presence[:, 1] >= 0.5, numbers[:, 1], -1)
    return float((second == labels[:, 1]).float().mean())


@pytest.mark.parametrize("in_parts", [0.0, 3.0], ids=["in the whole", "in a part of it"])
def test_what_one_thing_always_sounds_like_is_not_named_beside_it_and_what_is_heard_is(
    heads: SourceHeads, in_parts: float
) -> None:
    fit_second(heads, heard(drawn(60), seed=0, in_parts=in_parts), drawn(60))
    labels = drawn(10)
    assert rightly_named(heads, heard(labels, seed=1, in_parts=in_parts), labels) > 0.95


def test_how_many_of_the_sounds_are_of_two_does_not_make_a_second_thing_surer(heads: SourceHeads) -> None:
    at_even_odds = SourceReading(torch.tensor([[-5.0, -5.0, 0.0, 4.0]]), torch.ones(1), torch.full((1, 12), -5.0))
    surety = []
    for of_two in (200, 1_000):
        bells = torch.cat([torch.full((200,), -1.0), torch.ones(of_two)])
        logits = torch.tensor([-5.0, -5.0, 0.0, 4.0]).repeat(len(bells), 1)
        logits[:, BELL] = bells + 1.5 * torch.randn(len(bells), generator=torch.Generator().manual_seed(0))
        labels = torch.tensor([(CHOIR, -1)] * 200 + [(CHOIR, BELL)] * of_two)
        fit_second(heads, SourceReading(logits, torch.ones(len(bells)), torch.full((len(bells), 12), -5.0)), labels)
        surety.append(float(heads.logit_of_second(at_even_odds)[0, BELL]))
    assert abs(surety[0] - surety[1]) < 0.5 < math.log(5.0)


def test_sounds_of_one_thing_teach_that_there_is_never_another(heads: SourceHeads) -> None:
    labels = torch.tensor([(CHOIR, -1), (TRAIN, -1)] * 20)
    fit_second(heads, heard(labels, seed=0), labels)
    assert float(heads.presence(heard(drawn(10), seed=1)).topk(2, dim=1).values[:, 1].max()) < 0.01


def test_two_whose_likeliest_is_neither_teach_nothing(heads: SourceHeads) -> None:
    choirs = torch.tensor([(CHOIR, BELL)] * 30)
    whole = heard(torch.cat([drawn(20), choirs]), seed=0)
    assert whole.in_windows is not None
    count = len(drawn(20))
    known = SourceReading(whole.logits[:count], whole.distance[:count], whole.in_windows[:count])
    fit_second(heads, known, drawn(20))
    learnt = heads.logit_of_second(known)
    fit_second(heads, whole, torch.cat([drawn(20), torch.tensor([(RAIN, TRAIN)] * 30)]))  # heard as choirs
    torch.testing.assert_close(heads.logit_of_second(known), learnt, atol=1e-3, rtol=1e-3)
