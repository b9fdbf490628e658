"""`.cube` files, in which colourists hand on a look: a curve per channel, a cube of colours, or both.

The format is Adobe's "Cube LUT Specification" 1.0 (2013), with the two keywords of DaVinci Resolve for ranges and its
files that have both. Such files come from anywhere: sizes are bounded, every number is finite, nothing in them is run.
"""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from installation.exit_codes import ExitCode
from s2s.files.ordinary import read_ordinary
from s2s.files.quote import one_line, quoted

Table: TypeAlias = NDArray[np.float32]

ENDING: Final = ".cube"
_MOST_BYTES: Final = 24 << 20
"""Three times what the largest cube takes with nine digits a number."""
_LONGEST_CURVE: Final = 65_536
_LARGEST_CUBE: Final = 65
"""Nodes along a side: cameras and colourists use 17, 33 and 65."""
_LONGEST_NUMBER: Final = 40
_FARTHEST: Final = 100.0
"""What lies further outside 0..1 is cut there, so that half floats can hold it."""
_MOST_DIGITS: Final = 8
_MOST_HEAD_LINES: Final = 1_000
_SIZES: Final = ("LUT_1D_SIZE", "LUT_3D_SIZE")
_RANGES: Final = ("LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE")
_DOMAIN: Final = ("DOMAIN_MIN", "DOMAIN_MAX")
_NONE: Final = np.zeros(3, np.float32)
_ALL: Final = np.ones(3, np.float32)


class CubeError(ValueError):
    """A `.cube` file that cannot be read or used; the message is one line that names the file."""

    exit_code: Final = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Cube:
    """A grading. Two are equal when they have the same file and content.

    `table` is (blue, green, red, 3), 2..65 nodes a side from 0 to 1: what colours become, 0..1 where it is sane.
    """

    path: Path
    digest: str
    table: Table = field(compare=False, repr=False)


def identity(nodes: int) -> Table:
    """Return the cube that leaves every colour as it is."""
    at = np.linspace(0.0, 1.0, nodes, dtype=np.float32)
    blue, green, red = np.meshgrid(at, at, at, indexing="ij")
    return np.stack([red, green, blue], axis=-1)


def read_cube(path: Path) -> Cube:
    """Return what the file says. Raises CubeError. Reads up to 24 MiB: nothing for the show's thread."""
    try:
        content = read_ordinary(path, _MOST_BYTES + 1)
    except OSError as error:
        raise CubeError(f"{one_line(path.name)}: cannot be read: {one_line(error.strerror or error)}") from None
    if len(content) > _MOST_BYTES:
        raise CubeError(f"{one_line(path.name)}: larger than {_MOST_BYTES >> 20} MiB")
    try:
        return parse_cube(content, path)
    except CubeError as error:
        raise CubeError(f"{one_line(path.name)}: {error}") from None


def parse_cube(content: bytes, path: Path) -> Cube:
    """Return what `content`, of the file `path`, says. Raises CubeError that does not name the file."""
    head, numbers = _parted(content.removeprefix(b"\xef\xbb\xbf"))
    curve_nodes, cube_nodes = _size(head, _SIZES[0], _LONGEST_CURVE), _size(head, _SIZES[1], _LARGEST_CUBE)
    if not curve_nodes and not cube_nodes:
        raise CubeError("expected LUT_1D_SIZE or LUT_3D_SIZE before the numbers")
    values = _values(numbers, curve_nodes + cube_nodes**3)
    curve, cube = values[:curve_nodes], values[curve_nodes:].reshape((cube_nodes,) * 3 + (3,))
    domain = _domain(head, _RANGES[1] if cube_nodes and not curve_nodes else _RANGES[0])
    cube_domain = _domain(head, _RANGES[1]) if curve_nodes and _RANGES[1] in head else (_NONE, _ALL)
    digest = hashlib.sha256(content).hexdigest()
    if not curve_nodes and _is_usual(domain):
        return Cube(path, digest, cube)
    # Everything else is sampled once, here, at the most nodes: the show looks colours up in one way alone.
    colours = identity(_LARGEST_CUBE)
    colours = _through_curve(curve, colours, domain) if curve_nodes else _placed(colours, domain)
    if cube_nodes:
        colours = _through_cube(cube, _placed(colours, cube_domain))
    return Cube(path, digest, colours.astype(np.float32))


