"""A turn that is written and read again is the same, to the last bit; and nothing that a file says is believed."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from installation.parameter import Kind
from installation.parameters import DEFAULTS, PARAMETERS
from installation.session.entries import Picture, Turn
from installation.session.header import SessionError
from installation.session.turn_lines import TurnReader, TurnWriter
from installation.status import HeardSource, HeardStatus, PhotographStatus
from installation.values import Controls, Doing, Features

_finite = st.floats(-1e9, 1e9)
_unit = st.floats(0.0, 1.0)
_features = st.builds(Features, level=_unit, onset=_unit, level_db=st.floats(-120, 20), heard_at=_finite)
_heard = st.builds(
    HeardStatus,
    sources=st.lists(st.builds(HeardSource, st.sampled_from(["rain", "bell"]), _unit, _unit), max_size=2).map(tuple),
    certainty=st.none() | _unit,
    hour=st.floats(0.0, 24.0),
    doing=st.sampled_from(Doing),
)
_numbers = st.sampled_from([row for row in PARAMETERS.values() if row.kind is Kind.FLOAT])
_values = st.lists(_numbers.flatmap(lambda row: st.tuples(st.just(row.address), st.floats(row.low, row.high))))
_switches = st.dictionaries(st.sampled_from(["/show/freeze", "/scene/clock"]), st.booleans())
_pixels = st.integers(0, 255).map(lambda level: np.full((3, 4, 3), level, np.uint8))
_wishes = st.integers(3, 4).flatmap(lambda words: st.binary(min_size=4 * words, max_size=4 * words))
_pictures = st.builds(lambda wish: (wish, None), _wishes) | st.builds(lambda pixels: (b"", pixels), _pixels)


@st.composite
def evenings(draw: st.DrawFn) -> Sequence[Turn]:
    """A few turns in a row: time goes on, scenes become ready, and anything else may change or stay."""
    turns: list[Turn] = []
    now, ready, picture = draw(st.floats(0.0, 1e6)), frozenset[str](), None
    for number in range(draw(st.integers(1, 6))):
        now += draw(st.floats(0.0, 10.0))
        ready |= draw(st.frozensets(st.sampled_from(["rain", "sea", "fire"])))
        if draw(st.booleans()):
            picture = Picture((number, now), *draw(_pictures))
        turn = Turn(
            now,
            draw(st.sampled_from([(640, 360), (96, 54)])),
            draw(st.sampled_from([1.0, 0.65])),
            draw(st.sampled_from([1.0, 0.16])),
            draw(_features),
            Controls({**DEFAULTS, **dict(draw(_values)), **draw(_switches)}),
            draw(_heard),
            draw(st.builds(PhotographStatus, share=_unit)),
            picture,
            draw(st.sampled_from([("upscale", "grade"), ("grade",)])),
            ready,
            draw(st.floats(0.0, 24.0)),
            draw(st.integers(0, 2**40)),
            draw(st.sampled_from(["", "/looks/film.cube"])),
            draw(st.fixed_dictionaries({"/isf/ripple/amount": _unit, "/isf/ripple/on": st.booleans()}))
            | {"/isf/ripple/at": draw(st.tuples(_unit, _unit))},
            draw(st.sampled_from([(2026, 11, 29), (2026, 11, 30)])),
        )
        turns.append(turn if not turns or draw(st.booleans()) else replace(turns[-1], now=now, ready=ready))
    return turns


def same(one: Turn, other: Turn) -> bool:
    """Whether two turns draw the same."""
    if (one.picture is None) != (other.picture is None):
        return False
    if one.picture is not None and other.picture is not None:
        mine, its = one.picture, other.picture
        if mine.stamp != its.stamp or mine.wish != its.wish or not np.array_equal(mine.pixels, its.pixels):  # type: ignore[arg-type]
            return False
    names = ("now", "size", "scale", "world_scale", "features", "heard", "photograph", "passes", "ready", "hour")
    alike = all(getattr(one, name) == getattr(other, name) for name in (*names, "sounded", "lut", "isf", "day"))
    return alike and dict(one.controls.values) == dict(other.controls.values)


@settings(max_examples=60, deadline=None)
@given(evenings())
def test_what_is_read_is_what_was_written_to_the_last_bit(turns: Sequence[Turn]) -> None:
    writer, reader = TurnWriter(), TurnReader()
    for turn in turns:
        assert same(reader.turn(writer.line(turn)), turn)


def test_a_turn_in_which_nothing_moves_is_a_moment_and_no_more() -> None:
    writer = TurnWriter()
    writer.line(Turn(1.0))
    assert json.loads(writer.line(Turn(1.5))) == {"t": 1.5}


def test_a_picture_that_stands_is_written_once() -> None:
    writer, grey = TurnWriter(), np.full((9, 16, 3), 90, np.uint8)
    first = writer.line(Turn(1.0, picture=Picture((1, 1.0), b"", grey)))
    again = writer.line(Turn(1.5, picture=Picture((2, 1.5), b"", grey.copy())))
    assert "png" in first and "png" not in again


FIRST = TurnWriter().line(Turn(5.0))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "JSON"),
        ("[" * 5_000, "recursion"),
        ('{"t": NaN}', "t: "),
        ('{"t": 1e400}', "t: "),
        ('{"t": 4.9}', "follows the one before"),
        ('{"t": 9999.0}', "follows the one before"),
        ('{"t": 5.1, "size": [0, 1]}', "size"),
        ('{"t": 5.1, "size": [100000, 100000]}', "size"),
        ('{"t": 5.1, "scale": [0.0, 1.0]}', "scale"),
        ('{"t": 5.1, "f": {"level": Infinity}}', "level"),
        ('{"t": 5.1, "c": {"/render/zoom": 99.0}}', "/render/zoom takes 1..2"),
        ('{"t": 5.1, "c": {"/render/zoom": "wide"}}', "/render/zoom takes 1..2"),
        ('{"t": 5.1, "c": {"/render/fit": "x"}}', "/render/fit"),
        ('{"t": 5.1, "hour": 25.0}', "hour"),
        ('{"t": 5.1, "day": [1]}', "day"),
        ('{"t": 5.1, "isf": {"/isf/a/b": [1.0, 2.0, 3.0, 4.0, 5.0]}}', "isf"),
        ('{"t": 5.1, "sounded": -1}', "sounded"),
        ('{"t": 5.1, "heard": {"hour": 1e300}}', "heard"),
        ('{"t": 5.1, "heard": {"doing": "sleeping"}}', "doing"),
        ('{"t": 5.1, "picture": {"stamp": [1, 2.0], "step": "AAAA"}}', "does not follow"),
        ('{"t": 5.1, "picture": {"stamp": [1, 2.0], "wish": "!"}}', "base64"),
        ('{"t": 5.1, "picture": {"stamp": [1, 2.0], "png": "AAAA"}}', "cannot be read"),
        ('{"t": 5.1, "picture": {"stamp": [1, 2.0]}}', "neither"),
        ('{"t": 5.1, "picture": {"stamp": ["1", 2.0]}}', "stamp"),
    ],
)
def test_a_line_that_lies_is_refused_in_one_line(line: str, words: str) -> None:
    reader = TurnReader()
    reader.turn(FIRST)
    with pytest.raises(SessionError) as refused:
        reader.turn(line)
    assert words in str(refused.value) and "\n" not in str(refused.value) and len(str(refused.value)) < 400


def test_what_this_version_does_not_know_is_left_out() -> None:
    reader = TurnReader()
    reader.turn(FIRST)
    turn = reader.turn('{"t": 5.5, "new": 1, "c": {"/render/future": 1.0}, "f": {"future": 0.5}}')
    assert turn.now == 5.5 and "/render/future" not in turn.controls.values


def test_a_log_begins_with_all_that_there_is_to_say() -> None:
    with pytest.raises(SessionError, match="first turn"):
        TurnReader().turn('{"t": 5.5}')
