"""Session logs: the header, the file of blocks, and lines in whole blocks that say what was never drawn."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from installation.session.blocks import MAGIC, BlockReader, pack
from installation.session.entries import ModelSeen, Picture, Turn
from installation.session.header import FILE, Header, SessionError
from installation.session.place import TURNS, claim_folder, find_session
from installation.session.reading import Session
from installation.session.writing import SessionWriter
from tests.fuzz.documents import json_of
from tests.fuzz.family import BrokenPromiseError, Family
from tests.installation.session.test_session_folder import HEADER, MOMENT

_LINES, _HEAD = b"LINES\n", b"HEAD\n"
"""What tells cases that are lines of a log, or its header, from those that are the file itself."""
_KEYS: Final = (
    "t",
    "size",
    "scale",
    "f",
    "c",
    "picture",
    "stamp",
    "wish",
    "step",
    "png",
    "passes",
    "isf",
    "day",
    "sounded",
)
_VALUES: Final = (
    [64, 36],
    [1, 1],
    "AAAA",
    "iVBORw0KGgo=",
    [1, 0.5],
    {"/render/zoom": 1e9},
    {"level": 2},
    [9999, 99, 99],
)
_MOST_TURNS: Final = 300


def _written(folder: Path) -> Path:
    writer = SessionWriter(lambda: claim_folder(folder, MOMENT), lambda: HEADER, lambda _folder: "cd")
    writer.put(ModelSeen("/models/small", "ab"))
    pixels = np.zeros((4, 6, 3), np.uint8)
    pictures = (Picture((1, 100.0), b"abcd" * 8), Picture((2, 100.1), b"abce" * 8), Picture((3, 100.2), b"", pixels))
    for number, picture in enumerate(pictures):
        writer.put(Turn(100.0 + number / 10, (64, 36), picture=picture, passes=("upscale",), sounded=1_600 * number))
    writer.close()
    return find_session(folder)


def _seeds(folder: Path) -> list[bytes]:
    session = _written(folder)
    whole = (session / TURNS).read_bytes()
    with (session / TURNS).open("rb") as file:
        lines = b"".join(BlockReader(file))
    return [whole, _LINES + lines, _HEAD + (session / FILE).read_bytes()]


def _cases(seeds: Sequence[bytes]) -> SearchStrategy[bytes]:
    lines = seeds[1].removeprefix(_LINES).splitlines()
    told: list[Any] = [json.loads(line[1:]) for line in lines]
    line = st.builds(
        lambda mark, text: mark + text, st.sampled_from((b"T", b"T", b"M", b"C", b"")), json_of(told, _KEYS, _VALUES)
    )
    more = st.lists(st.one_of(st.sampled_from(lines), line), min_size=1, max_size=6)
    files = more.map(lambda few: _LINES + b"\n".join([lines[0], *few]) + b"\n")
    header = json_of([json.loads(seeds[2].removeprefix(_HEAD))], tuple(Header.__dataclass_fields__))
    return st.one_of(files, files, header.map(lambda text: _HEAD + text))


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[bytes], None]]:
    session = _written(folder)
    header, turns = (session / FILE).read_bytes(), (session / TURNS).read_bytes()

    def read(case: bytes) -> None:
        lines = case.startswith(_LINES)
        (session / FILE).write_bytes(case.removeprefix(_HEAD) if case.startswith(_HEAD) else header)
        log = MAGIC + pack(case.removeprefix(_LINES)) if lines else turns if case.startswith(_HEAD) else case
        (session / TURNS).write_bytes(log)
        told = Session(folder)
        extent = told.extent()
        if len(extent.damage) > 200 or extent.turns > _MOST_TURNS:
            raise BrokenPromiseError(f"{extent.turns} turns, damage {extent.damage[:300]!r}")
        for turn in told.turns():
            if not (np.isfinite(turn.now) and all(side > 0 for side in turn.size)):
                raise BrokenPromiseError(f"a turn at {turn.now} of {turn.size}")

    yield read


SESSIONS: Final = Family(
    "sessions",
    _seeds,
    _cases,
    _opened,
    refusals=(SessionError,),
    words=(b"BLK1", b'"picture":', b'"step":"', b'"c":{'),
    share=220,
)