def _parted(content: bytes) -> tuple[dict[str, list[str]], bytes]:
    """Return the keywords with their words, and the rest, which begins with the first line of numbers."""
    head: dict[str, list[str]] = {}
    begin = 0
    for number in range(1, _MOST_HEAD_LINES + 1):
        end = content.find(b"\n", begin)
        line = content[begin : end if end >= 0 else len(content)]
        words = line.decode("utf-8", errors="replace").partition("#")[0].split()
        if words and not words[0][0].isalpha():
            return head, content[begin:]
        if words and words[0] != "TITLE":
            if words[0] not in (*_SIZES, *_RANGES, *_DOMAIN):
                raise CubeError(f"line {number}: expected {', '.join((*_SIZES, *_DOMAIN))}, got {quoted(words[0])}")
            head[words[0]] = words[1:]
        if end < 0:
            return head, b""
        begin = end + 1
    raise CubeError(f"expected numbers within the first {_MOST_HEAD_LINES} lines")


def _size(head: dict[str, list[str]], keyword: str, most: int) -> int:
    words = head.get(keyword)
    if words is None:
        return 0
    word = words[0] if len(words) == 1 and len(words[0]) <= _MOST_DIGITS else ""
    nodes = int(word) if word.isascii() and word.isdecimal() else 0
    if not 2 <= nodes <= most:
        raise CubeError(f"{keyword} takes 2..{most}, got {quoted(' '.join(words))}")
    return nodes


def _domain(head: dict[str, list[str]], keyword: str) -> tuple[Table, Table]:
    """Return what the first and the last node stand for, per channel."""
    low, high = _NONE, _ALL
    if keyword in head:
        ends = _floats(head, keyword, 2)
        low, high = np.full(3, ends[0], np.float32), np.full(3, ends[1], np.float32)
    else:
        low = _floats(head, _DOMAIN[0], 3) if _DOMAIN[0] in head else low
        high = _floats(head, _DOMAIN[1], 3) if _DOMAIN[1] in head else high
    if not (high - low > 1e-6).all() or max(np.abs(low).max(), np.abs(high).max()) > 1e6:
        raise CubeError(f"expected a domain from less to more, within a million, got {low.tolist()} to {high.tolist()}")
    return low, high


def _floats(head: dict[str, list[str]], keyword: str, count: int) -> Table:
    try:
        values = np.array([float(word) for word in head[keyword]], np.float32)
    except ValueError:
        values = np.empty(0, np.float32)
    if len(values) != count or not np.isfinite(values).all():
        raise CubeError(f"{keyword} takes {count} numbers, got {quoted(' '.join(head[keyword]))}")
    return values


def _values(numbers: bytes, rows: int) -> Table:
    if b"#" in numbers:
        numbers = b"\n".join(line.partition(b"#")[0] for line in numbers.split(b"\n"))
    words = numbers.split(None, 3 * rows)
    if len(words) != 3 * rows:
        more = "more" if len(words) > 3 * rows else str(len(words))
        raise CubeError(f"expected {rows} lines of three numbers, {3 * rows} in all, got {more}")
    try:
        values = np.array(words, f"S{_LONGEST_NUMBER}").astype(np.float64)
    except ValueError as error:
        raise CubeError(f"expected numbers alone after the keywords ({one_line(error, 80)})") from None
    if not np.isfinite(values).all():
        raise CubeError("expected finite numbers alone after the keywords, got nan or inf")
    return np.clip(values, -_FARTHEST, _FARTHEST).astype(np.float32).reshape(rows, 3)


def _is_usual(domain: tuple[Table, Table]) -> bool:
    return not domain[0].any() and bool((domain[1] == 1.0).all())


def _placed(colours: Table, domain: tuple[Table, Table]) -> Table:
    """Return where `colours` lie from the first node (0) to the last (1); what is beyond counts as there."""
    placed: Table = (colours - domain[0]) / (domain[1] - domain[0])
    return np.clip(placed, 0.0, 1.0)


def _through_curve(curve: Table, colours: Table, domain: tuple[Table, Table]) -> Table:
    nodes = np.linspace(domain[0].astype(np.float64), domain[1], len(curve))
    channels = [np.interp(colours[..., i], nodes[:, i], curve[:, i]) for i in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def _through_cube(cube: Table, colours: Table) -> Table:
    """Return `colours` (…, 3), 0..1, as trilinear interpolation has them between the nodes of `cube`."""
    at = colours * (len(cube) - 1)
    low = np.minimum(at.astype(np.intp), len(cube) - 2)
    part = at - low
    found = np.zeros_like(colours)
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, part, 1.0 - part), axis=-1, keepdims=True)
        red, green, blue = np.moveaxis(low + np.array(corner), -1, 0)
        found += weight * cube[blue, green, red]
    return found
