"""What the verbs have in common: types that refuse in one line, and the options that most of them take."""

import argparse
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from s2s.card import DEFAULT_BUNDLE

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run: TypeAlias = Callable[[argparse.Namespace], None]


class VerbParser(argparse.ArgumentParser):
    """A command line whose options may stand anywhere, also before the last of several files.

    As it is, argparse gives all places away at the first run of files, and refuses the OUT that follows an option.
    """

    _is_intermixing = False

    def parse_known_args(  # type: ignore[override]  # typeshed has the overloads of a namespace of any kind
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse as argparse does, a verb of several files in two goes: options, then what is left as files.

        After `--` all are files, which one go alone can tell.
        """
        if self._is_intermixing or "--" in (args or ()) or not self._takes_several_files:
            return super().parse_known_args(args, namespace)
        self._is_intermixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_intermixing = False

    @property
    def _takes_several_files(self) -> bool:
        return any(action.nargs == "+" for action in self._get_positional_actions())


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


def above_zero(text: str) -> float:
    """Read a finite number above 0."""
    value = float(text)
    if not 0.0 < value < float("inf"):  # refuses NaN as well
        raise argparse.ArgumentTypeError(f"expected a number above 0, got {text}")
    return value


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
