"""Two ranks with half of a batch each, in processes of their own, against one with all of it."""

from typing import Any

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from s2s.training.engine.distributed import (
    all_gather_rows,
    all_reduce_mean,
    broadcast_from_main,
    share_batch_norms,
    world_size,
)
from tests.rounding import rounding
from tests.s2s.training.collective_program import BATCH, SCENES, batch
from tests.s2s.training.launch import run_ranks

pytestmark = pytest.mark.proc

NUM_RANKS = 2
NAME = "tests.s2s.training.engine.test_distributed"
Told = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def ranks(tmp_path_factory: pytest.TempPathFactory) -> list[Told]:
    """What two ranks found."""
    out = tmp_path_factory.mktemp("ranks")
    run_ranks(NUM_RANKS, "tests.s2s.training.collective_program", [str(out)], out, strict=True)
    return [torch.load(out / f"rank-{index}.pt", weights_only=True) for index in range(NUM_RANKS)]


def alone(name: str) -> dict[str, Any]:
    return SCENES[name](slice(0, BATCH))


def test_ranks_gather_rows_in_their_order_whatever_their_layout(ranks: list[Told]) -> None:
    for told in ranks:
        assert torch.equal(told["rows look at all rows"]["rows"], batch(3))
        assert torch.equal(told["a layout of its own"]["pictures"], batch(3, 2, 2))
        assert torch.equal(told["a layout of its own"]["turned"], batch(3))


def test_slopes_find_their_way_back_as_in_one_process(ranks: list[Told]) -> None:
    whole = alone("rows look at all rows")
    for name in ("x", "y"):
        assert_close(torch.cat([told["rows look at all rows"][name] for told in ranks]), whole[name])
    for told in ranks:
        assert_close(told["rows look at all rows"]["loss"], whole["loss"])


def test_gathering_leaves_the_slope_alone_that_others_are_given_too(ranks: list[Told]) -> None:
    for told in ranks:
        assert_close(told["one slope for two"]["own"], alone("one slope for two")["own"])


@pytest.mark.parametrize("what", ["pictures", "vectors", "far from 0"])
def test_a_shared_batch_norm_is_torchs_on_the_whole_batch(ranks: list[Told], what: str) -> None:
    whole = alone(what)
    # Beside 1000, single precision leaves four digits of what is 1.
    near = 1e-3 if what == "far from 0" else 1e-5
    for told in ranks:
        assert told[what].keys() == whole.keys()
        for name, value in whole.items():
            assert_close(told[what][name], value, atol=near, rtol=near, msg=f"{{}} of {name}".format)


def test_a_shared_batch_norm_keeps_the_precision_of_what_it_is_given(ranks: list[Told]) -> None:
    for told in ranks:
        assert_close(told["half precision"]["y"], alone("half precision")["y"], **rounding(torch.bfloat16))


def test_ranks_take_the_steps_that_one_would_and_stay_together(ranks: list[Told]) -> None:
    whole = alone("a step of Adam")
    for name, value in whole.items():
        assert_close(ranks[0]["a step of Adam"][name], value, atol=1e-5, rtol=1e-5)
        assert torch.equal(ranks[0]["a step of Adam"][name], ranks[1]["a step of Adam"][name])


def test_slopes_of_several_formats_are_averaged_each_in_its_own(ranks: list[Told]) -> None:
    for told in ranks:
        assert_close(told["two formats"], alone("two formats"))


def test_values_are_means_of_ranks_and_what_is_bad_on_one_is_bad_on_all(ranks: list[Told]) -> None:
    for told in ranks:
        assert told["what ranks say"]["number"] == BATCH / 4
        assert told["what ranks say"]["bad"] != told["what ranks say"]["bad"]
        assert told["what ranks say"]["first"] == 0.0
        assert told["what ranks say"]["nothing"] == 0


def test_one_process_alone_is_left_as_it_is() -> None:
    net = nn.Sequential(nn.BatchNorm2d(3))
    x = batch(3)
    assert world_size() == 1
    assert all_gather_rows(x) is x
    assert share_batch_norms(net) is net
    assert isinstance(net[0], nn.BatchNorm2d)
    assert all_reduce_mean({"a": 1.0}) == {"a": 1.0}
    assert broadcast_from_main(2.0) == 2.0
