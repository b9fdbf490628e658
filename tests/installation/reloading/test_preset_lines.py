"""Where in a preset's file is what is wrong with it."""

import pytest

from installation.reloading.preset_lines import with_line

TEXT = """name: Own
description: Of a venue.
parameters:
  /render/bloom: 7
  /render/zoom: 1
modulation:
  - {from: bass, to: /render/zoom, amount: 1}
  - {from: level, to: /render/bloom,
     amount: lots}
passes: [upscale, blom]
isf:
  tint: {amont: 1}
"""


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("/render/bloom takes 0..1, got 7", 4),
        ("modulation.1.amount: input should be a valid number, got 'lots'", 9),
        ("there is no pass 'blom' in shaders/; did you mean 'bloom'?", 10),
        ("isf: tint has no input 'amont', did you mean 'amount'?", 12),
        ("unknown key 'modulation'", 6),
    ],
)
def test_the_line_is_that_of_the_word_that_is_wrong(reason: str, line: int) -> None:
    assert with_line(f"own.yaml: {reason}", TEXT) == f"own.yaml:{line}: {reason}"


@pytest.mark.parametrize("text", ["", "[", "- 1", TEXT.replace("name: Own\n", ""), "a: " * 50_000])
def test_what_has_no_line_is_said_without_one(text: str) -> None:
    assert with_line("own.yaml: window is required", text) == "own.yaml: window is required"
