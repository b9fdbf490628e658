"""What the verbs have in common: types that refuse in one line, and the options that most of them take."""

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from s2s.card import DEFAULT_BUNDLE

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run: TypeAlias = Callable[[argparse.Namespace], None]


def at_least(least: int) -> Callable[[str], int]:
    """Return the type of a whole number from `least` on."""

    def whole_number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"expected at least {least}, got {value}")
        return value

    return whole_number


def numbers(text: str) -> list[float]:
    """Read `0,0.5,1` as a list of finite numbers."""
    values = [float(part) for part in text.split(",")]
    if not all(abs(value) < float("inf") for value in values):  # refuses NaN as well
        raise argparse.ArgumentTypeError(f"expected finite numbers with commas between them, got {text!r}")
    return values


def device(text: str) -> str:
    """Read where the networks are to run: `cpu`, `cuda` or `cuda:N`, as far as this machine has it."""
    if text == "cpu":
        return text
    if not re.fullmatch(r"cuda(:\d+)?", text):
        raise argparse.ArgumentTypeError(f"expected cpu, cuda or cuda:N, got {text!r}")
    import torch

    there = torch.cuda.device_count() if torch.cuda.is_available() else 0
    if int(text.partition(":")[2] or 0) >= there:
        raise argparse.ArgumentTypeError(f"{text} is not there: torch finds {there} CUDA devices")
    return text


def add_model(verb: argparse.ArgumentParser) -> None:
    """Add `--model`, `--device` and `--seed`."""
    verb.add_argument(
        "--model", type=Path, default=DEFAULT_BUNDLE, metavar="BUNDLE", help="default: the one that ships"
    )
    verb.add_argument("--device", type=device, default="cpu", help="cpu, cuda or cuda:N (default cpu)")
    verb.add_argument("--seed", type=int, default=0, help="of everything drawn at random (default 0)")
