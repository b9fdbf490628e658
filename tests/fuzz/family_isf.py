"""ISF files: the JSON in front, and the inputs that it makes, moved and asked for."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from installation.desk import Desk
from installation.isf.header import IsfError, read_header
from installation.isf.inputs import IsfInputs
from installation.isf.rows import address_of
from installation.parameter import ParameterError
from installation.values import Features
from tests.fuzz.documents import HOSTILE, json_of
from tests.fuzz.family import Family

_HEADER: Final[dict[str, Any]] = {
    "DESCRIPTION": "Ripples",
    "ISFVSN": "2",
    "CATEGORIES": ["Distortion"],
    "INPUTS": [
        {"NAME": "inputImage", "TYPE": "image"},
        {"NAME": "amount", "TYPE": "float", "DEFAULT": 0.5, "MIN": 0.0, "MAX": 2.0},
        {"NAME": "tint", "TYPE": "color", "DEFAULT": [1.0, 0.5, 0.2, 1.0]},
        {"NAME": "middle", "TYPE": "point2D", "DEFAULT": [0.5, 0.5], "MIN": [0, 0], "MAX": [1, 1]},
        {"NAME": "kind", "TYPE": "long", "VALUES": [0, 1, 2], "LABELS": ["a", "b", "c"], "DEFAULT": 1},
        {"NAME": "on", "TYPE": "bool", "DEFAULT": 1},
        {"NAME": "flash", "TYPE": "event"},
    ],
    "PASSES": [{"TARGET": "before", "PERSISTENT": True, "FLOAT": True}],
}
_BODY: Final = "\nvoid main() { gl_FragColor = IMG_THIS_PIXEL(inputImage) * amount; }\n"
RIPPLE: Final = f"/*{json.dumps(_HEADER)}*/{_BODY}"
_KEYS: Final = ("NAME", "TYPE", "DEFAULT", "MIN", "MAX", "VALUES", "PASSES", "IMPORTED", "TARGET", "PERSISTENT_BUFFERS")
_VALUES: Final = (
    "float",
    "long",
    "color",
    "point2D",
    "event",
    "image",
    "audioFFT",
    "gl_x",
    "main",
    "a__b",
    [0, 1],
    [1e6],
)
_SAID: Final = (*HOSTILE, 0.5, [0.1, 0.2], [1, 2, 3, 4], [None] * 4, "0.5")


def _seeds(_folder: Path) -> list[bytes]:
    plain = {"INPUTS": [{"NAME": "a", "TYPE": "float"}]}
    return [RIPPLE.encode(), f"/*{json.dumps(plain)}*/{_BODY}".encode(), b"/*{}*/" + _BODY.encode()]


@contextmanager
def _opened(_folder: Path) -> Iterator[Callable[[bytes], None]]:
    inputs, desk, turn = IsfInputs(), Desk(), 0
    desk.join(inputs)
    inputs.load(["ripple"])

    def read(content: bytes) -> None:
        nonlocal turn
        header = read_header(content.decode("utf-8", "replace"))
        inputs.declare({"ripple": header})
        for item in header.inputs:
            turn += 1
            said = _SAID[turn % len(_SAID)]
            with suppress(ParameterError):
                inputs.post(address_of("ripple", item.name), said if isinstance(said, list) else [said])
            inputs.get(address_of("ripple", item.name))
        desk.tick(turn * 0.01, Features())
        for address, row in inputs.rows.items():
            assert row.check(row.default) == row.default
            turn += 1
            with suppress(ParameterError):
                desk.post(address, _SAID[turn % len(_SAID)], "osc")
            row.accept(desk.get(address))
        inputs.uniforms(turn * 0.01)

    yield read
    read_header.cache_clear()


ISF: Final = Family(
    "isf",
    _seeds,
    lambda _seeds: json_of([_HEADER], _KEYS, _VALUES).map(lambda text: b"/*" + text + b"*/" + _BODY.encode()),
    _opened,
    refusals=(IsfError,),
    words=(*(f'"{word}"'.encode() for word in _KEYS), b"*/", b"/*", b'"TYPE": "long"'),
    share=1000,
)
