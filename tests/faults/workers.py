"""What goes wrong with a worker: it dies, is stopped, hangs, leaks, errs, or lives and does nothing."""

import shutil
import signal
import time
from pathlib import Path
from typing import Final

from installation.watching import memory_bound
from tests.faults.watched_show import Measured, WatchedShow, fault

FAULTY: Final = ("tests/faults/faulty_show.py",)
DEMO: Final = ("--source", "demo")


def signalled(folder: Path, model: Path, name: str, number: signal.Signals, words: str) -> Measured:
    """Kill or stop a worker."""
    with WatchedShow(folder, *DEMO, "--model", str(model)) as show:
        with fault(show) as one:
            show.worker(name).send_signal(number)
            one.said(words)
            measured = one.recovered()
        show.end()
    return measured


def ordered(folder: Path, model: Path, name: str, order: str, words: str, *, times: int = 1) -> Measured:
    """Let a worker misbehave until it has been noticed `times` times; then it is cured."""
    with WatchedShow(folder, *DEMO, "--model", str(model), program=FAULTY) as show:
        if order == "leak":  # its bound is known only when it has settled
            show.wait_until_well()
            time.sleep(memory_bound._SETTLED_AFTER_S + 2.0)
        with fault(show) as one:
            (folder / name).write_text(order)
            one.said(words)
            show.wait_until(lambda: show.log.count("starting it again") >= times, 180.0)
            (folder / name).unlink(missing_ok=True)
            one.cured()
            measured = one.recovered()
        show.end()
    return measured


def killed_again_and_again(folder: Path, model: Path, times: int = 6) -> Measured:
    """Kill inference every seven seconds: it never lives for ten."""
    with WatchedShow(folder, *DEMO, "--model", str(model)) as show:
        with fault(show) as one:
            for _ in range(times):
                began = time.monotonic()
                show.worker("inference").kill()
                one.said("ended without a word")
                show.wait_until(lambda: any(_is_inference(show)))
                time.sleep(max(began + 7.0 - time.monotonic(), 0.0))
            one.cured()
            measured = one.recovered()
        show.end()
    return measured


def _is_inference(show: WatchedShow) -> list[bool]:
    return ["libtorch" in Path(f"/proc/{child.pid}/maps").read_text() for child in show.workers()]


def bundle_damaged(folder: Path, model: Path, *, weights: bytes | None, words: str) -> Measured:
    """Damage the model's file, kill its worker, and mend the file once that has been said. None: weights of NaN."""
    copy = folder / "model"
    shutil.copytree(model, copy)
    with WatchedShow(folder, *DEMO, "--model", str(copy)) as show:
        with fault(show) as one:
            if weights is None:
                _spoil(copy / "generator.safetensors")
            else:
                (copy / "generator.safetensors").write_bytes(weights)
            show.worker("inference").kill()
            one.said(words)
            show.wait_until(lambda: show.log.count(words) >= 3, 120.0)
            shutil.copy(model / "generator.safetensors", copy)
            one.cured()
            measured = one.recovered()
        show.end()
    return measured


def _spoil(weights: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    save_file({name: torch.full_like(tensor, float("nan")) for name, tensor in load_file(weights).items()}, weights)
