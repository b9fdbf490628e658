"""Stages on two ranks: as on one with the whole batch, and as if nothing had happened where one of them is killed."""

import os
import random
import signal
import time
from collections import defaultdict
from pathlib import Path, PurePath

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from tests.s2s.training import rank_program
from tests.s2s.training.launch import PROGRAM, log_of, run_ranks, started, tensors_of
from tests.s2s.training.rank_program import FIRST_WEIGHTS, WEIGHTS, folder_of
from tests.waiting import wait_until

pytestmark = pytest.mark.proc

STAGES = ("image-encoder", "audio-encoder", "judge", "localizer", "sources", "generator")
"""Rows of `rank_program` that are tested here."""
KILLED = ("generator",)
"""The one with most to carry on: two networks, an average, draws."""
SHORT, LONG = 3, 6
STOPPED = f"4-{LONG}"
"""Torn out of the step after the fourth, between two validations, and begun again in its folder."""
HOW = ("--validate-every", "3", "--save-every-s", "0")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two ranks that nobody kills, for every length."""
    out = tmp_path_factory.mktemp("undisturbed")
    runs = [f"{stage}:{SHORT}" for stage in STAGES]
    runs += [f"{stage}:{steps}" for stage in KILLED for steps in (LONG, STOPPED)]
    run_ranks(2, PROGRAM, [str(out), *runs, *HOW], out)
    return out


@pytest.mark.parametrize("stage", STAGES)
def test_two_ranks_of_half_a_batch_take_the_steps_of_one_with_all_of_it(
    stage: str, undisturbed: Path, tmp_path: Path
) -> None:
    rank_program.main([str(tmp_path), f"{stage}:{SHORT}", *HOW])
    two, one = folder_of(undisturbed, stage, SHORT), folder_of(tmp_path, stage, SHORT)
    # The first step is the one to compare by its numbers: only the order of sums differs, by some millionths on any
    # make of CPU, and Adam's moments are its slopes. Further on, roundings grow past what a fault would do.
    assert_close(log_of(two)[0], log_of(one)[0], atol=1e-4, rtol=1e-4)
    ours, theirs = tensors_of(two / FIRST_WEIGHTS), tensors_of(one / FIRST_WEIGHTS)
    assert ours.keys() == theirs.keys()
    assert far_apart(ours, theirs) == {}
    # What is carried from step to step (draws, averages, rates) shows in the next ones' losses.
    assert_close(log_of(two), log_of(one), atol=2e-2, rtol=2e-2)


def far_apart(ours: dict[str, Tensor], theirs: dict[str, Tensor]) -> dict[str, float]:
    """The distances of those tensors that lie further apart than sums in another order.

    Measured against the tensor itself, and against the largest of its kind (a moment, a weight): some slopes are
    nothing but what large ones leave of each other. Rounding is some millionths of that; batch norms that are not
    shared, or a rank that draws its own numbers, a tenth and more.
    """
    norms = {name: float(whole.double().norm()) for name, whole in theirs.items()}
    largest: dict[str, float] = defaultdict(float)
    for name, norm in norms.items():
        largest[PurePath(name).name] = max(largest[PurePath(name).name], norm)
    # A bias begins at 0, and its first step may be nothing but rounding: a hundredth of a step is no fault of a weight.
    near = {
        name: 1e-3 * norm + 1e-4 * largest[PurePath(name).name] + (0.0 if "exp_avg" in name else 1e-5)
        for name, norm in norms.items()
    }
    apart = {name: float((ours[name].double() - whole.double()).norm()) for name, whole in theirs.items()}
    return {name: by for name, by in apart.items() if by > near[name]}


@pytest.mark.parametrize("stage", KILLED)
def test_two_ranks_that_go_on_from_what_they_kept_end_as_if_nothing_had_happened(stage: str, undisturbed: Path) -> None:
    assert_same_run(folder_of(undisturbed, stage, STOPPED), folder_of(undisturbed, stage, LONG))


def assert_same_run(one: Path, other: Path) -> None:
    """Log and weights are alike to the last bit."""
    assert log_of(one) == log_of(other)
    ours, theirs = tensors_of(one / WEIGHTS), tensors_of(other / WEIGHTS)
    assert ours.keys() == theirs.keys()
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


@pytest.mark.slow
def test_a_run_whose_ranks_are_killed_is_started_again_and_ends_as_if_nothing_had_happened(
    undisturbed: Path, tmp_path: Path
) -> None:
    # As --standalone, but for the name localhost, which a bare container does not know.
    here = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "127.0.0.1:0", "--local-addr", "127.0.0.1"]
    torchrun = ["-m", "torch.distributed.run", *here, "--nproc-per-node", "2", "--max-restarts"]
    runs = [f"{stage}:{LONG}" for stage in KILLED]
    program = ["-m", PROGRAM, str(tmp_path), *runs, *HOW, "--pause-s", "0.3"]
    words = tmp_path / "words.txt"
    runner = started([*torchrun, str(len(KILLED)), *program], words)
    victims = []
    try:
        for stage in KILLED:
            begun = folder_of(tmp_path, stage, LONG) / "checkpoint.pt"
            assert wait_until(begun.exists, within_s=60), words.read_text()
            time.sleep(random.uniform(0, 0.5))
            victims.append(int((tmp_path / f"pid-{random.randrange(2)}").read_text()))
            os.kill(victims[-1], signal.SIGKILL)
        assert runner.wait(90) == 0, words.read_text()
    finally:
        runner.terminate()
        runner.wait()
    assert not {int((tmp_path / f"pid-{index}").read_text()) for index in range(2)} & set(victims)
    for stage in KILLED:
        assert_same_run(folder_of(tmp_path, stage, LONG), folder_of(undisturbed, stage, LONG))
