"""`.cube` files: the looks that colourists hand on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from installation.grading.cube_file import CubeError, identity, read_cube
from tests.fuzz.family import BrokenPromiseError, Family

_HEADS: Final = (
    "LUT_1D_SIZE",
    "LUT_3D_SIZE",
    "LUT_1D_INPUT_RANGE",
    "LUT_3D_INPUT_RANGE",
    "DOMAIN_MIN",
    "DOMAIN_MAX",
    "TITLE",
    "LUT_4D_SIZE",
)
_SIZES: Final = ("2", "3", "0", "-1", "65", "66", "65536", "65537", "99999999", "1e3", "０", "2 2", "", "nan")
_NUMBERS: Final = ("0", "1", "0.5", "-1", "1e39", "1e400", "nan", "inf", "1_0", "0x1", "9" * 60, "½", "#", "1,5", "")


def _cube(nodes: int, head: str = "") -> bytes:
    rows = "\n".join(" ".join(f"{value:.4f}" for value in row) for row in identity(nodes).reshape(-1, 3))
    return f'TITLE "A look"\n{head}LUT_3D_SIZE {nodes}\n{rows}\n'.encode()


def _seeds(_folder: Path) -> list[bytes]:
    curve = b"LUT_1D_SIZE 3\n0 0 0\n0.4 0.5 0.6\n1 1 1\n"
    both = b"LUT_1D_SIZE 2\nLUT_3D_SIZE 2\n0 0 0\n1 1 1\n" + _cube(2).partition(b"SIZE 2\n")[2]
    return [_cube(2), _cube(3, "DOMAIN_MIN 0 0 0\nDOMAIN_MAX 1 1 1\n"), curve, both]


def _files() -> SearchStrategy[bytes]:
    heads = st.lists(
        st.tuples(st.sampled_from(_HEADS), st.lists(st.sampled_from(_SIZES + _NUMBERS), max_size=4)), max_size=4
    )
    rows = st.lists(st.lists(st.sampled_from(_NUMBERS), max_size=4), max_size=12)

    def text(head: list[tuple[str, list[str]]], body: list[list[str]], line_end: str) -> bytes:
        lines = [f"{key} {' '.join(words)}" for key, words in head] + [" ".join(row) for row in body]
        return line_end.join(lines).encode("utf-8", "surrogatepass")

    return st.builds(text, heads, rows, st.sampled_from(("\n", "\r\n", "\r", "\n\n")))


@contextmanager
def _opened(folder: Path) -> Iterator[Callable[[bytes], None]]:
    path = folder / "look.cube"

    def read(content: bytes) -> None:
        path.write_bytes(content)
        table = read_cube(path).table
        side = len(table)
        if not (2 <= side <= 65 and table.shape == (side, side, side, 3) and np.isfinite(table).all()):
            raise BrokenPromiseError(f"a cube of shape {table.shape}")

    yield read


CUBE: Final = Family(
    "cube",
    _seeds,
    lambda _seeds: _files(),
    _opened,
    refusals=(CubeError,),
    words=tuple(head.encode() + b" 2\n" for head in _HEADS),
    share=400,
)
