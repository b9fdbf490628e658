"""When a second thing is named: learnt from sounds of one and of two, for each pair of names."""

import torch
from torch import Tensor

from s2s.models.source_heads import SourceHeads, SourceReading
from s2s.training.stages.second_thing import fit_second

TRAIN, RAIN, BELL, CHOIR = range(4)


def heard(labels: Tensor, seed: int) -> SourceReading:
    """Ears that half hear rain in every train, and a bell as faintly, but only where there is one."""
    generator = torch.Generator().manual_seed(seed)
    logits = -5.0 + 0.3 * torch.randn(len(labels), 4, generator=generator)
    for row, (first, second) in enumerate(labels.tolist()):
        logits[row, first] += 9.0
        if second >= 0:
            logits[row, second] += 3.0
        if first == TRAIN:
            logits[row, RAIN] += 3.0
    return SourceReading(logits, torch.ones(len(labels)))


def drawn(each: int) -> Tensor:
    sounds = [
        (TRAIN, -1),
        (TRAIN, BELL),
        (RAIN, -1),
        (RAIN, BELL),
        (CHOIR, -1),
        (CHOIR, BELL),
        (CHOIR, RAIN),
        (BELL, -1),
    ]
    return torch.tensor(sounds * each)


def named_second(heads: SourceHeads, labels: Tensor) -> Tensor:
    presence, numbers = heads.presence(heard(labels, seed=1)).topk(2, dim=1)
    return torch.where(presence[:, 1] >= 0.5, numbers[:, 1], -1)


def test_what_one_thing_always_sounds_like_is_not_named_beside_it_and_is_beside_others() -> None:
    heads = SourceHeads(("train", "rain", "bell", "choir"), 4, 8, hidden=6, weighs_second=True)
    fit_second(heads, heard(drawn(60), seed=0), drawn(60))
    labels = drawn(10)
    assert float((named_second(heads, labels) == labels[:, 1]).float().mean()) > 0.95


def test_pairs_that_were_never_heard_are_weighed_by_the_odds_alone() -> None:
    heads = SourceHeads(("train", "rain", "bell", "choir"), 4, 8, hidden=6, weighs_second=True)
    labels = torch.tensor([(CHOIR, -1), (CHOIR, BELL)] * 20)
    fit_second(heads, heard(labels, seed=0), labels)
    assert float(heads.second_after[[TRAIN, RAIN, BELL]].abs().max()) == 0.0
    assert float(heads.second_after[CHOIR].abs().max()) > 0.0
