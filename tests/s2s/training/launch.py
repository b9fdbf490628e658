"""Starts `rank_program` in processes of its own, and compares what runs left."""

import json
import multiprocessing
import os
import runpy
import socket
import subprocess
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = "tests.s2s.training.rank_program"
_WITHIN_S = 300.0


def started(command: Sequence[str], words: Path, **environment: str) -> "subprocess.Popen[bytes]":
    """Start Python with `command`; what it says goes to `words`."""
    settings = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", **environment}
    with words.open("w") as file:
        return subprocess.Popen([sys.executable, *command], cwd=ROOT, env=settings, stdout=file, stderr=file)


def run_ranks(count: int, program: str, arguments: Sequence[str], folder: Path, *, strict: bool = False) -> None:
    """Run a module once for each of `count` ranks, as torchrun would but without its seconds; all must end well.

    `strict` ranks take a warning for an error. They are children of one process that has loaded torch for all of them:
    that takes longer than what they do.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    meeting = {
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": port,
        "WORLD_SIZE": str(count),
        "LOCAL_WORLD_SIZE": str(count),
    }
    words = [folder / f"words-of-{index}.txt" for index in range(count)]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch._dynamo", PROGRAM])
    ranks = []
    for index, said in enumerate(words):
        asked = (program, [*arguments], {**meeting, "RANK": str(index)}, said, strict)
        ranks.append(context.Process(target=_be_a_rank, args=asked, daemon=True))
        ranks[-1].start()
    try:
        for rank, said in zip(ranks, words, strict=True):
            rank.join(_WITHIN_S)
            assert rank.exitcode == 0, said.read_text()
    finally:
        for rank in ranks:
            rank.kill()
            rank.join()
            rank.close()


def _be_a_rank(program: str, arguments: list[str], meeting: dict[str, str], words: Path, strict: bool) -> None:
    with words.open("w") as file:
        for stream in (sys.stdout, sys.stderr):
            os.dup2(file.fileno(), stream.fileno())
    os.environ.update(meeting)
    torch.set_num_threads(1)
    if strict:
        warnings.simplefilter("error")
    sys.argv[1:] = arguments
    sys.modules.pop(program, None)  # it was loaded, and is to be run
    runpy.run_module(program, run_name="__main__")


def log_of(out: Path) -> list[dict[str, Any]]:
    """Return the lines of a run's log but for the time they took."""
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "trained_s"} for line in lines]


def tensors_in(state: Any, name: str = "") -> Iterator[tuple[str, Tensor]]:
    """Yield every number or tensor of a state, with its place."""
    if isinstance(state, dict):
        for key, value in state.items():
            yield from tensors_in(value, f"{name}/{key}")
    elif isinstance(state, list | tuple):
        for place, value in enumerate(state):
            yield from tensors_in(value, f"{name}/{place}")
    elif isinstance(state, Tensor | int | float):
        yield name, torch.as_tensor(state)


def tensors_of(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a file that `torch.save` wrote."""
    return dict(tensors_in(torch.load(path, weights_only=True)))
