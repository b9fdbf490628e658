"""Options of a verb of several files may stand before, among and behind them."""

import argparse
from pathlib import Path

import pytest

from s2s.__main__ import build_parser


def parsed(*words: str) -> argparse.Namespace:
    return build_parser().parse_args(words)


@pytest.mark.parametrize(
    "words",
    [
        ["--pairs", "a.wav", "b.wav", "c.wav", "out.png"],
        ["a.wav", "b.wav", "--pairs", "c.wav", "out.png"],
        ["a.wav", "b.wav", "c.wav", "--pairs", "out.png"],
        ["a.wav", "b.wav", "c.wav", "out.png", "--pairs"],
    ],
    ids=["first", "among the sounds", "before the sheet", "last"],
)
def test_a_switch_may_stand_anywhere(words: list[str]) -> None:
    args = parsed("mix", *words)
    assert (args.pairs, args.audio, args.out) == (True, [Path(f"{name}.wav") for name in "abc"], Path("out.png"))


@pytest.mark.parametrize(
    ("verb", "value"),
    [
        ("generate", ["--count", "2"]),
        ("volume", ["--gains=-3,0"]),
        ("retrieve", ["--count", "2"]),
        ("blend", ["--lambdas=0,1"]),
        ("edit", ["--steps", "5"]),
        ("invert", ["--steps", "5"]),
        ("import", ["--name", "X"]),
    ],
)
def test_an_option_with_a_value_stands_before_the_last_of_several_files(verb: str, value: list[str]) -> None:
    before, behind = parsed(verb, "a", "b", "c", *value, "out.png"), parsed(verb, "a", "b", "c", "out.png", *value)
    assert vars(before) == vars(behind)
    assert before.out == Path("out.png")


def test_behind_two_dashes_all_are_files() -> None:
    args = parsed("generate", "--count", "2", "--", "--rain.wav", "-sea.wav", "out.png")
    assert (args.audio, args.count, args.out) == ([Path("--rain.wav"), Path("-sea.wav")], 2, Path("out.png"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a.wav"], "the following arguments are required: out"),
        (["a.wav", "out", "--colour"], "unrecognized arguments: --colour"),
        (["a.wav", "--count", "0", "out"], "argument --count: expected at least 1, got 0"),
    ],
)
def test_what_is_missing_or_unknown_is_still_named(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed("generate", *words)
    assert caught.value.code == 2
    assert told in capsys.readouterr().err
