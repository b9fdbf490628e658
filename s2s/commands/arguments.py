"""What the verbs have in common: types that refuse in one line, and the options that most of them take."""

import argparse
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


def add_model(verb: argparse.ArgumentParser) -> None:
    """Add `--model`, `--device` and `--seed`."""
    verb.add_argument(
        "--model", type=Path, default=DEFAULT_BUNDLE, metavar="BUNDLE", help="default: the one that ships"
    )
    verb.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N (default cpu)")
    verb.add_argument("--seed", type=int, default=0, help="of everything drawn at random (default 0)")
