"""Heads with a namer: it has its say in every name, in which is the likeliest, and in what is beside that."""

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from s2s.models.namer import Scores
from s2s.models.source_heads import SourceHeads, joined

MAP_DIM, H_DIM = 6, 12
NAMES = ("rain", "bell", "dog")


@pytest.fixture
def heads() -> SourceHeads:
    torch.manual_seed(0)
    made = SourceHeads(NAMES, MAP_DIM, H_DIM, hidden=16, second_windows=(2,), namer=(4, 4, 6, 6, 8))
    return made.eval().requires_grad_(False)


def maps(count: int = 3) -> Tensor:
    return torch.rand(count, MAP_DIM, 3, 7, generator=torch.Generator().manual_seed(1))


def bands(count: int = 3) -> Tensor:
    return 14.0 * torch.rand(count, 64, 40, generator=torch.Generator().manual_seed(2))


def sure_of(name: int, beside: int | None = None) -> Scores:
    each = torch.full((1, 3), -20.0)
    each[0, name] = 20.0
    if beside is not None:
        each[0, beside] = 5.0
    return Scores(each, torch.tensor([0.0]), torch.tensor([-20.0]))


def test_what_it_says_and_what_the_detectors_say_is_added_as_each_counts(heads: SourceHeads) -> None:
    assert heads.namer is not None
    heads.name_shares.copy_(torch.tensor([-1.0, 0.5, 2.0]))
    summary, reading = heads.hear(maps(), bands())
    expected = -1.0 + 0.5 * heads.detect(summary) + 2.0 * heads.namer.there(heads.namer(bands()))
    assert_close(reading.logits, expected)


def test_the_likeliest_may_be_another_than_the_detectors_name(heads: SourceHeads) -> None:
    summary = heads.summary(maps(1))
    for name in range(3):
        assert int(heads.read(summary, None, sure_of(name)).logits.argmax()) == name


def test_a_second_thing_is_what_it_hears_beside_the_likeliest_where_that_counts(heads: SourceHeads) -> None:
    assert heads.second is not None
    own = heads.second.own_places[-1]
    heads.second.weights[torch.arange(3), own + torch.arange(3)] = 1.0
    features = maps(1)
    for scores, named in ((sure_of(0), 1), (sure_of(0, beside=2), 2)):
        reading = heads.read(heads.summary(features), heads.in_windows(features), scores)
        presence = heads.presence(reading)[0]
        assert int((presence >= 0.5).sum()) == named
        assert int(presence.argmax()) == 0 and (named == 1 or float(presence[2]) >= 0.5)


def test_heads_that_have_one_ask_for_what_it_hears(heads: SourceHeads) -> None:
    with pytest.raises(AssertionError, match="mel bands"):
        heads.hear(maps(), None)


def test_readings_of_batches_are_one_of_all(heads: SourceHeads) -> None:
    _, whole = heads.hear(maps(4), bands(4))
    parts = [heads.hear(few, some)[1] for few, some in zip(maps(4).split(2), bands(4).split(2), strict=True)]
    together = joined(parts)
    assert_close(together.logits, whole.logits)
    assert together.beside is not None and whole.beside is not None and together.from_place is None
    assert_close(together.beside, whole.beside)
