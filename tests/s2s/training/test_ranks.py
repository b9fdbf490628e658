"""Stages on two ranks: the same as on one with the whole batch, and as if nothing had happened where one is killed."""

import itertools
import os
import signal
from pathlib import Path

import pytest
import torch
from torch.testing import assert_close

from tests.s2s.training import rank_program
from tests.s2s.training.launch import PROGRAM, log_of, run_ranks, started, tensors_of
from tests.s2s.training.rank_program import WEIGHTS
from tests.waiting import wait_until

RATES = {"image-encoder": 1e-3}
"""What Adam moves a weight by at a step, at most, by the stage: rows of the tests below."""


@pytest.mark.parametrize("stage", RATES)
def test_two_ranks_of_half_a_batch_take_the_steps_of_one_with_all_of_it(stage: str, tmp_path: Path) -> None:
    how = ["--steps", "3", "--batch", "8"]
    run_ranks(2, ["-m", PROGRAM, stage, str(tmp_path / "two"), *how], tmp_path)
    rank_program.main([stage, str(tmp_path / "one"), *how])
    two, one = log_of(tmp_path / "two"), log_of(tmp_path / "one")
    assert [line.keys() for line in two] == [line.keys() for line in one]
    for ours, theirs in zip(two, one, strict=True):
        assert_close(ours, theirs, atol=1e-4, rtol=1e-4)
    weights = tensors_of(tmp_path / "two" / WEIGHTS), tensors_of(tmp_path / "one" / WEIGHTS)
    assert weights[0].keys() == weights[1].keys()
    differ = {name: float((value - weights[1][name]).abs().max()) for name, value in weights[0].items()}
    print(sorted(differ.items(), key=lambda x: -x[1])[:15])
    assert 0


@pytest.mark.parametrize("stage", RATES)
def test_a_run_whose_rank_is_killed_is_started_again_and_ends_as_if_nothing_had_happened(
    stage: str, tmp_path: Path
) -> None:
    how = ["--steps", "20", "--batch", "8", "--validate-every", "6", "--log-every", "4", "--save-every-s", "0"]
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "--max-restarts", "1"]
    words = tmp_path / "words.txt"
    runner = started([*torchrun, "-m", PROGRAM, stage, str(killed), *how, "--pause-s", "0.1"], words)
    try:
        assert wait_until((killed / "checkpoint.pt").exists, within_s=60), words.read_text()
        victim = int((killed / "pid-1").read_text())
        os.kill(victim, signal.SIGKILL)
        assert runner.wait(90) == 0, words.read_text()
    finally:
        runner.terminate()
        runner.wait()
    assert "Signal 9 (SIGKILL)" in words.read_text()
    assert int((killed / "pid-1").read_text()) != victim
    run_ranks(2, ["-m", PROGRAM, stage, str(whole), *how], tmp_path)
    assert log_of(killed) == log_of(whole)
    ends = tensors_of(killed / WEIGHTS), tensors_of(whole / WEIGHTS)
    assert ends[0].keys() == ends[1].keys()
    assert all(torch.equal(value, ends[1][name]) for name, value in ends[0].items())
